"""
Markup in every field of a cable, and in every field of every form of the desk: nothing of it becomes part of a page.
Pages are read by a parser, which looks for scripts, styles, on... attributes, addresses that are no paths of the desk,
and marks that turn the direction of writing.
"""
import html.parser
import re
import unittest
import urllib.parse

import desk as d
from test_collections import forms_of

TURNS = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
MOST = 400  # pages of a walk
KNOWN = {"a", "abbr", "article", "aside", "b", "bdi", "blockquote", "body", "br", "button", "caption", "code", "col", "colgroup", "datalist",
	 "dd", "del", "details", "dialog", "div", "dl", "dt", "em", "fieldset", "figcaption", "figure", "footer", "form", "g", "h1", "h2",
	 "h3", "h4", "head", "header", "hr", "html", "i", "input", "ins", "kbd", "label", "legend", "li", "line", "link", "main", "mark",
	 "meta", "nav", "noscript", "ol", "optgroup", "option", "output", "p", "path", "pattern", "polygon", "polyline", "pre", "progress",
	 "rect", "s", "script", "search", "section", "select", "small", "span", "strong", "sub", "summary", "sup", "svg", "table", "tbody",
	 "td", "template", "text", "textarea", "tfoot", "th", "thead", "time", "title", "tr", "tspan", "u", "ul", "circle", "ellipse", "defs",
	 "marker", "desc", "meter"}


class Reader(html.parser.HTMLParser):
	"""Says what a page must not have."""

	def __init__(self):
		super().__init__(convert_charrefs=True)
		self.wrong, self.links, self.marks = [], [], 0

	def handle_starttag(self, tag, attributes):
		names = [k for k, _ in attributes]
		if tag not in KNOWN:
			self.wrong.append(f"<{tag}>")
		if len(names) != len(set(names)):
			self.wrong.append(f"<{tag}> has an attribute twice: {names}")
		for name, value in attributes:
			value = value or ""
			if name.startswith("on") or name in ("style", "srcdoc", "formaction") or not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9:-]*", name):
				self.wrong.append(f"<{tag} {name}>")
			if name in ("href", "src", "action", "xlink:href") and not re.match(r"(/(?![/\\])|#|\?|$|[a-z])", value):
				self.wrong.append(f"<{tag} {name}={value[:60]}>")
			if name in ("href", "src", "action", "xlink:href") and re.match(r"\s*[a-z][a-z0-9+.-]*:", value, re.I):
				self.wrong.append(f"<{tag} {name}={value[:60]}>")
			if TURNS.search(value):
				self.wrong.append(f"<{tag} {name}> turns the writing")
			if d.MARK in value:
				self.marks += 1
			if tag == "a" and name == "href":
				self.links.append(value)
		if tag == "script" and not dict(attributes).get("src", "").startswith("/static/"):
			self.wrong.append("<script> without a file")
		if tag == "img" or (tag == "b" and names):
			self.wrong.append(f"<{tag} {names}>")

	def handle_startendtag(self, tag, attributes):
		self.handle_starttag(tag, attributes)

	def handle_data(self, data):
		self.marks += data.count(d.MARK)
		if TURNS.search(data):
			self.wrong.append("text that turns the writing: " + repr(data[:80]))

	def handle_comment(self, data):
		self.wrong.append("<!--" + data[:40])

	def unknown_decl(self, data):
		self.wrong.append("<!" + data[:40])


