"""
Whoever leaves while an answer is made: the work for it stops, and what it would have kept is not kept.
"""
import random
import socket
import time
import urllib.parse

import desk as d

LONG = 2   # seconds that a check must take, so that leaving comes well before its end
BEGUN = 0.4  # seconds after which it is under way
WORDS = ("harbour ferry minister lease docker strike office invoices agent shipping accounts proof council police fish "
	 "market pier contract money village island president election votes ship customs official said that the of").split()


def story(n):
	"""So many quotations, of the cables' words and of no cable."""
	r = random.Random(n)
	return "\n\n".join(f"He said \u201c{' '.join(r.choices(WORDS, k=24))}\u201d, and went on to 08KALVIK{r.randrange(390, 420)}."
			   for _ in range(n))


class Leaving(d.WithAnna):
	def form(self, title, text):
		return {"title": title, "text": text, "format": "plain", "keep": "1"}

	def kept(self):
		with self.desk.db() as db:
			return [x for (x,) in db.execute("SELECT title FROM story ORDER BY id")]

	def check(self, title, text):
		"""Waits for its end, and says how long that took."""
		began = time.monotonic()
		self.assertEqual(self.anna.post("/c/harbour/check", self.form(title, text)).status, 303)
		return time.monotonic() - began

	def begin(self, title, text):
		"""Asks for the same; whoever asked is to close this."""
		body = urllib.parse.urlencode([("csrf", self.anna.token()), *self.form(title, text).items()]).encode()
		return self.desk.raw((f"POST /c/harbour/check HTTP/1.1\r\nHost: 127.0.0.1:{self.desk.port}\r\nCookie: {self.anna.cookie}\r\n"
				      "Content-Type: application/x-www-form-urlencoded\r\n"
				      f"Content-Length: {len(body)}\r\n\r\n").encode() + body)

	def long_story(self):
		"""One whose check takes long enough on this machine; waited for, it is kept."""
		n, took = 50, 0.0
		while took < LONG:
			self.assertLess(n, 100000)
			took = self.check(f"waited {n}", story(n))
			self.assertIn(f"waited {n}", self.kept())
			n = n * 2 if took < LONG else n
		return story(n)

	def test_a_check_ends_when_its_page_is_closed(self):
		text = self.long_story()
		before = self.kept()
		for how in ("a farewell", "a reset"):
			with self.subTest(how):
				# More than the lane has threads: those behind are not even begun.
				asked = [self.begin(f"left {how} {i}", text) for i in range(4)]
				time.sleep(BEGUN)
				for s in asked:
					if how == "a reset":
						s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
					s.close()
				# Asked behind them, so answered when all but one of them at the most have ended.
				self.check(f"behind {how}", story(1))
				before.append(f"behind {how}")
				self.assertEqual(self.kept(), before)
		self.assertTrue(self.anna.inside())
