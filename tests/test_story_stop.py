"""A phone stops texts: what waited for it goes on at once, admins hear of it, and START mends it."""

from collections.abc import Iterator
from contextlib import suppress

import pytest

from bugglio.pager import reports
from bugglio.pager.stopping import STOPPED
from bugglio.pager.wellbeing.pulse import PULSE
from bugglio.phone import path, phone_id
from bugglio.roster import Engineer, Roster, Step, Team
from bugglio.simulator import Misbehaviour
from bugglio.store import Store
from bugglio.wording import ALL_WELL
from tests.clock import Clock
from tests.faults import Fault, Killed
from tests.payloads import event
from tests.stage import ANA, Stage, staged

BEN, CY = "+14155550102", "+14155550103"
PEOPLE = {
    "ana": Engineer("ana", "Ana Lima", ANA, admin=True),
    "ben": Engineer("ben", "Ben Ode", BEN),
    "cy": Engineer("cy", "Cy Aoki", CY),
}
STOPS = "Ben Ode's phone stopped texts from bugglio: pages go to the next. START from that phone mends it."
TAKES = "Ben Ode's phone takes texts from bugglio: pages go there again."


def shop(*first: str) -> Roster:
    """Ben, or whoever is named, is asked first, then Cy; Ana is the admin and the last resort."""
    steps = (Step(first or ("ben",), again=0), Step(("cy",), again=0))
    return Roster(PEOPLE, {"shop": Team("shop", steps, projects=("*",))}, last_resort="ana")


@pytest.fixture
def crew(store: Store, clock: Clock) -> Iterator[Stage]:
    """The stage with three people."""
    with staged(store, clock, shop()) as stage:
        yield stage


@pytest.fixture
def quick(sqlite: Store, clock: Clock) -> Iterator[Stage]:
    """The same on one engine."""
    with staged(sqlite, clock, shop()) as stage:
        yield stage


def opened(stage: Stage, number: int = 1) -> int:
    """The code of a new alert."""
    code: int = stage.webhook(event(error={"errorId": f"e-{number}"}))["code"]
    return code


def paged(stage: Stage, number: str) -> list[int]:
    """The codes of the pages that have arrived on a phone since it was last looked at."""
    texts = [text for text in stage.new_texts(number) if text.startswith("#")]
    return [int(text[1:].split()[0]) for text in texts]


def is_marked(stage: Stage) -> bool:
    """Whether a tick still has to look after somebody who stopped."""
    pulse = stage.store.get([PULSE]).get(PULSE)
    return pulse is not None and STOPPED in pulse.fields


def opted_out(stage: Stage, number: str) -> bool:
    where = path(phone_id(number))
    return bool(stage.store.get([where]).documents[where].fields.get("opted_out"))


def test_an_alert_that_waited_for_the_phone_that_stopped_goes_on_at_once(crew: Stage) -> None:
    code = opened(crew)
    assert [code] == paged(crew, BEN)

    assert () == crew.simulator.receive(BEN, "STOP").replies

    assert [code] == paged(crew, CY)
    assert ("goes on: opted out by STOP", "ben") in [
        (one["what"], one.get("who", "")) for one in crew.alerts()[0]["timeline"]
    ]
    assert not is_marked(crew)
    crew.wait(minutes=4)
    assert [] == paged(crew, CY) + paged(crew, ANA)


def test_status_is_not_all_well_while_whoever_is_on_duty_cannot_be_reached(quick: Stage) -> None:
    assert ALL_WELL == quick.text(CY, "status")

    quick.simulator.receive(BEN, "STOP")
    answer = "Nothing open. ben cannot be reached (opted out by STOP). On duty: ben."
    assert answer == quick.text(CY, "status")

    quick.simulator.receive(BEN, "START")
    assert ALL_WELL == quick.text(CY, "status")


def test_the_admins_hear_once_of_a_stop_and_of_a_start(crew: Stage) -> None:
    for text in ("STOP", "stop", "UNSUBSCRIBE"):
        crew.simulator.receive(BEN, text)
    assert [f"09:00 2 Feb {STOPS}"] == crew.new_texts(ANA)

    crew.clock.advance(minutes=5)
    for text in ("START", "start"):
        crew.simulator.receive(BEN, text)
    assert [f"09:05 2 Feb {TAKES}"] == crew.new_texts(ANA)
    assert [opened(crew)] == paged(crew, BEN)


def test_an_alert_that_also_waits_for_somebody_else_waits_on_until_they_stop_too(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, shop("ana", "ben")) as stage:
        code = opened(stage)
        stage.simulator.receive(BEN, "STOP")
        assert [] == paged(stage, CY)

        stage.simulator.receive(ANA, "STOP")
        assert [code] == paged(stage, CY)


def test_what_was_acknowledged_stays_so(quick: Stage) -> None:
    opened(quick)
    quick.text(BEN, "ack")
    quick.simulator.receive(BEN, "STOP")

    assert ["acknowledged"] == [one["state"] for one in reports.open_alerts(quick.store)]
    assert [] == paged(quick, CY)


