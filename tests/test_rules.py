"""What a team's rules make of an event."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bugglio import bugsnag
from bugglio.bugsnag import Event
from bugglio.roster import MINUTE, Conditions, Rule, Team
from bugglio.rules import Ruling, matches, next_time, ruling, within
from tests.clock import Clock
from tests.payloads import event

NOW = Clock().now()
NIGHT = (22 * 60, 7 * 60)
PARSED = bugsnag.parse(event())


def at(text: str) -> int:
    """The instant of an ISO time with an offset."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def team(*rules: Rule, zone: str = "Europe/London", digest_at: int = 9 * 60) -> Team:
    """A team with these rules."""
    return Team("shop", timezone=zone, rules=rules, digest_at=digest_at)


def fits(delivered: Event = PARSED, **asked: Any) -> bool:
    """Whether a rule that asks this fits."""
    now = asked.pop("now", NOW)
    return ruling(team(Rule(Conditions(**asked), "ignore")), delivered, now).then == "ignore"


# The first that fits decides.


def test_without_rules_an_event_pages() -> None:
    assert Ruling("page", "default", None, "") == ruling(team(), PARSED, NOW)


def test_when_none_fits_it_pages_for_no_reason() -> None:
    assert Ruling("page") == ruling(team(Rule(Conditions(stage=("staging",)), "ignore")), PARSED, NOW)


def test_the_first_that_fits_decides_and_says_its_place() -> None:
    rules = (
        Rule(Conditions(stage=("staging",)), "ignore"),
        Rule(Conditions(error_class=("TypeError",)), "page"),
        Rule(Conditions(), "ignore"),
    )
    assert Ruling("page", reason="rule 2: page") == ruling(team(*rules), PARSED, NOW)


def test_ignore() -> None:
    assert Ruling("ignore", reason="rule 1: ignore") == ruling(team(Rule(Conditions(), "ignore")), PARSED, NOW)


def test_another_list_of_steps() -> None:
    rule = Rule(Conditions(), "steps", steps="night")
    assert Ruling("page", "night", reason="rule 1: steps night") == ruling(team(rule), PARSED, NOW)


def test_a_digest_is_at_the_next_hour_of_digests_and_never_at_this_instant() -> None:
    shop = team(Rule(Conditions(), "digest"))
    reason = "rule 1: digest at 09:00"

    assert Ruling("digest", until=at("2026-02-02T09:00Z"), reason=reason) == ruling(
        shop, PARSED, at("2026-02-02T08:59:59Z")
    )
    assert Ruling("digest", until=at("2026-02-03T09:00Z"), reason=reason) == ruling(
        shop, PARSED, at("2026-02-02T09:00Z")
    )


def test_a_hold_lasts_to_the_end_of_its_span() -> None:
    shop = team(Rule(Conditions(between=NIGHT), "hold"), zone="America/New_York")
    until = at("2026-02-03T07:00-05:00")

    for moment in ("2026-02-02T22:00-05:00", "2026-02-03T06:59:59-05:00"):
        found = ruling(shop, PARSED, at(moment))
        assert Ruling("hold", until=until, reason="rule 1: held until 07:00") == found
    assert Ruling("page") == ruling(shop, PARSED, until)
    assert Ruling("page") == ruling(shop, PARSED, at("2026-02-02T21:59:59-05:00"))


def test_a_hold_until_the_days_end_ends_at_midnight() -> None:
    shop = team(Rule(Conditions(between=(18 * 60, 24 * 60)), "hold"))
    found = ruling(shop, PARSED, at("2026-02-02T23:59:59Z"))

    assert Ruling("hold", until=at("2026-02-03T00:00Z"), reason="rule 1: held until 24:00") == found


def test_a_rule_that_cannot_be_understood_pages() -> None:
    assert Ruling("page", reason="rule 1: page") == ruling(team(Rule(Conditions(), "hold")), PARSED, NOW)


# What it asks.


