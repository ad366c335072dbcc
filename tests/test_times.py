"""How texts tell the time: in any zone, through clock changes, and through changes of the zone."""

import zoneinfo
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bugglio.gsm import is_gsm, septets
from bugglio.roster import DAY, HOUR, MINUTE
from bugglio.times import APART, LONGEST_STAMP, Clock, Timed, moment, stamp, told
from bugglio.zones import known
from tests.clock import MONDAY_MORNING
from tests.zones import CHANGING, at, clocks, instants

NINE = round(MONDAY_MORNING.timestamp() * 1000)
UTC = Clock()
LONDON = Clock("Europe/London")
LORD_HOWE = Clock("Australia/Lord_Howe")
NUUK = Clock("America/Nuuk")


def test_a_time_of_another_day_names_its_day() -> None:
    assert "09:00" == moment(NINE, NINE, UTC)
    assert "09:00:00" == moment(NINE, NINE + 14 * HOUR, UTC, seconds=True)
    assert "09:00 2 Feb" == moment(NINE, NINE - DAY, UTC)
    assert "09:00:05 3 Feb" == moment(NINE + DAY + 5_000, NINE, UTC, seconds=True)


def test_the_day_is_that_of_the_zone() -> None:
    tokyo = Clock("Asia/Tokyo")

    assert "23:59" == moment(NINE + 6 * HOUR - 1, NINE, tokyo)
    assert "00:00 3 Feb" == moment(NINE + 6 * HOUR, NINE, tokyo)
    assert "04:00" == moment(NINE, NINE + 20 * HOUR - 1, Clock("America/New_York"))
    assert "04:00 2 Feb" == moment(NINE, NINE + 20 * HOUR, Clock("America/New_York"))


@pytest.mark.parametrize(
    ("clock", "instant", "text"),
    [
        (LONDON, "2026-10-25T01:30+01:00", "01:30"),
        (LONDON, "2026-10-25T01:30+00:00", "01:30 GMT"),
        (LONDON, "2026-10-25T02:00+00:00", "02:00"),
        (LONDON, "2026-03-29T00:59+00:00", "00:59"),
        (LONDON, "2026-03-29T01:00+00:00", "02:00"),
        (Clock("America/New_York"), "2026-11-01T01:14-04:00", "01:14"),
        (Clock("America/New_York"), "2026-11-01T01:14-05:00", "01:14 EST"),
        (LORD_HOWE, "2026-04-05T01:45+11:00", "01:45"),
        (LORD_HOWE, "2026-04-05T01:45+10:30", "01:45 +1030"),
        (LORD_HOWE, "2026-04-05T02:00+10:30", "02:00"),
    ],
)
def test_when_clocks_are_put_back_the_second_pass_says_its_zone(clock: Clock, instant: str, text: str) -> None:
    assert text == moment(at(instant), at(instant), clock)


def test_a_zone_whose_name_has_no_letters_says_its_digits_and_its_day() -> None:
    """In Nuuk clocks are put back at midnight, to 23:00 of the day that is over."""
    evening = at("2026-10-24T22:30-01:00")

    assert "23:30" == moment(at("2026-10-24T23:30-01:00"), evening, NUUK)
    assert "23:30:07 -02" == moment(at("2026-10-24T23:30:07-02:00"), evening, NUUK, seconds=True)
    assert "00:30 25 Oct" == moment(at("2026-10-25T00:30-02:00"), evening, NUUK)


def test_a_clock_in_another_ones_place_says_how_far_it_is_from_utc_for_a_day() -> None:
    moved = Clock("America/New_York", changed=NINE)

    assert "04:30 -0500 2 Feb" == moment(NINE + 30 * MINUTE, NINE, moved)
    assert "06:59:59 -0500 3 Feb" == moment(NINE + APART - 1_000, NINE, moved, seconds=True)
    assert "07:00" == moment(NINE + APART, NINE + APART, moved)
    assert "03:00 -0500 2 Feb" == moment(NINE - HOUR, NINE, moved)


