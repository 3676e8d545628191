#!/usr/bin/python3
"""The real programs under a supervisor of faults, for a while; then calm, and the question whether every tap is accounted for once.

The last line is the verdict; exit code 0 only if every invariant holds. A failing run names its seed and keeps its folder.
"""

import argparse
import asyncio
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

from card import Card
from faults import Faults
from parts import Trouble, say
from stage import ROOT, Stage
from verdict import concluded, faults_of_database, openings, unchecked, violations

IN_NAMESPACE = "KAZASU_CHAOS_NAMESPACE"
CALM = 60
"""Seconds the town has, after the last fault, for the people still waiting and for each door to open again."""


class Chaos:
    def __init__(self, options, folder, may_mount):
        self.options = options
        self.stage = Stage(folder, options.programs, may_mount)
        self.rng = random.Random(f"people {options.seed}")
        self.held = {}
        self.cards = 0
        self.is_over = False
        self.wrong = []
        self.start = time.monotonic()

    def say(self, sentence):
        say(f"{time.monotonic() - self.start:6.1f}  {sentence}")

    async def run(self):
        stage, seconds = self.stage, self.options.seconds
        stage.prepare()
        await stage.raise_town()
        supervisor = asyncio.ensure_future(self._supervise())
        members = [Card(number) for number in range(0, 8 * (seconds + CALM), 2)]
        await stage.admit(members)
        await stage.open_shelter()
        faults = Faults(stage, self.options.seed, self.say)
        self.say(f"the town stands; faults of this seed: {faults}")
        if not any(machine.has_disk for machine in stage.machines.values()):
            self.say("disks are not filled: this system lets nobody but root mount a small one")
        queues = [asyncio.ensure_future(self._queue(gate)) for gate in stage.gates]
        await self._or_trouble(supervisor, faults.run(seconds))
        self.say("everything works again; the town must come to rest")
        self.is_over = True
        mended = time.monotonic()
        await self._or_trouble(supervisor, asyncio.gather(*queues))
        await self._or_trouble(supervisor, asyncio.gather(*[self._opens_again(gate) for gate in stage.gates if gate.door]))
        recovery = round(time.monotonic() - mended, 1)
        self.say(f"each reader has opened its door again after {recovery} s")
        await self._or_trouble(supervisor, self._settle())
        supervisor.cancel()
        line = self._judge()
        line.update(
            seed=self.options.seed, seconds=seconds, faults=sum(faults.counts.values()), recoverySeconds=recovery,
            starts=sum(process.starts for process in stage.processes.values()), violations=len(self.wrong))
        self.say("faults: " + ", ".join(f"{kind} {count}" for kind, count in sorted(faults.counts.items())))
        return line

    async def _supervise(self):
        while True:
            self.stage.look()
            await asyncio.sleep(0.05)

    @staticmethod
    async def _or_trouble(supervisor, job):
        """The job's result; the supervisor's trouble if that comes first."""
        job = asyncio.ensure_future(job)
        await asyncio.wait([supervisor, job], return_when=asyncio.FIRST_COMPLETED)
        if not job.done():
            job.cancel()
            supervisor.result()
        return job.result()

    # People

    async def _queue(self, gate):
        while not self.is_over:
            await asyncio.sleep(self.rng.uniform(0, 1))
            self.cards += 1
            await self._hold(gate, Card(self.cards))

    async def _hold(self, gate, card):
        """Every second card has rights. During the faults a person stays until the station sounds; in the calm nobody should have to wait long."""
        token = card.token(self.stage.key())
        entry = self.held[token] = {
            "agent": gate.agent, "door": gate.door, "member": card.number % 2 == 0, "first": time.time() - gate.QUIET, "accepted": None}
        holding = asyncio.ensure_future(gate.hold(card))
        calm_since = None
        while not holding.done():
            await asyncio.sleep(0.05)
            calm_since = calm_since or (time.monotonic() if self.is_over else None)
            if calm_since and time.monotonic() > calm_since + CALM:
                holding.cancel()
                self.wrong.append(f"{gate.agent} accepts no card {CALM} s after the last fault")
                return None
        entry["first"], entry["accepted"] = holding.result()
        self.stage.add_made(gate.agent)
        if self.rng.random() < 0.25:
            await gate.tremble(card)
        return token

    async def _opens_again(self, gate):
        """After the storm each reader must be able to open its door again: members come until one gets in."""
        end = time.monotonic() + CALM
        while time.monotonic() < end:
            self.cards += 2 - self.cards % 2
            before = time.time()
            if await self._hold(gate, Card(self.cards)) is None:
                return
            patience = time.monotonic() + 3
            while time.monotonic() < patience:
                if gate.has_heard("opened", before):
                    return
                await asyncio.sleep(0.05)
        self.wrong.append(f"{gate.agent} opens its door no more, {CALM} s after the last fault")

    # The account

    async def _settle(self):
        """Until somebody has said of each grant what became of it: a silent lock is given up 40 s after its grant."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            os.kill(self.stage.witness.pid, 10)
            await asyncio.sleep(1)
            account = json.loads((self.stage.folder / "witness.json").read_text())
            if concluded(account) and len(account["taps"]) >= len(self.held):
                return

    def _judge(self):
        stage = self.stage
        stage.witness.terminate()
        try:
            output, _ = stage.witness.communicate(timeout=120)
        except subprocess.TimeoutExpired as error:
            raise Trouble("the witness does not end") from error
        lines = output.decode().splitlines()
        if not lines:
            raise Trouble("the witness says nothing")
        line = json.loads(lines[-1])
        if stage.witness.returncode != 0:
            self.wrong.append(f"the witness says that the promise was not kept: {lines[-1]}")
        account = json.loads((stage.folder / "witness.json").read_text())
        bolts = {door: openings(stage.folder / f"{door}.jsonl") for door in ("gym", "hall")}
        self.wrong += violations(self.held, account, bolts)
        self._end_programs()
        for name, machine in stage.machines.items():
            for path in machine.state.glob("*.sqlite"):
                self.wrong += faults_of_database(name, path)
        registry = stage.machines["shelter-registry-main"].state / "shelter-registry-main.sqlite"
        self.wrong += unchecked(self.held, registry)
        line["checkedIn"] = sum(card["door"] is None and card["accepted"] is not None for card in self.held.values())
        if not line["opened"] or not line["taps"] or not line["checkedIn"]:
            self.wrong.append("nothing happened: no door opened, nobody came to the shelter, or no card was held. Such a run proves nothing; take more seconds.")
        line["decided"] = account["line"]["granted"] + account["line"]["refused"]
        self.say("doors stayed shut: " + (", ".join(f"{reason} {count}" for reason, count in sorted(account["refusedBy"].items())) or "never"))
        return line

    def _end_programs(self):
        """An orderly end is a part of it. A program may die by itself only of a full disk, and never by a signal, which would be a trap of its own."""
        for name, process in self.stage.processes.items():
            machine = self.stage.machines.get(name)
            for at, code in process.deaths:
                if code < 0 or machine is None or at > machine.full_until + 5:
                    self.wrong.append(f"{name} ended by itself with code {code}; its log has the reason")
            if process.end(15) != 0:
                self.wrong.append(f"{name} did not end in order when it was asked to")


def read_options():
    parser = argparse.ArgumentParser(prog="chaos", description="Break a town of real programs for a while, and see whether it kept its promise.")
    parser.add_argument("--seconds", type=int, default=60, help="how long faults strike (default 60); about a minute of calm follows")
    parser.add_argument("--seed", type=int, default=None, help="which faults, which people")
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / ".build/release", metavar="FOLDER", help="the programs to break")
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
    parser.add_argument("--keep", action="store_true", help="keep the folder with logs and databases even if all is well")
    options = parser.parse_args()
    if options.seconds < 1:
        parser.error("--seconds must be at least 1")
    options.programs = options.programs.resolve()
    if not (options.programs / "kazasu").exists():
        parser.error(f"{options.programs} has no programs. Build them: make build")
    if options.seed is None:
        options.seed = random.randrange(100_000)
    return options


def enter_namespace():
    """Starts this again where it may mount disks of its own and where nothing it starts outlives it, if the system allows that."""
    if IN_NAMESPACE in os.environ or not shutil.which("unshare"):
        return
    words = ["unshare", "--fork", "--pid", "--mount", "--mount-proc", "--kill-child"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
    if subprocess.run([*words, "true"], stderr=subprocess.DEVNULL).returncode == 0:
        os.environ[IN_NAMESPACE] = "1"
        os.execvp(words[0], [*words, sys.executable, *sys.argv])


def keep(stage, folder):
    """Disks of our own vanish with us: what is on them is copied beside the logs."""
    for name, machine in stage.machines.items():
        for file in machine.state.glob("*.sqlite*"):
            (folder / "databases" / name).mkdir(parents=True, exist_ok=True)
            shutil.copy(file, folder / "databases" / name)


def main():
    options = read_options()
    enter_namespace()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kazasu-chaos-"))
    say(f"chaos: seed {options.seed}, {options.seconds} s")
    chaos = Chaos(options, folder, may_mount=IN_NAMESPACE in os.environ)
    line = {"seed": options.seed, "violations": 1}
    try:
        line = asyncio.run(chaos.run())
    except Trouble as trouble:
        chaos.wrong.append(str(trouble))
    finally:
        chaos.stage.strike()
    for sentence in chaos.wrong:
        say(f"  wrong: {sentence}")
    if chaos.wrong:
        keep(chaos.stage, folder)
        say(f"chaos: seed {options.seed} FAILED, {len(chaos.wrong)} violations. Logs: {folder}. Again: make chaos SEED={options.seed} T={options.seconds}")
    else:
        say(f"chaos: {line['taps']} taps accounted for once, {line['opened']} doors opened, {line['checkedIn']} checked in at a shelter, lost 0, repeated 0; {line['faults']} faults, seed {options.seed}")
        if options.keep:
            keep(chaos.stage, folder)
            say(f"chaos: kept in {folder}")
    if options.json:
        say(json.dumps(line, sort_keys=True))
    if not chaos.wrong and not options.keep:
        for machine in chaos.stage.machines.values():
            if machine.has_disk:
                subprocess.run(["umount", "-l", machine.state], check=False)
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if chaos.wrong else 0)


if __name__ == "__main__":
    main()
