"""The consumer's half of the journal: which numbers of which streams came, which are missing, when to ask for them.

A producer numbers its events on each topic; every life of it is a segment (epoch, first, last) and numbers go on from one to the next. Its *heads*
list the segments. What is missing is asked for; a batch answers all of the range it names, so what has not come by then does not exist. Pure: no clock,
no network. Written for itself, so that it cannot share a mistake with the programs it watches.
"""

import re

EPOCH = re.compile(r"[0-9]{13}-[0-9a-z]{4}\Z")
FIRST_ASK, LONGEST_WAIT = 1.0, 60.0


def is_number(value):
    return type(value) is int and 0 <= value < 2**63


class Segment:
    """One life of one stream: everything below `end` is known about, `holes` are the ranges of it that have not come."""

    def __init__(self, end):
        self.end = end
        self.holes = []
        """[first, last], ascending, not touching."""

    def extend(self, last):
        """Numbers up to `last` exist."""
        if last >= self.end:
            self.holes.append((self.end, last))
            self.end = last + 1

    def fill(self, first, last):
        """Takes a range out of the holes: the parts that were in one."""
        kept, taken = [], []
        for low, high in self.holes:
            inside = (max(low, first), min(high, last))
            if inside[0] > inside[1]:
                kept.append((low, high))
                continue
            taken.append(inside)
            kept += [part for part in ((low, inside[0] - 1), (inside[1] + 1, high)) if part[0] <= part[1]]
        self.holes = kept
        return taken


class Streams:
    """All streams of all producers, as far as this consumer knows them."""

    def __init__(self):
        self.segments = {}
        """By topic, then by epoch."""
        self.lost = []
        """(topic, epoch, first, last, reason): numbers that will not come."""
        self.orphaned = []
        """(topic, epoch, first, last): numbers that came and that their producer, put back from an older copy, knows no more."""

    def came(self, topic, epoch, number):
        """Notes an event's place; says whether that place was empty. At first sight everything below is missing, from 0;
        nothing stands below 1."""
        segment = self.segments.setdefault(topic, {}).setdefault(epoch, Segment(1 if number == 1 else 0))
        if number >= segment.end:
            segment.extend(number - 1)
            segment.end = number + 1
            return True
        return bool(segment.fill(number, number))

    def learn(self, topic, listed):
        """A producer's list of segments of one topic, oldest first: (epoch, first, last)."""
        known = self.segments.setdefault(topic, {})
        for place, (epoch, first, last) in enumerate(listed):
            segment = known.setdefault(epoch, Segment(first))
            segment.extend(last)
            if place + 1 < len(listed):
                self._cut(topic, epoch, last)
        for epoch in known:
            before = [entry for entry in listed if entry[0] < epoch]
            if before and epoch < listed[-1][0] and all(entry[0] != epoch for entry in listed):
                self._cut(topic, epoch, before[-1][2])

    def _cut(self, topic, epoch, last):
        """A closed segment ends at `last`; what was known above it is not its producer's any more."""
        segment = self.segments[topic][epoch]
        if segment.end - 1 > last:
            segment.fill(last + 1, segment.end - 1)
            self.orphaned.append((topic, epoch, last + 1, segment.end - 1))
            segment.end = last + 1

    def answered(self, topic, epoch, first, last, reason):
        """A batch has answered a range. A hole that begins at 0 is the first sight of a segment: nobody knows that there was anything."""
        segment = self.segments.get(topic, {}).get(epoch)
        if segment is None:
            return
        for low, high in segment.fill(first, last):
            if low > 0:
                self.lost.append((topic, epoch, low, high, reason))

    def hole(self, topic):
        """The oldest missing range of a topic: (epoch, first, last), or None."""
        for epoch, segment in sorted(self.segments.get(topic, {}).items()):
            if segment.holes:
                return (epoch, *segment.holes[0])
        return None

    def holes(self):
        """All missing ranges: (topic, epoch, first, last)."""
        return [
            (topic, epoch, first, last) for topic, segments in sorted(self.segments.items()) for epoch, segment in sorted(segments.items())
            for first, last in segment.holes
        ]


class Asks:
    """When to ask: one ask a stream in flight, first after a second (a head may overtake good events), then ever more rarely up to a minute."""

    def __init__(self):
        self.plans = {}

    def due(self, streams, now, jitter):
        """The asks whose time has come: (topic, epoch, first, last). `jitter()` gives 0 to 0.5 seconds."""
        asks = []
        gaps = {topic: gap for topic in streams.segments if (gap := streams.hole(topic))}
        self.plans = {topic: plan for topic, plan in self.plans.items() if topic in gaps}
        for topic, gap in sorted(gaps.items()):
            at, wait = self.plans.setdefault(topic, (now + FIRST_ASK, FIRST_ASK))
            if at <= now:
                asks.append((topic, *gap))
                wait = min(wait * 2, LONGEST_WAIT)
                self.plans[topic] = (now + wait + jitter(), wait)
        return asks

    def answered(self, topic, now):
        """What is still missing may be asked for at once."""
        if topic in self.plans:
            self.plans[topic] = (now, FIRST_ASK)

    def restart(self, now):
        """A new connection, or the end is near: nothing is in flight."""
        self.plans = {topic: (now + FIRST_ASK, FIRST_ASK) for topic in self.plans}


def read_heads(value):
    """The segments by topic of a heads message, or None if it is not one."""
    try:
        found = {}
        for topic, segments in value["segments"].items():
            listed = [(segment["epoch"], segment["first"], segment["last"]) for segment in segments]
            if not all(EPOCH.match(epoch) and is_number(first) and is_number(last) and first <= last for epoch, first, last in listed):
                return None
            found[topic] = sorted(listed)
        return found
    except (KeyError, TypeError, AttributeError):
        return None


def read_batch(value):
    """(topic, epoch, first, last, answer, events) of a batch, or None if it is not one."""
    try:
        header = (value["topic"], value["epoch"], value["from"], value["to"], value["answer"])
        events = value.get("events", [])
        sound = isinstance(header[0], str) and EPOCH.match(header[1]) and is_number(header[2]) and is_number(header[3])
        return (*header, events) if sound and header[4] in ("events", "gone", "denied") and isinstance(events, list) else None
    except (KeyError, TypeError, AttributeError):
        return None
