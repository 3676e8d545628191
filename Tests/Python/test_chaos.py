"""The verdict on a broken town: it must see every kind of broken promise, and none where there is none. A check that cannot fail proves nothing."""

import datetime
import pathlib
import sqlite3
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Chaos"))

from card import ATR, Card
from verdict import CROCKFORD, unchecked, violations

START = 1_795_227_986


def ulid(seconds, tail):
    """An id of this moment."""
    milliseconds = int(seconds * 1000)
    return "".join(CROCKFORD[milliseconds >> shift & 31] for shift in range(45, -1, -5)) + tail.rjust(16, "0")


def rfc3339(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat()


class VerdictTest(unittest.TestCase):
    """Two cards at the gym, the first with rights, the second without."""

    def setUp(self):
        tap, other, decision, refusal = ulid(START, "1"), ulid(START + 5, "2"), ulid(START, "3"), ulid(START + 5, "4")
        self.tap, self.other, self.decision = tap, other, decision
        self.held = {
            "k1.a": {"agent": "gate-1", "door": "gym", "member": True, "first": START - 1, "accepted": START + 1},
            "k1.b": {"agent": "gate-2", "door": "gym", "member": False, "first": START + 4, "accepted": START + 6},
        }
        self.account = {
            "taps": {tap: {"reader": "gate-1/entrance", "token": "k1.a"}, other: {"reader": "gate-2/entrance", "token": "k1.b"}},
            "decisions": {
                decision: {"tap": tap, "door": "gym", "verdict": "open", "time": rfc3339(START + 1)},
                refusal: {"tap": other, "door": "gym", "verdict": "refuse", "time": rfc3339(START + 6)},
            },
            "outcomes": {ulid(START + 1, "5"): {"decision": decision, "result": "opened"}},
        }
        self.bolts = {"gym": [(decision, START + 1)], "hall": []}

    def test_kept(self):
        self.assertEqual(list(violations(self.held, self.account, self.bolts)), [])

    def test_broken(self):
        """Each way to break the promise, and the words that name it."""
        late = ulid(START - 100, "1")
        ways = {
            "is 0 taps": lambda c: c.account["taps"].pop(c.other),
            "is 2 taps": lambda c: c.account["taps"].update({ulid(START, "9"): {"reader": "gate-1/entrance", "token": "k1.a"}}),
            "never held": lambda c: c.held.pop("k1.b"),
            "was at gate-2": lambda c: c.account["taps"][c.other].update(reader="gate-1/entrance"),
            "its card was not held": lambda c: c.account["taps"].update({late: c.account["taps"].pop(c.tap)}),
            "what became of some grants": lambda c: c.account["outcomes"].clear(),
            "its journal says 0 times": lambda c: next(iter(c.account["outcomes"].values())).update(result="no-answer"),
            "its journal says 2 times": lambda c: c.account["outcomes"].update({ulid(START, "8"): {"decision": c.decision, "result": "opened"}}),
            "no decision to open it": lambda c: c.account["decisions"][c.decision].update(verdict="refuse"),
            "door hall opened by": lambda c: c.bolts.update(hall=c.bolts["gym"], gym=[]),
            "without a right": lambda c: c.held["k1.a"].update(member=False),
            "30.0 s after its tap": lambda c: c.account["decisions"][c.decision].update(time=rfc3339(START + 30)),
            "29.0 s after its grant": lambda c: c.bolts.update(gym=[(c.decision, START + 30)]),
        }
        for words, spoil in ways.items():
            with self.subTest(words):
                self.setUp()
                spoil(self)
                found = list(violations(self.held, self.account, self.bolts))
                self.assertTrue(any(words in sentence for sentence in found), found)


class ShelterTest(unittest.TestCase):
    """Two cards at the shelter, of which one was accepted, and one at a door."""

    HELD = {
        "k1.a": {"agent": "gate-5", "door": None, "accepted": START},
        "k1.b": {"agent": "gate-6", "door": None, "accepted": None},
        "k1.c": {"agent": "gate-1", "door": "gym", "accepted": START},
    }

    def found(self, notes, stays):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "registry.sqlite"
            with sqlite3.connect(path) as base:
                base.execute("CREATE TABLE note (raw TEXT)")
                base.execute("CREATE TABLE stay (ends INTEGER)")
                base.executemany("INSERT INTO note VALUES (?)", [(raw,) for raw in notes])
                base.executemany("INSERT INTO stay VALUES (?)", [(None,)] * stays)
            return list(unchecked(self.HELD, path))

    def test_kept(self):
        self.assertEqual(self.found(["k1.a"], 1), [])
        self.assertEqual(self.found(["k1.a", "k1.b"], 2), [])

    def test_broken(self):
        for words, notes, stays in [
            ("is 0 notes", [], 0), ("is 2 notes", ["k1.a", "k1.a"], 1), ("never held a card", ["k1.a", "k1.c"], 2), ("and 1 are there", ["k1.a", "k1.b"], 1),
        ]:
            with self.subTest(words):
                self.assertTrue(any(words in sentence for sentence in self.found(notes, stays)))


class CardTest(unittest.TestCase):
    def test_token(self):
        """A pseudonym of the form every event carries, another for another card."""
        token = Card(1).token(bytes(32))
        self.assertRegex(token, r"\Ak1\.[a-z2-7]{26}\Z")
        self.assertNotEqual(token, Card(2).token(bytes(32)))

    def test_atr(self):
        """ISO 7816-3, 8.2.5: all bytes but the first make nothing together."""
        check = 0
        for byte in ATR[1:]:
            check ^= byte
        self.assertEqual((len(ATR), check), (20, 0))


if __name__ == "__main__":
    unittest.main()
