"""What a rotation comes to in a span: who is on duty and why, where nobody is, and where nobody is meant to be."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bugglio.admin.schedule.laid import Laid, Made, overrides
from bugglio.roster import Roster, Rotation, Team
from bugglio.schedule import Shift, timetable
from bugglio.schedule.hours import Hours
from bugglio.schedule.wall import WallClock

ON, GAP, OFF = "on", "gap", "off"
"""Somebody is on duty; nobody is; nobody is meant to be, for it is outside the rotation's hours."""


@dataclass(frozen=True)
class Stretch:
    """A part of a rotation, [start, end) in milliseconds UTC, cut to the span that is looked at."""

    start: int
    end: int
    engineer: str | None
    kind: str
    made: Made | None = None
    """The override that decides; None: the turns do."""
    since: int | None = None
    """When it began in truth, if that is before the span."""
    until: int | None = None
    """When it will be over in truth, if that is after the span."""

    @property
    def begins(self) -> int:
        """Its true beginning, as far as there is one."""
        return self.start if self.since is None else self.since

    @property
    def ends(self) -> int:
        """Its true end, as far as there is one."""
        return self.end if self.until is None else self.until


def stretches(roster: Roster, team: Team, rotation: Rotation, start: int, end: int) -> list[Stretch]:
    """All of a span, one after the other, nothing left out."""
    table = timetable(roster, team)
    laid = Laid([one for one in overrides(roster, team, rotation) if one.start < end and start < one.end])
    closed = list(_closed(team, rotation, start, end))
    found: list[Stretch] = []
    for shift in table.shifts(rotation.id, start, end):
        first = start if shift.start is None else shift.start
        last = end if shift.end is None else shift.end
        if shift.engineer is None:
            found += _nobodys(first, last, laid, closed)
        else:
            made = laid.at(first) if shift.override else None
            found.append(Stretch(first, last, shift.engineer, ON, made))
    return _with_true_ends(found, lambda at: table.shift(rotation.id, at))


def leader_of(team: Team, rotation: Rotation) -> Rotation:
    """The rotation whose turns it follows: itself, unless it is always next after another one."""
    return team.rotations.get(rotation.next_of, rotation)


def zone_of_rotation(team: Team, rotation: Rotation) -> str:
    """By whose clock its turns change."""
    return leader_of(team, rotation).timezone or team.timezone


def _closed(team: Team, rotation: Rotation, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of a span that lie outside the rotation's hours."""
    leader = leader_of(team, rotation)
    if not leader.hours:
        return
    hours, clock = Hours(leader.hours), WallClock(leader.timezone or team.timezone)
    while start < end:
        wall = clock.furthest(start)
        until = min(end, clock.instant(hours.around(wall)[1]))
        if not hours.open(wall):
            yield start, until
        start = until


def _nobodys(start: int, end: int, laid: Laid, closed: Sequence[tuple[int, int]]) -> Iterator[Stretch]:
    """Time with nobody, in as many parts as there are reasons for it."""
    edges = {start, end, *laid.edges(start, end), *(edge for span in closed for edge in span if start < edge < end)}
    held: Stretch | None = None
    for first, last in pairwise(sorted(edges)):
        meant = any(since <= first < until for since, until in closed)
        part = Stretch(first, last, None, OFF if meant else GAP, None if meant else laid.at(first))
        if held is not None and (held.kind, held.made) == (part.kind, part.made):
            held = replace(held, end=last)
            continue
        if held is not None:
            yield held
        held = part
    if held is not None:
        yield held


def _with_true_ends(found: list[Stretch], shift: Callable[[int], Shift]) -> list[Stretch]:
    """The first and the last of them, where somebody is on duty, with what lies outside the span."""
    if found and found[0].kind == ON:
        found[0] = replace(found[0], since=shift(found[0].start).start)
    if found and found[-1].kind == ON:
        found[-1] = replace(found[-1], until=shift(found[-1].start).end)
    return found
