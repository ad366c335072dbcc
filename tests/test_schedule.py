"""Who is on duty: turns, hours, overrides and who follows, over the days on which clocks change."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from bugglio.roster import DAY, HOUR, MINUTE, Cover, Override, Roster, Rotation, Team, Window
from bugglio.schedule import Shift, Timetable, timetable

ANA, BEN, CLEO = TRIO = ("ana", "ben", "cleo")
WEEKDAYS = (0, 1, 2, 3, 4)


def at(text: str) -> int:
    """An instant: `2026-03-29T01:00`, UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def said(shift: Shift | None) -> str:
    """A shift as it is easily read: `ana, 2026-03-29 01:00 to 2026-03-29 02:00`."""
    if shift is None:
        return "none"
    span = f"{_minute(shift.start, 'ever')} to {_minute(shift.end, 'ever')}"
    return f"{shift.engineer or 'nobody'}, {span}{', override' if shift.override else ''}"


def _minute(instant: int | None, otherwise: str) -> str:
    return otherwise if instant is None else f"{datetime.fromtimestamp(instant / 1000, UTC):%Y-%m-%d %H:%M}"


def rotation(
    starts: str = "2026-01-05T09:00",
    turn: int = 1,
    unit: str = "weeks",
    engineers: Sequence[str] = TRIO,
    hours: Sequence[Window] = (),
) -> Rotation:
    return Rotation("primary", tuple(engineers), wall(starts), turn, unit, hours=tuple(hours))


def team(primary: Rotation, *overrides: Override, zone: str = "Europe/London") -> Team:
    """A team whose `secondary` follows `primary`."""
    both = {"primary": primary, "secondary": Rotation("secondary", next_of="primary")}
    return Team("shop", timezone=zone, rotations=both, overrides=overrides)


def override(start: str, end: str, engineer: str | None = CLEO, rotation: str = "primary", made: int = 0) -> Override:
    return Override(rotation, wall(start), wall(end), engineer, made)


def cover(start: str, end: str, engineer: str | None = CLEO, rotation: str = "primary", made: int = 0) -> Cover:
    return Cover("c", "shop", rotation, at(start), at(end), engineer, made)


def window(start: str, end: str, days: Sequence[int] = WEEKDAYS) -> Window:
    return Window(tuple(days), _minutes(start), _minutes(end))


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def shifts(table: Timetable, start: str, end: str, name: str = "primary") -> list[str]:
    return [said(shift) for shift in table.shifts(name, at(start), at(end))]


# Turns.


def test_a_week_begins_at_nine_in_winter_and_in_summer() -> None:
    table = Timetable(team(rotation()))

    assert [
        "cleo, 2026-03-23 09:00 to 2026-03-30 08:00",
        "ana, 2026-03-30 08:00 to 2026-04-06 08:00",
    ] == shifts(table, "2026-03-23T09:00", "2026-04-06T08:00")


def test_before_its_first_handoff_a_rotation_names_nobody() -> None:
    table = Timetable(team(rotation()))

    assert "nobody, ever to 2026-01-05 09:00" == said(table.shift("primary", at("1990-06-01T00:00")))
    assert (None, ANA) == (
        table.on_duty("primary", at("2026-01-05T09:00") - 1),
        table.on_duty("primary", at("2026-01-05T09:00")),
    )


def test_a_handoff_that_the_clock_leaves_out_is_when_it_jumps() -> None:
    table = Timetable(team(rotation("2026-03-27T01:30", unit="days")))

    assert [
        "ben, 2026-03-28 01:30 to 2026-03-29 01:00",
        "cleo, 2026-03-29 01:00 to 2026-03-30 00:30",
    ] == shifts(table, "2026-03-28T01:30", "2026-03-30T00:30")


def test_a_handoff_that_comes_twice_is_the_first_time() -> None:
    table = Timetable(team(rotation("2026-10-23T01:30", unit="days")))

    assert [
        "ben, 2026-10-24 00:30 to 2026-10-25 00:30",
        "cleo, 2026-10-25 00:30 to 2026-10-26 01:30",
    ] == shifts(table, "2026-10-24T00:30", "2026-10-26T01:30")


