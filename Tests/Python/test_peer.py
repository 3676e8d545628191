"""The service that the bench sets beside lock-controller does the job it is measured for."""

import json
import os
import sys
import tempfile
import types
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path[:0] = [os.path.join(ROOT, "Tests", "Bench"), os.path.join(ROOT, "Devices", "python_lock")]

import grant  # noqa: E402
import peer  # noqa: E402

TOKEN, STRANGER = "k1." + "a" * 26, "k1." + "b" * 26


class Broker:
    """Takes what the peer publishes."""

    def __init__(self):
        self.said = []

    def publish(self, topic, payload, qos=0):
        self.said.append((topic, payload))


class PeerTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.peer = peer.Peer(os.path.join(self.folder.name, "peer.sqlite"))
        self.addCleanup(self.peer.db.close)
        self.broker = Broker()
        self.number = 0
        self.hear(self.peer.change_group, "bench/lock-controller/command/desk-office/group-change", {"group": "staff", "addTokens": [TOKEN], "addDoors": ["gym"]})
        self.hear(self.peer.lived, "bench/reader-agent/health/gate-1/life", raw={"at": peer.rfc3339(peer.now_ms()), "state": "ready"})

    def hear(self, take, topic, data=None, raw=None, id=None, at=None):
        self.number += 1
        event = raw or {"id": id or f"{self.number:026d}", "time": peer.rfc3339(at or peer.now_ms()), "data": data}
        take(self.broker, None, types.SimpleNamespace(topic=topic, payload=json.dumps(event).encode()))

    def tap(self, token=TOKEN, **more):
        """What is said about one tap: topics' last words, and the payloads."""
        self.broker.said.clear()
        self.hear(self.peer.tapped, "bench/reader-agent/event/gate-1/tap", {
            "assurance": "proved", "clock": "synced", "place": "gym", "purpose": "door:gym", "reader": "reader-1", "scheme": "card-app", "token": token}, **more)
        return {topic.split("/")[-1]: payload for topic, payload in self.broker.said}

    def test_a_right_opens_with_an_order_the_lock_believes(self):
        said = self.tap()
        self.assertEqual(json.loads(said["door-decision"])["data"]["right"], {"group": "staff"})
        key = self.peer.key.public_key()
        found = grant.judge(
            said["unlock"].encode(), retained=False, town="bench", door="gym", keys={grant.key_name(key): key}, now=peer.now_ms() // 1000, highest=0, obeyed=[])
        self.assertIsNone(found.refusal)

    def test_a_booking_opens_while_it_runs(self):
        now = peer.now_ms()
        self.hear(self.peer.add_booking, "bench/lock-controller/command/desk-office/booking-add", {
            "door": "gym", "from": peer.rfc3339(now - 1000), "to": peer.rfc3339(now + 60_000), "tokens": [STRANGER]})
        self.assertIn("unlock", self.tap(STRANGER))

    def test_no_right_an_old_tap_and_a_repeat_open_nothing(self):
        for said, refusal in [(self.tap(STRANGER), "no-right"), (self.tap(at=peer.now_ms() - 60_000), "tap-too-old")]:
            self.assertNotIn("unlock", said)
            self.assertEqual(json.loads(said["door-decision"])["data"]["refusal"], refusal)
        self.assertIn("unlock", self.tap(id="0" * 26))
        self.assertEqual(self.tap(id="0" * 26), {})


if __name__ == "__main__":
    unittest.main()
