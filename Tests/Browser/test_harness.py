"""The harness itself: what must go red goes red, and what is measured is measured.

    make browser-test
"""
import json
import os
import unittest

from browser import SIZES, barcodes, schemathesis
from served import SITE, BrowserTest


class HarnessTest(BrowserTest):
    def test_axe(self):
        """An input without a name and a button without words are found; a page without such faults is not blamed."""
        self.open("/bad.html")
        found = self.browser.accessible()
        self.assertTrue(any(line.startswith("label:") and "nameless" in line for line in found), found)
        self.assertTrue(any(line.startswith("button-name:") for line in found), found)
        self.open("/desk.html")
        self.assertEqual(self.browser.accessible(), [])

    def test_policy(self):
        """A style and a script within a page are refused by the browser, and said."""
        self.open("/forbidden.html")
        problems = self.browser.problems()
        self.assertEqual(len([line for line in problems if "Content Security Policy" in line]), 2, problems)
        self.assertEqual(self.browser.js("return document.title"), "禁止の見本")

    def test_console(self):
        """An error a script throws, and a file that is not there, are said; what is forgiven is not."""
        self.site.pages["/broken.html"] = b'<!doctype html><html lang="en"><link rel="icon" href="/none.svg"><script src="/broken.js"></script>'
        self.site.pages["/broken.js"] = b"throw new Error('on purpose')"
        self.addCleanup(self.site.pages.clear)
        self.open("/broken.html")
        seen = []
        self.browser.until(lambda: len(seen.extend(self.browser.problems()) or seen) >= 2)
        self.assertTrue(any("on purpose" in line for line in seen) and any("404" in line for line in seen), seen)
        self.browser.forgiven = ["on purpose", "none.svg"]
        self.open("/broken.html")
        self.assertEqual(self.browser.problems(), [])

    def test_deadline(self):
        """What never comes true is a failure, and says what it was."""
        with self.assertRaisesRegex(AssertionError, "document.title === 'never'"):
            self.browser.until("document.title === 'never'", 0.2)

    def test_focus(self):
        """A stop with Tab that cannot be seen is a failure."""
        self.site.pages["/unseen.html"] = (b'<!doctype html><html lang="en"><link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/unseen.css">'
                                           b'<a href="#a">here</a>')
        self.site.pages["/unseen.css"] = b"a:focus { outline: none }"
        self.addCleanup(self.site.pages.clear)
        self.open("/unseen.html")
        with self.assertRaisesRegex(AssertionError, "cannot be seen on here"):
            self.browser.walk()

    def test_wire(self):
        """Bytes are counted as they came, compressed; on a slow line they take their time."""
        head = b'<!doctype html><html lang="en"><link rel="icon" href="/icon.svg"><title>x</title><p>'
        self.site.pages["/large.html"] = head + b"word " * 20_000
        self.site.pages["/rough.html"] = head + os.urandom(15_000).hex().encode()
        self.addCleanup(self.site.pages.clear)
        self.browser.transferred()
        self.open("/large.html")
        self.browser.usable()
        self.assertLess(self.browser.transferred(), 3_000)
        self.addCleanup(self.browser.slow, 0, 0)
        self.browser.slow()
        self.open("/rough.html")
        milliseconds = self.browser.usable()
        count = self.browser.transferred()
        self.assertGreater(count, 15_000)
        # 400 kbit/s are 50 bytes a millisecond.
        self.assertGreater(milliseconds, 250)

    def test_barcodes(self):
        """A bar code on the screen, as the service draws it, is read back from the picture of the screen."""
        for size in SIZES:
            self.browser.resize(size)
            self.open("/barcode.html")
            picture = self.browser.picture("barcode")
            self.assertEqual(barcodes(picture, "codabar"), ["A12345674A"], size)
            self.assertEqual(barcodes(picture, "code39"), ["KZ-39H"], size)
        self.open("/desk.html")
        self.assertEqual(barcodes(self.browser.picture("desk"), "codabar", "code39"), [])

    def test_schemathesis(self):
        """A server that does what its document says is green; one that answers something else is not."""
        def shelter(handler):
            handler.send(200, json.dumps({"id": "s01", "state": self.state}).encode(), "application/json")
        self.site.pages["/api/shelters/s01"] = shelter
        self.addCleanup(self.site.pages.clear)
        with open(f"{SITE}/openapi.yaml", encoding="utf-8") as file:
            document = file.read().replace('pattern: "^[a-z0-9]{1,8}$"', "enum: [s01]")
        self.site.pages["/openapi.yaml"] = document.encode()
        self.state = "open"
        passed, said = schemathesis(self.site.address + "/openapi.yaml", self.site.address, 5)
        self.assertTrue(passed, said)
        self.state = "overflowing"
        passed, said = schemathesis(self.site.address + "/openapi.yaml", self.site.address, 5)
        self.assertFalse(passed)
        self.assertIn("overflowing", said)


if __name__ == "__main__":
    unittest.main()
