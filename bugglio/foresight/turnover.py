"""Who is on duty when, as one roster says and as another does: what a change of the roster does to the coming days."""

from collections.abc import Iterator
from typing import NamedTuple

from bugglio.roster import Roster
from bugglio.schedule import effects, timetable


class Move(NamedTuple):
    """A span in which a rotation names somebody else; times in milliseconds."""

    team: str
    rotation: str
    engineer: str | None
    """Who is on duty afterwards; None: nobody."""
    instead: str | None
    """Who was to be; None: nobody was."""
    start: int
    end: int | None
    """None: it goes on beyond what was looked at."""


def moves(before: Roster, after: Roster, start: int, end: int) -> list[Move]:
    """All of [start, end) in which the one roster names another person than the other, the earliest first."""
    found = [move for team in _teams(before, after) for move in _of_team(before, after, team, start, end)]
    return sorted(found, key=lambda move: move.start)


def touched(before: Roster, after: Roster) -> list[str]:
    """The teams that are not the same in both, or whose people's own overrides are not."""
    return list(_teams(before, after))


def _teams(before: Roster, after: Roster) -> Iterator[str]:
    for team in {**before.teams, **after.teams}:
        if before.teams.get(team) != after.teams.get(team) or _covers(before, team) != _covers(after, team):
            yield team


def _covers(roster: Roster, team: str) -> list[str]:
    return [cover.id for cover in roster.covers if cover.team == team]


def _of_team(before: Roster, after: Roster, team: str, start: int, end: int) -> Iterator[Move]:
    for rotation in {**before.team(team).rotations, **after.team(team).rotations}:
        was, becomes = (timetable(roster, roster.team(team)) for roster in (before, after))
        for one in effects(was, becomes, rotation, start, end):
            yield Move(team, rotation, one.after, one.before, one.start, one.end if one.end < end else None)
