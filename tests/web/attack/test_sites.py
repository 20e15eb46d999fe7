"""
Acting across sites: a page elsewhere makes the browser of somebody who is logged in send requests here.
"""

import desk as d


class Sites(d.WithAnna):
	def tables(self):
		return {t: self.desk.rows(t) for t in ("user", "session", "token", "note", "star", "tag", "search", "story", "draft",
						       "overrule", "log")}

	def posts(self):
		found = [r for r in d.routes() if r.method == "POST" and r.need != "NEED_NOTHING"]
		self.assertTrue(found)
		return found

	def refused(self, ask, also=()):
		anna = self.desk.client("anna")
		anna.token()
		before = self.tables()
		for r in self.posts():
			a = ask(anna, r)
			with self.subTest(route=r):
				self.assertIn(a.status, (403, *also), a.text[:200])
		after = self.tables()
		# Only when a session was last used may move.
		before.pop("session"), after.pop("session")
		self.assertEqual(before, after)
		self.assertTrue(anna.inside())

	def test_from_a_page_of_another_site(self):
		for origin in ("https://evil.example", "http://evil.example:%d" % self.desk.port, "http://127.0.0.1",
			       "http://127.0.0.1:%d.evil.example" % self.desk.port, "http://127.0.0.1:1", "file://", "x"):
			with self.subTest(origin=origin):
				self.refused(lambda c, r: c.post(r.path(), {"x": "y"}, headers={"Origin": origin}))

	def test_what_the_browser_calls_another_site(self):
		for site in ("cross-site", "same-site"):
			self.refused(lambda c, r: c.post(r.path(), {"x": "y"}, headers={"Sec-Fetch-Site": site}))

	def test_without_the_sessions_token(self):
		self.refused(lambda c, r: c.post(r.path(), {"x": "y"}, csrf=None), also=(400,))

	def test_with_a_wrong_token(self):
		other = self.desk.client("edda").token()
		for token in ("", "x", other, self.anna.token()[:-1] + "!"):
			self.refused(lambda c, r: c.post(r.path(), {"x": "y"}, csrf=token), also=(400,))

	def test_with_the_token_in_the_address(self):
		self.refused(lambda c, r: c.post(r.path() + "?csrf=" + c.token(), {"x": "y"}, csrf=None), also=(400,))

	def test_as_content_that_needs_no_leave(self):
		for kind in ("text/plain", "application/json"):
			self.refused(lambda c, r: c.ask("POST", r.path(), b"csrf=" + c.token().encode(), {"Content-Type": kind}),
				     also=(400, 415))

	def test_files_without_the_token(self):
		self.refused(lambda c, r: c.upload(r.path(), [("x", "y")], [("file", "a.csv", b"x" * 5000)], csrf=False),
			     also=(400, 413, 415))
		self.assertEqual([x for x in d.os.listdir(self.desk.desk_dir) if x.startswith("upload")], [])

	def test_by_a_link(self):
		"""What changes something is no GET; HEAD and other methods change nothing either."""
		before = self.tables()
		gets = {r.pattern for r in d.routes() if r.method == "GET"}
		for r in self.posts():
			for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"):
				if method in ("GET", "HEAD") and r.pattern in gets:
					continue
				a = self.anna.ask(method, r.path() + "?x=y&csrf=" + self.anna.token())
				with self.subTest(route=r, method=method):
					self.assertIn(a.status, (400, 404, 405))
		self.assertEqual(before["log"], self.tables()["log"])

	def test_under_another_name(self):
		"""DNS rebinding: the name in the address leads to this machine."""
		port = self.desk.port
		for host in ("evil.example", f"evil.example:{port}", f"127.0.0.1.evil.example:{port}", f"localhost.evil.example:{port}",
			     f"127.0.0.1:{port + 1}", f"127.0.0.1:{port}:80", f"127.0.0.1:{port}@evil.example", "", "0.0.0.0",
			     f"[::ffff:127.0.0.1]:{port}", f"127.0.0.1 :{port}", f"127.0.0.1:{port}\t.evil.example"):
			a = self.anna.get("/", host=host)
			with self.subTest(host=host):
				self.assertIn(a.status, (400, 421))
				self.assertIsNone(a.header("Location"))
		for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}"):
			self.assertEqual(self.anna.get("/", host=host).status, 303, host)

	def test_every_answer_carries_what_keeps_it_to_itself(self):
		for who in (self.anna, d.Client(self.desk)):
			for path in [r.path() for r in d.routes() if r.method == "GET"] + ["/none", "/%", "/c/none/search"]:
				if path.endswith("/events"):
					continue
				a = who.get(path)
				with self.subTest(path=path):
					csp = a.header("Content-Security-Policy") or ""
					self.assertIn("default-src 'none'", csp)
					self.assertIn("frame-ancestors 'none'", csp)
					self.assertIn("base-uri 'none'", csp)
					self.assertNotIn("unsafe", csp)
					self.assertNotRegex(csp, r"https?:|data:|\*")
					self.assertEqual(a.header("X-Frame-Options"), "DENY")
					self.assertEqual(a.header("X-Content-Type-Options"), "nosniff")
					self.assertEqual(a.header("Referrer-Policy"), "no-referrer")
					self.assertEqual(a.header("Cache-Control"), "no-store")
					self.assertIsNone(a.header("Access-Control-Allow-Origin"))
					self.assertNotIn("http://", a.text.replace("http://www.w3.org/", "").replace(f"http://127.0.0.1:{self.desk.port}", ""))