def test_an_hour_that_is_left_out_is_nobodys_turn() -> None:
    table = Timetable(team(rotation("2026-03-29T00:00", unit="hours")))

    assert [
        "ana, 2026-03-29 00:00 to 2026-03-29 01:00",
        "cleo, 2026-03-29 01:00 to 2026-03-29 02:00",
        "ana, 2026-03-29 02:00 to 2026-03-29 03:00",
    ] == shifts(table, "2026-03-29T00:00", "2026-03-29T03:00")


def test_an_hour_that_is_lived_twice_is_one_long_turn() -> None:
    table = Timetable(team(rotation("2026-10-25T00:00", unit="hours")))

    assert [
        "ana, 2026-10-24 23:00 to 2026-10-25 00:00",
        "ben, 2026-10-25 00:00 to 2026-10-25 02:00",
        "cleo, 2026-10-25 02:00 to 2026-10-25 03:00",
    ] == shifts(table, "2026-10-24T23:00", "2026-10-25T03:00")


def test_lord_howe_changes_by_half_an_hour() -> None:
    spring = Timetable(team(rotation("2026-10-02T02:15", unit="days"), zone="Australia/Lord_Howe"))
    autumn = Timetable(team(rotation("2026-04-03T01:45", unit="days"), zone="Australia/Lord_Howe"))

    assert "cleo, 2026-10-03 15:30 to 2026-10-04 15:15" == said(spring.shift("primary", at("2026-10-04T00:00")))
    assert "cleo, 2026-04-04 14:45 to 2026-04-05 15:15" == said(autumn.shift("primary", at("2026-04-05T00:00")))


def test_samoas_day_that_never_was_is_nobodys_turn() -> None:
    table = Timetable(team(rotation("2011-12-29T00:00", unit="days"), zone="Pacific/Apia"))

    assert [
        "ana, 2011-12-29 10:00 to 2011-12-30 10:00",
        "cleo, 2011-12-30 10:00 to 2011-12-31 10:00",
    ] == shifts(table, "2011-12-29T10:00", "2011-12-31T10:00")


def test_a_turn_of_several_units_counts_from_the_first_handoff() -> None:
    table = Timetable(team(rotation("2026-01-05T09:00", turn=36, unit="hours")))

    assert [
        "ana, 2026-01-05 09:00 to 2026-01-06 21:00",
        "ben, 2026-01-06 21:00 to 2026-01-08 09:00",
    ] == shifts(table, "2026-01-05T09:00", "2026-01-08T09:00")


def test_two_turns_in_a_row_of_one_person_are_two_shifts() -> None:
    table = Timetable(team(rotation(engineers=(ANA, ANA, BEN))))

    assert [
        "ana, 2026-01-05 09:00 to 2026-01-12 09:00",
        "ana, 2026-01-12 09:00 to 2026-01-19 09:00",
        "ben, 2026-01-19 09:00 to 2026-01-26 09:00",
    ] == shifts(table, "2026-01-05T09:00", "2026-01-26T09:00")


def test_a_rotation_has_its_own_zone() -> None:
    own = Rotation("primary", TRIO, wall("2026-01-05T09:00"), timezone="America/New_York")

    assert "ana, 2026-01-05 14:00 to 2026-01-12 14:00" == said(Timetable(team(own)).shift("primary", at("2026-01-06")))


@pytest.mark.parametrize(
    ("instant", "shift"),
    [
        ("1990-07-04T12:00", "ben, 1990-07-02 08:00 to 1990-07-09 08:00"),
        ("2150-01-01T12:00", "ben, 2149-12-29 09:00 to 2150-01-05 09:00"),
        ("9998-12-31T12:00", "ana, 9998-12-28 09:00 to ever"),
        ("9999-12-31T23:59", "ana, 9998-12-28 09:00 to ever"),
    ],
)
def test_any_year_is_answered(instant: str, shift: str) -> None:
    table = Timetable(team(rotation("1970-01-05T09:00")))

    assert shift == said(table.shift("primary", at(instant)))
    assert shift.partition(",")[0] == table.on_duty("primary", at(instant))