@pytest.mark.parametrize(
    ("name", "value", "other"),
    [
        ("stage", "production", "staging"),
        ("severity", "error", "warning"),
        ("error_class", "TypeError", "Timeout"),
        ("context", "cart#create", "cart#show"),
        ("message", "cannot read 'id' of undefined", "New unhandled error"),
        ("project", "checkout-api", "web"),
        ("project", "p-1", "p-2"),
        ("version", "1.10", "1.1"),
        ("trigger", "firstException", "exception"),
    ],
)
def test_each_text_can_be_asked_for(name: str, value: str, other: str) -> None:
    delivered = bugsnag.parse(event(error={"appVersion": "1.10"}))

    assert fits(delivered, **{name: (value,)})
    assert fits(delivered, **{name: (other, value[:3] + "*")})
    assert not fits(delivered, **{name: (other,)})
    assert not fits(delivered, **{name: (value[:-1],)})
    assert not fits(delivered, **{name: (value.swapcase(),)} if value.swapcase() != value else {name: ("",)})


def test_all_of_it_must_fit() -> None:
    assert fits(stage=("production",), error_class=("Type*",), unhandled=True)
    assert not fits(stage=("production",), error_class=("Type*",), unhandled=False)
    assert not fits(stage=("production",), error_class=("Timeout",), unhandled=True)


def test_a_text_that_is_absent_fits_only_where_anything_does() -> None:
    absent = bugsnag.parse(event(error={"releaseStage": None}))

    assert fits(absent)
    assert fits(absent, stage=("*",))
    assert not fits(absent, stage=("*o*", "production"))


def test_a_project_without_a_name_is_known_by_its_id() -> None:
    nameless = bugsnag.parse(event(project={"name": None}))

    assert fits(nameless, project=("p-*",))
    assert not fits(nameless, project=("checkout-api",))


@pytest.mark.parametrize(("told", "true", "false"), [(True, True, False), (False, False, True), (None, False, False)])
def test_whether_it_was_handled(*, told: bool | None, true: bool, false: bool) -> None:
    delivered = bugsnag.parse(event(error={"unhandled": told}))

    assert (true, false) == (fits(delivered, unhandled=True), fits(delivered, unhandled=False))


def test_days_and_hours_are_asked_each_by_itself_in_the_teams_zone() -> None:
    friday = (4,)
    at_night = at("2026-02-07T03:00Z")  # a Saturday

    assert not fits(now=at_night, days=friday, between=NIGHT)
    assert fits(now=at_night, days=(5, 6), between=NIGHT)
    pacific = team(Rule(Conditions(days=friday), "ignore"), zone="America/Los_Angeles")
    assert "ignore" == ruling(pacific, PARSED, at_night).then


def test_every_rule_of_the_roster_files_example_says_what_it_says_there() -> None:
    shop = team(
        Rule(Conditions(stage=("staging", "development")), "ignore"),
        Rule(Conditions(severity=("info",)), "digest"),
        Rule(Conditions(severity=("warning",), between=NIGHT), "hold"),
        Rule(Conditions(error_class=("ActionController::*",)), "page"),
    )
    at_two = at("2026-02-02T02:00Z")
    told = {
        "rule 1: ignore": {"releaseStage": "development", "severity": "info"},
        "rule 2: digest at 09:00": {"severity": "info"},
        "rule 3: held until 07:00": {"severity": "warning"},
        "rule 4: page": {"exceptionClass": "ActionController::RoutingError"},
        "": {},
    }
    assert list(told) == [ruling(shop, bugsnag.parse(event(error=error)), at_two).reason for error in told.values()]


