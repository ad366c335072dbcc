"""How figures are said."""

from decimal import Decimal

import pytest

from bugglio.admin.figures import words
from bugglio.roster import DAY, HOUR, MINUTE


@pytest.mark.parametrize(
    ("milliseconds", "expected"),
    [
        (None, ""),
        (400, "0 s"),
        (89_400, "89 s"),
        (3 * MINUTE + 20_000, "3 min"),
        (3 * MINUTE + 40_000, "4 min"),
        (89 * MINUTE, "89 min"),
        (1.5 * HOUR, "1.5 h"),
        (2 * HOUR, "2 h"),
        (14.4 * HOUR, "14 h"),
        (7 * DAY, "7 days"),
        (40.4 * DAY, "40 days"),
    ],
)
def test_a_span_is_said_in_one_unit(milliseconds: float | None, expected: str) -> None:
    assert expected == words.lasted(milliseconds)


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(0, 0, ""), (0, 9, "0 %"), (9, 9, "100 %"), (99_999, 100_000, "99.9 %"), (1, 3, "33.3 %"), (1, 2, "50 %")],
)
def test_a_hundred_per_cent_is_said_only_of_all(part: int, whole: int, expected: str) -> None:
    assert expected == words.share(part, whole)


def test_money_is_segments_times_the_price() -> None:
    assert "$8.30" == words.Money(Decimal("0.0083")).of(1_000)
    assert "$1,234.50" == words.Money(Decimal(1)).said(1234.5)


def test_a_week_is_called_by_its_monday() -> None:
    assert ("29 Dec", "29 Dec 2025") == (words.monday("2026-W01"), words.first("2026-W01"))


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, ""), (1, "1 is open now."), (7, "7 are open now."), (1_001, "More than 1,000 are open now.")],
)
def test_what_is_open_is_said_in_a_sentence(count: int, expected: str) -> None:
    assert expected == words.open_said(count, 1_000)
