"""One run on one engine: chaos, then calm until everything has settled, then what is left is put down."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from bugglio.store import Store
from tools.faults import evidence
from tools.faults.chaos import chaos
from tools.faults.evidence import Evidence
from tools.faults.people import Company
from tools.faults.plan import Plan
from tools.faults.theatre import Theatre, theatre
from tools.faults.wires import OPEN

CALM_AT_MOST = 600.0
"""Seconds: the last resort's phone, which got many texts, may get only one each 5 minutes."""
LOOK = 1.0


def run(
    plan: Plan,
    folder: Path,
    emulator: str = "",
    say: Callable[[str], None] = print,
    *,
    calm: float = CALM_AT_MOST,
    **more: str,
) -> Evidence:
    """
    Play a plan; `emulator` is the address of Firestore's. What is known then stays in the folder.

    `calm` are the seconds in which all has to settle; `more` are settings of the instances.
    """
    (folder / "plan.json").write_text(json.dumps(asdict(plan), indent=1))
    company = Company(plan.teams)
    with theatre(plan, company, folder, emulator, more) as stage:
        began = time.monotonic()
        chaos(stage)
        say(f"{plan.engine}: {plan.seconds:g} s of chaos are over, after {time.monotonic() - began:.0f} s")
        calm_since = _calm(stage, calm)
        say(f"{plan.engine}: settled after {time.monotonic() - began:.0f} s")
        at = stage.store.get([]).at
        evidence.dump(stage.store, folder)
        answers = stage.scheduler.answers
        ticks = {"ticks": len(answers), "ticked": sum(200 <= one < 300 for one in answers)}
        facts = {"steps": company.steps, "at": at, "calm_since": calm_since, **ticks}
        evidence.keep(folder, stage.bugsnag.webhooks, facts)
    for n, instance in enumerate(stage.fleet.instances):
        (folder / f"instance-{n}.log").write_text(instance.said)
    return evidence.read(folder)


def _calm(stage: Theatre, seconds: float) -> int:
    """All is well; wait until what was under way has settled. The store's time at which the last fault was over."""
    stage.traps.clear()
    stage.phones.misbehave(None)
    for wire in (one for ways in stage.ways.values() for one in ways):
        wire.set(OPEN)
    until = time.monotonic() + seconds
    while stage.fleet.frozen and time.monotonic() < until:
        time.sleep(LOOK)
    since = stage.store.get([]).at
    while _unsettled(stage.store, since) and time.monotonic() < until:
        time.sleep(LOOK)
    stage.scheduler.rest()
    return since


def _unsettled(store: Store, since: int) -> bool:
    """Whether there is a page of before that is not over."""
    due = store.query("pages", "due_at", limit=evidence.AT_ONCE)
    return any(one.fields["created"] < since and one.fields["state"] in ("waiting", "sending") for one in due)
