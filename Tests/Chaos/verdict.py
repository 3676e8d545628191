"""Whether the town kept its promise: the witness's account, set against the cards that were held and the bolts that moved. Pure but for reading files."""

import collections
import datetime
import json
import sqlite3

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TAP_LIFE = 12.0
"""Seconds from a card to the decision to open: ten, and what an agent's clock may seem off on a slow wire."""
GRANT_LIFE = 11.0
"""Seconds from that to the bolt: ten, and one for rounding."""


def moment(id):
    """Seconds since 1970 in the first 48 bits of an id; a derived id carries the time of its cause."""
    value = 0
    for letter in id[:10]:
        value = value << 5 | CROCKFORD.index(letter)
    return value / 1000


def openings(path):
    """(jti, seconds since 1970) of each time this bolt moved."""
    found = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return found
    for line in lines:
        entry = json.loads(line)
        if entry["what"] == "opened":
            found.append((entry["jti"], instant(entry["at"])))
    return found


def instant(text):
    """Seconds since 1970 of an RFC 3339 time."""
    return datetime.datetime.fromisoformat(text).timestamp()


def concluded(account):
    """Whether somebody has said what became of every grant."""
    known = {outcome["decision"] for outcome in account["outcomes"].values()}
    return all(id in known for id, decision in account["decisions"].items() if decision["verdict"] == "open")


def violations(held, account, bolts):
    """Every invariant that does not hold, in a sentence: the simulation's (Tests/Simulation/Invariants.swift), on what came over a real broker.

    `held`: by token (agent, door, first, accepted, member): times in seconds since 1970, `accepted` None if the person gave up. `account`: the witness's
    snapshot. `bolts`: by door (jti, seconds since 1970).
    """
    taps, decisions, outcomes = account["taps"], account["decisions"], account["outcomes"]
    by_token = collections.defaultdict(list)
    for id, tap in taps.items():
        by_token[tap["token"]].append(id)
    for token, card in held.items():
        ids = by_token.get(token, [])
        if card["accepted"] is None:
            if len(ids) > 1:
                yield f"a card that was never accepted at {card['agent']} is {len(ids)} taps"
            continue
        if len(ids) != 1:
            yield f"the card accepted at {card['agent']} at {card['accepted']:.3f} is {len(ids)} taps"
        for id in ids:
            if taps[id]["reader"] != f"{card['agent']}/entrance":
                yield f"tap {id} is said to be of {taps[id]['reader']}, and was at {card['agent']}"
            if not card["first"] - 1 <= moment(id) <= card["accepted"] + 1:
                yield f"tap {id} carries a time at which its card was not held"
    for token in by_token.keys() - held.keys():
        yield f"{len(by_token[token])} taps of a card that was never held"
    if not concluded(account):
        yield "nobody says what became of some grants"
    said = collections.Counter(outcome["decision"] for outcome in outcomes.values() if outcome["result"] == "opened")
    for door, moves in bolts.items():
        for jti, at in moves:
            decision = decisions.get(jti)
            tap = taps.get(decision["tap"]) if decision else None
            if tap is None or decision["verdict"] != "open" or decision["door"] != door:
                yield f"door {door} opened by {jti}, and no decision to open it is known"
                continue
            card = held.get(tap["token"])
            if card is None or not card["member"] or card["door"] != door:
                yield f"door {door} opened for a card without a right there: {jti}"
            decided = instant(decision["time"])
            if not -2 <= decided - moment(decision["tap"]) <= TAP_LIFE:
                yield f"door {door} was to be opened {decided - moment(decision['tap']):.1f} s after its tap: {jti}"
            if not -2 <= at - decided <= GRANT_LIFE:
                yield f"door {door} opened {at - decided:.1f} s after its grant: {jti}"
            if said[jti] != 1:
                yield f"door {door} opened by {jti}, which its journal says {said[jti]} times"


def unchecked(held, path):
    """Whoever held a card at the shelter and is not there once, by the registry's file; whoever gave up may be there. Only read."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as base:
        notes = collections.Counter(raw for (raw,) in base.execute("SELECT raw FROM note"))
        (there,) = base.execute("SELECT count(*) FROM stay WHERE ends IS NULL").fetchone()
    here = {token: card for token, card in held.items() if card["door"] is None}
    for token, card in here.items():
        if notes[token] > 1 or not notes[token] and card["accepted"] is not None:
            yield f"the card held at {card['agent']} is {notes[token]} notes at the shelter"
    if notes.keys() - here.keys():
        yield f"{len(notes.keys() - here.keys())} people are noted at the shelter who never held a card there"
    if there != len(notes):
        yield f"{len(notes)} people came to the shelter, and {there} are there"


def faults_of_database(name, path):
    """What a service's own file must not hold when the town is at rest. Only read."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as base:
        (sound,) = base.execute("PRAGMA integrity_check").fetchone()
        if sound != "ok":
            yield f"{name}: its database is damaged: {sound}"
        for reason, topic in base.execute("SELECT reason, topic FROM dead_letter LIMIT 3"):
            yield f"{name} could not accept something on {topic}: {reason}"
        for topic, first, last, reason in base.execute("SELECT topic, first, last, reason FROM lost_range LIMIT 3"):
            yield f"{name} gave up numbers {first} to {last} of {topic}: {reason}"
        for topic, first, last in base.execute("SELECT topic, first, last FROM inbox_gap LIMIT 3"):
            yield f"{name} still misses numbers {first} to {last} of {topic}"
        for (cause,) in base.execute("SELECT hex(cause) FROM act WHERE state = 0 LIMIT 3"):
            yield f"{name} has an order that neither left nor expired: {cause}"
