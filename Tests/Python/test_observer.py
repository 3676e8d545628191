"""The witness: it must find what was lost and what was repeated on purpose, and nothing else. A check that cannot fail proves nothing."""

import argparse
import json
import pathlib
import random
import signal
import ssl
import sys
import tempfile
import unittest
from unittest import mock

import vectors  # noqa: F401 - puts the lock's modules on the path
from report import compact, ulid
from town import ROOT, Broker, Process, wait_for

sys.path.insert(0, str(ROOT / "Devices" / "observer"))

import observer  # noqa: E402
from accounts import Accounts, promise_kept, sentences  # noqa: E402
from journal import Asks, Streams, read_batch, read_heads  # noqa: E402
from producer import Producer  # noqa: E402

A, B, C = "0000000000001-aaaa", "0000000000002-bbbb", "0000000000003-cccc"


class Journal(unittest.TestCase):
    def test_numbers_in_any_order_with_repeats_leave_exactly_the_holes(self):
        for seed in range(200):
            chance = random.Random(seed)
            came = {n for n in range(1, 41) if chance.random() < 0.8}
            order = sorted(came) * 2
            chance.shuffle(order)
            streams = Streams()
            heads_after = chance.randrange(len(order))
            for place, number in enumerate(order):
                streams.came("t", A, number)
                if place == heads_after:
                    streams.learn("t", [(A, 1, 40)])
            missing = {n for _, _, low, high in streams.holes() for n in range(low, high + 1)}
            self.assertEqual(missing - {0}, set(range(1, 41)) - came, f"seed {seed}")

    def test_heads_before_any_event_leave_nothing_below_the_first(self):
        streams = Streams()
        streams.learn("t", [(A, 5, 9), (B, 10, 12)])
        self.assertEqual(streams.holes(), [("t", A, 5, 9), ("t", B, 10, 12)])

    def test_a_batch_closes_its_range_and_names_what_existed(self):
        streams = Streams()
        streams.came("t", A, 3)
        streams.came("t", A, 6)
        self.assertEqual(streams.holes(), [("t", A, 0, 2), ("t", A, 4, 5)])
        streams.answered("t", A, 0, 2, "missing")
        self.assertEqual(streams.lost, [], "the first sight of a segment is a start, not a loss")
        streams.came("t", A, 4)
        streams.answered("t", A, 4, 5, "missing")
        self.assertEqual((streams.lost, streams.holes()), ([("t", A, 5, 5, "missing")], []))

    def test_a_producer_put_back_from_a_copy_leaves_orphans_and_is_asked_for_the_rest(self):
        streams = Streams()
        for number in (1, 2, 3, 4, 5):
            streams.came("t", A, number)
        streams.came("t", B, 6)
        streams.learn("t", [(A, 1, 3), (C, 4, 5)])
        self.assertEqual(sorted(streams.orphaned), [("t", A, 4, 5), ("t", B, 4, 6)])
        self.assertEqual(streams.hole("t"), (B, 0, 3))
        self.assertIn(("t", C, 4, 5), streams.holes())
        streams.learn("t", [(A, 1, 3), (C, 4, 5)])
        self.assertEqual(len(streams.orphaned), 2, "said once")

    def test_asks_wait_a_second_then_ever_longer_and_an_answer_hurries_the_next(self):
        streams, asks = Streams(), Asks()
        streams.learn("t", [(A, 1, 9)])
        times = [now for now in range(0, 400) if asks.due(streams, float(now), lambda: 0)]
        self.assertEqual(times, [1, 3, 7, 15, 31, 63, 123, 183, 243, 303, 363])
        streams.answered("t", A, 1, 4, "missing")
        asks.answered("t", 400.0)
        self.assertEqual(asks.due(streams, 400.0, lambda: 0), [("t", A, 5, 9)])

    def test_what_is_no_heads_and_no_batch_is_not_believed(self):
        segment = {"epoch": A, "first": 1, "last": 2}
        self.assertEqual(read_heads({"at": "", "segments": {"t": [segment]}}), {"t": [(A, 1, 2)]})
        for bad in [None, [], {}, {"segments": []}, {"segments": {"t": 1}}] + [
            {"segments": {"t": [{**segment, key: value}]}} for key, value in [("epoch", "x"), ("epoch", 1), ("first", "1"), ("first", 3), ("last", True)]
        ]:
            self.assertIsNone(read_heads(bad), bad)
        batch = {"answer": "gone", "epoch": A, "from": 0, "to": 4, "topic": "t"}
        self.assertEqual(read_batch(batch), ("t", A, 0, 4, "gone", []))
        for key, value in [("answer", "yes"), ("epoch", None), ("from", -1), ("to", 2.5), ("topic", []), ("events", {})]:
            self.assertIsNone(read_batch({**batch, key: value}), key)


