"""How callers of one key are put into groups."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from bugglio.store import patience
from bugglio.store.groups import CROWD, FAIR, Groups

FOR_EVER = 60.0
"""Seconds that a leader would linger, were it not called; tests end long before."""


class Work:
    """What groups run; each group waits until it is let go."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self._begun = threading.Semaphore(0)
        self._go = threading.Semaphore(0)

    def __call__(self, key: str, items: Sequence[int]) -> list[str]:
        self.groups.append(list(items))
        self._begun.release()
        assert self._go.acquire(timeout=30)
        return [f"{key} {item}" for item in items]

    def next_group(self) -> list[int]:
        """The group that begins next."""
        assert self._begun.acquire(timeout=30)
        return self.groups[-1]

    def let_go(self) -> None:
        self._go.release()


def until(true: Callable[[], bool]) -> None:
    ended = threading.Event()
    for _ in range(6_000):
        if true():
            return
        ended.wait(0.005)
    raise AssertionError("it never came true")


class Crowd:
    """Callers of one key, each in a thread."""

    def __init__(self, linger: float) -> None:
        self.work = Work()
        self.groups: Groups[int, str] = Groups(self.work, linger=linger)
        self._pool = ThreadPoolExecutor(100)
        self._futures: list[Future[str]] = []

    def come(self, number: int) -> None:
        """So many more callers come, and are there."""
        there = self.groups.gathered
        for _ in range(number):
            self.one_more()
        until(lambda: self.groups.gathered == there + number)

    def one_more(self) -> None:
        self._futures.append(self._pool.submit(self.groups.submit, "key", len(self._futures)))

    def opens(self) -> None:
        """The first caller comes, and is at work."""
        self.one_more()
        assert [0] == self.work.next_group()

    def answered(self) -> None:
        """Each caller has been answered with what is its own."""
        assert [f"key {number}" for number in range(len(self._futures))] == [one.result(30) for one in self._futures]


@pytest.fixture
def patient() -> Crowd:
    return Crowd(FOR_EVER)


def test_who_comes_during_a_groups_work_is_the_next_group(patient: Crowd) -> None:
    patient.opens()
    patient.come(30)
    patient.work.let_go()

    assert set(range(1, 31)) == set(patient.work.next_group())
    patient.work.let_go()
    patient.answered()


def test_a_few_never_wait_for_more(patient: Crowd) -> None:
    patient.opens()
    patient.come(CROWD - 2)
    patient.work.let_go()
    assert CROWD - 2 == len(patient.work.next_group())
    patient.come(1)
    patient.work.let_go()

    assert 1 == len(patient.work.next_group())
    patient.work.let_go()
    patient.answered()


def test_on_a_hot_key_half_of_the_crowd_goes_together(patient: Crowd) -> None:
    patient.opens()
    patient.come(31)
    patient.work.let_go()
    assert 31 == len(patient.work.next_group())
    patient.come(1)
    patient.work.let_go()
    until(lambda: patient.groups.gathered == 0)
    patient.come(14)
    assert 2 == len(patient.work.groups)
    patient.one_more()

    assert 16 == len(patient.work.next_group())
    patient.work.let_go()
    patient.answered()


def test_a_leader_whose_crowd_has_gone_home_goes_alone() -> None:
    crowd = Crowd(linger=0.0)
    crowd.opens()
    crowd.come(31)
    crowd.work.let_go()
    assert 31 == len(crowd.work.next_group())
    crowd.come(1)
    crowd.work.let_go()

    assert 1 == len(crowd.work.next_group())
    crowd.work.let_go()
    crowd.answered()


def test_all_of_a_group_learn_that_it_failed_and_the_next_goes_on() -> None:
    fails = threading.Event()

    def work(_: str, items: Sequence[int]) -> Sequence[int]:
        if fails.is_set():
            raise OSError("the store is gone")
        return items

    groups: Groups[int, int] = Groups(work)
    fails.set()
    with pytest.raises(OSError, match="the store is gone"):
        groups.submit("key", 1)
    fails.clear()

    assert 2 == groups.submit("key", 2)
    assert 0 == groups.gathered


@pytest.mark.parametrize(("own", "others", "left"), [(-0.5, 1, FAIR), (2.4, 1, 2.4), (0.2, 0, 0.2)])
def test_who_leads_after_a_long_wait_has_time_for_those_who_came_later(
    monkeypatch: pytest.MonkeyPatch, own: float, others: int, left: float
) -> None:
    monkeypatch.setattr("bugglio.store.patience.monotonic", lambda: 1_024.0)
    crowd = Crowd(linger=0.0)
    noted: list[float] = []

    def work(key: str, items: Sequence[int]) -> list[str]:
        noted.append(patience.left(60.0))
        return crowd.work(key, items)

    def hurried() -> str:
        with patience.within(own):
            return crowd.groups.submit("key", 1)

    crowd.groups = Groups(work, linger=0.0)
    crowd.opens()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(hurried)
        until(lambda: crowd.groups.gathered == 1)
        crowd.come(others)
        crowd.work.let_go()
        crowd.work.next_group()
        crowd.work.let_go()

        assert "key 1" == waiting.result(30)
    assert [60.0, pytest.approx(left)] == noted
