"""The pager watches itself: what `/health`, `status`, the alarm and the heartbeat say of it, and when."""

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from bugglio.app import App, Parts
from bugglio.delivery import Busy, Logged, Outcome
from bugglio.pager import ticking
from bugglio.pager.ports import Outgoing
from bugglio.pager.wellbeing import pulse
from bugglio.pager.wellbeing.heartbeat import BEAT_AT
from bugglio.pager.wellbeing.pulse import PULSE
from bugglio.roster import MINUTE, Engineer, Roster, Step, Team
from bugglio.simulator import Misbehaviour
from bugglio.store import Document, Store, Write
from bugglio.store.counting import Bill, CountingStore
from bugglio.wording import ALL_WELL
from tests.clock import Clock
from tests.doors.calling import call
from tests.payloads import event
from tests.stage import ANA, Stage, staged

BEN = "+14155550102"
SECRET = "https://beats.test/ping/a-secret-of-the-heartbeat"


def other(number: int, **more: Any) -> dict[str, Any]:
    """A new error, unlike the others."""
    return event(error={"errorId": f"checkout-{number}", "exceptionClass": f"Error{number}", **more})


def two() -> Roster:
    """Ben is paged; Ana is the last resort."""
    people = {"ana": Engineer("ana", "Ana", ANA, admin=True), "ben": Engineer("ben", "Ben", BEN, admin=True)}
    return Roster(people, {"shop": Team("shop", (Step(("ben",)),), projects=("*",))}, last_resort="ana")


@pytest.fixture
def stage(store: Store, clock: Clock) -> Iterator[Stage]:
    """A pager whose heartbeat somebody watches, on each engine."""
    with staged(store, clock, two(), BUGGLIO_HEARTBEAT_URL=SECRET) as set_up:
        yield set_up


@pytest.fixture
def quick(sqlite: Store, clock: Clock) -> Iterator[Stage]:
    """The same on one engine."""
    with staged(sqlite, clock, two(), BUGGLIO_HEARTBEAT_URL=SECRET) as set_up:
        yield set_up


def is_up(stage: Stage) -> bool:
    """What a fresh instance answers whoever asks."""
    app = App(lambda: stage.settings, lambda *_: None, Parts(store=stage.store, roster=lambda: stage.roster))
    return call(app, "/health", method="GET").status == 200


def alarms(stage: Stage) -> list[str]:
    """What was wrong, alarm by alarm, since this was asked last."""
    told = [one for one in stage.troubles if one.startswith("watch, ")]
    stage.troubles.clear()
    return [one.partition("Unwell(")[2][1:-2] for one in told]


def beats(stage: Stage) -> int:
    """How many heartbeats there were since this was asked last."""
    made, stage.web.asked = stage.web.asked, []
    assert set(made) <= {f"GET {SECRET}"}
    return len(made)


def a_tick_that_does_nothing(stage: Stage) -> None:
    """The pulse is fresh, and nothing was done."""
    stage.store.commit([Write(PULSE, stage.store.get([PULSE]).documents[PULSE].version, put={"at": stage.clock.now()})])


# The heartbeat.


def test_the_heartbeat_comes_once_in_each_minute_however_often_it_ticks(stage: Stage) -> None:
    for _ in range(3):
        stage.tick()
    assert 1 == beats(stage)

    stage.wait(seconds=59, step=1)
    assert 0 == beats(stage)
    stage.wait(minutes=5, seconds=1, step=1)
    assert 6 == beats(stage)


def test_two_instances_make_one_heartbeat(quick: Stage) -> None:
    quick.tick()
    quick.restart()
    quick.tick()

    assert 1 == beats(quick)


def test_without_an_address_there_is_none(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock) as stage:
        stage.wait(minutes=3, step=60)

        assert [] == stage.web.asked
        assert BEAT_AT not in stage.store.get([PULSE]).documents[PULSE].fields


