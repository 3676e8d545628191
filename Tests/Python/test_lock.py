"""The Python lock against grants signed by hand: over a real broker, and its judgement alone."""

import json
import pathlib
import re
import ssl
import subprocess
import tempfile
import time
import types
import unittest

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import vectors
from grant import judge, key_name
from lock import Lock
from report import compact, ulid
from town import ROOT, Broker, Client, Process, wait_for

KEY = Ed25519PrivateKey.from_private_bytes(vectors.SEED)
KID = key_name(KEY.public_key())
GRANTS = "nagai/lock-controller/grant/gym/unlock"
REPLIES = "nagai/lock-controller/reply/lock-gym/outcome"
OUTCOMES = "nagai/lock/report/gym/outcome"
CONDITIONS = "nagai/lock/report/gym/condition"
LIFE = "nagai/lock/health/gym/life"


def claims(**changes):
    """A good grant for this moment."""
    now = time.time_ns() // 1_000_000
    good = {"aud": "gym", "cnt": now, "exp": now // 1000 + 10, "iss": "nagai/lock-controller", "jti": ulid(now), "nbf": now // 1000 - 2, "open": 5}
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def raw(header, payload, key=None):
    """Three parts made by hand, for what no library would sign."""
    message = b".".join(jwt.utils.base64url_encode(part if isinstance(part, bytes) else compact(part).encode()) for part in (header, payload))
    return message + b"." + (jwt.utils.base64url_encode(key.sign(message)) if key else b"")


class Vectors(unittest.TestCase):
    """The page's own bytes."""

    def test_the_checked_in_vectors_are_what_stock_libraries_make(self):
        self.assertEqual(vectors.FILE.read_text(), vectors.text())

    def test_the_page_shows_the_same_grant_and_examples_that_can_be_read(self):
        page = (ROOT / "Docs" / "locks.md").read_text()
        for part in ("jws", "payload", "header"):
            shown = vectors.vectors()["grant"][part]
            self.assertIn(shown.replace(KID, "…") if part == "header" else shown, page)
        examples = [json.loads(text) for text in re.findall(r"```json\n(.*?)\n```", page, re.S)]
        self.assertEqual(len(examples), 6)
        for report in (e for e in examples if e.get("type") in ("jp.kazasu.outcome.v1", "jp.kazasu.condition.v1")):
            self.assertRegex(report["id"], r"\A[0-7][0-9A-HJKMNP-TV-Z]{25}\Z")

    def test_the_worked_example_is_judged_as_the_page_says(self):
        grant = vectors.vectors()["grant"]
        jti = json.loads(grant["payload"])["jti"]
        for now, highest, obeyed, refusal, value in [
            (1795215598, 0, [], None, None), (1795215609, 1795215600162, [], None, None), (1795215597, 0, [], "not-yet", 1795215597),
            (1795215610, 0, [], "stale", 1795215610), (1795215600, 1795215600163, [jti], "repeated", 1795215600163),
            (1795215600, 1795215600163, [], "lower-counter", 1795215600163),
        ]:
            found = judge(
                grant["jws"].encode(), retained=False, town="nagai", door="gym", keys={KID: KEY.public_key()}, now=now, highest=highest, obeyed=obeyed)
            self.assertEqual((found.refusal, found.value), (refusal, value), now)


class Judgement(unittest.TestCase):
    """Everything that is not a grant for this door."""

    def word(self, message, **changes):
        known = {"town": "nagai", "door": "gym", "keys": {KID: KEY.public_key()}, "now": int(time.time()), "highest": 0, "obeyed": [], "retained": False}
        return judge(message, **{**known, **changes}).refusal

    def test_a_good_grant_is_obeyed_and_a_changed_bit_anywhere_is_not(self):
        good = vectors.sign(claims(), KEY)
        self.assertIsNone(self.word(good))
        for place in range(0, len(good) - 1):
            bad = good[:place] + (b"A" if good[place:place + 1] != b"A" else b"B") + good[place + 1:]
            self.assertIn(self.word(bad), ("wrong-signature", "malformed"), place)

    def test_who_signed_and_how(self):
        other = Ed25519PrivateKey.generate()
        header = {"alg": "EdDSA", "kid": KID, "typ": "kazasu-grant"}
        secret = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        for message in [
            vectors.sign(claims(), other, kid=KID), vectors.sign(claims(), other), vectors.sign(claims(), KEY, type="JWT"),
            raw({**header, "alg": "none"}, claims()), raw({**header, "alg": "none"}, claims(), KEY), raw({"alg": "EdDSA"}, claims(), KEY),
            raw({**header, "crit": ["b64"], "b64": False}, claims(), KEY), raw({**header, "crit": []}, claims(), KEY),
            jwt.api_jws.encode(compact(claims()).encode(), secret, "HS256", headers={"kid": KID, "typ": "kazasu-grant"}).encode(),
            raw(header, claims()),
        ]:
            self.assertEqual(self.word(message), "wrong-signature", message)
        self.assertIsNone(self.word(raw(header, claims(), KEY)))

    def test_garbage_is_malformed_and_never_an_accident(self):
        header = {"alg": "EdDSA", "kid": KID, "typ": "kazasu-grant"}
        for message in [
            b"", b".", b"..", b"a.b", b"a.b.c.d", b"{}", b"\x00\xff" * 40, b"a" * 9000, raw(b"[1]", claims(), KEY), raw(b"{", claims(), KEY),
            vectors.sign(claims(), KEY) + b"\n", vectors.sign(claims(), KEY) + b"=", vectors.sign({**claims(), "x": "y" * 9000}, KEY),
            raw(header, b"[]", KEY), raw(header, b"{", KEY), raw(header, b"[" * 3000, KEY), raw(header, b"\xff", KEY),
        ]:
            self.assertEqual(self.word(message), "malformed", message[:80])
        for change in [{name: None} for name in claims()] + [
            {"cnt": "5"}, {"cnt": 1e3}, {"cnt": True}, {"cnt": 2**63}, {"exp": float("inf")}, {"open": 0}, {"open": 3601}, {"jti": "x"}, {"jti": 7}, {"aud": ["gym"]},
        ]:
            self.assertEqual(self.word(vectors.sign(claims(**change), KEY)), "malformed", change)

    def test_which_door_when_and_how_often(self):
        now = int(time.time())
        for change, word in [
            ({"aud": "hall"}, "wrong-door"), ({"iss": "oguni/lock-controller"}, "wrong-door"), ({"exp": now}, "stale"), ({"nbf": now + 1}, "not-yet"),
            ({"cnt": 10}, "lower-counter"), ({"cnt": 9}, "lower-counter"), ({"cnt": 11}, None), ({"cnt": -1}, "lower-counter"), ({"note": "new"}, None),
        ]:
            self.assertEqual(self.word(vectors.sign(claims(**change), KEY), now=now, highest=10), word, change)
        twice = claims(cnt=12)
        self.assertEqual(self.word(vectors.sign(twice, KEY), highest=10, obeyed=[twice["jti"]]), "repeated")
        self.assertEqual(self.word(vectors.sign(claims(), KEY), retained=True), "malformed")


class BrokenLine(unittest.TestCase):
    """What breaks while it serves: TLS is the line's trouble, anything else is the disk's."""

    def serve(self, error):
        def loop(timeout):
            raise error

        lock = Lock.__new__(Lock)
        lock.stopping, lock.online, lock.client = False, False, types.SimpleNamespace(loop=loop)
        lock._serve()

    def test_a_line_that_breaks_inside_tls_is_connected_again(self):
        for error in (ssl.SSLError(1, "tlsv1 alert decode error"), ConnectionResetError(), TimeoutError()):
            self.serve(error)

    def test_a_disk_that_fails_ends_the_lock(self):
        with self.assertRaises(OSError):
            self.serve(OSError(28, "No space left on device"))


class OverTheBroker(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="kazasu-lock-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "grant.pem").write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        self.log = self.folder / "log"
        self.tls, self.lock = (), None

    def open_town(self, extra=""):
        self.broker = Broker(self.folder, extra)
        self.addCleanup(self.broker.kill)
        tls = [str(self.folder / name) for name in ("ca.pem", "town.pem", "town.key")] if self.tls else None
        self.town = Client(self.broker.port, "town", "nagai/lock/#", tls=tls)
        self.addCleanup(self.town.close)

    def start_lock(self, *more):
        lives = len(self.lives("ready"))
        self.lock = Process(
            "python_lock/lock.py", "--town", "nagai", "--door", "gym", "--host", "localhost" if self.tls else "127.0.0.1", "--port", self.broker.port,
            "--grant-key", self.folder / "grant.pem", "--state", self.folder / "state", "--log", self.log, *(self.tls or ["--plain"]), *more)
        self.addCleanup(self.lock.kill)
        wait_for("a sign of life", lambda: len(self.lives("ready")) > lives)

    def lives(self, state):
        return [life for life in map(json.loads, self.town.on(LIFE)) if life["state"] == state]

    def done(self, what=None):
        lines = [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []
        return [line for line in lines if what in (None, line["what"])]

    def report(self, about):
        """The `data` of the report on a grant or with a refusal, once it has come."""
        def find():
            told = [json.loads(text)["data"] for text in self.town.on(OUTCOMES)]
            return [data for data in told if about in (data.get("grant"), data.get("refusal"))]
        return wait_for(f"a report about {about}", find)[-1]

    def send(self, message, **how):
        self.town.publish(GRANTS, message, **how)

    def answer(self, report_id):
        self.town.publish(REPLIES, compact({"cause": report_id, "data": {"accepted": True, "answer": {}}, "id": ulid(1), "type": "jp.kazasu.reply.v1"}))

    def test_a_grant_opens_once_and_each_wrong_one_is_refused_with_its_word(self):
        self.open_town()
        self.start_lock()
        good = claims()
        self.send(vectors.sign(good, KEY))
        self.assertEqual(self.report(good["jti"]), {"grant": good["jti"], "result": "opened"})
        now = int(time.time())
        for word, message in [
            ("repeated", vectors.sign(good, KEY)), ("lower-counter", vectors.sign(claims(cnt=good["cnt"]), KEY)),
            ("stale", vectors.sign(claims(exp=now - 1), KEY)), ("not-yet", vectors.sign(claims(nbf=now + 60), KEY)),
            ("wrong-door", vectors.sign(claims(aud="hall"), KEY)), ("malformed", b"garbage"),
            ("wrong-signature", raw({"alg": "none", "kid": KID, "typ": "kazasu-grant"}, claims())),
        ]:
            self.send(message)
            self.assertEqual(self.report(word)["result"], "refused")
            self.assertEqual(self.done()[-1]["refusal"], word)
        self.assertEqual(self.report("repeated")["value"], good["cnt"])
        self.assertAlmostEqual(self.report("stale")["value"], now, delta=30)
        self.assertNotIn("grant", self.report("wrong-signature"))
        self.assertEqual([line["jti"] for line in self.done("opened")], [good["jti"]])
        self.assertEqual(self.lock.stop(), 0)
        wait_for("the last life", lambda: json.loads(self.town.on(LIFE)[-1])["state"] == "stopped")

    def test_an_order_that_was_retained_or_waited_while_the_lock_was_away_opens_nothing(self):
        self.open_town()
        self.start_lock()
        self.lock.kill()
        wait_for("the last will", lambda: self.lives("lost"))
        waited = claims(cnt=2**60)
        self.send(vectors.sign(waited, KEY))
        self.send(vectors.sign(claims(), KEY), retain=True)
        self.start_lock()
        self.assertEqual(self.report("malformed"), {"refusal": "malformed", "result": "refused"})
        good = claims()
        self.send(vectors.sign(good, KEY))
        self.report(good["jti"])
        self.assertEqual([line["jti"] for line in self.done("opened")], [good["jti"]], "the one that waited had a higher counter and would have been first")

    def test_a_report_is_repeated_with_the_same_bytes_until_it_is_answered(self):
        self.open_town()
        self.start_lock()
        good = claims()
        self.send(vectors.sign(good, KEY))
        wait_for("a repetition", lambda: len(self.town.on(OUTCOMES)) >= 2)
        first, again = self.town.on(OUTCOMES)[:2]
        self.assertEqual(first, again)
        self.answer(ulid(5))
        self.assertEqual(len(self.kept()), 1, "a reply to something else answers nothing")
        self.answer(json.loads(first)["id"])
        wait_for("the end of the repetition", lambda: not self.kept())

    def test_what_the_sensors_tell_is_reported_with_its_time_until_it_is_answered(self):
        self.open_town()
        pipe = self.folder / "sensors"
        self.start_lock("--sensors", pipe)
        pipe.write_text("open exit\nnonsense\n45%\n")
        wait_for("both conditions", lambda: len(set(self.town.on(CONDITIONS))) == 2)
        told = [json.loads(text) for text in sorted(set(self.town.on(CONDITIONS)))]
        said = [report["data"] for report in told]
        self.assertEqual(sorted(map(compact, said)), ['{"battery":45}', '{"contact":"open","exit":true}'])
        for report in told:
            self.town.publish(
                REPLIES.replace("outcome", "condition"),
                compact({"cause": report["id"], "data": {"accepted": True, "answer": {}}, "id": ulid(1), "type": "jp.kazasu.reply.v1"}))
        wait_for("the end of the repetition", lambda: not self.kept())

    def kept(self):
        return json.loads((self.folder / "state").read_text())["reports"]

    def test_counter_and_unanswered_reports_survive_kill_9_and_a_wiped_broker(self):
        self.open_town()
        self.start_lock()
        good = claims()
        self.send(vectors.sign(good, KEY))
        self.report(good["jti"])
        told = self.town.on(OUTCOMES)[0]
        self.lock.kill()
        self.broker.kill()
        self.broker.start()
        wait_for("the test's client", self.town.client.is_connected)
        before = len(self.town.on(OUTCOMES))
        self.start_lock()
        wait_for("the old report", lambda: told in self.town.on(OUTCOMES)[before:])
        self.send(vectors.sign(good, KEY))
        self.assertEqual(self.report("repeated")["value"], good["cnt"])
        lives = len(self.lives("ready"))
        self.broker.kill()
        self.broker.start()
        wait_for("the lock's return", lambda: len(self.lives("ready")) > lives)
        after = claims()
        self.send(vectors.sign(after, KEY))
        self.report(after["jti"])
        self.assertEqual([line["jti"] for line in self.done("opened")], [good["jti"], after["jti"]])

    def test_a_jammed_bolt_uses_the_grant_up_and_an_unused_opening_is_told(self):
        self.open_town()
        self.start_lock("--bolt", "jammed")
        good = claims()
        self.send(vectors.sign(good, KEY))
        self.assertEqual(self.report("jammed"), {"grant": good["jti"], "refusal": "jammed", "result": "refused"})
        self.lock.stop()
        self.start_lock("--bolt", "unused")
        self.send(vectors.sign(good, KEY))
        self.report("repeated")
        other = claims()
        self.send(vectors.sign(other, KEY))
        wait_for("both reports", lambda: sum(other["jti"].encode() in text for text in set(self.town.on(OUTCOMES))) == 2)
        self.assertEqual(self.report(other["jti"])["result"], "stayed-shut")

    def test_a_damaged_state_keeps_the_door_shut_with_a_sentence(self):
        self.open_town()
        (self.folder / "state").write_text('{"highest":')
        with self.assertRaisesRegex(AssertionError, "a sign of life"):
            self.start_lock_briefly()
        self.assertEqual(self.lock.wait(), 1)
        self.assertIn("The door stays shut.", self.lock.complaints())

    def start_lock_briefly(self):
        self.lock = Process(
            "python_lock/lock.py", "--town", "nagai", "--door", "gym", "--host", "127.0.0.1", "--port", self.broker.port, "--plain",
            "--grant-key", self.folder / "grant.pem", "--state", self.folder / "state", "--log", self.log)
        self.addCleanup(self.lock.kill)
        wait_for("a sign of life", lambda: self.lives("ready"), deadline=1)

    def test_it_speaks_tls_with_its_own_certificate_and_knows_the_broker_by_name(self):
        make_certificates(self.folder)
        self.tls = [text for name, file in (("--ca", "ca.pem"), ("--cert", "lock-gym.pem"), ("--key", "lock-gym.key")) for text in (name, self.folder / file)]
        acl = self.folder / "acl"
        acl.write_text(
            "user town\ntopic readwrite nagai/#\n\nuser lock-gym\n" + "".join(f"topic {may} {topic}\n" for may, topic in [
                ("read", GRANTS), ("read", REPLIES), ("write", OUTCOMES), ("write", LIFE)]))
        acl.chmod(0o600)
        files = "".join(f"{option} {self.folder / file}\n" for option, file in (("cafile", "ca.pem"), ("certfile", "localhost.pem"), ("keyfile", "localhost.key")))
        self.open_town(f"{files}require_certificate true\nuse_identity_as_username true\nacl_file {acl}")
        self.start_lock()
        good = claims()
        self.send(vectors.sign(good, KEY))
        self.assertEqual(self.report(good["jti"])["result"], "opened")
        self.answer(json.loads(self.town.on(OUTCOMES)[0])["id"])
        wait_for("the end of the repetition", lambda: not self.kept())


def make_certificates(folder):
    """A CA, the broker's certificate for `localhost`, the lock's and the test's own: openssl, P-256, one day."""
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *new, "-subj", "/CN=nagai CA", "-days", "1", "-keyout", "ca.key", "-out", "ca.pem")
    (folder / "names").write_text("subjectAltName=DNS:localhost\n")
    for name in ("localhost", "lock-gym", "town"):
        openssl("req", *new, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        openssl(
            "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "1", "-extfile", "names", "-out", f"{name}.pem")


if __name__ == "__main__":
    unittest.main()
