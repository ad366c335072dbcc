"""The tick where things go wrong: a sender that is broken, a log that is slow, more than there is time for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import pytest

from bugglio import sender as senders
from bugglio.alert import load
from bugglio.app import App, Parts
from bugglio.delivery import Logged, Outcome, Unknown
from bugglio.page import Page
from bugglio.pager import making
from bugglio.pager.ports import CarrierError, Outgoing
from bugglio.pager.stopping import marked
from bugglio.pager.ticking import WORK
from bugglio.pager.wellbeing.pulse import PULSE
from bugglio.phone import phone_id
from bugglio.roster import HOUR, Engineer, Roster, Step, Team
from bugglio.simulator import Misbehaviour
from bugglio.store import ABSENT, Store, Write, Written
from bugglio.store.counting import CountingStore
from tests.clock import Clock
from tests.payloads import change, event
from tests.stage import ANA, Stage, staged
from tests.storms import flood

BEN, CY = "+14155550102", "+14155550103"


@pytest.fixture
def quick(sqlite: Store, clock: Clock) -> Iterator[Stage]:
    """The stage on one engine."""
    with staged(sqlite, clock) as stage:
        yield stage


def other(number: int) -> dict[str, Any]:
    """A new error, unlike the others."""
    return event(error={"errorId": f"checkout-{number}", "exceptionClass": f"Error{number}"})


def fixed(number: int) -> dict[str, Any]:
    """Somebody has mended it."""
    return change("fixed", error={"errorId": f"checkout-{number}"})


def test_steps_go_on_when_what_could_have_tried_a_broken_sender_was_answered(quick: Stage) -> None:
    quick.webhook(event())
    assert quick.page()
    quick.simulator.misbehave(Misbehaviour("refuse", code=20003))
    quick.webhook(other(2))
    quick.webhook(fixed(2))
    quick.simulator.misbehave(None)

    quick.wait(minutes=10, step=10)

    assert any("2nd page" in text for text in quick.new_texts())


def waiting_call(stage: Stage, due_at: int) -> None:
    """A call that may be made from a moment on, to a phone that nobody else is waiting to reach."""
    alerts = stage.store.query("alerts", "open")
    alert = load(alerts[0].fields)
    page = Page(kind="call", to="on-duty", number=ANA, phone=phone_id(ANA), created=stage.clock.now(), due_at=due_at)
    about = msgspec.structs.replace(page, alert=alerts[0].id, code=alert.code, cycle=alert.cycle)
    stage.store.commit([making.new("c" * 24, about)])


def test_a_call_that_waits_does_not_take_the_place_of_the_text_that_tries_a_broken_sender(quick: Stage) -> None:
    quick.simulator.misbehave(Misbehaviour("refuse", times=1, code=20003))
    quick.webhook(event())
    waiting_call(quick, quick.clock.now())
    quick.clock.advance(seconds=60)

    quick.tick()

    assert 1 == len(quick.new_texts())
    assert 1 == len(quick.simulator.calls(ANA))


def test_a_call_that_waits_is_nothing_that_could_try_a_broken_sender(quick: Stage) -> None:
    quick.webhook(event())
    assert quick.page()
    quick.simulator.misbehave(Misbehaviour("refuse", code=20003))
    quick.webhook(other(2))
    waiting_call(quick, quick.clock.now() + HOUR)
    quick.webhook(fixed(2))
    quick.simulator.misbehave(None)

    quick.wait(minutes=10, step=10)

    assert any("2nd page" in text for text in quick.new_texts())


def test_a_broken_sender_is_not_thought_mended_while_a_page_waits_to_try_it(quick: Stage) -> None:
    quick.simulator.misbehave(Misbehaviour("refuse", code=20003))
    quick.webhook(event())

    quick.wait(minutes=10, step=10)
    quick.clock.advance(hours=1)
    quick.tick()

    assert 1 == len([trouble for trouble in quick.troubles if "20003" in trouble])


def test_what_nobody_wants_any_more_does_not_use_up_the_minutes_try_of_a_broken_sender(quick: Stage) -> None:
    quick.simulator.misbehave(Misbehaviour("refuse", code=20003))
    for number in range(6):
        quick.webhook(other(number))
    for number in range(5):
        quick.webhook(fixed(number))
    quick.simulator.misbehave(None)

    quick.wait(seconds=70, step=10)

    assert ["Error5" in text for text in quick.new_texts()] == [True]


def test_a_text_sent_before_an_outage_does_not_end_it_when_it_arrives(quick: Stage) -> None:
    quick.webhook(event())
    quick.clock.advance(seconds=1)
    quick.simulator.misbehave(Misbehaviour("refuse", code=20003))
    quick.webhook(other(2))

    quick.simulator.settle()

    assert "until" not in quick.store.get([senders.PATH]).documents[senders.PATH].fields


class Slow:
    """A carrier of which nothing is heard, and whose log takes its time to fail."""

    def __init__(self, takes: Callable[[], None]) -> None:
        self._takes = takes

    def send(self, text: Outgoing, *, patience: float, fresh: Callable[[], bool]) -> Outcome:
        assert text.body
        assert patience
        assert fresh()
        return Unknown("no answer")

    def find(self, to: str, *, spoken: bool = False) -> Sequence[Logged]:
        self._takes()
        raise CarrierError(f"no answer about {to[-4:]}, {spoken=}")


def test_a_tick_ends_in_time_however_slow_twilios_log_is(sqlite: Store, clock: Clock) -> None:
    spent: list[float] = []
    slow = Slow(lambda: spent.append(5.0))
    with staged(sqlite, clock) as stage:
        stage.restart_with(slow)
        for number in range(30):
            stage.webhook(other(number))
            clock.advance(minutes=6)
        parts = Parts(sqlite, slow, lambda: stage.roster, uptime=lambda: sum(spent))

        App(lambda: stage.settings, lambda *_: None, parts).works.ticking.tick()

    assert WORK <= sum(spent) < WORK + 5


def test_what_cannot_even_be_read_keeps_nobody_elses_page_waiting_and_is_late(quick: Stage) -> None:
    quick.tick()
    for number in range(4):
        quick.webhook(other(number))
    assert 3 == len(quick.new_texts())
    now = quick.clock.now()
    quick.store.commit([Write("alerts/torn", ABSENT, put={"due_at": now, "state": 1, "errands": [1]})])
    quick.store.commit([Write("pages/torn", ABSENT, put={"due_at": now, "state": "waiting", "phone": 1})])

    quick.wait(minutes=1, step=60)

    assert "Error3" in quick.page()
    assert {"tick, alerts/torn", "tick, pages/torn"} == {one.partition(":")[0] for one in quick.troubles}
    quick.wait(minutes=5, step=60)
    told = [one for one in quick.troubles if one.startswith("watch, ")]
    assert ["step", "page"] == [kind for kind in ("step", "page") for one in told if f"a {kind} is over" in one]


def test_what_cannot_be_told_of_events_not_understood_keeps_no_page_waiting(quick: Stage) -> None:
    quick.tick()
    quick.store.commit([Write("unrouted/torn", ABSENT, put={"untold": 1, "count": "many"})])
    for number in range(4):
        quick.webhook(other(number))
    assert 3 == len(quick.new_texts())

    quick.wait(minutes=1, step=60)

    assert "Error3" in quick.page()
    assert ["telling of events not understood"] == [one.partition(":")[0] for one in quick.troubles]


@pytest.mark.slow
def test_after_a_stop_of_whoever_very_many_wait_for_others_are_paged_in_the_same_tick(
    sqlite: Store, clock: Clock
) -> None:
    spent: list[float] = []

    class Heavy(CountingStore):
        """A store each of whose commits takes half a second."""

        def commit(self, writes: Sequence[Write]) -> list[Written]:
            spent.append(0.5)
            return super().commit(writes)

    people = {
        "ana": Engineer("ana", "Ana", ANA, admin=True),
        "ben": Engineer("ben", "Ben", BEN),
        "cy": Engineer("cy", "Cy", CY),
    }
    teams = {name: Team(name, (Step((who,)),)) for name, who in {"shop": "ben", "web": "cy"}.items()}
    with staged(sqlite, clock, Roster(people, teams, last_resort="ana")) as stage:
        stage.tick()
        flood(stage, 500, team="shop", paged=False)
        parts = Parts(Heavy(sqlite), None, lambda: stage.roster, uptime=lambda: sum(spent))
        stage.app = App(lambda: stage.settings, stage._alarm, parts)
        stage.text(BEN, "STOP")
        clock.advance(seconds=10)
        flood(stage, 1, team="web", first=9_000)
        spent.clear()

        stage.tick()

        assert 1 == len(stage.new_texts(CY))
        assert sum(spent) < WORK + 5
        while marked(stage.store.get([PULSE]).get(PULSE)):
            spent.clear()
            stage.tick()
        assert {("ana",)} == {tuple(one["waits_for"]) for one in _all(stage) if one["team"] == "shop"}
        assert [] == stage.troubles


def _all(stage: Stage) -> list[Mapping[str, Any]]:
    """Every open alert."""
    return [one.fields for one in stage.store.query("alerts", "open", limit=1_000)]
