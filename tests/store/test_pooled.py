"""Hurried callers' requests go along with others', and nobody fails for another's."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from bugglio.store import ABSENT, EXISTS, Conflict, Reading, Store, Unreachable, Write, Written, patience
from bugglio.store.pooled import Pooled
from tests.store.test_groups import until


class Gate:
    """A store that lets its first request wait, and notes how large each is; it may lose an answer."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.reads: list[int] = []
        self.commits: list[int] = []
        self.opens = threading.Event()
        self.loses = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def get(self, paths: Sequence[str]) -> Reading:
        self.reads.append(len(paths))
        assert self.opens.wait(30)
        return self._store.get(paths)

    def commit(self, writes: Sequence[Write]) -> list[Written]:
        self.commits.append(len(writes))
        assert self.opens.wait(30)
        done = self._store.commit(writes)
        if self.loses:
            raise Unreachable("the answer was lost")
        return done


class Callers:
    """Each asks in a thread of its own, in a hurry; the first one's request is held up until all are there."""

    def __init__(self, store: Store) -> None:
        self.gate = Gate(store)
        self._store = Pooled(self.gate, lanes=1)
        self._pool = ThreadPoolExecutor(64)

    def commit(self, *commits: Sequence[Write]) -> list[list[Written] | Exception]:
        return self._all([lambda writes=writes: self._store.commit(writes) for writes in commits], self.gate.commits)

    def get(self, *paths: Sequence[str]) -> list[Reading | Exception]:
        return self._all([lambda some=some: self._store.get(some) for some in paths], self.gate.reads)

    def _all(self, asks: Sequence[Any], seen: list[int]) -> list[Any]:
        first, *others = asks
        futures = [self._pool.submit(self._hurried, first)]
        until(lambda: len(seen) == 1)
        futures += [self._pool.submit(self._hurried, ask) for ask in others]
        groups = (self._store._reads, self._store._commits)
        until(lambda: sum(group.gathered for group in groups) == len(others))
        self.gate.opens.set()
        return [self._outcome(future) for future in futures]

    def _hurried(self, ask: Any) -> Any:
        with patience.within(60):
            return ask()

    def _outcome(self, future: Future[Any]) -> Any:
        return future.exception(30) or future.result()


@pytest.fixture
def callers(store: Store) -> Callers:
    return Callers(store)


def counted(path: str, number: int = 1) -> list[Write]:
    return [Write(path, EXISTS, increment={"n": number})]


def made(path: str) -> list[Write]:
    return [Write(path, ABSENT, increment={"n": 0})]


def test_commits_of_different_documents_go_together_and_each_is_told_its_own(callers: Callers, store: Store) -> None:
    for number in range(20):
        store.commit(made(f"alerts/a{number}"))

    done = callers.commit(*(counted(f"alerts/a{number}", number) for number in range(20)))

    assert [1, 19] == callers.gate.commits
    assert list(range(20)) == [written[0].increments["n"] for written in done if isinstance(written, list)]


def test_commits_of_one_document_are_never_joined(callers: Callers, store: Store) -> None:
    store.commit(made("alerts/a"))

    done = callers.commit(*(counted("alerts/a") for _ in range(6)))

    assert [1] * 6 == callers.gate.commits
    assert {1, 2, 3, 4, 5, 6} == {written[0].increments["n"] for written in done if isinstance(written, list)}


def test_a_conflict_is_its_own_callers_alone(callers: Callers, store: Store) -> None:
    for number in range(12):
        store.commit(made(f"alerts/a{number}"))

    done = callers.commit(
        *(made(f"alerts/a{number}") if number == 7 else counted(f"alerts/a{number}") for number in range(12))
    )

    assert [7] == [number for number, one in enumerate(done) if isinstance(one, Conflict)]
    read = store.get([f"alerts/a{number}" for number in range(12)]).documents
    assert [0 if number == 7 else 1 for number in range(12)] == [read[f"alerts/a{n}"].fields["n"] for n in range(12)]
    assert len(callers.gate.commits) < 12


def test_all_of_one_commit_stay_together(callers: Callers, store: Store) -> None:
    store.commit(made("alerts/there"))

    done = callers.commit(made("alerts/b"), [*made("alerts/c"), *made("alerts/there")], made("alerts/d"))

    assert [False, True, False] == [isinstance(one, Conflict) for one in done]
    assert {"alerts/b", "alerts/d"} == set(store.get(["alerts/b", "alerts/c", "alerts/d"]).documents)


def test_of_a_lost_answer_everybody_is_told(callers: Callers, store: Store) -> None:
    callers.gate.loses = True

    done = callers.commit(*(made(f"alerts/a{number}") for number in range(5)))

    assert [Unreachable] * 5 == [type(one) for one in done]
    assert [1, 4] == callers.gate.commits
    assert 5 == len(store.get([f"alerts/a{number}" for number in range(5)]).documents)


def test_what_no_store_takes_is_its_own_callers_fault(callers: Callers, store: Store) -> None:
    done = callers.commit(made("alerts/a"), [Write("alerts/b", ABSENT, put={"x": object()})], made("alerts/c"))

    assert [list, ValueError, list] == [type(one) for one in done]
    assert {"alerts/a", "alerts/c"} == set(store.get(["alerts/a", "alerts/b", "alerts/c"]).documents)


def test_reads_go_together_and_each_sees_what_it_asked_for(callers: Callers, store: Store) -> None:
    store.commit([*made("alerts/a"), *made("alerts/b")])

    first, second, third = callers.get(["alerts/a"], ["alerts/b", "codes/100"], ["alerts/a", "codes/100"])

    assert [1, 3] == callers.gate.reads
    assert [{"alerts/a"}, {"alerts/b"}, {"alerts/a"}] == [
        set(one.documents) for one in (first, second, third) if isinstance(one, Reading)
    ]


def test_whoever_is_in_no_hurry_goes_alone(store: Store) -> None:
    gate = Gate(store)
    gate.opens.set()
    pooled = Pooled(gate)

    pooled.commit(made("alerts/a"))
    pooled.get(["alerts/a"])

    assert ([1], [1]) == (gate.commits, gate.reads)
    assert 0 == pooled._commits.gathered
