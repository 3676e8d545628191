"""Thousands look on while a shelter's number changes every second."""
import json
import subprocess
import time

from browser import ROOT
from figures import Figure, Occupancy, after, first_after, milliseconds, open_shelter, processor, resident, say


def use(pid, work):
    """Of a core while some work is done, in percent."""
    before, began = processor(pid), time.monotonic()
    work()
    return 100 * (processor(pid) - before) / (time.monotonic() - began)


def crowd(town, _, viewers, seconds):
    portal = town.process("portal")
    open_shelter(town, "crowd")
    say("the portal while nobody looks on")
    idle, idle_use = resident(portal), use(portal, lambda: time.sleep(10))
    say(f"{viewers} viewers, an update a second for {seconds} s")
    watch = subprocess.Popen(
        ["/usr/bin/python3", f"{ROOT}/Tests/Python/viewers.py", str(town.web), str(viewers), str(seconds + 5), "/events/shelters/ja", "--page",
         "/ja/shelters", "--mark", "shelter-crowd"], stdout=subprocess.PIPE, text=True)
    if not watch.stdout.readline():
        raise SystemExit("the viewers did not come")
    occupancy, said = Occupancy(town, "crowd"), []

    def speak():
        began = time.monotonic()
        for number in range(seconds):
            said.append(time.monotonic())
            occupancy.say()
            time.sleep(max(0, began + number + 1 - time.monotonic()))
    busy = use(portal, speak)
    memory = resident(portal)
    seen = json.loads(watch.communicate()[0])
    occupancy.close()
    # The registry itself says it again now and then, to all of them.
    sent = viewers * len(seen["first"])
    first = first_after(said, seen["first"])
    last = [dict(zip(seen["first"], seen["last"]))[at] for at in first]
    return [
        Figure(f"the portal's memory with {viewers} viewers (floor: idle)", f"{memory:.0f} MB", floor=f"{idle:.0f} MB", asked="150 MB"),
        Figure("  its processor at an update a second", f"{busy:.1f} %", floor=f"{idle_use:.1f} %", asked="30 %"),
        Figure("  pieces received (floor: said)", f"{seen['pieces']}", floor=f"{sent}"),
        Figure("  viewers lost", f"{seen['lost']}", asked="0"),
        milliseconds("  until the last viewer has it (floor: the first)", after(said, last), after(said, first)),
    ]
