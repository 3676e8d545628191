"""A town of two doors with the real programs, and the device that stands at one of them."""
import os
import re
import socket
import ssl
import subprocess
import threading

import paho.mqtt.client as mqtt

TOWN = """\
town: nagai
broker: {{ port: {port}, device-port: {device_port} }}
agents: {{ gate-1: {{ readers: {{ r: {{ device: None, place: gym, purpose: "door:gym" }} }} }} }}
doors:
  gym: {{ title: 市民体育館, driver: {{ kind: home-assistant, device: shop/gym }}, home-assistant: operate }}
  hall: {{ driver: {{ kind: home-assistant, device: shop/hall }}, home-assistant: show }}
desks: [office]
operators: [it-1]
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Town:
    def __init__(self, folder, programs):
        self.data = f"{folder}/data"
        self.port, self.device_port = free_port(), free_port()
        with open(f"{folder}/town.yaml", "w") as file:
            file.write(TOWN.format(port=self.port, device_port=self.device_port))
        self.lines = []
        self.process = subprocess.Popen(
            [f"{programs}/kazasu", "up", f"{folder}/town.yaml", "--no-agents"], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        self.ready = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()
        assert self.ready.wait(60), self.lines

    def _read(self):
        for line in self.process.stderr:
            self.lines.append(line.rstrip())
            if re.search(r"ready: \d+ process", line):
                self.ready.set()

    def password(self, user):
        return open(f"{self.data}/devices/{user}.password").read().strip()

    @property
    def authority(self):
        return f"{self.data}/ca/authority.pem"

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


class Device:
    """A lock made for Home Assistant, as lock.mqtt describes one; `obeys` says whether its bolt follows."""

    def __init__(self, town, door):
        self.base = f"shop/{door}"
        self.heard = []
        self.obeys = True
        self.client = mqtt.Client(client_id=f"device-{door}")
        self.client.username_pw_set(f"device-{door}", town.password(f"device-{door}"))
        self.client.tls_set(ca_certs=town.authority, cert_reqs=ssl.CERT_REQUIRED)
        self.client.will_set(f"{self.base}/availability", "offline", 1, True)
        self.client.on_connect = self._connected
        self.client.on_message = self._told
        self.client.connect("localhost", town.device_port, 5)
        self.client.loop_start()

    def _connected(self, client, *_):
        client.subscribe(f"{self.base}/set")
        client.publish(f"{self.base}/availability", "online", 1, True)
        self.say("LOCKED")

    def _told(self, client, _, message):
        word = message.payload.decode()
        self.heard.append((word, message.retain))
        if self.obeys:
            self.say({"UNLOCK": "UNLOCKED", "LOCK": "LOCKED"}[word])

    def say(self, state):
        self.client.publish(f"{self.base}/state", state, 1, True)

    def leave(self):
        self.client.publish(f"{self.base}/availability", "offline", 1, True).wait_for_publish(5)
        self.client.disconnect()
        self.client.loop_stop()