@pytest.mark.parametrize("instant", [-(10**18), at("0001-01-01T00:00"), 10**18], ids=["before", "year 1", "after"])
@pytest.mark.parametrize("starts", ["0001-01-01T00:00", "9999-12-31T23:00"])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_times_that_no_calendar_has_hurt_nothing(zone: str, starts: str, instant: int) -> None:
    long = 10**9
    table = Timetable(team(rotation(starts, turn=long), override(starts, starts), zone=zone), [cover(starts, starts)])

    for name in ("primary", "secondary"):
        assert table.shift(name, instant).engineer == table.on_duty(name, instant)
        assert list(table.shifts(name, instant, instant + 1))


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_turns_end_with_the_calendar(zone: str) -> None:
    table = Timetable(team(rotation("9998-12-01T00:00", unit="hours"), zone=zone))

    found = list(table.shifts("primary", at("9998-12-31T00:00"), at("9999-12-31T00:00")))

    assert 25 == len(found)
    assert [one.engineer for one in found] == [table.on_duty("primary", one.start or 0) for one in found]
    assert table.shift("primary", at("9999-06-01")) == table.shift("primary", at("9999-01-01"))
    assert table.following("primary", at("9999-01-01")) is None


def test_a_rotation_without_engineers_names_nobody() -> None:
    table = Timetable(team(rotation(engineers=())))

    assert "nobody, ever to ever" == said(table.shift("primary", at("2026-02-02")))
    assert "nobody, ever to ever" == said(table.shift("secondary", at("2026-02-02")))


def test_an_unknown_rotation_names_nobody() -> None:
    table = Timetable(team(rotation()))

    assert table.on_duty("tertiary", at("2026-02-02")) is None
    assert "nobody, ever to ever" == said(table.shift("tertiary", at("2026-02-02")))
    assert ["nobody, 2026-02-02 00:00 to 2026-02-03 00:00"] == shifts(table, "2026-02-02", "2026-02-03", "tertiary")
    assert table.following("tertiary", at("2026-02-02")) is None


# Hours.


def test_outside_its_hours_a_rotation_names_nobody() -> None:
    table = Timetable(team(rotation(hours=[window("09:00", "18:00")])))

    assert [
        "ana, 2026-01-09 09:00 to 2026-01-09 18:00",
        "nobody, 2026-01-09 18:00 to 2026-01-12 09:00",
        "ben, 2026-01-12 09:00 to 2026-01-12 18:00",
    ] == shifts(table, "2026-01-09T09:00", "2026-01-12T18:00")


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    table = Timetable(team(rotation(hours=[window("22:00", "06:00", [4, 6])])))

    assert [
        "ana, 2026-01-09 22:00 to 2026-01-10 06:00",
        "nobody, 2026-01-10 06:00 to 2026-01-11 22:00",
        "ana, 2026-01-11 22:00 to 2026-01-12 06:00",
        "nobody, 2026-01-12 06:00 to 2026-01-16 22:00",
    ] == shifts(table, "2026-01-09T22:00", "2026-01-16T22:00")


def test_hours_that_touch_or_overlap_are_one_shift() -> None:
    saturday = window("00:00", "24:00", [5])
    table = Timetable(team(rotation(hours=[window("12:00", "24:00", [4]), saturday, window("23:00", "02:00", [5])])))

    assert [
        "nobody, 2026-01-09 00:00 to 2026-01-09 12:00",
        "ana, 2026-01-09 12:00 to 2026-01-11 02:00",
        "nobody, 2026-01-11 02:00 to 2026-01-12 00:00",
    ] == shifts(table, "2026-01-09", "2026-01-12")


def test_hours_on_no_day_never_come() -> None:
    table = Timetable(team(rotation(hours=[window("09:00", "18:00", [])])))

    assert "nobody, ever to ever" == said(table.shift("primary", at("2026-02-02")))


