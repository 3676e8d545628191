"""What a lock says: a report in its CloudEvents envelope, and its life. Forms as in Docs/locks.md."""

import datetime
import json
import secrets

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
JAPAN = datetime.timezone(datetime.timedelta(hours=9))


def ulid(milliseconds, random=None):
    """48 bits of time and 80 random bits in 26 characters (ULID specification, section Encoding)."""
    bits = milliseconds << 80 | (secrets.randbits(80) if random is None else random)
    return "".join(CROCKFORD[bits >> shift & 31] for shift in range(125, -1, -5))


def rfc3339(milliseconds):
    """`2026-11-21T08:00:00.123+09:00`."""
    whole, rest = divmod(milliseconds, 1000)
    moment = datetime.datetime.fromtimestamp(whole, JAPAN).replace(microsecond=rest * 1000)
    return moment.isoformat(timespec="milliseconds")


def compact(value):
    """JSON without spaces, keys sorted."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def outcome(town, door, milliseconds, *, result, grant=None, refusal=None, value=None):
    """A report of what became of a grant and its id: (id, text)."""
    return report(town, door, milliseconds, "outcome", {"grant": grant, "refusal": refusal, "result": result, "value": value})


def condition(town, door, milliseconds, *, bolt=None, contact=None, battery=None, exit=None, tamper=None):
    """A report of what the sensors tell and its id: (id, text)."""
    said = {"battery": battery, "bolt": bolt, "contact": contact, "exit": exit, "tamper": tamper}
    return report(town, door, milliseconds, "condition", said)


def admission(town, door, milliseconds, *, card, refusal, lease, changes):
    """A report of what the lock decided by its lease, and its id."""
    result = "refused" if refusal else "opened"
    said = {"card": card.hex(), "changes": changes, "lease": lease, "refusal": refusal, "result": result}
    return report(town, door, milliseconds, "admission", said)


def report(town, door, milliseconds, word, said):
    """The envelope of a report and its id; what is None is left out. The text is sent again byte for byte until it is answered."""
    report_id = ulid(milliseconds)
    return report_id, compact({
        "data": {name: value for name, value in said.items() if value is not None},
        "id": report_id,
        "source": f"/{town}/lock/{door}",
        "specversion": "1.0",
        "time": rfc3339(milliseconds),
        "type": f"jp.kazasu.{word}.v1",
    })


def life(state, milliseconds, *, version=None, counters=None):
    """A sign of life. In a last will the state is `lost` and the time that of the connection."""
    said = {"at": rfc3339(milliseconds), "counters": counters, "state": state, "version": version}
    return compact({name: word for name, word in said.items() if word is not None})
