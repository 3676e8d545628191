"""Golden vectors: the same bytes in every language. `python3 Tests/Python/vectors.py` writes Docs/contracts/vectors.json anew.

The signature comes from PyJWT and `cryptography`, the ULIDs from the few lines here and in the Python lock: nothing of the Swift programs.
"""

import base64
import hashlib
import hmac
import json
import pathlib
import struct
import sys

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Devices" / "python_lock"))

from grant import key_name  # noqa: E402
from report import compact, ulid  # noqa: E402

FILE = ROOT / "Docs" / "contracts" / "vectors.json"
SEED = bytes(range(32))
TAP_MS = 1_795_215_600_123
"""2026-11-21T08:00:00.123+09:00 (Asia/Tokyo has no summer time)."""
DECISION, OUTCOME = "jp.kazasu.door-decision.v1", "jp.kazasu.door-outcome.v1"
TAP = ulid(TAP_MS, 0x0123456789ABCDEF0123)


def derived(cause, event_type, discriminator=""):
    """48-bit time of the cause, then the first 80 bits of SHA-256("cause\\ntype\\ndiscriminator")."""
    digest = hashlib.sha256(f"{cause}\n{event_type}\n{discriminator}".encode()).digest()
    return ulid(milliseconds(cause), int.from_bytes(digest[:10], "big"))


def milliseconds(id):
    """The time in a ULID: its first ten characters."""
    value = 0
    for letter in id[:10]:
        value = value << 5 | "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(letter)
    return value


def sign(claims, key, *, kid=None, type="kazasu-grant"):
    """A grant as lock-controller makes it, byte for byte: keys sorted, no spaces. `claims` may be text that is no grant at all."""
    payload = claims if isinstance(claims, bytes) else compact(claims).encode()
    headers = {"kid": kid or key_name(key.public_key()), "typ": type}
    return jwt.api_jws.encode(payload, key, algorithm="EdDSA", headers=headers).encode()


def pack(sections):
    """The list of a lease: [(windows, hashes)], as Docs/locks.md has it."""
    packed = b""
    for windows, hashes in sections:
        packed += struct.pack(">H", len(windows)) + b"".join(struct.pack(">II", *window) for window in windows)
        packed += struct.pack(">I", len(hashes)) + b"".join(sorted(hashes))
    return packed


def lease(sections, key, **changes):
    """A signed lease, head and list; `changes` are to its claims."""
    packed = pack(sections)
    second = TAP_MS // 1000
    claims = {
        "accepts": "proved", "aud": "gym", "cnt": TAP_MS + 40, "exp": second + 7 * 86_400, "iat": second, "iss": "nagai/lock-controller",
        "open": 5, "part": "cards", "sum": base64.urlsafe_b64encode(hashlib.sha256(packed).digest()).rstrip(b"=").decode(), **changes,
    }
    return sign(claims, key, type="kazasu-lease") + b"\n" + packed


def hash_of(door_key, scheme, identifier):
    return hmac.digest(door_key, scheme.encode() + b"\0" + identifier, "sha256")[:6]


def lease_vectors(key):
    """A door key, two cards, and the lists that name them."""
    door_key = hmac.digest(SEED, b"\0door\0gym", "sha256")
    member, guest = hash_of(door_key, "card-app", b"K-000124"), hash_of(door_key, "felica", bytes(range(8)))
    slot = (TAP_MS // 1000 + 3600, TAP_MS // 1000 + 7200)
    cards = lease([([(0, 2**32 - 1)], [member]), ([slot], [guest])], key)
    changes = lease([([], [member])], key, cnt=TAP_MS + 41, iat=TAP_MS // 1000 + 1, part="changes")
    return {
        "cards": [
            {"hash": member.hex(), "identifierHex": b"K-000124".hex(), "scheme": "card-app"},
            {"hash": guest.hex(), "identifierHex": bytes(range(8)).hex(), "scheme": "felica"},
        ],
        "cardsBase64": base64.b64encode(cards).decode(), "changesBase64": base64.b64encode(changes).decode(), "door": "gym",
        "doorKeyHex": door_key.hex(), "guestFrom": slot[0], "guestTo": slot[1], "tokenKeyHex": SEED.hex(),
    }


def expand(secret, info):
    """The first 32 bytes of HKDF-Expand with SHA-256 (RFC 5869, 2.3)."""
    return hmac.digest(secret, info.encode() + b"\x01", "sha256")


def hotp(secret, counter, digits):
    """RFC 4226, 5.3, with HMAC-SHA-256 as RFC 6238, 1.2 allows."""
    code = hmac.digest(secret, counter.to_bytes(8, "big"), "sha256")
    start = code[31] & 15
    return f"{(int.from_bytes(code[start:start + 4], 'big') & 0x7FFFFFFF) % 10 ** digits:0{digits}}"


def proof(keypad, id, time_ms, code):
    """What a keypad says in place of a code (Docs/keypads.md, section 3)."""
    return base64.urlsafe_b64encode(hmac.digest(keypad, f"{id}\n{time_ms}\n{code}".encode(), "sha256")).decode().rstrip("=")


def codes():
    secret = bytes(range(32, 64))
    keypad = expand(secret, "kazasu keypad nagai/gym")
    booking = derived(TAP, "booking")
    code = hotp(expand(secret, f"kazasu booking-code {booking}"), 2, 6)
    return {
        "booking": booking, "code": code, "door": "gym", "keyHex": secret.hex(), "keypadKeyHex": keypad.hex(), "number": 2,
        "proof": proof(keypad, TAP, TAP_MS, code), "report": TAP, "timeMs": TAP_MS, "town": "nagai",
    }


def vectors():
    """All vectors, as one value."""
    key = Ed25519PrivateKey.from_private_bytes(SEED)
    public = key.public_key()
    decision = derived(TAP, DECISION)
    second = TAP_MS // 1000
    claims = {
        "aud": "gym", "cnt": TAP_MS + 40, "exp": second + 10, "iss": "nagai/lock-controller", "jti": decision, "nbf": second - 2, "open": 5,
    }
    return {
        "code": codes(),
        "derivedID": [
            {"cause": TAP, "discriminator": "", "id": decision, "type": DECISION},
            {"cause": decision, "discriminator": "no-answer", "id": derived(decision, OUTCOME, "no-answer"), "type": OUTCOME},
        ],
        "ed25519": {
            "kid": key_name(public),
            "publicKeyHex": public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex(),
            "publicKeyPEM": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
            "seedHex": SEED.hex(),
        },
        "grant": {
            "door": "gym", "jws": sign(claims, key).decode(), "payload": compact(claims), "town": "nagai",
            "header": compact({"alg": "EdDSA", "kid": key_name(public), "typ": "kazasu-grant"}),
        },
        "lease": lease_vectors(key),
    }


def text():
    return json.dumps(vectors(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(text())
    print(f"{FILE} written")
