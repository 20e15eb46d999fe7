"""
Requests that are no HTTP, or that two programs could read differently; slow, silent and vanishing clients. The server
lives on, and answers others meanwhile.
"""
import csv
import io
import json
import os
import random
import socket
import subprocess
import time
import unittest

import desk as d


class Http(unittest.TestCase):
	@classmethod
	def setUpClass(cls):
		cls.desk = d.Desk()

	@classmethod
	def tearDownClass(cls):
		cls.desk.close()

	def tearDown(self):
		self.assertTrue(self.desk.alive())

	def status(self, data):
		"""Of the first answer; 0 where the connection was closed without one."""
		out = self.desk.say(data)
		return int(out.split(b" ", 2)[1]) if out.startswith(b"HTTP/1.") else 0

	def request(self, *lines, first="GET /login HTTP/1.1", host=True):
		head = [first] + ([f"Host: 127.0.0.1:{self.desk.port}"] if host else []) + ["Connection: close"]
		return "\r\n".join(head + list(lines)).encode("latin-1") + b"\r\n\r\n"

	def test_a_good_one(self):
		self.assertEqual(self.status(self.request()), 200)

	def test_that_could_be_read_in_two_ways(self):
		host = f"Host: 127.0.0.1:{self.desk.port}"
		post = "POST /login HTTP/1.1"
		for what, data in {
			"two hosts": self.request(host),
			"another host": self.request("Host: evil.example"),
			"no host": self.request(host=False),
			"two lengths": self.request("Content-Length: 0", "Content-Length: 5", first=post) + b"a=b&c",
			"the same length twice": self.request("Content-Length: 5", "Content-Length: 5", first=post) + b"a=b&c",
			"lengths in one line": self.request("Content-Length: 5, 5", first=post) + b"a=b&c",
			"length and chunks": self.request("Content-Length: 5", "Transfer-Encoding: chunked", first=post) + b"0\r\n\r\n",
			"chunks and length": self.request("Transfer-Encoding: chunked", "Content-Length: 5", first=post) + b"0\r\n\r\n",
			"two encodings": self.request("Transfer-Encoding: chunked", "Transfer-Encoding: identity", first=post) + b"0\r\n\r\n",
			"another encoding": self.request("Transfer-Encoding: xchunked", first=post) + b"0\r\n\r\n",
			"an encoding behind a form feed": self.request("Transfer-Encoding: \x0cchunked", first=post) + b"0\r\n\r\n",
			"length with a sign": self.request("Content-Length: +5", first=post) + b"a=b&c",
			"negative length": self.request("Content-Length: -5", first=post) + b"a=b&c",
			"length in hexadecimal": self.request("Content-Length: 0x5", first=post) + b"a=b&c",
			"length of many digits": self.request("Content-Length: " + "9" * 40, first=post) + b"a=b&c",
			"space before the colon": self.request("Content-Length : 5", first=post) + b"a=b&c",
			"a bare CR in a value": self.request("X-A: b\rContent-Length: 5", first=post) + b"a=b&c",
			"NUL in a name": self.request("X-\0A: b"),
			"a name with a space": self.request("X A: b"),
			"a folded line": self.request("X-A: b", " Host: evil.example"),
			"no colon": self.request("X-A"),
			"NUL in the address": self.request(first="GET /lo\0gin HTTP/1.1"),
			"a bare CR in the address": self.request(first="GET /login\r HTTP/1.1"),
			"a space in the address": self.request(first="GET /login x HTTP/1.1"),
			"another version": self.request(first="GET /login HTTP/3.7"),
			"another protocol": self.request(first="GET /login FTP/1.1"),
			"no version": self.request(first="GET /login"),
			"a whole address": self.request(first="GET http://evil.example/login HTTP/1.1"),
			"CONNECT": self.request(first="CONNECT evil.example:443 HTTP/1.1"),
			"a star": self.request(first="OPTIONS * HTTP/1.1"),
			"a method of ours in small letters": self.request(first="get /login HTTP/1.1"),
		}.items():
			with self.subTest(what):
				self.assertIn(self.status(data), (0, 400, 404, 405, 413, 417, 421, 431, 501, 505))

	def test_a_second_request_hidden_in_the_first(self):
		"""What follows a refused request on its connection is never answered."""
		for head in ("Content-Length: 5\r\nTransfer-Encoding: chunked", "Content-Length: 5\r\nContent-Length: 6",
			     "Transfer-Encoding: chunked\r\nContent-Length: 5", "Transfer-Encoding: chunked, identity"):
			first = (f"POST /login HTTP/1.1\r\nHost: 127.0.0.1:{self.desk.port}\r\n"
				 f"Content-Type: application/x-www-form-urlencoded\r\n{head}\r\n\r\n0\r\n\r\n").encode()
			second = f"GET /login HTTP/1.1\r\nHost: 127.0.0.1:{self.desk.port}\r\nConnection: close\r\n\r\n".encode()
			out = self.desk.say(first + second)
			with self.subTest(head):
				self.assertLessEqual(out.count(b"HTTP/1.1 "), 1)
				self.assertNotIn(b"HTTP/1.1 200", out)

	def test_large(self):
		for what, data in {
			"an address": self.request(first="GET /login?" + "a" * 100000 + " HTTP/1.1"),
			"a header": self.request("X-A: " + "b" * 100000),
			"many headers": self.request(*[f"X-{i}: y" for i in range(20000)]),
			"a cookie": self.request("Cookie: " + "a=b; " * 20000),
			"many parameters": self.request(first="GET /login?" + "a=b&" * 1000 + " HTTP/1.1"),
			"many parts": self.request(first="GET " + "/a" * 1000 + " HTTP/1.1"),
			"a form": self.request("Content-Type: application/x-www-form-urlencoded", "Content-Length: 9000000",
					       first="POST /login HTTP/1.1") + b"a" * 9000000,
			"a form without a length": self.request("Content-Type: application/x-www-form-urlencoded", "Transfer-Encoding: chunked",
								first="POST /login HTTP/1.1") + (b"10000\r\n" + b"a" * 65536 + b"\r\n") * 20,
			"many fields": self.request("Content-Type: application/x-www-form-urlencoded", "Content-Length: 8000",
						    first="POST /login HTTP/1.1") + b"a=b&" * 2000,
		}.items():
			with self.subTest(what):
				self.assertIn(self.status(data), (0, 400, 404, 413, 414, 431))

	def test_chunks_that_are_none(self):
		for chunks in (b"x\r\n", b"-1\r\na", b"5\r\nabc\r\n", b"ffffffffffffffff\r\na", b"5;" + b"a" * 70000, b"5\nabcde\n0\n\n",
			       b"1\r\nab\r\n0\r\n\r\n", b"0x5\r\nabcde\r\n0\r\n\r\n", b" 5\r\nabcde\r\n0\r\n\r\n"):
			self.status(self.request("Content-Type: application/x-www-form-urlencoded", "Transfer-Encoding: chunked",
						 first="POST /login HTTP/1.1") + chunks)
			with self.subTest(chunks[:20]):
				self.assertTrue(self.desk.alive())

	def test_random_bytes(self):
		"""The same each time: what is found can be found again."""
		r = random.Random(1)
		good = self.request("Content-Type: multipart/form-data; boundary=x", "Content-Length: 60",
				    first="POST /login HTTP/1.1") + b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nanna\r\n--x--\r\n'
		for i in range(400):
			if i % 4 == 0:
				data = r.randbytes(r.randrange(1, 2000))
			else:
				data = bytearray(good)
				for _ in range(r.randrange(1, 6)):
					at = r.randrange(len(data))
					data[at:at + r.randrange(3)] = r.randbytes(r.randrange(3))
			s = self.desk.raw()
			try:
				s.sendall(bytes(data))
				s.shutdown(socket.SHUT_WR)
				s.settimeout(0.05)
				s.recv(1000)
			except OSError:
				pass
			s.close()
		self.assertTrue(self.desk.alive())

	def test_slow_clients(self):
		"""Half a request each, a byte now and then: nobody else waits for them."""
		whole = self.request()
		post = self.request("Content-Type: application/x-www-form-urlencoded", "Content-Length: 4000", first="POST /login HTTP/1.1")
		slow = [self.desk.raw(x[:20 + i % (len(x) - 20)]) for i in range(60) for x in (whole, post)]
		try:
			for i in range(5):
				for s in slow[::3]:
					try:
						s.sendall(b"a")
					except OSError:
						pass
				self.assertTrue(self.desk.alive())
				self.assertTrue(self.desk.client("anna").inside())
		finally:
			for s in slow:
				s.close()

	def test_a_client_that_does_not_read(self):
		"""Asks for pages for ever, and never takes one."""
		anna = self.desk.client("anna")
		deaf = []
		one = (f"GET /c/harbour/cable/{d.CABLE} HTTP/1.1\r\nHost: 127.0.0.1:{self.desk.port}\r\nCookie: {anna.cookie}\r\n\r\n").encode()
		try:
			for _ in range(20):
				s = self.desk.raw()
				s.setblocking(False)
				try:
					for _ in range(500):
						s.send(one)
				except OSError:
					pass
				deaf.append(s)
			for _ in range(5):
				self.assertTrue(anna.inside())
		finally:
			for s in deaf:
				s.close()

	def test_a_thousand_that_say_nothing(self):
		idle = []
		try:
			for i in range(1000):
				idle.append(self.desk.raw(b"" if i % 2 else b"GET /login HTTP/1.1\r\nHost: 127"))
			anna = self.desk.client("anna")
			for _ in range(20):
				self.assertTrue(anna.inside())
				self.assertEqual(anna.get(f"/c/harbour/cable/{d.CABLE}").status, 200)
		finally:
			for s in idle:
				s.close()

	def test_clients_that_vanish(self):
		"""While their answer is made, and while it is sent: with a reset, not a farewell."""
		anna = self.desk.client("anna")
		one = (f"GET /c/harbour/cable/{d.CABLE}/diff?from=1&to=1 HTTP/1.1\r\nHost: 127.0.0.1:{self.desk.port}\r\n"
		       f"Cookie: {anna.cookie}\r\n\r\n").encode()
		for i in range(150):
			s = self.desk.raw(one * (1 + i % 3))
			if i % 3:
				s.recv(10)
			s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
			s.close()
		self.assertTrue(anna.inside())

	def uploads(self):
		return [x for x in os.listdir(self.desk.desk_dir) if x.startswith("upload")]

	def test_one_that_vanishes_in_mid_upload(self):
		edda = self.desk.client("anna")
		route = next((r for r in d.routes() if r.files), None)
		if not route:
			self.skipTest("no page of the desk takes files")
		body = (f'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{edda.token()}\r\n--x\r\nContent-Disposition: '
			f'form-data; name="file"; filename="a.csv"\r\n\r\n').encode() + b"a,b,c\n" * 20000
		head = (f"POST {route.path()} HTTP/1.1\r\nHost: 127.0.0.1:{self.desk.port}\r\nCookie: {edda.cookie}\r\n"
			"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 3000000\r\n\r\n").encode()
		open_ = [self.desk.raw(head + body) for _ in range(5)]
		self.wait(lambda: len(self.uploads()) == 5)
		self.assertTrue(edda.inside())
		for i, s in enumerate(open_):
			if i % 2:
				s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
			s.close()
		self.wait(lambda: not self.uploads())
		self.assertTrue(edda.inside())

	def test_leftovers(self):
		"""What a server that was killed has left goes when the next starts, but not while another serves the desk."""
		desk = d.Desk()
		try:
			def uploads():
				return [x for x in os.listdir(desk.desk_dir) if x.startswith("upload-")]

			def upload_begin():
				edda = desk.client("anna")
				body = (f'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{edda.token()}\r\n--x\r\n'
					'Content-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n').encode() + b"a,b\n" * 20000
				return desk.raw((f"POST /c/harbour/import HTTP/1.1\r\nHost: 127.0.0.1:{desk.port}\r\nCookie: {edda.cookie}\r\n"
						 "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 3000000\r\n\r\n").encode() + body)

			s = upload_begin()
			self.wait(lambda: len(uploads()) == 1)
			other = subprocess.Popen([d.REFTEL, "serve", "--json", "--port", "0", "--desk", desk.desk_dir, "--collection",
						  f"harbour={desk.path('harbour')}"], stdout=subprocess.PIPE, text=True)
			self.assertIn("address", other.stdout.readline())
			other.terminate()
			other.wait(timeout=d.WAIT)
			other.stdout.close()
			self.assertEqual(len(uploads()), 1)
			desk.server.kill()
			desk.server.wait()
			desk.server.stdout.close()
			desk.complaints.close()
			s.close()
			self.assertEqual(len(uploads()), 1)
			folder = os.path.join(desk.desk_dir, "uploads", "2008-01-02-0badcafe")
			os.makedirs(folder)
			for path in (os.path.join(folder, "a.csv"), os.path.join(desk.desk_dir, "upload-of-anna")):
				with open(path, "w", encoding="utf-8") as f:
					f.write("a,b\n")
			desk.start()
			self.assertEqual(uploads(), ["upload-of-anna"])
			self.assertFalse(os.path.exists(folder))
			self.assertTrue(desk.client("anna").inside())
		finally:
			desk.close()

	def test_exports(self):
		"""Many at once, of which some are not taken and some vanish; the server ends with the others open."""
		desk = d.Desk(collections=("harbour", "embassy"))
		try:
			anna = desk.client("anna")
			path = "/c/harbour/search.csv?q=date:none+OR+NOT+date:none"
			whole = anna.get(path).text
			self.assertGreater(len(whole.splitlines()), 33)
			self.assertEqual(len(json.loads(anna.get("/c/harbour/search.json?q=date:none+OR+NOT+date:none").body)),
					 len(list(csv.reader(io.StringIO(whole)))) - 1)
			one = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{desk.port}\r\nCookie: {anna.cookie}\r\n\r\n".encode()
			held = [desk.raw(one * 20) for _ in range(30)]
			# And some are gone before the first row is made.
			for s in held[::2] + [desk.raw(one) for _ in range(60)]:
				s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
				s.close()
			for _ in range(5):
				self.assertEqual(anna.get(path).text, whole)
		finally:
			desk.close()

	def wait(self, until):
		end = time.monotonic() + d.WAIT
		while not until() and time.monotonic() < end:
			time.sleep(0.1)
		self.assertTrue(until())

	def test_many_that_listen_for_news(self):
		"""Of an import: more of them than there are threads, some of which vanish; the server ends with the others open."""
		route = next((r for r in d.routes() if r.pattern.endswith("/events")), None)
		if not route:
			self.skipTest("no page of the desk tells news")
		desk = d.Desk()
		try:
			anna = desk.client("anna")
			one = f"GET {route.path()} HTTP/1.1\r\nHost: 127.0.0.1:{desk.port}\r\nCookie: {anna.cookie}\r\n\r\n".encode()
			listening = [desk.raw(one) for _ in range(60)]
			for s in listening:
				self.assertIn(b" 200 ", s.recv(100))
			for s in listening[::2]:
				s.close()
			for _ in range(5):
				self.assertTrue(anna.inside())
		finally:
			desk.close()

	def test_ending_with_open_connections(self):
		desk = d.Desk()
		held = [desk.raw(b"" if i % 2 else b"POST /login HTTP/1.1\r\n") for i in range(50)]
		desk.close()  # fails where it does not end, or leaks
		for s in held:
			s.close()
