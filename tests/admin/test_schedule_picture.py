"""The schedule's picture: what each row comes to, over the days on which clocks change, and where it is drawn."""

from datetime import UTC, date, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bugglio.admin.schedule.labels import initials, on_bar, width
from bugglio.admin.schedule.laid import overrides
from bugglio.admin.schedule.picture import CROWD, LEAST, WIDTH, Words, bars, hues, lanes, sheet
from bugglio.admin.schedule.stretches import GAP, OFF, ON, Stretch, stretches
from bugglio.admin.schedule.weeks import Weeks, weeks_of
from bugglio.admin.schedule.window import Window, window
from bugglio.admin.schedule.words import Teller
from bugglio.roster import DAY, HOUR, Cover, Override, Roster, Rotation, Team
from bugglio.roster import Window as Hours
from bugglio.schedule import Timetable
from tests import chance
from tests.slow_timetable import SlowTimetable
from tests.turns import PEOPLE, PRIMARY, cover, ms, roster, team

PICKS = st.randoms(use_true_random=False)
MARCH = Window(date(2026, 3, 23), 1, "Europe/London")
OFFICE = (Hours((0, 1, 2, 3, 4), 9 * 60, 18 * 60),)
PLAIN = Words(lambda person: person, lambda one: one.kind, {})


def weeks(of: Roster, where: Window, now: int = 0) -> Weeks:
    return weeks_of(Teller(of, now or where.start, where.zone), of.team("shop"), where)


def said(row: list[Stretch]) -> list[str]:
    return [f"{one.kind} {one.engineer or '-'} {_shown(one.start)} to {_shown(one.end)}" for one in row]


def _shown(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%d %H:%M}"


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.slow
@given(PICKS)
def test_a_row_covers_its_span_without_overlap_and_says_what_the_timetable_says(pick: Random) -> None:
    case = chance.everything(pick)
    people = Roster(PEOPLE, {"shop": case.team}, "ana", case.covers)
    table, slow = Timetable(case.team, case.covers), SlowTimetable(case.team, case.covers)
    start = case.change - pick.randint(0, 5) * DAY
    end = start + pick.randint(1, 28) * DAY
    for name, rotation in case.team.rotations.items():
        row = stretches(people, case.team, rotation, start, end)
        assert [start, *(one.end for one in row)] == [*(one.start for one in row), end]
        for one in row:
            at = pick.randint(one.start, one.end - 1)
            assert one.engineer == table.on_duty(name, at)
            if one.engineer is None:
                assert (one.kind == OFF) != slow._within_hours(case.team.rotations["primary"], at)


@pytest.mark.slow
@given(PICKS)
def test_the_override_that_a_stretch_names_is_the_newest_that_holds(pick: Random) -> None:
    case = chance.everything(pick)
    people = Roster(PEOPLE, {"shop": case.team}, "ana", case.covers)
    for rotation in case.team.rotations.values():
        laid = overrides(people, case.team, rotation)
        for one in stretches(people, case.team, rotation, case.change - 5 * DAY, case.change + 5 * DAY):
            holding = [made for made in laid if made.start <= one.start < made.end]
            assert one.made == (holding[-1] if holding and one.kind != OFF else None)


@given(PICKS)
def test_bars_stand_side_by_side_over_the_whole_width(pick: Random) -> None:
    case = chance.everything(pick)
    people = Roster(PEOPLE, {"shop": case.team}, "ana", case.covers)
    where = window("", "4", case.change - pick.randint(0, 5) * DAY, case.team.timezone)
    for rotation in case.team.rotations.values():
        drawn = bars(stretches(people, case.team, rotation, where.start, where.end), where, PLAIN)
        edges = [0.0, *(one.x + one.width for one in drawn)]
        assert edges == pytest.approx([*(one.x for one in drawn), WIDTH], abs=0.02)
        assert all(width(one.label) <= one.width for one in drawn)


def test_hours_outside_a_rotations_are_no_gap_and_an_override_with_nobody_is() -> None:
    primary = Rotation("primary", ("ana",), wall("2026-01-05T09:00"), hours=OFFICE, timezone="Europe/London")
    off = Override("primary", wall("2026-03-27T12:00"), wall("2026-03-28T12:00"), None)
    row = stretches(
        roster(team(primary, overrides=(off,))),
        team(primary, overrides=(off,)),
        primary,
        ms("2026-03-26T00:00"),
        ms("2026-03-30T12:00"),
    )
    assert said(row) == [
        "off - 26 00:00 to 26 09:00",
        "on ana 26 09:00 to 26 18:00",
        "off - 26 18:00 to 27 09:00",
        "on ana 27 09:00 to 27 12:00",
        "gap - 27 12:00 to 27 18:00",
        "off - 27 18:00 to 30 08:00",
        "on ana 30 08:00 to 30 12:00",
    ]