class Markup(unittest.TestCase):
	@classmethod
	def setUpClass(cls):
		cls.desk = d.Desk(collections=("embassy",))

	@classmethod
	def tearDownClass(cls):
		cls.desk.close()

	def read(self, a, where):
		if not (a.header("Content-Type") or "").startswith("text/html"):
			# A file or an object: never read as a page, and its name is no header line of its own.
			self.assertIn("nosniff", a.header("X-Content-Type-Options") or "")
			return Reader()
		r = Reader()
		r.feed(a.text)
		r.close()
		# A report to be saved is a page of its own, and brings its style along.
		if (a.header("Content-Disposition") or "").startswith("attachment") and r.wrong == ["<style>"]:
			r.wrong = []
		with self.subTest(where=where):
			self.assertEqual(r.wrong, [], where)
			self.assertNotEqual(a.status, 500)
		return r

	def walk(self, client, begin=("/",)):
		"""All pages that can be reached by links; how often the mark was met."""
		seen, todo, marks = set(), list(begin), 0
		while todo and len(seen) < MOST:
			path = todo.pop(0).split("#")[0]
			# One address of each kind of search and page is enough; streams never end.
			kind = re.sub(r"(?<=[=/])[^=&?/]*\d[^=&?/]*", "N", path) if "q=" in path else path
			if not path.startswith("/") or kind in seen or path.startswith("/static/") or "/events" in path:
				continue
			seen.add(kind)
			a = client.get(path)
			r = self.read(a, path)
			marks += r.marks
			if a.header("Location"):
				todo.append(a.header("Location"))
			here = path.split("?")[0]
			todo += [here + x if x.startswith("?") else x for x in r.links]
		return seen, marks

	def test_in_every_field_of_a_cable(self):
		anna = self.desk.client("anna")
		ids = [f"/c/embassy/cable/08VESTMARK{n}" for n in [*range(300, 311), *range(400, 408), 500]]
		begin = ["/"] + [x + y for x in ids for y in ("", "?as=received", "/graph", "/related", "?hl=" + urllib.parse.quote(d.EVIL))]
		begin += ["/c/embassy/search?q=keeper", "/c/embassy/search?q=" + d.MARK, "/c/embassy/status", "/c/embassy/browse"]
		seen, marks = self.walk(anna, begin)
		self.assertGreater(marks, 100)
		self.assertGreater(len(seen), 50)

	def test_in_the_address(self):
		anna = self.desk.client("anna")
		evil = urllib.parse.quote(d.EVIL + d.TURN, safe="")
		for who in (anna, d.Client(self.desk)):
			for r in d.routes():
				if r.method == "GET" and not r.pattern.endswith("/events"):
					for path in (r.path(evil, evil, evil), r.path("embassy", evil, evil), r.path("embassy", "08VESTMARK300"),
						     "/api/v1" + r.path("embassy", evil)):
						query = "&".join(f"{k}={evil}" for k in ("q", "hl", "as", "to", "from", "sort", "origin", "year", "class", "tag", "signatory",
											  "page", "offset", "draft", "who", "action", "show", "done", "said", "format"))
						self.read(who.get(path), path)
						self.read(who.get(path + "?" + query), path + "?...")
		self.read(d.Client(self.desk).post("/login", {"name": d.EVIL + d.TURN, "password": d.EVIL, "to": d.EVIL}, csrf=None), "login")

	def test_in_every_field_of_every_form(self):
		anna, tried = self.desk.client("anna"), set()
		pages, _ = self.walk(anna, ["/", "/c/embassy/cable/08VESTMARK300", "/c/embassy/search?q=keeper"])
		story = f'<p>{d.MARK} "keeper <script>alert(1)</script> spoke of ferries" <b onclick=alert(1)>08VESTMARK300</b> {d.TURN}</p>'
		anna.post("/c/embassy/check", {"title": d.EVIL, "text": d.EVIL + " “the lighthouse keeper spoke of " + d.EVIL + "” in 08VESTMARK300",
					       "format": "plain", "keep": "1"})
		anna.upload("/c/embassy/check", [("title", ""), ("format", "html"), ("keep", "1")], [("file", d.EVIL + d.TURN + ".html", story.encode())])
		anna.upload("/c/embassy/import", [], [("file", d.EVIL + ".csv", d.hostile_dump()[:3000].encode())])
		for path in list(pages) + ["/c/embassy/check", "/c/embassy/story/1", "/c/embassy/story/2", "/me", "/people", "/log"]:
			for action, fields in forms_of(anna, path):
				key = (re.sub(r"\d+", "N", action), tuple(sorted(fields)), fields.get("do"))
				if key in tried or action == "/logout" or action == "/people/anna" or \
				   (action == "/me" and fields.get("do") in ("sessions", "password")) or "disable" in str(fields):
					continue
				tried.add(key)
				for evil in (d.EVIL, d.EVIL + d.TURN):
					filled = {k: v or evil for k, v in fields.items()}
					if action == "/people":
						filled.update(name="mallory", role="reader", password=d.PASSWORD, again=d.PASSWORD)
					self.read(anna.post(action, filled), action)
		self.assertGreater(len(tried), 5)
		# A search that is saved keeps an address, which must be one of the desk's.
		for path, fields in forms_of(anna, "/c/embassy/search?q=keeper"):
			if path.endswith("/saved"):
				self.read(anna.post(path, {**fields, "name": d.EVIL[:64]}), path)
				for evil in ("javascript:alert(1)", "//evil.example/", "https://evil.example/", d.EVIL):
					self.read(anna.post(path, {"name": d.MARK, "address": evil, "query": evil}), path)
		seen, marks = self.walk(anna, ["/", "/c/embassy/check", "/c/embassy/cable/08VESTMARK300", "/people", "/people/mallory", "/me", "/log",
						 "/c/embassy/search"])
		self.assertGreater(marks, 20)
		for table, column in (("note", "text"), ("story", "title"), ("search", "name")):
			with self.desk.db() as db:
				kept = [x[0] for x in db.execute(f"SELECT {column} FROM {table}")]
			self.assertTrue([x for x in kept if d.MARK in x], f"no {table} was made, so none was tried")

	def test_as_a_persons_name(self):
		self.desk.user_add("mallet", "editor", full_name=d.EVIL.replace("\n", ""))
		mallet = self.desk.client("mallet")
		_, marks = self.walk(mallet, ["/me", "/c/embassy/search"])
		self.assertGreater(marks, 0)

	def test_in_an_exported_page(self):
		anna = self.desk.client("anna")
		a = anna.post("/c/embassy/check", {"title": d.EVIL, "text": d.EVIL + " “the lighthouse keeper spoke of ferries " + d.EVIL +
						   "” in 08VESTMARK300", "format": "plain", "keep": "1"})
		to = (a.header("Location") or "").split("?")[0]
		if not to:
			self.skipTest("no story was kept")
		page = anna.get(to + "/export?draft=1&format=html")
		self.assertEqual(page.status, 200)
		self.assertIn("attachment", page.header("Content-Disposition") or "")
		self.assertNotIn("<script>alert", page.text)
		self.assertNotIn("<img src=x", page.text)
		self.assertNotIn("<b onclick", page.text)
		self.assertIn(d.MARK, page.text)
