"""Events come in: what one group of them makes of an alert."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from bugglio.app import App, Parts
from bugglio.bugsnag import parse
from bugglio.doors.bugsnag import BugsnagDoor
from bugglio.pager.intake import alert_key
from bugglio.pager.reports import iso
from bugglio.roster import Engineer, Roster, Step, Team
from bugglio.store import Reading, Store, Unreachable, Write, Written
from bugglio.store.counting import Bill, CountingStore
from tests.clock import Clock
from tests.faults import Fault, FaultyStore
from tests.payloads import change, event
from tests.stage import ANA, staged

PEOPLE = {
    "on-duty": Engineer("on-duty", "Ana Lima", ANA, admin=True),
    "ben": Engineer("ben", "Ben Ode", "+14155550102"),
}


def on_duty(*names: str) -> Roster:
    """The roster while it is their turn."""
    return Roster(PEOPLE, {"shop": Team("shop", (Step(names),), projects=("*",))})


def test_the_same_news_twice_in_one_group_is_told_once_to_each(sqlite: Store, clock: Clock) -> None:
    def at(payload: dict[str, Any]) -> dict[str, Any]:
        clock.advance(seconds=61)
        payload["error"]["receivedAt"] = iso(clock.now())
        return payload

    with staged(sqlite, clock, on_duty("on-duty")) as stage:
        first = stage.webhook(event())
        stage.roster = on_duty("on-duty", "ben")
        door = stage.works.doors["bugsnag"]
        assert isinstance(door, BugsnagDoor)
        group = [parse(at(one)) for one in (change("fixed"), change("reopened"), change("fixed"))]

        answers = door.intake._together(alert_key(group[0]), group)

        assert ["changed", "opened", "changed"] == [one.answer.outcome for one in answers]
        assert {first["code"]} == {one.answer.code for one in answers}
        told = [page.fields["to"] for page in sqlite.query("pages", "created") if page.fields["kind"] == "notice"]
        assert len(told) == len(set(told))


def test_a_group_that_opens_nothing_is_recorded_as_quickly_as_one_event(sqlite: Store, clock: Clock) -> None:
    counting = CountingStore(sqlite)
    with staged(counting, clock) as stage:
        door = stage.works.doors["bugsnag"]
        assert isinstance(door, BugsnagDoor)
        group = [parse(change("fixed")) for _ in range(40)] + [parse(change("ignored"))]
        counting.settle()

        answers = door.intake._together(alert_key(group[0]), group)

        assert {"recorded"} == {one.answer.outcome for one in answers}
        assert Bill(calls=5, reads=3, writes=2) == counting.settle()
        found = [one.fields for one in sqlite.query("unrouted", "alert")]
        assert {"fixed": 40, "ignored": 1} == {one["change"]: one["count"] for one in found}

        door.intake._together(alert_key(group[0]), group[:3])

        assert [1, 43] == sorted(one.fields["count"] for one in sqlite.query("unrouted", "alert"))


class Silent(FaultyStore):
    """A store that does not answer; each reading takes its time to fail."""

    def __init__(self, store: Store, seconds: float) -> None:
        super().__init__(store, Fault())
        self._seconds = seconds
        self.spent: list[float] = []

    def get(self, paths: Sequence[str]) -> Reading:
        self.spent.append(self._seconds)
        raise Unreachable(f"no answer about {len(paths)} documents")


@pytest.mark.parametrize(("seconds", "asked"), [(0.1, 2), (3.0, 1)])
def test_a_store_that_is_slow_to_fail_is_not_asked_again_within_the_webhook(
    sqlite: Store, clock: Clock, seconds: float, asked: int
) -> None:
    silent = Silent(sqlite, seconds)
    with staged(sqlite, clock) as stage:
        parts = Parts(silent, None, lambda: stage.roster, uptime=lambda: sum(silent.spent))
        stage.app = App(lambda: stage.settings, lambda *_: None, parts)

        assert 503 == stage.simulator.send_event(event()).status

        assert asked == len(silent.spent)
        assert "was not stored" in stage.page()


class Between(FaultyStore):
    """A store in which something else happens just before events are counted."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, Fault())
        self.work: Callable[[], object] | None = None

    def commit(self, writes: Sequence[Write]) -> list[Written]:
        work = self.work
        if work is not None and any("events" in write.increment for write in writes):
            self.work = None
            work()
        return super().commit(writes)


@pytest.mark.parametrize(
    ("word", "state", "outcome", "counted"),
    [
        ("ack", "acknowledged", "counted", 4),
        ("snooze 2x", "triggered", "changed", 4),
        ("close", "triggered", "opened", 2),
    ],
)
def test_events_are_counted_once_whatever_becomes_of_the_alert_in_this_moment(
    store: Store, clock: Clock, word: str, state: str, outcome: str, counted: int
) -> None:
    between = Between(store)
    with staged(between, clock) as stage:
        stage.webhook(event(error={"occurrences": None}))
        stage.webhook(event("exception", error={"occurrences": None}))
        clock.advance(minutes=1)
        door = stage.works.doors["bugsnag"]
        assert isinstance(door, BugsnagDoor)
        news = {"occurrences": None, "receivedAt": iso(clock.now())}
        group = [parse(event("exception", error={**news})) for _ in range(2)]
        between.work = lambda: stage.text(ANA, word)

        answers = door.intake._together(alert_key(group[0]), group)

        assert outcome in {one.answer.outcome for one in answers}
        (alert,) = stage.alerts()
        assert (state, counted) == (alert["state"], alert["events"])
