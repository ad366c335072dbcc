"""May this call go now? What one look at the store says of it."""

from dataclasses import replace

import msgspec
import pytest

from bugglio import page as pages
from bugglio import phone as phones
from bugglio.alert import ACKNOWLEDGED, Alert
from bugglio.claims import Claim, Drop, Hold, Share, View, decide, merged
from bugglio.page import CALLS, NOTICES, PAGES, Count, Page
from bugglio.phone import Phone
from bugglio.roster import DEFAULT_TEXT, MINUTE
from bugglio.sender import SenderState
from tests.clock import Clock

NOW = Clock().now()
DOWN = SenderState(since=NOW - MINUTE, code=30034, cause="not registered", next_try=NOW + MINUTE)
ALERT = Alert(
    mark="m",
    team="shop",
    code=417,
    cycle=1,
    project="checkout-api",
    error_class="TypeError",
    events=31,
    said={"project.name": "checkout-api", "error.exceptionClass": "TypeError"},
    why="New unhandled error",
)
CALL = Page(kind="call", to="ana", number="+1", phone="p", created=NOW, due_at=NOW, alert="a", code=417, cycle=1)
VIEW = View(NOW, CALL, Phone(), ALERT, SenderState(), DEFAULT_TEXT, {})


def claim(view: View) -> Claim:
    """The claim of a page that may go."""
    decision = decide(view, "attempt")
    assert isinstance(decision, Claim)
    return decision


def test_a_call_is_claimed_with_the_words_that_will_be_said_and_takes_a_token_of_its_own() -> None:
    claimed = claim(VIEW)

    said = (
        "This is bugglio. Alert 4 1 7. checkout-api: Type Error. New unhandled error. "
        "To take it, text: ack 4 1 7 to this number."
    )
    assert said == claimed.page.body
    taken = claimed.phone
    assert ((NOW,), (), ()) == (taken.calls.sent, taken.pages.sent, taken.notices.sent)


def test_what_a_call_said_counts_as_told_so_that_a_bare_ack_means_it() -> None:
    told = claim(VIEW).phone

    assert [("a", 417, False)] == [(one.alert, one.code, one.many) for one in told.last]
    assert (417,) == told.told


def test_a_late_call_says_its_time_and_a_second_one_that_it_is_the_second() -> None:
    second = msgspec.structs.replace(CALL, ordinal=2, mark="2nd page")

    body = claim(replace(VIEW, page=second, at=NOW + 3 * MINUTE)).page.body

    assert "Type Error. 2nd page, from 09:00. To take it, text: ack 4 1 7" in body
    assert "New unhandled error" not in body


def test_a_call_goes_although_texts_cannot() -> None:
    claim(replace(VIEW, sender=DOWN))
    text = msgspec.structs.replace(CALL, kind="page")

    assert Hold(DOWN.next_try, throttled=False) == decide(replace(VIEW, sender=DOWN, page=text), "attempt")


def test_a_call_about_what_was_answered_is_dropped() -> None:
    acknowledged = msgspec.structs.replace(ALERT, state=ACKNOWLEDGED, acknowledged_by="ben")

    assert Drop("acknowledged by ben meanwhile") == decide(replace(VIEW, alert=acknowledged), "attempt")
    assert Drop("the alert is gone") == decide(replace(VIEW, alert=None), "attempt")


def test_a_phone_that_has_just_rung_waits_a_minute() -> None:
    rung = claim(VIEW).phone

    assert Hold(NOW + MINUTE) == decide(replace(VIEW, phone=rung), "attempt")
    claim(replace(VIEW, phone=rung, at=NOW + MINUTE))


@pytest.mark.parametrize(("lane", "texts"), [(PAGES, 3), (NOTICES, 3), (CALLS, 1)])
def test_each_lane_has_its_own_tokens(lane: str, texts: int) -> None:
    phone = Phone()
    for _ in range(texts):
        assert NOW == phones.next_token(phone, lane, NOW)
        phone = phones.take(phone, lane, NOW)

    assert NOW + MINUTE == phones.next_token(phone, lane, NOW)
    assert {NOW} == {phones.next_token(phone, other, NOW) for other in {PAGES, NOTICES, CALLS} - {lane}}


def test_where_others_wait_for_the_phone_to_be_free_they_are_said_in_one_call() -> None:
    held = phones.hold(Phone(), CALLS, NOW)

    assert Share("p", CALLS) == decide(replace(VIEW, phone=held), "attempt")
    claim(replace(VIEW, phone=held, alone=True))
    claim(replace(VIEW, phone=phones.hold(Phone(), PAGES, NOW)))


def test_one_call_for_several_says_how_many_and_names_the_busiest() -> None:
    empty = Page(kind="call", to="ana", number="+1", phone="p", created=NOW, count=Count())
    other = msgspec.structs.replace(CALL, alert="b", code=418)
    quiet = msgspec.structs.replace(ALERT, code=418, error_class="Timeout", project="web", events=2)

    whole = merged(empty, [other, CALL], {"a": ALERT, "b": quiet})
    claimed = claim(replace(VIEW, page=whole))

    said = (
        "This is bugglio. 2 pages: checkout-api 1, web 1. Top: 4 1 7, Type Error, 31 times. "
        "To see all, text: list to this number."
    )
    assert (said, "calls", (418, 417)) == (claimed.page.body, claimed.page.lane, claimed.phone.told)
    assert [("a", 417, True)] == [(one.alert, one.code, one.many) for one in claimed.phone.last]


def test_a_call_made_anew_says_the_same() -> None:
    revived = pages.revive(claim(VIEW).page, NOW)

    assert revived.body == claim(replace(VIEW, page=revived, at=NOW + 90_000, sender=DOWN)).page.body
