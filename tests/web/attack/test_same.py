"""
The desk counts by columns that it keeps, the command by the index's lists: both say the same, asked once and again, and
after more cables came in beside the running desk.
"""
import json
import os
import urllib.parse

import desk as d

QUERIES = ("ferry OR minister", "harbour", "\"fish market\"", "class>=confidential", "date:2008-02..2008-04", "tag:ELAB -strike",
	   "NOT lease", "tamm NEAR/8 lease", "nowhereatall")


class Same(d.WithAnna):
	def both(self, query):
		said = json.loads(d.reftel("--archive", self.desk.path("harbour"), "search", "--json", "--facets",
					   "--histogram", query))
		a = self.anna.get("/api/v1/c/harbour/search?" + urllib.parse.urlencode({"q": query}))
		self.assertEqual(a.status, 200)
		return said, json.loads(a.text)

	def same(self):
		found = 0
		for query in QUERIES * 2:
			with self.subTest(query):
				said, told = self.both(query)
				self.assertEqual(said["total"], told["total"])
				self.assertEqual(said["facets"], told["facets"])
				self.assertEqual(said["months"], told["months"])
				found += told["total"]
		return found

	def test_counts_of_command_and_desk(self):
		before = self.same()
		self.assertGreater(before, 50)
		dump = self.desk.path("more.csv")
		with open(dump, "w", encoding="utf-8", newline="") as f:
			f.write(d.hostile_dump())
		d.reftel("--archive", self.desk.path("harbour"), "import", dump)
		self.assertTrue(os.listdir(self.desk.path("harbour", "index")))
		self.assertGreater(self.same(), before)
