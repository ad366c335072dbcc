"""Whose turn it is in a rotation, and who comes next to another one's."""

from collections.abc import Iterator
from typing import NamedTuple

from bugglio.roster import DAY, HOUR, Rotation
from bugglio.schedule.hours import Hours
from bugglio.schedule.overrides import Overrides
from bugglio.schedule.wall import BEGINNING, NEVER, WallClock

UNITS = {"hours": HOUR, "days": DAY, "weeks": 7 * DAY}


class Piece(NamedTuple):
    """Instants, [start, end), in which nothing changes; a shift is made of one or several that meet."""

    engineer: str | None
    start: int
    end: int
    override: bool = False
    turn: int = 0
    """Which turn it is a piece of, from 0; of an override, the instant at which it begins."""

    def within(self, start: int, end: int) -> "Piece":
        """What of it lies in a span."""
        return self._replace(start=max(self.start, start), end=min(self.end, end))

    def belongs_to(self, other: "Piece") -> bool:
        """Whether two pieces that meet are one shift: the same turn's, or nobody's both."""
        if self.engineer is None:
            return other.engineer is None
        return (self.engineer, self.override, self.turn) == (other.engineer, other.override, other.turn)

    def joined(self, other: "Piece") -> "Piece":
        """Both as one."""
        start, end = min(self.start, other.start), max(self.end, other.end)
        return self._replace(start=start, end=end, override=self.override or other.override)


class Nobody:
    """What cannot name anybody: a rotation without engineers, or one that follows none that takes turns."""

    def named(self, at: int) -> str | None:  # noqa: ARG002 - the same for every instant
        """Nobody."""
        return None

    def piece(self, at: int) -> Piece:  # noqa: ARG002 - the same for every instant
        """Nobody, for ever."""
        return Piece(None, BEGINNING, NEVER)


class Turns:
    """The turns of a rotation: handoff k is at the wall time of its first handoff plus k times its turn."""

    def __init__(self, rotation: Rotation, first: int, clock: WallClock) -> None:
        """Keep what it counts with; `first` is the wall time of the first handoff."""
        self._engineers = rotation.engineers
        self._first = first
        self.length = rotation.turn * UNITS[rotation.unit]
        """In wall time."""
        self._hours = Hours(rotation.hours)
        self._clock = clock

    def turn(self, at: int) -> int | None:
        """Which turn it is, from 0; None before the first one and outside the rotation's hours."""
        wall = self._clock.furthest(at)
        if wall < self._first or not self._hours.open(wall):
            return None
        return (wall - self._first) // self.length

    def holder(self, turn: int) -> str:
        """Whose turn that is."""
        return self._engineers[turn % len(self._engineers)]

    def after(self, turn: int) -> Iterator[str]:
        """Everybody in the order in which they follow that turn, its holder last."""
        place = turn % len(self._engineers) + 1
        yield from self._engineers[place:]
        yield from self._engineers[:place]

    def named(self, at: int) -> str | None:
        """Whose turn it is."""
        turn = self.turn(at)
        return None if turn is None else self.holder(turn)

    def piece(self, at: int) -> Piece:
        """How far the turn goes around an instant, or the time without one."""
        wall = self._clock.furthest(at)
        if wall < self._first:
            return Piece(None, BEGINNING, self._clock.instant(self._first))
        start, end = self._hours.around(wall)
        if not self._hours.open(wall):
            return self._piece(None, max(start, self._first), end)
        turn = (wall - self._first) // self.length
        begins = self._first + turn * self.length
        return self._piece(self.holder(turn), max(start, begins), min(end, begins + self.length), turn)

    def _piece(self, engineer: str | None, start: int, end: int, turn: int = 0) -> Piece:
        return Piece(engineer, self._clock.instant(start), self._clock.instant(end), turn=turn)


class Follower:
    """Whoever is next after another rotation's turn and is not named by it anyway."""

    def __init__(self, turns: Turns, overrides: Overrides) -> None:
        """Follow a rotation with these turns and overrides."""
        self._turns = turns
        self._overrides = overrides

    def named(self, at: int) -> str | None:
        """Who follows."""
        turn = self._turns.turn(at)
        if turn is None:
            return None
        span = self._overrides.at(at)
        return self._next(turn, span.engineer if span else self._turns.holder(turn))

    def piece(self, at: int) -> Piece:
        """
        How far the same person follows around an instant; may meet another piece of the same.

        Where nobody follows, that is so in every turn while the same override holds, or none.
        """
        piece = self._turns.piece(at)
        if piece.engineer is None:
            return piece
        span = self._overrides.at(at)
        start, end = (span.start, span.end) if span else self._overrides.free(at)
        engineer = self._next(piece.turn, span.engineer if span else piece.engineer)
        if engineer is None:
            return Piece(None, start, end)
        return piece._replace(engineer=engineer).within(start, end)

    def _next(self, turn: int, named: str | None) -> str | None:
        return next((engineer for engineer in self._turns.after(turn) if engineer != named), None)