def test_before_its_first_turn_a_rotation_has_a_gap_that_says_so() -> None:
    late = Rotation("primary", ("ana",), wall("2026-03-25T09:00"))
    shown = weeks(roster(team(late)), MARCH)
    reason = "the first turn of primary begins Wed 25 Mar 09:00 GMT"
    assert [f"primary: nobody Mon 23 Mar 00:00 to Wed 25 Mar 09:00 GMT ({reason})"] == [one.told for one in shown.gaps]


def test_a_rotation_whose_people_are_all_on_duty_elsewhere_says_that_nobody_follows() -> None:
    alone, second = Rotation("primary", ("ana",), wall("2026-01-05T09:00")), Rotation("secondary", next_of="primary")
    shown = weeks(roster(team(alone, second)), MARCH)
    assert [gap.told.partition("(")[2] for gap in shown.gaps] == ["nobody follows in primary)"]


def test_who_why_and_by_whom_stand_in_the_list() -> None:
    by_dan = Cover("c", "shop", "primary", ms("2026-03-24T10:00"), ms("2026-03-24T12:00"), "cleo", 5, "ana")
    planned = Override("primary", wall("2026-03-25T09:00"), wall("2026-03-25T10:00"), "ana")
    shown = weeks(roster(team(PRIMARY, overrides=(planned,)), covers=(by_dan,)), MARCH)
    assert [(one.who, one.why) for one in shown.rows[0].listed] == [
        ("Ana Lima", "turn"),
        ("Ben Ode", "turn"),
        ("Cleo Ng", "override, made by Ana Lima"),
        ("Ben Ode", "turn"),
        ("Ana Lima", "override, planned in the roster"),
        ("Ben Ode", "turn"),
    ]


def test_a_shift_that_runs_beyond_the_weeks_is_listed_with_its_true_ends() -> None:
    listed = weeks(roster(), Window(date(2026, 3, 24), 1, "UTC")).rows[0].listed
    assert (ms("2026-03-23T09:00"), ms("2026-03-30T09:00")) == (listed[0].start, listed[0].end)
    assert ms("2026-04-06T09:00") == listed[-1].end


@pytest.mark.parametrize(
    ("zone", "first", "days"),
    [
        ("Europe/London", "2026-03-23", {"2026-03-29": 23}),
        ("Europe/London", "2026-10-19", {"2026-10-25": 25}),
        ("Australia/Lord_Howe", "2026-03-30", {"2026-04-05": 24.5}),
        ("Australia/Lord_Howe", "2026-09-28", {"2026-10-04": 23.5}),
    ],
)
def test_a_day_is_as_wide_as_it_is_long(zone: str, first: str, days: dict[str, float]) -> None:
    where = window(first, "1", ms(f"{first}T12:00"), zone)
    columns = sheet(where, where.start).columns
    hours = {str(one.day.day): (one.day.end - one.day.start) / HOUR for one in columns}
    assert {day: length for day, length in hours.items() if length != 24} == days
    assert sum(one.width for one in columns) == pytest.approx(WIDTH, abs=0.1)
    total = (where.end - where.start) / HOUR
    assert [one.width for one in columns] == pytest.approx([h / total * WIDTH for h in hours.values()], abs=0.02)


def test_clocks_that_are_changed_are_marked_where_they_are_with_their_zone() -> None:
    far = Rotation("far", ("ana",), wall("2026-01-05T09:00"), timezone="Australia/Lord_Howe")
    where = Window(date(2026, 3, 23), 4, "Europe/London")
    marks = weeks(roster(team(far)), where).marks
    assert [(mark.label, mark.told) for mark in marks] == [
        ("clocks go forward (London)", "Europe/London: clocks go forward 1 hour on Sun 29 Mar 02:00 BST"),
        ("clocks go back (Lord Howe)", "Australia/Lord_Howe: clocks go back 30 minutes on Sat 4 Apr 16:00 BST"),
    ]
    assert marks[0].x == pytest.approx(
        (ms("2026-03-29T01:00") - where.start) / (where.end - where.start) * WIDTH, abs=1
    )


def test_zones_that_change_at_one_moment_share_a_mark() -> None:
    berlin = Rotation("berlin", ("ana",), wall("2026-01-05T09:00"), timezone="Europe/Berlin")
    assert ["clocks go forward (London, Berlin)"] == [one.label for one in weeks(roster(team(berlin)), MARCH).marks]


