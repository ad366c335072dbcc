"""Who is on duty when, as one roster says and as another does: what a change of the roster does to the coming days."""

from collections.abc import Iterator
from typing import NamedTuple

from bugglio.roster import Roster
from bugglio.schedule import timetable

Stretch = tuple[str | None, int, int]
"""Who, from, to."""


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
        was, becomes = (_stretches(one, team, rotation, start, end) for one in (before, after))
        for engineer, instead, since, until in _joined(_different(was, becomes)):
            yield Move(team, rotation, engineer, instead, since, until if until < end else None)


def _stretches(roster: Roster, team: str, rotation: str, start: int, end: int) -> list[Stretch]:
    shifts = timetable(roster, roster.team(team)).shifts(rotation, start, end)
    return [(one.engineer, one.start or start, one.end or end) for one in shifts]


def _different(was: list[Stretch], becomes: list[Stretch]) -> Iterator[tuple[str | None, str | None, int, int]]:
    """Where they name different people; both cover the same span without a hole."""
    old = new = 0
    while old < len(was) and new < len(becomes):
        (instead, since, until), (engineer, begins, ends) = was[old], becomes[new]
        if engineer != instead:
            yield engineer, instead, max(since, begins), min(until, ends)
        old, new = old + (until <= ends), new + (ends <= until)


def _joined(
    found: Iterator[tuple[str | None, str | None, int, int]],
) -> Iterator[tuple[str | None, str | None, int, int]]:
    """What meets, of the same two, as one."""
    held: tuple[str | None, str | None, int, int] | None = None
    for one in found:
        if held is not None and held[:2] == one[:2] and held[3] == one[2]:
            held = (*held[:3], one[3])
            continue
        if held is not None:
            yield held
        held = one
    if held is not None:
        yield held