def test_hours_go_on_from_sunday_into_monday() -> None:
    table = Timetable(
        team(rotation("2026-01-05T00:00", hours=[window("20:00", "24:00", [6]), window("00:00", "04:00", [0])]))
    )

    assert [
        "ana, 2026-01-11 20:00 to 2026-01-12 00:00",
        "ben, 2026-01-12 00:00 to 2026-01-12 04:00",
        "nobody, 2026-01-12 04:00 to 2026-01-18 20:00",
    ] == shifts(table, "2026-01-11T20:00", "2026-01-18T20:00")


@pytest.mark.parametrize("all_day", [window("00:00", "24:00", range(7)), window("08:00", "08:00", range(7))])
def test_hours_of_the_whole_week_change_nothing(all_day: Window) -> None:
    table = Timetable(team(rotation(hours=[all_day])))

    assert "ana, 2026-01-05 09:00 to 2026-01-12 09:00" == said(table.shift("primary", at("2026-01-07")))


def test_hours_begin_when_the_clock_jumps_over_their_beginning_and_end_the_first_time() -> None:
    spring = Timetable(team(rotation(hours=[window("01:30", "02:30", [6])])))
    autumn = Timetable(team(rotation(hours=[window("00:30", "01:30", [6])])))

    assert "cleo, 2026-03-29 01:00 to 2026-03-29 01:30" == said(spring.shift("primary", at("2026-03-29T01:00")))
    assert "cleo, 2026-10-24 23:30 to 2026-10-25 00:30" == said(autumn.shift("primary", at("2026-10-25T00:00")))
    assert autumn.on_duty("primary", at("2026-10-25T01:15")) is None


def test_hours_that_the_clock_leaves_out_are_never_seen() -> None:
    table = Timetable(team(rotation(hours=[window("01:00", "02:00", [6])])))

    assert "nobody, 2026-03-22 02:00 to 2026-04-05 00:00" == said(table.shift("primary", at("2026-03-29T01:00")))


def test_time_before_the_first_handoff_and_closed_hours_after_it_are_one_gap() -> None:
    table = Timetable(team(rotation("2026-01-10T00:00", hours=[window("09:00", "18:00")])))

    assert "nobody, ever to 2026-01-12 09:00" == said(table.shift("primary", at("2026-01-11")))


# Who follows.


def test_secondary_is_whoever_comes_after_the_turn() -> None:
    table = Timetable(team(rotation()))

    assert [
        "nobody, 2026-01-05 08:00 to 2026-01-05 09:00",
        "ben, 2026-01-05 09:00 to 2026-01-12 09:00",
        "cleo, 2026-01-12 09:00 to 2026-01-19 09:00",
        "ana, 2026-01-19 09:00 to 2026-01-26 09:00",
    ] == shifts(table, "2026-01-05T08:00", "2026-01-26T09:00", "secondary")


def test_secondary_is_never_whom_primary_names_after_its_overrides() -> None:
    table = Timetable(team(rotation(), override("2026-01-06T00:00", "2026-01-07T00:00", BEN)))

    assert [
        "ben, 2026-01-05 09:00 to 2026-01-06 00:00",
        "cleo, 2026-01-06 00:00 to 2026-01-07 00:00",
        "ben, 2026-01-07 00:00 to 2026-01-12 09:00",
    ] == shifts(table, "2026-01-05T09:00", "2026-01-12T09:00", "secondary")


@pytest.mark.parametrize("stranger", [CLEO, "dan", None])
def test_an_override_of_primary_that_changes_nothing_for_secondary_does_not_split_it(stranger: str | None) -> None:
    table = Timetable(team(rotation(), override("2026-01-06T00:00", "2026-01-07T00:00", stranger)))

    assert "ben, 2026-01-05 09:00 to 2026-01-12 09:00" == said(table.shift("secondary", at("2026-01-06T12:00")))


def test_the_holder_of_a_turn_that_was_given_away_is_asked_second_when_nobody_else_is_left() -> None:
    table = Timetable(team(rotation(engineers=(ANA, BEN)), override("2026-01-06T00:00", "2026-01-07T00:00", BEN)))

    assert (BEN, ANA) == (
        table.on_duty("primary", at("2026-01-06T12:00")),
        table.on_duty("secondary", at("2026-01-06T12:00")),
    )


