"""The packages of .build/deb on a fresh Debian: installed, a town started, a first tap, an upgrade, another reader, removed, purged. `make deb-test`."""

import asyncio
import pathlib
import shutil
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "Chaos"))

from card import Card, Slot  # noqa: E402
from machine import Machine, Trouble  # noqa: E402

FIRST_TAP = 300
"""Seconds a script may take from the installation to the first tap that opens a door."""

READERS = ["ACS ACR122U gate-1", "ACS ACR122U gate-2"]
TOWN = """\
town: nagai
title: 長井市
broker: { host: localhost, port: 8883 }
double-tap: { default: 1s }
agents:
  gate-1:
    readers:
      reader-1: { device: "ACS ACR122U gate-1", place: civic-gym, purpose: "door:gym" }
doors:
  gym: { title: 市民体育館, accepts: read, open-for: 5s }
desks: [office]
operators: [it-1]
backups: { to: /mnt/backup/kazasu }
"""
LINE = '      reader-2: { device: "ACS ACR122U gate-2", place: civic-gym, purpose: "door:gym" }\n'

START = time.monotonic()


def say(sentence):
    print(f"{time.monotonic() - START:6.1f} s  {sentence}", flush=True)


class Story:
    def __init__(self, machine, old, new):
        self.machine, self.old, self.new = machine, old, new
        self.card = Card(1)

    def packages(self, folder, *names):
        return [f"/opt/{folder.name}/{next(folder.glob(f'{name}_*.deb')).name}" for name in names]

    def play(self):
        machine = self.machine
        machine.make()
        for folder in (self.old, self.new):
            shutil.copytree(folder, machine.root / "opt" / folder.name, ignore=lambda _, names: [n for n in names if not n.endswith(".deb")])
        town = ["kazasu-common", "kazasu-command", "kazasu-programs", "kazasu-reader", "kazasu-town"]
        machine.fetch(*self.packages(self.old, *town))
        machine.boot()
        before = machine.files()
        self.check(machine.try_run("sh", "-c", "command -v swift")[0] != 0, "there is no Swift toolchain")
        say("a fresh Debian runs, by its own systemd; from here the clock counts")

        since = time.monotonic()
        machine.run("apt-get", "install", "--yes", "--no-install-recommends", *self.packages(self.old, *town))
        say(f"installed: {machine.run('kazasu', '--version')}, {machine.run('du', '-sh', '/usr/lib/kazasu').split()[0]}")
        self.installed()
        self.plug(1)
        machine.run("install", "-d", "-o", "kazasu", "/mnt/backup")
        machine.run("tee", "/etc/kazasu/town.yaml", stdin=TOWN)
        machine.run("systemctl", "start", "kazasu-town")
        self.ready(1)
        machine.run(
            "systemd-run", "--unit", "lock-gym", "--uid", "kazasu", "--working-directory", "/var/lib/kazasu", "/usr/lib/kazasu/kazasu",
            "virtual-lock", "--door", "gym", "--log", "/var/lib/kazasu/gym.jsonl", "--state", "/var/lib/kazasu/gym.lock")
        token = self.card.token(bytes.fromhex(machine.path("/var/lib/kazasu/data/keys/token-1.key").read_text().split()[1]))
        machine.run("kazasu-admin", "group", "open", "members", "gym")
        machine.run("kazasu-admin", "group", "add", "members", "--card", token)
        self.tap("ACS ACR122U gate-1", 0)
        took = time.monotonic() - since
        say(f"the first tap opened the door, {took:.0f} s after the installation began")
        self.check(took < FIRST_TAP, f"{took:.0f} s to the first tap, asked are {FIRST_TAP}")

        self.confined()
        self.looked_after()
        self.upgrade(town)
        self.another_reader()
        parcel, passphrase = self.provision()
        self.remove(town)
        self.other_roles()
        self.purge(before)
        self.gate(parcel, passphrase)
        self.purge(before)

    def check(self, holds, what):
        if not holds:
            raise Trouble(what)

    def installed(self):
        owner = self.machine.run("stat", "-c", "%U %a", "/var/lib/kazasu")
        self.check(owner == "kazasu 700", f"/var/lib/kazasu is {owner}")
        self.check(self.machine.try_run("test", "-e", "/etc/kazasu/town.yaml")[0] != 0, "a town's file came with the packages")
        state = self.machine.run("systemctl", "show", "-p", "ActiveState", "-p", "UnitFileState", "-p", "ConditionResult", "kazasu-town")
        self.check({"ActiveState=inactive", "UnitFileState=enabled", "ConditionResult=no"} == set(state.split()), f"without a town's file: {state}")

    def plug(self, number):
        """A card reader of ours at Debian's own pcscd."""
        self.machine.run("mkdir", "-p", "/opt/reader")
        shutil.copy(ROOT / ".build/deb-test/libifdkazasu.so", self.machine.root / "opt/reader/")
        self.machine.run("tee", f"/etc/reader.conf.d/kazasu-test-{number}", stdin=(
            f'FRIENDLYNAME "{READERS[number - 1]}"\nDEVICENAME /dev/null:/run/slot{number}\nLIBPATH /opt/reader/libifdkazasu.so\nCHANNELID {number}\n'))
        self.machine.run("systemctl", "restart", "pcscd.service")

    def ready(self, starts):
        self.machine.until("the town to be ready", lambda: self.journal("kazasu-town").count("ready: ") >= starts, 90)

    def journal(self, unit):
        return self.machine.run("journalctl", "--no-pager", "-o", "cat", "-u", unit)

    def opened(self):
        log = self.machine.path("/var/lib/kazasu/gym.jsonl")
        return log.read_text().count('"opened"') if log.exists() else 0

    def tap(self, reader, before):
        """Holds the card until the lock has opened once more."""
        slot = Slot(str(self.machine.path(f"/run/slot{READERS.index(reader) + 1}")))

        async def hold():
            end = time.monotonic() + 40
            while self.opened() <= before:
                self.check(time.monotonic() < end, f"no door opened for a card at {reader}: {self.journal('kazasu-town')[-1500:]}")
                try:
                    await slot.insert(self.card)
                except OSError:
                    pass
                await asyncio.sleep(2)
                slot.remove()
                await asyncio.sleep(0.5)

        asyncio.run(hold())

    def confined(self):
        process = self.machine.run("systemctl", "show", "-P", "MainPID", "kazasu-town")
        status = self.machine.run("cat", f"/proc/{process}/status")
        values = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        self.check(values["Seccomp"] == "2" and values["NoNewPrivs"] == "1" and int(values["CapBnd"], 16) == 0, f"not confined: {status}")
        code, verdict = self.machine.try_run("systemd-analyze", "security", "--no-pager", "--threshold=20", "kazasu-town.service")
        say(verdict.splitlines()[-1].strip("→ ") + "; no capability, system calls filtered, as systemd set it")
        self.check(code == 0, "the unit is exposed")
        group = self.machine.run("systemctl", "show", "-P", "ControlGroup", "kazasu-town")
        processes = self.machine.run("cat", f"/sys/fs/cgroup/systemd{group}/cgroup.procs").split()
        owners = set(self.machine.run("stat", "-c", "%U", *(f"/proc/{process}" for process in processes)).split())
        self.check(len(processes) >= 4 and owners == {"kazasu"}, f"{len(processes)} processes, of {owners}")
        self.check("active" == self.machine.run("systemctl", "is-active", "mosquitto"), "Debian's own broker was stopped by ours")

    def looked_after(self):
        status = self.machine.path("/var/lib/kazasu/data/copies/status.json")
        self.machine.until("the first backup", lambda: status.exists() and '"lastGood"' in status.read_text(), 120)
        code, _ = self.machine.try_run("systemctl", "start", "kazasu-doctor")
        page = self.journal("kazasu-doctor")
        title = next((number for number, line in enumerate(page.splitlines()) if line.startswith("長井市")), None)
        self.check(title is not None, f"the doctor wrote no page ({code}): {page}")
        say(f"the first backup is made, by restic under the unit's rules; the doctor in the journal: {page.splitlines()[title + 1]}")

    def upgrade(self, town):
        before, process = self.opened(), self.machine.run("systemctl", "show", "-P", "MainPID", "kazasu-town")
        groups = self.machine.run("kazasu-admin", "group", "list", "--json")
        key = self.machine.run("sha256sum", "/var/lib/kazasu/data/keys/token-1.key", "/etc/kazasu/town.yaml")
        starts = self.journal("kazasu-town").count("ready: ")
        self.machine.run("apt-get", "install", "--yes", "--no-install-recommends", *self.packages(self.new, *town))
        self.ready(starts + 1)
        self.check(process != self.machine.run("systemctl", "show", "-P", "MainPID", "kazasu-town"), "the upgrade did not restart the town")
        self.check(groups == self.machine.run("kazasu-admin", "group", "list", "--json"), "a group is not as it was")
        self.check(key == self.machine.run("sha256sum", "/var/lib/kazasu/data/keys/token-1.key", "/etc/kazasu/town.yaml"), "a key or the town's file was changed")
        self.tap(READERS[0], before)
        version = self.machine.run("dpkg-query", "-W", "-f", "${Version}", "kazasu-town")
        say(f"upgraded to {version}: restarted, keys, groups and the town's file as they were, the door opens")

    def another_reader(self):
        before, starts = self.opened(), self.journal("kazasu-town").count("ready: ")
        self.plug(2)  # somebody's hand
        commands = [
            ["sed", "-i", f"/reader-1:/a \\{LINE.rstrip()}", "/etc/kazasu/town.yaml"],  # somebody's editor
            ["kazasu-admin", "check", "/etc/kazasu/town.yaml"],
            ["systemctl", "restart", "kazasu-town"],
            ["kazasu-admin", "health"],
        ]
        for words in commands[:-1]:
            self.machine.run(*words)
        self.ready(starts + 1)
        health = self.machine.try_run(*commands[-1])[1]
        self.tap(READERS[1], before)
        say(f"another reader: {len(commands)} commands, and its first tap opens the door")
        self.check(len(commands) <= 5 and "gate-1" in health, f"health: {health}")

    def provision(self):
        """What the machine of gate-1 would be given."""
        said = self.machine.run("kazasu-admin", "provision", "agent", "gate-1", "--to", "/var/lib/kazasu/agent-gate-1.age")
        self.machine.run("mv", "/var/lib/kazasu/agent-gate-1.age", "/opt/agent-gate-1.age")
        return "/opt/agent-gate-1.age", said.split("passphrase: ")[1].split()[0]

    def gate(self, parcel, passphrase):
        """The same machine again, as a gate that has readers and nothing else."""
        self.machine.run("apt-get", "install", "--yes", "--no-install-recommends", *self.packages(self.old, "kazasu-common", "kazasu-command", "kazasu-reader"))
        self.plug(1)
        self.check(self.machine.try_run("sh", "-c", "command -v mosquitto")[0] != 0, "a gate has a broker")
        wrong = self.machine.try_run("sh", "-c", f"echo wrong | kazasu-unpack {parcel}")
        self.check(wrong[0] != 0 and not self.machine.path("/var/lib/kazasu/data").exists(), f"a wrong passphrase: {wrong}")
        self.machine.run("sh", "-c", f"echo {passphrase} | kazasu-unpack {parcel}")
        self.machine.run("systemctl", "enable", "--now", "kazasu-reader@gate-1")
        # It has no town to connect to, and goes on trying.
        time.sleep(5)
        state = self.machine.run("systemctl", "show", "-P", "ActiveState", "-P", "NRestarts", "kazasu-reader@gate-1").split()
        self.check(state == ["active", "0"] or state == ["0", "active"], f"the agent is {state}: {self.journal('kazasu-reader@gate-1')[-1500:]}")
        self.machine.run("systemctl", "disable", "--now", "kazasu-reader@gate-1")
        self.machine.run("rm", parcel)
        say("a gate: three packages without a broker, one file, one passphrase, and its agent runs")

    def remove(self, town):
        self.machine.run("systemctl", "stop", "lock-gym")
        self.machine.run("apt-get", "remove", "--yes", *town)
        self.check(self.machine.try_run("find", "/proc", "-maxdepth", "1", "-user", "kazasu")[1] == "", "something of ours runs on")
        self.check(not self.machine.path("/usr/lib/kazasu").exists(), "programs stayed")
        for kept in ("/etc/kazasu/town.yaml", "/var/lib/kazasu/data/keys/token-1.key", "/var/lib/kazasu/data/state/lock-controller-main.sqlite"):
            self.check(self.machine.try_run("test", "-e", kept)[0] == 0, f"{kept} went with the programs")
        say("removed: programs gone, state, keys and the town's file there")

    def other_roles(self):
        """Nothing runs before a bundle has come, and a machine has one role."""
        for role in ("station", "island"):
            names = ["kazasu-common", "kazasu-command", "kazasu-programs", "kazasu-reader", f"kazasu-{role}"]
            self.machine.run("apt-get", "install", "--yes", "--no-install-recommends", *self.packages(self.new, *names))
            state = self.machine.run("systemctl", "show", "-p", "UnitFileState", "-p", "ConditionResult", f"kazasu-{role}").split()
            self.check({"UnitFileState=enabled", "ConditionResult=no"} == set(state), f"kazasu-{role} without a bundle: {state}")
        installed = self.machine.run("dpkg-query", "-W", "-f", "${db:Status-Abbrev} ${Package}\n", "kazasu-*").splitlines()
        roles = {line.split()[1] for line in installed if line.startswith("ii")} & {"kazasu-town", "kazasu-station", "kazasu-island"}
        self.check(roles == {"kazasu-island"}, f"roles: {roles}")
        say("station and island: installed in turn, each alone, and waiting for a bundle")

    def purge(self, before):
        self.machine.run("sh", "-c", "apt-get purge --yes 'kazasu-*'")
        self.machine.run("sh", "-c", "rm -rf /opt/reader /etc/reader.conf.d/kazasu-test-* /mnt/backup")
        self.machine.run("apt-get", "autoremove", "--purge", "--yes")
        left = sorted(self.machine.files() - before)
        ours = [path for path in left if "kazasu" in path]
        self.check(not ours, f"left behind: {ours}")
        users = self.machine.try_run("sh", "-c", "getent passwd kazasu; getent group kazasu; id -nG kazasu 2>/dev/null")[1]
        self.check(users == "", f"left behind: {users}")
        say(f"purged: nothing of ours is left; of Debian's own packages: {', '.join(left) or 'nothing either'}")


def main():
    old, new = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    machine = Machine(ROOT / ".build" / "deb-test")
    try:
        Story(machine, old, new).play()
    except Trouble as trouble:
        sys.exit(f"deb-test: {trouble}\n{machine.last_words()}")
    finally:
        machine.end()


if __name__ == "__main__":
    main()
