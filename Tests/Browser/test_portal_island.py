"""An island's pages in a real browser for which no name exists but localhost: its town does not run, and nothing outside the laptop answers.

    make browser-test
"""
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest

from browser import Browser
from hand import Hand
from portal import KAZASU, OUTLINE, PROGRAMS, PortalTest, PortalTown
from parts import Reader
from card import Card
from town import free_port, wait_for

TOWN = """
town: nagai
title: 長井市
broker: {{ host: localhost, port: {town} }}
double-tap: {{ default: 0s }}
agents:
  shelter-1: {{ readers: {{ reader-1: {{ device: "ACS ACR122U shelter-1", place: west, purpose: "shelter:west-1" }} }} }}
shelter-desks: [headquarters, west-desk]
shelters: {{ questions: {{ allergy: 食物アレルギー }} }}
sites:
  west:
    agents: [shelter-1]
    shelter-desks: [west-desk]
    broker: {{ host: localhost, port: {island} }}
    portal: {{ listen: "127.0.0.1:{web}", origin: "http://localhost:{web}" }}
portal:
  listen: "127.0.0.1:{other}"
  origin: http://localhost:{other}
  accounts:
    sato: {{ title: 佐藤, stations: [shelter-desk-headquarters] }}
    endo: {{ title: 遠藤, stations: [shelter-desk-west-desk] }}
  map: {{ outline: outline.geojson }}
"""
SCREEN = "document.querySelector('#desk-screen').innerText"


class Island(PortalTown):
    """A laptop made from its bundle. The town ran once, to have keys, and never again."""

    def __init__(self):
        self.secrets, self.cookies = {}, {}
        self.temporary = tempfile.TemporaryDirectory(prefix="kazasu-island-", ignore_cleanup_errors=True)
        town, self.folder = pathlib.Path(self.temporary.name) / "town", pathlib.Path(self.temporary.name) / "west"
        town.mkdir()
        self.web = free_port()
        self.own = self.address = f"http://localhost:{self.web}"
        (town / "town.yaml").write_text(TOWN.format(town=free_port(), island=free_port(), web=self.web, other=free_port()))
        (town / "outline.geojson").write_text(OUTLINE)
        with subprocess.Popen([str(KAZASU), "up", str(town / "town.yaml")], stderr=subprocess.PIPE, text=True) as once:
            for line in once.stderr:
                if "ready: " in line:
                    once.send_signal(signal.SIGTERM)
        subprocess.run([str(KAZASU), "station", "bundle", "west", self.folder, "--town", town / "town.yaml"], check=True, capture_output=True)
        self.reader = Reader("shelter-1", self.folder, PROGRAMS)
        self.reader.start()
        with open(self.folder / "up.txt", "w") as log:
            self.up = subprocess.Popen(
                [str(KAZASU), "island"], stdout=log, stderr=log, cwd=self.folder,
                env={**os.environ, "PCSCLITE_CSOCK_NAME": str(self.reader.socket)})
        try:
            wait_for("the registry's first answer", lambda: self.kazasu("shelter", "list", check=False).returncode == 0)
            wait_for("the first page", lambda: self.status("/ja/") == 200)
        except BaseException:
            self.end()
            raise


class IslandTest(PortalTest):
    @classmethod
    def setUpClass(cls):
        if not (PROGRAMS / "portal").exists():
            raise unittest.SkipTest("build the programs first: make build")
        cls.town = island = Island()
        cls.addClassCleanup(island.end)
        cls.address, cls.kazasu = island.address, island.kazasu
        cls.kazasu("shelter", "add", "west-1", "西小学校", "--day", "100")
        cls.kazasu("shelter", "open", "west-1")
        cls.hand = Hand(island, "shelter-1/reader-1", "shelter:west-1")
        cls.addClassCleanup(cls.hand.rest)
        cls.browser = Browser(cls.size, cls.language, "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost")
        cls.addClassCleanup(cls.browser.stop)

    def test_desk(self):
        """A card nobody here knows comes to the screen; its holder's needs, somebody without a card, the roster and undo, all without a town."""
        self.sign_in("endo")
        self.assertEqual(self.browser.js("return [...document.querySelectorAll('main .card a')].map(one => one.innerText)"), ["災害対策本部", "受付:西小学校"])
        self.open("/ja/desk/west-1?reader=shelter-1/reader-1")
        self.browser.listens("/events/desk/")
        self.hand.hold(Card(3))
        self.browser.until("document.querySelector('#desk-screen').dataset.screen && document.querySelector('#desk-screen input[name=who]')")
        self.hand.lift()
        self.browser.until("document.querySelector('#desk-signal').textContent.includes('カードで入所しました')")
        self.assertEqual(self.browser.accessible(), [])
        self.browser.picture("island-desk")
        # What they need.
        self.browser.click("#desk-screen button[value^='needs:']")
        self.browser.until("location.pathname.includes('/needs/')")
        self.browser.click("input[name=has-allergy]")
        self.browser.type("#say-allergy", "卵")
        self.browser.click("main form button.main")
        self.browser.until(f"document.querySelector('#desk-screen') && {SCREEN}.includes('卵')")
        # Somebody without a card, taken back again.
        self.open("/ja/desk/west-1/guest?reader=shelter-1/reader-1")
        self.browser.type("#name-1", "旅の人")
        self.browser.click("main form button.main")
        self.browser.until(f"document.querySelector('#desk-screen') && {SCREEN}.includes('旅の人')")
        self.browser.until("document.querySelector('#desk-counts strong').innerText === '2人'")
        self.open("/ja/desk/west-1/roster?reader=shelter-1/reader-1")
        self.assertIn("旅の人", self.browser.text("#roster"))
        self.assertIn("遠藤", self.browser.text(".watermark"))
        self.browser.picture("island-roster")
        self.open("/ja/desk/west-1?reader=shelter-1/reader-1")
        self.browser.click("#desk-screen button[value=undo]")
        self.browser.until("document.querySelector('#desk-said')?.textContent.includes('取り消しました')")
        self.browser.until("document.querySelector('#desk-counts strong').innerText === '1人'")

    def test_public(self):
        """Whoever is there sees the shelter on the town's border, and that the town is not heard; nothing leads to what is not there."""
        self.open("/ja/shelters")
        self.assertIn("西小学校", self.browser.text("#shelters"))
        self.assertIn("町とはまだ連絡がとれていません", self.browser.text("#town"))
        self.browser.until("document.querySelector('#map path')")
        self.assertEqual(self.browser.accessible(), [])
        self.browser.picture("island-shelters")
        self.open("/ja/")
        links = self.browser.js("return [...document.querySelectorAll('main a')].map(one => new URL(one.href).pathname)")
        self.assertEqual(links, ["/ja/shelters", "/ja/staff"])


if __name__ == "__main__":
    unittest.main()
