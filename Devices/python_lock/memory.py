"""What a lock keeps through a power cut: the highest counter obeyed, and what it has not been able to tell yet.

One JSON file, replaced as a whole: written beside, fsync, rename, fsync of the folder. A reader sees the old one or the new one.
"""

import json
import os

REPORTS = 100
"""Unanswered reports kept; the oldest give way."""

GRANTS = 32
"""`jti`s of the latest grants obeyed."""


class Memory:
    """The state file. Every change is on the disk before the call that made it returns."""

    def __init__(self, path):
        self.path = path
        self.highest = 0
        self.obeyed = []
        self.reports = {}
        """By id, oldest first: the exact text, which every repetition must be."""
        self.dropped = 0
        if os.path.exists(path):
            self._read()

    def obey(self, jti, count):
        """A grant is used up from here on, whether or not the bolt still moves: an order may be lost, never obeyed twice."""
        self.highest = count
        self.obeyed = (self.obeyed + [jti])[-GRANTS:]
        self._write()

    def keep(self, report_id, text):
        """Keeps a report until it is answered; past the limit the oldest gives way and is counted."""
        self.reports[report_id] = text
        while len(self.reports) > REPORTS:
            del self.reports[next(iter(self.reports))]
            self.dropped += 1
        self._write()

    def answered(self, report_id):
        """Forgets a report; says whether there was one."""
        if self.reports.pop(report_id, None) is None:
            return False
        self._write()
        return True

    def _read(self):
        try:
            with open(self.path, encoding="utf-8") as file:
                kept = json.load(file)
            self.highest, self.obeyed = int(kept["highest"]), [str(jti) for jti in kept["obeyed"]]
            self.reports = {str(id): str(text) for id, text in kept["reports"].items()}
            self.dropped = int(kept["dropped"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            # Starting at 0 would let a captured grant open the door again.
            raise SystemExit(
                f"lock: the state file {self.path} cannot be read ({error}). The door stays shut. Put the file back, or, when every grant "
                "given out is older than its ten seconds, remove it."
            )

    def _write(self):
        state = {"highest": self.highest, "obeyed": self.obeyed, "reports": self.reports, "dropped": self.dropped}
        write_whole(self.path, json.dumps(state).encode())


def write_whole(path, content):
    """Puts bytes in the place of a file: a power cut leaves the old ones or the new ones."""
    beside = f"{path}.new"
    with open(beside, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    folder = os.open(os.path.dirname(os.path.abspath(path)), os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