def test_words_lead_to_a_time() -> None:
    assert "again 09:00" == told(Timed(words="again", at=NINE), NINE, UTC)
    assert "again 09:00:00 no. 3" == told(Timed(words="again", at=NINE, seconds=True, number=3), NINE, UTC)
    assert not told(None, NINE, UTC)


def test_no_two_stamps_are_alike() -> None:
    assert "09:00" == stamp(NINE, NINE, UTC, 0, 1)
    assert "09:00" == stamp(NINE, NINE, UTC, NINE - 1, 1)
    assert "09:00:59" == stamp(NINE + 59_000, NINE, UTC, NINE, 1)
    assert "09:00:00 no. 2" == stamp(NINE, NINE, UTC, NINE, 2)
    assert "09:00 3 Feb" == stamp(NINE + DAY, NINE, UTC, NINE, 1)


@pytest.mark.parametrize("name", ["Mars/Olympus_Mons", "", "../../etc/passwd", "/etc/passwd", "Europe", "a\0b", "é"])
def test_a_zone_that_is_unknown_is_utc(name: str) -> None:
    assert "09:00" == moment(NINE, NINE, Clock(name))
    assert "UTC" == known(name)


def test_a_zone_that_is_known_keeps_its_name() -> None:
    assert ["Europe/London", "UTC"] == [known("Europe/London"), known("UTC")]


def test_the_longest_stamp_is_longer_than_that_of_any_zone() -> None:
    summer, winter = at("2026-10-20T12:00Z"), at("2026-12-31T12:00Z")
    for name in sorted(zoneinfo.available_timezones()):
        zone = ZoneInfo(name)
        names = {datetime.fromtimestamp(second / 1000, zone).tzname() for second in (summer, winter)}
        assert all(one is not None and len(one) <= len("+1030") and is_gsm(one) for one in names), name
    assert len("23:59:59 +1030 31 Dec no. 99 ") == septets(LONGEST_STAMP)


@given(clocks(), instants(), st.integers(0, DAY))
def test_a_stamp_is_one_gsm_text_no_longer_than_the_longest(clock: Clock, instant: int, before: int) -> None:
    text = stamp(instant, instant - before, clock, instant, 99)

    assert is_gsm(text)
    assert septets(text) < len(LONGEST_STAMP)


@given(st.sampled_from(CHANGING), instants(), st.lists(st.integers(1, 3 * 60), max_size=40))
@example("Australia/Lord_Howe", at("2026-04-05T01:30+11:00"), [30] * 4)
@example("America/Nuuk", at("2026-10-24T23:00-01:00"), [15] * 8)
def test_no_two_minutes_of_a_zone_are_told_alike(zone: str, start: int, gaps: list[int]) -> None:
    clock, now, seen = Clock(zone), start, [moment(start, start, Clock(zone))]
    for gap in gaps:
        now += gap * MINUTE
        seen.append(moment(now, start, clock))

    assert len(seen) == len(set(seen))


@given(st.sampled_from(CHANGING), instants())
def test_what_is_told_is_what_the_clock_on_the_wall_shows(zone: str, instant: int) -> None:
    shown = datetime.fromtimestamp(instant / 1000, ZoneInfo(zone))

    assert f"{shown:%H:%M}" == moment(instant, instant, Clock(zone))[:5]
    assert f"{shown:%H:%M %z} {shown.day} {shown:%b}" == moment(instant, instant, Clock(zone, changed=instant))


def test_no_two_zones_are_further_apart_than_is_waited_for() -> None:
    offsets = set()
    for name in zoneinfo.available_timezones():
        zone = ZoneInfo(name)
        year = [datetime.fromtimestamp(NINE / 1000 + day * 86_400, zone) for day in range(0, 366, 30)]
        offsets |= {one.utcoffset() or timedelta() for one in year}
    assert timedelta(hours=26) == max(offsets) - min(offsets)
    assert APART > 26 * HOUR
