#!/usr/bin/python3
"""How long a town of 30,000 people takes to be backed up, tried and put back: real programs, a real repository, beside a plain copy of the same folder.

The people are drawn, handed over as the residents' list of the spreadsheet, approved at a second counter and taken on; every service learns of them.
Medians of three.
"""

import argparse
import json
import pathlib
import random
import shutil
import signal
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOWN = """town: bench
broker: {{ port: {port} }}
agents: {{ office: {{ readers: {{ counter: {{ device: "ACS", place: town-hall, purpose: enrol }} }} }} }}
desks: [office]
registrars: [civil-affairs, second]
shelter-desks: [headquarters]
points-desks: [chamber]
notice-desks: [hall]
points:
  purses: {{ points: {{ title: ながいポイント, expires: 24 months }} }}
  rules: {{ visit: {{ title: 来館, purse: points, gives: 10, on: [visit] }} }}
people:
  lists:
    residents:
      says: residents
      columns: {{ number: 宛名番号, name: 氏名, reading: フリガナ, born: 生年月日, sex: 性別, address: 住所, district: 行政区, household: 世帯番号 }}
backups: {{ to: {folder}/repository }}
"""


class Town:
    def __init__(self, folder, programs, port):
        self.folder, self.programs = folder, programs
        self.file, self.data = folder / "town.yaml", folder / "data"
        self.file.write_text(TOWN.format(folder=folder, port=port), encoding="utf-8")
        self.up = None

    def start(self):
        log = open(self.folder / "up.log", "ab")
        self.up = subprocess.Popen(
            [self.programs / "kazasu", "up", self.file, "--no-agents"], stdout=log, stderr=log, cwd=self.folder)
        while b"ready: " not in (self.folder / "up.log").read_bytes():
            if self.up.poll() is not None:
                raise SystemExit((self.folder / "up.log").read_text())
            time.sleep(0.1)

    def rest(self):
        """Until everybody has said what is new, and has heard what others said."""
        end = time.monotonic() + 300
        # The agent does not run, and health says so.
        while any(value for life in json.loads(self.say("health", "--json", codes=(0, 1))) for name, value in (life.get("counters") or {}).items()
                  if name in ("unsent", "missing")):
            if time.monotonic() > end:
                raise SystemExit("the town does not come to rest")
            time.sleep(0.2)

    def stop(self):
        self.up.send_signal(signal.SIGTERM)
        self.up.wait()

    def say(self, *words, codes=(0,)):
        ended = subprocess.run(
            [self.programs / "kazasu", *words], cwd=self.folder, capture_output=True, text=True, check=False)
        if ended.returncode not in codes:
            raise SystemExit(f"kazasu {' '.join(words)}: {ended.stderr}")
        return ended.stdout


def residents(path, count):
    drawn = random.Random(7)
    syllables = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワ"
    lines = ["宛名番号,氏名,フリガナ,生年月日,性別,住所,行政区,世帯番号"]
    for number in range(1, count + 1):
        family, given = ("".join(drawn.choice(syllables) for _ in range(3)) for _ in range(2))
        born = f"{drawn.randint(1935, 2024)}-{drawn.randint(1, 12):02}-{drawn.randint(1, 28):02}"
        lines.append(f"{number},{family}　{given},{family} {given},{born},{drawn.choice('男女')},本町{number},第{number % 40}区,{number // 2.4:.0f}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def timed(work):
    start = time.monotonic()
    work()
    return time.monotonic() - start


def median(work, times=3):
    return statistics.median(timed(work) for _ in range(times))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=30_000)
    parser.add_argument("--port", type=int, default=18_899)
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / ".build" / "release")
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kazasu-restore-"))
    town = Town(folder, options.programs.resolve(), options.port)
    try:
        residents(folder / "residents.csv", options.people)
        town.start()
        start = time.monotonic()
        number = json.loads(town.say("import", "residents.csv", "--list", "residents", "--json"))["id"]
        handed = time.monotonic() - start
        town.say("import", "approve", number, "--as", "second")
        taken = timed(lambda: town.say("import", "apply", number))
        print(f"{options.people:,} people handed over in {handed:.0f} s, taken on in {taken:.0f} s")
        town.rest()
        print(f"backup, the first                 {timed(lambda: town.say('backup')):6.1f} s")
        print(f"backup, another one               {median(lambda: town.say('backup')):6.1f} s")
        print(f"trial                             {median(lambda: town.say('backup', 'try')):6.1f} s")
        town.stop()
        size = sum(file.stat().st_size for file in (town.data / "state").rglob("*"))
        plain = median(lambda: (shutil.rmtree(folder / "plain", True), shutil.copytree(town.data / "state", folder / "plain")))
        print(f"a plain copy of {size / 1e6:,.0f} MB of databases {plain:6.1f} s")
        shutil.copy(town.data / "keys" / "backup.password", folder / "paper")

        def restore():
            shutil.rmtree(folder / "fresh", True)
            town.say("restore", str(folder / "repository"), "--password-file", str(folder / "paper"), "--data", str(folder / "fresh"),
                     "--town", str(folder / "fresh.yaml"))

        print(f"restore onto a fresh folder       {median(restore):6.1f} s   [asked: 5 min]")
        shutil.rmtree(town.data)
        (folder / "fresh").rename(town.data)
        (folder / "up.log").unlink()
        print(f"start on it, until all are ready  {timed(town.start):6.1f} s")
    finally:
        if town.up and town.up.poll() is None:
            town.stop()
        shutil.rmtree(folder, True)


if __name__ == "__main__":
    main()
