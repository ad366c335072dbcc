"""The overrides of a rotation, each with whose it is, and which of them decides at an instant."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from bugglio.roster import Cover, Override, Roster, Rotation, Team
from bugglio.schedule.overrides import Overrides, Span
from bugglio.schedule.wall import WallClock, wall_time


@dataclass(frozen=True)
class Made:
    """An override, with the instants between which it holds unless a newer one does."""

    start: int
    end: int
    engineer: str | None
    made: int
    cover: Cover | None = None
    """People's own; None: the roster plans it."""


class Laid:
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


def overrides(roster: Roster, team: Team, rotation: Rotation) -> list[Made]:
    """What changes the turns of a rotation, the oldest first; of one moment what the roster plans is older."""
    planned = [_planned(one, team, rotation) for one in team.overrides if one.rotation in ("", rotation.id)]
    own = [
        Made(one.start, one.end, one.engineer, one.made, one)
        for one in roster.covers
        if one.team == team.id and one.rotation in ("", rotation.id)
    ]
    return sorted([*planned, *own], key=lambda one: one.made)


def _planned(one: Override, team: Team, rotation: Rotation) -> Made:
    clock = WallClock((rotation.timezone if one.rotation else "") or team.timezone)
    return Made(clock.instant(wall_time(one.start)), clock.instant(wall_time(one.end)), one.engineer, one.made)
