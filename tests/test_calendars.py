"""Which shifts a calendar shows, and under which names: stable ones, whatever is overridden."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as with_

from bugglio.calendars import LATE, MOST, MOST_PAST, Appointment, Feed, engineer_feed, team_feed
from bugglio.roster import DAY, HOUR, Cover, Override, Window
from bugglio.schedule import timetable
from tests.turns import NOW, PRIMARY, SECONDARY, cover, ms, roster, team


def told(feed: Feed) -> list[tuple[str, str, str]]:
    """Beginning, end and text of each shift that is shown."""

    def at(seconds: int) -> str:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M")

    return [(at(one.start), at(one.end), one.summary) for one in feed.appointments]


def test_an_engineer_sees_their_own_shifts_of_every_rotation() -> None:
    feed = engineer_feed(roster(), "ana", NOW)

    assert "On call: Ana Lima" == feed.name
    assert [
        ("2026-01-05T09:00", "2026-01-12T09:00", "On call: shop primary"),
        ("2026-01-12T09:00", "2026-01-19T09:00", "On call: shop secondary"),
        ("2026-01-19T09:00", "2026-01-26T09:00", "On call: shop primary"),
    ] == told(feed)[:3]


def test_a_team_sees_who_has_which_shift() -> None:
    feed = team_feed(roster(), "shop", NOW)

    assert "On call: shop" == feed.name
    assert [
        ("2026-01-05T09:00", "2026-01-12T09:00", "Ana Lima: shop primary"),
        ("2026-01-05T09:00", "2026-01-12T09:00", "Ben Ode: shop secondary"),
        ("2026-01-12T09:00", "2026-01-19T09:00", "Ben Ode: shop primary"),
    ] == told(feed)[:3]


def test_hours_with_nobody_are_not_shown() -> None:
    mornings = with_(PRIMARY, id="mornings", unit="days", hours=(Window(days=(0, 1), start=540, end=720),))

    feed = team_feed(roster(team(mornings)), "shop", NOW)

    assert [
        ("2026-01-05T09:00", "2026-01-05T12:00", "Ana Lima: shop mornings"),
        ("2026-01-06T09:00", "2026-01-06T12:00", "Ben Ode: shop mornings"),
        ("2026-01-12T09:00", "2026-01-12T12:00", "Ben Ode: shop mornings"),
    ] == told(feed)[:3]


def test_it_goes_from_thirty_days_back_to_a_year_ahead_and_cuts_no_shift() -> None:
    feed = team_feed(roster(team(with_(PRIMARY, starts=datetime(2020, 1, 6, 9)))), "shop", NOW)  # noqa: DTZ001 - wall time

    assert "2025-12-29T09:00" == told(feed)[0][0]
    assert ("2027-02-01T09:00", "2027-02-08T09:00") == told(feed)[-1][:2]
    assert {7 * 86_400} == {one.end - one.start for one in feed.appointments}


def test_admins_and_people_of_other_teams_see_only_shifts_of_their_own() -> None:
    both = roster(team(PRIMARY), team(with_(PRIMARY, engineers=("ben", "cleo")), id_="web"))

    assert {"On call: shop primary"} == {one.summary for one in engineer_feed(both, "ana", NOW).appointments}
    assert {"On call: web primary"} == {one.summary for one in engineer_feed(both, "cleo", NOW).appointments}
    assert 2 == len({one.summary for one in engineer_feed(both, "ben", NOW).appointments})


@pytest.mark.parametrize("rotation", ["primary", ""])
def test_whoever_only_an_override_names_sees_it(rotation: str) -> None:
    start, end = ms("2026-02-03T18:00"), ms("2026-02-04T08:00")
    planned = Override(
        rotation=rotation,
        start=datetime(2026, 2, 3, 18),  # noqa: DTZ001 - wall time
        end=datetime(2026, 2, 4, 8),  # noqa: DTZ001 - wall time
        engineer="cleo",
    )
    expected = [("2026-02-03T18:00", "2026-02-04T08:00", "On call: shop primary")]

    assert expected == told(
        engineer_feed(roster(team(PRIMARY), covers=(cover(start, end, "cleo", rotation),)), "cleo", NOW)
    )
    assert expected == told(engineer_feed(roster(team(PRIMARY, overrides=(planned,))), "cleo", NOW))


def test_nobody_sees_what_is_not_theirs() -> None:
    assert () == engineer_feed(roster(), "cleo", NOW).appointments
    assert () == team_feed(roster(team()), "shop", NOW).appointments


@pytest.mark.parametrize("feed", [engineer_feed, team_feed])
def test_who_is_not_on_the_roster_has_no_feed(feed: object) -> None:
    with pytest.raises(KeyError):
        feed(roster(), "zoe", NOW)  # type: ignore[operator]  # both are functions of the same shape


def test_a_shift_cut_short_keeps_its_name_and_ends_earlier() -> None:
    friday, sunday = ms("2026-02-06T18:00"), ms("2026-02-08T18:00")
    before = {one.uid: one for one in team_feed(roster(team(PRIMARY)), "shop", NOW).appointments}

    after = team_feed(roster(team(PRIMARY), covers=(cover(friday, sunday),)), "shop", NOW).appointments

    whole = f"shop.primary.{ms('2026-02-02T09:00')}@bugglio"
    assert replace(before[whole], end=friday // 1000) in after
    assert [
        Appointment(f"shop.primary.{friday}@bugglio", friday // 1000, sunday // 1000, "Cleo Ng: shop primary"),
        Appointment(
            f"shop.primary.{sunday}@bugglio", sunday // 1000, ms("2026-02-09T09:00") // 1000, "Ana Lima: shop primary"
        ),
    ] == [one for one in after if one.uid not in before]


def test_a_shift_given_to_somebody_else_keeps_its_name() -> None:
    week = cover(ms("2026-02-09T09:00"), ms("2026-02-16T09:00"))

    after = team_feed(roster(team(PRIMARY), covers=(week,)), "shop", NOW).appointments

    uids = [one.uid for one in team_feed(roster(team(PRIMARY)), "shop", NOW).appointments]
    assert uids == [one.uid for one in after]
    assert ["Cleo Ng: shop primary"] == [one.summary for one in after if one.start == week.start // 1000]


OVERRIDES = st.lists(
    st.builds(
        lambda start, length, engineer, rotation: cover(
            NOW + 1000 * start, NOW + 1000 * (start + length), engineer, rotation
        ),
        st.integers(-40 * DAY // 1000, 380 * DAY // 1000),
        st.integers(1, 20 * DAY // 1000),
        st.sampled_from(["ana", "ben", "cleo", None]),
        st.sampled_from(["primary", "secondary", ""]),
    ),
    max_size=6,
)


@given(OVERRIDES, OVERRIDES)
def test_overrides_rename_only_what_they_touch(some: list[Cover], more: list[Cover]) -> None:
    teams = team(PRIMARY, SECONDARY)
    before = team_feed(roster(teams, covers=tuple(some)), "shop", NOW).appointments
    after = team_feed(roster(teams, covers=(*some, *more)), "shop", NOW).appointments
    kept = {one.uid: one for one in after}

    assert len(after) == len(kept), "each name once"
    for one in before:
        # A shift none of whose instants, nor the one before them, is in a new override stays; one whose beginning
        # is untouched keeps its name.
        if not any(new.start <= one.end * 1000 and one.start * 1000 <= new.end for new in more):
            assert one == kept[one.uid]
        elif not any(new.start <= one.start * 1000 <= new.end for new in more):
            assert one.start == kept[one.uid].start


@given(OVERRIDES, st.sampled_from(["ana", "ben", "cleo"]), st.integers(-29 * DAY, 364 * DAY))
def test_an_engineer_is_shown_on_duty_exactly_when_they_are(covers: list[Cover], who: str, after: int) -> None:
    crew = roster(team(PRIMARY, SECONDARY), covers=tuple(covers))
    shown = engineer_feed(crew, who, NOW).appointments
    at = NOW + after

    table = timetable(crew, crew.team("shop"))
    expected = [one for one in ("primary", "secondary") if table.on_duty(one, at) == who]

    assert expected == sorted(one.summary.split()[-1] for one in shown if one.start <= at // 1000 < one.end)


def test_names_stay_from_day_to_day() -> None:
    days = [{one.uid: one for one in team_feed(roster(), "shop", NOW + day * DAY).appointments} for day in range(40)]

    for yesterday, today in pairwise(days):
        both = yesterday.keys() & today.keys()
        assert [yesterday[uid] for uid in both] == [today[uid] for uid in both]
        assert len(yesterday.keys() - today.keys()) <= 2, "only what ended over 30 days ago has gone"


def test_two_feeds_that_show_one_shift_name_it_differently() -> None:
    own = {one.uid for one in engineer_feed(roster(), "ana", NOW).appointments}
    shared = {one.uid for one in team_feed(roster(), "shop", NOW).appointments}

    assert set() == own & shared
    assert own == {f"ana.{uid}" for uid in shared} & own


def test_a_shift_within_a_second_is_left_out() -> None:
    at = ms("2026-02-03T10:00")

    feed = engineer_feed(roster(team(PRIMARY), covers=(cover(at + 1, at + 999),)), "cleo", NOW)

    assert () == feed.appointments


def test_two_shifts_that_begin_within_a_second_have_two_names() -> None:
    at = ms("2026-02-03T10:00")
    covers = (cover(at, at + 500, "ben"), cover(at + 500, at + HOUR))

    feed = team_feed(roster(team(PRIMARY), covers=covers), "shop", NOW)

    assert len(feed.appointments) == len({one.uid for one in feed.appointments})
    assert [at + 500] == [
        int(one.uid.split(".")[2].removesuffix("@bugglio")) for one in feed.appointments if "Cleo" in one.summary
    ]


# Too many shifts.

HOURLY = with_(PRIMARY, unit="hours")


def test_hourly_turns_end_earlier_and_say_so() -> None:
    feed = team_feed(roster(team(HOURLY, SECONDARY)), "shop", NOW)

    assert MOST + MOST_PAST == len(feed.appointments)
    assert "2026-03-05T06:00" == datetime.fromtimestamp(feed.until or 0, UTC).strftime("%Y-%m-%dT%H:%M")
    assert f"{LATE} There are too many shifts to show any from 2026-03-05 on." == feed.note


def test_before_its_early_end_nothing_is_missing() -> None:
    crew = roster(team(HOURLY, SECONDARY))
    feed = team_feed(crew, "shop", NOW)
    assert feed.until is not None

    table, start = timetable(crew, crew.team("shop")), NOW // DAY * DAY
    expected = {
        (f"shop.{name}.{shift.start}@bugglio")
        for name in ("primary", "secondary")
        for shift in table.shifts(name, start, feed.until * 1000)
    }

    assert expected == {one.uid for one in feed.appointments if one.end * 1000 > start}


def test_of_too_many_past_shifts_the_latest_are_shown() -> None:
    feed = engineer_feed(roster(team(with_(HOURLY, engineers=("ana",)))), "ana", NOW)

    past = [one for one in feed.appointments if one.end * 1000 <= NOW // DAY * DAY]
    assert MOST_PAST == len(past)
    assert NOW // DAY * DAY == past[-1].end * 1000


def test_a_feed_that_is_whole_says_only_that_calendars_are_late() -> None:
    feed = team_feed(roster(), "shop", NOW)

    assert (None, "Calendars show changes hours late: text who to learn who is on duty now.") == (feed.until, feed.note)


def test_looking_for_somebody_among_very_many_shifts_ends() -> None:
    many = [team(*(with_(HOURLY, id=f"r{n}", engineers=("ben",)) for n in range(60)), id_=f"t{n}") for n in range(2)]
    late = cover(NOW + 200 * DAY, NOW + 201 * DAY, rotation="", of="t0")
    soon = cover(NOW + DAY, NOW + 2 * DAY, rotation="r1", of="t1")

    feed = engineer_feed(roster(*many, covers=(late, soon)), "cleo", NOW)

    assert {"On call: t1 r1"} == {one.summary for one in feed.appointments}
    assert feed.until is not None
    assert feed.until * 1000 < late.start


# Whether a calendar has it already.


def test_through_the_day_the_tag_is_the_same_and_a_change_makes_another() -> None:
    plain, changed = roster(), roster(covers=(cover(NOW + DAY, NOW + 2 * DAY, "ben"),))
    tags = [
        engineer_feed(plain, "ana", NOW).tag,
        engineer_feed(plain, "ana", NOW + 10 * HOUR).tag,
        engineer_feed(changed, "ana", NOW).tag,
        engineer_feed(plain, "ben", NOW).tag,
    ]

    assert tags[0] == tags[1]
    assert 3 == len(set(tags))
