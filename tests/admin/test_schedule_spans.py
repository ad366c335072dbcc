"""Spans that a form of the schedule asks for."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bugglio.admin.schedule import spans
from bugglio.roster import DAY, HOUR, MINUTE
from bugglio.when import Span, span
from tests import chance
from tests.turns import ms

PICKS = st.randoms(use_true_random=False)
NOW = ms("2026-10-24T12:00")
LONDON = "Europe/London"


@given(PICKS)
def test_a_shift_in_words_is_read_as_a_span_that_holds_all_of_it(pick: Random) -> None:
    zone = pick.choice(chance.ZONES)
    change = pick.choice(chance.changes(zone)) * 1000
    now = change - pick.randint(0, 3 * DAY)
    start = now + pick.choice((0, pick.randint(1, 4 * DAY)))
    end = start + pick.randint(1, 2 * DAY)
    found = span(spans.between(start, end, now, zone), now, zone)
    assert isinstance(found, Span), found
    assert found.start <= max(start, now)
    assert end <= found.end <= end + 2 * HOUR + MINUTE


def test_outside_the_hour_that_comes_twice_it_is_exact_to_the_minute() -> None:
    start, end = NOW + HOUR, NOW + 5 * HOUR + 1
    assert Span(start, end + MINUTE - 1) == span(spans.between(start, end, NOW, LONDON), NOW, LONDON)


def test_an_end_in_the_hour_that_comes_twice_loses_nothing() -> None:
    second = ms("2026-10-25T01:30")
    assert "2026-10-24 14:00 to 2026-10-25 02:00" == spans.between(NOW + HOUR, second, NOW, LONDON)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"when": " 2h ", "until": "2026-10-25T10:00"}, "2h"),
        ({"from": "2026-10-25T09:00", "until": "2026-10-25T10:00"}, "2026-10-25 09:00 to 2026-10-25 10:00"),
        ({"from": "2026-10-24T13:00", "until": "2026-10-25T10:00"}, "until 2026-10-25 10:00"),
        ({"until": "2026-10-25T10:00"}, "until 2026-10-25 10:00"),
        ({"from": "2026-10-25T09:00"}, ""),
        ({"from": "x", "until": "y"}, ""),
        ({"when": "9" * 5000}, "9" * 100),
    ],
)
def test_what_was_written_goes_before_what_was_picked(form: dict[str, str], words: str) -> None:
    assert words == spans.words(form, NOW, LONDON)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"when": "6"},
        {"from": "2026-10-26T10:00", "until": "2026-10-26T09:00"},
        {"from": "2020-10-26T10:00", "until": "2020-10-27T09:00"},
        {"from": "2026-10-26T10:00", "until": "2099-10-27T09:00"},
        {"when": "9" * 5000},
    ],
)
def test_what_cannot_be_meant_is_asked(form: dict[str, str]) -> None:
    found = spans.asked(form, NOW, LONDON)
    assert isinstance(found, str)
    assert found.endswith("?")


def test_a_span_in_instants_is_picked_as_far_as_it_comes() -> None:
    filled = spans.prefilled({"start": "0", "end": str(NOW + HOUR), "team": "shop"}, NOW, LONDON)
    assert ("2026-10-24T13:00", "2026-10-24T14:00", "shop") == (filled["from"], filled["until"], filled["team"])
    assert "from" not in spans.prefilled({"start": "x", "end": "9"}, NOW, LONDON)
