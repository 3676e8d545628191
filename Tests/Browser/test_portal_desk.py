"""A card at the desk of a shelter: real pcscd and agent, registry, directory and portal, and what a real browser shows of it.

    make browser-test
"""
import unittest

from hand import Hand
from portal import PortalTest
from card import Card
from town import wait_for

SCREEN = "document.querySelector('#desk-screen').innerText"


class DeskTest(PortalTest):
    reader = "shelter-1"
    lines = "registrars: [civil-affairs]\ndouble-tap: { default: 0s }\n"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kazasu("shelter", "add", "s01", "中央公民館", "--day", "100", "--night", "50")
        cls.kazasu("shelter", "open", "s01")
        cls.hand = Hand(cls.town, "shelter-1/reader-1", "shelter:s01")
        cls.addClassCleanup(cls.hand.rest)
        cls.grandmother, cls.grandchild, cls.stranger = Card(1), Card(2), Card(3)
        cls.hand.enrol(cls.grandmother, name="長井 花子", reading="ナガイ ハナコ", born="S29.3.1", household="77", district="宮前")
        cls.hand.enrol(cls.grandchild, name="長井 太郎", reading="ナガイ タロウ", born="H28.4.2", household="77", district="宮前")

    def test_tap(self):
        """A card held at a desk's reader brings the person and the household to the screen of that desk; the next card ends it."""
        self.sign_in("sato")
        self.open("/ja/desk/s01?reader=shelter-1/reader-1")
        self.browser.listens("/events/desk/")
        self.hand.hold(self.grandmother)
        self.browser.until(f"{SCREEN}.includes('長井 花子')")
        self.hand.lift()
        self.assertIn("長井 太郎", self.browser.text("#desk-screen"))
        ticked = "[...document.querySelectorAll('#desk-screen label')].filter(one => one.querySelector('input').checked).map(one => one.innerText)"
        self.assertEqual([words.split()[:2] for words in self.browser.js("return " + ticked)], [["長井", "花子"]])
        self.browser.until("document.querySelector('#desk-signal').textContent.includes('カードで入所しました')")
        # The keyboard goes on from there, and what it presses is for this person.
        self.assertEqual(self.browser.js("return document.activeElement.id"), "desk-first")
        self.assertEqual(self.browser.accessible(), [])
        self.browser.picture("desk-tap")
        wait_for("her stay", lambda: "長井 花子" in self.kazasu("shelter", "roster", "s01").stdout)
        # A card that is nobody's: nothing of the family remains.
        self.hand.hold(self.stranger)
        self.browser.until(f"!{SCREEN}.includes('長井') && document.querySelector('#desk-screen').dataset.screen")
        self.hand.lift()
        self.assertEqual(self.browser.js("return document.querySelectorAll('#desk-screen input[name=who]').length"), 1)
        self.browser.picture("desk-tap-nobody")

    def test_other_reader(self):
        """A desk that has chosen another reader is told of nobody who holds a card at this one: only the shelter's number is another."""
        self.sign_in("sato")
        self.open("/ja/desk/s01?reader=shelter-9/reader-1")
        self.browser.listens("/events/desk/")
        number = self.browser.text("#desk-counts strong")
        self.hand.hold_until(self.grandchild, "his stay", lambda: self.browser.text("#desk-counts strong") != number)
        self.assertEqual(self.browser.js("return document.querySelector('#desk-screen').dataset.screen"), "")
        self.assertNotIn("長井", self.browser.text("main"))


if __name__ == "__main__":
    unittest.main()
