"""Steps that ring: what the phones hear, what counts as an answer, and what becomes of a call in doubt."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bugglio import phone as phones
from bugglio.pager import reports
from bugglio.roster import MINUTE, Engineer, Roster, Step, Team
from bugglio.simulator import Misbehaviour
from bugglio.simulator.api import make_call
from bugglio.store import Store
from bugglio.store.sqlite import SqliteStore
from tests.clock import Clock
from tests.faults import Fault, Killed
from tests.payloads import change, event
from tests.stage import ANA, TWILIO_NUMBER, Stage, staged

BEN = "+14155550102"
OTHER_STEPS = (Step(("ben",)),)
RINGS = Step(("ana",), wait=5 * MINUTE, again=0, call=True)
STEPS = 40
"""More calls than a webhook makes."""


def roster(*steps: Step) -> Roster:
    """Ana is called, then Ben is texted."""
    people = {"ana": Engineer("ana", "Ana", ANA, admin=True), "ben": Engineer("ben", "Ben", BEN)}
    shop = Team("shop", steps or (RINGS, *OTHER_STEPS), projects=("*",))
    return Roster(people, {"shop": shop}, last_resort="ana")


@pytest.fixture
def calling(store: Store, clock: Clock) -> Iterator[Stage]:
    """The stage, with a first step that rings."""
    with staged(store, clock, roster()) as stage:
        yield stage


@pytest.fixture
def quick(sqlite: Store, clock: Clock) -> Iterator[Stage]:
    """The same on one engine."""
    with staged(sqlite, clock, roster()) as stage:
        yield stage


def other(number: int) -> dict[str, Any]:
    """A new error, unlike the others."""
    return event(
        error={"errorId": f"checkout-{number}", "exceptionClass": f"Error{number}", "occurrences": max(1, number)}
    )


def heard(stage: Stage, number: str = ANA) -> list[str]:
    """What was said in each call to a phone, once: it is said twice."""
    stage.simulator.settle()
    said = [call.said for call in stage.simulator.calls(number)]
    halves = [text[: len(text) // 2] for text in said]
    assert [f"{half} {half}" if half else "" for half in halves] == said
    return halves


def rang(stage: Stage, number: str = ANA) -> int:
    """How often a phone has been called."""
    return len(stage.simulator.calls(number))


def of_kind(stage: Stage, *, call: bool) -> list[dict[str, Any]]:
    """The pages that are calls, or those that are texts."""
    return [one for one in reports.all_pages(stage.store) if one["body"].startswith("This is bugglio.") is call]


def test_a_step_that_calls_rings_and_texts_and_is_answered_by_text(calling: Stage) -> None:
    code = calling.webhook(event())["code"]

    digits = " ".join(str(code))
    said = (
        f"This is bugglio. Alert {digits}. checkout-api production: Type Error: cannot read 'id' of undefined in cart "
        f"create. New unhandled error. To take it, text: ack {digits} to this number."
    )
    assert [said] == heard(calling)
    assert [TWILIO_NUMBER] == [call.sender for call in calling.simulator.calls(ANA)]
    assert calling.page().startswith(f"#{code} checkout-api production: TypeError")
    (call,) = of_kind(calling, call=True)
    assert (said, "delivered", [code], "0101") == (call["body"], call["state"], call["alerts"], call["number"])
    assert call["sid"] == calling.simulator.calls(ANA)[0].sid
    assert calling.text(ANA, "ack").startswith(f"Acked {code} ")

    calling.wait(minutes=10, step=10)
    assert (1, 0, []) == (rang(calling), rang(calling, BEN), calling.new_texts(BEN))


def test_a_call_that_nobody_answers_leaves_the_steps_clock_as_it_is(calling: Stage) -> None:
    calling.simulator.misbehave(Misbehaviour("call-no-answer"))
    calling.webhook(event())
    calling.simulator.settle()

    calling.wait(seconds=299, step=1)
    assert [] == calling.new_texts(BEN)
    calling.wait(seconds=1)

    assert 1 == len(calling.new_texts(BEN))
    (call,) = of_kind(calling, call=True)
    assert ("failed", "nobody answered the call") == (call["state"], call["cause"])


def test_a_call_that_is_heard_while_the_text_fails_leaves_the_steps_clock_as_it_is(quick: Stage) -> None:
    quick.simulator.misbehave(Misbehaviour("undelivered", times=1, code=30003, number=ANA))
    quick.webhook(event())
    quick.simulator.settle()

    quick.wait(seconds=299, step=13)
    assert [] == quick.new_texts(BEN)


@pytest.mark.parametrize("kind", ["call-no-answer", "call-busy", "call-failed", "call-refuse"])
def test_when_text_and_call_have_both_failed_the_next_person_is_paged_at_once(quick: Stage, kind: str) -> None:
    quick.simulator.misbehave(Misbehaviour(kind, number=ANA))
    quick.simulator.misbehave(Misbehaviour("undelivered", times=1, code=30003, number=ANA))

    quick.webhook(event())

    assert 1 == len(quick.new_texts(BEN))
    assert {"failed"} == {one["state"] for one in reports.all_pages(quick.store) if one["to"] == "ana"}


def test_a_call_that_fails_does_not_keep_texts_from_a_phone_nor_stop_the_sender(quick: Stage) -> None:
    quick.simulator.misbehave(Misbehaviour("call-refuse", code=20003))
    first, second = quick.webhook(event())["code"], quick.webhook(other(2))["code"]

    assert [f"#{first}", f"#{second}"] == [text.split()[0] for text in quick.new_texts()]
    assert [] == quick.new_texts(BEN)
    assert [] == quick.troubles


def test_a_phone_that_texts_do_not_reach_is_no_nearer_for_having_been_called(quick: Stage) -> None:
    quick.simulator.misbehave(Misbehaviour("undelivered", times=1, code=30003, number=ANA))
    quick.webhook(event())
    quick.simulator.settle()

    where = phones.path(phones.phone_id(ANA))
    assert quick.clock.now() == phones.load(quick.store.get([where]).documents[where].fields).failed_at


def test_the_second_page_rings_too_and_says_so(sqlite: Store, clock: Clock) -> None:
    again = Step(("ana",), wait=5 * MINUTE, again=2 * MINUTE, call=True)
    with staged(sqlite, clock, roster(again, *OTHER_STEPS)) as stage:
        stage.webhook(event())
        assert 1 == len(heard(stage))
        stage.wait(minutes=2, step=10)

        assert " in cart create. 2nd page. To take it, " in heard(stage)[-1]
        assert (2, 2) == (rang(stage), len(stage.new_texts()))


def test_a_phone_rings_once_a_minute_and_what_waits_is_said_in_one_call(calling: Stage) -> None:
    codes = [calling.webhook(other(number))["code"] for number in range(4)]
    assert 1 == len(heard(calling))

    calling.wait(seconds=59)
    assert 1 == rang(calling)
    calling.wait(seconds=1)

    digits = " ".join(str(codes[3]))
    said = (
        f"This is bugglio. 3 pages: checkout-api 3. Top: {digits}, Error3, 3 times. "
        "To see all, text: list to this number."
    )
    assert said == heard(calling)[-1]
    calling.wait(minutes=3, step=10)
    assert 2 == rang(calling)
    assert set(codes) == {code for one in reports.all_pages(calling.store) for code in one["alerts"]}


def test_what_is_answered_before_the_phone_may_ring_again_is_left_unsaid(calling: Stage) -> None:
    codes = [calling.webhook(other(number))["code"] for number in range(3)]
    calling.simulator.settle()
    calling.text(ANA, f"ack {codes[1]}")

    calling.wait(seconds=60)

    assert f"Alert {' '.join(str(codes[2]))}. " in heard(calling)[-1]
    dropped = [one["cause"] for one in reports.all_pages(calling.store) if one["state"] == "dropped"]
    assert ["acknowledged by ana meanwhile"] == dropped
    calling.text(ANA, f"ack {codes[0]} {codes[2]}")
    calling.wait(minutes=10, step=10)
    assert 2 == rang(calling)


def test_while_texts_are_refused_the_phone_still_rings_and_only_a_text_tries_the_sender(quick: Stage) -> None:
    quick.simulator.misbehave(Misbehaviour("refuse", code=21606))

    quick.webhook(event())
    quick.simulator.settle()
    assert (1, []) == (rang(quick), quick.new_texts())
    quick.wait(minutes=2, step=5)
    quick.webhook(other(2))
    quick.wait(minutes=1, step=5)
    assert 2 == len(heard(quick))
    refused = [one for one in quick.troubles if "21606" in one]
    assert 1 == len(refused)

    quick.simulator.misbehave(None)
    quick.wait(minutes=3, step=5)
    assert len(quick.new_texts()) >= 1


def test_in_an_outage_of_texts_a_new_alert_rings_at_once(quick: Stage) -> None:
    quick.simulator.misbehave(Misbehaviour("refuse", code=20003))
    quick.webhook(other(1))
    assert 1 == rang(quick)
    quick.clock.advance(seconds=61)

    quick.webhook(other(2))

    assert 2 == rang(quick)


def test_whoever_heard_only_the_call_hears_how_it_ended(quick: Stage) -> None:
    quick.simulator.misbehave(Misbehaviour("undelivered", number=ANA, times=1))
    quick.webhook(event())
    assert 1 == rang(quick)
    quick.new_texts(ANA)

    quick.webhook(change("fixed"))
    quick.tick()

    assert "Fixed in Bugsnag by Dana Doe" in quick.page(ANA)


def test_with_a_messaging_service_alone_a_call_says_what_is_missing(sqlite: Store, clock: Clock) -> None:
    service = {"TWILIO_MESSAGING_SERVICE_SID": "MG" + "7" * 32, "TWILIO_CALLER_ID": ""}
    with staged(sqlite, clock, roster(), **service) as stage:
        stage.webhook(event())

        (call,) = of_kind(stage, call=True)
        assert ("failed", "no number is set to call from: set TWILIO_CALLER_ID") == (call["state"], call["cause"])
        assert 0 == rang(stage)


# In doubt.


@pytest.mark.parametrize("kind", ["call-accept-500", pytest.param("call-accept-timeout", marks=pytest.mark.slow)])
def test_a_call_taken_without_an_answer_is_settled_by_its_first_report(calling: Stage, kind: str) -> None:
    calling.simulator.misbehave(Misbehaviour(kind, times=1))
    calling.webhook(event())
    assert ["sending"] == [one["state"] for one in of_kind(calling, call=True)]

    calling.simulator.settle()
    (call,) = of_kind(calling, call=True)
    assert ("delivered", calling.simulator.calls(ANA)[0].sid) == (call["state"], call["sid"])
    calling.wait(minutes=3, step=10)
    assert 1 == rang(calling)


def test_a_call_in_doubt_is_found_in_the_log_of_calls_and_not_made_again(calling: Stage) -> None:
    calling.simulator.misbehave(Misbehaviour("call-accept-500", times=1))
    calling.simulator.misbehave(Misbehaviour("call-lose-callbacks"))
    calling.webhook(event())
    calling.simulator.settle()

    calling.wait(seconds=89)
    assert ["sending"] == [one["state"] for one in of_kind(calling, call=True)]
    calling.wait(seconds=1)

    (call,) = of_kind(calling, call=True)
    assert ("delivered", calling.simulator.calls(ANA)[0].sid) == (call["state"], call["sid"])
    calling.wait(minutes=3, step=10)
    assert 1 == rang(calling)


def test_a_call_that_still_waits_in_twilios_queue_has_no_date_and_is_ours_all_the_same(quick: Stage) -> None:
    quick.simulator.misbehave(Misbehaviour("call-accept-500", times=1))
    quick.webhook(event())
    quick.wait(seconds=90, step=10)

    (call,) = of_kind(quick, call=True)
    assert ("accepted", quick.simulator.calls(ANA)[0].sid) == (call["state"], call["sid"])
    assert 1 == rang(quick)


def test_a_call_in_doubt_that_nobody_answered_has_failed(quick: Stage) -> None:
    quick.simulator.misbehave(Misbehaviour("call-accept-500", times=1))
    quick.simulator.misbehave(Misbehaviour("call-lose-callbacks"))
    quick.simulator.misbehave(Misbehaviour("call-no-answer"))
    quick.webhook(event())
    quick.simulator.settle()

    quick.wait(seconds=90, step=10)

    (call,) = of_kind(quick, call=True)
    assert ("failed", "nobody answered the call") == (call["state"], call["cause"])


def test_a_call_that_never_left_is_made_again(quick: Stage) -> None:
    quick.simulator.misbehave(Misbehaviour("call-500", times=1))
    quick.webhook(event())
    quick.wait(seconds=90, step=10)

    assert (1, 1) == (len(heard(quick)), rang(quick))


def test_of_two_calls_in_doubt_each_finds_its_own(quick: Stage) -> None:
    quick.simulator.misbehave(Misbehaviour("call-accept-500", times=2))
    quick.simulator.misbehave(Misbehaviour("call-lose-callbacks"))
    quick.webhook(event())
    quick.simulator.settle()
    quick.wait(seconds=60)
    quick.webhook(other(2))
    quick.simulator.settle()
    assert 2 == rang(quick)

    quick.wait(seconds=100)

    sids = [one["sid"] for one in of_kind(quick, call=True)]
    assert [call.sid for call in quick.simulator.calls(ANA)] == sids
    assert 2 == rang(quick)


def test_a_call_made_a_minute_after_an_attempt_is_not_that_attempts(quick: Stage) -> None:
    quick.simulator.misbehave(Misbehaviour("call-500", times=1))
    quick.webhook(other(1))
    quick.wait(seconds=70)
    quick.simulator.misbehave(Misbehaviour("call-accept-500", times=1))
    quick.simulator.misbehave(Misbehaviour("call-lose-callbacks", times=1))
    quick.webhook(other(2))
    quick.simulator.settle()
    quick.wait(seconds=100)

    anew, late = (one["sid"] for one in of_kind(quick, call=True))
    assert [late, anew] == [call.sid for call in quick.simulator.calls(ANA)]


def test_a_call_that_somebody_else_made_from_our_number_before_is_not_taken_for_ours(quick: Stage) -> None:
    form = {"To": ANA, "From": TWILIO_NUMBER, "Twiml": "<Response><Say>Not us</Say></Response>"}
    quick.simulator.dial(make_call(quick.simulator, form))
    quick.simulator.settle()
    quick.clock.advance(seconds=10)
    quick.simulator.misbehave(Misbehaviour("call-500", times=1))
    quick.webhook(event())
    quick.wait(seconds=90, step=10)

    (call,) = of_kind(quick, call=True)
    assert [call["sid"]] == [one.sid for one in quick.simulator.calls(ANA)[1:]]


def test_another_call_to_the_same_phone_of_another_time_is_not_taken_for_ours(quick: Stage) -> None:
    quick.webhook(other(1))
    quick.simulator.settle()
    quick.wait(minutes=2, step=10)
    quick.simulator.misbehave(Misbehaviour("call-500", times=1))
    quick.webhook(other(2))
    quick.wait(seconds=90, step=10)

    assert (2, 2) == (rang(quick), len({one["sid"] for one in of_kind(quick, call=True)}))


def test_a_log_of_calls_that_cannot_be_read_is_read_again(quick: Stage) -> None:
    quick.simulator.misbehave(Misbehaviour("call-accept-500", times=1))
    quick.simulator.misbehave(Misbehaviour("call-lose-callbacks"))
    quick.simulator.misbehave(Misbehaviour("call-no-log", times=1))
    quick.webhook(event())
    quick.simulator.settle()

    quick.wait(seconds=125, step=5)

    assert (["delivered"], 1) == ([one["state"] for one in of_kind(quick, call=True)], rang(quick))
    assert [one for one in quick.troubles if "reading Twilio's call log" in one]


def test_reports_that_come_twice_change_nothing(quick: Stage) -> None:
    quick.simulator.misbehave(Misbehaviour("call-double-callbacks"))
    quick.webhook(event())
    quick.simulator.settle()

    assert (["delivered"], []) == ([one["state"] for one in of_kind(quick, call=True)], quick.new_texts(BEN))


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("kills", [True, False], ids=["killed", "reply lost"])
@pytest.mark.slow
def test_a_webhook_cut_short_anywhere_rings_and_texts_once(tmp_path: Path, *, after: bool, kills: bool) -> None:
    struck = 0
    for at in range(STEPS):
        clock, fault = Clock(), Fault(at, after=after, kills=kills)
        store = SqliteStore(tmp_path / f"{at}.db", clock.now)
        with staged(store, clock, roster()) as stage:
            stage.restart(fault)
            with contextlib.suppress(Killed):
                stage.simulator.send_event(event())
            stage.restart()
            stored = len(stage.alerts())
            stage.wait(seconds=100, step=10)

            texts = [text for text in stage.new_texts() if "was not stored" not in text]
            assert (stored, stored) == (rang(stage), len(texts))
            assert {"delivered"} >= {one["state"] for one in reports.all_pages(store)}
            struck += fault.struck
        store.close()
        if not fault.struck:
            break
    assert 5 <= struck < STEPS
