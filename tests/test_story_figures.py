"""Closings under trouble: whatever is closed, taken back, opened again and cut short, each is counted exactly once."""

import random
import threading
from collections.abc import Callable
from functools import partial

import pytest

from bugglio.figures import unpacked
from bugglio.pager.reports import iso
from bugglio.store import BY_ID, Store, Unreachable
from tests.browsing import BEN, DAN, ROSTER, apply
from tests.clock import Clock
from tests.faults import Fault, Killed
from tests.payloads import change, event
from tests.stage import ANA, Stage, staged

ERRORS = 8
ROUNDS = 100


class Trouble:
    """People, Bugsnag and ticks at once, and a process that dies at any of its calls, or loses their answers."""

    def __init__(self, stage: Stage, chance: random.Random) -> None:
        self._stage = stage
        self._chance = chance

    def happens(self) -> None:
        """One thing, some time later."""
        self._stage.clock.advance(seconds=self._chance.choice([1, 1, 5, 20, 60, 300]))
        self._under_a_fault(self._one(), 0.3, 12)
        if self._chance.random() < 0.1:
            self._stage.clock.advance(minutes=21)
            self._under_a_fault(self._stage.tick, 1.0, 25)

    def _one(self) -> Callable[[], object]:
        number, who = self._chance.randrange(ERRORS), self._chance.choice([ANA, BEN, DAN])
        told = {"errorId": f"error-{number}", "receivedAt": iso(self._stage.clock.now())}
        state = self._chance.choice(["fixed", "reopened", "ignored"])
        words = ["close {}", "close {}", "undo", "reopen {}", "close all", "ack {}", "snooze {} 5m", "fix {}"]
        some = [one.fields["code"] for one in self._stage.store.query("alerts", BY_ID)] or [1]
        body = self._chance.choice(words).format(self._chance.choice(some))
        some_things: list[Callable[[], object]] = [
            partial(self._stage.webhook, event("exception", error=told)),
            partial(self._stage.webhook, change(state, error=told)),
            partial(self._texts, who, body),
            partial(self._texts, who, body),
            self._stage.tick,
        ]
        return self._chance.choice(some_things)

    def _texts(self, who: str, body: str) -> None:
        self._stage.text(who, body)
        if body == "close all":
            self._stage.text(who, "ok")

    def _under_a_fault(self, work: Callable[[], object], share: float, calls: int) -> None:
        chance = self._chance
        fault = Fault(chance.randrange(calls), after=chance.random() < 0.5, kills=chance.random() < 0.6)
        if chance.random() < share:
            self._stage.restart(fault)
        try:
            work()
        except (Killed, Unreachable, AssertionError):
            # An answer of 503 is an AssertionError of the stage.
            assert fault.struck
        self._stage.restart()


@pytest.mark.parametrize("seed", [0, 8])
def test_each_closing_that_stands_is_counted_once(sqlite: Store, clock: Clock, seed: int) -> None:
    with staged(sqlite, clock) as stage:
        stage.use_the_store()
        apply(stage, ROSTER)
        trouble = Trouble(stage, random.Random(seed))
        for _ in range(ROUNDS):
            trouble.happens()
        for _ in range(8):
            clock.advance(minutes=21)
            _at_once(stage.tick, stage.tick)

        closings, lines = sqlite.query("history", BY_ID, limit=1000), _lines(sqlite)
        back = [one for one in lines if one["what"] == "undone" and one["detail"] in ("close", "fix")]
        weeks = [unpacked(one.fields["sums"]) for one in sqlite.query("figures", BY_ID)]
        assert 5 < len(closings)
        assert len(closings) - len(back) == sum(week.whole.closed for week in weeks)
        assert [] == sqlite.query("history", "uncounted")


def _lines(store: Store) -> list[dict[str, str]]:
    found = [one.fields["timeline"] for one in store.query("alerts", BY_ID)]
    assert max(map(len, found)) < 100, "a line was forgotten"
    return [{"detail": "", **line} for some in found for line in some]


def _at_once(*work: Callable[[], object]) -> None:
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
