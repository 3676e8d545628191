#!/usr/bin/python3
"""An independent witness: reads the bus and the locks' logs, and says whether every tap is accounted for once.

Stock libraries alone (paho-mqtt), and none of the services' own counters. It asks the journals for what it missed, so a broker that is killed with its
memory wiped costs it nothing but time. The last line on stdout is the account; exit code 0 only if the promise was kept.
"""

import argparse
import json
import os
import random
import re
import signal
import ssl
import sys
import time

import paho.mqtt.client as mqtt

from accounts import Accounts, promise_kept, read_made, read_openings, sentences
from journal import EPOCH, Asks, Streams, read_batch, read_heads

STREAMS = {"reader-agent": ["tap", "card-refused"], "lock-controller": ["door-decision", "door-outcome"]}
QUIET = 1.5
"""Seconds without news after which heads, published on change at most once a second, have caught up."""
LARGEST = 256 * 1024


class Observer:
    def __init__(self, options):
        self.options = options
        self.me = f"operator--{options.name}"
        self.streams, self.asks, self.accounts = Streams(), Asks(), Accounts()
        self.places = {}
        """(topic, epoch, number) → id, to see one number used for two events."""
        self.conflicts = 0
        self.unreadable = 0
        self.connections = 0
        self.is_away = False
        self.online = False
        self.news = time.monotonic()
        self.heard_heads = set()
        self.finish_at = None
        self.judged = 0.0
        self.over = False
        self.terms = 0
        self.wants_snapshot = False
        self.client = None

    # Life

    def run(self):
        """Until it is settled after SIGTERM or the finish file, or the time for that is over. Returns the exit code."""
        wait = 0.2
        while not self._is_over():
            if self._connect():
                try:
                    self._listen()
                except ssl.SSLError:
                    # paho-mqtt hands on what TLS says when the broker dies in the middle of a write.
                    pass
                if self.online:
                    wait = 0.2
            self.online = False
            if not self._is_over():
                time.sleep(wait * random.uniform(0.5, 1))
                wait = min(wait * 2, 5.0)
                self._look_around()
        try:
            self.client.disconnect()
        except ssl.SSLError:
            pass
        return self._account()

    def _listen(self):
        """As long as the connection lasts."""
        tick = 0.0
        while not self._is_over() and self.client.loop(timeout=0.1) == mqtt.MQTT_ERR_SUCCESS:
            # The loop reads one packet a call; what is done by the clock need not be done for each.
            if time.monotonic() < tick:
                continue
            tick = time.monotonic() + 0.1
            self._look_around()
            if self.online:
                self._ask(tick)

    def _look_around(self):
        """Signals and files."""
        if self.wants_snapshot:
            self.wants_snapshot = False
            self._write_snapshot(self._judge())
        file = self.options.finish_file
        if self.finish_at is None and (self.terms or file and os.path.exists(file)):
            self.finish_at = time.monotonic()
            self.asks.restart(self.finish_at)

    def _is_over(self):
        """Once over, over: what follows must not begin again."""
        if self.over or self.finish_at is None:
            return self.over
        self.over = self.terms > 1 or time.monotonic() > self.finish_at + self.options.until_settled or self._is_settled()
        return self.over

    def _is_settled(self):
        """All streams' heads are known, nothing is missing, nothing came for a while, and the account adds up."""
        now = time.monotonic()
        if not self.online or now < max(self.news, self.finish_at, self.judged) + QUIET or self.streams.holes():
            return False
        if not {tuple(topic.split("/")[1:4:2]) for topic in self.streams.segments} <= self.heard_heads:
            return False
        self.judged = now
        return self._judge()["line"]["lost"] == 0

    # The connection

    def _connect(self):
        """A new client with a clean session each time: what was missed in between is asked for, not trusted to a broker."""
        options = self.options
        self.client = mqtt.Client(f"operator-{options.name}", clean_session=True, protocol=mqtt.MQTTv311)
        self.client.on_connect, self.client.on_message, self.client.on_subscribe = self._connected, self._received, self._subscribed
        if not options.plain:
            self.client.tls_set(options.ca, options.cert, options.key, tls_version=ssl.PROTOCOL_TLS_CLIENT)
        try:
            self.client.connect(options.host, options.port, keepalive=15)
            return True
        except (OSError, ValueError) as error:
            if not self.is_away:
                say(f"the broker {options.host}:{options.port} does not answer ({error}); trying again.")
            self.is_away = True
            return False

    def _connected(self, client, _userdata, _flags, code):
        if code != 0:
            return say(f"the broker refused the connection ({mqtt.connack_string(code)}). Check certificate and user name operator-{self.options.name}.")
        # Retained heads may come before the subscription is acknowledged.
        self.heard_heads.clear()
        town = self.options.town
        filters = []
        for program, names in STREAMS.items():
            filters += [f"{town}/{program}/event/+/{name}" for name in names]
            filters += [f"{town}/{program}/journal/+/heads", f"{town}/{program}/batch/+/{self.me}"]
        client.subscribe([(filter, 1) for filter in filters])

    def _subscribed(self, *_):
        self.connections += 1
        self.online, self.is_away = True, False
        self.news = time.monotonic()
        self.asks.restart(self.news)
        # The first snapshot tells whoever started the witness that it watches.
        self.wants_snapshot = self.wants_snapshot or self.connections == 1

    def _ask(self, now):
        for topic, epoch, first, last in self.asks.due(self.streams, now, lambda: random.uniform(0, 0.5)):
            _, program, _, instance, _ = topic.split("/")
            ask = {"epoch": epoch, "from": first, "to": last, "topic": topic}
            self.client.publish(f"{self.options.town}/operator/ask/{self.options.name}/{program}--{instance}", json.dumps(ask, sort_keys=True), qos=0)

    # What is heard

    def _received(self, _client, _userdata, message):
        parts = message.topic.split("/")
        if len(parts) != 5 or len(message.payload) > LARGEST:
            self.unreadable += 1
            return
        _, program, kind, instance, _ = parts
        try:
            value = json.loads(message.payload)
        except (ValueError, RecursionError):
            value = None
        if kind == "event":
            self._event(message.topic, value, retained=message.retain)
        elif kind == "journal":
            self._heads(program, instance, value)
        elif kind == "batch":
            self._batch(program, instance, value)

    def _is_mine(self, topic, program, instance):
        """Whether a topic is a stream this witness reads, of exactly this producer."""
        parts = topic.split("/")
        return len(parts) == 5 and parts[:4] == [self.options.town, program, "event", instance] and parts[4] in STREAMS.get(program, [])

    def _event(self, topic, event, retained=False):
        """An event from its topic or from a batch. Its number is handled even if nothing else of it can be read, so that it is not asked for for ever."""
        town, program, _, instance, name = topic.split("/")
        place = read_place(event)
        if retained or place is None:
            self.unreadable += 1
            return
        is_new_place = self.streams.came(topic, *place)
        try:
            if (event["source"], event["type"]) != (f"/{town}/{program}/{instance}", f"jp.kazasu.{name}.v1"):
                raise ValueError("not what the topic promises")
            is_new = self.accounts.note(name, instance, event)
        except (KeyError, TypeError, ValueError):
            self.unreadable += 1
            if is_new_place:
                self.streams.lost.append((topic, *place, place[1], "unreadable"))
            return
        if is_new:
            self.news = time.monotonic()
        if self.places.setdefault((topic, *place), event["id"]) != event["id"]:
            self.conflicts += 1

    def _heads(self, program, instance, value):
        heads = read_heads(value)
        if heads is None:
            self.unreadable += 1
            return
        self.heard_heads.add((program, instance))
        for topic, listed in sorted(heads.items()):
            if self._is_mine(topic, program, instance) and listed:
                self.streams.learn(topic, listed)

    def _batch(self, program, instance, value):
        batch = read_batch(value)
        if batch is None or not self._is_mine(batch[0], program, instance):
            self.unreadable += 1
            return
        topic, epoch, first, last, answer, events = batch
        for event in events:
            self._event(topic, event)
        self.streams.answered(topic, epoch, first, last, "missing" if answer == "events" else answer)
        self.asks.answered(topic, time.monotonic())

    # The account

    def _judge(self):
        options = self.options
        made = read_made(options.made) if options.made else None
        openings = read_openings(options.lock_log) if options.lock_log else None
        found = self.accounts.judge(made, openings, self.streams)
        found["line"].update(reconnects=max(0, self.connections - 1), conflicts=self.conflicts, unreadable=self.unreadable)
        return found

    def _account(self):
        found = self._judge()
        self._write_snapshot(found)
        for sentence in sentences(found):
            say(sentence)
        if self.connections == 0:
            say(f"the broker {self.options.host}:{self.options.port} was never reached; nothing was seen.")
        kept = promise_kept(found) and not found["line"]["openGaps"] and not self.conflicts and self.connections > 0
        print(json.dumps(found["line"]), flush=True)
        return 0 if kept else 1

    def _write_snapshot(self, found):
        if not self.options.snapshot:
            return
        beside = f"{self.options.snapshot}.new"
        try:
            with open(beside, "w", encoding="utf-8") as file:
                json.dump(found, file, indent=1, sort_keys=True)
            os.replace(beside, self.options.snapshot)
        except OSError as error:
            say(f"the snapshot {self.options.snapshot} cannot be written ({error.strerror}).")