class Account(unittest.TestCase):
    """One good day, then the same with one thing wrong."""

    def setUp(self):
        self.accounts, self.streams = Accounts(), Streams()
        self.made = [("gate-1/reader-1", "tap"), ("gate-1/reader-1", "tap"), ("gate-1/reader-2", "tap"), ("gate-1/reader-2", "refused"), ("gate-1/reader-2", "none")]
        self.note("tap", "t1", reader="reader-1", purpose="door:gym")
        self.note("tap", "t2", reader="reader-1", purpose="door:gym")
        self.note("tap", "t3", reader="reader-2", purpose="visit")
        self.note("card-refused", "c1", reader="reader-2", reason="forged")
        self.note("door-decision", "d1", tap="t1", door="gym", verdict="open")
        self.note("door-decision", "d2", tap="t2", door="gym", verdict="refuse", refusal="no-right")
        self.note("door-outcome", "o1", decision="d1", door="gym", result="opened")
        self.openings = [("gym", "d1")]

    def note(self, name, id, **data):
        return self.accounts.note(name, "gate-1", {"id": id, "data": data})

    def found(self):
        return self.accounts.judge(self.made, self.openings, self.streams)

    def test_a_good_day_adds_up_and_repeats_of_the_same_event_are_normal(self):
        self.assertFalse(self.note("tap", "t1", reader="reader-1", purpose="door:gym"))
        found = self.found()
        self.assertTrue(promise_kept(found), list(sentences(found)))
        self.assertEqual(list(sentences(found)), [])
        self.assertEqual(found["line"], {
            "taps": 3, "accounted": 3, "lost": 0, "repeated": 0, "granted": 1, "opened": 1, "refused": 1, "cardRefused": 1, "openGaps": 0, "lostEvents": 0,
            "orphaned": 0})
        self.assertEqual(found["refusedBy"], {"no-right": 1})

    def test_every_planted_fault_is_found(self):
        faults = {
            "a tap that nobody saw": (lambda: self.made.append(("gate-1/reader-1", "tap")), "lost"),
            "a tap at a reader nobody saw": (lambda: self.made.append(("gate-9/reader-1", "tap")), "lost"),
            "a refused card that nobody saw": (lambda: self.made.append(("gate-1/reader-1", "refused")), "lost"),
            "a tap at a door without a decision": (lambda: self.accounts.decisions.pop("d2"), "lost"),
            "numbers that will not come": (lambda: self.streams.lost.append(("t", A, 1, 2, "gone")), "lostEvents"),
            "one tap under two ids": (lambda: self.note("tap", "t4", reader="reader-2", purpose="visit"), "repeated"),
            "one refused card under two ids": (lambda: self.note("card-refused", "c2", reader="reader-2", reason="forged"), "repeated"),
            "two decisions about one tap": (lambda: self.note("door-decision", "d3", tap="t1", door="gym", verdict="open"), "repeated"),
            "a grant that moved the bolt twice": (lambda: self.openings.append(("gym", "d1")), "repeated"),
            "one grant reported opened under two ids": (lambda: self.note("door-outcome", "o2", decision="d1", door="gym", result="opened"), "repeated"),
            "an opening without a decision": (lambda: self.openings.append(("gym", "dx")), "openedWithoutGrant"),
            "an opening by a decision to refuse": (lambda: self.openings.append(("gym", "d2")), "openedWithoutGrant"),
            "an opening of another door": (lambda: self.openings.__setitem__(0, ("hall", "d1")), "openedWithoutGrant"),
            "a decision about no tap": (lambda: self.note("door-decision", "d4", tap="tx", door="gym", verdict="refuse", refusal="clock"), "decisionsWithoutTap"),
            "one id for two events": (lambda: self.note("tap", "t1", reader="reader-1", purpose="visit"), "contradictions"),
        }
        for name, (plant, key) in faults.items():
            with self.subTest(name):
                self.setUp()
                plant()
                found = self.found()
                self.assertTrue(found["line"].get(key) or found.get(key), name)
                self.assertFalse(promise_kept(found), name)
                self.assertTrue(list(sentences(found)), name)

    def test_a_later_word_of_a_lock_is_no_repeat(self):
        self.note("door-outcome", "o2", decision="d1", door="gym", result="stayed-shut")
        self.note("door-outcome", "o3", decision="d1", door="gym", result="refused", refusal="repeated")
        self.assertTrue(promise_kept(self.found()))

    def test_what_is_not_an_event_raises_and_is_not_kept(self):
        for data in [{}, {"reader": 1, "purpose": "x"}, {"reader": [], "purpose": "x"}]:
            with self.assertRaises((KeyError, TypeError)):
                self.note("tap", "bad", **data)
        self.assertNotIn("bad", self.accounts.digests)


