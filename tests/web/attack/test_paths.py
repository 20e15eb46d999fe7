"""
Climbing out of a folder: by the address, by the name of an upload, by the folder of an import.
"""
import os
import time
import unittest

import desk as d

UP = ("..", "%2e%2e", "..%2f..%2f..%2fetc%2fpasswd", "..%5c..%5c", "%2e%2e%2fdesk.db", "....//", "..;", "%c0%ae%c0%ae", "%252e%252e",
      ".", "%2f", "%00", "desk.css%00.txt", "%", "%f", "%zz", "%ff", "%ed%a0%80", "~root", "C:%5c", "-")


class Paths(unittest.TestCase):
	@classmethod
	def setUpClass(cls):
		cls.desk = d.Desk()
		cls.allowed = cls.desk.path("allowed")
		cls.outside = cls.desk.path("outside")
		for folder in (cls.allowed, cls.outside):
			os.mkdir(folder)
			with open(os.path.join(folder, "one.csv"), "w", encoding="utf-8") as f:
				f.write(d.hostile_dump())
		os.symlink(cls.outside, os.path.join(cls.allowed, "way-out"))
		os.symlink("/etc/passwd", os.path.join(cls.allowed, "passwd.csv"))
		cls.imports = any("import" in r.pattern for r in d.routes())
		if cls.imports:
			cls.desk.stop()
			cls.desk.options = ["--import-dir", cls.allowed]
			cls.desk.start()
		cls.anna = cls.desk.client("anna")

	@classmethod
	def tearDownClass(cls):
		cls.desk.close()

	def test_by_the_address(self):
		version = self.anna.get("/login").header("Location")  # "/": logged in
		self.assertEqual(version, "/")
		for r in d.routes():
			if r.method != "GET" or ":" not in r.pattern or r.pattern.endswith("/events"):
				continue
			for up in UP:
				for path in {r.path(up, up, up), r.path("harbour", up, up), r.path("harbour", d.CABLE, up)}:
					a = self.anna.get(path)
					with self.subTest(path=path):
						self.assertNotIn("root:x:", a.text)
						self.assertNotIn("SQLite format", a.text)
						self.assertNotEqual(a.status, 500)
						if r.pattern.startswith("/static"):
							self.assertIn(a.status, (400, 404))
		for path in ("/static/../../desk.db", "//etc/passwd", "/c/harbour/../../etc/passwd", "/./login/..", "/static/x/..%2fdesk.db",
			     "/api/v1/../../etc/passwd", "/api/v1//etc/passwd", "\\etc\\passwd", "/c//search", "/login//", "/login%2f"):
			a = self.anna.get(path)
			with self.subTest(path=path):
				self.assertIn(a.status, (400, 404))

	def files(self):
		"""All files there are, but for what lies within the desk and the archives."""
		found = set()
		for folder in (self.desk.dir, os.getcwd(), "/tmp"):
			for x in os.listdir(folder):
				found.add(os.path.join(folder, x))
		return {x for x in found if "climbed" in x}

	def test_by_the_name_of_an_upload(self):
		takers = [r for r in d.routes() if r.files]
		if not takers:
			self.skipTest("no page of the desk takes files")
		with open(os.path.join(d.ROOT, "examples/cables.csv"), "rb") as f:
			dump = f.read()
		for name in ("../climbed.csv", "../../climbed.csv", "/tmp/climbed.csv", "..\\climbed.csv", "climbed.csv/../../climbed.csv",
			     "....//climbed.csv", ".", "..", "/", "\x01climbed", "a" * 3000 + ".csv", "climbed.csv\x00.txt", "%2e%2e%2fclimbed.csv",
			     "archive.db", "desk.db", "con.csv", " ", "-rf", "\u202egpj.exe", "x\u0000y", "../harbour/archive.db"):
			for r in takers:
				for field in ("file", "files", "upload", "story"):
					a = self.anna.upload(r.path(), [("title", "x")], [(field, name.replace("\r", ""), dump)])
					with self.subTest(name=name[:30], route=r, field=field):
						self.assertNotEqual(a.status, 500, a.text[:500])
		self.assertEqual(self.files(), set())
		self.assertTrue(self.anna.inside())
		with open(os.path.join(self.desk.desk_dir, "desk.db"), "rb") as f:
			self.assertTrue(f.read(15) == b"SQLite format 3")
		with open(self.desk.path("harbour", "archive.db"), "rb") as f:
			self.assertTrue(f.read(15) == b"SQLite format 3")

	def test_by_the_folder_of_an_import(self):
		if not self.imports:
			self.skipTest("no page of the desk imports")
		route = next(r for r in d.routes() if r.method == "POST" and r.pattern == "/c/:/import")
		for where in ("/etc/passwd", "/etc", self.outside, self.outside + "/one.csv", "../outside", "way-out", "way-out/one.csv",
			      "passwd.csv", self.allowed + "/way-out", self.allowed + "/../outside", self.allowed + "/passwd.csv",
			      self.allowed + "-not", "0/../../outside", "/", "..", self.desk.desk_dir, self.desk.path("harbour"), "file:///etc"):
			for name in ("path", "folder", "dir", "from", "server", "where"):
				a = self.anna.post(route.path(), {name: where, "what": name})
				with self.subTest(where=where, name=name):
					self.assertNotIn("root:x:", a.text)
					self.assertNotEqual(a.status, 500)
		time.sleep(1)
		# Nothing of the folder outside has come in.
		self.assertNotIn("08VESTMARK30", d.reftel("--archive", self.desk.path("harbour"), "status"))
		self.assertEqual(self.anna.get("/c/harbour/cable/08VESTMARK300").status, 404)
		status = self.anna.get("/c/harbour/status").text
		self.assertNotIn("root:x:", status)
