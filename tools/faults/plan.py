"""What will go wrong, and when: drawn from a seed, so that the same seed plans the same."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tools.faults import steps
from tools.faults.traps import FAIL, FREEZE, KILL, KILL_ALL, LOSE, Trap

INSTANCES = 3
SQLITE, EMULATOR = "sqlite", "emulator"
OVER_VOID = 11.5
"""Seconds: an attempt is void 10 seconds after its claim."""
OVER_PATIENCE = 4.0
"""The same: a store that does not answer is given up after 3."""
OVER_DOUBT = 125.0
"""Seconds after which the doubt about an attempt has been settled, and another has been made."""
LONG = 375.0
"""Seconds from which on a run has room for what takes minutes: such a doubt, and a sender that Twilio refuses."""
SKEWS = {SQLITE: (0, 0, 0), EMULATOR: (0, 240, -180)}
"""Seconds by which each instance's clock is wrong; on SQLite the machine's clock is the store's."""

MISHAPS: tuple[tuple[str, int | None, float | None], ...] = (
    ("accept-500", None, None),
    ("accept-reset", None, None),
    ("accept-timeout", None, 12.0),
    ("500", None, None),
    ("429", None, 3.0),
    ("refuse", 21211, None),
    ("undelivered", 30003, None),
    ("failed", 30036, None),
    ("slow", None, 1.5),
    ("late", None, 8.0),
    ("lose-callbacks", None, None),
    ("double-callbacks", None, None),
    ("reorder-callbacks", None, None),
    ("no-log", None, None),
    ("call-accept-500", None, None),
    ("call-500", None, None),
    ("call-no-answer", None, None),
)
"""What Twilio does: kind, code, seconds."""
BROKEN = {"kind": "refuse", "code": 20003, "times": 2}
"""Twilio takes nothing from the account: nobody can be paged, until a page that is tried each minute goes through."""
MODES = ("refuse", "cut", "swallow", "hang")
"""What a connection does; see `tools.faults.wires`."""


@dataclass(frozen=True)
class Moment:
    """Something that happens at a time, in seconds since the chaos began."""

    at: float
    what: str
    """
    `kill`, `kill all`, `freeze` (an instance), `wire` (its way to Twilio or to the store), `mishap` (Twilio's), `lock`
    (SQLite's file).
    """
    instance: int = 0
    how: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """All that is planned for one run on one engine."""

    engine: str
    seed: int
    seconds: float
    rate: float
    """Webhooks a second ..."""
    fresh: float
    """... and the share of them that are of an error which was never seen."""
    teams: int
    traps: tuple[Trap, ...]
    """In this order, one each `pace` seconds."""
    moments: tuple[Moment, ...]
    pace: float


def plan(engine: str, seed: int, seconds: float, *, rate: float, fresh: float, pace: float, kill_each: float) -> Plan:
    """
    Draw what goes wrong in so many seconds.

    A trap is laid each `pace` seconds; an instance is killed at a random moment about each `kill_each`.
    """
    chance = random.Random(f"{engine} {seed}")  # noqa: S311 - the same again from the same seed
    broken = [Moment(0.7 * seconds, "mishap", how=BROKEN)] if seconds > LONG else []
    moments = [*_deaths(chance, seconds, kill_each), *_troubles(chance, engine, seconds), *broken]
    traps = tuple(_traps(chance, int(seconds / pace), seconds))
    teams = max(20, int(seconds * rate * fresh / 5))
    return Plan(engine, seed, seconds, rate, fresh, teams, traps, tuple(sorted(moments, key=lambda one: one.at)), pace)


def _traps(chance: random.Random, number: int, seconds: float) -> Iterator[Trap]:
    """Each step in turn, in an order of its own each time round."""
    left: list[str] = []
    # The one exception of P2 that needs a trap: frozen inside the one write of the request.
    frozen = {number // 10, number // 2} if seconds > LONG else set()
    for n in range(number):
        if n in frozen:
            yield Trap("tick write after", FREEZE, OVER_DOUBT)
        left = left or chance.sample(steps.ALL, len(steps.ALL))
        yield _trap(chance, left.pop())


def _trap(chance: random.Random, step: str) -> Trap:
    kind = chance.random()
    commits = not step.split()[1].startswith(("call", "write", "log"))
    if kind < 0.08 and step.endswith("before") and commits:
        return Trap(step, FAIL)
    if kind < 0.16 and step.endswith("after") and (commits or "call" in step):
        return Trap(step, LOSE)
    if kind > 0.9:
        # A frozen write is the named exception: it is thawed before anybody sends again.
        return Trap(step, FREEZE, chance.choice([2.0, 5.0, OVER_VOID]))
    return Trap(step, KILL_ALL if kind > 0.85 else KILL)


def _deaths(chance: random.Random, seconds: float, each: float) -> Iterator[Moment]:
    at = chance.expovariate(1 / each)
    while at < seconds:
        yield Moment(at, "kill all" if chance.random() < 0.15 else "kill", chance.randrange(INSTANCES))
        at += chance.expovariate(1 / each)


def _troubles(chance: random.Random, engine: str, seconds: float) -> Iterator[Moment]:
    at = chance.uniform(1, 4)
    while at < seconds:
        yield _trouble(chance, engine, at)
        at += chance.uniform(1.5, 5)


def _trouble(chance: random.Random, engine: str, at: float) -> Moment:
    kind, instance = chance.random(), chance.randrange(INSTANCES)
    if kind < 0.55:
        name, code, lasts = chance.choice(MISHAPS)
        how = {"kind": name, "code": code, "seconds": lasts, "times": chance.randint(1, 3)}
        return Moment(at, "mishap", instance, {key: value for key, value in how.items() if value is not None})
    if kind < 0.7:
        return Moment(at, "freeze", instance, {"seconds": chance.choice([1.0, 4.0, OVER_VOID])})
    if kind < 0.78 and engine == SQLITE:
        return Moment(at, "lock", instance, {"seconds": chance.choice([1.0, OVER_PATIENCE])})
    to = "store" if engine == EMULATOR and kind < 0.85 else "twilio"
    return Moment(at, "wire", instance, {"to": to, "mode": chance.choice(MODES), "seconds": chance.uniform(1, 6)})


def told(plans: Sequence[Plan]) -> str:
    """What the plans come to, in a line each."""
    return "\n".join(
        f"{one.engine}: seed {one.seed}, {one.seconds:g} s of chaos, {one.rate:g} webhooks a second,"
        f" {one.teams} teams, {len(one.traps)} traps, {len(one.moments)} moments"
        for one in plans
    )