def read_place(event):
    """(epoch, number) of an event, or None. CloudEvents' Sequence extension writes numbers as text."""
    if not isinstance(event, dict):
        return None
    epoch, sequence = event.get("epoch"), event.get("sequence")
    if not isinstance(epoch, str) or not EPOCH.match(epoch) or not isinstance(sequence, str) or not re.match(r"[1-9][0-9]{0,17}\Z", sequence):
        return None
    return epoch, int(sequence)


def say(sentence):
    print(f"observer: {sentence}", file=sys.stderr, flush=True)


def lock_log(text):
    door, equals, path = text.partition("=")
    if not (door and equals and path):
        raise argparse.ArgumentTypeError(f"{text!r} is not DOOR=FILE, as in gym=/var/log/gym.jsonl")
    return door, path


def read_options():
    parser = argparse.ArgumentParser(prog="observer.py", description="Witness whether every tap of a Kazasu town is accounted for once.")
    parser.add_argument("--town", required=True)
    parser.add_argument("--name", required=True, help="of the broker user operator-NAME")
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, default=8883)
    parser.add_argument("--ca", metavar="PEM")
    parser.add_argument("--cert", metavar="PEM")
    parser.add_argument("--key", metavar="PEM")
    parser.add_argument("--made", metavar="FILE", help='JSON Lines of the cards held: {"reader":"gate-1/reader-1","at":…,"expect":"tap"|"refused"|"none"}')
    parser.add_argument("--lock-log", metavar="DOOR=FILE", type=lock_log, action="extend", nargs="+")
    parser.add_argument("--finish-file", metavar="FILE", help="as SIGTERM, once it exists")
    parser.add_argument("--until-settled", metavar="SECONDS", type=float, default=30, help="how long to wait, then, until all is accounted for")
    parser.add_argument("--snapshot", metavar="FILE", help="everything found, as JSON: once it watches, on SIGUSR1 and at the end")
    parser.add_argument("--plain", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not options.plain and not (options.ca and options.cert and options.key):
        parser.error("--ca, --cert and --key are needed: the broker knows a witness by its certificate.")
    for path in filter(None, (options.ca, options.cert, options.key)):
        if not os.access(path, os.R_OK):
            parser.error(f"{path} cannot be read. Is the path right, and may this user read it?")
    return options


def main():
    observer = Observer(read_options())

    def finish(_number, _frame):
        observer.terms += 1

    def snapshot(_number, _frame):
        observer.wants_snapshot = True

    signal.signal(signal.SIGTERM, finish)
    signal.signal(signal.SIGINT, finish)
    signal.signal(signal.SIGUSR1, snapshot)
    sys.exit(observer.run())


if __name__ == "__main__":
    main()
