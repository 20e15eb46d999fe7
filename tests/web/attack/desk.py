"""
What the tests of attack share: archives made from the sample and from a hostile dump, a desk with people that is served
on a port of its own, a small HTTP client that sends what it is told and nothing else, and the table of routes as the
server has it, so that a new page is attacked as soon as it is there.
"""
import base64
import hashlib
import hmac
import http.client
import json
import os
import re
import shutil
import socket
import sqlite3
import struct
import subprocess
import tempfile
import time
import unittest
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
REFTEL = os.environ.get("REFTEL", os.path.join(ROOT, "build/test/src/cli/reftel"))
PASSWORD = "tulip field 9"
CABLE = "08KALVIK412"  # of the sample
WAIT = 60  # seconds until an answer is given up: under sanitizers all takes longer


def reftel(*args, text=None, ok=(0, 1)):
	"""Runs the command; import exits with 1 where something was set aside."""
	done = subprocess.run([REFTEL, *args], input=text, capture_output=True, text=True, timeout=300)
	if done.returncode not in ok:
		raise AssertionError(f"reftel {' '.join(args)}: {done.returncode}: {done.stderr}")
	return done.stdout


class Route:
	def __init__(self, method, pattern, need, json_too, files):
		self.method, self.pattern, self.need, self.json, self.files = method, pattern, need, json_too, files

	def path(self, collection="harbour", *rest):
		"""The pattern with its places filled; those that are not given become 1."""
		values, out = list(rest), []
		for i, part in enumerate(self.pattern.split("/")):
			if part == ":":
				part = collection if i == 2 and out[1:2] == ["c"] else values.pop(0) if values else "1"
			out.append(part)
		return "/".join(out)

	@property
	def in_collection(self):
		return self.pattern.startswith("/c/:")

	def __repr__(self):
		return f"{self.method} {self.pattern}"


def routes():
	with open(os.path.join(ROOT, "src/web/routes.c"), encoding="utf-8") as f:
		text = f.read()
	found = re.findall(r'\{\s*"(GET|POST)",\s*"([^"]+)",\s*\w+,\s*(NEED_\w+),\s*(true|false),\s*LANE_\w+,\s*'
			   r'([^,}]+),\s*([^}]+)\}', text)
	if len(found) != len(re.findall(r'\{\s*"(?:GET|POST)"', text)):
		raise AssertionError("routes.c has a row that this test cannot read")
	return [Route(m, p, n, j == "true", f.strip() not in ("0", "NULL")) for m, p, n, j, _, f in found]


class Answer:
	def __init__(self, status, headers, body):
		self.status, self.headers, self.body = status, headers, body

	@property
	def text(self):
		return self.body.decode("utf-8", "replace")

	def header(self, name):
		return next((v for k, v in self.headers if k.lower() == name.lower()), None)


class Client:
	"""Speaks as one browser would, with the cookie it was given."""

	def __init__(self, desk, cookie=None):
		self.desk, self.cookie, self.csrf = desk, cookie, None

	def ask(self, method, path, body=None, headers=None, host=None):
		c = http.client.HTTPConnection("127.0.0.1", self.desk.port, timeout=WAIT)
		try:
			c.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
			c.putheader("Host", f"127.0.0.1:{self.desk.port}" if host is None else host)
			if self.cookie:
				c.putheader("Cookie", self.cookie)
			for k, v in (headers or {}).items():
				c.putheader(k, v)
			if body is not None:
				c.putheader("Content-Length", str(len(body)))
			try:
				c.endheaders(body)
			except (BrokenPipeError, ConnectionResetError):
				pass  # refused while it was sent: the answer may stand there all the same
			r = c.getresponse()
			return Answer(r.status, r.getheaders(), r.read())
		finally:
			c.close()

	def get(self, path, **kw):
		return self.ask("GET", path, **kw)

	def post(self, path, fields=None, csrf=True, headers=None, **kw):
		fields = list((fields or {}).items()) if not isinstance(fields, list) else fields
		if csrf:
			fields = [("csrf", self.token() if csrf is True else csrf)] + fields
		h = {"Content-Type": "application/x-www-form-urlencoded"}
		h.update(headers or {})
		return self.ask("POST", path, urllib.parse.urlencode(fields).encode(), h, **kw)

	def upload(self, path, fields, files, csrf=True):
		"""files: (field, name, content) each."""
		mark = "reftelreftelreftel"
		fields = ([("csrf", self.token())] if csrf else []) + list(fields)
		parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields]
		for field, name, content in files:
			quoted = name.replace('"', "%22")
			parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="{field}"; filename="{quoted}"\r\n'
				     "Content-Type: application/octet-stream\r\n\r\n".encode() + content + b"\r\n")
		return self.ask("POST", path, b"".join(parts) + f"--{mark}--\r\n".encode(),
				{"Content-Type": f"multipart/form-data; boundary={mark}"})

	def token(self):
		"""The session's token, from a page that has it: every page with a form that changes something."""
		if not self.csrf:
			found = None
			for path in (f"/c/{self.desk.first_seen(self)}/search", f"/c/{self.desk.first_seen(self)}/cable/{CABLE}"):
				found = found or re.search(r'name="csrf" value="([^"]+)"', self.get(path).text)
			self.csrf = found.group(1) if found else "none-was-found"
		return self.csrf

	def inside(self):
		"""Is there a way from the front door to a collection?"""
		return (self.get("/").header("Location") or "").startswith("/c/")

	def login(self, name, password=PASSWORD, code="", to=""):
		a = self.post("/login", {"name": name, "password": password, "code": code, "to": to}, csrf=None)
		got = a.header("Set-Cookie")
		if got and a.status == 303:
			self.cookie, self.csrf = got.split(";")[0], None
		return a