def test_pages_that_waited_for_a_token_fail_and_their_alerts_go_on(crew: Stage) -> None:
    codes = [opened(crew, number) for number in range(5)]
    assert codes[:3] == paged(crew, BEN)

    crew.simulator.receive(BEN, "STOP")
    crew.wait(minutes=3, step=20)

    states = [(one["to"], one["state"], one["cause"]) for one in reports.all_pages(crew.store)]
    assert 2 == states.count(("ben", "failed", "opted out by STOP"))
    assert [] == paged(crew, BEN)
    assert 3 == len(set(paged(crew, CY)) & set(codes))
    assert {("cy",)} == {tuple(one["waits_for"]) for one in crew.alerts()}


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True])
def test_a_process_that_ends_anywhere_in_between_loses_nothing(sqlite: Store, clock: Clock, *, after: bool) -> None:
    fault = Fault()
    with staged(sqlite, clock, shop()) as stage:
        for at in range(60):
            stage.restart()
            stage.clock.advance(minutes=20)
            code = opened(stage, at)
            fault = Fault(at=at, after=after)
            stage.restart(fault)
            with suppress(Killed):
                stage.simulator.receive(BEN, "STOP")
            stage.restart()
            # Twilio delivers a text again to which it had no answer.
            stage.simulator.receive_again(_last_stop(stage))
            stage.clock.advance(minutes=2)
            stage.tick()
            stage.clock.advance(seconds=5)
            stage.tick()
            assert [code] == paged(stage, CY), at
            assert [STOPS] == [text.split(" ", 3)[3] for text in stage.new_texts(ANA)], at
            assert not is_marked(stage)
            stage.text(CY, f"close {code}")
            stage.simulator.receive(BEN, "START")
            stage.wait(minutes=2, step=30)
            stage.new_texts(ANA)
            if not fault.struck:
                break
    assert not fault.struck
    assert fault.at > 10


def _last_stop(stage: Stage) -> str:
    return [one.sid for one in stage.simulator.messages() if one.body == "STOP"][-1]


def test_that_a_phone_has_stopped_is_learnt_from_twilios_refusal_too(crew: Stage) -> None:
    first = opened(crew)
    assert [first] == paged(crew, BEN)
    crew.clock.advance(minutes=1)
    crew.simulator.misbehave(Misbehaviour("refuse", number=BEN, code=21610))

    second = opened(crew, 2)

    assert sorted([first, second]) == sorted(paged(crew, CY))
    crew.tick()
    assert [f"09:01 2 Feb {STOPS}"] == crew.new_texts(ANA)
    assert opted_out(crew, BEN)

    third = opened(crew, 3)
    assert [third] == paged(crew, CY)
    crew.tick()
    assert [] == crew.new_texts(ANA)


def test_a_report_of_an_undelivered_text_tells_it_as_well(quick: Stage) -> None:
    quick.simulator.misbehave(Misbehaviour("undelivered", number=BEN, code=21610))
    code = opened(quick)
    quick.simulator.settle()

    assert [code] == paged(quick, CY)
    assert opted_out(quick, BEN)


def test_a_refusal_of_what_was_sent_before_a_start_stops_nothing(quick: Stage) -> None:
    quick.simulator.misbehave(Misbehaviour("undelivered", number=BEN, code=21610, times=1))
    opened(quick)
    quick.clock.advance(seconds=5)
    quick.simulator.receive(BEN, "START")
    quick.simulator.settle()

    assert not opted_out(quick, BEN)


def test_a_delivery_of_what_was_sent_before_the_stop_ends_it_not(quick: Stage) -> None:
    opened(quick)
    quick.clock.advance(seconds=5)
    quick.simulator.receive(BEN, "STOP")
    quick.simulator.settle()

    assert opted_out(quick, BEN)


def test_a_test_page_that_arrives_shows_that_the_phone_takes_texts_again(quick: Stage) -> None:
    quick.simulator.misbehave(Misbehaviour("refuse", number=BEN, code=21610, times=1))
    opened(quick)
    assert opted_out(quick, BEN)
    quick.clock.advance(minutes=1)
    quick.tick()
    quick.new_texts(ANA)

    quick.simulator.receive(BEN, "test")
    quick.simulator.settle()

    assert not opted_out(quick, BEN)
    assert [f"09:01 2 Feb {TAKES}"] == quick.new_texts(ANA)


def test_the_last_resort_is_tried_although_it_has_stopped(stage: Stage) -> None:
    code = opened(stage)
    assert [code] == paged(stage, ANA)
    stage.simulator.receive(ANA, "STOP")
    stage.tick()
    causes = {one["cause"] for one in reports.all_pages(stage.store)}
    assert {None, "this phone texted STOP: text START from it to bugglio's number"} == causes

    stage.simulator.receive(ANA, "START")
    stage.wait(minutes=31, step=30)
    assert any(str(code) in text for text in stage.new_texts(ANA))


@pytest.mark.parametrize("text", ["STOP", "START"])
def test_of_a_strangers_phone_nobody_is_told(quick: Stage, text: str) -> None:
    assert () == quick.simulator.receive("+14155550177", text).replies
    quick.tick()

    assert [] == quick.new_texts(ANA)
    assert not is_marked(quick)