def test_behind_somebody_alone_there_is_nobody() -> None:
    table = Timetable(team(rotation(engineers=(ANA, ANA)), override("2026-02-02T00:00", "2026-02-03T00:00", ANA)))

    assert "nobody, ever to ever" == said(table.shift("secondary", at("2026-02-02")))
    assert table.following("secondary", at("2026-02-02")) is None


def test_behind_primarys_closed_hours_there_is_nobody_though_an_override_names_somebody() -> None:
    nightly = override("2026-01-06T20:00", "2026-01-06T22:00", CLEO)
    table = Timetable(team(rotation(hours=[window("09:00", "18:00")]), nightly))

    assert [
        "cleo, 2026-01-06 20:00 to 2026-01-06 22:00, override",
    ] == shifts(table, "2026-01-06T20:00", "2026-01-06T22:00")
    assert "nobody, 2026-01-06 18:00 to 2026-01-07 09:00" == said(table.shift("secondary", at("2026-01-06T21:00")))


def test_secondarys_own_overrides_are_on_top() -> None:
    table = Timetable(team(rotation(), override("2026-01-06T00:00", "2026-01-07T00:00", ANA, "secondary")))

    assert [
        "ben, 2026-01-05 09:00 to 2026-01-06 00:00",
        "ana, 2026-01-06 00:00 to 2026-01-07 00:00, override",
        "ben, 2026-01-07 00:00 to 2026-01-12 09:00",
    ] == shifts(table, "2026-01-05T09:00", "2026-01-12T09:00", "secondary")


@pytest.mark.parametrize("followed", ["secondary", "tertiary", "gone"])
def test_who_follows_no_turns_is_nobody(followed: str) -> None:
    known = team(rotation())
    chained = Team("shop", rotations={**known.rotations, "tertiary": Rotation("tertiary", next_of=followed)})

    assert "nobody, ever to ever" == said(Timetable(chained).shift("tertiary", at("2026-02-02")))


# Overrides.


def test_an_override_splits_a_turn_into_three() -> None:
    table = Timetable(team(rotation(), override("2026-01-06T00:00", "2026-01-07T00:00")))

    assert [
        "ana, 2026-01-05 09:00 to 2026-01-06 00:00",
        "cleo, 2026-01-06 00:00 to 2026-01-07 00:00, override",
        "ana, 2026-01-07 00:00 to 2026-01-12 09:00",
    ] == shifts(table, "2026-01-05T09:00", "2026-01-12T09:00")
    assert "ana, 2026-01-07 00:00 to 2026-01-12 09:00" == said(table.shift("primary", at("2026-01-08")))


def test_an_override_over_a_handoff_is_one_shift() -> None:
    table = Timetable(team(rotation(), override("2026-01-12T00:00", "2026-01-13T00:00")))

    assert "cleo, 2026-01-12 00:00 to 2026-01-13 00:00, override" == said(
        table.shift("primary", at("2026-01-12T09:00"))
    )
    assert "ben, 2026-01-13 00:00 to 2026-01-19 09:00" == said(table.following("primary", at("2026-01-12T09:00")))


def test_overrides_never_merge_with_each_other_nor_with_a_turn() -> None:
    first = override("2026-01-06T00:00", "2026-01-06T12:00", ANA)
    table = Timetable(team(rotation(), first, override("2026-01-06T12:00", "2026-01-07T00:00", ANA)))

    assert [
        "ana, 2026-01-05 09:00 to 2026-01-06 00:00",
        "ana, 2026-01-06 00:00 to 2026-01-06 12:00, override",
        "ana, 2026-01-06 12:00 to 2026-01-07 00:00, override",
        "ana, 2026-01-07 00:00 to 2026-01-12 09:00",
    ] == shifts(table, "2026-01-05T09:00", "2026-01-12T09:00")


