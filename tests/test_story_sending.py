"""How pages go out: throttled, in digests, to phones and senders that fail."""

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from bugglio.delivery import Accepted, Logged, NotSent, Outcome
from bugglio.pager import reports
from bugglio.pager.ports import Outgoing
from bugglio.roster import MINUTE, Engineer, Roster, Step, Team
from bugglio.simulator import Misbehaviour
from bugglio.store import Store, Unreachable
from tests.clock import Clock
from tests.faults import Fault, FaultyStore, Killed
from tests.payloads import event
from tests.stage import ANA, Stage, staged

BEN = "+14155550102"


def other(number: int, **error: Any) -> dict[str, Any]:
    """A new error, unlike the others."""
    fields = {"errorId": f"checkout-{number}", "exceptionClass": f"Error{number}", **error}
    return event(error=fields)


def test_three_pages_go_at_once_and_the_rest_in_one_digest_a_minute_later(stage: Stage) -> None:
    codes = [stage.webhook(other(number, occurrences=number))["code"] for number in range(8)]
    assert [f"#{code}" for code in codes[:3]] == [text.split()[0] for text in stage.new_texts()]

    stage.wait(seconds=59)
    assert [] == stage.new_texts()
    stage.wait(seconds=1)

    assert [f"09:01 5 more: checkout-api 5. Top: #{codes[7]} Error7 x7. Reply list"] == stage.new_texts()


@pytest.mark.promise("P6")
def test_what_is_held_says_until_when_and_what_became_of_it(stage: Stage) -> None:
    codes = [stage.webhook(other(number))["code"] for number in range(5)]

    held = [one["detail"] for one in reports.why(stage.store, codes[4]) or [] if one["reason"] == "page"]
    assert ["on-duty: waits until 2026-02-02T09:01:00.000Z, for its turn or for a sender that works"] == held
    assert stage.text(ANA, f"why {codes[4]}").endswith("09:00 paged you (waits until 09:01)")

    stage.wait(seconds=60)
    stage.simulator.settle()
    sent = [one["detail"] for one in reports.why(stage.store, codes[4]) or [] if one["reason"] == "page"]
    assert ["on-duty: in a digest, delivered"] == sent


def test_one_page_that_waits_goes_alone(stage: Stage) -> None:
    codes = [stage.webhook(other(number))["code"] for number in range(4)]
    stage.new_texts()

    stage.wait(seconds=60)

    assert stage.page().startswith(f"#{codes[3]} checkout-api production: Error3")


def test_a_page_acknowledged_while_it_waits_is_dropped_with_its_reason(stage: Stage) -> None:
    codes = [stage.webhook(other(number))["code"] for number in range(5)]
    stage.new_texts()
    stage.text(ANA, f"ack {codes[4]}")

    stage.wait(seconds=60)

    assert stage.page().startswith(f"#{codes[3]} ")
    dropped = [page for page in reports.all_pages(stage.store) if page["state"] == "dropped"]
    assert [([codes[4]], "acknowledged by on-duty meanwhile")] == [(page["alerts"], page["cause"]) for page in dropped]


def test_what_was_told_as_unanswered_and_is_answered_while_that_waits_wakes_nobody(stage: Stage) -> None:
    stage.webhook(event())
    stage.wait(minutes=34, step=60)
    stage.simulator.misbehave(Misbehaviour("refuse", code=20003))
    stage.wait(minutes=2, step=60)
    stage.new_texts()
    stage.text(ANA, "ack")
    stage.simulator.misbehave(None)

    stage.wait(minutes=5, step=60)

    assert [] == stage.new_texts()
    [dropped] = [page for page in reports.all_pages(stage.store) if page["state"] == "dropped"]
    assert "acknowledged by on-duty meanwhile" == dropped["cause"]


def reminded(stage: Stage) -> int:
    """An alert whose reminder waits for its turn along with a page; its code."""
    code: int = stage.webhook(other(9))["code"]
    stage.simulator.settle()
    stage.text(ANA, "ack")
    stage.clock.advance(seconds=5)
    stage.webhook(other(9))
    stage.clock.advance(minutes=59, seconds=50)
    for number in range(4):
        stage.webhook(other(number))
    stage.clock.advance(seconds=10)
    stage.tick()
    stage.new_texts()
    return code


