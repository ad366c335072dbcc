"""What a change of the roster does to who is on duty."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bugglio.foresight.turnover import Move, moves, touched
from bugglio.roster import DAY, Book, Cover, Roster, roster_of
from bugglio.rosterfile import read
from bugglio.schedule import timetable
from tests.rosterfile.books import books

FILE = """
engineers:
  ana: {name: Ana, phone: "+14155550101"}
  ben: {name: Ben, phone: "+14155550102"}
teams:
  shop:
    timezone: Europe/London
    rotations:
      primary: {engineers: [ana, ben], starts: 2026-01-05T09:00}
  web:
    rotations:
      days: {engineers: [ben], starts: 2026-01-05T09:00}
"""
NUMBER = "+14155550101"


def at(text: str) -> int:
    """Milliseconds of an instant in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


NOW, END = at("2026-02-02T12:00"), at("2026-03-02T12:00")


def roster(text: str, *covers: Cover) -> Roster:
    """The roster of a file."""
    return roster_of(read(text).book, NUMBER, covers)


def found(after: str) -> list[Move]:
    """What becomes of FILE."""
    return moves(roster(FILE), roster(after), NOW, END)


def test_what_changes_nothing_moves_nobody() -> None:
    assert [] == found(FILE.replace("name: Ben", "name: Benjamin"))


def test_who_takes_over_whose_turn_is_told_from_now_until_it_ends() -> None:
    expected = [
        Move("shop", "primary", "ben", "ana", NOW, at("2026-02-09T09:00")),
        Move("shop", "primary", "ana", "ben", at("2026-02-09T09:00"), at("2026-02-16T09:00")),
        Move("shop", "primary", "ben", "ana", at("2026-02-16T09:00"), at("2026-02-23T09:00")),
        Move("shop", "primary", "ana", "ben", at("2026-02-23T09:00"), at("2026-03-02T09:00")),
        Move("shop", "primary", "ben", "ana", at("2026-03-02T09:00"), None),
    ]
    assert expected == found(FILE.replace("[ana, ben]", "[ben, ana]"))


def test_an_override_moves_its_span_alone() -> None:
    planned = "    overrides:\n      - {from: 2026-02-03T00:00, to: 2026-02-04T00:00, engineer: nobody}\n  web:"
    assert [Move("shop", "primary", None, "ana", at("2026-02-03T00:00"), at("2026-02-04T00:00"))] == found(
        FILE.replace("  web:", planned)
    )


def test_turns_that_meet_are_one_move_where_the_same_two_change() -> None:
    expected = [Move("web", "days", "ana", "ben", NOW, None)]
    assert expected == found(FILE.replace("days: {engineers: [ben]", "days: {engineers: [ana]"))


def test_a_rotation_that_goes_leaves_a_gap_and_a_new_one_fills_one() -> None:
    gone = FILE[: FILE.index("  web:")]
    assert [Move("web", "days", None, "ben", NOW, None)] == found(gone)
    assert [Move("web", "days", "ben", None, NOW, None)] == moves(roster(gone), roster(FILE), NOW, END)


def test_an_override_of_people_s_own_that_ends_is_a_move() -> None:
    cover = Cover("c", "web", "days", NOW, NOW + DAY, "ana", NOW)
    before, after = roster(FILE, cover), roster(FILE)
    assert [Move("web", "days", "ben", "ana", NOW, NOW + DAY)] == moves(before, after, NOW, END)
    assert ["web"] == touched(before, after)


@pytest.mark.slow
@given(books(), books(), st.integers(0, 59 * 365), st.lists(st.floats(0, 1, exclude_max=True), min_size=5, max_size=5))
def test_at_each_instant_a_move_says_who_is_named_before_and_after(
    one: Book, other: Book, day: int, parts: list[float]
) -> None:
    before, after = roster_of(one, NUMBER), roster_of(other, NUMBER)
    start, end = day * DAY, (day + 28) * DAY
    told = moves(before, after, start, end)
    for part in parts:
        instant = start + int(part * (end - start))
        for team in {*before.teams, *after.teams}:
            for name in {*before.team(team).rotations, *after.team(team).rotations}:
                was, becomes = (timetable(each, each.team(team)).on_duty(name, instant) for each in (before, after))
                here = [
                    (move.engineer, move.instead)
                    for move in told
                    if (move.team, move.rotation) == (team, name) and move.start <= instant < (move.end or end)
                ]
                assert ([(becomes, was)] if becomes != was else []) == here
