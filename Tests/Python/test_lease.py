"""The Python lock's own judgement by a lease, against lists signed by hand; and the lock with a reader, cut off and back."""

import base64
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import vectors
from grant import key_name
from lease import admit, card_hash, read_lease, unpack
from town import ROOT, Broker, Client, wait_for

KEY = Ed25519PrivateKey.from_private_bytes(vectors.SEED)
KEYS = {key_name(KEY.public_key()): KEY.public_key()}
NOW = vectors.TAP_MS // 1000
ALWAYS = (0, 2**32 - 1)
ADMISSIONS = "nagai/lock/report/gym/admission"
DOOR_KEY = bytes(range(32))
MEMBER = card_hash(DOOR_KEY, "card-app", b"member")


def read(message, part="cards"):
    return read_lease(message, part=part, town="nagai", door="gym", keys=KEYS)


def word(cards, changes=None, *, now=NOW, proved=True, keys=(DOOR_KEY,)):
    return admit(cards=cards, changes=changes, keys=keys, scheme="card-app", identifier=b"member", proved=proved, now=now)[0]


class Vectors(unittest.TestCase):
    def test_the_published_lease_is_judged_as_it_says(self):
        told = json.loads(vectors.FILE.read_text())["lease"]
        key = bytes.fromhex(told["doorKeyHex"])
        cards, changes = (read(base64.b64decode(told[f"{part}Base64"]), part) for part in ("cards", "changes"))
        member, guest = ((card["scheme"], bytes.fromhex(card["identifierHex"])) for card in told["cards"])
        for card, shown in zip((member, guest), told["cards"]):
            self.assertEqual(card_hash(key, *card).hex(), shown["hash"])
        for (scheme, identifier), now, held, refusal in [
            (member, NOW, None, None), (member, NOW + 1, changes, "no-right"), (guest, told["guestFrom"] - 1, changes, "not-now"),
            (guest, told["guestFrom"], changes, None), (guest, told["guestTo"], None, "not-now"),
        ]:
            found, _ = admit(cards=cards, changes=held, keys=[key], scheme=scheme, identifier=identifier, proved=True, now=now)
            self.assertEqual(found, refusal)


class Judgement(unittest.TestCase):
    def lease(self, sections=(([ALWAYS], [MEMBER]),), part="cards", **changes):
        return read(vectors.lease(sections, KEY, part=part, **changes), part)

    def test_a_lease_with_a_bit_changed_or_for_somebody_else_is_none(self):
        good = vectors.lease([([ALWAYS], [MEMBER])], KEY)
        self.assertIsNotNone(read(good))
        for place in range(len(good)):
            self.assertIsNone(read(good[:place] + bytes([good[place] ^ 1]) + good[place + 1:]), place)
        for change in [{"aud": "hall"}, {"iss": "oguni/lock-controller"}, {"part": "changes"}, {"cnt": 0}, {"cnt": "1"}, {"open": 0}, {"accepts": "all"}, {"sum": ""}]:
            self.assertIsNone(read(vectors.lease([], KEY, **change)), change)
        self.assertIsNone(read(vectors.lease([], Ed25519PrivateKey.generate())))
        self.assertIsNone(read(vectors.sign({"cnt": 1}, KEY, type="kazasu-grant") + b"\n"))
        self.assertIsNone(read(good + b"\0" * 300_000))

    def test_what_is_not_exactly_a_list_is_none(self):
        packed = vectors.pack([([(1, 2)], [MEMBER]), ([], [MEMBER])])
        whole = [length for length in range(len(packed) + 1) if unpack(packed[:length]) is not None]
        self.assertEqual(whole, [0, 20, 32])
        self.assertIsNone(unpack(vectors.pack([([(9, 9)], [])])))

    def test_who_when_and_how(self):
        slot = ([(NOW + 10, NOW + 20)], [MEMBER])
        for refusal, cards, changes, more in [
            (None, self.lease(), None, {}), ("no-lease", None, self.lease(part="changes"), {}), ("no-right", self.lease([]), None, {}),
            ("no-right", self.lease(cnt=5), self.lease([([], [MEMBER])], "changes", cnt=6), {}),
            (None, self.lease(cnt=5), self.lease([([], [MEMBER])], "changes", cnt=4), {}),
            (None, self.lease([], cnt=5), self.lease(part="changes", cnt=6), {}),
            ("not-now", self.lease([slot]), None, {"now": NOW + 9}), (None, self.lease([slot]), None, {"now": NOW + 10}),
            (None, self.lease([slot]), None, {"now": NOW + 19}), ("not-now", self.lease([slot]), None, {"now": NOW + 20}),
            ("expired", self.lease(), None, {"now": NOW + 7 * 86_400}), ("clock", self.lease(), None, {"now": NOW - 3}),
            ("clock", self.lease(cnt=5), self.lease([], "changes", cnt=6, iat=NOW + 3), {}), ("clock", self.lease(), None, {"now": 0}),
            ("not-proved", self.lease(), None, {"proved": False}), (None, self.lease(accepts="read"), None, {"proved": False}),
            (None, self.lease(), None, {"keys": [b"\1" * 32, DOOR_KEY]}), ("no-right", self.lease(), None, {"keys": [b"\1" * 32]}),
        ]:
            self.assertEqual(word(cards, changes, **more), refusal, (refusal, more))