def test_a_reminder_that_is_answered_while_it_waits_is_in_no_digest(stage: Stage) -> None:
    code = reminded(stage)
    stage.text(ANA, f"ack {code}")

    stage.wait(seconds=60, step=5)

    assert stage.page().startswith("#")
    assert ["acknowledged by on-duty meanwhile"] == [
        page["cause"] for page in reports.all_pages(stage.store) if page["state"] == "dropped"
    ]


def test_a_reminder_that_waited_until_the_steps_began_again_says_so(stage: Stage) -> None:
    stage.webhook(other(9))
    stage.simulator.settle()
    stage.text(ANA, "ack")
    stage.clock.advance(minutes=58)
    stage.webhook(other(9))
    stage.simulator.misbehave(Misbehaviour("refuse", code=20003))
    stage.webhook(other(1))
    stage.wait(minutes=8, step=60)
    stage.simulator.misbehave(None)

    stage.wait(minutes=2, step=60)

    assert ["the steps began again meanwhile"] == [
        page["cause"] for page in reports.all_pages(stage.store) if page["state"] == "dropped"
    ]


def test_a_hundred_errors_make_few_texts_and_none_is_forgotten(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock) as stage:
        codes = {stage.webhook(other(number))["code"] for number in range(100)}
        stage.wait(seconds=61)

        texts = stage.new_texts()
        assert 4 == len(texts)
        assert " 97 more: checkout-api 97. Top: #" in texts[-1]
        named = [page["alerts"] for page in reports.all_pages(sqlite) if page["state"] == "delivered"]
        assert codes == {code for some in named for code in some}


def test_more_pages_wait_than_one_commit_can_move(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock) as stage:
        for number in range(450):
            stage.webhook(other(number))
        stage.wait(seconds=61)

        assert " 447 more: checkout-api 447." in stage.new_texts()[-1]


def test_an_unreachable_phone_is_told_at_once_and_the_last_resort_is_still_tried(stage: Stage) -> None:
    stage.simulator.misbehave(Misbehaviour("undelivered", times=1, code=30003))

    code = stage.webhook(event())["code"]
    texts = stage.new_texts()

    assert [False, True] == ["2nd page" in text for text in texts]
    by_state = {page["state"]: page for page in reports.all_pages(stage.store)}
    assert {"failed", "delivered"} == set(by_state)
    assert by_state["failed"]["cause"]
    assert by_state["delivered"]["body"] == texts[1]
    assert "3rd" not in str(reports.why(stage.store, code))


@pytest.mark.promise("P3")
def test_a_refusal_by_number_takes_the_next_step_within_the_webhook(stage: Stage) -> None:
    stage.simulator.misbehave(Misbehaviour("refuse", times=1, code=21211))

    stage.webhook(event())

    assert ["2nd page" in text for text in stage.new_texts()] == [True]


def test_a_number_that_is_refused_again_and_again_is_asked_each_half_hour_and_not_in_a_loop(stage: Stage) -> None:
    stage.simulator.misbehave(Misbehaviour("refuse", code=21211))

    stage.webhook(event())
    stage.wait(minutes=10, step=10)

    assert ["failed", "failed"] == [page["state"] for page in reports.all_pages(stage.store)]
    assert stage.alerts()[0]["due_at"] == stage.clock.now() + 20 * 60_000


def test_when_twilio_refuses_the_account_one_page_is_tried_each_minute_and_the_clocks_stand(stage: Stage) -> None:
    stage.simulator.misbehave(Misbehaviour("refuse", code=20003))
    codes = [stage.webhook(other(number))["code"] for number in range(3)]
    assert 1 == len([trouble for trouble in stage.troubles if "20003" in trouble])
    refused, behind, _ = [(reports.why(stage.store, code) or [])[-1]["detail"] for code in codes]
    assert "Z, Twilio does not accept the account SID and token: check TWILIO_ACCOUNT_SID and" in refused
    assert behind.endswith("Z, for its turn or for a sender that works")
    tried = attempts(stage)

    stage.wait(minutes=10, step=5)

    assert tried + 10 == attempts(stage)
    assert {"waiting"} == {page["state"] for page in reports.all_pages(stage.store)}

    stage.simulator.misbehave(Misbehaviour("refuse", times=0))
    stage.wait(seconds=65, step=5)
    texts = stage.new_texts()
    assert texts
    assert not any("2nd page" in text for text in texts)
    assert not any("#" in text and "from 09:00" not in text and " more: " not in text for text in texts)

    stage.wait(seconds=130, step=5)
    assert any("2nd page" in text for text in stage.new_texts())


