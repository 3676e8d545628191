"""What goes wrong, how often and for how long: drawn from a seed, like the simulation's faults."""

import asyncio
import random

KINDS = ["kill", "kill broker", "wipe broker", "stop", "stop broker", "cut", "hold", "swallow", "delay", "half-close", "kill pcscd", "fill disk"]


class Faults:
    """One seed is one sequence of faults. Their moments are the machine's own: the same seed draws the same, it does not play the same to the millisecond."""

    def __init__(self, stage, seed, say):
        self.stage, self.say = stage, say
        self.rng = random.Random(seed)
        disks = any(machine.has_disk for machine in stage.machines.values())
        # Each seed also draws which kinds there are: faults that are always together hide each other.
        self.weights = {kind: self.rng.choice([0, 1, 1, 3]) for kind in KINDS if disks or kind != "fill disk"}
        self.weights["kill"] = max(1, self.weights["kill"])
        self.pause = self.rng.choice([0.4, 0.8, 1.5])
        """Mean seconds between two faults."""
        self.counts = {}
        self._hit = set()
        """(name, part) of what is broken at the moment; nothing is broken twice."""
        self._tasks = set()

    def __str__(self):
        return ", ".join(f"{kind} {weight}" for kind, weight in self.weights.items() if weight) + f"; one each {self.pause} s"

    async def run(self, seconds):
        """Strikes until the time is over, then waits until everything is mended."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while loop.time() < end:
            await asyncio.sleep(min(self.rng.expovariate(1 / self.pause), 3 * self.pause))
            kind = self.rng.choices(list(self.weights), list(self.weights.values()))[0]
            name, part = self._target(kind)
            length = self._length(kind)
            roll = self.rng.random()
            # Everything is drawn before it is looked whether it can be done, so that the same seed draws the same.
            if (name, part) in self._hit or part == "process" and self.stage.processes[name].state != "running":
                continue
            task = asyncio.ensure_future(self._strike(kind, name, part, length, roll))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        for task in list(self._tasks):
            await task

    def _target(self, kind):
        """Whom it hits, and which part: process, wire, reader or disk."""
        if kind.endswith("broker"):
            return "broker", "process"
        if kind in ("kill", "stop"):
            return self.rng.choice(sorted(set(self.stage.processes) - {"broker"})), "process"
        if kind == "kill pcscd":
            return f"agent-{self.rng.choice(sorted(self.stage.readers))}", "reader"
        if kind == "fill disk":
            return self.rng.choice(sorted(self.stage.machines)), "disk"
        return self.rng.choice(sorted(self.stage.links)), "wire"

    def _length(self, kind):
        """Seconds: mostly short, sometimes longer than a tap or a grant is worth anything."""
        if kind in ("kill", "kill broker", "wipe broker", "kill pcscd"):
            return self.rng.choice([0.05, 0.5, 2.0])
        return self.rng.choice([0.3, 2.0, 5.0, 13.0])

    async def _strike(self, kind, name, part, length, roll):
        self._hit.add((name, part))
        self.counts[kind] = self.counts.get(kind, 0) + 1
        stage = self.stage
        detail = ""
        if part == "process":
            process = stage.processes[name]
            if kind.startswith("stop"):
                process.stop()
            else:
                process.kill()
                if kind == "wipe broker":
                    stage.wipe_memory()
        elif part == "wire":
            detail = self._break(stage.links[name], kind, roll)
        elif part == "reader":
            stage.readers[name.removeprefix("agent-")].kill()
        else:
            stage.machines[name].fill()
        self.say(f"{kind}{'' if name == 'broker' else f' {name}'}{detail}, for {length} s")
        await asyncio.sleep(length)
        if part == "process":
            if kind.startswith("stop"):
                stage.processes[name].go_on()
            else:
                stage.processes[name].start()
        elif part == "wire":
            stage.links[name].mend()
        elif part == "reader":
            stage.readers[name.removeprefix("agent-")].start()
        else:
            stage.machines[name].free()
        self._hit.discard((name, part))

    @staticmethod
    def _break(link, kind, roll):
        """`roll` in 0..<1 chooses between the ways a kind has; the words for it."""
        if kind == "cut":
            link.cut()
        elif kind == "hold":
            link.hold()
        elif kind == "swallow":
            link.swallows = True
        elif kind == "delay":
            link.delay = [0.02, 0.2, 1.5][int(3 * roll)]
            return f" by {link.delay} s"
        else:
            way = int(2 * roll)
            link.half_close(way)
            return " towards the broker" if way == 0 else " towards the program"
        return ""
