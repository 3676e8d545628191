"""Sensors that somebody plays: each line into a named pipe is one report."""

import os

WORDS = {
    "open": {"contact": "open"}, "closed": {"contact": "closed"},
    "locked": {"bolt": "locked"}, "unlocked": {"bolt": "unlocked"}, "jammed": {"bolt": "jammed"},
    "exit": {"exit": True}, "tamper": {"tamper": True}, "untampered": {"tamper": False},
}


def parse(line):
    """`open exit` or `45%` as the fields of a condition; nothing where a word is unknown."""
    found = {}
    for word in line.split():
        if word.endswith("%") and word[:-1].isdigit():
            found["battery"] = int(word[:-1])
        elif word in WORDS:
            found.update(WORDS[word])
        else:
            return {}
    return found


class Sensors:
    """The pipe, made if it is not there."""

    def __init__(self, path):
        if not os.path.exists(path):
            os.mkfifo(path, 0o600)
        # Also open for writing: otherwise the pipe is at its end whenever nobody holds the other side.
        self.file = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        self.pending = b""

    def read(self):
        """The conditions of all whole lines that have come."""
        try:
            self.pending += os.read(self.file, 4096)
        except BlockingIOError:
            return []
        *lines, self.pending = self.pending.split(b"\n")
        return [found for found in (parse(line.decode(errors="replace")) for line in lines) if found]
