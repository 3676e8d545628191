"""What everybody sees: the public pages of a real town in a real browser.

    make browser-test
"""
import os
import signal
import subprocess
import unittest

from browser import ROOT, schemathesis
from portal import PortalTest
from town import wait_for

HOSTILE = '<img src=x onerror="document.title=1">\'"&'


class PublicTest(PortalTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for id, title, place, day in (("s01", "中央公民館", "38.11,140.04", "100"), ("s02", HOSTILE, "38.09,140.02", "2"), ("s03", "閉じた館", "38.13,140.1", "50")):
            cls.kazasu("shelter", "add", id, title, "--position", place, "--day", day, "--night", day, "--district", "宮前", "--address", HOSTILE)
        cls.kazasu("shelter", "open", "s01")
        cls.kazasu("shelter", "open", "s02")

    def wait_for_shelters(self):
        self.browser.until("document.querySelectorAll('#shelters > li').length === 3")

    def test_live(self):
        """Who comes to a shelter changes what is shown, without the page being loaded again; the map follows."""
        self.open("/ja/shelters")
        self.wait_for_shelters()
        self.browser.until("document.querySelectorAll('.pin').length === 3")
        self.assertIn("空きあり", self.browser.text("#shelter-s02"))
        self.browser.js("window.mark = 1")
        self.kazasu("shelter", "check-in", "s02", "--card", "k1." + "a" * 26, "--card", "k1." + "b" * 26)
        self.browser.until("document.querySelector('#shelter-s02 .state').textContent === '満員'")
        self.assertEqual(self.browser.js("return window.mark"), 1)
        self.browser.until("[...document.querySelectorAll('.pin')].some(pin => pin.getAttribute('aria-label').endsWith('満員'))")

    def test_sizes_and_languages(self):
        """Each page in each language and at both sizes: nothing serious for axe, nothing wider than the screen, and a picture of it."""
        for path in ("", "shelters", "facilities"):
            for language in ("ja", "easy", "en"):
                for size in ("phone", "desktop"):
                    with self.subTest(path=path, language=language, size=size):
                        self.browser.resize(size)
                        self.open(f"/{language}/{path}")
                        self.browser.until("document.readyState === 'complete'")
                        self.assertEqual(self.browser.accessible(), [])
                        self.assertLessEqual(self.browser.js("return document.documentElement.scrollWidth - innerWidth"), 0)
                        self.browser.picture(f"public-{path or 'home'}-{language}")
        self.browser.resize("desktop")

    def test_hostile_names(self):
        """A name that is markup is shown as it was written."""
        self.open("/ja/shelters")
        self.wait_for_shelters()
        self.assertIn(HOSTILE, self.browser.text("#shelter-s02 h3"))
        self.assertNotEqual(self.browser.js("return document.title"), "1")

    def test_without_script(self):
        """The list is whole without JavaScript."""
        text = subprocess.run(["curl", "-s", self.address + "/en/shelters"], capture_output=True, text=True).stdout
        for words in ("中央公民館", "閉じた館", "Closed"):
            self.assertIn(words, text)

    def test_search_and_keyboard(self):
        """Typing leaves what fits; Tab reaches everything and shows where it is."""
        self.open("/ja/shelters")
        self.wait_for_shelters()
        self.browser.type("#search", "中央")
        self.browser.until("document.querySelectorAll('#shelters > li:not([hidden])').length === 1")
        self.assertIn("3か所のうち1か所", self.browser.text("#found"))
        self.open("/ja/shelters")
        self.wait_for_shelters()
        self.assertIn("#search", self.browser.walk())

    def test_killed(self):
        """The portal dies: the page says since when it is old, and mends itself when the portal is back."""
        self.browser.forgiven = ["events/shelters", "ERR_CONNECTION", "Failed to load resource", "ERR_INCOMPLETE"]
        self.open("/ja/shelters")
        self.wait_for_shelters()
        self.browser.until("document.querySelector('#stale').hidden")
        os.kill(self.process("portal"), signal.SIGKILL)
        self.browser.until("!document.querySelector('#stale').hidden", 15)
        self.assertRegex(self.browser.text("#stale"), r"通信が切れています。\d\d:\d\d 現在の表示です。")
        self.browser.until("document.querySelector('#stale').hidden", 60)
        self.kazasu("shelter", "add", "s03", "開いた館")
        self.browser.until("document.querySelector('#shelter-s03 h3').textContent === '開いた館'")
        self.kazasu("shelter", "add", "s03", "閉じた館")

    def test_offline(self):
        """Seen once, the list is there without a network, and says when it was saved."""
        self.open("/ja/shelters")
        self.wait_for_shelters()
        self.browser.until("navigator.serviceWorker.controller !== null")
        self.open("/ja/shelters")
        self.wait_for_shelters()
        self.browser.forgiven = ["ERR_", "Failed to load", "events/", "fetch"]
        portal = self.process("portal")
        os.kill(portal, signal.SIGSTOP)
        try:
            self.open("/ja/shelters")
            self.browser.until("!document.querySelector('#saved').hidden", 20)
            self.assertIn("中央公民館", self.browser.text("#shelters"))
        finally:
            os.kill(portal, signal.SIGCONT)
        wait_for("the portal's answer", lambda: self.status("/ja/") == 200)

    def test_programs(self):
        """The JSON is what its OpenAPI document says, whatever is asked."""
        good, said = schemathesis(os.path.join(ROOT, "Docs/openapi.yaml"), self.address)
        self.assertTrue(good, said)


if __name__ == "__main__":
    unittest.main()
