"""
Getting in without being let in: no session, an old one, somebody else's, a key that does not fit; and doing what one's
role may not.
"""
import time
import unittest

import desk as d


def shut(a):
	return a.status in (401, 403, 404) or (a.status == 303 and a.header("Location").startswith("/login"))


class Doors(unittest.TestCase):
	@classmethod
	def setUpClass(cls):
		cls.desk = d.Desk(collections=("harbour", "embassy"))

	@classmethod
	def tearDownClass(cls):
		cls.desk.close()

	def assert_out(self, client, what):
		"""Every address that asks for somebody refuses this one, in the browser and under /api/v1."""
		asked = 0
		for r in d.routes():
			if r.need == "NEED_NOTHING":
				continue
			for path in [r.path()] + (["/api/v1" + r.path()] if r.json else []):
				a = client.get(path) if r.method == "GET" else client.post(path, {"x": "1"}, csrf=None)
				asked += 1
				with self.subTest(what, route=r, path=path):
					self.assertTrue(shut(a), f"{a.status} {a.header('Location')}")
					self.assertNotIn("KALVIK", a.text)
					if path.startswith("/api/"):
						self.assertEqual(a.status, 401)
						self.assertEqual(a.header("Content-Type"), "application/json")
		self.assertGreater(asked, 0)

	def test_without_a_session(self):
		self.assert_out(d.Client(self.desk), "nobody")

	def test_with_cookies_that_are_none(self):
		name = self.desk.cookie_name
		for value in ("", "x", "A" * 43, "A" * 4000, "%00", "' OR 1=1 --", "\"\"", "../../desk.db"):
			c = d.Client(self.desk, f"{name}={value}")
			self.assertFalse(c.inside(), value)

	def test_a_session_of_one_letter_less_or_another(self):
		c = self.desk.client("edda")
		name, token = c.cookie.split("=", 1)
		self.assertTrue(c.inside())
		for wrong in (token[:-1], token + "A", token.swapcase(), token[::-1], ("B" if token[0] == "A" else "A") + token[1:]):
			self.assertFalse(d.Client(self.desk, f"{name}={wrong}").inside(), wrong)
		# Under another cookie's name, or as a token for scripts, it is nothing.
		self.assertFalse(d.Client(self.desk, f"reftel={token}").inside())
		a = d.Client(self.desk).get("/api/v1/c/harbour/search?q=ferry", headers={"Authorization": "Bearer " + token})
		self.assertIn(a.status, (401, 404))

	def test_after_logging_out(self):
		c = self.desk.client("edda")
		old = c.cookie
		self.assertEqual(c.post("/logout").status, 303)
		self.assert_out(d.Client(self.desk, old), "logged out")

	def test_after_the_session_ended(self):
		for column, seconds in (("used", 8 * 3600 + 60), ("created", 7 * 86400 + 60)):
			c = self.desk.client("edda")
			self.assertTrue(c.inside())
			with self.desk.db() as db:
				columns = [x[1] for x in db.execute("PRAGMA table_info(session)")]
				self.assertIn(column, columns)
				db.execute(f"UPDATE session SET {column} = ? WHERE id = (SELECT max(id) FROM session)",
					   (int(time.time()) - seconds,))
			self.assertFalse(c.inside(), column)

	def test_after_the_person_was_disabled(self):
		self.desk.user_add("xaver", "editor")
		c = self.desk.client("xaver")
		d.reftel("user", "disable", "xaver", "--desk", self.desk.desk_dir)
		self.assert_out(c, "disabled")
		self.assertNotEqual(d.Client(self.desk).login("xaver").status, 303)

	def test_after_the_password_was_changed(self):
		self.desk.user_add("paul", "editor")
		c = self.desk.client("paul")
		d.reftel("user", "password", "paul", "--desk", self.desk.desk_dir, text="another field 10\n")
		self.assertFalse(c.inside())

	def test_with_another_desks_cookie(self):
		other = d.Desk(collections=("harbour",))
		try:
			there = other.client("anna").cookie.split("=", 1)[1]
			self.assert_out(d.Client(self.desk, f"{self.desk.cookie_name}={there}"), "another desk's")
		finally:
			other.close()

	def test_with_a_scripts_token(self):
		token = d.reftel("user", "token", "rolf", "--desk", self.desk.desk_dir, "--label", "x").strip()
		c = d.Client(self.desk)
		bearer = {"Authorization": "Bearer " + token}
		# A token is for /api/ alone, and is no cookie.
		self.assertNotEqual(c.get("/", headers=bearer).header("Location"), "/c/harbour/search")
		self.assertFalse(d.Client(self.desk, f"{self.desk.cookie_name}={token}").inside())
		json_routes = [r for r in d.routes() if r.json and r.in_collection and r.method == "GET"]
		for r in json_routes:
			with self.subTest(route=r):
				self.assertNotEqual(c.get("/api/v1" + r.path(), headers=bearer).status, 401)
				self.assertEqual(c.get("/api/v1" + r.path("embassy"), headers=bearer).status, 404)
		number = d.json.loads(d.reftel("user", "tokens", "rolf", "--desk", self.desk.desk_dir, "--json"))[0]["id"]
		d.reftel("user", "untoken", str(number), "--desk", self.desk.desk_dir)
		for r in json_routes:
			self.assertEqual(c.get("/api/v1" + r.path(), headers=bearer).status, 401)

	def test_doing_more_than_ones_role_may(self):
		may = {"rolf": ("NEED_USER", "NEED_READER"), "edda": ("NEED_USER", "NEED_READER", "NEED_EDITOR")}
		for name, needs in may.items():
			c = self.desk.client(name)
			before = [self.desk.rows(t) for t in ("user", "log", "note", "tag", "story", "draft", "overrule")]
			refused = 0
			for r in d.routes():
				if r.need in needs or r.need == "NEED_NOTHING":
					continue
				for path in [r.path()] + (["/api/v1" + r.path()] if r.json else []):
					a = c.get(path) if r.method == "GET" else c.post(path, {"name": "x", "role": "admin"})
					refused += 1
					with self.subTest(name, route=r, path=path):
						self.assertEqual(a.status, 403)
			after = [self.desk.rows(t) for t in ("user", "log", "note", "tag", "story", "draft", "overrule")]
			self.assertEqual(before, after, name)

	def test_the_address_asked_for_is_no_way_out(self):
		for to in ("https://evil.example/", "//evil.example/", "/\\evil.example", "/\t/evil.example", "/\n/evil.example",
			   "/\r\nSet-Cookie: a=b", "javascript:alert(1)", "\\\\evil.example", " //evil.example", "/%0d%0aX: y",
			   "/\x7f/evil.example"):
			a = d.Client(self.desk).login("rolf", to=to)
			where = a.header("Location")
			with self.subTest(to=to):
				self.assertEqual(a.status, 303)
				self.assertRegex(where, r"^/([^/\\]|$)")
				self.assertNotIn("\\", where)
				self.assertEqual([k for k, _ in a.headers if k.lower() == "x"], [])
				self.assertEqual(len([k for k, _ in a.headers if k.lower() == "set-cookie"]), 1)

	def test_the_cookie_is_kept_from_scripts_and_other_sites(self):
		c = d.Client(self.desk)
		cookie = c.login("rolf").header("Set-Cookie")
		self.assertIn("HttpOnly", cookie)
		self.assertRegex(cookie, r"SameSite=(Lax|Strict)")
		self.assertIn("Path=/", cookie)
		token = c.cookie.split("=", 1)[1]
		with open(self.desk.desk_dir + "/desk.db", "rb") as f:
			self.assertNotIn(token.encode(), f.read())


