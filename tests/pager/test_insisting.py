"""In a storm of events of one error, whoever wants to change its alert comes through."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from bugglio import alert as alerts
from bugglio.app import App
from bugglio.pager.insisting import HOLDS, insisting, is_wanted
from bugglio.store import ABSENT, EXISTS, Conflict, Document, Store, Version, Write
from tests.clock import Clock
from tests.doors.calling import webhook
from tests.payloads import change, event
from tests.stage import ANA, Stage

THREADS = 8


def only(stage: Stage) -> Document:
    """The one alert's document."""
    return stage.store.query("alerts", "closed_at")[0] if not stage.alerts() else stage.store.query("alerts", "open")[0]


@contextmanager
def storm(apps: list[App], faults: list[str]) -> Iterator[Callable[[], int]]:
    """Eight threads deliver events of the first error, each as soon as the last was answered, to these instances."""
    over, counted = threading.Event(), [0] * THREADS

    def deliver(number: int) -> None:
        while not over.is_set():
            answer = webhook(apps[number % len(apps)], event("exception", "Every event"))
            if answer.status != 200:
                faults.append(answer.text)
            counted[number] += 1

    threads = [threading.Thread(target=deliver, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    try:
        _until(lambda: all(counted))
        yield lambda: sum(counted)
    finally:
        over.set()
        for thread in threads:
            thread.join(30)


def _until(true: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(6_000):
        if true():
            return
        waiting.wait(0.005)
    raise AssertionError("it did not come to that within 30 seconds")


@pytest.mark.parametrize("instances", [1, THREADS])
def test_an_ack_wins_through(stage: Stage, instances: int) -> None:
    code = stage.webhook(event())["code"]
    faults: list[str] = []

    with storm([stage.restart() for _ in range(instances)], faults) as counted:
        answer = stage.text(ANA, "ack")
        before = counted()
        _until(lambda: counted() > before + THREADS)

    assert f"Acked {code} TypeError checkout-api. Nothing else open." == answer
    assert [] == faults
    alert = alerts.load(only(stage).fields)
    assert ("acknowledged", "on-duty") == (alert.state, alert.acknowledged_by)
    assert counted() + 1 <= alert.events


def test_a_close_wins_through_and_events_that_bugsnag_saw_before_open_nothing(stage: Stage) -> None:
    stage.webhook(event())
    faults: list[str] = []

    with storm([stage.restart() for _ in range(THREADS)], faults):
        assert stage.text(ANA, "close").startswith("Closed ")

    assert [] == faults
    assert [] == stage.alerts()


def test_the_next_step_and_a_fix_in_bugsnag_win_through(stage: Stage) -> None:
    stage.webhook(event())
    stage.new_texts()
    faults: list[str] = []

    with storm([stage.restart() for _ in range(THREADS)], faults):
        stage.clock.advance(minutes=2)
        stage.tick()
        second = stage.page()
        fixed = stage.webhook(change("fixed", extra={}))

    assert "2nd page" in second
    assert ("changed", []) == (fixed["outcome"], stage.alerts())
    assert [] == faults + stage.troubles


def test_what_was_changed_is_marked_no_longer(store: Store, clock: Clock) -> None:
    _put(store, {"n": 0})
    tries = 0

    def work(wanted: set[str]) -> bool:
        nonlocal tries
        tries += 1
        found = store.get(["alerts/a"]).documents["alerts/a"]
        wanted.add("a")
        if tries < 3:
            # Somebody counts in between.
            store.commit([Write("alerts/a", EXISTS, increment={"n": 1})])
        mark = is_wanted(found, clock.now())
        store.commit([Write("alerts/a", found.version, put={"state": "changed"}, delete=(alerts.WANTED,))])
        return mark

    assert insisting(store, work)
    assert 3 == tries
    assert not is_wanted(store.get(["alerts/a"]).get("alerts/a"), clock.now())


def test_a_mark_says_something_for_two_seconds(store: Store, clock: Clock) -> None:
    _put(store, {"n": 0})
    with pytest.raises(Conflict):
        insisting(store, _always_late, deadline_seconds=0.1)

    marked = store.get(["alerts/a"]).get("alerts/a")
    assert is_wanted(marked, clock.now() + HOLDS - 1)
    assert not is_wanted(marked, clock.now() + HOLDS)
    assert not is_wanted(None, clock.now())


def test_a_dumped_alert_takes_the_mark_away() -> None:
    fields = alerts.dump(alerts.Alert(mark="m", team="default"))

    assert fields[alerts.WANTED] is None


def test_events_are_counted_in_the_end_although_the_mark_stays(stage: Stage) -> None:
    stage.webhook(event())
    stage.store.commit([Write(only(stage).path, EXISTS, stamp=(alerts.WANTED,))])

    assert "counted" == stage.webhook(event("exception"))["outcome"]
    assert 2 == stage.alerts()[0]["events"]


def test_nothing_is_marked_by_whoever_changes_no_alert(store: Store) -> None:
    tries = []

    def work(_: set[str]) -> None:
        tries.append(1)
        if len(tries) < 4:
            raise Conflict("something else")

    insisting(store, work)
    assert 4 == len(tries)
    assert {} == dict(store.get(["alerts/a"]).documents)


def _put(store: Store, fields: dict[str, int]) -> Version:
    return store.commit([Write("alerts/a", ABSENT, put=fields)])[0].version


def _always_late(wanted: set[str]) -> None:
    wanted.add("a")
    raise Conflict("somebody was first")
