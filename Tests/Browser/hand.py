"""Cards held over the virtual reader of a real pcscd, by a thread of their own: a card answers whatever else goes on."""
import asyncio
import subprocess
import threading
import time


class Hand:
    def __init__(self, town, reader, purpose):
        """reader: AGENT/READER, as commands name it; purpose: what it is for as the town's file says."""
        self.town, self.reader, self.purpose, self.slot = town, reader, purpose, town.reader.slot
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    def rest(self):
        self.lift()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    def hold(self, card):
        """Raises OSError while no pcscd serves the reader."""
        asyncio.run_coroutine_threadsafe(self.slot.insert(card), self.loop).result()

    def lift(self):
        self.loop.call_soon_threadsafe(self.slot.remove)

    def hold_until(self, card, what, condition, seconds=30):
        """Holds it until something shows that it counts; lifts it and holds it again where it does not."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"{what} did not happen within {seconds} s: {self.town.last_words()}")
            try:
                self.hold(card)
            except OSError:
                pass
            again = time.monotonic() + 2
            while time.monotonic() < again and not condition():
                time.sleep(0.02)
            self.lift()

    def enrol(self, card, **facts):
        """A person whose card it is; facts as a clerk writes them in the form. The reader is for enrolment meanwhile."""
        self.town.kazasu("reader", "purpose", self.reader, "enrol")
        clerk = subprocess.Popen(
            self.town.command("person", "add", "--yes", "--tap", self.reader), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        clerk.stdin.write("".join(f"{name}: {text}\n" for name, text in facts.items()))
        clerk.stdin.close()
        self.hold_until(card, "the enrolment", lambda: clerk.poll() is not None)
        said = clerk.stdout.read()
        clerk.stdout.close()
        if clerk.returncode:
            raise AssertionError(f"kazasu person add: {said}")
        self.town.kazasu("reader", "purpose", self.reader, self.purpose)