class Desk:
	"""A folder with archives, a desk and its server. With `people` False it is a desk without users."""

	def __init__(self, people=True, collections=("harbour",), options=()):
		self.dir = tempfile.mkdtemp(prefix="reftel-attack-")
		self.desk_dir = os.path.join(self.dir, "desk")
		os.mkdir(self.desk_dir, 0o700)
		self.collections, self.options, self.server = collections, list(options), None
		for name in collections:
			self.archive_make(name)
		if people:
			for name, role, sees in (("anna", "admin", None), ("edda", "editor", "harbour"), ("rolf", "reader", "harbour"),
						 ("emil", "editor", "embassy")):
				self.user_add(name, role, sees)
		self.start()

	def path(self, *parts):
		return os.path.join(self.dir, *parts)

	def archive_make(self, name):
		files = [os.path.join(ROOT, "examples", x) for x in ("cables.csv", "pages", "telegrams")]
		if name != "harbour":
			dump = self.path(name + ".csv")
			with open(dump, "w", encoding="utf-8", newline="") as f:
				f.write(hostile_dump())
			files = [dump]
		reftel("--archive", self.path(name), "init")
		reftel("--archive", self.path(name), "import", *files)

	def user_add(self, name, role, sees=None, full_name=None):
		args = ["user", "add", name, "--desk", self.desk_dir, "--role", role]
		args += ["--collections", sees] if sees else []
		args += ["--full-name", full_name] if full_name else []
		reftel(*args, text=PASSWORD + "\n")

	def start(self):
		args = [REFTEL, "serve", "--json", "--port", "0", "--desk", self.desk_dir, *self.options]
		for name in self.collections:
			args += ["--collection", f"{name}={self.path(name)}"]
		# The server's own words, a sanitizer's among them, are read when it ends.
		self.complaints = open(self.path("server.txt"), "a+", encoding="utf-8")
		self.server = subprocess.Popen(args, stdout=subprocess.PIPE, stderr=self.complaints, text=True)
		line = self.server.stdout.readline()
		if not line:
			self.server.wait()
			raise AssertionError("serve ended: " + open(self.path("server.txt")).read())
		self.address = json.loads(line)["address"]
		parts = urllib.parse.urlsplit(self.address)
		self.port = parts.port
		self.key = urllib.parse.parse_qs(parts.query).get("key", [None])[0]
		self.cookie_name = f"reftel-{self.port}"

	def stop(self):
		"""Ends the server as Ctrl-C does; whatever the sanitizers found is a failure."""
		if not self.server:
			return
		died = self.server.poll()
		if died is None:
			self.server.terminate()
		code = self.server.wait(timeout=WAIT)
		self.server.stdout.close()
		self.complaints.close()
		self.server = None
		with open(self.path("server.txt"), encoding="utf-8", errors="replace") as f:
			said = f.read()
		if died is not None or code != 0 or "Sanitizer" in said or "runtime error" in said:
			raise AssertionError(f"the server ended with {code}{' by itself' if died is not None else ''}:\n{said[-6000:]}")

	def close(self):
		try:
			self.stop()
		finally:
			shutil.rmtree(self.dir, ignore_errors=True)

	def client(self, name=None, **kw):
		c = Client(self)
		if name:
			a = c.login(name, **kw)
			if a.status != 303:
				raise AssertionError(f"{name} could not log in: {a.status} {a.text[:300]}")
		elif self.key:
			c.cookie = f"{self.cookie_name}={self.key}"
		return c

	def first_seen(self, client):
		to = client.get("/").header("Location") or ""
		found = re.match(r"/c/([^/]+)/", to)
		return found.group(1) if found else self.collections[0]

	def db(self):
		return sqlite3.connect(os.path.join(self.desk_dir, "desk.db"), timeout=30)

	def rows(self, table):
		with self.db() as d:
			return d.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()

	def alive(self):
		"""Does it answer somebody who asks politely?"""
		return self.server.poll() is None and Client(self).get("/login").status in (200, 303, 404)

	def raw(self, data=b""):
		s = socket.create_connection(("127.0.0.1", self.port), timeout=WAIT)
		if data:
			s.sendall(data)
		return s

	def say(self, data):
		"""Sends bytes as they are, and gives what comes back until the other side closes or goes silent."""
		s = self.raw()
		out = b""
		try:
			s.sendall(data)
		except (BrokenPipeError, ConnectionResetError):
			pass
		s.settimeout(3)
		try:
			while chunk := s.recv(65536):
				out += chunk
		except (socket.timeout, ConnectionResetError):
			pass
		s.close()
		return out


