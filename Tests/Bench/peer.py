#!/usr/bin/python3
"""What somebody might write instead of lock-controller: one file of Python with paho-mqtt, sqlite3 and cryptography, measured beside it by `make bench`.

It does the same job for the door: takes the taps of all agents, keeps the ids it has seen, decides by bookings and groups, compares the agent's clock, and publishes the
decision and, if the door opens, a signed order. As careful people do, it commits each message before it is acknowledged, in a write-ahead log with `synchronous=FULL`.
It keeps no journal for others, sees no holes, sends nothing again, follows no order to its end and knows nothing of a stalled process.

    peer.py PORT DATABASE
"""

import base64
import datetime
import hashlib
import json
import os
import sqlite3
import sys
import time

import paho.mqtt.client as mqtt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

TOWN = "bench"
DOORS = {"gym": {"accepts": "proved", "open": 5}}
TAP_LIFE, GRANT_LIFE, CLOCK_LIFE, HORIZON = 10_000, 10_000, 35_000, 12 * 3_600_000
"""Milliseconds: how old a tap may be, how long an order lives, how long a measured clock is good, how far from a tap bookings are looked at."""

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SCHEMA = """
CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS booking (id TEXT PRIMARY KEY, door TEXT NOT NULL, starts INTEGER NOT NULL, ends INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS booking_token (token TEXT NOT NULL, booking TEXT NOT NULL, PRIMARY KEY (token, booking)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS group_token (token TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (token, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS group_door (name TEXT NOT NULL, door TEXT NOT NULL, PRIMARY KEY (name, door)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS door_count (door TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS decision (id TEXT PRIMARY KEY, tap TEXT NOT NULL, event TEXT NOT NULL, sent_grant TEXT) WITHOUT ROWID;
"""