class Alone(unittest.TestCase):
	"""A desk without users: its key opens it."""

	@classmethod
	def setUpClass(cls):
		cls.desk = d.Desk(people=False)

	@classmethod
	def tearDownClass(cls):
		cls.desk.close()

	def test_without_its_key(self):
		for path in ("/", "/?key=", "/?key=x", "/?key=" + self.desk.key[:-1], "/?key=" + self.desk.key.swapcase(),
			     f"/?key=%00{self.desk.key}", f"/?key={self.desk.key}x"):
			a = d.Client(self.desk).get(path)
			self.assertIn(a.status, (400, 401), path)
			self.assertIsNone(a.header("Set-Cookie"), path)
		for r in d.routes():
			if r.need != "NEED_NOTHING" and r.method == "GET":
				self.assertEqual(d.Client(self.desk).get(r.path()).status, 401, r)
		# The key is for the front door alone.
		for r in d.routes():
			if r.need != "NEED_NOTHING" and r.method == "GET":
				self.assertEqual(d.Client(self.desk).get(r.path() + "?key=" + self.desk.key).status, 401, r)

	def test_the_key_becomes_a_cookie_and_is_nowhere_in_the_pages(self):
		a = d.Client(self.desk).get("/?key=" + self.desk.key)
		self.assertEqual(a.status, 303)
		self.assertEqual(a.header("Location"), "/")
		c = self.desk.client()
		self.assertTrue(c.inside())
		self.assertNotIn(self.desk.key, c.get(c.get("/").header("Location")).text)

	def test_the_key_opens_nothing_once_there_are_users(self):
		desk = d.Desk(people=False)
		try:
			c = desk.client()
			self.assertTrue(c.inside())
			desk.user_add("anna", "admin")
			end = time.monotonic() + d.WAIT
			while c.inside() and time.monotonic() < end:
				time.sleep(0.2)
			self.assertFalse(c.inside())
			a = d.Client(desk).get("/?key=" + desk.key)
			self.assertIsNone(a.header("Set-Cookie"))
			self.assertIn("/login", a.header("Location"))
		finally:
			desk.close()


class Served(unittest.TestCase):
	"""What serve refuses to begin with."""

	def test_not_to_others_without_users_and_tls(self):
		desk = d.Desk(people=False)
		try:
			desk.stop()
			def refused(*args):
				done = d.subprocess.run([d.REFTEL, "serve", "--port", "0", "--desk", desk.desk_dir, "--collection",
							 "harbour=" + desk.path("harbour"), *args], capture_output=True, text=True, timeout=d.WAIT)
				return done.returncode, done.stderr
			code, said = refused("--listen", "0.0.0.0")
			self.assertEqual(code, 3)
			self.assertIn("no users", said)
			code, said = refused("--behind-proxy", "--host", "desk.example")
			self.assertEqual(code, 3)
			self.assertIn("needs users", said)
			desk.user_add("anna", "admin")
			code, said = refused("--listen", "0.0.0.0")
			self.assertEqual(code, 3)
			self.assertIn("in the clear", said)
		finally:
			desk.close()
