"""A team's rotations, made ready to be asked who is on duty when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bugglio.roster import Cover, Override, Roster, Rotation, Team
from bugglio.schedule.overrides import Overrides, Span
from bugglio.schedule.turns import Follower, Nobody, Piece, Turns
from bugglio.schedule.wall import BEGINNING, NEVER, WallClock, wall_time

Plan = Turns | Follower | Nobody


@dataclass(frozen=True)
class Shift:
    """One turn, or a part of one; or a gap."""

    engineer: str | None
    """None: nobody."""
    start: int | None
    """Milliseconds UTC, inclusive; None: since ever."""
    end: int | None
    """Exclusive; None: for ever."""
    override: bool = False
    """Set by an override or a cover; of a gap, a part of it is."""


class Duty:
    """One rotation: its overrides, and below them its turns or whom it follows."""

    def __init__(self, plan: Plan, overrides: Overrides) -> None:
        """Lay the overrides on the plan."""
        self.plan = plan
        self.overrides = overrides

    def named(self, at: int) -> str | None:
        """Who is on duty."""
        span = self.overrides.at(at)
        return span.engineer if span else self.plan.named(at)

    def piece(self, at: int) -> Piece:
        """How far nothing changes around an instant, at the least."""
        span = self.overrides.at(at)
        if span:
            return Piece(span.engineer, span.start, span.end, override=True, turn=span.start)
        return self.plan.piece(at).within(*self.overrides.free(at))

    def whole(self, at: int) -> Piece:
        """
        The shift that holds an instant.

        The search for its ends takes no more steps than there are overrides, and a few: between them it is one piece.
        """
        piece = self.piece(at)
        while piece.start > BEGINNING and (before := self.piece(piece.start - 1)).belongs_to(piece):
            piece = piece.joined(before)
        while piece.end < NEVER and (after := self.piece(piece.end)).belongs_to(piece):
            piece = piece.joined(after)
        return piece

    def cut(self, start: int, end: int) -> Iterator[Piece]:
        """The shifts of a span, and what of them lies in it."""
        held: Piece | None = None
        while start < end:
            piece = self.piece(start).within(start, end)
            start = piece.end
            if held is not None and held.belongs_to(piece):
                held = held.joined(piece)
                continue
            if held is not None:
                yield held
            held = piece
        if held is not None:
            yield held


UNKNOWN = Duty(Nobody(), Overrides(()))


class Timetable:
    """
    Who is on duty in each rotation of a team, at any instant (milliseconds UTC).

    Ids of engineers are given as the roster has them, and not looked up. What a rotation with `next_of` names changes
    with the overrides of the rotation that it follows, but only its own make its shift an `override`.
    """

    def __init__(self, team: Team, covers: Sequence[Cover] = ()) -> None:
        """Make it ready: `covers` are this team's; of overrides made at one moment they are newer than the file's."""
        self._team = team
        self._covers = covers
        self._spans = {name: self._made(rotation) for name, rotation in team.rotations.items()}
        self._overrides = {name: Overrides(spans) for name, spans in self._spans.items()}
        self._duties = {name: Duty(self._plan(team.rotations[name]), laid) for name, laid in self._overrides.items()}

    def on_duty(self, rotation: str, at: int) -> str | None:
        """Whom a rotation names; None: nobody, or there is no such rotation."""
        return self._duties.get(rotation, UNKNOWN).named(at)

    def shift(self, rotation: str, at: int) -> Shift:
        """The whole shift, or gap, that holds an instant."""
        return _shift(self._duties.get(rotation, UNKNOWN).whole(at))

    def shifts(self, rotation: str, start: int, end: int) -> Iterator[Shift]:
        """The shifts and gaps of [start, end), cut to it, in order; worked out one by one."""
        return map(_shift, self._duties.get(rotation, UNKNOWN).cut(start, end))

    def following(self, rotation: str, at: int) -> Shift | None:
        """
        The next shift after the one at an instant that names somebody; None: there never is one.

        It is the next one, or the one behind the gap that is next: gaps that meet are one, so nothing is searched for.
        No turn begins after the year 9998.
        """
        shift = self.shift(rotation, at)
        for _ in range(2):
            if shift.end is None:
                return None
            shift = self.shift(rotation, shift.end)
            if shift.engineer is not None:
                return shift
        return None

    def length(self, rotation: str, at: int) -> int:
        """
        How long what decides at an instant was meant to last, in milliseconds of wall time: a turn, or an override.

        It is told whole, whatever was laid over it and whichever of its hours are open. Of a rotation with `next_of` it
        is that of the rotation that it follows, unless it is overridden itself. 0: neither decides.
        """
        known = self._team.rotations.get(rotation)
        if known is None:
            return 0
        newest = next((span for span in reversed(self._spans[rotation]) if span.start <= at < span.end), None)
        if newest is not None:
            clock = self._clock(known)
            return max(newest.end - newest.start, clock.furthest(newest.end) - clock.furthest(newest.start))
        if known.next_of:
            leader = self._team.rotations.get(known.next_of)
            return self.length(leader.id, at) if leader is not None and not leader.next_of else 0
        plan = self._duties[rotation].plan
        return plan.length if isinstance(plan, Turns) else 0

    def _plan(self, rotation: Rotation) -> Plan:
        if not rotation.next_of:
            return self._turns(rotation)
        leader = self._team.rotations.get(rotation.next_of)
        turns = self._turns(leader) if leader else None
        return Follower(turns, self._overrides[rotation.next_of]) if isinstance(turns, Turns) else Nobody()

    def _turns(self, rotation: Rotation) -> Turns | Nobody:
        if rotation.starts is None or not rotation.engineers:
            return Nobody()
        return Turns(rotation, wall_time(rotation.starts), self._clock(rotation))

    def _made(self, rotation: Rotation) -> list[Span]:
        """The overrides of this rotation and of all of the team, from the file and from people, the oldest first."""
        made = [(one.made, self._span(one, rotation)) for one in self._team.overrides if _concerns(one, rotation)]
        made += [(one.made, Span(one.start, one.end, one.engineer)) for one in self._covers if _concerns(one, rotation)]
        made.sort(key=lambda override: override[0])
        return [span for _, span in made]

    def _span(self, override: Override, rotation: Rotation) -> Span:
        clock = self._clock(rotation) if override.rotation else WallClock(self._team.timezone)
        return Span(clock.instant(wall_time(override.start)), clock.instant(wall_time(override.end)), override.engineer)

    def _clock(self, rotation: Rotation) -> WallClock:
        return WallClock(rotation.timezone or self._team.timezone)


def _concerns(override: Override | Cover, rotation: Rotation) -> bool:
    return override.rotation in ("", rotation.id)


def _shift(piece: Piece) -> Shift:
    start = None if piece.start == BEGINNING else piece.start
    end = None if piece.end == NEVER else piece.end
    return Shift(piece.engineer, start, end, piece.override)


def timetable(roster: Roster, team: Team) -> Timetable:
    """A team's timetable with the covers that people made; worked out once per roster."""
    known: Timetable | None = roster.memo.get(team.id)
    if known is None:
        covers = [cover for cover in roster.covers if cover.team == team.id]
        known = roster.memo[team.id] = Timetable(team, covers)
    return known
