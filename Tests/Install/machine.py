"""A Debian of its own: a fresh root of bookworm, booted by its own systemd, in namespaces that end with it. Needs root, mmdebstrap and unshare."""

import os
import pathlib
import shutil
import subprocess
import time

BOOT = r"""
set -e
mount --make-rprivate /
mount --bind "$0" "$0"
cd "$0"
mount -t proc proc proc
# What systemd would set here it would set for the machine this is tried on.
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t tmpfs tmpfs sys/fs/cgroup
mkdir sys/fs/cgroup/systemd
mount -t cgroup -o none,name=systemd none sys/fs/cgroup/systemd
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
mount -t tmpfs tmpfs dev
for device in null zero full random urandom tty; do touch dev/$device; mount --bind /dev/$device dev/$device; done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
touch dev/console
# In a chroot the kernel gives no user namespace, which PrivateUsers= asks for.
mkdir run/before
pivot_root . run/before
exec chroot . sh -c 'umount -l /run/before
exec env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --log-target=journal </dev/null >/dev/null 2>&1'
"""
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Trouble(Exception):
    """Something is not as it must be."""


class Machine:
    def __init__(self, folder):
        self.root = folder / "root"
        self._base = folder / "bookworm.tar"
        self._unshare = None
        self._init = None

    def make(self):
        """A fresh root. What was fetched from the mirror is kept: remove the file to have it fetched anew."""
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(parents=True)
        if not self._base.exists():
            part = self._base.with_suffix(".part.tar")
            subprocess.run(
                ["mmdebstrap", "--quiet", "--variant=minbase", "--include=systemd,systemd-sysv,dbus", "bookworm", part, "http://deb.debian.org/debian"],
                check=True)
            part.rename(self._base)
        subprocess.run(["tar", "-C", self.root, "-xf", self._base], check=True)
        (self.root / "etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
        shutil.copy("/etc/resolv.conf", self.root / "etc/resolv.conf")

    def fetch(self, *packages):
        """Has apt fetch what the packages need, before the machine is cut off."""
        for words in (["update"], ["install", "--yes", "--no-install-recommends", "--download-only", *packages]):
            self._checked(["chroot", self.root, "env", "-i", PATH, "apt-get", "-qq", *words])

    def boot(self):
        """With a network of its own, in which there is nobody else."""
        self._unshare = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--uts", "--ipc", "--cgroup", "--net", "sh", "-c", BOOT, self.root],
            stdin=subprocess.DEVNULL)
        children = pathlib.Path(f"/proc/{self._unshare.pid}/task/{self._unshare.pid}/children")
        self.until("systemd", lambda: "systemd" in self._command(children.read_text().strip()), 20)
        self._init = children.read_text().strip()
        self.until("the machine's start", lambda: self.try_run("systemctl", "is-system-running")[1] in ("running", "degraded"), 60)

    def _command(self, process):
        try:
            return pathlib.Path(f"/proc/{process}/comm").read_text()
        except OSError:
            return ""

    def path(self, inside):
        """Where a file of the running machine is for us, its own /run too."""
        return pathlib.Path(f"/proc/{self._init}/root{inside}")

    def try_run(self, *words, stdin=None):
        """Runs a command as root of the machine: its exit code, and what it wrote."""
        inside = ["nsenter", "-t", self._init, "--mount", "--pid", "--uts", "--ipc", "--net"]
        done = subprocess.run(
            [*inside, "env", "-i", "-C", "/", PATH, "DEBIAN_FRONTEND=noninteractive", "LANG=C.UTF-8", *map(str, words)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **({"input": stdin} if stdin else {"stdin": subprocess.DEVNULL}))
        return done.returncode, done.stdout.strip()

    def run(self, *words, stdin=None):
        code, output = self.try_run(*words, stdin=stdin)
        if code != 0:
            raise Trouble(f"{' '.join(map(str, words))} ended with {code}: {output[-2000:]}")
        return output

    def _checked(self, words):
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise Trouble(f"{' '.join(map(str, words))}: {done.stdout[-2000:]}")

    def until(self, what, condition, seconds):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise Trouble(f"waited {seconds} s in vain for {what}")
            time.sleep(0.1)

    def files(self):
        """Every path of the root, but for what apt and dpkg keep for themselves, and logs."""
        own = ("/var/lib/dpkg", "/var/lib/apt", "/var/cache", "/var/log", "/opt")
        found = set()
        for folder, folders, names in os.walk(self.root):
            inside = "/" + os.path.relpath(folder, self.root).removeprefix(".") + "/"
            inside = inside.replace("//", "/")
            folders[:] = [name for name in folders if not (inside + name).startswith(own)]
            found |= {inside + name for name in folders + names}
        return found

    def last_words(self):
        return self.try_run("journalctl", "--no-pager", "-o", "short-monotonic", "-n", "30")[1] if self._init else ""

    def end(self):
        """With its first process all others die, and with the last of them its mounts."""
        if self._unshare:
            self._unshare.kill()
            self._unshare.wait()
        shutil.rmtree(self.root, ignore_errors=True)

