"""Headquarters and a shelter's desk of a real town, in a real browser: what is done there is seen by everybody.

    make browser-test
"""
import subprocess
import unittest

from portal import PortalTest
from town import wait_for

HOSTILE = '<img src=x onerror="document.title=1">\'"&'


class ShelterTest(PortalTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kazasu("shelter", "add", "s01", "中央公民館", "--position", "38.11,140.04", "--day", "100", "--night", "50", "--district", "宮前")
        cls.kazasu("shelter", "add", "s02", HOSTILE, "--day", "10", "--night", "10")

    def look(self, path, name):
        """A page at both sizes: nothing serious for axe, nothing wider than the screen, and a picture of it."""
        for size in ("phone", "desktop"):
            with self.subTest(path=path, size=size):
                self.browser.resize(size)
                self.open(path)
                self.browser.until("document.readyState === 'complete'")
                self.assertEqual(self.browser.accessible(), [])
                self.assertLessEqual(self.browser.js("return document.documentElement.scrollWidth - innerWidth"), 0, f"{path} is wider than a {size}")
                self.browser.picture(name)
        self.browser.resize("desktop")

    def test_open_receive_undo_close(self):
        """Headquarters open a shelter; its desk receives a family without cards and takes it back; everybody's page follows each time."""
        self.sign_in("sato")
        self.open("/ja/hq/shelter/s01")
        self.browser.js("[...document.querySelectorAll('button[name=stage][value=open]')][0].click()")
        self.browser.until("document.querySelector('.notice.good')")
        wait_for("what everybody is told", lambda: '"state":"open"' in self.data())
        self.open("/ja/desk/s01/guest")
        for name, text in (("name-1", HOSTILE), ("reading-1", "ナガイ"), ("name-2", "長井次郎"), ("age-2", "7")):
            self.browser.type(f"#{name}", text)
        self.browser.click("button.main")
        self.browser.until("location.pathname === '/ja/desk/s01' && document.readyState === 'complete'")
        self.browser.until("document.body.innerText.includes('長井次郎')")
        self.assertIn(HOSTILE, self.browser.text("main"))
        self.assertNotEqual(self.browser.js("return document.title"), "1")
        self.assertEqual(self.browser.accessible(), [])
        self.browser.picture("desk-received")
        self.assertIn("2", self.kazasu("shelter", "status", "s01").stdout)
        self.look("/ja/desk/s01/roster", "roster")
        self.open("/ja/desk/s01/roster")
        self.assertIn("長井次郎", self.browser.text("main"))
        self.assertIn("佐藤", self.browser.js("return document.body.dataset.watermark"))
        self.browser.paper("roster")

    def data(self):
        return subprocess.run(["curl", "-s", self.address + "/api/v1/shelters"], capture_output=True, text=True).stdout

    def test_pages(self):
        """Every page of headquarters and desks, at both sizes."""
        self.sign_in("sato")
        for path, name in (("/ja/hq", "hq"), ("/ja/hq/timeline", "hq-timeline"), ("/ja/hq/print", "hq-print"), ("/ja/hq/missing", "hq-missing"),
                           ("/ja/hq/shelter/s01", "hq-shelter"), ("/ja/desk", "desks"), ("/ja/desk/s01?reader=shelter-1/reader-1", "desk"),
                           ("/ja/desk/s01/guest", "desk-guest"), ("/en/hq", "hq-en")):
            self.look(path, name)

    def test_clerk(self):
        """Every page of a clerk, at both sizes."""
        self.sign_in("suzuki")
        for path, name in (("/ja/staff", "staff"), ("/ja/bookings", "bookings"), ("/ja/doors", "doors"), ("/ja/figures", "figures"), ("/ja/kiosk/lobby", "kiosk")):
            self.look(path, name)

    def test_not_mine(self):
        """A clerk of the office is shown nothing of shelters, and headquarters nothing of bookings."""
        self.browser.forgiven = ["403"]
        for account, path in (("suzuki", "/ja/hq"), ("suzuki", "/ja/desk/s01/roster"), ("sato", "/ja/bookings")):
            self.sign_in(account)
            self.open(path)
            self.browser.until("document.querySelector('h1')")
            self.assertIn("この画面は使えません", self.browser.text("h1"))


if __name__ == "__main__":
    unittest.main()
