"""The part of a lock that decides alone: the lists it holds, the cards at its own reader, and what it has not been able to tell yet."""

import json
import os
import select

from lease import admit, read_lease
from memory import write_whole

KEPT = 500
"""Unanswered reports kept of each kind, so that no number of refusals pushes out an opening."""


class Alone:
    """Lists and reports in files beside the lock's state; each change is on the disk before the call that made it returns."""

    def __init__(self, state, *, town, door, keys, door_keys, cards=0):
        self.stem, self.town, self.door, self.keys, self.door_keys = os.path.splitext(state)[0], town, door, keys, door_keys
        self.held = {"cards": None, "changes": None}
        self.refused_leases = 0
        self.input, self.line = cards, b""
        self.openings, self.refusals = {}, {}
        for part in self.held:
            if os.path.exists(self._path(part)):
                with open(self._path(part), "rb") as file:
                    self.held[part] = self._believed(file.read(), part)
        if os.path.exists(self._path("admissions")):
            with open(self._path("admissions"), encoding="utf-8") as file:
                self.openings, self.refusals = json.load(file)

    @property
    def reports(self):
        return {**self.openings, **self.refusals}

    def take(self, message, part):
        """Takes a list from the broker if it is newer than the one held; says whether it was. No bytes mean that the broker has none."""
        if not message:
            return False
        lease, held = self._believed(message, part), self.held[part]
        if lease is None or held and lease.count < held.count:
            self.refused_leases += 1
            return False
        if held and lease.count == held.count:
            return False
        write_whole(self._path(part), message)
        self.held[part] = lease
        return True

    def decide(self, scheme, identifier, proved, *, now):
        """Why the door stays shut, None where it opens; for how many seconds; and the card's hash."""
        refusal, hash = admit(**self.held, keys=self.door_keys, scheme=scheme, identifier=identifier, proved=proved, now=now)
        return refusal, None if refusal else self.held["cards"].claims["open"], hash

    def keep(self, id, text, *, opened):
        """A decision is kept before the bolt moves."""
        kind = self.openings if opened else self.refusals
        kind[id] = text
        while len(kind) > KEPT:
            del kind[next(iter(kind))]
        self._write()

    def answered(self, id):
        """Forgets a report; says whether there was one."""
        if self.openings.pop(id, None) is None and self.refusals.pop(id, None) is None:
            return False
        self._write()
        return True

    def counts(self):
        """The counters of the list and of the changes that count beside it."""
        cards, changes = self.held["cards"], self.held["changes"]
        newer = changes and changes.count > (cards.count if cards else 0)
        return cards and cards.count, changes.count if newer else None

    def counters(self):
        """For the signs of life."""
        cards, changes = self.counts()
        ends = self.held["cards"] and self.held["cards"].claims["exp"]
        said = {"lease": cards or 0, "lease-changes": changes, "lease-expires": ends or 0}
        return {"leases-refused": self.refused_leases, **{name: count for name, count in said.items() if count is not None}}

    def next_card(self):
        """The next whole line of the reader, without waiting: (scheme, identifier, proved), or None."""
        while b"\n" not in self.line:
            if self.input is None or not select.select([self.input], [], [], 0)[0]:
                return None
            more = os.read(self.input, 4096)
            if not more:
                self.input = None
            self.line = (self.line + more)[-65536:]
        line, _, self.line = self.line.partition(b"\n")
        try:
            scheme, identifier, *rest = line.decode().split()
            return scheme, bytes.fromhex(identifier), scheme == "card-app" and rest != ["read"]
        except ValueError:
            return self.next_card()

    def _believed(self, message, part):
        return read_lease(message, part=part, town=self.town, door=self.door, keys=self.keys)

    def _path(self, name):
        return f"{self.stem}.{name}"

    def _write(self):
        write_whole(self._path("admissions"), json.dumps([self.openings, self.refusals]).encode())
