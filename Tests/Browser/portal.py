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

sys.path.insert(0, os.path.join(ROOT, "Tests/Python"))
from town import free_port, wait_for  # noqa: E402

PROGRAMS = pathlib.Path(os.environ.get("KAZASU_PROGRAMS", os.path.join(ROOT, ".build/debug")))
KAZASU = PROGRAMS / "kazasu"
TOWN = """
town: nagai
title: 長井市
broker: {{ host: localhost, port: {port} }}
agents:
  gate-1:
    readers:
      reader-1: {{ device: "Virtual", place: civic-gym, purpose: "door:gym" }}
  shelter-1:
    readers:
      reader-1: {{ device: "Other", place: hall, purpose: "shelter:s01" }}
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


class PortalTest(unittest.TestCase):
    """A town for a class of tests, and a browser. After each, an error in the console or a breach of the policy is a failure."""

    size, language = "desktop", "ja"

    @classmethod
    def setUpClass(cls):
        cls.secrets, cls.cookies = {}, {}
        if not (PROGRAMS / "portal").exists():
            raise unittest.SkipTest("build the programs first: make build")
        folder = tempfile.TemporaryDirectory(prefix="kazasu-portal-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        port, cls.web = free_port(), free_port()
        cls.address = cls.origin = f"http://localhost:{cls.web}"
        (cls.folder / "town.yaml").write_text(TOWN.format(port=port, web=cls.web, origin=cls.origin))
        (cls.folder / "outline.geojson").write_text(OUTLINE)
        log = open(cls.folder / "up.txt", "w")
        cls.up = subprocess.Popen([str(KAZASU), "up", str(cls.folder / "town.yaml")], stdout=log, stderr=log)
        cls.addClassCleanup(cls.stop)
        wait_for("the registry's first answer", lambda: cls.kazasu("shelter", "list", check=False).returncode == 0)
        wait_for("the portal's first page", lambda: cls.status("/ja/") == 200)
        cls.browser = Browser(cls.size, cls.language)
        cls.addClassCleanup(cls.browser.stop)

    @classmethod
    def stop(cls):
        cls.up.send_signal(signal.SIGTERM)
        cls.up.wait(30)

    @classmethod
    def kazasu(cls, *words, check=True, **more):
        """A command as a clerk gives it."""
        data = str(cls.folder / "data")
        done = subprocess.run(
            [str(KAZASU), *words, "--town", str(cls.folder / "town.yaml"), "--data", data], capture_output=True, text=True, timeout=60, **more)
        if check and done.returncode:
            raise AssertionError(f"kazasu {' '.join(words)}: {done.stderr}")
        return done

    @classmethod
    def status(cls, path):
        done = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", cls.address + path], capture_output=True, text=True)
        return int(done.stdout or 0)

    @classmethod
    def process(cls, name):
        """The number of one of the town's processes."""
        found = subprocess.run(["pgrep", "-f", f"/{name} --town {cls.folder}"], capture_output=True, text=True).stdout.split()
        return int(found[0]) if found else None

    PASSWORD = "瀬野川を渡ると朝の霧が晴れる"

    def sign_in(self, account="sato", again=False):
        """Signs somebody in as they do it the first time; later their session goes on, unless they sign in again by what was chosen then."""
        self.browser.call("DELETE", "/cookie")
        if account in self.cookies and not again:
            self.open("/ja/")
            self.browser.cdp(
                "Network.setCookie", name="__Host-kazasu", value=self.cookies[account], url=self.address + "/", path="/", secure=True, httpOnly=True,
                sameSite="Strict")
            return self.open("/ja/staff")
        if account not in self.secrets:
            code = self.kazasu("portal", "invite", account).stdout.strip()
            self.open("/ja/welcome")
            for name, text in (("account", account), ("invitation", code), ("password", self.PASSWORD)):
                self.browser.type(f"#{name}", text)
            self.browser.click("form button.main")
            self.browser.until("document.querySelector('#secret')")
            self.secrets[account] = self.browser.text("#secret").replace(" ", "")
            self.browser.type("#made", one_time_password(self.secrets[account]))
        else:
            self.open("/ja/sign-in")
            for name, text in (("account", account), ("password", self.PASSWORD), ("code", one_time_password(self.secrets[account], 1))):
                self.browser.type(f"#{name}", text)
        self.browser.click("form button.main")
        self.browser.until("location.pathname === '/ja/staff'")
        self.cookies[account] = next(one for one in self.browser.call("GET", "/cookie") if one["name"] == "__Host-kazasu")["value"]

    def open(self, path):
        self.browser.open(self.address + path)

    def tearDown(self):
        self.assertEqual(self.browser.problems(), [])
        self.browser.forgiven = []