class WithAnna(unittest.TestCase):
	"""Tests of one desk, in which anna is logged in."""

	@classmethod
	def setUpClass(cls):
		cls.desk = Desk()
		cls.anna = cls.desk.client("anna")

	@classmethod
	def tearDownClass(cls):
		cls.desk.close()


def totp(secret, steps=0):
	"""The code of a second factor's secret (base32) now and some steps later: RFC 6238, by other means."""
	secret = secret.replace(" ", "")
	key = base64.b32decode(secret + "=" * (-len(secret) % 8))
	mac = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + steps), hashlib.sha1).digest()
	at = mac[-1] & 15
	return "%06d" % ((struct.unpack(">I", mac[at:at + 4])[0] & 0x7FFFFFFF) % 1000000)


# ---- what is hostile -------------------------------------------------------------------------------------------------

MARK = "zq7"
EVIL = f'{MARK}"><script>alert(1)</script><img src=x onerror=alert(2)>\'</title></textarea></svg><b onclick=alert(3)>'
TURN = "\u202e\u2066\u200f"  # turn the direction of what follows


def hostile_rows():
	"""Rows of a dump, in each another field (and at last all that can be) markup."""
	head = "O 021640Z MAR 08\nFM AMEMBASSY VESTMARK\nTO SECSTATE WASHDC PRIORITY 2114\nINFO AMCONSUL SORNA 0311"
	body = ("C O N F I D E N T I A L VESTMARK 00%04d\n\nSIPDIS\n\nE.O. 12958: DECL: 03/02/2018\nTAGS: PREL, %s\n"
		"SUBJECT: %s\n\nREF: A. %s\n     B. SORNA 51\n\nClassified By: DCM %s for reasons %s\n\n"
		"1. (C) SUMMARY: The lighthouse keeper %s spoke of ferries. [XXXXXXXXXXXX] was told.\n\n"
		"2. (C) %s\n\nCOMMENT %s\n\n3. (U) Nothing else.\n\n%s")
	good = ["KV", "THE KEEPER SPEAKS", "08SORNA51", "Piet Aalto", "1.4 (b)", "Olm", "He went.", "-------", "VENN"]
	evil = EVIL + TURN
	rows = []
	for i in range(len(good) + 1):
		texts = [evil if j == i or i == len(good) else x for j, x in enumerate(good)]
		rows.append([str(150001 + i), "3/2/2008 16:40", f"08VESTMARK{300 + i}", "Embassy Vestmark", "CONFIDENTIAL",
			     "08SORNA51", head, body % (300 + i, *texts)])
	for field in range(8):
		row = [str(150101 + field), "3/4/2008 10:00", f"08VESTMARK{400 + field}", "Embassy Vestmark", "SECRET", "",
		       head, body % (400 + field, *good)]
		row[field] = evil if field != 6 else head.replace("AMEMBASSY VESTMARK", evil).replace("SECSTATE", evil)
		rows.append(row)
	rows.append(["150200", "3/5/2008 10:00", "08VESTMARK500", "Embassy " + evil, "CONFIDENTIAL//" + evil, evil,
		     head + "\n" + evil, body % (500, *([evil] * len(good)))])
	return rows


def hostile_dump():
	return "".join(",".join('"' + x.replace("\\", "\\\\").replace('"', '\\"') + '"' for x in row) + "\n"
		       for row in hostile_rows())
