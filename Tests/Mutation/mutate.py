#!/usr/bin/python3
"""Breaks the shipped code on purpose, one defect at a time, and sees which test turns red. A defect no test notices is a finding: exit code 1.

All breakages are built into one copy of the project, each behind a switch read from the environment, so one build serves all of them.
"""

import argparse
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

from breakages import BREAKAGES

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPY = ROOT / ".build" / "mutation"
PARTS = ["Package.swift", "Shared", "Services", "Devices", "Tests", "Docs", "deploy", "README.md", "Makefile"]
SWITCH = "KAZASU_BREAKAGE"
PATIENCE = 240
"""Seconds one suite may take; a test that hangs has noticed something too."""
SWITCHBOARD = ("Shared/Contracts/Breakage.swift", f"""import Glibc

/// Which deliberate defect is on trial.
private let onTrial = getenv("{SWITCH}").flatMap {{ Int(String(cString: $0)) }}

package func isBroken(_ number: Int) -> Bool {{ number == onTrial }}
""")


class Rotten(Exception):
    """A breakage that does not fit the code any more."""


def broken_texts():
    """By path: the text of each edited file, with every breakage built in."""
    texts = {}
    for number, breakage in enumerate(BREAKAGES):
        for file, old, new in breakage.edits:
            original = (ROOT / file).read_text(encoding="utf-8")
            if original.count(old) != 1:
                raise Rotten(f"\"{breakage.name}\": {file} holds this {original.count(old)} times, and must hold it once:\n{old}")
            text = texts.get(file, original)
            if text.count(old) != 1:
                raise Rotten(f"\"{breakage.name}\" and another breakage change the same place of {file}")
            if file.endswith(".swift"):
                switch = f"isBroken({number})"
                if "import Contracts\n" not in text and not file.startswith("Shared/Contracts/"):
                    text = "import Contracts\n" + text
            else:
                switch = f"(__import__(\"os\").environ.get(\"{SWITCH}\") == \"{number}\")"
            texts[file] = text.replace(old, new.replace("BROKEN", switch))
    path, text = SWITCHBOARD
    return texts | {path: text}


def copy_tree():
    """The project with all breakages in it. Only what differs is written, so that the build has little to do the next time."""
    texts = broken_texts()
    wanted = set(texts)
    for part in PARTS:
        for path in [ROOT / part] if (ROOT / part).is_file() else sorted((ROOT / part).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                wanted.add(str(path.relative_to(ROOT)))
    for path in sorted(wanted):
        content = texts[path].encode() if path in texts else (ROOT / path).read_bytes()
        target = COPY / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_bytes() != content:
            target.write_bytes(content)
            if path not in texts:
                shutil.copymode(ROOT / path, target)
    for part in PARTS:
        for path in sorted((COPY / part).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and str(path.relative_to(COPY)) not in wanted:
                path.unlink()


def build():
    print("building the project with every breakage in it …", flush=True)
    started = time.monotonic()
    done = subprocess.run(["swift", "build", "--build-tests"], cwd=COPY, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if "error:" in line]
        sys.exit("mutate: the broken project does not build:\n" + "\n".join(lines[:10] or (done.stdout + done.stderr).splitlines()[-10:]))
    print(f"built in {time.monotonic() - started:.0f} s", flush=True)


def trial(suite, number):
    """Runs one suite with one breakage switched on (None: with none): the first test that turned red, or None."""
    environment = {key: value for key, value in os.environ.items() if key != SWITCH}
    if number is not None:
        environment[SWITCH] = str(number)
    if suite.endswith(".py"):
        command = ["/usr/bin/python3", "-W", "ignore", "-m", "unittest", "discover", "-f", "-s", str(COPY / "Tests/Python"), "-p", suite]
    else:
        command = ["swift", "test", "--skip-build", "--filter", f"^{suite}\\."]
    # A session of its own: what a hanging test has started ends with it.
    process = subprocess.Popen(
        command, cwd=COPY, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True)
    try:
        output, _ = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return f"a test that waits for ever in {suite}"
    if process.returncode == 0:
        if re.search(r"with 0 tests|Ran 0 tests", output):
            sys.exit(f"mutate: {suite} has no tests; is its name right?")
        return None
    for pattern in (r"✘ Test (\"[^\n]*?\"|\S+)(?: with .*?)? (?:recorded|failed)", r"^(?:FAIL|ERROR): (\S+)", r"(Fatal error[^\n]*|Precondition failed[^\n]*)"):
        if found := re.search(pattern, output, re.MULTILINE):
            return found[1]
    return f"{suite} ended with code {process.returncode}: {output.strip().splitlines()[-1][:120]}"


def check_sound(suite, known=set()):
    """A suite must be green with nothing broken, or its red would prove nothing. Each is looked at once."""
    if suite in known:
        return
    if red := trial(suite, None):
        sys.exit(f"mutate: {suite} is red with nothing broken: {red}. Mend that first.")
    known.add(suite)


def main():
    parser = argparse.ArgumentParser(prog="mutate", description="See which test notices which deliberate defect.")
    parser.add_argument("--only", default="", metavar="WORDS", help="only breakages whose name holds these words")
    parser.add_argument("--check", action="store_true", help="only see whether every breakage still fits the code")
    options = parser.parse_args()
    try:
        broken_texts()
    except Rotten as rotten:
        sys.exit(f"mutate: {rotten}\nThe code has changed: change Tests/Mutation/breakages.py with it.")
    if options.check:
        return print(f"{len(BREAKAGES)} breakages fit the code")
    chosen = [(number, breakage) for number, breakage in enumerate(BREAKAGES) if options.only in breakage.name]
    if not chosen:
        sys.exit(f"mutate: no breakage's name holds \"{options.only}\"")
    copy_tree()
    build()
    results = []
    for number, breakage in chosen:
        started = time.monotonic()
        red = suite = None
        for suite in breakage.suites:
            check_sound(suite)
            red = trial(suite, number)
            if red:
                break
        results.append((breakage.name, suite if red else "-", red or "SURVIVES: no test notices"))
        print(f"{'red ' if red else 'GREEN'} {breakage.name}: {red or 'nothing noticed'} ({time.monotonic() - started:.0f} s)", flush=True)
    survivors = [name for name, _, red in results if red.startswith("SURVIVES")]
    width = max(len(name) for name, _, _ in results)
    print(f"\n{'BREAKAGE':<{width}}  {'SUITE':<20} NOTICED BY")
    for name, suite, red in results:
        print(f"{name:<{width}}  {suite:<20} {red}")
    print(f"\n{len(results) - len(survivors)} of {len(results)} breakages noticed")
    sys.exit(1 if survivors else 0)


if __name__ == "__main__":
    main()
