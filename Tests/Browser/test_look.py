"""The look of every component, on a phone and a desk's screen, light and dark and on paper: pictures to look at, and what a program can check of them.

    make browser-test
"""
import os
import subprocess
import unittest

from browser import PICTURES, SIZES
from served import PAGES, BrowserTest

# What a finger has to meet: every control but links within a sentence, and ticks whose whole label can be touched.
SMALL = """[...document.querySelectorAll('button, input, select, textarea, nav a, .card a, .button, .choices label, .ticks label')]
    .filter(each => !each.closest('label') || each.matches('label'))
    .filter(each => each.getClientRects().length && each.getBoundingClientRect().height < 48).map(each => each.outerHTML)"""


class LookTest(BrowserTest):
    def test_every_size(self):
        """No serious fault, text at 7:1 and more, nothing wider than the screen, nothing too small for a finger; light and dark."""
        for page in ("look", "desk", "kiosk"):
            for size in SIZES:
                for scheme in ("light", "dark"):
                    with self.subTest(page=page, size=size, scheme=scheme):
                        self.browser.resize(size)
                        self.browser.prefer(prefers_color_scheme=scheme)
                        self.open(f"/{page}.html")
                        self.browser.picture(page if scheme == "light" else f"{page}-dark")
                        self.assertEqual(self.browser.accessible("color-contrast-enhanced"), [])
                        self.assertEqual(self.browser.js("return document.documentElement.scrollWidth"), SIZES[size][0])
                        self.assertEqual(self.browser.js("return " + SMALL), [])

    def test_letters(self):
        """18 px on a phone, and more where the reader has asked for more."""
        self.browser.resize("phone")
        self.open("/look.html")
        self.assertEqual(self.browser.js("return getComputedStyle(document.body).fontSize"), "18px")

    def test_states(self):
        """No two states share their shape, and none is a colour alone."""
        self.open("/look.html")
        shapes = self.browser.js("""return [...document.querySelectorAll('#badges + p .state')].map(each =>
            [getComputedStyle(each, '::before').content.split('"')[1], each.innerText])""")
        self.assertEqual([shape for shape, _ in shapes], list("●◐■×？"))
        self.assertTrue(all(word for _, word in shapes))

    def test_keyboard(self):
        """Tab reaches everything in the order it is read, beginning with the way past the navigation."""
        self.open("/look.html")
        stops = self.browser.walk()
        self.assertEqual(stops[:3], ["本文へ", "避難所", "施設"])
        self.assertLess(stops.index("#name"), stops.index("送る"))
        self.assertNotIn("まだ押せません", stops)

    def test_paper(self):
        """On A4: no navigation, no forms, no map; what is for paper alone, and who printed it on every sheet."""
        self.open("/look.html")
        file = self.browser.paper("look")
        words = subprocess.run(["pdftotext", "-raw", file, "-"], capture_output=True, text=True, check=True).stdout
        self.assertIn("この紙は14:20のものです", words.replace(" ", ""))
        self.assertIn("市民体育館", words)
        for absent in ("施設", "本文へ", "送る", "お名前"):
            self.assertNotIn(absent, words)
        sheets = words.rstrip("\f").split("\f")
        self.assertGreater(len(sheets), 1)
        for sheet in sheets:
            self.assertIn("佐藤", sheet)
        subprocess.run(["pdftoppm", "-r", "60", "-png", file, f"{PICTURES}/look-paper"], check=True)

    def test_motion(self):
        """Nobody who asked for no motion sees any."""
        self.browser.prefer(prefers_reduced_motion="reduce")
        self.open("/look.html")
        self.assertEqual(self.browser.js("return getComputedStyle(document.querySelector('button')).transitionProperty"), "none")

    def test_size(self):
        self.assertLessEqual(os.path.getsize(f"{PAGES}/portal.css"), 12 * 1024)


if __name__ == "__main__":
    unittest.main()
