"""Whether enough happened in a run for its counts to mean anything: that nothing was lost where nothing was done."""

import math
from collections.abc import Iterator, Sequence

from tools.faults.audit import kills
from tools.faults.evidence import Evidence
from tools.faults.plan import Plan
from tools.faults.sent import is_emergency

FULL = 800.0
"""Seconds of chaos from which on a run is a full one ..."""
KILLS = 500
"""... and so often somebody has to be killed in it."""
KILL_EACH = 5.0
"""Of a shorter run: a kill in so many seconds at the least."""
SENT = 0.7
"""Of the webhooks that are planned, this share has to be sent ..."""
TAKEN = 0.4
"""... of those this share answered 2xx ..."""
PAGED = 0.5
"""... and for so many alerts a page taken by Twilio."""
TICK_EACH = 10.0
"""A tick is called in so many seconds at the least; in a full run one steps into a trap as often, otherwise once. How
many were answered says little: a tick stays for a minute while something is due, and whoever kills does not wait for
that."""
REACHED = 0.5
"""The share of the steps with traps that a full run has to come to."""


def lacking(plan: Plan, evidence: Evidence) -> Iterator[str]:
    """What did not happen, or too little, each as a sentence."""
    least = SENT * plan.rate * plan.seconds
    taken = sum(one.taken for one in evidence.webhooks)
    paged = len({one.page for one in evidence.arrivals if one.page and not is_emergency(one)})
    is_full, steps = plan.seconds >= FULL, {trap.step for trap in plan.traps}
    ticking = sum(one["step"].startswith("tick ") for one in evidence.deeds)
    trapped = plan.seconds / TICK_EACH if is_full else any(step.startswith("tick ") for step in steps)
    reached = REACHED * len(steps) if is_full else min(1, len(steps))
    counted = (
        ("webhooks sent", len(evidence.webhooks), least),
        ("webhooks answered 2xx", taken, TAKEN * least),
        ("alerts opened", len(evidence.alerts), 1),
        ("pages taken by Twilio", paged, max(1, PAGED * len(evidence.alerts))),
        ("ticks called", evidence.ticks, plan.seconds / TICK_EACH),
        ("traps stepped into by ticks", ticking, trapped),
        ("texts from phones answered", len(evidence.answered), 1),
        ("kills", sum(kills(evidence).values()), KILLS if is_full else plan.seconds / KILL_EACH),
        ("steps reached by a trap", len(steps) - len(unreached(plan, evidence)), reached),
    )
    yield from (
        f"too little happened: {n} {what} of at least {math.ceil(most)}" for what, n, most in counted if n < most
    )
    yield from _unseen(evidence)


def unreached(plan: Plan, evidence: Evidence) -> Sequence[str]:
    """Steps at which traps were planned and nobody stepped into one."""
    return sorted({trap.step for trap in plan.traps} - {one["step"] for one in evidence.deeds})


def _unseen(evidence: Evidence) -> Iterator[str]:
    there = {one.n for one in evidence.webhooks}
    gone = sorted(set(range(max(there, default=-1) + 1)) - there)
    if gone:
        yield f"webhooks were sent that are not in the evidence: {', '.join(map(str, gone[:10]))}"
