"""
Records what the present version leaves in its store: `python -m tools.record`, for each version that is released.

`tests/recorded/VERSION.jsonl` is a dump after the story of `tests/life.py`; every later version has to go on from it.
"""

import argparse
import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bugglio import __version__
from bugglio.store import Store, backup
from bugglio.store.sqlite import SqliteStore
from tests.clock import Clock
from tests.life import live
from tests.stage import staged
from tools.environment import ROOT

FOLDER = ROOT / "tests" / "recorded"


def main(arguments: Sequence[str]) -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(prog="tools.record", description="Record what this version leaves in its store.")
    parser.add_argument("--name", default=__version__, help="of the file, instead of the version's number")
    asked = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    file = FOLDER / f"{asked.name}.jsonl"
    file.write_text("".join(recorded()), encoding="utf-8")
    print(f"{file.relative_to(ROOT)}: commit it with the release, and never change it afterwards.")
    return 0


def recorded() -> list[str]:
    """The lines of a dump after the story."""
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        store = SqliteStore(Path(folder) / "bugglio.db", clock.now)
        try:
            with staged(store, clock) as stage:
                live(stage)
            return lines_of(store)
        finally:
            store.close()


def lines_of(store: Store) -> list[str]:
    """A whole dump."""
    rows = list(backup.dumped(store))
    return [backup.head(), *rows, backup.end(len(rows))]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