def test_the_newest_override_wins_and_splits_the_older() -> None:
    newer = override("2026-01-07T00:00", "2026-01-08T00:00", BEN, made=2)
    table = Timetable(team(rotation(), newer, override("2026-01-06T00:00", "2026-01-09T00:00", made=1)))

    assert [
        "cleo, 2026-01-06 00:00 to 2026-01-07 00:00, override",
        "ben, 2026-01-07 00:00 to 2026-01-08 00:00, override",
        "cleo, 2026-01-08 00:00 to 2026-01-09 00:00, override",
    ] == shifts(table, "2026-01-06", "2026-01-09")


def test_an_override_that_a_newer_one_touches_without_hiding_it_stays_one() -> None:
    inside = override("2026-01-07T00:00", "2026-01-08T00:00", BEN, made=1)
    table = Timetable(team(rotation(), inside, override("2026-01-06T00:00", "2026-01-09T00:00", made=2)))

    assert "cleo, 2026-01-06 00:00 to 2026-01-09 00:00, override" == said(table.shift("primary", at("2026-01-07")))


def test_of_overrides_made_at_one_moment_the_later_in_the_file_wins_and_peoples_own_over_both() -> None:
    span = ("2026-01-06T00:00", "2026-01-07T00:00")
    planned = team(rotation(), override(*span, CLEO), override(*span, BEN))

    assert BEN == Timetable(planned).on_duty("primary", at("2026-01-06"))
    assert "dan" == Timetable(planned, [cover(*span, CLEO), cover(*span, "dan")]).on_duty("primary", at("2026-01-06"))


def test_a_planned_override_made_after_a_cover_wins() -> None:
    span = ("2026-01-06T00:00", "2026-01-07T00:00")
    planned = team(rotation(), override(*span, BEN, made=2))

    assert BEN == Timetable(planned, [cover(*span, CLEO, made=1)]).on_duty("primary", at("2026-01-06"))


def test_overrides_hold_outside_hours_and_before_the_first_handoff() -> None:
    early = override("2025-12-25T00:00", "2025-12-26T00:00")
    late = override("2026-01-06T20:00", "2026-01-06T22:00")
    table = Timetable(team(rotation(hours=[window("09:00", "18:00")]), early, late))

    assert [
        "nobody, 2025-12-24 00:00 to 2025-12-25 00:00",
        "cleo, 2025-12-25 00:00 to 2025-12-26 00:00, override",
        "nobody, 2025-12-26 00:00 to 2026-01-05 09:00",
    ] == shifts(table, "2025-12-24", "2026-01-05T09:00")
    assert [
        "nobody, 2026-01-06 18:00 to 2026-01-06 20:00",
        "cleo, 2026-01-06 20:00 to 2026-01-06 22:00, override",
        "nobody, 2026-01-06 22:00 to 2026-01-07 09:00",
    ] == shifts(table, "2026-01-06T18:00", "2026-01-07T09:00")


def test_nobody_by_override_and_nobody_by_hours_are_one_gap() -> None:
    off = override("2026-01-06T12:00", "2026-01-06T20:00", None)
    table = Timetable(team(rotation(hours=[window("09:00", "18:00")]), off))

    gap = "nobody, 2026-01-06 12:00 to 2026-01-07 09:00, override"
    assert [gap, gap] == [said(table.shift("primary", at(f"2026-01-06T{hour}:00"))) for hour in (13, 22)]
    assert [gap] == shifts(table, "2026-01-06T12:00", "2026-01-07T09:00")
    assert "ana, 2026-01-07 09:00 to 2026-01-07 18:00" == said(table.following("primary", at("2026-01-06T13:00")))


def test_an_override_without_rotation_is_for_all_of_the_team_in_the_teams_zone() -> None:
    own = Rotation("primary", TRIO, wall("2026-01-05T09:00"), timezone="America/New_York")
    planned = team(own, override("2026-01-06T00:00", "2026-01-07T00:00", "dan", rotation=""))
    table = Timetable(planned, [cover("2026-01-08T00:00", "2026-01-09T00:00", "eva", rotation="")])

    for name in ("primary", "secondary"):
        assert "dan, 2026-01-06 00:00 to 2026-01-07 00:00, override" == said(table.shift(name, at("2026-01-06")))
        assert "eva, 2026-01-08 00:00 to 2026-01-09 00:00, override" == said(table.shift(name, at("2026-01-08")))


