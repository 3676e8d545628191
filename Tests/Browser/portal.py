"""A real town with pages: broker, services and portal as `kazasu up` starts them, and commands given as a clerk gives them."""
import base64
import hmac
import os
import pathlib
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

from browser import ROOT, Browser

sys.path[:0] = [os.path.join(ROOT, "Tests/Python"), os.path.join(ROOT, "Tests/Chaos")]
from parts import Reader  # noqa: E402
from town import free_port, wait_for  # noqa: E402

PROGRAMS = pathlib.Path(os.environ.get("KAZASU_PROGRAMS", os.path.join(ROOT, ".build/debug"))).resolve()
KAZASU = PROGRAMS / "kazasu"
TOWN = """
town: nagai
title: 長井市
broker: {{ host: localhost, port: {port} }}
agents:
  gate-1:
    readers:
      reader-1: {{ device: "ACS ACR122U gate-1", place: civic-gym, purpose: "door:gym" }}
  shelter-1:
    readers:
      reader-1: {{ device: "ACS ACR122U shelter-1", place: hall, purpose: "shelter:s01" }}
doors:
  gym: {{ title: 市民体育館 }}
desks: [office]
shelter-desks: [headquarters, reception]
operators: [it-1]
visits:
  facilities:
    gym: {{ title: 市民体育館, places: [civic-gym] }}
portal:
  listen: "127.0.0.1:{web}"
  origin: {origin}
  accounts:
    sato: {{ title: 佐藤, stations: [shelter-desk-reception] }}
    suzuki: {{ title: 鈴木, stations: [desk-office] }}
  kiosks:
    lobby: {{ reader: gate-1/reader-1 }}
  map: {{ outline: outline.geojson }}
"""
OUTLINE = '{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[139.9,38.0],[140.2,38.0],[140.2,38.2],[139.9,38.2],[139.9,38.0]]]}}'


