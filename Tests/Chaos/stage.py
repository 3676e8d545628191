"""The town that is to be broken: every program the real one, each on a machine of its own with its own wire to the broker."""

import asyncio
import json
import os
import pathlib
import shutil
import socket
import subprocess
import time

from card import Gate
from link import Link
from parts import Machine, Process, Reader, Trouble

ROOT = pathlib.Path(__file__).resolve().parents[2]
PYTHON = "/usr/bin/python3"
TOWN = "nagai"
GATES = {"gate-1": "gym", "gate-2": "gym", "gate-3": "hall", "gate-4": "hall"}
"""Which agent stands at which door. The gym's lock is the one in Swift, the hall's the one in Python."""
SHELTER = "s01"
SHELTER_GATES = ["gate-5", "gate-6"]
"""Agents at its entrances."""


class Stage:
    """Raises the town, keeps it running, and strikes it."""

    def __init__(self, folder, programs, may_mount):
        self.folder, self.programs, self.may_mount = folder, programs, may_mount
        self.data = folder / "data"
        self.made = folder / "made.jsonl"
        self.made.touch()
        self.port = _free_port()
        self.processes, self.links, self.machines, self.readers = {}, {}, {}, {}
        self.gates = []
        self.witness = None

    def prepare(self):
        """The town's file, then its certificates and keys, as its own command makes them."""
        signals = self.folder / "signals"
        signals.mkdir()
        purposes = {agent: f"door:{door}" for agent, door in GATES.items()} | {agent: f"shelter:{SHELTER}" for agent in SHELTER_GATES}
        for agent in purposes:
            (signals / agent).write_text(f'#!/bin/sh\necho "$1" >>{signals}/{agent}.log\n')
            (signals / agent).chmod(0o700)
        agents = "\n".join(
            f'  {agent}: {{ sound: {signals}/{agent}, readers: {{ entrance: {{ device: "ACS ACR122U {agent}", place: town, purpose: "{purpose}" }} }} }}'
            for agent, purpose in purposes.items())
        # A card held again within ten minutes is the same tap, so whoever heard no beep may always hold it once more.
        (self.folder / "town.yaml").write_text(
            f"town: {TOWN}\ntitle: chaos\nbroker: {{ host: localhost, port: {self.port} }}\ndouble-tap: {{ default: 10m }}\n"
            f"agents:\n{agents}\ndoors:\n  gym: {{ title: gym, accepts: read, open-for: 5s }}\n  hall: {{ title: hall, accepts: read, open-for: 5s }}\n"
            "desks: [office]\nshelter-desks: [headquarters]\noperators: [witness]\n")
        up = Process("prepare", [self.programs / "kazasu", "up", self.folder / "town.yaml", "--data", self.data, "--no-agents"], self.folder)
        up.start()
        _wait("the town's keys", lambda: "ready:" in up.log.read_text() or up.has_ended, 60)
        if up.end(20) != 0:
            raise Trouble(f"kazasu up did not prepare the town: {up.last_words()}")
        self.wipe_memory()

    def wipe_memory(self):
        for file in (self.data / "broker" / "memory").iterdir():
            file.unlink()

    def key(self):
        """The 32 bytes of the token key."""
        return bytes.fromhex((self.data / "keys" / "token-1.key").read_text().split()[1])

    async def raise_town(self):
        broker = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
        if not broker:
            raise Trouble("mosquitto is not installed: make setup")
        self._add("broker", [broker, "-c", self.data / "broker" / "mosquitto.conf"]).start()
        await self.until("the broker's port", self._broker_answers, 20)
        await self._add_service("lock-controller-main", "lock-controller", [])
        await self._add_service("shelter-registry-main", "shelter-registry", [])
        for agent in [*GATES, *SHELTER_GATES]:
            self.readers[agent] = Reader(agent, self.folder, self.programs)
            self.readers[agent].start()
            env = {"PCSCLITE_CSOCK_NAME": str(self.readers[agent].socket)}
            process = await self._add_service(f"agent-{agent}", "reader-agent", ["--agent", agent], env)
            self.gates.append(Gate(agent, GATES.get(agent), self.readers[agent].slot, self.folder / "signals" / f"{agent}.log", process))
        for door in ("gym", "hall"):
            await self._add_lock(door)
        # Life is said every ten seconds, and an agent's clock is known by it: the controller must hear the first.
        for name, process in self.processes.items():
            if process.state == "down" and not name.startswith("agent-"):
                process.start()
        self._start_witness()
        await self.until("the witness to watch", (self.folder / "witness.json").exists, 30)
        for process in self.processes.values():
            if process.state == "down":
                process.start()

    def _add(self, name, argv, env=None):
        self.processes[name] = Process(name, argv, self.folder, env)
        return self.processes[name]

    async def _add_link(self, name):
        self.links[name] = Link(name, self.port)
        await self.links[name].start()
        return self.links[name].port

    async def _add_service(self, name, program, words, env=None):
        machine = self.machines[name] = Machine(name, self.folder, self.data, self.may_mount)
        port = await self._add_link(name)
        return self._add(
            name, [self.programs / program, "--town", self.folder / "town.yaml", "--data", machine.data, "--port", port, *words], env)

    async def _add_lock(self, door):
        port = await self._add_link(f"lock-{door}")
        files = ["--door", door, "--log", self.folder / f"{door}.jsonl", "--state", self.folder / f"{door}.lock", "--port", port]
        if door == "gym":
            argv = [self.programs / "kazasu", "virtual-lock", "--town", self.folder / "town.yaml", "--data", self.data, *files]
        else:
            argv = [PYTHON, ROOT / "Devices/python_lock/lock.py", "--town", TOWN, "--host", "localhost", *self._tls(f"lock-{door}"),
                    "--grant-key", self.data / "keys/grant.pub", *files]
        self._add(f"lock-{door}", argv)

    def _tls(self, user):
        pair = self.data / "certificates" / user
        return ["--ca", self.data / "ca/authority.pem", "--cert", f"{pair}.pem", "--key", f"{pair}.key"]

    def _start_witness(self):
        # The witness has no wire of ours: what it says must not rest on what is broken here.
        self.witness = subprocess.Popen(
            [PYTHON, ROOT / "Devices/observer/observer.py", "--town", TOWN, "--name", "witness", "--host", "localhost", "--port", str(self.port),
             *map(str, self._tls("operator-witness")), "--made", str(self.made), "--snapshot", str(self.folder / "witness.json"),
             "--until-settled", "90", "--lock-log", f"gym={self.folder}/gym.jsonl", f"hall={self.folder}/hall.jsonl"],
            stdout=subprocess.PIPE, stderr=open(self.folder / "witness.log", "ab"))

    async def admit(self, cards):
        """Gives cards the right to both doors, as a clerk does."""
        for door in ("gym", "hall"):
            await self._clerk("group", "open", "members", door)
        for start in range(0, len(cards), 400):
            words = [word for card in cards[start:start + 400] for word in ("--card", card.token(self.key()))]
            await self._clerk("group", "add", "members", *words)

    async def open_shelter(self):
        """As its staff does."""
        await self._clerk("shelter", "add", SHELTER, "第一中学校")
        await self._clerk("shelter", "open", SHELTER)

    async def _clerk(self, *words):
        command = await asyncio.create_subprocess_exec(
            self.programs / "kazasu", *words, "--town", self.folder / "town.yaml", "--data", self.data,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
        output, _ = await command.communicate()
        if command.returncode != 0:
            raise Trouble(f"kazasu {words[0]} {words[1]} failed: {output.decode().strip()}")

    def add_made(self, agent):
        """One tap, for the witness."""
        with open(self.made, "a", encoding="utf-8") as file:
            file.write(json.dumps({"at": time.time(), "expect": "tap", "reader": f"{agent}/entrance"}) + "\n")

    def look(self):
        for process in self.processes.values():
            process.look()
        if self.witness and self.witness.poll() is not None:
            raise Trouble(f"the witness ended: {(self.folder / 'witness.log').read_text().strip().splitlines()[-1:]}")

    async def until(self, what, condition, seconds):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise Trouble(f"waited {seconds} s in vain for {what}")
            await asyncio.sleep(0.05)

    def _broker_answers(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def strike(self):
        """Ends everything, whatever has been started."""
        for process in self.processes.values():
            process.kill()
        for reader in self.readers.values():
            reader.kill()
        if self.witness:
            self.witness.kill()


def _wait(what, condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise Trouble(f"waited {seconds} s in vain for {what}")
        time.sleep(0.05)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
