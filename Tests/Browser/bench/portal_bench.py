#!/usr/bin/python3
"""How fast the portal's pages are on this machine: a real town, a real browser, a real card reader, each figure beside a floor of the same run.

Programs: KAZASU_PROGRAMS, or .build/debug.
"""
import argparse
import os
import subprocess
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from browser import ROOT, Browser  # noqa: E402
from portal import PROGRAMS, PortalTown  # noqa: E402
from crowd import crowd  # noqa: E402
from figures import say, table  # noqa: E402
from live import desk, pixel  # noqa: E402
from pages import rate, roster, weight  # noqa: E402

LINES = "registrars: [civil-affairs]\ndouble-tap: { default: 0s }\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    measures = {"rate": (rate, ["requests"]), "weight": (weight, ["visits"]), "pixel": (pixel, ["changes"]), "desk": (desk, ["taps"]), "crowd": (crowd, ["viewers", "seconds"]),
                "roster": (roster, ["people"])}
    parser.add_argument("--only", nargs="+", choices=measures, default=list(measures), help="of these: %(choices)s")
    parser.add_argument("--changes", type=int, default=200, help="of a shelter, from bus to screen (%(default)s)")
    parser.add_argument("--taps", type=int, default=50, help="at a desk (%(default)s)")
    parser.add_argument("--viewers", type=int, default=5_000, help="at once (%(default)s)")
    parser.add_argument("--seconds", type=int, default=60, help="with an update each (%(default)s)")
    parser.add_argument("--people", type=int, default=2_000, help="on a roster (%(default)s)")
    parser.add_argument("--visits", type=int, default=5, help="of the public page on a slow line (%(default)s)")
    parser.add_argument("--requests", type=int, default=5_000, help="of the public page (%(default)s)")
    options = vars(parser.parse_args())
    if not (PROGRAMS / "portal").exists():
        raise SystemExit(f"no portal in {PROGRAMS}: make build")
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    kind = "release" if "release" in str(PROGRAMS) else "debug, unoptimised"
    say("a town")
    town = PortalTown("shelter-1", LINES)
    browser = None
    try:
        browser = Browser()
        figures = [figure for name in options["only"] for figure in measures[name][0](town, browser, *(options[each] for each in measures[name][1]))]
    finally:
        if browser:
            browser.stop()
        town.end()
    print(f"portal of {commit or 'no commit'}, {kind} ({PROGRAMS.name}), {os.cpu_count()} cores, everything on this machine\n")
    print(table(figures))


if __name__ == "__main__":
    main()