def test_a_heartbeat_that_fails_is_in_the_log_alone_and_breaks_no_tick(
    quick: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    quick.web.trouble = "no connection in time"
    quick.tick()

    assert ["The heartbeat's address was not reached: no connection in time."] == caplog.messages[-1:]
    assert [] == quick.troubles
    assert SECRET not in caplog.text
    quick.web.trouble = ""
    quick.wait(minutes=1, step=60)
    assert 2 == beats(quick)


# What may be wrong.


def test_a_step_over_five_minutes_late_is_told_to_whoever_asks(stage: Stage) -> None:
    stage.webhook(event())
    stage.tick()
    stage.clock.advance(minutes=7)
    a_tick_that_does_nothing(stage)
    assert is_up(stage)

    stage.clock.advance(seconds=1)
    assert not is_up(stage)
    assert "Pager: a step is over 5 minutes late (since 09:02)." in stage.text(ANA, "status")


def test_what_cannot_be_done_is_late_after_five_minutes_and_told_each_hour(
    quick: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bugglio.pager.rounds import Rounds

    quick.webhook(event())
    quick.tick()
    beats(quick)
    with monkeypatch.context() as patched:
        patched.setattr(Rounds, "_work", lambda *_: None)
        quick.wait(minutes=7, step=60)
        assert [] == alarms(quick)
        assert 7 == beats(quick)

        quick.wait(minutes=1, step=60)
        assert ["a step is over 5 minutes late (since 2026-02-02T09:02:00.000Z)"] == alarms(quick)
        assert 0 == beats(quick)
        quick.wait(minutes=59, step=60)
        assert [] == alarms(quick)
        quick.wait(minutes=1, step=60)
        assert ["a step is over 5 minutes late (since 2026-02-02T09:02:00.000Z)"] == alarms(quick)
        assert not is_up(quick)
        assert 0 == beats(quick)

    quick.wait(minutes=1, step=60)
    assert is_up(quick)
    assert 1 == beats(quick)


def test_a_tick_that_has_no_time_to_look_for_what_is_due_does_not_say_that_all_is_well(
    quick: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick.webhook(event())
    quick.tick()
    beats(quick)
    with monkeypatch.context() as patched:
        patched.setattr(ticking, "WORK", 0.0)
        quick.wait(minutes=8, step=60)

        assert ["a step is over 5 minutes late (since 2026-02-02T09:02:00.000Z)"] == alarms(quick)
        assert 7 == beats(quick)


def test_a_tick_by_a_clock_that_was_put_back_leaves_its_mark(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, two()) as stage:
        stage.tick()
        clock.advance(hours=-1)
        stage.tick()

        clock.advance(minutes=4)
        assert not is_up(stage)


def test_a_page_that_is_late_is_told(quick: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from bugglio.pager.sending import Sender

    for number in range(4):
        quick.webhook(other(number))
    with monkeypatch.context() as patched:
        patched.setattr(Sender, "flush", lambda *_: None)
        quick.wait(minutes=7, step=60)

    assert "a page is over 5 minutes late (since 2026-02-02T09:01:00.000Z)" in alarms(quick)
    assert not is_up(quick)
    quick.wait(minutes=1, step=60)
    assert is_up(quick)


def test_a_text_that_twilio_answers_with_500_for_over_five_minutes_is_told(stage: Stage) -> None:
    stage.tick()
    stage.simulator.misbehave(Misbehaviour("500"))
    stage.webhook(event())
    stage.wait(minutes=5, step=30)
    assert [] == alarms(stage)
    assert is_up(stage)

    stage.wait(minutes=2, step=30)

    assert ["a page is over 5 minutes late (since 2026-02-02T09:00:00.000Z)"] == alarms(stage)
    assert not is_up(stage)
    assert "Pager: a page is over 5 minutes late (since 09:00)." in stage.text(ANA, "status")
    stage.simulator.misbehave(None)
    stage.wait(minutes=4, step=30)
    assert is_up(stage)


class Crowded:
    """A carrier that wants to be left alone for an hour."""

    def send(self, text: Outgoing, *, patience: float, fresh: Callable[[], bool]) -> Outcome:
        assert text.body
        assert patience
        assert fresh()
        return Busy(3600.0)

    def find(self, to: str, *, spoken: bool = False) -> Sequence[Logged]:
        raise AssertionError(f"nothing is in doubt about {to[-4:]}, {spoken=}")


def test_a_text_that_twilio_puts_off_for_an_hour_is_told_too(stage: Stage) -> None:
    stage.tick()
    stage.restart_with(Crowded())
    stage.webhook(event())
    beats(stage)

    stage.wait(minutes=5, step=60)
    assert ([], 5) == (alarms(stage), beats(stage))
    stage.wait(minutes=1, step=60)
    assert ["a page is over 5 minutes late (since 2026-02-02T09:00:00.000Z)"] == alarms(stage)
    assert not is_up(stage)
    stage.wait(minutes=50, step=60)
    assert ([], 0) == (alarms(stage), beats(stage))

    stage.restart()
    stage.wait(minutes=10, step=60)
    assert "New unhandled error" in stage.new_texts(BEN)[0]
    stage.text(BEN, "ack all")
    stage.wait(minutes=60, step=60)
    assert is_up(stage)


def test_a_text_of_which_the_log_says_nothing_is_told_likewise(quick: Stage) -> None:
    quick.simulator.misbehave(Misbehaviour("accept-500"))
    quick.simulator.misbehave(Misbehaviour("lose-callbacks"))
    quick.simulator.misbehave(Misbehaviour("no-log"))
    quick.webhook(event())

    quick.wait(minutes=6, step=60)

    assert ["a page is over 5 minutes late (since 2026-02-02T09:00:00.000Z)"] == alarms(quick)


def test_what_waits_for_its_turn_is_not_late(quick: Stage) -> None:
    for number in range(30):
        quick.webhook(other(number))
        quick.clock.advance(seconds=5)
        quick.tick()

    quick.wait(minutes=20, step=20)

    assert [] == alarms(quick)
    assert is_up(quick)


def test_what_only_bugsnag_is_to_be_told_is_no_step(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, two(), BUGSNAG_AUTH_TOKEN="simulated-bugsnag-token") as stage:
        for number in range(3):
            code = stage.webhook(other(number))["code"]
            stage.simulator.misbehave(Misbehaviour("bugsnag-500"))
            stage.text(BEN, f"fix {code}")
        stage.tick()
        clock.advance(hours=1)
        a_tick_that_does_nothing(stage)

        assert [True] * 3 == [bool(one.fields["errands"]) for one in due_alerts(stage)]
        assert is_up(stage)


def due_alerts(stage: Stage) -> list[Document]:
    """What is due of alerts."""
    return stage.store.query("alerts", "due_at", end=stage.clock.now())


def test_while_twilio_refuses_that_is_told_first_and_each_hour_and_what_waited_has_five_minutes(quick: Stage) -> None:
    quick.tick()
    quick.simulator.misbehave(Misbehaviour("refuse", code=20003))
    quick.webhook(event())
    assert 1 == len([one for one in quick.troubles if "20003" in one])
    beats(quick)

    quick.wait(minutes=59, step=60)
    assert [] == alarms(quick)
    assert 0 == beats(quick)
    assert not is_up(quick)
    quick.wait(minutes=1, step=60)
    [told] = alarms(quick)
    assert told.startswith("Twilio refuses texts: Twilio does not accept the account SID and token")
    quick.simulator.misbehave(None)
    quick.wait(minutes=2, step=60)
    assert [] == alarms(quick)
    assert is_up(quick)
    assert beats(quick)


def test_a_last_resort_that_has_opted_out_is_told_until_it_takes_texts_again(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    stage.tick()
    beats(stage)
    stage.text(ANA, "STOP")
    stage.wait(minutes=1, step=60)

    told = "the last resort's phone (ON_DUTY) takes no texts: opted out by STOP"
    assert [f"{told} (since 2026-02-02T09:00:00.000Z)"] == alarms(stage)
    assert not is_up(stage)
    assert f"Pager: {told} (since 09:00)." in stage.text(BEN, "status")
    stage.wait(minutes=30, step=60)
    assert ([], 0) == (alarms(stage), beats(stage))

    stage.text(ANA, "START")
    stage.wait(minutes=1, step=60)
    assert "The pager is well again: last resort." in caplog.messages
    assert is_up(stage)
    assert 1 == beats(stage)
    assert pulse.LAST_RESORT not in stage.store.get([PULSE]).documents[PULSE].fields


def test_whoever_becomes_the_last_resort_although_their_phone_takes_no_texts_is_told(
    sqlite: Store, clock: Clock
) -> None:
    with staged(sqlite, clock, two(), BUGGLIO_HEARTBEAT_URL=SECRET) as stage:
        stage.tick()
        stage.text(BEN, "STOP")
        stage.wait(minutes=5, step=60)
        assert [] == alarms(stage)
    with staged(sqlite, clock, two(), BUGGLIO_HEARTBEAT_URL=SECRET, ON_DUTY=BEN) as stage:
        stage.tick()

        told = "the last resort's phone (ON_DUTY) takes no texts: opted out by STOP"
        assert [f"{told} (since 2026-02-02T09:00:00.000Z)"] == alarms(stage)
        assert 0 == beats(stage)


def test_a_last_resort_whose_number_is_refused_for_good_is_told(quick: Stage) -> None:
    quick.tick()
    quick.simulator.misbehave(Misbehaviour("refuse", code=21614))
    quick.text(ANA, "test")
    quick.wait(minutes=1, step=60)

    [told] = alarms(quick)
    assert told.startswith("the last resort's phone (ON_DUTY) takes no texts: this number cannot receive texts")
    assert not is_up(quick)
    quick.simulator.misbehave(None)
    quick.text(ANA, "list")
    quick.wait(minutes=1, step=60)
    assert is_up(quick)


def test_another_phone_that_opts_out_is_nothing_of_the_pagers_own(quick: Stage) -> None:
    quick.tick()
    quick.text(BEN, "STOP")
    quick.wait(minutes=1, step=60)

    assert [] == alarms(quick)
    assert is_up(quick)
    assert pulse.LAST_RESORT not in quick.store.get([PULSE]).documents[PULSE].fields


# When no tick is left to tell.


def test_whoever_opens_an_alert_tells_that_the_tick_is_dead(stage: Stage) -> None:
    stage.tick()
    stage.clock.advance(minutes=3)
    stage.webhook(other(1))
    assert [] == alarms(stage)

    stage.clock.advance(seconds=1)
    stage.webhook(other(2))
    stage.webhook(other(3))
    assert ["the tick has not come for over 3 minutes (since 2026-02-02T09:00:00.000Z)"] == alarms(stage)
    stage.restart()
    stage.webhook(other(4))
    assert [] == alarms(stage)

    stage.clock.advance(hours=1)
    stage.webhook(other(5))
    assert 1 == len(alarms(stage))
    stage.tick()
    stage.clock.advance(minutes=4)
    stage.webhook(other(6))
    assert ["the tick has not come for over 3 minutes (since 2026-02-02T10:03:01.000Z)"] == alarms(stage)


def test_whoever_asks_for_the_health_does_so_too(quick: Stage) -> None:
    quick.tick()
    quick.clock.advance(minutes=4)

    assert 503 == call(quick.app, "/health", method="GET").status
    assert ["the tick has not come for over 3 minutes (since 2026-02-02T09:00:00.000Z)"] == alarms(quick)
    quick.restart()
    assert 503 == call(quick.app, "/health", method="GET").status
    assert [] == alarms(quick)


def test_an_error_of_bugglios_own_raises_no_alarm(quick: Stage) -> None:
    quick.tick()
    quick.clock.advance(minutes=10)

    quick.webhook(other(1, app={"type": "bugglio"}))

    assert [] == alarms(quick)


def test_before_the_first_tick_nothing_is_told(quick: Stage) -> None:
    quick.webhook(other(1))
    quick.clock.advance(minutes=4)
    quick.webhook(other(2))

    assert is_up(quick)
    assert [] == alarms(quick)


# What it costs.


def test_the_health_costs_five_reads_however_much_there_is(store: Store, clock: Clock) -> None:
    counting = CountingStore(store)
    with staged(counting, clock, two()) as stage:
        for number in range(5):
            stage.webhook(other(number))
        stage.tick()
        counting.settle()

        assert 200 == call(stage.app, "/health", method="GET").status
        assert Bill(calls=3, reads=5, writes=0) == counting.settle()
        assert 200 == call(stage.app, "/health", method="GET").status
        assert Bill() == counting.settle()


def test_a_tick_with_nothing_due_reads_five_documents_with_a_heartbeat_too(store: Store, clock: Clock) -> None:
    counting = CountingStore(store)
    with staged(counting, clock, two(), BUGGLIO_HEARTBEAT_URL=SECRET) as stage:
        stage.tick()
        clock.advance(minutes=1)
        counting.settle()

        stage.works.ticking.tick(stay=MINUTE)

        bill = counting.settle()
        assert (5, 1) == (bill.reads, bill.writes)
        assert ALL_WELL == stage.text(ANA, "status")
