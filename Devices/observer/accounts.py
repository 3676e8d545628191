"""What the observer has found: taps, decisions, outcomes, openings, set against the truth of whoever held the cards. Pure: no clock, no network."""

import collections
import json


def text(fields, name):
    """A field that must be text. Raises KeyError or TypeError."""
    if not isinstance(fields[name], str):
        raise TypeError(f"{name} is not text")
    return fields[name]


class Accounts:
    """Every event once, by its id; then the questions that decide whether the town kept its promise."""

    def __init__(self):
        self.digests = {}
        self.taps, self.cards_refused, self.decisions, self.outcomes = {}, {}, {}, {}
        self.contradictions = []
        """Ids that were used for two different things."""
        self.repeats = 0
        """The same event again: normal life."""

    def note(self, name, agent, event):
        """Keeps an event of a stream called `name` (`tap`, `door-decision`, …); says whether it is new. Raises KeyError or TypeError if it is not readable."""
        id, data = text(event, "id"), event["data"]
        # The place is left out: a producer that was put back may say the same thing at another place.
        digest = hash(json.dumps({key: value for key, value in event.items() if key not in ("epoch", "sequence")}, sort_keys=True))
        if id in self.digests:
            self.repeats += 1
            if self.digests[id] != digest:
                self.contradictions.append(id)
            return False
        if name == "tap":
            self.taps[id] = {"reader": f"{agent}/{text(data, 'reader')}", "purpose": text(data, "purpose"), "token": data.get("token")}
        elif name == "card-refused":
            self.cards_refused[id] = {"reader": f"{agent}/{text(data, 'reader')}", "reason": text(data, "reason")}
        elif name == "door-decision":
            refusal = text(data, "refusal") if data["verdict"] == "refuse" else None
            self.decisions[id] = {
                "tap": text(data, "tap"), "door": text(data, "door"), "verdict": text(data, "verdict"), "refusal": refusal, "time": event.get("time")}
        elif name == "door-outcome":
            refusal = text(data, "refusal") if data["result"] == "refused" else None
            self.outcomes[id] = {"decision": text(data, "decision") if "decision" in data else None, "result": text(data, "result"), "refusal": refusal}
        self.digests[id] = digest
        return True

    def judge(self, made, openings, streams):
        """The account as one value.

        `made`: (reader, expect) of each card held, or None if nobody wrote it down. `openings`: (door, jti) of each time a bolt moved, or None if no lock's
        log was given. `streams`: a Streams with the holes, the lost and the orphaned.
        """
        found = {"taps": self.taps, "decisions": self.decisions, "outcomes": self.outcomes}
        found |= {"decisionsOf": self._decisions_of(), "lostRanges": streams.lost, "orphanedRanges": streams.orphaned, "openRanges": streams.holes()}
        found["readers"], missing, surplus = self._readers(made)
        found["undecided"] = sorted(id for id, tap in self.taps.items() if tap["purpose"].startswith("door:") and id not in found["decisionsOf"])
        found["decisionsWithoutTap"] = sorted(id for id, decision in self.decisions.items() if decision["tap"] not in self.taps)
        found["decidedAgain"] = sorted(tap for tap, ids in found["decisionsOf"].items() if len(ids) > 1)
        found["openedOutcomesAgain"] = self._opened_outcomes_again()
        found["openedAgain"], found["openedWithoutGrant"], opened = self._openings(openings)
        found["contradictions"] = sorted(set(self.contradictions))
        found["refusedBy"] = dict(collections.Counter(d["refusal"] for d in self.decisions.values() if d["verdict"] == "refuse"))
        found["lockRefusedBy"] = dict(collections.Counter(o["refusal"] for o in self.outcomes.values() if o["result"] == "refused"))
        verdicts = collections.Counter(decision["verdict"] for decision in self.decisions.values())
        lost_numbers = sum(last - first + 1 for _, _, first, last, _ in streams.lost)
        again = sum(len(found["decisionsOf"][tap]) - 1 for tap in found["decidedAgain"]) + len(found["openedOutcomesAgain"]) + len(found["openedAgain"])
        made_taps = len(self.taps) if made is None else sum(expect == "tap" for _, expect in made)
        short = sum(max(0, reader["made"] - reader["taps"]) for reader in found["readers"].values())
        accounted = made_taps - short - len(found["undecided"])
        found["line"] = {
            "taps": made_taps, "accounted": accounted, "lost": missing + len(found["undecided"]), "repeated": surplus + again,
            "granted": verdicts["open"], "opened": opened, "refused": verdicts["refuse"], "cardRefused": len(self.cards_refused),
            "openGaps": len(found["openRanges"]), "lostEvents": lost_numbers, "orphaned": len(streams.orphaned),
        }
        return found

    def _decisions_of(self):
        """By tap: the ids of the decisions about it."""
        by_tap = {}
        for id, decision in sorted(self.decisions.items()):
            by_tap.setdefault(decision["tap"], []).append(id)
        return by_tap

    def _readers(self, made):
        """By reader what was held and what was seen, then how many are missing and how many are too many."""
        readers = collections.defaultdict(lambda: {"made": 0, "taps": 0, "madeRefused": 0, "cardRefused": 0})
        for tap in self.taps.values():
            readers[tap["reader"]]["taps"] += 1
        for refused in self.cards_refused.values():
            readers[refused["reader"]]["cardRefused"] += 1
        if made is None:
            for reader in readers.values():
                reader["made"], reader["madeRefused"] = reader["taps"], reader["cardRefused"]
        for reader, expect in made or []:
            readers[reader]["made"] += expect == "tap"
            readers[reader]["madeRefused"] += expect == "refused"
        pairs = [(r["made"], r["taps"]) for r in readers.values()] + [(r["madeRefused"], r["cardRefused"]) for r in readers.values()]
        return dict(sorted(readers.items())), sum(max(0, a - b) for a, b in pairs), sum(max(0, b - a) for a, b in pairs)

    def _opened_outcomes_again(self):
        """Decisions whose door said twice, under two ids, that it opened."""
        opened = collections.Counter(o["decision"] for o in self.outcomes.values() if o["result"] == "opened" and o["decision"])
        return sorted(decision for decision, times in opened.items() if times > 1)

    def _openings(self, openings):
        """What the locks did: `jti`s that moved a bolt twice, those no decision to open this door stands behind, and how many there are."""
        if openings is None:
            return [], [], len({o["decision"] for o in self.outcomes.values() if o["result"] == "opened"})
        times = collections.Counter(jti for _, jti in openings)

        def granted(door, jti):
            decision = self.decisions.get(jti)
            return decision is not None and decision["verdict"] == "open" and decision["door"] == door

        return sorted(j for j, n in times.items() if n > 1), sorted({j for door, j in openings if not granted(door, j)}), len(times)