def test_a_viewer_elsewhere_sees_handoffs_by_their_own_clock() -> None:
    london = Rotation("primary", ("ana", "ben"), wall("2026-03-23T09:00"), 1, "days", "Europe/London")
    where = Window(date(2026, 3, 28), 1, "America/New_York")
    told = [bar.title for bar in weeks(roster(team(london)), where).rows[0].bars]
    assert told[1].startswith("Ben Ode, Sat 28 Mar 05:00 to Sun 29 Mar 04:00 EDT"), "23 hours"
    assert told[2].startswith("Ana Lima, Sun 29 Mar 04:00 to Mon 30 Mar 04:00 EDT")


def test_labels_are_in_lines_of_their_own_where_they_would_lie_upon_each_other() -> None:
    assert [0, 1, 0, 1, 2] == list(lanes([(0, 50), (10, 60), (50, 90), (60, 80), (70, 80)]))


def test_a_name_is_written_as_long_as_there_is_room_and_an_override_says_so() -> None:
    assert "Ana Lima" == on_bar("Ana Lima", 200)
    assert "Ana" == on_bar("Ana Lima", 45)
    assert "AL" == on_bar("Ana Lima", 32)
    assert "A" == on_bar("Ana Lima", 22)
    assert "" == on_bar("Ana Lima", 10)
    assert "Ana Lima · override" == on_bar("Ana Lima", 200, override=True)
    assert "AL" == initials("ana de la lima")
    assert "李" == initials("李")
    assert "" == initials("")


def test_short_turns_are_drawn_as_one_that_says_how_many_and_gaps_among_them_stay_seen() -> None:
    hourly = Rotation("primary", ("ana", "ben"), wall("2026-03-01T00:00"), 1, "hours")
    none = cover(ms("2026-03-25T12:00"), ms("2026-03-25T13:00"), None)
    where = Window(date(2026, 3, 23), 4, "UTC")
    drawn = weeks(roster(team(hourly), covers=(none,)), where).rows[0].bars
    assert [CROWD, GAP, CROWD] == [one.kind for one in drawn]
    assert "60 turns" == drawn[0].label
    assert "611 turns: Ben Ode, Ana Lima" == drawn[2].label
    assert drawn[1].width < drawn[1].drawn
    assert drawn[1].width < LEAST


def test_no_two_of_eight_people_have_one_colour() -> None:
    assert 8 == len(set(hues("abcdefgh").values()))
    assert hues("abc") == hues("cba")


def test_a_gap_is_told_in_a_rows_description_and_a_row_without_says_so() -> None:
    none = cover(ms("2026-03-25T12:00"), ms("2026-03-25T13:00"), None)
    assert "1 gap with nobody" in weeks(roster(covers=(none,)), MARCH).rows[0].told
    assert "no gap" in weeks(roster(), MARCH).rows[0].told


def test_who_is_on_now_is_told_only_while_now_is_among_the_weeks() -> None:
    now = weeks(roster(), MARCH, ms("2026-03-24T12:00")).rows[0].now
    assert now is not None
    assert (ON, "ben") == (now.kind, now.engineer)
    assert weeks(roster(), MARCH, ms("2026-05-01T00:00")).rows[0].now is None


@pytest.mark.parametrize("asked", ["", "nonsense", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_weeks_that_cannot_be_meant_are_those_from_today(asked: str) -> None:
    now = ms("2026-03-24T23:30")
    assert date(2026, 3, 25) == window(asked, "7", now, "Europe/Berlin").first
    assert 4 == window(asked, "7", now, "Europe/Berlin").weeks


def test_overrides_that_hold_or_will_are_listed_once_each_the_next_first() -> None:
    whole = Cover("all", "shop", "", ms("2026-03-26T10:00"), ms("2026-03-26T12:00"), None, 5, "ana")
    over = Cover("old", "shop", "", ms("2026-03-01T10:00"), ms("2026-03-02T12:00"), None, 5, "ana")
    planned = Override("primary", wall("2026-03-25T09:00"), wall("2026-03-25T10:00"), "ana")
    second = Rotation("secondary", next_of="primary")
    shown = weeks(roster(team(PRIMARY, second, overrides=(planned,)), covers=(whole, over)), MARCH)
    assert [(one.who, one.where, one.id) for one in shown.standing] == [
        ("Ana Lima", "primary", ""),
        ("NOBODY", "all rotations", "all"),
    ]


def test_an_empty_team_has_no_row() -> None:
    assert [] == weeks(Roster(PEOPLE, {"shop": Team("shop")}), MARCH).rows
