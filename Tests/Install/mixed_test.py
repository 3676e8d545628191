"""Programs of the last published contract and of now, on one bus: each pairing until a card has opened a door. `make mixed-test`.

The first lock stays of then to the end: locks are changed last. So does the first agent, until its own turn comes on the data it has written itself."""

import asyncio
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "Chaos"))

from card import Card  # noqa: E402
from parts import Process, Reader, Trouble  # noqa: E402

TOWN = """\
town: nagai
title: 長井市
broker: {{ host: localhost, port: {port} }}
double-tap: {{ default: 1s }}
agents:
  gate-1: {{ readers: {{ reader-1: {{ device: "ACS ACR122U gate-1", place: civic-gym, purpose: "door:gym" }} }} }}
  gate-2: {{ readers: {{ reader-1: {{ device: "ACS ACR122U gate-2", place: civic-gym, purpose: "door:gym" }} }} }}
doors: {{ gym: {{ title: 市民体育館, accepts: read, open-for: 1s }} }}
desks: [office]
operators: [it-1]
"""


class Mixture:
    def __init__(self, folder, old, new):
        self.folder, self.old, self.new = folder, old, new
        self.data = folder / "data"
        self.card = Card(1)
        self.agents, self.readers = {}, {}
        self.up = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        (folder / "town.yaml").write_text(TOWN.format(port=self.port))

    def play(self):
        self.start_town("old", self.old)
        lock = [self.old / "kazasu", "virtual-lock", "--door", "gym", "--state", self.folder / "gym.lock", "--log", self.folder / "gym.jsonl"]
        self.lock = Process("lock", [*lock, *self.place(self.data)], self.folder)
        self.lock.start()
        for agent in ("gate-1", "gate-2"):
            self.readers[agent] = Reader(agent, self.folder, self.new)
            self.readers[agent].start()
            self.start_agent(agent, self.old)
        token = self.card.token(bytes.fromhex((self.data / "keys" / "token-1.key").read_text().split()[1]))
        self.clerk(self.old, "group", "open", "members", "gym")
        self.clerk(self.old, "group", "add", "members", "--card", token)
        self.both("old agents, old services, old lock")

        self.agents["gate-2"].end(10)
        self.start_agent("gate-2", self.new)
        self.both("gate-2 of now on what it wrote then; services and lock of then")

        self.up.end(40)
        self.refuses_without_room()
        self.start_town("new", self.new)
        self.both("services of now on what those of then wrote; gate-1 and lock of then")
        kept = sorted(str(path.relative_to(self.data)) for path in self.data.glob("copies/before-*/*"))
        if not any("lock-controller-main.sqlite" in path for path in kept):
            raise Trouble(f"no copy of before the migration: {kept}")
        print(f"    kept before the migration: {', '.join(kept)}")

        self.agents["gate-1"].end(10)
        self.start_agent("gate-1", self.new)
        self.both("both agents of now; lock of then")
        self.healthy()

    def place(self, data):
        return ["--town", self.folder / "town.yaml", "--data", data, "--port", str(self.port)]

    def start_town(self, name, programs):
        self.up = Process(f"up-{name}", [programs / "kazasu", "up", self.folder / "town.yaml", "--data", self.data, "--no-agents"], self.folder)
        self.up.start()
        self.until(f"the {name} town to be ready", lambda: "ready: " in self.up.log.read_text(), 60)

    def start_agent(self, agent, programs):
        """On a machine of its own: its state is nobody else's."""
        data = self.folder / agent
        (data / "state").mkdir(parents=True, exist_ok=True)
        for shared in ("ca", "certificates", "keys"):
            if not (data / shared).exists():
                (data / shared).symlink_to(self.data / shared)
        process = self.agents[agent] = Process(
            f"agent-{agent}", [programs / "reader-agent", *self.place(data), "--agent", agent], self.folder,
            {"PCSCLITE_CSOCK_NAME": str(self.readers[agent].socket)})
        process.start()

    def clerk(self, programs, *words):
        place = ["--town", self.folder / "town.yaml", "--data", self.data]
        done = subprocess.run([programs / "kazasu", *words, *place], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0 and words[0] != "health":
            raise Trouble(f"kazasu {' '.join(words)}: {done.stdout}")
        return done.stdout

    def opened(self):
        log = self.folder / "gym.jsonl"
        return log.read_text().count('"opened"') if log.exists() else 0

    def both(self, who):
        """At either agent a card opens the door."""
        for agent in self.agents:
            asyncio.run(self.hold(agent, self.opened()))
        print(f"    the door opens at both: {who}", flush=True)

    async def hold(self, agent, before):
        slot, end = self.readers[agent].slot, time.monotonic() + 60
        while self.opened() <= before:
            if time.monotonic() > end:
                raise Trouble(f"no door opened for a card at {agent}: {self.agents[agent].last_words()}; {self.up.last_words()}")
            try:
                await slot.insert(self.card)
            except OSError:
                pass
            # Longer than the double tap, so that the next one is another.
            await asyncio.sleep(1.5)
            slot.remove()
            await asyncio.sleep(1.5)

    def refuses_without_room(self):
        """A disk with no room for a copy: the program ends with a sentence, and what it found is as it was."""
        copies = self.data / "copies"
        copies.mkdir(exist_ok=True)
        database = self.data / "state" / "lock-controller-main.sqlite"
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k,mode=700", "none", copies], stderr=subprocess.DEVNULL).returncode:
            print("    not tried: a full disk before a migration; it needs the right to mount one")
            return
        try:
            done = subprocess.run([self.new / "lock-controller", *self.place(self.data)], capture_output=True, text=True, timeout=20)
        finally:
            subprocess.run(["umount", copies], check=True)
        if done.returncode != 1 or "Nothing was changed. Free some space" not in done.stderr:
            raise Trouble(f"on a full disk lock-controller ended with {done.returncode}: {done.stderr}")
        check = subprocess.run([self.old / "lock-controller", "--check", *self.place(self.data)], capture_output=True, text=True)
        print(f"    on a full disk: {done.stderr.strip().splitlines()[-1]}")
        if database.stat().st_size == 0 or check.returncode not in (0, 2):
            raise Trouble(f"what was there is not as it was: {check.stderr}")

    def healthy(self):
        """An agent of then replays nothing to a service that its contract did not know: said in red, and settled as Docs/operations.md has it."""
        topic = "nagai/reader-agent/event/gate-1/tap"
        if "denied" in self.codes():
            self.clerk(self.new, "gap", "close", "resident-directory", topic, "--reason", "the agent was of the version before")
            print("    settled: taps of before the upgrade that gate-1, then of the old version, would not replay to the new directory")
        self.until("everybody to be well", lambda: not self.codes(), 30)
        print("    health at the end: nothing to say")

    def codes(self):
        """What anybody has to say, besides that some process does not work."""
        vitals = json.loads(self.clerk(self.new, "health", "--json").splitlines()[-1])
        conditions = {f"{one['program']} {one['instance']}": one["condition"] for one in vitals}
        for name in ("reader-agent gate-1", "reader-agent gate-2", "lock-controller main", "lock gym"):
            if conditions.get(name) not in ("ready", "amber", "red"):
                raise Trouble(f"{name} does not work: {conditions}")
        return {problem["code"] for one in vitals for problem in (one.get("life") or {}).get("problems", [])}

    def until(self, what, condition, seconds):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise Trouble(f"waited {seconds} s in vain for {what}: {self.up.last_words()}")
            time.sleep(0.1)

    def end(self):
        for process in [*self.agents.values(), getattr(self, "lock", None), self.up]:
            if process:
                process.end(40)
        for reader in self.readers.values():
            reader.kill()


def main():
    old, new = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
    print(f"mixed-test: {subprocess.run([old / 'lock-controller', '--version'], capture_output=True, text=True).stdout.strip()} and "
          f"{subprocess.run([new / 'lock-controller', '--version'], capture_output=True, text=True).stdout.strip()}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kazasu-mixed-"))
    mixture = Mixture(folder, old, new)
    try:
        mixture.play()
    except Trouble as trouble:
        sys.exit(f"mixed-test: {trouble} (its folder: {folder})")
    finally:
        mixture.end()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
