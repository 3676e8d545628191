"""What a measure gives, and what all of them need."""
import dataclasses
import datetime
import json
import os
import re
import statistics
import sys

from town import Client


@dataclasses.dataclass
class Figure:
    name: str
    value: str
    p99: str = ""
    floor: str = ""
    floor_p99: str = ""
    asked: str = ""


def milliseconds(name, times, floor, asked=""):
    """Of times in seconds, beside those of the floor."""
    return Figure(name, *quantiles(times), *quantiles(floor), asked)


def first_after(begins, times):
    """The first sign of each; where there is none before the next begins it is a failure."""
    found = []
    for begin, end in zip(begins, [*begins[1:], float("inf")]):
        sign = next((at for at in times if at > begin), end)
        if sign >= end:
            raise SystemExit(f"{len(found)} of {len(begins)} were seen, the next was not")
        found.append(sign)
    return found


def after(begins, ends):
    return [end - begin for begin, end in zip(begins, ends)]


def quantiles(times):
    """Median and 99th percentile, the nearest rank."""
    ordered = sorted(times)
    return [f"{1000 * value:.1f} ms" for value in (statistics.median(ordered), ordered[-(-99 * len(ordered) // 100) - 1])]


def table(figures):
    rows = [("", "median", "p99", "floor", "floor p99", "asked"), *(dataclasses.astuple(figure) for figure in figures)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) if at == 0 else cell.rjust(width) for at, (cell, width) in enumerate(zip(row, widths))).rstrip()
                     for row in rows)


def say(sentence):
    print(sentence, file=sys.stderr, flush=True)


def client(town, user, *filters):
    """On the town's bus with the certificate of one of its processes."""
    folder = town.folder / "data"
    pair = [str(folder / f"certificates/{user}.{ending}") for ending in ("pem", "key")]
    return Client(town.port, f"bench-{user}", *filters, tls=(str(folder / "ca/authority.pem"), *pair))


class Occupancy:
    """How full one shelter is, as the registry says it on the bus: each time otherwise than before."""

    def __init__(self, town, shelter):
        self.client, self.shelter, self.count = client(town, "shelter-registry-main"), shelter, 0

    def say(self):
        self.count += 1
        now = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=9))).isoformat(timespec="milliseconds")
        congestion = ["free", "filling"][self.count % 2]
        data = {"at": now, "condition": "open", "congestion": congestion, "headcount": self.count, "heard": now, "maxAge": 60}
        body = {"data": data, "id": f"01M7XK0AFV04HMASW9NF{self.count:06}", "source": "/nagai/shelter-registry/main", "specversion": "1.0",
                "time": now, "type": "jp.kazasu.occupancy.v1"}
        self.client.client.publish(
            f"nagai/shelter-registry/state/{self.shelter}/occupancy", json.dumps(body, separators=(",", ":"), sort_keys=True), qos=1)

    def close(self):
        self.client.close()


def open_shelter(town, shelter, room=100):
    town.kazasu("shelter", "add", shelter, f"避難所 {shelter}", "--day", str(room), "--night", str(room))
    town.kazasu("shelter", "open", shelter)


def processor(pid):
    """Seconds of processor it has had so far (proc_pid_stat(5): utime and stime)."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid):
    """Megabytes."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) / 1024
