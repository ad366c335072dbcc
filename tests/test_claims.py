"""May this call go now? What one look at the store says of it."""

from dataclasses import replace

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bugglio import page as pages
from bugglio import phone as phones
from bugglio.alert import ACKNOWLEDGED, TRIGGERED, Alert
from bugglio.claims import SPENT, Claim, Drop, Hold, Share, View, decide
from bugglio.digests import merged
from bugglio.page import BUDGET, CALLS, NOTICES, OUTAGE, PAGES, Count, Page
from bugglio.phone import Phone
from bugglio.roster import DAY, DEFAULT_TEXT, HOUR, MINUTE
from bugglio.sender import SenderState
from bugglio.throttle import Budget
from bugglio.times import Timed
from tests.clock import Clock
from tests.zones import ZONES, at, instants

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

    assert Hold(DOWN.next_try, throttled=False, what=OUTAGE) == decide(replace(VIEW, sender=DOWN, page=text), "attempt")


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


# By whose clock it is told the time.

KINDS = ("digest", "unanswered", "notice", "reminder")


def test_a_phone_remembers_by_whose_clock_it_was_told_the_time() -> None:
    first = claim(replace(VIEW, zone="Europe/London")).phone
    moved = claim(replace(VIEW, phone=first, at=NOW + MINUTE, zone="Asia/Tokyo")).phone

    assert [("Europe/London", 0), ("Asia/Tokyo", NOW + MINUTE)] == [(one.zone, one.zoned_at) for one in (first, moved)]
    assert moved.zoned_at == claim(replace(VIEW, phone=moved, at=NOW + HOUR, zone="Asia/Tokyo")).phone.zoned_at


def test_a_text_about_no_alert_is_told_by_the_same_clock_as_the_one_before() -> None:
    notice = text("notice", NOW)
    phone = phones.in_zone(Phone(), "America/New_York", NOW - DAY)

    assert "04:00 2 Feb news" == claim(replace(VIEW, page=notice, alert=None, phone=phone)).page.body
    assert "09:00 2 Feb news" == claim(replace(VIEW, page=notice, alert=None)).page.body


def test_a_zone_that_is_unknown_is_remembered_as_what_it_was_told_by() -> None:
    """So a machine that knows it, beside one that does not, tells no time of the other's anew."""
    assert "UTC" == claim(replace(VIEW, zone="Mars/Olympus_Mons")).phone.zone


def test_what_a_rule_left_to_the_daily_digest_is_told_with_its_day() -> None:
    alert = msgspec.structs.replace(ALERT, state=ACKNOWLEDGED, rule="rule 1: digest at 09:00", born=NOW)
    noted = msgspec.structs.replace(text("noted", NOW), timed=Timed(words="digest of", at=NOW))

    body = claim(replace(VIEW, page=noted, alert=alert, zone="America/New_York")).page.body

    assert "#417 checkout-api: TypeError. New unhandled error, digest of 04:00 2 Feb. Reply ack 417" == body


def test_a_text_whose_first_attempt_is_in_doubt_keeps_its_words_in_another_zone() -> None:
    sent = claim(replace(VIEW, page=text("digest", NOW), zone="Europe/London"))
    revived = replace(VIEW, page=pages.revive(sent.page, NOW), phone=sent.phone, zone="Asia/Tokyo", at=NOW + MINUTE)

    assert sent.page.body == claim(revived).page.body
    assert "Europe/London" == claim(revived).phone.zone


