"""A kiosk of a real town in a real browser: staff make it one, and whoever holds a card there sees their library card, which a scanner reads off the screen.

The card and the directory's answer are played, with the certificates of gate-1 and of the directory, which is held still meanwhile.

    make browser-test
"""
import json
import os
import re
import signal
import sys
import time
import unittest
import unittest.mock
import urllib.parse
import urllib.request

import portal
from browser import ROOT, SIZES, barcodes
from town import Client, wait_for

sys.path.insert(0, os.path.join(ROOT, "Devices/python_lock"))
from report import compact, rfc3339, ulid  # noqa: E402

LOBBY = "lobby: {{ reader: gate-1/reader-1"
LIBRARY = LOBBY + ", codes: true, library: {{ list: library, bars: codabar, check: modulus16 }}"
PEOPLE = """
people:
  lists:
    library: {{ says: members, group: readers, columns: {{ number: 利用者番号 }} }}
"""
ASKED = "nagai/resident-directory/command/resident-page/card-number"


class KioskTest(portal.PortalTest):
    @classmethod
    def setUpClass(cls):
        text = portal.TOWN.replace(LOBBY, LIBRARY).replace("  map:", "  residents: true\n  map:") + PEOPLE
        with unittest.mock.patch.object(portal, "TOWN", text):
            super().setUpClass()
        directory = cls.process("resident-directory")
        os.kill(directory, signal.SIGSTOP)
        cls.addClassCleanup(os.kill, directory, signal.SIGCONT)
        port = int(re.search(r"port: (\d+)", (cls.folder / "town.yaml").read_text())[1])
        cls.directory = cls.play(port, "resident-directory-main", ASKED)
        cls.agent = cls.play(port, "agent-gate-1")
        cls.taps, cls.epoch = 0, f"{time.time_ns() // 1_000_000:013d}-t3st"

    @classmethod
    def play(cls, port, user, *filters):
        """A client with the certificate of one of the town's own."""
        data = cls.folder / "data"
        client = Client(port, f"played-{user}", *filters, tls=[str(data / name) for name in (
            "ca/authority.pem", f"certificates/{user}.pem", f"certificates/{user}.key")])
        cls.addClassCleanup(client.client.loop_stop)
        cls.addClassCleanup(client.client.disconnect)
        return client

    def envelope(self, source, kind, data, **more):
        now = time.time_ns() // 1_000_000
        return compact({"data": data, "id": ulid(now), "source": f"/nagai/{source}", "specversion": "1.0", "time": rfc3339(now),
                        "type": f"jp.kazasu.{kind}.v1", **more})

    def hold(self, card):
        """A card at the reader of the kiosk; the command by which its number is asked for, if the kiosk is there."""
        type(self).taps += 1
        before = len(self.directory.heard)
        data = {"assurance": "proved", "clock": "synced", "place": "civic-gym", "purpose": "door:gym", "reader": "reader-1", "scheme": "card-app",
                "token": "k1." + card * 26}
        tap = self.envelope("reader-agent/gate-1", "tap", data, epoch=self.epoch, sequence=str(self.taps))
        self.agent.client.publish("nagai/reader-agent/event/gate-1/tap", tap, qos=1)
        wait_for("the kiosk's question", lambda: len(self.directory.heard) > before)
        command = json.loads(self.directory.heard[-1][1])
        self.assertEqual(command["data"], {"list": "library", "token": data["token"]})
        return command

    def answer(self, command, data):
        reply = self.envelope("resident-directory/main", "reply", data, cause=command["id"])
        self.directory.client.publish("nagai/resident-directory/reply/resident-page/card-number", reply, qos=1)

    def ask(self, path, fields=None):
        """A page as Sato has it at another machine."""
        request = urllib.request.Request(
            self.address + path, urllib.parse.urlencode(fields).encode() if fields else None,
            {"Cookie": f"__Host-kazasu={self.cookies['sato']}", "Origin": self.address})
        with urllib.request.urlopen(request) as answer:
            return answer.read().decode()

    def shows_bars(self):
        """Whether a card that is held now is shown: not before the page hears its feed."""
        self.answer(self.hold("a"), {"accepted": True, "answer": {"number": "1234567"}})
        try:
            return self.browser.until("document.querySelector('.barcode svg')", 1)
        except AssertionError:
            return False

    def test_library_card(self):
        """Nobody's session stays at a kiosk. A card brings its bars, which a scanner reads, and its code; the next card, the button and the end of the pairing take them away."""
        self.sign_in("sato")
        self.sign_in("suzuki")
        self.open("/ja/kiosk/lobby")
        self.assertIn("キオスクではありません", self.browser.text("h1"))
        self.open("/ja/kiosk-setup")
        self.assertEqual(self.browser.accessible(), [])
        self.browser.picture("kiosk-setup")
        self.browser.click("main button.main")
        self.browser.until("location.pathname === '/ja/kiosk/lobby' && document.querySelector('.idle')")
        self.assertEqual([one["name"] for one in self.browser.call("GET", "/cookie")], ["__Host-kazasu-kiosk"])
        self.browser.until(self.shows_bars)
        code = self.browser.text(".code")
        for size in SIZES:
            self.browser.resize(size)
            picture = self.browser.picture("kiosk-library")
            self.assertEqual(barcodes(picture, "codabar"), ["A12345674A"], size)
            self.assertEqual(barcodes(picture, "qrcode"), [f"{self.address}/ja/family?code={code}"], size)
            # Whatever is on it can be seen without scrolling.
            self.assertTrue(self.browser.js("""const own = document.querySelector('.own'), face = own.getBoundingClientRect()
                return own.scrollHeight <= own.clientHeight && own.scrollWidth <= own.clientWidth
                  && face.top >= 0 && face.bottom <= innerHeight && face.left >= 0 && face.right <= innerWidth"""), size)
            self.assertEqual(self.browser.accessible(), [], size)
        command = self.hold("b")
        self.browser.until("!document.querySelector('.barcode') && document.querySelector('.own')")
        self.assertNotEqual(self.browser.text(".code"), code)
        self.answer(command, {"accepted": False, "refusal": "no-number", "text": "None."})
        self.browser.until("document.querySelector('.own h1 + .refused')?.textContent.includes('がありません')")
        self.browser.picture("kiosk-no-number")
        self.browser.click("#done")
        self.browser.until("document.querySelector('.idle') && !document.querySelector('.own')")
        page = self.ask("/ja/kiosk-setup")
        fields = {name: re.search(f'name="{name}" value="([^"]+)"', page)[1] for name in ("csrf", "screen")}
        self.ask("/ja/kiosk-setup/end", fields)
        self.browser.until("document.querySelector('h1').innerText.includes('キオスクではありません')")


if __name__ == "__main__":
    unittest.main()
