"""
Reading what is of another collection: by its name, by numbers of its stories, notes and searches, under /api/v1, in an
export; and changing it.
"""
import json
import re
import unittest

import desk as d

SECRET = "nightingale"  # only in what the newsroom of harbour wrote


class Collections(unittest.TestCase):
	@classmethod
	def setUpClass(cls):
		cls.desk = d.Desk(collections=("harbour", "embassy"))
		cls.fill()

	@classmethod
	def tearDownClass(cls):
		cls.desk.close()

	@classmethod
	def fill(cls):
		"""Something of every kind in harbour, through its own forms, as an editor."""
		edda = cls.desk.client("edda")
		cable = f"/c/harbour/cable/{d.CABLE}"
		for path, fields in ((cable + "/notes", {"text": SECRET + " note", "paragraph": "1", "do": "add"}),
				     (cable + "/tags", {"tag": SECRET, "on": "1"}), (cable + "/star", {"on": "1"})):
			edda.post(path, fields)
		for path, fields in forms_of(edda, "/c/harbour/search?q=ferry"):
			if "name" in fields and "logout" not in path:
				edda.post(path, {**fields, "name": SECRET + " search"})
		story = {"text": SECRET + " said “the ferry line would not be sold to any foreign owner” in 08KALVIK412.",
			 "story": SECRET + " said “the ferry line would not be sold”.", "title": SECRET + " story", "format": "plain",
			 "keep": "1"}
		if any(r.pattern == "/c/:/check" and r.method == "POST" for r in d.routes()):
			a = edda.post("/c/harbour/check", story)
			assert a.status in (200, 303), (a.status, a.text[:500])
			to = a.header("Location")
			for path, fields in forms_of(edda, to) if to else ():
				if "overrule" in path:
					edda.post(path, {**fields, "as": "verbatim", "reason": SECRET})

	def all_routes(self, method="GET"):
		return [r for r in d.routes() if r.in_collection and r.method == method]

	def test_what_was_made_is_there(self):
		"""Otherwise the tests below look for what nobody wrote."""
		edda = self.desk.client("edda")
		self.assertIn(SECRET, edda.get(f"/c/harbour/cable/{d.CABLE}").text)
		tables = [t for t in ("note", "tag", "star", "search", "story") if self.desk.rows(t)]
		patterns = {r.pattern for r in d.routes() if r.method == "POST"}
		if any("/check" in p for p in patterns):
			self.assertIn("story", tables)
		self.assertIn("note", tables)
		self.assertIn("tag", tables)

	def test_what_the_newsroom_put_on_a_cable(self):
		"""Notes and tags are for whoever reads the collection, a star is one person's own."""
		at = f"/api/v1/c/harbour/cable/{d.CABLE}"
		for who, starred, mine in (("edda", True, True), ("rolf", False, False)):
			with self.subTest(who=who):
				on = json.loads(self.desk.client(who).get(at).text)["desk"]
				self.assertEqual((on["starred"], on["tags"]), (starred, [SECRET]))
				self.assertEqual([(n["text"], n["paragraph"], n["mine"], n["changed"]) for n in on["notes"]],
						 [(SECRET + " note", 1, mine, None)])
		self.assertEqual(self.desk.client("emil").get(at).status, 404)

	def test_keeping_what_another_person_checked(self):
		"""The name of a report that waits to be kept opens nothing but for whom it was made, where it was made."""
		edda, anna = self.desk.client("edda"), self.desk.client("anna")
		text = {"text": SECRET + " “the ferry line would never be sold” in 08KALVIK412.", "title": "waiting", "keep": "0"}
		made = re.findall(r'name="check" value="(\w+)"', edda.post("/c/harbour/check", text).text)
		self.assertEqual(len(made), 1)
		name = {"check": made[0]}
		before = self.desk.rows("story")
		for who, where in ((anna, "harbour"), (edda, "embassy"), (anna, "embassy")):
			with self.subTest(where=where):
				self.assertGreaterEqual(who.post(f"/c/{where}/check/keep", name).status, 400)
		self.assertEqual(self.desk.rows("story"), before)
		kept = edda.post("/c/harbour/check/keep", name)
		self.assertEqual(kept.status, 303)
		self.assertIn(SECRET, edda.get(kept.header("Location")).text)

	def test_by_its_name(self):
		emil = self.desk.client("emil")
		for name in ("harbour", "HARBOUR", "harbour%00", "harbour.", "%68arbour", "embassy%2f..%2fharbour", "..%2fharbour"):
			for r in self.all_routes():
				for path in [r.path(name, d.CABLE)] + (["/api/v1" + r.path(name, d.CABLE)] if r.json else []):
					a = emil.get(path)
					with self.subTest(path=path):
						self.assertIn(a.status, (400, 404))
						self.assertNotRegex(a.text, "KALVIK (OPENS|4)|" + SECRET)

	def test_it_is_as_one_that_does_not_exist(self):
		emil = self.desk.client("emil")
		for r in self.all_routes():
			there, none = emil.get(r.path("harbour", d.CABLE)), emil.get(r.path("nowhere", d.CABLE))
			self.assertEqual((there.status, there.text.replace("harbour", "nowhere")), (none.status, none.text), r)

	def test_by_numbers_and_ids_from_inside_ones_own(self):
		emil = self.desk.client("emil")
		for r in self.all_routes():
			if r.pattern.endswith("/events"):
				continue
			for one in [str(i) for i in range(1, 6)] + [d.CABLE, "140212", SECRET]:
				for path in [r.path("embassy", one, "1")] + (["/api/v1" + r.path("embassy", one, "1")] if r.json else []):
					a = emil.get(path)
					with self.subTest(path=path):
						if one != SECRET:
							self.assertNotIn(SECRET, a.text)
						self.assertNotIn("HARBOUR MASTER STANDS FIRM", a.text)

	def test_changing_it(self):
		emil, tables = self.desk.client("emil"), ("note", "tag", "star", "search", "story", "draft", "overrule")
		before = {t: self.desk.rows(t) for t in tables}
		edda = self.desk.client("edda")
		asked = [(p, f) for where in self.pages_of(edda) for p, f in forms_of(edda, where) if p != "/logout"]
		for r in self.all_routes("POST"):
			asked += [(r.path("harbour", one), {"id": "1", "note": "1", "text": "x", "tag": SECRET, "remove": "1"})
				  for one in ("1", "2", d.CABLE)]
		self.assertTrue(asked)
		for path, fields in asked:
			for where in (path, path.replace("/c/harbour/", "/c/embassy/")):
				fields = {k: v or "x" for k, v in fields.items() if k != "csrf"}
				emil.post(where, fields)
		after = {t: self.desk.rows(t) for t in tables}
		for t in tables:
			# What was there is as it was; what emil added in his own collection is his.
			self.assertEqual([x for x in before[t] if x not in after[t]], [], t)

	def pages_of(self, client):
		cable = f"/c/harbour/cable/{d.CABLE}"
		return [cable, "/c/harbour/search?q=ferry", "/c/harbour/check", "/c/harbour/story/1", "/me"]

	def test_everything_that_can_be_reached_by_links(self):
		emil, seen, todo = self.desk.client("emil"), set(), ["/"]
		while todo and len(seen) < 150:
			path = todo.pop(0)
			if path in seen or path.startswith("/static/") or path.endswith("/events"):
				continue
			seen.add(path)
			a = emil.get(path)
			self.assertNotIn(SECRET, a.text, path)
			self.assertNotIn("HARBOUR MASTER STANDS FIRM", a.text, path)
			self.assertNotIn("/c/harbour", a.text, path)
			if a.header("Location"):
				todo.append(a.header("Location"))
			todo += [x.replace("&amp;", "&").split("#")[0] for x in re.findall(r'href="(/[^"]*)"', a.text)]
		self.assertGreater(len(seen), 3)


def forms_of(client, path):
	"""The forms of a page that change something: where they go, and what they carry."""
	out = []
	for form in re.findall(r"<form\b.*?</form>", client.get(path).text, re.S):
		if 'method="post"' not in form:
			continue
		action = re.search(r'action="([^"]*)"', form)
		fields = {}
		for tag in re.findall(r"<(?:input|textarea|select|button)\b[^>]*>", form):
			name, value = re.search(r'\bname="([^"]*)"', tag), re.search(r'\bvalue="([^"]*)"', tag)
			if name and name.group(1) != "csrf" and 'type="file"' not in tag:
				fields.setdefault(name.group(1), value.group(1).replace("&amp;", "&") if value else "")
		out.append((action.group(1).replace("&amp;", "&") if action else path, fields))
	return out
