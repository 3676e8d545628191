#!/usr/bin/python3
"""A lock that obeys Kazasu's grants, written from Docs/locks.md alone with stock libraries (paho-mqtt, PyJWT, cryptography).

It stands for a maker's own firmware: one loop, one connection at a time, everything that matters on the disk before the bolt moves.
"""

import argparse
import json
import os
import random
import signal
import ssl
import sys
import time

import paho.mqtt.client as mqtt

from alone import Alone
from grant import judge, read_key
from lease import read_door_keys
from memory import Memory
from report import admission, compact, condition, life, outcome, rfc3339
from sensors import Sensors

VERSION = "python-lock 1"
FIRST_REPEAT, LAST_REPEAT = 2.0, 60.0
FIRST_RETRY, LAST_RETRY = 1.0, 5.0


class Lock:
    """One door: judges grants, moves the bolt, tells the town."""

    def __init__(self, options):
        self.options = options
        self.keys = dict(read_key(path) for path in options.grant_key)
        self.memory = Memory(options.state)
        self.log_file = os.open(options.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self.stopping = False
        self.client = None
        self.online = False
        self.retry = FIRST_RETRY
        self.next_life = 0.0
        self.repeats = {id: (0.0, FIRST_REPEAT) for id in self.memory.reports}
        self.counters = {"opened": 0, "refused": 0}
        town, door = options.town, options.door
        self.grants = f"{town}/lock-controller/grant/{door}/unlock"
        self.replies = [f"{town}/lock-controller/reply/lock-{door}/{word}" for word in ("outcome", "condition", "admission")]
        self.reports = f"{town}/lock/report/{door}"
        self.sensors = Sensors(options.sensors) if options.sensors else None
        self.alone = Alone(options.state, town=town, door=door, keys=self.keys, door_keys=read_door_keys(options.door_key)) if options.door_key else None
        self.leases = {f"{town}/lock-controller/lease/{door}/{part}": part for part in ("cards", "changes")}
        self.lives = f"{town}/lock/health/{door}/life"

    def run(self):
        """Until SIGTERM: connects, serves, and connects again."""
        while not self.stopping:
            if self._connect():
                self._serve()
            self.online = False
            if not self.stopping:
                self._wait(self.retry * random.uniform(0.5, 1.0))
                self.retry = min(self.retry * 2, LAST_RETRY)
        os.close(self.log_file)

    # The connection

    def _connect(self):
        """A new client for each connection, so that nothing of an old one is sent or obeyed."""
        options = self.options
        self.client = mqtt.Client(f"lock-{options.door}", clean_session=True, protocol=mqtt.MQTTv311)
        self.client.on_connect, self.client.on_message = self._connected, self._received
        if not options.plain:
            self.client.tls_set(options.ca, options.cert, options.key, tls_version=ssl.PROTOCOL_TLS_CLIENT)
        self.client.will_set(self.lives, life("lost", now_ms()), qos=1, retain=True)
        try:
            self.client.connect(options.host, options.port, keepalive=15)
            return True
        except (OSError, ValueError) as error:
            say(f"the broker {options.host}:{options.port} does not answer ({error}); trying again.")
            return False

    def _connected(self, client, _userdata, _flags, code):
        if code != 0:
            return say(f"the broker refused the connection ({mqtt.connack_string(code)}). Check certificate and user name.")
        own = self.leases if self.alone else []
        client.subscribe([(topic, 1) for topic in [self.grants, *self.replies, *own]])
        self.online, self.retry, self.next_life = True, FIRST_RETRY, 0.0
        self.repeats = {id: (0.0, FIRST_REPEAT) for id in self._unanswered()}

    def _unanswered(self):
        """Everything to be said until it is answered, by id."""
        return {**self.memory.reports, **(self.alone.reports if self.alone else {})}

    def _serve(self):
        try:
            while not self.stopping and self.client.loop(timeout=0.2) == mqtt.MQTT_ERR_SUCCESS:
                self._sense()
                self._look_at_cards()
                if self.online:
                    self._speak(time.monotonic())
            if self.stopping and self.online:
                self._take_leave()
        except (ssl.SSLError, ConnectionError, TimeoutError) as error:
            # paho hands on what TLS says of a broken line. Any other OSError is the disk's, and ends the lock.
            say(f"the connection broke ({error}); connecting again.")

    def _take_leave(self):
        """A last life that says `stopped`, then DISCONNECT, so that the broker keeps the last will to itself."""
        last = self.client.publish(self.lives, life("stopped", now_ms(), version=VERSION), qos=1, retain=True)
        deadline = time.monotonic() + 2
        while not last.is_published() and time.monotonic() < deadline and self.client.loop(timeout=0.1) == mqtt.MQTT_ERR_SUCCESS:
            pass
        self.client.disconnect()

    def _wait(self, seconds):
        deadline = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < deadline:
            self._sense()
            self._look_at_cards()
            time.sleep(0.05)

    # What is said

    def _speak(self, now):
        if now >= self.next_life:
            self.next_life = now + self.options.life_seconds
            counters = {**self.counters, **(self.alone.counters() if self.alone else {})}
            self.client.publish(self.lives, life("ready", now_ms(), version=VERSION, counters=counters), qos=1, retain=True)
        unanswered = self._unanswered()
        for id, (due, wait) in list(self.repeats.items()):
            if now >= due:
                text = unanswered[id]
                word = json.loads(text)["type"].split(".")[2]
                self.client.publish(f"{self.reports}/{word}", text.encode(), qos=1)
                self.repeats[id] = (now + wait, min(wait * 2, LAST_REPEAT))

    def _sense(self):
        for found in self.sensors.read() if self.sensors else []:
            self._keep(*condition(self.options.town, self.options.door, now_ms(), **found))

    def _report(self, result, **details):
        self._keep(*outcome(self.options.town, self.options.door, now_ms(), result=result, **details))

    def _keep(self, id, text):
        self.memory.keep(id, text)
        self._will_say(id)

    def _will_say(self, id):
        unanswered = self._unanswered()
        self.repeats = {id: plan for id, plan in self.repeats.items() if id in unanswered}
        self.repeats[id] = (0.0, FIRST_REPEAT)

    # The lock's own reader

    def _look_at_cards(self):
        """Cards on standard input: scheme, identifier in hexadecimal, `read` where it has proved nothing."""
        while self.alone and not self.stopping and (card := self.alone.next_card()):
            refusal, seconds, hash = self.alone.decide(*card, now=now_ms() // 1000)
            cards, changes = self.alone.counts()
            id, text = admission(self.options.town, self.options.door, now_ms(), card=hash, refusal=refusal, lease=cards, changes=changes)
            self.alone.keep(id, text, opened=refusal is None)
            self._log("refused" if refusal else "opened", None, None, refusal, seconds)
            self.counters["refused" if refusal else "opened"] += 1
            self._will_say(id)

    # What is heard

    def _received(self, _client, _userdata, message):
        if message.topic == self.grants:
            self._obey(message)
        elif message.topic in self.replies and not message.retain:
            self._hear_reply(message.payload)
        elif message.topic in self.leases and self.alone.take(message.payload, self.leases[message.topic]):
            self.next_life = 0.0

    def _hear_reply(self, payload):
        """Any reply ends the repeating; one that says no is told to the technician."""
        try:
            reply = json.loads(payload)
            cause, data = reply["cause"], reply["data"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return
        if isinstance(cause, str) and (self.memory.answered(cause) or self.alone and self.alone.answered(cause)):
            self.repeats.pop(cause, None)
            if isinstance(data, dict) and data.get("accepted") is False:
                say(f"the report {cause} was refused: {data.get('text') or data.get('refusal')}")

    def _obey(self, message):
        """The order of Docs/locks.md: judge, remember on the disk, move, report."""
        found = judge(
            message.payload, retained=message.retain, town=self.options.town, door=self.options.door, keys=self.keys,
            now=now_ms() // 1000, highest=self.memory.highest, obeyed=self.memory.obeyed)
        if found.refusal:
            return self._refuse(found.refusal, found.grant, found.count, found.value)
        self.memory.obey(found.grant, found.count)
        if self.options.bolt == "jammed":
            return self._refuse("jammed", found.grant, found.count, None)
        self._log("opened", found.grant, found.count, None, found.seconds)
        self.counters["opened"] += 1
        self._report("opened", grant=found.grant)
        if self.options.bolt == "unused":
            self._report("stayed-shut", grant=found.grant)

    def _refuse(self, refusal, grant, count, value):
        self._log("refused", grant, count, refusal)
        self.counters["refused"] += 1
        self._report("refused", grant=grant, refusal=refusal, value=value)

    def _log(self, what, jti, count, refusal, seconds=None):
        """One line of what happened, on the disk before anything else goes on: for this lock the line *is* the bolt."""
        line = {"at": rfc3339(now_ms()), "what": what, "jti": jti, "cnt": count, "refusal": refusal, "seconds": seconds}
        os.write(self.log_file, (compact({name: word for name, word in line.items() if word is not None}) + "\n").encode())
        os.fsync(self.log_file)


def now_ms():
    """The lock's clock, milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def say(sentence):
    """One line for the technician, without anything from the bus that could name a person."""
    print(f"lock: {sentence}", file=sys.stderr, flush=True)


def read_options():
    """The command line; certificates are needed unless a test asks for a plain connection."""
    parser = argparse.ArgumentParser(prog="lock.py", description="A lock that obeys a Kazasu town's grants.")
    parser.add_argument("--town", required=True)
    parser.add_argument("--door", required=True)
    parser.add_argument("--host", required=True, help="the name in the broker's certificate")
    parser.add_argument("--port", type=int, default=8883)
    parser.add_argument("--ca", metavar="PEM", help="the town's CA certificate")
    parser.add_argument("--cert", metavar="PEM", help="this lock's certificate, CN lock-DOOR")
    parser.add_argument("--key", metavar="PEM", help="its private key")
    parser.add_argument("--grant-key", metavar="PEM", action="append", required=True, help="the town's public grant key; twice while keys change")
    parser.add_argument("--door-key", metavar="FILE", help="this door's key: the lock has a reader of its own and decides by its lease")
    parser.add_argument("--state", metavar="FILE", required=True)
    parser.add_argument("--log", metavar="FILE", required=True, help="JSON Lines of what the bolt did")
    parser.add_argument("--sensors", metavar="PIPE", help="a named pipe to play the sensors by: lines of open, closed, exit, 45%% …")
    parser.add_argument("--life-seconds", type=float, default=10)
    parser.add_argument("--bolt", choices=["moves", "jammed", "unused"], default="moves", help="what becomes of a good grant")
    parser.add_argument("--plain", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not options.plain and not (options.ca and options.cert and options.key):
        parser.error("--ca, --cert and --key are needed: a lock speaks TLS with its own certificate.")
    for path in filter(None, (options.ca, options.cert, options.key)):
        if not os.access(path, os.R_OK):
            parser.error(f"{path} cannot be read. Is the path right, and may this user read it?")
    return options


def main():
    options = read_options()
    try:
        lock = Lock(options)
    except OSError as error:
        raise SystemExit(f"lock: {error.filename} cannot be written ({error.strerror}). Choose a folder this user may write to.")

    def stop(_number, _frame):
        lock.stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        lock.run()
    except OSError as error:
        raise SystemExit(f"lock: the disk does not keep what must be kept ({error}). The door stays shut; make room and start again.")


if __name__ == "__main__":
    main()
