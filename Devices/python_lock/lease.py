"""Decides by a lease about a card at the lock's own reader, as Docs/locks.md, section 8, describes it.

A lease is a JSON Web Signature like a grant's on the first line, and behind it the list of cards that its claim `sum` names by SHA-256.
"""

import base64
import dataclasses
import hashlib
import hmac
import json
import struct

import grant

LONGEST = 256 * 1024
"""A lease of more bytes than this is not read."""

TYPE = "kazasu-lease"


@dataclasses.dataclass(frozen=True)
class Lease:
    """One part of a door's lease, believed: `cards` or `changes`."""

    claims: dict
    cards: dict
    """By hash, six bytes: when the card may enter, as pairs of seconds since 1970; an empty list: not at all."""
    message: bytes

    @property
    def count(self):
        return self.claims["cnt"]


def read_lease(message, *, part, town, door, keys):
    """The lease, or None for whatever is not one of this part for this door, signed by one of the town's keys."""
    signed, _, packed = message.partition(b"\n")
    if len(message) > LONGEST or len(signed) > grant.LONGEST or not grant.COMPACT.match(signed):
        return None
    header = grant.read_header(signed)
    payload = header and grant.signed_payload(signed, header, keys, type=TYPE)
    claims = payload and read_claims(payload)
    if not claims or claims["part"] != part or claims["aud"] != door or claims["iss"] != f"{town}/lock-controller":
        return None
    if base64.urlsafe_b64encode(hashlib.sha256(packed).digest()).rstrip(b"=").decode() != claims["sum"]:
        return None
    cards = unpack(packed)
    return None if cards is None else Lease(claims, cards, message)


def read_claims(payload):
    """The nine claims, each of its kind; None if one is missing or is something else."""
    try:
        claims = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    if not isinstance(claims, dict):
        return None
    numbers, texts = ("cnt", "exp", "iat", "open"), ("aud", "iss", "part", "sum")
    if any(type(claims.get(name)) is not int or claims[name] not in grant.WHOLE for name in numbers):
        return None
    if any(not isinstance(claims.get(name), str) for name in texts) or claims.get("accepts") not in ("proved", "read"):
        return None
    return claims if claims["cnt"] > 0 and 1 <= claims["open"] <= grant.LONGEST_OPENING else None


def unpack(packed):
    """The cards of a list, or None for bytes that are not exactly a list."""
    cards, at = {}, 0
    try:
        while at < len(packed):
            (count,), at = struct.unpack_from(">H", packed, at), at + 2
            windows = [struct.unpack_from(">II", packed, at + 8 * index) for index in range(count)]
            at += 8 * count
            (count,), at = struct.unpack_from(">I", packed, at), at + 4
            if any(start >= end for start, end in windows) or at + 6 * count > len(packed):
                return None
            for place in range(at, at + 6 * count, 6):
                cards.setdefault(packed[place:place + 6], []).extend(windows)
            at += 6 * count
    except struct.error:
        return None
    return cards


def read_door_keys(path):
    """The keys in the file a lock is given: a line each, `k1` and 64 hexadecimal digits, the newest first."""
    try:
        with open(path, encoding="ascii") as file:
            keys = [bytes.fromhex(line.split()[1]) for line in file.read().splitlines()]
    except (OSError, ValueError, IndexError) as error:
        raise SystemExit(f"lock: the door key {path} cannot be read ({error}). Give the file that kazasu up made for this door.")
    if not 1 <= len(keys) <= 2 or any(len(key) != 32 for key in keys):
        raise SystemExit(f"lock: the door key {path} holds no key of 32 bytes. Give the file that kazasu up made for this door.")
    return keys


def card_hash(key, scheme, identifier):
    """What this door's lists call a card: the first six bytes of HMAC-SHA256(key, scheme, a zero byte, identifier)."""
    return hmac.digest(key, scheme.encode() + b"\0" + identifier, "sha256")[:6]


def admit(*, cards, changes, keys, scheme, identifier, proved, now):
    """The word for why the door stays shut, None where it opens; and the hash to report. `cards` and `changes` are the newest leases held."""
    hashes = [card_hash(key, scheme, identifier) for key in keys]
    if cards is None:
        return "no-lease", hashes[0]
    newer = changes if changes and changes.count > cards.count else None
    found = [(hash, part.cards[hash]) for hash in hashes for part in (newer, cards) if part and hash in part.cards]
    # What the changes say of a card counts instead of what the list says.
    decisive = dict(reversed(found))
    hash = next(iter(found), (hashes[0],))[0]
    windows = [window for times in decisive.values() for window in times]
    if now + 2 < max(part.claims["iat"] for part in (newer, cards) if part):
        return "clock", hash
    if now >= cards.claims["exp"]:
        return "expired", hash
    if cards.claims["accepts"] == "proved" and not proved:
        return "not-proved", hash
    if not windows:
        return "no-right", hash
    return None if any(start <= now < end for start, end in windows) else "not-now", hash