class Peer:
    """One connection, one database, one thread."""

    def __init__(self, path):
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=FULL")
        self.db.executescript(SCHEMA)
        self.key = Ed25519PrivateKey.from_private_bytes(bytes([1] * 32))
        raw = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        kid = base64url(hashlib.sha256(raw).digest()[:8])
        self.header = base64url(compact({"alg": "EdDSA", "kid": kid, "typ": "kazasu-grant"}).encode()) + "."
        self.offsets = {}
        """By agent: what to add to its clock to have ours, and when that was measured."""
        self.client = mqtt.Client("peer", clean_session=False)
        # The broker hands over thousands of taps at once, and its acknowledgements of decisions come behind them: 20 in flight, paho's default, would stall.
        self.client.max_inflight_messages_set(10_000)
        self.client.on_connect = self.connected
        self.client.message_callback_add(f"{TOWN}/reader-agent/event/+/tap", self.tapped)
        self.client.message_callback_add(f"{TOWN}/reader-agent/health/+/life", self.lived)
        self.client.message_callback_add(f"{TOWN}/lock-controller/command/+/group-change", self.change_group)
        self.client.message_callback_add(f"{TOWN}/lock-controller/command/+/booking-add", self.add_booking)

    def run(self, port):
        self.client.connect("127.0.0.1", port)
        self.client.loop_forever()

    def connected(self, client, _userdata, _flags, _code):
        client.subscribe([
            (f"{TOWN}/reader-agent/event/+/tap", 1), (f"{TOWN}/reader-agent/health/+/life", 0), (f"{TOWN}/lock-controller/command/+/group-change", 1),
            (f"{TOWN}/lock-controller/command/+/booking-add", 1),
        ])

    def lived(self, _client, _userdata, message):
        now = now_ms()
        self.offsets[message.topic.split("/")[3]] = (now - parsed(json.loads(message.payload)["at"]), now)

    # The desk

    def change_group(self, _client, _userdata, message):
        change = json.loads(message.payload)["data"]
        self.db.execute("BEGIN IMMEDIATE")
        self.db.executemany("INSERT OR IGNORE INTO group_token VALUES (?, ?)", [(token, change["group"]) for token in change.get("addTokens", [])])
        self.db.executemany("INSERT OR IGNORE INTO group_door VALUES (?, ?)", [(change["group"], door) for door in change.get("addDoors", [])])
        self.db.execute("COMMIT")

    def add_booking(self, _client, _userdata, message):
        event = json.loads(message.payload)
        wish = event["data"]
        self.db.execute("BEGIN IMMEDIATE")
        self.db.execute("INSERT OR IGNORE INTO booking VALUES (?, ?, ?, ?)", (event["id"], wish["door"], parsed(wish["from"]), parsed(wish["to"])))
        self.db.executemany("INSERT OR IGNORE INTO booking_token VALUES (?, ?)", [(token, event["id"]) for token in wish["tokens"]])
        self.db.execute("COMMIT")

    # A tap

    def tapped(self, client, _userdata, message):
        """Commits, then publishes; paho acknowledges the tap when this has returned."""
        event = json.loads(message.payload)
        tap, agent = event["data"], message.topic.split("/")[3]
        kind, _, door = tap["purpose"].partition(":")
        if kind != "door":
            return
        now = now_ms()
        self.db.execute("BEGIN IMMEDIATE")
        if self.db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (event["id"], now)).rowcount == 0:
            self.db.execute("ROLLBACK")
            return
        right, refusal = self.decide(tap, door, agent, parsed(event["time"]), now)
        decision = ulid(now)
        data = {"agent": agent, "door": door, "reader": tap["reader"], "tap": event["id"], "verdict": "open" if right else "refuse"}
        data.update({"right": right} if right else {"refusal": refusal})
        text = compact({
            "cause": event["id"], "data": data, "id": decision, "source": f"/{TOWN}/lock-controller/main", "specversion": "1.0", "subject": door,
            "time": rfc3339(now), "type": "jp.kazasu.door-decision.v1",
        })
        grant = self.grant(door, decision, now) if right else None
        self.db.execute("INSERT INTO decision VALUES (?, ?, ?, ?)", (decision, event["id"], text, grant))
        self.db.execute("COMMIT")
        client.publish(f"{TOWN}/lock-controller/event/main/door-decision", text, qos=1)
        if grant:
            client.publish(f"{TOWN}/lock-controller/grant/{door}/unlock", grant, qos=1)
        feedback = {"reader": tap["reader"], "signal": "opened" if right else "refused", "tap": event["id"]}
        feedback.update({} if right else {"reason": refusal})
        client.publish(f"{TOWN}/lock-controller/feedback/{agent}/tap", compact({
            "data": feedback, "id": ulid(now), "source": f"/{TOWN}/lock-controller/main", "specversion": "1.0", "time": rfc3339(now),
            "type": "jp.kazasu.feedback.v1",
        }), qos=0)

    def decide(self, tap, door, agent, at, now):
        """(right, None) or (None, refusal)."""
        rule = DOORS.get(door)
        if rule is None:
            return None, "unknown-door"
        offset, measured = self.offsets.get(agent, (0, 0))
        if tap["clock"] == "boot" or now - measured > CLOCK_LIFE:
            return None, "clock"
        moment = at + offset
        if now - moment > TAP_LIFE:
            return None, "tap-too-old"
        if moment - now > TAP_LIFE:
            return None, "tap-from-future"
        if rule["accepts"] == "proved" and tap["assurance"] != "proved":
            return None, "not-proved"
        slots = self.db.execute(
            "SELECT booking.id, starts, ends FROM booking_token JOIN booking ON booking.id = booking "
            "WHERE token = ? AND door = ? AND ends > ? AND starts < ? ORDER BY starts", (tap["token"], door, moment - HORIZON, moment + HORIZON)).fetchall()
        for booking, starts, ends in slots:
            if starts <= moment < ends:
                return {"booking": booking}, None
        group = self.db.execute(
            "SELECT group_door.name FROM group_token JOIN group_door ON group_door.name = group_token.name WHERE token = ? AND door = ? LIMIT 1",
            (tap["token"], door)).fetchone()
        if group:
            return {"group": group[0]}, None
        if any(starts > moment for _, starts, _ in slots):
            return None, "too-early"
        return None, "too-late" if slots else "no-right"

    def grant(self, door, decision, now):
        count = self.db.execute(
            "INSERT INTO door_count VALUES (?1, ?2) ON CONFLICT (door) DO UPDATE SET last = max(last + 1, excluded.last) RETURNING last", (door, now)).fetchone()[0]
        claims = {
            "aud": door, "cnt": count, "exp": (now + GRANT_LIFE) // 1000, "iss": f"{TOWN}/lock-controller", "jti": decision, "nbf": now // 1000 - 2,
            "open": DOORS[door]["open"],
        }
        message = self.header + base64url(compact(claims).encode())
        return message + "." + base64url(self.key.sign(message.encode()))


def now_ms():
    return time.time_ns() // 1_000_000


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def ulid(now):
    number = now << 80 | int.from_bytes(os.urandom(10), "big")
    return "".join(CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def rfc3339(now):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now // 1000 + 9 * 3600)) + f".{now % 1000:03d}+09:00"


def parsed(text):
    """Milliseconds since 1970 of an RFC 3339 time."""
    return round(datetime.datetime.fromisoformat(text).timestamp() * 1000)


if __name__ == "__main__":
    Peer(sys.argv[2]).run(int(sys.argv[1]))
