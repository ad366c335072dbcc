"""What a rotation comes to in a span: who is on duty and why, where nobody is, and where nobody is meant to be."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bugglio.roster import Cover, Override, Roster, Rotation, Team
from bugglio.schedule import Shift, timetable
from bugglio.schedule.hours import Hours
from bugglio.schedule.overrides import Overrides, Span
from bugglio.schedule.wall import WallClock, wall_time

ON, GAP, OFF = "on", "gap", "off"
"""Somebody is on duty; nobody is; nobody is meant to be, for it is outside the rotation's hours."""


@dataclass(frozen=True)
class Made:
    """An override, with the instants between which it holds unless a newer one does."""

    start: int
    end: int
    engineer: str | None
    made: int
    cover: Cover | None = None
    """People's own; None: the roster plans it."""


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


class _Laid:
    """Overrides laid over each other, of which each remembers which one it is."""

    def __init__(self, made: Sequence[Made]) -> None:
        """Lay them, the oldest first in `made`."""
        self._made = made
        self._laid = Overrides([Span(one.start, one.end, str(place)) for place, one in enumerate(made)])
        self._edges = sorted({edge for one in made for edge in (one.start, one.end)})

    def at(self, at: int) -> Made | None:
        """The newest that holds."""
        span = self._laid.at(at)
        return self._made[int(span.engineer)] if span is not None and span.engineer is not None else None

    def edges(self, start: int, end: int) -> Sequence[int]:
        """Where one begins or ends within a span."""
        return self._edges[bisect_right(self._edges, start) : bisect_left(self._edges, end)]


def stretches(roster: Roster, team: Team, rotation: Rotation, start: int, end: int) -> list[Stretch]:
    """All of a span, one after the other, nothing left out."""
    table = timetable(roster, team)
    laid = _Laid([one for one in overrides(roster, team, rotation) if one.start < end and start < one.end])
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


def overrides(roster: Roster, team: Team, rotation: Rotation) -> list[Made]:
    """What changes the turns of a rotation, the oldest first; of one moment what the roster plans is older."""
    planned = [_planned(one, team, rotation) for one in team.overrides if one.rotation in ("", rotation.id)]
    own = [
        Made(one.start, one.end, one.engineer, one.made, one)
        for one in roster.covers
        if one.team == team.id and one.rotation in ("", rotation.id)
    ]
    return sorted([*planned, *own], key=lambda one: one.made)


def leader_of(team: Team, rotation: Rotation) -> Rotation:
    """The rotation whose turns it follows: itself, unless it is always next after another one."""
    return team.rotations.get(rotation.next_of, rotation)


def zone_of_rotation(team: Team, rotation: Rotation) -> str:
    """By whose clock its turns change."""
    return leader_of(team, rotation).timezone or team.timezone


def _planned(one: Override, team: Team, rotation: Rotation) -> Made:
    clock = WallClock((rotation.timezone if one.rotation else "") or team.timezone)
    return Made(clock.instant(wall_time(one.start)), clock.instant(wall_time(one.end)), one.engineer, one.made)


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


def _nobodys(start: int, end: int, laid: _Laid, closed: Sequence[tuple[int, int]]) -> Iterator[Stretch]:
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