def one_time_password(secret, steps=0):
    """RFC 6238, of so many steps later than now."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30 + steps), "sha1")
    place = digest[-1] & 15
    return f"{(int.from_bytes(digest[place:place + 4], 'big') & 0x7fffffff) % 1_000_000:06}"


PASSWORD = "瀬野川を渡ると朝の霧が晴れる"


class PortalTown:
    """Runs from its making until `end`."""

    def __init__(self, reader=None, lines="", origin=None, keys=()):
        """
        reader: an agent whose reader is a real pcscd's with a virtual slot; those of the others are missing.
        lines: more of the town's file.
        origin: the pages' address, where it is not the portal's own.
        keys: names and lines of files that somebody puts beside the town's keys.
        """
        self.secrets, self.cookies = {}, {}
        self.temporary = tempfile.TemporaryDirectory(prefix="kazasu-portal-", ignore_cleanup_errors=True)
        self.folder = pathlib.Path(self.temporary.name)
        self.port, self.web = free_port(), free_port()
        self.own = f"http://localhost:{self.web}"
        self.address = origin or self.own
        (self.folder / "town.yaml").write_text(TOWN.format(port=self.port, web=self.web, origin=self.address) + lines)
        (self.folder / "outline.geojson").write_text(OUTLINE)
        for name, text in keys:
            file = self.folder / "data/keys" / name
            for folder in (file.parent.parent, file.parent):
                folder.mkdir(mode=0o700, exist_ok=True)
            file.touch(mode=0o600)
            file.write_text(text + "\n")
        self.reader = Reader(reader or "none", self.folder, PROGRAMS)
        if reader:
            self.reader.start()
        with open(self.folder / "up.txt", "w") as log:
            self.up = subprocess.Popen(
                [str(KAZASU), "up", str(self.folder / "town.yaml")], stdout=log, stderr=log,
                env={**os.environ, "PCSCLITE_CSOCK_NAME": str(self.reader.socket)})
        try:
            wait_for("the registry's first answer", lambda: self.kazasu("shelter", "list", check=False).returncode == 0)
            wait_for("the portal's first page", lambda: self.status("/ja/") == 200)
        except BaseException:
            self.end()
            raise

    def end(self):
        self.up.send_signal(signal.SIGTERM)
        self.up.wait(30)
        self.reader.kill()
        self.temporary.cleanup()

    def last_words(self):
        return " / ".join((self.folder / "up.txt").read_text(errors="replace").splitlines()[-5:])

    def kazasu(self, *words, check=True, **more):
        """A command as a clerk gives it."""
        done = subprocess.run([str(word) for word in self.command(*words)], capture_output=True, text=True, timeout=60, **more)
        if check and done.returncode:
            raise AssertionError(f"kazasu {' '.join(words)}: {done.stderr}")
        return done

    def command(self, *words):
        return [KAZASU, *words, "--town", self.folder / "town.yaml", "--data", self.folder / "data"]

    def status(self, path):
        """Of an answer of the portal's own, whatever stands before it; 0 if there is none."""
        done = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", self.own + path], capture_output=True, text=True)
        return int(done.stdout or 0)

    def process(self, name):
        """The number of one of the town's processes."""
        found = subprocess.run(["pgrep", "-f", f"/{name} --town {self.folder}"], capture_output=True, text=True).stdout.split()
        return int(found[0]) if found else None

    def sign_in(self, browser, account, again=False):
        """Signs somebody in as they do it the first time; later their session goes on, unless they sign in again by what was chosen then."""
        browser.call("DELETE", "/cookie")
        if account in self.cookies and not again:
            browser.open(self.address + "/ja/")
            browser.cdp(
                "Network.setCookie", name="__Host-kazasu", value=self.cookies[account], url=self.address + "/", path="/", secure=True, httpOnly=True,
                sameSite="Strict")
            return browser.open(self.address + "/ja/staff")
        if account not in self.secrets:
            code = self.kazasu("portal", "invite", account).stdout.strip()
            browser.open(self.address + "/ja/welcome")
            for name, text in (("account", account), ("invitation", code), ("password", PASSWORD)):
                browser.type(f"#{name}", text)
            browser.click("form button.main")
            browser.until("document.querySelector('#secret')")
            self.secrets[account] = browser.text("#secret").replace(" ", "")
            browser.type("#made", one_time_password(self.secrets[account]))
        else:
            browser.open(self.address + "/ja/sign-in")
            for name, text in (("account", account), ("password", PASSWORD), ("code", one_time_password(self.secrets[account], 1))):
                browser.type(f"#{name}", text)
        browser.click("form button.main")
        browser.until("location.pathname === '/ja/staff'")
        self.cookies[account] = next(one for one in browser.call("GET", "/cookie") if one["name"] == "__Host-kazasu")["value"]


class PortalTest(unittest.TestCase):
    """A town for a class of tests, and a browser. After each, an error in the console or a breach of the policy is a failure."""

    size, language = "desktop", "ja"
    reader, lines, origin, keys, flags = None, "", None, (), ()

    @classmethod
    def setUpClass(cls):
        if not (PROGRAMS / "portal").exists():
            raise unittest.SkipTest("build the programs first: make build")
        cls.town = town = PortalTown(cls.reader, cls.lines, cls.origin, cls.keys)
        cls.addClassCleanup(town.end)
        cls.folder, cls.web, cls.address, cls.secrets, cls.cookies = town.folder, town.web, town.address, town.secrets, town.cookies
        cls.kazasu, cls.status, cls.process = town.kazasu, town.status, town.process
        cls.browser = Browser(cls.size, cls.language, *cls.flags)
        cls.addClassCleanup(cls.browser.stop)

    def sign_in(self, account="sato", again=False):
        self.town.sign_in(self.browser, account, again)

    def open(self, path):
        self.browser.open(self.address + path)

    def tearDown(self):
        self.assertEqual(self.browser.problems(), [])
        self.browser.forgiven = []
