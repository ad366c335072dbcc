"""A page: what its attempts' statuses make of it, in whatever order they are told."""

import pytest

from bugglio import page as pages
from bugglio.delivery import Accepted, Blame, Busy, Failure, Refused, classify_call
from bugglio.page import ACCEPTED, DELIVERED, FAILED, SENDING, SENT, WAITING, Page
from tests.clock import Clock

NOW = Clock().now()
BROKE = Failure(30003, "the phone is off or has no service", Blame.PERSON)


def claimed(attempt: str = "one", page: Page | None = None) -> Page:
    """A page that is being sent."""
    fresh = Page(kind="page", to="ana", number="+14155550101", phone="p", created=NOW, due_at=NOW)
    return pages.claim(page or fresh, attempt, NOW, "#417 Error")


def test_a_page_that_was_to_be_tried_anew_is_not_when_its_attempt_turns_out_to_have_been_taken() -> None:
    revived = pages.revive(claimed(), NOW)

    told = pages.report(revived, "one", "sent", "SM1", None)
    assert (SENT, None) == (told.state, told.due_at)


def test_a_failure_of_an_earlier_attempt_keeps_a_page_waiting() -> None:
    revived = pages.revive(claimed(), NOW)

    assert WAITING == pages.report(revived, "one", "undelivered", "SM1", BROKE).state


def test_a_refusal_told_after_the_page_was_put_back_changes_nothing() -> None:
    failed = pages.report(claimed(), "one", "failed", "SM1", BROKE)
    assert FAILED == failed.state
    back = pages.put_back(failed, NOW + 60_000)

    assert back.due_at == pages.report(back, "one", "sent", "SM1", None).due_at
    assert WAITING == pages.report(back, "one", "undelivered", "SM1", BROKE).state


def test_a_status_that_nobody_knows_yet_still_says_that_the_text_was_taken() -> None:
    taken = pages.settle(claimed(), "one", Accepted("SM1", "pondered"), NOW)
    assert (ACCEPTED, "SM1", None) == (taken.state, taken.sid, taken.due_at)

    assert DELIVERED == pages.report(taken, "one", "delivered", "SM1", None).state


@pytest.mark.parametrize("late", ["queued", "sending", "sent", "delivered", "undelivered", "pondered"])
def test_what_was_delivered_stays_so_whatever_is_told_late_or_again(late: str) -> None:
    delivered = pages.report(claimed(), "one", "delivered", "SM1", None)

    assert delivered == pages.report(delivered, "one", late, "SM1", BROKE if late == "undelivered" else None)


def test_the_last_attempt_decides_unless_any_was_delivered() -> None:
    second = claimed("two", pages.revive(claimed(), NOW))
    assert SENDING == pages.report(second, "one", "undelivered", "SM1", BROKE).state
    refused = pages.settle(second, "two", Refused(BROKE), NOW)
    assert FAILED == refused.state

    assert DELIVERED == pages.report(refused, "one", "delivered", "SM1", None).state


def test_busy_pauses_grow_to_a_minute_unless_twilio_says_how_long() -> None:
    page, pauses = claimed(), []
    for _ in range(6):
        page = pages.settle(page, page.attempts[-1].id, Busy(None), NOW)
        pauses.append((page.due_at or 0) - NOW)
        page = claimed(f"then {len(pauses)}", page)
    assert [5_000, 10_000, 20_000, 40_000, 60_000, 60_000] == pauses

    assert NOW + 7_000 == pages.settle(page, page.attempts[-1].id, Busy(7), NOW).due_at


def rung() -> Page:
    """A call that is being made."""
    return pages.claim(Page(kind="call", to="ana", number="+1", phone="p", created=NOW, due_at=NOW), "one", NOW, "Hi")


def test_a_call_is_accepted_while_it_rings_sent_while_it_is_heard_and_delivered_once_it_has_been() -> None:
    states, page = [], pages.settle(rung(), "one", Accepted("CA1", "queued"), NOW)
    for status in ("initiated", "ringing", "in-progress", "ringing", "completed", "no-answer"):
        page = pages.report(page, "one", status, "CA1", None)
        states.append(page.state)

    assert [ACCEPTED, ACCEPTED, SENT, SENT, DELIVERED, DELIVERED] == states


def test_a_call_that_nobody_answers_has_failed_and_says_so() -> None:
    failure = classify_call(0, status="no-answer")

    failed = pages.report(rung(), "one", "no-answer", "CA1", failure)
    assert (FAILED, "nobody answered the call", "CA1") == (failed.state, failed.cause, failed.sid)


def test_calls_wait_in_a_lane_of_their_own() -> None:
    call = Page(kind="call", to="ana", number="+1", phone="p", created=NOW)

    assert ("calls", True) == (call.lane, call.spoken)
    assert f"p.calls|{NOW:015d}" == pages.dump(call)["waiting"]


def test_all_of_a_persons_pages_are_found_in_their_order_and_those_that_failed_as_long_as_they_have() -> None:
    failed = pages.report(claimed(), "one", "undelivered", "SM1", BROKE)
    assert (f"ana|{NOW:015d}", NOW) == (pages.dump(failed)["whose"], pages.dump(failed)["failed"])

    arrived = pages.report(failed, "one", "delivered", "SM1", None)
    again = pages.report(pages.claim(failed, "two", NOW, "#417 Error"), "two", "delivered", "SM2", None)
    assert (FAILED, NOW) == (arrived.state, pages.dump(arrived)["failed"])
    assert (f"ana|{NOW:015d}", None) == (pages.dump(again)["whose"], pages.dump(again)["failed"])


def test_a_page_remembers_for_what_it_waited_last() -> None:
    waits = pages.hold(claimed(), NOW + 1, what=pages.BUDGET)
    assert pages.BUDGET == pages.claim(pages.hold(waits, NOW + 2), "two", NOW, "#417 Error").waited_for