# `*`.


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("", ""),
        ("*", ""),
        ("*", "anything"),
        ("a*", "a"),
        ("*a", "bba"),
        ("a*b*c", "a-b-b-c"),
        ("*Error*", "TypeError: x"),
        ("ActionController::*", "ActionController::RoutingError"),
        ("a**b", "ab"),
        ("a.c[0]\\d?", "a.c[0]\\d?"),
    ],
)
def test_a_pattern_matches(pattern: str, text: str) -> None:
    assert matches(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("", "a"),
        ("a", "ab"),
        ("a", "ba"),
        ("a", "A"),
        ("ab*ba", "aba"),
        ("a*b*c", "a-c-b"),
        ("*aa*aa*", "aaa"),
        ("a.c", "abc"),
        ("[ab]", "a"),
        ("a?", "ab"),
        ("a|b", "a"),
        ("a", "a\n"),
    ],
)
def test_a_pattern_does_not_match(pattern: str, text: str) -> None:
    assert not matches(pattern, text)


def slowly(pattern: str, text: str) -> bool:
    """What a pattern means, letter by letter."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(slowly(pattern[1:], text[cut:]) for cut in range(len(text) + 1))
    return text[:1] == pattern[0] and slowly(pattern[1:], text[1:])


@given(st.text("ab*", max_size=8), st.text("ab", max_size=8))
def test_a_pattern_means_the_same_letter_by_letter(pattern: str, text: str) -> None:
    assert slowly(pattern, text) == matches(pattern, text)


@given(st.text(max_size=20), st.text(max_size=20))
def test_nothing_but_the_star_is_special(pattern: str, text: str) -> None:
    spelled = ".*".join(re.escape(piece) for piece in pattern.split("*"))
    assert bool(re.fullmatch(spelled, text, re.DOTALL)) == matches(pattern, text)
    assert matches(text, text)


def test_no_pattern_takes_long() -> None:
    assert not matches("*a" * 2_000 + "*b*", "a" * 4_000)
    assert matches("*a" * 2_000 + "*", "a" * 4_000)
    assert not matches("*" * 4_000 + "ab" + "*" * 4_000, "a" * 4_000)
    assert not matches("*" + "a" * 1_999 + "b*", "a" * 4_000)


# Wall time.


@pytest.mark.parametrize(
    ("between", "minute", "inside"),
    [
        ((540, 1080), 540, True),
        ((540, 1080), 1079, True),
        ((540, 1080), 1080, False),
        ((540, 1080), 539, False),
        (NIGHT, 1320, True),
        (NIGHT, 0, True),
        (NIGHT, 419, True),
        (NIGHT, 420, False),
        (NIGHT, 1319, False),
        ((600, 600), 599, True),
        ((600, 600), 600, True),
        ((1320, 1440), 1439, True),
        ((1320, 1440), 0, False),
        ((0, 1440), 1439, True),
    ],
)
def test_a_minute_of_the_day_is_in_a_span_or_not(*, between: tuple[int, int], minute: int, inside: bool) -> None:
    assert inside == within(between, minute)


@pytest.mark.parametrize(
    ("zone", "minute", "now", "expected"),
    [
        ("Europe/London", 9 * 60, "2026-02-02T08:00Z", "2026-02-02T09:00Z"),
        ("Europe/London", 9 * 60, "2026-02-02T09:00Z", "2026-02-03T09:00Z"),
        # Clocks go forward at 01:00: what they jump over is the instant at which they do.
        ("Europe/London", 90, "2026-03-29T00:30Z", "2026-03-29T01:00Z"),
        ("Europe/London", 90, "2026-03-29T01:00Z", "2026-03-30T00:30Z"),
        # They go back at 01:00 UTC: both half past ones count.
        ("Europe/London", 90, "2026-10-25T00:00Z", "2026-10-25T00:30Z"),
        ("Europe/London", 90, "2026-10-25T00:30Z", "2026-10-25T01:30Z"),
        ("Europe/London", 90, "2026-10-25T01:30Z", "2026-10-26T01:30Z"),
        # Half an hour.
        ("Australia/Lord_Howe", 135, "2026-10-04T01:59+10:30", "2026-10-03T15:30Z"),
        # Clocks that went back just after midnight, to the day before.
        ("America/St_Johns", 23 * 60 + 30, "2010-11-07T00:00:30-02:30", "2010-11-06T23:30-03:30"),
        # A day that never was.
        ("Pacific/Apia", 7 * 60, "2011-12-29T22:00-10:00", "2011-12-31T00:00+14:00"),
    ],
)
def test_the_next_time_a_clock_on_the_wall_shows(zone: str, minute: int, now: str, expected: str) -> None:
    assert at(expected) == next_time(minute, zone, at(now))


def test_a_night_that_is_an_hour_longer_is_held_through_both_half_past_ones() -> None:
    shop = team(Rule(Conditions(between=(22 * 60, 90)), "hold"))

    # From 01:30 to 02:00 summer time the span is over; then clocks show 01:00 again, and it is not.
    told = ["2026-10-24T22:30Z", "2026-10-25T00:45Z", "2026-10-25T01:15Z", "2026-10-25T01:30Z"]
    found = [ruling(shop, PARSED, at(moment)) for moment in told]
    assert ["hold", "page", "hold", "page"] == [one.then for one in found]
    assert [at("2026-10-25T00:30Z"), None, at("2026-10-25T01:30Z"), None] == [one.until for one in found]


CHANGES = {
    "Europe/London": ["2026-03-29T01:00Z", "2026-10-25T01:00Z"],
    "America/New_York": ["2026-03-08T07:00Z", "2026-11-01T06:00Z"],
    "Australia/Lord_Howe": ["2026-04-04T15:00Z", "2026-10-03T15:30Z"],
    "America/St_Johns": ["2010-03-14T03:31Z", "2010-11-07T02:31Z"],
    "America/Sao_Paulo": ["2018-02-18T02:00Z", "2018-11-04T03:00Z"],
    "Pacific/Apia": ["2011-12-30T10:00Z"],
    "Asia/Kathmandu": ["2026-06-01T00:00Z"],
}
MOMENTS = st.sampled_from([(zone, at(change)) for zone, changes in CHANGES.items() for change in changes])
MINUTES = st.integers(0, 1440)


@given(MOMENTS, st.integers(-36 * 60, 36 * 60), MINUTES, MINUTES)
def test_a_hold_is_what_stepping_through_the_minutes_finds(
    change: tuple[str, int], off: int, start: int, end: int
) -> None:
    zone, now = change[0], change[1] + off * MINUTE
    rule = Rule(Conditions(between=(start, end)), "hold")
    found = ruling(team(rule, zone=zone), PARSED, now)

    walls = [wall_at(now + step * MINUTE, zone) for step in range(50 * 60)]
    assert ("hold" if stepping(start, end, walls[0]) else "page") == found.then
    if found.until is not None:
        assert next(step for step in range(1, len(walls)) if passes(walls[step - 1], walls[step], end)) == (
            (found.until - now) // MINUTE
        )


def wall_at(instant: int, zone: str) -> datetime:
    """What the clock on the wall shows."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)).astimezone(ZoneInfo(zone))


def stepping(start: int, end: int, wall: datetime) -> bool:
    """Whether the hand comes to this minute on its way from start to end; from a time to the same is once round."""
    minute = start % 1440
    for _ in range((end - start) % 1440 or 1440):
        if minute == wall.hour * 60 + wall.minute:
            return True
        minute = (minute + 1) % 1440
    return False


def passes(before: datetime, after: datetime, end: int) -> bool:
    """Whether in the minute between two the hand comes to `end`, or is put forward past it."""
    naive, last = before.replace(tzinfo=None), after.replace(tzinfo=None)
    while naive < last:
        naive += timedelta(minutes=1)
        if naive.hour * 60 + naive.minute == end % 1440:
            return True
    # Put back, it may be put to that very time.
    return last < before.replace(tzinfo=None) and last.hour * 60 + last.minute == end % 1440


def test_of_an_event_that_tells_nothing_only_a_rule_that_asks_nothing_decides() -> None:
    empty = bugsnag.parse({})

    assert "" == ruling(team(Rule(Conditions(stage=("p*",)), "ignore")), empty, NOW).reason
    assert "rule 1: ignore" == ruling(team(Rule(Conditions(), "ignore")), empty, NOW).reason
