"""
A storm of webhooks on several servers: `python -m tools.storm`, with --outage also while the store goes away.

Exit status 1: something was lost, doubled, late, or answered with a fault.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tools.bench.__main__ import machine, means
from tools.bench.means import Means
from tools.bench.servers import EMULATOR, SQLITE
from tools.storm.checks import Check
from tools.storm.storms import Outage, Size, outage, storm

ERRORS = (1, 500, 5_000)
WEBHOOKS = 20_000
QUICK = Size(300, 20, instances=2, pause=2, texts=3, patience=20)
WIDTH = 48


def main(arguments: Sequence[str] | None = None) -> int:
    """Let them break out one after the other, and print a table of each."""
    asked = _parser().parse_args(arguments)
    print(machine())
    with means(quick=asked.quick, address=asked.emulator) as given:
        good = [told(title, found) for title, found in _storms(given, asked)]
    return int(not all(good))


def _storms(given: Means, asked: argparse.Namespace) -> Iterator[tuple[str, list[Check]]]:
    if asked.outage:
        size, how = (QUICK, Outage(2, 60)) if asked.quick else (Size(6_000, 500, hot=True), Outage())
        yield f"{EMULATOR}, which goes away twice", outage(given, size, how)
        return
    for engine in asked.engine or (EMULATOR, SQLITE):
        for errors in asked.errors or ((1, QUICK.errors) if asked.quick else ERRORS):
            size = replace(QUICK, errors=errors) if asked.quick else Size(asked.webhooks, errors)
            title = f"{engine}, {size.webhooks:,} webhooks of {errors:,} error{'s' if errors > 1 else ''}"
            yield title, storm(given, engine, size)


def told(title: str, checks: Sequence[Check]) -> bool:
    """Print what was found; whether all is as it must be."""
    lines = [f"{check.name:{WIDTH}}{check.found}{'' if check.holds else '  FAILED'}" for check in checks]
    print("\n".join(["", title, *lines]), flush=True)
    return all(check.holds for check in checks)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.storm", description="A storm of webhooks.")
    parser.add_argument("--outage", action="store_true", help="the store goes away in the middle, twice")
    parser.add_argument("--quick", action="store_true", help="a small one, in seconds")
    parser.add_argument("--engine", action="append", choices=(EMULATOR, SQLITE), help="only this one")
    parser.add_argument("--errors", action="append", type=int, help=f"of so many errors; none: {ERRORS}")
    parser.add_argument("--webhooks", type=int, default=WEBHOOKS, help=f"so many; none: {WEBHOOKS:,}")
    parser.add_argument("--emulator", default="", metavar="HOST:PORT", help="one that runs already")
    return parser


if __name__ == "__main__":
    sys.exit(main())