class CutOff(unittest.TestCase):
    """The whole program: a list from the broker, the broker away, a card, the broker back."""

    def test_it_opens_without_the_broker_and_tells_it_afterwards(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "door.key").write_text(f"k1 {DOOR_KEY.hex()}\n")
            (folder / "grant.pub").write_text(vectors.vectors()["ed25519"]["publicKeyPEM"])
            now = int(time.time())
            message = vectors.lease([([ALWAYS], [MEMBER])], KEY, cnt=7, iat=now, exp=now + 86_400)
            broker = Broker(folder)
            self.addCleanup(broker.kill)
            town = Client(broker.port, "town", "nagai/#")
            self.addCleanup(town.close)
            town.publish("nagai/lock-controller/lease/gym/cards", message, retain=True)
            lock = subprocess.Popen(
                [sys.executable, ROOT / "Devices" / "python_lock" / "lock.py", "--town", "nagai", "--door", "gym", "--host", "127.0.0.1", "--port",
                 str(broker.port), "--plain", "--grant-key", folder / "grant.pub", "--door-key", folder / "door.key", "--state", folder / "lock.json", "--log",
                 folder / "log"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            self.addCleanup(lambda: (lock.kill(), lock.communicate()))
            wait_for("the list on the lock's disk", (folder / "lock.cards").exists)
            wait_for("a life that names the list", lambda: any(b'"lease":7' in life for life in town.on("nagai/lock/health/gym/life")))
            broker.kill()
            lock.stdin.write("card-app 6d656d626572\nnonsense\ncard-app 00\n")
            lock.stdin.flush()
            done = wait_for("two decisions", lambda: (lambda lines: lines if len(lines) == 2 else None)((folder / "log").read_text().splitlines()))
            self.assertEqual([json.loads(line)["what"] for line in done], ["opened", "refused"])
            self.assertEqual(town.on(ADMISSIONS), [])
            broker.start()
            wait_for("both reports", lambda: len(set(town.on(ADMISSIONS))) == 2)
            reports = [json.loads(text) for text in set(town.on(ADMISSIONS))]
            self.assertEqual({(r["data"]["result"], r["data"].get("refusal")) for r in reports}, {("opened", None), ("refused", "no-right")})
            self.assertEqual({r["data"]["lease"] for r in reports}, {7})
            for report in reports:
                town.publish("nagai/lock-controller/reply/lock-gym/admission", json.dumps({"cause": report["id"], "data": {"accepted": True, "answer": {}}}))
            wait_for("the end of the repetition", lambda: json.loads((folder / "lock.admissions").read_text()) == [{}, {}])


if __name__ == "__main__":
    unittest.main()
