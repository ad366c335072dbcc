"""Killed, cut off and answered badly: nothing is lost, and nothing is sent twice."""

import contextlib
from collections import Counter
from pathlib import Path

import pytest

from bugglio.pager import reports
from bugglio.simulator import Misbehaviour
from bugglio.store import StoreError
from bugglio.store.sqlite import SqliteStore
from tests.clock import Clock
from tests.faults import Fault, Killed
from tests.payloads import event
from tests.stage import ANA, Stage, staged

STEPS = 40
"""More calls than a webhook or a pass of the tick makes."""


def deliver(stage: Stage, payload: dict[str, object]) -> int | None:
    """Bugsnag delivers to a process that may die; the status it is answered, if any."""
    try:
        return stage.simulator.send_event(payload).status
    except Killed:
        return None


def assert_each_page_came_once(stage: Stage) -> None:
    stage.simulator.settle()
    bodies = Counter(stage.simulator.texts(ANA))
    assert {} == {body: times for body, times in bodies.items() if times > 1}
    due = [page for page in reports.all_pages(stage.store) if page["state"] not in ("dropped", "digested")]
    assert [] == [page for page in due if page["state"] != "delivered"]
    assert {page["body"] for page in due} <= set(bodies)


@pytest.mark.promise("P1")
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("kills", [True, False], ids=["killed", "reply lost"])
def test_a_webhook_cut_short_anywhere_loses_and_doubles_nothing(tmp_path: Path, *, after: bool, kills: bool) -> None:
    struck = 0
    for at in range(STEPS):
        clock = Clock()
        store = SqliteStore(tmp_path / f"{at}.db", clock.now)
        with staged(store, clock) as stage:
            fault = Fault(at, after=after, kills=kills)
            stage.restart(fault)
            status = deliver(stage, event())
            stage.restart()
            stored = len(stage.alerts())
            emergency = [text for text in stage.simulator.texts(ANA) if "was not stored" in text]
            stage.wait(seconds=100, step=10)

            if status == 200:
                assert 1 == stored
            if status == 503:
                assert 1 == len(emergency)
            if stored:
                assert_each_page_came_once(stage)
                assert 1 == len(stage.simulator.texts(ANA)) - len(emergency)
            struck += fault.struck
        store.close()
        if not fault.struck:
            break
    assert 5 <= struck < STEPS


@pytest.mark.promise("P2")
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("kills", [True, False], ids=["killed", "reply lost"])
def test_a_tick_cut_short_anywhere_loses_and_doubles_nothing(tmp_path: Path, *, after: bool, kills: bool) -> None:
    struck = 0
    for at in range(STEPS):
        clock = Clock()
        store = SqliteStore(tmp_path / f"{at}.db", clock.now)
        fault = Fault(at, after=after, kills=kills)
        with staged(store, clock) as stage:
            stage.webhook(event())
            stage.simulator.settle()
            clock.advance(minutes=2)
            stage.restart(fault)
            with contextlib.suppress(Killed, StoreError):
                stage.tick()
            stage.restart()
            stage.wait(seconds=100, step=10)

            assert_each_page_came_once(stage)
            assert 2 == len(stage.simulator.texts(ANA))
            struck += fault.struck
        store.close()
        if not fault.struck:
            break
    assert 5 <= struck < STEPS


@pytest.mark.promise("P2")
@pytest.mark.parametrize("kind", ["accept-timeout", "accept-500", "accept-reset"])
def test_a_text_that_went_out_without_an_answer_is_found_in_twilios_log(stage: Stage, kind: str) -> None:
    stage.simulator.misbehave(Misbehaviour(kind, times=1))
    stage.simulator.misbehave(Misbehaviour("lose-callbacks", times=1))

    stage.webhook(event())
    assert "sending" == reports.all_pages(stage.store)[0]["state"]
    stage.wait(seconds=100, step=10)

    page = reports.all_pages(stage.store)[0]
    assert "delivered" == page["state"] or "sent" == page["state"] or "accepted" == page["state"]
    assert page["sid"] == stage.simulator.messages(to=ANA)[0].sid
    assert 1 == len(stage.simulator.texts(ANA))


@pytest.mark.promise("P2")
def test_a_text_that_never_went_out_is_sent_after_twilios_log_says_so(stage: Stage) -> None:
    stage.simulator.misbehave(Misbehaviour("500", times=1))

    stage.webhook(event())
    assert [] == stage.new_texts()
    stage.wait(seconds=95, step=5)

    assert 1 == len(stage.new_texts())
    assert "delivered" == reports.all_pages(stage.store)[0]["state"]


@pytest.mark.promise("P2")
def test_while_the_log_cannot_be_read_nothing_is_sent_again(stage: Stage) -> None:
    stage.simulator.misbehave(Misbehaviour("accept-500", times=1))
    stage.simulator.misbehave(Misbehaviour("lose-callbacks", times=1))
    stage.simulator.misbehave(Misbehaviour("no-log"))

    stage.webhook(event())
    stage.wait(seconds=115, step=5)
    assert 1 == len(stage.new_texts())
    assert any("message log" in trouble for trouble in stage.troubles)

    stage.simulator.misbehave(Misbehaviour("no-log", times=0))
    stage.wait(seconds=40, step=5)
    assert ["2nd page" in text for text in stage.new_texts()] == [True]


def test_callbacks_lost_doubled_and_in_any_order_end_in_the_same_state(stage: Stage) -> None:
    for kind in ("double-callbacks", "reorder-callbacks"):
        stage.simulator.misbehave(Misbehaviour(kind))

    stage.webhook(event())
    stage.simulator.settle()

    assert "delivered" == reports.all_pages(stage.store)[0]["state"]


def test_too_many_requests_wait_as_long_as_twilio_says_and_keep_their_token(stage: Stage) -> None:
    stage.simulator.misbehave(Misbehaviour("429", times=1, seconds=7))

    stage.webhook(event())
    stage.wait(seconds=6)
    assert [] == stage.new_texts()
    stage.wait(seconds=1)

    assert 1 == len(stage.new_texts())
    phone = stage.store.query("pages", "created")[0].fields["phone"]
    bucket = stage.store.get([f"phones/{phone}"]).documents[f"phones/{phone}"].fields["pages"]
    assert 1 == len(bucket["sent"])
