"""A producer for tests: a journal in memory, heads, and answers to asks. What it is told to keep from the broker, or to lose, is lost on purpose."""

import json
import time

import paho.mqtt.client as mqtt

from report import compact, rfc3339, ulid
from town import DEADLINE, wait_for

BATCH = 7
"""Events in one batch; small, so that a consumer must ask again for the rest."""


class Producer:
    """One instance of one program, `nagai/reader-agent/…/gate-1`."""

    def __init__(self, port, program, instance):
        self.program, self.instance = program, instance
        self.source = f"/nagai/{program}/{instance}"
        self.journal = {}
        """By topic, by epoch: {number: text}, in the order of writing."""
        self.numbers = {}
        self.epoch = None
        self.ready = False
        self.is_deaf = False
        """Whether asks stay unanswered."""
        self.client = mqtt.Client(f"{program}--{instance}", clean_session=True)
        self.client.on_connect, self.client.on_message = self._connected, lambda _c, _u, m: self._answer(m)
        self.client.on_subscribe = lambda *_: setattr(self, "ready", True)
        self.client.on_disconnect = lambda *_: setattr(self, "ready", False)
        self.client.reconnect_delay_set(1, 1)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        wait_for("the producer's subscription", lambda: self.ready)

    def begin(self, epoch):
        """A new life: a new segment, numbers go on."""
        self.epoch = f"{epoch:013d}-t3st"

    def emit(self, name, data, *, id=None, send=1, keep=True, cause=None):
        """An event: published `send` times; kept in the journal or, if not `keep`, gone from it although it has a number. Returns its id."""
        topic = f"nagai/{self.program}/event/{self.instance}/{name}"
        number = self.numbers[topic] = self.numbers.get(topic, 0) + 1
        now = time.time_ns() // 1_000_000
        event = {
            "cause": cause, "data": data, "epoch": self.epoch, "id": id or ulid(now), "sequence": str(number), "source": self.source, "specversion": "1.0",
            "time": rfc3339(now), "type": f"jp.kazasu.{name}.v1",
        }
        text = compact({key: value for key, value in event.items() if value is not None})
        self.journal.setdefault(topic, {}).setdefault(self.epoch, {})[number] = text if keep else None
        for _ in range(send):
            self.client.publish(topic, text, qos=1)
        return event["id"]

    def heads(self):
        """Publishes what exists."""
        segments = {
            topic: [{"epoch": epoch, "first": min(rows), "last": max(rows)} for epoch, rows in epochs.items()] for topic, epochs in self.journal.items()
        }
        said = self.client.publish(
            f"nagai/{self.program}/journal/{self.instance}/heads", compact({"at": rfc3339(time.time_ns() // 1_000_000), "segments": segments}), qos=1, retain=True)
        said.wait_for_publish(DEADLINE)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()

    def _connected(self, client, *_):
        client.subscribe(f"nagai/operator/ask/+/{self.program}--{self.instance}", 0)

    def _answer(self, message):
        if self.is_deaf:
            return
        ask = json.loads(message.payload)
        rows = self.journal.get(ask["topic"], {}).get(ask["epoch"])
        found = sorted(n for n in rows or {} if ask["from"] <= n <= ask["to"] and rows[n])
        to = ask["to"] if len(found) <= BATCH else found[BATCH] - 1
        batch = {**ask, "answer": "gone" if rows is None else "events", "to": to, "events": [json.loads(rows[n]) for n in found[:BATCH]]}
        name = message.topic.split("/")[3]
        self.client.publish(f"nagai/{self.program}/batch/{self.instance}/operator--{name}", compact(batch), qos=1)
