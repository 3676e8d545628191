"""A small town for tests: a real mosquitto on a free loopback port, files of its own, and a client that hears everything."""

import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

import paho.mqtt.client as mqtt

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEADLINE = 20.0
"""Seconds a test waits for what must happen. Nothing waits for luck: each wait ends as soon as it is true."""


def wait_for(what, condition, deadline=DEADLINE):
    """The condition's first true value; a sentence naming `what` if the deadline passes."""
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not happen within {deadline:.0f} s")
        time.sleep(0.01)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Broker:
    """mosquitto without a memory on disk: killed and started again it knows nothing, which is the worst broker there is."""

    def __init__(self, folder, extra=""):
        self.port = free_port()
        self.conf = pathlib.Path(folder) / "mosquitto.conf"
        user = "user root\n" if os.getuid() == 0 else ""
        self.conf.write_text(f"{user}persistence false\nset_tcp_nodelay true\nlistener {self.port} 127.0.0.1\n{extra or 'allow_anonymous true'}\n")
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(["mosquitto", "-c", self.conf], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for("the broker's port", self._answers)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def _answers(self):
        if self.process.poll() is not None:
            raise AssertionError("mosquitto ended at its start; is it installed?")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class Client:
    """A client with its own thread that keeps every message it gets: (topic, payload, retained)."""

    def __init__(self, port, name, *filters, tls=None):
        self.heard = []
        self.subscribed = threading.Event()
        self.client = mqtt.Client(name, clean_session=True)
        if tls:
            self.client.tls_set(*tls, tls_version=ssl.PROTOCOL_TLS_CLIENT)
        self.client.on_message = lambda _c, _u, m: self.heard.append((m.topic, m.payload, m.retain))
        self.client.on_connect = lambda c, *_: c.subscribe([(f, 1) for f in filters]) if filters else self.subscribed.set()
        self.client.on_subscribe = lambda *_: self.subscribed.set()
        self.client.reconnect_delay_set(1, 1)
        self.client.connect("localhost" if tls else "127.0.0.1", port)
        self.client.loop_start()
        assert self.subscribed.wait(DEADLINE), "the test's own client could not subscribe"

    def publish(self, topic, payload, retain=False):
        self.client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(DEADLINE)

    def on(self, topic):
        """What came on one topic, in order."""
        return [payload for where, payload, _ in list(self.heard) if where == topic]

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


class Process:
    """One of the programs under test."""

    def __init__(self, script, *arguments):
        self.log = tempfile.NamedTemporaryFile(prefix="kazasu-said-")
        command = [sys.executable, str(ROOT / "Devices" / script), *map(str, arguments)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log)

    def kill(self):
        """SIGKILL; nothing if it has ended."""
        if self.process.returncode is None:
            self.process.kill()
            self.process.communicate()

    def stop(self, deadline=DEADLINE):
        """SIGTERM, then the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait(deadline)

    def wait(self, deadline=DEADLINE):
        """The exit code; `said` has what it printed."""
        self.said = self.process.communicate(timeout=deadline)[0].decode()
        return self.process.returncode

    def complaints(self):
        self.log.seek(0)
        return self.log.read().decode()
