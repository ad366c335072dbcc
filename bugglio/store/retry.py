"""Doing work again whose commit met another writer, and refusing to commit what was decided too long ago."""

import random
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from bugglio.store import patience
from bugglio.store.port import Conflict, Store, Write, Written

T = TypeVar("T")

FIRST_PAUSE = 0.005
LONGEST_PAUSE = 0.25
STALE = 30.0
"""Seconds after which a decision is made anew: what it rests on may have changed."""


def retrying(
    work: Callable[[], T],
    *,
    meanwhile: Callable[[], None] | None = None,
    deadline_seconds: float = 3.0,
    sleep: Callable[[float], None] = time.sleep,
    chance: Callable[[], float] = random.random,
    now: Callable[[], float] = time.monotonic,
) -> T:
    """
    What `work` answers, doing it again as long as it raises `Conflict`.

    `work` reads, decides and commits, all anew each time. The pauses double, and are drawn at random between half of
    that and one and a half times of it, so that two writers do not keep meeting. When the next pause would end after
    the deadline, the last conflict is raised. `meanwhile` is done after the second conflict and after each later one.
    """
    until = now() + patience.left(deadline_seconds)
    pause = FIRST_PAUSE
    while True:
        try:
            return work()
        except Conflict:
            wait = pause * (0.5 + chance())
            if now() + wait >= until:
                raise
            if meanwhile is not None and pause > FIRST_PAUSE:
                meanwhile()
            sleep(wait)
            pause = min(2 * pause, LONGEST_PAUSE)


def running_time() -> float:
    """Seconds on a clock that goes on while the machine is suspended, where the system has one (Linux)."""
    boot_time: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot_time is None else time.clock_gettime(boot_time)


def commit_fresh(
    store: Store, writes: Sequence[Write], read_at: float, now: Callable[[], float] = running_time
) -> list[Written]:
    """
    Commit what was decided on a reading made at `read_at`, the `running_time` before it.

    Raises `Conflict` when that is over 30 seconds ago, as if another writer had been first: an instance may be frozen
    between its reading and its commit, and wakes with a decision of another hour.
    """
    if now() - read_at > STALE:
        raise Conflict("the decision is too old; read again")
    return store.commit(writes)
