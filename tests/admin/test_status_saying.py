"""How pages say times and spans."""

from datetime import UTC, datetime

import pytest
from flask import Flask, g

from bugglio.admin import saying
from bugglio.admin.viewing import Viewer
from bugglio.roster import DAY, HOUR, MINUTE, Engineer, Roster
from tests.browsing import text_of

NOW = round(datetime(2026, 2, 2, 9, 0, tzinfo=UTC).timestamp() * 1000)
ANA = Engineer("ana", "Ana Lima", "+14155550101", timezone="America/New_York")


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (0, "0 s"),
        (59_999, "59 s"),
        (MINUTE, "1 min"),
        (119 * MINUTE, "119 min"),
        (2 * HOUR, "2 h"),
        (47 * HOUR, "47 h"),
        (2 * DAY, "2 days"),
        (-5, "0 s"),
        (None, ""),
    ],
)
def test_a_span_is_said_in_its_largest_whole_unit(length: int | None, said: str) -> None:
    assert said == saying.span(length)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (NOW, "04:00"),
        (NOW - 5 * HOUR, "23:00 Sun 1 Feb"),
        (NOW - 400 * DAY, "04:00 Sun 29 Dec 2024"),
    ],
)
def test_a_time_is_told_by_the_viewers_clock_with_its_date_unless_it_is_todays(moment: int, said: str) -> None:
    with Flask(__name__).test_request_context():
        g.viewer = Viewer(ANA, Roster({"ana": ANA}), NOW)
        assert said == text_of(saying.clock(moment))
        assert f'datetime="{datetime.fromtimestamp(moment / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"' in saying.clock(moment)


def test_of_no_time_nothing_is_told() -> None:
    with Flask(__name__).test_request_context():
        assert saying.clock(None) == saying.moment(None) == saying.ago(None) == ""


def test_a_person_is_named_and_whoever_is_gone_by_their_id() -> None:
    with Flask(__name__).test_request_context():
        g.viewer = Viewer(ANA, Roster({"ana": ANA}), NOW)
        assert ["Ana Lima", "eve", ""] == [saying.person(one) for one in ("ana", "eve", None)]