def promise_kept(found):
    """Whether nothing was lost or repeated and no door opened but once and by a grant."""
    line = found["line"]
    return not (line["lost"] or line["repeated"] or line["lostEvents"] or found["openedWithoutGrant"] or found["decisionsWithoutTap"] or found["contradictions"])


def sentences(found):
    """What is wrong, for a person: one line each."""
    line = found["line"]
    for reader, count in found["readers"].items():
        if count["made"] != count["taps"] or count["madeRefused"] != count["cardRefused"]:
            yield (f"{reader}: {count['made']} taps made and {count['taps']} seen, {count['madeRefused']} cards to be refused and "
                   f"{count['cardRefused']} seen.")
    for key, text in [
        ("undecided", "taps at doors have no decision"), ("decidedAgain", "taps were decided more than once"),
        ("decisionsWithoutTap", "decisions stand on a tap that was never seen"), ("openedAgain", "grants moved a bolt more than once"),
        ("openedOutcomesAgain", "grants were reported opened more than once"), ("openedWithoutGrant", "openings had no grant for that door"),
        ("contradictions", "ids were used for two different events"), ("lostRanges", "ranges of numbers will not come"),
        ("openRanges", "ranges of numbers are still missing"), ("orphanedRanges", "ranges were seen and are gone at their producer"),
    ]:
        if found[key]:
            yield f"{len(found[key])} {text}; the first: {found[key][0]}."
    if not promise_kept(found):
        yield f"The promise was not kept: lost {line['lost']}, repeated {line['repeated']}."


def read_made(path):
    """(reader, expect) of each line whoever held the cards has written; a last line without its end is not counted yet."""
    made = []
    for number, entry in _lines(path):
        try:
            reader, expect = entry["reader"], entry["expect"]
        except (KeyError, TypeError):
            raise SystemExit(f"observer: {path} line {number} needs \"reader\" and \"expect\". Write one object a line.")
        if not isinstance(reader, str) or expect not in ("tap", "refused", "none"):
            raise SystemExit(f"observer: {path} line {number}: \"expect\" is tap, refused or none, and \"reader\" is AGENT/READER.")
        made.append((reader, expect))
    return made


def read_openings(logs):
    """(door, jti) of each `opened` in the locks' logs."""
    return [(door, line.get("jti")) for door, path in logs for _, line in _lines(path) if isinstance(line, dict) and line.get("what") == "opened"]


def _lines(path):
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:
        return
    except OSError as error:
        raise SystemExit(f"observer: {path} cannot be read ({error.strerror}).")
    for number, line in enumerate(text[:text.rfind("\n") + 1].splitlines(), 1):
        try:
            yield number, json.loads(line)
        except ValueError:
            raise SystemExit(f"observer: {path} line {number} is not JSON. One object a line is expected.")