def text(kind: str, acked: int) -> Page:
    """A text of this kind that has its token; a reminder names when somebody acknowledged."""
    count = Count(pages=2, top=417, name="TypeError") if kind == "digest" else None
    timed = Timed(words="came again since acked", at=acked) if kind == "reminder" else None
    plain = Page(kind=kind, to="ana", number="+1", phone="p", created=acked, alert="a", code=417, token=True)
    return msgspec.structs.replace(plain, note="news", count=count, timed=timed)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(KINDS),
            st.integers(0, 2 * HOUR) | st.sampled_from([1, 1_000, 30 * MINUTE, HOUR, DAY - HOUR, DAY]),
            st.sampled_from(["", "", "", *ZONES]),
        ),
        max_size=40,
    ),
    st.sampled_from(ZONES),
    instants(),
)
@example([("notice", HOUR, "")] * 3, "Europe/London", at("2026-10-24T23:30Z"))
@example([("digest", 30 * MINUTE, "")] * 4, "Australia/Lord_Howe", at("2026-04-04T14:00Z"))
@example([("digest", HOUR, ""), ("digest", HOUR, "UTC")], "Europe/London", at("2026-04-04T14:00Z"))
def test_no_two_texts_to_one_phone_are_alike(told: list[tuple[str, int, str]], zone: str, now: int) -> None:
    """Whatever clocks do, and wherever its owner goes; a digest alone may say the same on another day."""
    alert = msgspec.structs.replace(ALERT, state=ACKNOWLEDGED, acknowledged_by="ana", reminded_at=now, born=now)
    phone, seen, acked = Phone(), dict[tuple[str, int], None](), now
    for kind, gap, other in told:
        acked, now, zone = now, now + gap, other or zone
        about = msgspec.structs.replace(alert, state=TRIGGERED) if kind == "unanswered" else alert
        view = replace(VIEW, at=now, phone=phone, alert=about, page=text(kind, acked), zone=zone)
        claimed = claim(view)
        if kind == "reminder" and gap < MINUTE:
            continue
        phone = claimed.phone
        day = now // (20 * HOUR) if kind == "digest" else 0
        assert (claimed.page.body, day) not in seen
        seen[claimed.page.body, day] = None


# The day's budget.

SPENT_TODAY = Budget(allowed=3, day=NOW // DAY, used=3)
TEXT = msgspec.structs.replace(CALL, kind="page")
QUESTION = msgspec.structs.replace(CALL, kind="notice", note="Your shift has begun. Reply ok", token=True)


def told_before(lane: str, minutes: int) -> Phone:
    """A phone that got its last text of this lane so long ago."""
    return phones.take(Phone(), lane, NOW - minutes * MINUTE)


@pytest.mark.parametrize(("page", "lane"), [(TEXT, PAGES), (QUESTION, NOTICES)])
def test_past_the_budget_a_text_waits_until_ten_minutes_after_the_last_of_its_kind(page: Page, lane: str) -> None:
    view = replace(VIEW, page=page, budget=SPENT_TODAY)

    assert Hold(NOW + MINUTE, cause=SPENT, what=BUDGET) == decide(replace(view, phone=told_before(lane, 9)), "attempt")
    gone = claim(replace(view, phone=told_before(lane, 10)))
    assert gone.counts
    assert NOW in (*gone.phone.pages.sent, *gone.phone.notices.sent)


def test_past_the_budget_a_text_of_another_kind_goes() -> None:
    assert claim(replace(VIEW, page=TEXT, budget=SPENT_TODAY, phone=told_before(NOTICES, 1))).counts


def test_what_was_tried_before_neither_waits_for_the_budget_nor_counts_again() -> None:
    tried = msgspec.structs.replace(TEXT, token=True, tries=1)

    gone = claim(replace(VIEW, page=tried, budget=SPENT_TODAY, phone=told_before(PAGES, 1)))

    assert not gone.counts


def test_a_call_knows_no_budget() -> None:
    gone = claim(replace(VIEW, budget=SPENT_TODAY, phone=told_before(PAGES, 1)))

    assert not gone.counts


def test_a_text_that_waits_longer_for_its_token_says_nothing_of_the_budget() -> None:
    crowded = Phone()
    for _ in range(15):
        crowded = phones.take(crowded, PAGES, NOW)

    found = decide(replace(VIEW, page=TEXT, budget=SPENT_TODAY, phone=crowded), "attempt")

    assert isinstance(found, Hold)
    assert (None, True) == (found.cause, found.until > NOW + 10 * MINUTE)