def test_an_override_of_a_rotation_is_in_that_rotations_zone() -> None:
    own = Rotation("primary", TRIO, wall("2026-01-05T09:00"), timezone="America/New_York")
    table = Timetable(team(own, override("2026-01-06T00:00", "2026-01-07T00:00")))

    assert "cleo, 2026-01-06 05:00 to 2026-01-07 05:00, override" == said(
        table.shift("primary", at("2026-01-06T12:00"))
    )


def test_an_override_at_a_wall_time_that_never_comes_holds_from_the_jump() -> None:
    table = Timetable(team(rotation(), override("2026-03-29T01:30", "2026-03-29T03:00")))

    assert "cleo, 2026-03-29 01:00 to 2026-03-29 02:00, override" == said(
        table.shift("primary", at("2026-03-29T01:00"))
    )


@pytest.mark.parametrize(
    "useless",
    [
        override("2026-01-07T00:00", "2026-01-07T00:00"),
        override("2026-01-08T00:00", "2026-01-07T00:00"),
        override("2026-03-29T01:10", "2026-03-29T01:50"),
        override("2026-01-06T00:00", "2026-01-08T00:00", rotation="gone"),
    ],
    ids=["empty", "backwards", "in a gap", "of no rotation"],
)
def test_an_override_of_no_time_or_no_rotation_does_nothing(useless: Override) -> None:
    table = Timetable(team(rotation(turn=52), useless))

    assert "ana, 2026-01-05 09:00 to 2027-01-04 09:00" == said(table.shift("primary", at("2026-01-07")))


# What is asked of it.


def test_shifts_are_cut_to_the_span_and_an_empty_span_has_none() -> None:
    table = Timetable(team(rotation()))

    assert ["ana, 2026-01-06 00:00 to 2026-01-06 01:00"] == shifts(table, "2026-01-06", "2026-01-06T01:00")
    assert [] == shifts(table, "2026-01-06", "2026-01-06")


def test_shifts_are_worked_out_one_by_one() -> None:
    endless = Timetable(team(rotation(unit="hours"))).shifts("primary", at("2026-01-05T09:00"), 10**15)

    assert "ana, 2026-01-05 09:00 to 2026-01-05 10:00" == said(next(endless))


def test_who_comes_next_may_be_behind_a_gap() -> None:
    table = Timetable(team(rotation(hours=[window("09:00", "18:00")])))

    assert "ana, 2026-01-05 09:00 to 2026-01-05 18:00" == said(table.following("primary", at("2025-06-01")))
    assert "ben, 2026-01-12 09:00 to 2026-01-12 18:00" == said(table.following("primary", at("2026-01-09T10:00")))


def test_after_the_last_override_of_a_rotation_without_turns_nobody_comes() -> None:
    table = Timetable(team(rotation(engineers=()), override("2026-01-06T00:00", "2026-01-07T00:00")))

    assert "cleo, 2026-01-06 00:00 to 2026-01-07 00:00, override" == said(table.following("primary", at("2026-01-01")))
    assert table.following("primary", at("2026-01-06")) is None


def test_a_timetable_is_worked_out_once_per_roster_with_its_own_teams_covers() -> None:
    shop = team(rotation())
    theirs = Cover("d", "ship", "primary", at("2026-01-06"), at("2026-01-06") + DAY, "dan", 9)
    ours = cover("2026-01-06T00:00", "2026-01-06T01:00")
    roster = Roster({}, {"shop": shop}, covers=(ours, theirs))

    table = timetable(roster, shop)

    assert table is timetable(roster, shop)
    assert CLEO == table.on_duty("primary", at("2026-01-06") + 59 * MINUTE)
    assert ANA == table.on_duty("primary", at("2026-01-06") + HOUR)
