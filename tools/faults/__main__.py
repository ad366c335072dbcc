"""
Plays a plan on both engines and counts: `python -m tools.faults`, or `--short`; `--seed` for the same.

Exit status 1: something was lost, unsent, doubled or stuck, or too little happened to tell; then the evidence stays in
a folder, which is named.
"""

import argparse
import json
import os
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tools.faults import table
from tools.faults.audit import audit
from tools.faults.evidence import read
from tools.faults.plan import EMULATOR, SQLITE, Moment, Plan, plan, told
from tools.faults.run import run
from tools.faults.table import Result
from tools.faults.traps import Trap
from tools.rig.certificates import certificate
from tools.rig.emulator import Lacking, started

SHOWN = 20
"""So many sentences of each kind are printed; the rest can be found with `--audit`."""


def short(engine: str, seed: int) -> Plan:
    """Two minutes: 25 seconds of chaos, and the 90 seconds after which the last doubt is settled."""
    return plan(engine, seed, 25, rate=6, fresh=0.2, pace=0.3, kill_each=4)


def full(engine: str, seed: int, seconds: float = 960) -> Plan:
    """At least 500 kills on each engine."""
    return plan(engine, seed, seconds, rate=4, fresh=0.07, pace=1.2, kill_each=6)


def main(arguments: Sequence[str] | None = None) -> int:
    """Play, count, print the table."""
    asked = _arguments().parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGINT):
        # At once: servers, phones and emulator end when they see that they are alone.
        signal.signal(number, lambda *_: os._exit(1))
    results = [_again(asked.audit)] if asked.audit else _play(asked)
    rows = table.rows(results)
    print(table.markdown(rows) if asked.markdown else table.plain(rows))
    for one in results:
        _tell(one, keep=asked.keep or bool(asked.audit))
    return 0 if all(one.good for one in results) else 1


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.faults", description="What breaks when things break.")
    parser.add_argument("--short", action="store_true", help="two minutes instead of twenty")
    parser.add_argument("--seconds", type=float, help="of chaos, in place of sixteen minutes")
    parser.add_argument("--store", choices=(SQLITE, EMULATOR), help="one engine alone")
    parser.add_argument("--seed", type=int, help="the same plan again; none: a new one")
    parser.add_argument("--markdown", action="store_true", help="the table for docs/trust.md")
    parser.add_argument("--keep", action="store_true", help="keep the evidence of a good run, too")
    parser.add_argument("--audit", type=Path, metavar="FOLDER", help="only count what a run has left there")
    return parser


def _play(asked: argparse.Namespace) -> list[Result]:
    if sys.platform != "linux":
        raise SystemExit("This needs Linux: it finds the processes to kill, and frees itself of them, as Linux does.")
    seed = asked.seed if asked.seed is not None else secrets.randbelow(1_000_000)
    engines = [asked.store] if asked.store else [SQLITE, EMULATOR]
    more = () if asked.seconds is None else (asked.seconds,)
    plans = [short(engine, seed) if asked.short else full(engine, seed, *more) for engine in engines]
    print(told(plans), flush=True)
    certificate()  # made once, before the runs ask for it side by side
    with ExitStack() as stack, ThreadPoolExecutor(len(plans)) as hands:
        try:
            emulator = stack.enter_context(started()) if EMULATOR in engines else ""
        except Lacking as lack:
            raise SystemExit(f"Firestore's emulator {lack}; --store sqlite does without it.") from None
        return list(hands.map(partial(_result, emulator=emulator), plans))


def _result(one: Plan, emulator: str) -> Result:
    folder = Path(tempfile.mkdtemp(prefix=f"bugglio-faults-{one.engine}-{one.seed}-"))
    evidence = run(one, folder, emulator if one.engine == EMULATOR else "", partial(print, flush=True))
    return Result(one, evidence, audit(evidence), folder)


def _again(folder: Path) -> Result:
    try:
        evidence, drawn = read(folder), json.loads((folder / "plan.json").read_text())
    except FileNotFoundError as gone:
        raise SystemExit(f"Evidence is missing: {gone.filename}") from None
    traps, moments = (Trap(**one) for one in drawn["traps"]), (Moment(**one) for one in drawn["moments"])
    played = Plan(**{**drawn, "traps": tuple(traps), "moments": tuple(moments)})
    return Result(played, evidence, audit(evidence), folder)


def _tell(one: Result, *, keep: bool) -> None:
    """What was found, in sentences; the evidence goes when there is nothing to be found in it."""
    for name, found in {**one.findings.faults, "no proof": one.lacking}.items():
        if found:
            print(f"\n{one.plan.engine}, seed {one.plan.seed}: {name}")
            print(*_some(found), sep="\n")
    if one.good and not keep:
        shutil.rmtree(one.folder)
    else:
        print(f"\nThe evidence is in {one.folder}")


def _some(found: Sequence[str]) -> Iterable[str]:
    more = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    return (f"  {one}" for one in [*found[:SHOWN], *more])


if __name__ == "__main__":
    sys.exit(main())