def attempts(stage: Stage) -> int:
    """How often the carrier was asked to send a page."""
    return sum(document.fields.get("tries", 0) for document in stage.store.query("pages", "created"))


def test_a_sender_refused_only_after_acceptance_is_proved_by_a_delivery(stage: Stage) -> None:
    stage.simulator.misbehave(Misbehaviour("undelivered", times=2, code=30034))

    stage.webhook(event())
    stage.simulator.settle()
    assert "waiting" == reports.all_pages(stage.store)[0]["state"]
    for _ in range(3):
        stage.wait(seconds=60, step=10)
        stage.simulator.settle()

    page = reports.all_pages(stage.store)[0]
    assert ("delivered", None) == (page["state"], page["cause"])
    assert "until" in stage.store.get(["pulse/sender"]).documents["pulse/sender"].fields


class Gone(FaultyStore):
    """A store that cannot be reached."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, Fault())
        self._fault.around = self._gone  # type: ignore[method-assign]

    def _gone(self, *_: Any, **__: Any) -> Any:
        raise Unreachable("no connection")


def test_while_the_store_is_gone_the_text_goes_straight_to_the_last_resort(sqlite: Store, clock: Clock) -> None:
    with staged(Gone(sqlite), clock) as stage:
        assert 503 == stage.simulator.send_event(event()).status
        assert (
            "bugglio cannot reach its store. checkout-api production: TypeError: cannot read 'id' of undefined. "
            "Look in Bugsnag; this was not stored"
        ) == stage.page()
        assert [] == sqlite.query("alerts", "open")


@pytest.mark.parametrize("times", [2, 5])
def test_while_the_store_is_gone_one_such_text_a_minute_is_enough(sqlite: Store, clock: Clock, times: int) -> None:
    with staged(Gone(sqlite), clock) as stage:
        for _ in range(times):
            assert 503 == stage.simulator.send_event(event()).status
        assert 1 == len(stage.new_texts())


def test_while_twilio_cannot_be_reached_that_is_the_reason_told_and_the_text_goes_when_it_can(
    sqlite: Store, clock: Clock
) -> None:
    class Away:
        here = False

        def send(self, text: Outgoing, *, patience: float, fresh: Callable[[], bool]) -> Outcome:
            assert text.body
            assert fresh()
            assert patience > 0
            return Accepted(f"SM{0:032d}", "queued") if self.here else NotSent("no connection")

        def find(self, to: str, *, spoken: bool = False) -> Sequence[Logged]:
            raise AssertionError(f"nothing is in doubt about {to[-4:]}, {spoken=}")

    with staged(sqlite, clock) as stage:
        away = Away()
        stage.restart_with(away)
        code = stage.webhook(event())["code"]

        assert {"waiting: Twilio was not reached: no connection"} == causes(stage)
        assert (reports.why(stage.store, code) or [])[-1]["detail"].endswith("Z, Twilio was not reached: no connection")
        assert any("Twilio was not reached" in trouble for trouble in stage.troubles)

        away.here = True
        stage.wait(minutes=1, step=5)
        assert {"accepted: None"} == causes(stage)


def causes(stage: Stage) -> set[str]:
    """The state of each page, and why."""
    return {f"{page['state']}: {page['cause']}" for page in reports.all_pages(stage.store)}


def test_a_page_whose_outcome_is_unknown_says_when_that_is_settled(stage: Stage) -> None:
    stage.simulator.misbehave(Misbehaviour("500", times=1))
    code = stage.webhook(event())["code"]

    said = (reports.why(stage.store, code) or [])[-1]["detail"]
    assert "on-duty: sending; if nothing is heard of it, Twilio's log is asked at 2026-02-02T09:01:30.000Z" == said


def test_a_page_sent_late_says_its_time(stage: Stage) -> None:
    for number in range(3):
        stage.webhook(other(number))
    stage.webhook(other(9))
    stage.new_texts()
    stage.clock.advance(minutes=10)

    stage.tick()

    assert any("from 09:00" in text or " more: " in text for text in stage.new_texts())


def test_the_validity_of_a_page_ends_with_its_step(sqlite: Store, clock: Clock) -> None:
    class Listening:
        def __init__(self) -> None:
            self.sent: list[Outgoing] = []

        def send(self, text: Outgoing, *, patience: float, fresh: Callable[[], bool]) -> Outcome:
            assert fresh()
            assert patience <= 2.0
            self.sent.append(text)
            return Accepted(f"SM{len(self.sent):032d}", "queued")

        def find(self, to: str, *, spoken: bool = False) -> Sequence[Logged]:
            raise AssertionError(f"nothing is in doubt about {to[-4:]}, {spoken=}")

    with staged(sqlite, clock) as stage:
        carrier = Listening()
        stage.restart_with(carrier)
        stage.webhook(event())

        assert [300] == [text.validity for text in carrier.sent]


def two_steps() -> Roster:
    """Ben after Ana."""
    people = {"ana": Engineer("ana", "Ana", ANA, admin=True), "ben": Engineer("ben", "Ben", BEN)}
    steps = (Step(("ana",), wait=20 * MINUTE, again=0), Step(("ben",), wait=20 * MINUTE, again=0))
    return Roster(people, {"shop": Team("shop", steps, projects=("*",))}, last_resort="ana")


def test_a_digest_that_does_not_arrive_sends_all_that_it_told_of_to_the_next_person(store: Store, clock: Clock) -> None:
    with staged(store, clock, two_steps()) as stage:
        for number in range(8):
            stage.webhook(other(number, occurrences=number))
        stage.simulator.misbehave(Misbehaviour("undelivered", number=ANA))
        stage.wait(seconds=60)
        stage.wait(seconds=1)

        assert 3 == len(stage.new_texts(BEN))
        stage.wait(seconds=60)
        [digest] = stage.new_texts(BEN)
        assert " 2 more: checkout-api 2." in digest
        due = {one["code"]: one.get("position", 0) for one in stage.alerts()}
        assert [0, 0, 0, 1, 1, 1, 1, 1] == sorted(due.values())


def test_a_digest_that_fails_after_it_was_answered_sends_nobody_anything(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, two_steps()) as stage:
        for number in range(5):
            stage.webhook(other(number))
        stage.simulator.misbehave(Misbehaviour("late", number=ANA, seconds=30))
        stage.simulator.misbehave(Misbehaviour("undelivered", number=ANA))
        stage.wait(seconds=61)
        stage.text(ANA, "ack all")
        stage.wait(seconds=60)
        assert [] == stage.new_texts(BEN)


@pytest.mark.parametrize("call", range(20, 48))
def test_a_process_that_ends_once_a_digest_has_failed_leaves_nobody_unasked(
    sqlite: Store, clock: Clock, call: int
) -> None:
    with staged(sqlite, clock, two_steps()) as stage:
        codes = [stage.webhook(other(number, occurrences=number))["code"] for number in range(8)]
        stage.clock.advance(seconds=60)
        stage.simulator.misbehave(Misbehaviour("undelivered", number=ANA))
        stage.tick()
        stage.restart(Fault(call, after=True))
        with contextlib.suppress(Killed):
            stage.simulator.settle()
        stage.restart()
        stage.wait(seconds=10)

        [digest] = [
            page for page in reports.all_pages(stage.store) if " more: " in page["body"] and page["to"] == "ana"
        ]
        position = {one["code"]: one.get("position", 0) for one in stage.alerts()}
        # Before its failure was kept nobody knew of it.
        expected = 1 if digest["state"] == "failed" else 0
        assert [expected] * 5 == [position[code] for code in codes[3:]]
