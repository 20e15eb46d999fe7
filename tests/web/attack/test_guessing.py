"""
Guessing passwords and codes, using a code twice, and changing the log unnoticed.
"""
import os
import re
import shutil
import sqlite3
import subprocess
import time
import unittest

import desk as d


def factor_begin(desk, name):
	"""Gives somebody a second factor by the command, and its secret and the step that was used up."""
	p = subprocess.Popen([d.REFTEL, "user", "totp", name, "--desk", desk.desk_dir], stdin=subprocess.PIPE,
			     stdout=subprocess.PIPE, text=True, bufsize=1)
	secret = None
	while not secret:
		line = p.stdout.readline()
		if not line:
			raise AssertionError("no secret was shown")
		found = re.match(r"secret\s+([A-Z2-7 ]+)$", line.strip())
		secret = found.group(1) if found else None
	p.communicate(d.totp(secret) + "\n", timeout=d.WAIT)
	if p.returncode:
		raise AssertionError("the second factor was not set up")
	return secret


class Guessing(unittest.TestCase):
	"""Each with a desk of its own, for all guess from one address."""

	def setUp(self):
		self.desk = d.Desk()

	def tearDown(self):
		self.desk.close()

	def refused(self, a):
		self.assertIn(a.status, (401, 403, 429), a.text[:300])
		self.assertIsNone(a.header("Set-Cookie"))
		return a.status

	def test_passwords(self):
		got = [self.refused(d.Client(self.desk).login("rolf", f"guess number {i}")) for i in range(12)]
		self.assertEqual(got[0], 403)
		self.assertIn(429, got[:8])
		# Once it waits, the right one is no way to find out that it was right.
		self.assertEqual(self.refused(d.Client(self.desk).login("rolf")), 429)
		# Others come in as ever.
		self.assertEqual(d.Client(self.desk).login("anna").status, 303)

	def test_one_keeps_nobody_else_waiting(self):
		"""All are behind one address here; whoever has been at the desk before comes in whatever another does."""
		self.assertEqual(d.Client(self.desk).login("anna").status, 303)
		got = [self.refused(d.Client(self.desk).login(f"somebody {i}", f"guess number {i}")) for i in range(24)]
		self.assertIn(429, got)
		self.assertEqual(self.refused(d.Client(self.desk).login("edda")), 429)
		self.assertEqual(d.Client(self.desk).login("anna").status, 303)
		# Of her password no more than two guesses are had by that, and then one must wait.
		got = [self.refused(d.Client(self.desk).login("anna", f"guess number {i}")) for i in range(3)]
		self.assertEqual(got, [403, 403, 429])

	def test_the_new_password_is_announced(self):
		self.assertIn("Your password is changed", d.Client(self.desk).get("/login?done=password").text)
		self.assertNotIn("is changed", d.Client(self.desk).get("/login?done=%3Cb%3E").text)

	def test_names(self):
		"""A name that nobody has is answered as one that somebody has."""
		def answer(name):
			a = d.Client(self.desk).login(name, "not the password 1")
			return a.status, re.sub(r'value="[^"]*"', "", a.text)

		self.assertEqual(answer("edda"), answer("nobody-of-that-name"))

	def test_odd_names_and_passwords(self):
		for name, password in (("", ""), ("anna", ""), ("", d.PASSWORD), ("anna' --", "x"), ("anna\0", d.PASSWORD), ("ANNA ", "x"),
				       ("anna", d.PASSWORD[:-1]), ("anna", d.PASSWORD + " x"), ("anna", "x" * 5000), ("a" * 5000, "x"),
				       ("anna%", "%")):
			a = d.Client(self.desk).login(name, password)
			with self.subTest(name=name[:20]):
				self.assertIn(a.status, (400, 403, 413, 429))
				self.assertIsNone(a.header("Set-Cookie"))
		self.assertTrue(self.desk.alive())


class Factor(unittest.TestCase):
	@classmethod
	def setUpClass(cls):
		cls.desk = d.Desk()

	@classmethod
	def tearDownClass(cls):
		cls.desk.close()

	def test_a_code_again(self):
		while time.time() % 30 > 20:
			time.sleep(0.5)  # so that no new step begins between two lines below
		secret = factor_begin(self.desk, "edda")
		for step in (0, -1, -2, 10):  # used when it was set up; older ones; one of later
			a = d.Client(self.desk).login("edda", code=d.totp(secret, step))
			self.assertNotEqual(a.status, 303, step)
		self.assertNotEqual(d.Client(self.desk).login("edda").status, 303)
		code = d.totp(secret, 1)
		self.assertEqual(d.Client(self.desk).login("edda", code=code).status, 303)
		for _ in range(2):
			a = d.Client(self.desk).login("edda", code=code)
			self.assertNotEqual(a.status, 303)
			self.assertIsNone(a.header("Set-Cookie"))

	def test_codes(self):
		factor_begin(self.desk, "rolf")
		got = [d.Client(self.desk).login("rolf", code="%06d" % (111111 * i)).status for i in range(1, 10)]
		self.assertNotIn(303, got)
		self.assertIn(429, got)

	def test_a_right_password_alone_says_nothing_of_the_code(self):
		factor_begin(self.desk, "anna")
		answers = []
		for name, code in (("anna", ""), ("anna", "123456"), ("nobody-of-that-name", "")):
			a = d.Client(self.desk).login(name, "not the password 1", code=code)
			answers.append((a.status, re.sub(r'value="[^"]*"', "", a.text)))
		self.assertEqual(answers[0], answers[1])
		self.assertEqual(answers[0], answers[2])


