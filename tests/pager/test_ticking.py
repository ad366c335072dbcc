"""The tick where things go wrong: a sender that is broken, a log that is slow, more than there is time for."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from bugglio import sender as senders
from bugglio.app import App, Parts
from bugglio.delivery import Logged, Outcome, Unknown
from bugglio.pager.ports import CarrierError, Outgoing
from bugglio.pager.ticking import WORK
from bugglio.simulator import Misbehaviour
from bugglio.store import Store
from tests.clock import Clock
from tests.payloads import change, event
from tests.stage import Stage, staged


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
