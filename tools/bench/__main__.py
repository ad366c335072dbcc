"""
How fast bugglio is: `python -m tools.bench`, with names to measure only those.

Each line has its baseline, measured in the same run on the same machine. Exit status 1: a goal was missed.
"""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from tools.bench import cold, costs, deciding, latency, lists, on_duty, pages, texts, ticks, webhooks
from tools.bench.means import Means
from tools.bench.table import Bench, markdown, table
from tools.rig import emulator

BENCHES: Mapping[str, Bench] = {
    "one-error": webhooks.ONE_ERROR,
    "many-errors": webhooks.MANY_ERRORS,
    "latency": latency.BENCH,
    "cold": cold.BENCH,
    "costs": costs.BENCH,
    "ticks": ticks.BENCH,
    "lists": lists.BENCH,
    "deciding": deciding.BENCH,
    "texts": texts.BENCH,
    "on-duty": on_duty.BENCH,
    "pages": pages.BENCH,
}


def main(arguments: Sequence[str] | None = None, benches: Mapping[str, Bench] = BENCHES) -> int:
    """Measure what is named, or everything, and print a table of each."""
    asked = _parser(benches).parse_args(arguments)
    if asked.markdown:
        print(f"{machine()}\n")
    with means(quick=asked.quick) as given:
        met = [_measured(name, benches[name], given, asked.markdown) for name in asked.names or benches]
    return int(not all(met))


def _measured(name: str, bench: Bench, given: Means, page: bool) -> bool:  # noqa: FBT001 - as it was asked
    """Print a bench's table; whether every goal was met."""
    try:
        rows = list(bench.rows(given))
    except (RuntimeError, TimeoutError, emulator.Lacking) as fault:
        print(f"\n{name} could not be measured: {fault}", flush=True)
        return False
    print(markdown(name, bench, rows) if page else f"\n{name}\n{table(bench, rows)}", flush=True)
    return not any(row.missed for row in rows)


def _parser(benches: Mapping[str, Bench]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description="How fast bugglio is.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(benches)}; none: all", type=_of(benches)
    )
    parser.add_argument("--quick", action="store_true", help="a hundredth of the work: whether it runs, not how fast")
    parser.add_argument("--markdown", action="store_true", help="tables for docs/trust.md, with machine and date")
    return parser


def _of(benches: Mapping[str, Bench]) -> Callable[[str], str]:
    def known(name: str) -> str:
        if name not in benches:
            raise argparse.ArgumentTypeError(f"unknown: {name}")
        return name

    return known


@contextmanager
def means(*, quick: bool = False, address: str = "") -> Iterator[Means]:
    """What benches work with, on the emulator at this address or one of their own."""
    with tempfile.TemporaryDirectory(prefix="bugglio-bench-") as folder, ExitStack() as stack:

        @cache
        def emulated() -> str:
            return address or stack.enter_context(emulator.started())

        yield Means(Path(folder), emulated, *((1, 0.01) if quick else ()))


def machine() -> str:
    """What was measured on, and when."""
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores ({_processor()}), {system}, {datetime.now(UTC):%Y-%m-%d}"


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text(encoding="utf-8").splitlines() if described.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


if __name__ == "__main__":
    sys.exit(main())
