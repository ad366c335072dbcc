"""Trying again after a conflict, and giving up in time."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bugglio.store import ABSENT, Conflict, Unreachable, Write
from bugglio.store.retry import FIRST_PAUSE, LONGEST_PAUSE, commit_fresh, retrying, running_time
from bugglio.store.sqlite import SqliteStore


class Time:
    """A monotonic clock that only sleeping moves, and that remembers the sleeps."""

    def __init__(self) -> None:
        self.at = 100.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


def conflicting(times: int) -> Callable[[], int]:
    """Work that meets so many conflicts and then answers how often it was done."""
    done = 0

    def work() -> int:
        nonlocal done
        done += 1
        if done <= times:
            raise Conflict(str(done))
        return done

    return work


def test_work_without_a_conflict_is_done_once_and_nobody_waits() -> None:
    clock = Time()
    assert 1 == retrying(conflicting(0), sleep=clock.sleep, now=clock.now)
    assert [] == clock.slept


def test_work_is_done_anew_until_it_meets_no_conflict() -> None:
    clock = Time()
    assert 4 == retrying(conflicting(3), sleep=clock.sleep, now=clock.now, chance=lambda: 0.5)
    assert [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE] == clock.slept


@pytest.mark.parametrize(("conflicts", "times"), [(0, 0), (1, 0), (2, 1), (5, 4)])
def test_something_may_be_done_meanwhile_from_the_second_conflict_on(conflicts: int, times: int) -> None:
    clock = Time()
    done: list[int] = []
    retrying(
        conflicting(conflicts),
        meanwhile=lambda: done.append(len(clock.slept)),
        sleep=clock.sleep,
        now=clock.now,
        chance=lambda: 0.5,
    )
    assert [*range(1, times + 1)] == done


@pytest.mark.parametrize(("chance", "share"), [(0.0, 0.5), (0.999, 1.499)])
def test_the_pause_is_drawn_at_random(chance: float, share: float) -> None:
    clock = Time()
    retrying(conflicting(1), sleep=clock.sleep, now=clock.now, chance=lambda: chance)
    assert [FIRST_PAUSE * share] == clock.slept


def test_the_pauses_stop_growing() -> None:
    clock = Time()
    retrying(conflicting(20), deadline_seconds=60, sleep=clock.sleep, now=clock.now, chance=lambda: 0.5)
    assert LONGEST_PAUSE == max(clock.slept) == clock.slept[-1]


def test_the_last_conflict_is_raised_before_the_deadline_has_passed() -> None:
    clock = Time()
    with pytest.raises(Conflict, match=str(len(clock.slept) + 1)) as last:
        retrying(conflicting(10_000), deadline_seconds=3.0, sleep=clock.sleep, now=clock.now, chance=lambda: 0.5)
    assert str(len(clock.slept) + 1) == str(last.value)
    assert 2.7 < clock.at - 100 <= 3


def test_other_failures_are_not_tried_again() -> None:
    def work() -> None:
        raise Unreachable("away")

    clock = Time()
    with pytest.raises(Unreachable, match="away"):
        retrying(work, sleep=clock.sleep, now=clock.now)
    assert [] == clock.slept


def test_a_decision_of_half_a_minute_is_committed_and_an_older_one_is_not(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "fresh.db")
    write = [Write("alerts/a", ABSENT, put={"n": 1})]
    with pytest.raises(Conflict, match="too old"):
        commit_fresh(store, write, read_at=1000.0, now=lambda: 1030.1)
    assert {} == store.get(["alerts/a"]).documents
    commit_fresh(store, write, read_at=1000.0, now=lambda: 1030.0)
    assert ["alerts/a"] == list(store.get(["alerts/a"]).documents)
    store.close()


def test_the_running_time_goes_on_while_the_machine_sleeps_where_it_can_be_known() -> None:
    before = running_time()
    assert before <= running_time()
    boot_time = getattr(time, "CLOCK_BOOTTIME", None)
    known = time.monotonic() if boot_time is None else time.clock_gettime(boot_time)
    assert 0 <= known - before < 60
