"""Why a page did not arrive, and what to do about it."""

import msgspec
import pytest

from bugglio import delivery, remedies
from bugglio import page as pages
from bugglio.delivery import Accepted, Busy, NotSent, Refused, classify, classify_call
from bugglio.page import Page
from bugglio.remedies import Remedy, causes, codes

NOW = 1_800_000_000_000
PAGE = Page(kind="page", to="ana", number="+14155550101", phone="p", created=NOW, due_at=NOW)
SENT = pages.settle(pages.claim(PAGE, "a1", NOW, "a text"), "a1", Accepted("SM1", "queued"), NOW)


def failed(code: int) -> Page:
    """A page that Twilio took and then failed with this code."""
    return pages.report(SENT, "a1", "undelivered", "SM1", classify(code))


def test_every_code_that_is_known_has_a_cause_and_says_what_to_do() -> None:
    assert delivery.FAILURES.keys() == codes.TEXTS.keys()
    assert delivery.CALLS.keys() == codes.CALLS.keys()
    for code in delivery.FAILURES:
        found = remedies.of_code(code)
        assert found.cause
        assert found.mend.endswith("."), code


def test_a_handset_that_is_off() -> None:
    assert remedies.of_page(failed(30003)) == Remedy(
        "the phone is off or has no service",
        "See that the phone is on and has service, then have a test text sent to it. The next person was paged.",
    )


def test_an_unknown_code_leads_to_what_twilio_says_of_it() -> None:
    assert remedies.of_page(failed(39999)) == Remedy(
        "not delivered (Twilio's code 39999)",
        "Look up twilio.com/docs/api/errors/39999, which says what it means.",
    )


def test_no_code_at_all_is_tried_out() -> None:
    assert remedies.of_page(failed(0)) == Remedy(
        "not delivered (Twilio gave no code)", "Have a test text sent to that phone. If it fails too, ask Twilio."
    )


def test_a_call_has_its_own_words() -> None:
    call = msgspec.structs.replace(SENT, kind="call")
    refused = pages.report(call, "a1", "failed", "CA1", classify_call(21212))
    assert remedies.of_page(refused) == Remedy(
        "TWILIO_CALLER_ID is not a number of this account that can call",
        "Set TWILIO_CALLER_ID to a number of this account that can call.",
    )
    unanswered = pages.report(call, "a1", "no-answer", "CA1", classify_call(0, status="no-answer"))
    assert remedies.of_page(unanswered) == Remedy(
        "nobody answered the call", "Nothing: the text beside it goes its own way, and the next step follows."
    )


def test_what_waits_for_a_sender_that_was_refused_says_what_was_refused() -> None:
    refused = pages.settle(pages.claim(PAGE, "a1", NOW, "a text"), "a1", Refused(classify(20003, 401)), NOW)
    waits = pages.hold(pages.put_back(refused, NOW + 1), NOW + 1, refused.cause, pages.OUTAGE)
    found = remedies.of_page(waits)
    assert found is not None
    assert found.cause == "Twilio does not accept the account SID and token"
    assert found.mend.startswith("Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN")


@pytest.mark.parametrize("outcome", [Busy(None), NotSent("no such name")])
def test_what_is_tried_again_by_itself_says_so(outcome: Busy | NotSent) -> None:
    waits = pages.settle(pages.claim(PAGE, "a1", NOW, "a text"), "a1", outcome, NOW)
    found = remedies.of_page(waits)
    assert found is not None
    assert "tried again by itself" in found.mend


def test_what_was_dropped_is_nothing_to_mend() -> None:
    found = remedies.of_page(pages.drop(PAGE, "acknowledged by ben meanwhile"))
    assert found == Remedy("acknowledged by ben meanwhile", causes.MEANWHILE)


def test_a_page_that_arrived_or_is_on_its_way_needs_nothing() -> None:
    assert remedies.of_page(SENT) is None
    assert remedies.of_page(PAGE) is None


@pytest.mark.parametrize(
    "cause",
    [
        "acknowledged by ben meanwhile",
        "snoozed meanwhile",
        "closed meanwhile: fixed",
        "kept quiet meanwhile: rule 1: ignore",
        "the steps began again meanwhile",
        "it is no longer left to the digest",
        "all that it tells of was answered meanwhile",
        "the alert is gone",
        "the test page was not sent",
        "they were never told of the alert",
        "ana has left the roster, or has another number",
        "ana is no longer on the roster",
        "ana has another number",
        "opted out by STOP",
        "the day's budget of texts is used up",
    ],
)
def test_every_cause_of_our_own_says_what_to_do(cause: str) -> None:
    assert causes.find(cause, causes.PAGES)


@pytest.mark.parametrize(
    "reason",
    [
        "rule 2 of shop: ignore",
        "muted until 10:00 by ana",
        "the error is ignored: only reopening it opens it again",
        "the spike is ignored: only reopening it opens it again",
        "unknown change of state: none",
        "unknown trigger: none",
        "fixed in Bugsnag; no alert was open",
        "a comment in Bugsnag; no alert was open",
        "fixed in Bugsnag before it happened again",
        "it names no error",
    ],
)
def test_every_reason_why_an_event_paged_nobody_says_what_to_do(reason: str) -> None:
    assert remedies.of_event(reason).mend


def test_alike_failures_are_told_together_the_most_frequent_first() -> None:
    later = msgspec.structs.replace(failed(30003), created=NOW + 5)
    found = remedies.failing([failed(30005), failed(30003), SENT, later])
    assert [(30003, 2, NOW + 5), (30005, 1, NOW)] == [(one.code, one.count, one.last) for one in found]