class Log(unittest.TestCase):
	"""Whoever can write desk.db can change the log, but not unnoticed."""

	@classmethod
	def setUpClass(cls):
		cls.desk = d.Desk()
		edda = cls.desk.client("edda")
		edda.post(f"/c/harbour/cable/{d.CABLE}/notes", {"text": "seen", "do": "add"})
		edda.post("/logout")
		d.Client(cls.desk).login("edda", "wrong wrong wrong")
		cls.desk.stop()
		cls.copies = 0

	@classmethod
	def tearDownClass(cls):
		cls.desk.close()

	def setUp(self):
		"""A copy to change."""
		Log.copies += 1
		self.dir = self.desk.path(f"copy-{Log.copies}")
		shutil.copytree(self.desk.desk_dir, self.dir)
		self.db = os.path.join(self.dir, "desk.db")

	def verify(self, *head):
		done = subprocess.run([d.REFTEL, "log", "--verify", "--desk", self.dir, *head], capture_output=True, text=True,
				      timeout=d.WAIT)
		return done.returncode, done.stdout + done.stderr

	def change(self, *statements):
		db = sqlite3.connect(self.db)
		for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'log'").fetchall():
			db.execute(f'DROP TRIGGER "{name}"')
		for s in statements:
			self.assertGreater(db.execute(s).rowcount, 0, s)
		db.commit()
		db.close()

	def test_it_is_whole_before(self):
		code, said = self.verify()
		self.assertEqual(code, 0, said)
		actions = [x[4] for x in self.desk.rows("log")]
		for action in ("user.add", "login", "logout", "login.refused"):
			self.assertIn(action, actions)

	def test_the_database_refuses(self):
		db = sqlite3.connect(self.db)
		for s in ("UPDATE log SET who = 'x' WHERE number = 2", "DELETE FROM log WHERE number = 2", "DELETE FROM log",
			  "INSERT INTO log SELECT number + 100, time, who, address, action, object, detail, hash FROM log LIMIT 1",
			  "REPLACE INTO log SELECT number, 0, who, address, action, object, detail, hash FROM log LIMIT 1"):
			with self.subTest(s), self.assertRaises(sqlite3.DatabaseError):
				db.execute(s)
		db.close()

	def test_changes_are_found(self):
		for column, value in (("who", "'other'"), ("address", "'10.0.0.1'"), ("action", "'login'"), ("object", "'user/zoe'"),
				      ("detail", "'nothing'"), ("time", "time + 1"), ("hash", "zeroblob(32)")):
			self.setUp()
			self.change(f"UPDATE log SET {column} = {value} WHERE number = 2")
			with self.subTest(column):
				self.assertEqual(self.verify()[0], 1, self.verify()[1])

	def test_taking_out_and_putting_in_are_found(self):
		for what in (("DELETE FROM log WHERE number = 2",), ("DELETE FROM log WHERE number = 1",),
			     ("DELETE FROM log WHERE number = 2", "UPDATE log SET number = number - 1 WHERE number > 2"),
			     ("UPDATE log SET number = -1 WHERE number = 2", "UPDATE log SET number = 2 WHERE number = 3",
			      "UPDATE log SET number = 3 WHERE number = -1"),
			     ("INSERT INTO log SELECT max(number) + 1, time, who, address, action, object, detail, hash FROM log",)):
			self.setUp()
			self.change(*what)
			with self.subTest(what):
				self.assertEqual(self.verify()[0], 1, self.verify()[1])

	def test_a_cut_end_and_a_new_chain_are_found_by_a_kept_head(self):
		head = re.search(r"\d+:[0-9a-f]{64}", self.verify()[1]).group(0)
		self.assertEqual(self.verify("--head", head)[0], 0)
		self.change("DELETE FROM log WHERE number = (SELECT max(number) FROM log)")
		self.assertEqual(self.verify("--head", head)[0], 1)
