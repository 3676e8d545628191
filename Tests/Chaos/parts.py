"""What a town is made of, each a real process or a real disk that can be broken."""

import os
import signal
import socket
import subprocess
import time

from card import Slot

DISK = 16
"""MiB of each machine's disk, where one may be mounted."""


class Trouble(Exception):
    """The town could not even be raised, or the test itself does not work."""


def say(sentence):
    print(sentence, flush=True)


class Process:
    """A program that is started again whenever it ends. `state`: running, stopped (SIGSTOP), down (killed by us) or ended (by itself)."""

    def __init__(self, name, argv, folder, env=None):
        self.name, self.argv = name, [str(word) for word in argv]
        self.env = dict(os.environ, **(env or {}))
        self.log = folder / f"{name}.log"
        self.state = "down"
        self.starts = 0
        self.deaths = []
        """Ends by itself: (seconds since 1970, code as Popen says it)."""
        self.again_at = 0.0
        self._popen = None

    def start(self):
        with open(self.log, "ab") as log:
            log.write(f"--- start {self.starts + 1} at {time.time():.3f}\n".encode())
            log.flush()
            self._popen = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.env)
        self.state = "running"
        self.starts += 1

    @property
    def has_ended(self):
        return self._popen.poll() is not None

    def look(self):
        """Starts it again when it has ended by itself."""
        if self.state in ("running", "stopped") and self.has_ended:
            self.state = "ended"
            self.deaths.append((time.time(), self._popen.returncode))
            self.again_at = time.monotonic() + 0.5
            say(f"        {self.name} ended by itself, code {self._popen.returncode}: {self.last_words()}")
        if self.state == "ended" and time.monotonic() >= self.again_at:
            self.start()

    def kill(self):
        self.state = "down"
        if self._popen and not self.has_ended:
            self._popen.kill()
            self._popen.wait()

    def signal(self, number, state):
        if self._popen and not self.has_ended:
            self._popen.send_signal(number)
            self.state = state

    def stop(self):
        self.signal(signal.SIGSTOP, "stopped")

    def go_on(self):
        self.signal(signal.SIGCONT, "running")

    def end(self, seconds):
        """SIGTERM; the exit code, or None when it had to be killed."""
        self.signal(signal.SIGTERM, "down")
        try:
            return self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def last_words(self):
        lines = self.log.read_text(errors="replace").splitlines()
        return next((line for line in reversed(lines) if not line.startswith("---")), "nothing said")


class Reader:
    """A private pcscd with one virtual reader, on a socket of its own."""

    def __init__(self, agent, folder, programs):
        self.folder = folder / f"pcscd-{agent}"
        (self.folder / "reader.conf.d").mkdir(parents=True)
        self.socket = self.folder / "pcscd.comm"
        self.slot = Slot(str(self.folder / "slot0"))
        (self.folder / "reader.conf.d" / "reader00").write_text(
            f'FRIENDLYNAME "ACS ACR122U {agent}"\nDEVICENAME /dev/null:{self.folder}/slot0\nLIBPATH {programs}/libifdkazasu.so\nCHANNELID 0\n')
        self._popen = None

    def start(self):
        """pcscd has no option for its socket, but takes one as systemd hands it over: LISTEN_PID must be its own id, which the shell keeps over exec."""
        self.socket.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listener, open(self.folder / "log", "ab") as log:
            listener.bind(str(self.socket))
            listener.listen(16)
            script = 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" --foreground --info --config "$1" 3<&0 0</dev/null'
            self._popen = subprocess.Popen(
                ["/bin/sh", "-c", script, "/usr/sbin/pcscd", self.folder / "reader.conf.d"], stdin=listener, stdout=log, stderr=log)

    def kill(self):
        if self._popen:
            self._popen.kill()
            self._popen.wait()


class Machine:
    """Where one service lives: the town's keys, and a disk of its own that can fill up, where the system lets us mount one."""

    def __init__(self, name, folder, data, may_mount):
        self.data = folder / "machines" / name
        self.state = self.data / "state"
        self.state.mkdir(parents=True)
        for shared in ("ca", "certificates", "keys"):
            (self.data / shared).symlink_to(data / shared)
        self.has_disk = may_mount and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK}m,mode=700", "none", self.state], stderr=subprocess.DEVNULL).returncode == 0
        self.full_until = 0.0
        """Seconds since 1970; until a little later a program may say that it cannot start."""

    def fill(self):
        with open(self.state / "ballast", "wb", buffering=0) as ballast:
            # Down to single bytes: a database needs little to go on.
            for size in (65536, 4096, 1):
                try:
                    while True:
                        ballast.write(b"\0" * size)
                except OSError:
                    pass
        self.full_until = float("inf")

    def free(self):
        (self.state / "ballast").unlink(missing_ok=True)
        self.full_until = time.time()
