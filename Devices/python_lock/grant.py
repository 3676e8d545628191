"""Judges a grant: an order to a lock, as Docs/locks.md describes it.

A grant is a JSON Web Signature in compact form (RFC 7515 section 3.1) with EdDSA over Ed25519 (RFC 8037 section 3.1).
The signature is checked by PyJWT; the claims are judged here, because a lock owes the town one exact word for each refusal.
"""

import base64
import dataclasses
import hashlib
import json
import re

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

LONGEST = 8 * 1024
"""A grant of more bytes than this is not read."""

LONGEST_OPENING = 3600
"""Seconds. An order to stay unlocked for longer is not believed."""

TYPE = "kazasu-grant"
COMPACT = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\Z")
ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}\Z")
WHOLE = range(-(2**63), 2**63)


@dataclasses.dataclass(frozen=True)
class Judgement:
    """What the lock makes of a grant: `refusal` is None when the door may open."""

    refusal: str | None
    grant: str | None = None
    """`jti`, once the signature has been found good."""
    value: int | None = None
    """The lock's own value behind the refusal: its clock in seconds, or its highest counter."""
    count: int | None = None
    seconds: int = 0


def read_key(path):
    """The key in a PEM file of `openssl pkey -pubout`, with the name a header calls it by: (kid, key)."""
    try:
        with open(path, "rb") as file:
            key = load_pem_public_key(file.read())
    except (OSError, ValueError) as error:
        raise SystemExit(f"lock: the grant key {path} cannot be read ({error}). Give the town's public key in PEM.")
    if not isinstance(key, Ed25519PublicKey):
        raise SystemExit(f"lock: the grant key {path} is not an Ed25519 key. Give the town's grant key, not a certificate's.")
    return key_name(key), key


def key_name(key):
    """`kid`: base64url, without padding, of the first 8 bytes of SHA-256 over the 32 bytes of the public key."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.urlsafe_b64encode(hashlib.sha256(raw).digest()[:8]).rstrip(b"=").decode()


def judge(message, *, retained, town, door, keys, now, highest, obeyed):
    """The checks of Docs/locks.md, in its order.

    `now` is the lock's clock in whole seconds since 1970, `highest` the highest counter obeyed, `obeyed` the latest `jti`s obeyed.
    """
    if retained or len(message) > LONGEST or not COMPACT.match(message):
        return Judgement("malformed")
    header = read_header(message)
    if header is None:
        return Judgement("malformed")
    payload = signed_payload(message, header, keys)
    if payload is None:
        return Judgement("wrong-signature")
    claims = read_claims(payload)
    if claims is None:
        return Judgement("malformed")
    return judge_claims(claims, town=town, door=door, now=now, highest=highest, obeyed=obeyed)


def read_header(message):
    """The protected header as a dictionary, or None. Read here: PyJWT's own reading already judges some of it, and the words would blur."""
    part = message[:message.index(b".")]
    try:
        header = json.loads(base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return None
    return header if isinstance(header, dict) else None


def signed_payload(message, header, keys, type=TYPE):
    """The payload, if one of the town's keys signed it as this type; None otherwise. `crit` (RFC 7515 section 4.1.11) lists what we do not know."""
    if header.get("alg") != "EdDSA" or header.get("typ") != type or "crit" in header:
        return None
    kid = header.get("kid")
    key = keys.get(kid) if isinstance(kid, str) else None
    if key is None:
        return None
    try:
        return jwt.api_jws.decode(message, key, algorithms=["EdDSA"])
    except jwt.PyJWTError:
        return None


def read_claims(payload):
    """The seven claims, each of its own kind and size; None if one is missing or is something else."""
    try:
        claims = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    if not isinstance(claims, dict):
        return None
    for name in ("cnt", "exp", "nbf", "open"):
        if type(claims.get(name)) is not int or claims[name] not in WHOLE:
            return None
    for name in ("aud", "iss", "jti"):
        if not isinstance(claims.get(name), str):
            return None
    return claims if ULID.match(claims["jti"]) and 1 <= claims["open"] <= LONGEST_OPENING else None


def judge_claims(claims, *, town, door, now, highest, obeyed):
    """What can be believed is judged: which door, when, and whether it was said before."""
    jti, count = claims["jti"], claims["cnt"]
    if claims["aud"] != door or claims["iss"] != f"{town}/lock-controller":
        return Judgement("wrong-door", jti, count=count)
    if now < claims["nbf"]:
        return Judgement("not-yet", jti, now, count)
    if now >= claims["exp"]:
        return Judgement("stale", jti, now, count)
    if jti in obeyed:
        return Judgement("repeated", jti, highest, count)
    if count <= highest:
        return Judgement("lower-counter", jti, highest, count)
    return Judgement(None, jti, count=count, seconds=claims["open"])