class DyingBroker:
    """Answers once, and dies while something is written to it."""

    lives = 0

    def __init__(self, *_args, **_more):
        pass

    def connect(self, *_args, **_more):
        DyingBroker.lives += 1

    def loop(self, timeout):
        del timeout
        if DyingBroker.lives == 1:
            raise ssl.SSLEOFError("EOF occurred in violation of protocol")
        self.observer.terms = 2
        return 0

    def disconnect(self):
        raise ssl.SSLEOFError("EOF occurred in violation of protocol")


class InTheMiddleOfAWrite(unittest.TestCase):
    def test_a_broker_that_dies_then_is_connected_to_again(self):
        options = argparse.Namespace(
            name="witness", town="nagai", host="localhost", port=1, plain=True, made=None, lock_log=None, finish_file=None, until_settled=1, snapshot=None)
        witness = observer.Observer(options)
        witness.terms = 1
        DyingBroker.observer = witness
        with mock.patch.object(observer.mqtt, "Client", DyingBroker):
            self.assertEqual(witness.run(), 1)
        self.assertEqual(DyingBroker.lives, 2)


class OverTheBroker(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="kazasu-observer-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.broker = Broker(self.folder)
        self.addCleanup(lambda: self.broker.kill())
        self.agent, self.doors = Producer(self.broker.port, "reader-agent", "gate-1"), Producer(self.broker.port, "lock-controller", "main")
        self.addCleanup(self.agent.close)
        self.addCleanup(self.doors.close)
        self.agent.begin(1)
        self.doors.begin(1)
        self.made, self.log = self.folder / "made", self.folder / "gym.log"
        self.log.touch()

    def watch(self, *more):
        self.observer = Process(
            "observer/observer.py", "--town", "nagai", "--name", "proof", "--host", "127.0.0.1", "--port", self.broker.port, "--plain", "--made", self.made,
            "--lock-log", f"gym={self.log}", "--snapshot", self.folder / "snapshot", "--until-settled", "15", *more)
        self.addCleanup(self.observer.kill)
        wait_for("the observer's first word", lambda: (self.folder / "snapshot").exists() or "does not answer" in self.observer.complaints())

    def snapshot(self):
        """What the observer has found so far."""
        file = self.folder / "snapshot"
        file.unlink(missing_ok=True)
        self.observer.process.send_signal(signal.SIGUSR1)
        wait_for("the snapshot", file.exists)
        return json.loads(file.read_text())

    def hold(self, *, purpose="door:gym", send=1, keep=True, decide=True):
        """A card is held: written down, tapped, decided, opened. Returns the ids of tap and decision."""
        with self.made.open("a") as file:
            file.write(compact({"reader": "gate-1/reader-1", "at": 1, "expect": "tap"}) + "\n")
        tap = self.agent.emit("tap", {"reader": "reader-1", "purpose": purpose}, send=send, keep=keep)
        if not (decide and purpose.startswith("door:")):
            return tap, None
        decision = self.doors.emit("door-decision", {"tap": tap, "door": "gym", "verdict": "open"}, cause=tap, send=send)
        self.open(decision)
        self.doors.emit("door-outcome", {"decision": decision, "door": "gym", "result": "opened"}, cause=decision, send=send)
        return tap, decision

    def open(self, decision):
        with self.log.open("a") as file:
            file.write(compact({"at": "x", "what": "opened", "jti": decision, "cnt": 1}) + "\n")

    def finish(self):
        self.agent.heads()
        self.doors.heads()
        code = self.observer.stop(30)
        return code, json.loads(self.observer.said.splitlines()[-1])

    def test_dropped_repeated_late_and_in_two_lives_all_are_accounted_for(self):
        for place in range(20):
            self.hold(send=place % 3)
        self.agent.heads()
        self.doors.heads()
        self.watch()
        wait_for("the first twenty", lambda: self.snapshot()["line"]["accounted"] == 20 and self.snapshot()["line"]["openGaps"] == 0)
        self.agent.begin(2)
        for place in range(20):
            self.hold(send=place % 3, purpose="visit" if place % 2 else "door:gym")
        code, line = self.finish()
        self.assertEqual((code, line["taps"], line["accounted"], line["lost"], line["repeated"]), (0, 40, 40, 0, 0), self.observer.complaints())
        self.assertEqual((line["granted"], line["opened"], line["openGaps"], line["lostEvents"]), (30, 30, 0, 0))

    def test_a_broker_killed_with_its_memory_wiped_costs_nothing(self):
        self.watch("--finish-file", self.folder / "done")
        for _ in range(5):
            self.hold()
        wait_for("five taps", lambda: self.snapshot()["line"]["accounted"] == 5)
        self.broker.kill()
        wait_for("both producers gone", lambda: not self.agent.ready and not self.doors.ready)
        for _ in range(12):
            self.hold(send=0)
        self.broker.start()
        wait_for("both producers back", lambda: self.agent.ready and self.doors.ready)
        self.agent.heads()
        self.doors.heads()
        (self.folder / "done").touch()
        self.assertEqual(self.observer.wait(30), 0, self.observer.complaints())
        line = json.loads(self.observer.said.splitlines()[-1])
        self.assertEqual((line["taps"], line["accounted"], line["lost"], line["repeated"], line["reconnects"]), (17, 17, 0, 0, 1))

    def test_planted_losses_are_found(self):
        self.watch("--until-settled", "4")
        self.hold()
        self.hold(send=0, keep=False, decide=False)
        self.hold(decide=False)
        self.hold()
        code, line = self.finish()
        self.assertEqual((code, line["taps"], line["accounted"], line["lost"], line["lostEvents"], line["repeated"]), (1, 4, 2, 2, 1, 0))
        self.assertIn("gate-1/reader-1: 4 taps made and 3 seen", self.observer.complaints())

    def test_planted_repeats_are_found(self):
        self.watch("--until-settled", "4")
        tap, decision = self.hold()
        self.agent.emit("tap", {"reader": "reader-1", "purpose": "visit"})
        self.doors.emit("door-decision", {"tap": tap, "door": "gym", "verdict": "refuse", "refusal": "clock"}, cause=tap)
        self.open(decision)
        self.open(ulid(1))
        code, line = self.finish()
        self.assertEqual((code, line["taps"], line["accounted"], line["lost"], line["repeated"]), (1, 1, 1, 0, 3))
        self.assertIn("openings had no grant", self.observer.complaints())

    def test_a_gap_whose_producer_does_not_answer_stays_open_and_is_no_success(self):
        self.watch("--until-settled", "3")
        self.hold()
        self.doors.is_deaf = True
        self.doors.emit("door-outcome", {"door": "gym", "result": "refused", "refusal": "malformed"}, send=0)
        code, line = self.finish()
        self.assertEqual((code, line["accounted"], line["lost"], line["repeated"], line["openGaps"]), (1, 1, 0, 0, 1))

    def test_a_broker_that_was_never_there_is_no_success(self):
        self.broker.kill()
        self.watch("--until-settled", "0.5")
        self.assertEqual(self.observer.stop(30), 1)
        self.assertIn("never reached", self.observer.complaints())


if __name__ == "__main__":
    unittest.main()
