"""
Calendar feeds: which shifts of an engineer, or of a team, a calendar shows, from 30 days back to 365 days ahead.

Only shifts that name somebody: hours with nobody are nobody's appointment. `ical` writes a feed as a file.
"""

import hashlib
import heapq
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from bugglio.roster import DAY, Cover, Override, Roster, Rotation, Team
from bugglio.schedule import timetable

BACK = 30 * DAY
AHEAD = 365 * DAY
MOST = 1_500
"""Shifts from today on. Hourly turns of a year would make a file of megabytes, which calendars refuse to read."""
MOST_PAST = 300
LOOKED_AT = 20_000
"""Shifts of others, from today on, among which an engineer's own are looked for; then the feed ends."""
LATE = "Calendars show changes hours late: text who to learn who is on duty now."


@dataclass(frozen=True)
class Appointment:
    """A shift as a calendar shows it, in whole seconds since 1970."""

    uid: str
    start: int
    end: int
    summary: str


@dataclass(frozen=True)
class Feed:
    """What a calendar shows of somebody."""

    name: str
    appointments: tuple[Appointment, ...]
    until: int | None = None
    """Where it ends because there are too many shifts, in seconds since 1970; None: it is whole."""

    @property
    def note(self) -> str:
        """What whoever reads it should know."""
        if self.until is None:
            return LATE
        return f"{LATE} There are too many shifts to show any from {datetime.fromtimestamp(self.until, UTC):%F} on."

    @property
    def tag(self) -> str:
        """Equal for feeds that show the same, whenever they are written."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:24]


@dataclass(frozen=True)
class _Turn:
    """A shift of a rotation that names somebody."""

    start: int
    end: int
    team: str
    rotation: str
    engineer: str


def engineer_feed(roster: Roster, engineer_id: str, now: int) -> Feed:
    """The shifts of one engineer, in all teams, at `now` in milliseconds; `KeyError` when there is no such engineer."""
    name = roster.engineers[engineer_id].name
    rotations = [pair for team in roster.teams.values() for pair in _rotations_of(roster, team, engineer_id)]
    turns, until = _chosen(_turns(roster, rotations, now), now, lambda turn: turn.engineer == engineer_id)
    # A shift is in its team's feed too, with other words; what has two texts is given two names.
    shown = [_appointment(turn, f"{engineer_id}.", f"On call: {turn.team} {turn.rotation}") for turn in turns]
    return _feed(f"On call: {name}", shown, until)


def team_feed(roster: Roster, team_id: str, now: int) -> Feed:
    """The shifts of all rotations of a team, at `now` in milliseconds; `KeyError` when there is no such team."""
    team = roster.teams[team_id]
    turns, until = _chosen(_turns(roster, [(team, one) for one in team.rotations], now), now, lambda _: True)
    shown = [_appointment(turn, "", f"{_named(roster, turn)}: {turn.team} {turn.rotation}") for turn in turns]
    return _feed(f"On call: {team_id}", shown, until)


def _rotations_of(roster: Roster, team: Team, engineer: str) -> Iterator[tuple[Team, str]]:
    """The rotations that may ever name this engineer."""
    overrides: list[Override | Cover] = [*team.overrides, *(one for one in roster.covers if one.team == team.id)]
    changed = {override.rotation for override in overrides if override.engineer == engineer}
    for rotation in team.rotations.values():
        if engineer in _members(team, rotation) or changed & {"", rotation.id}:
            yield team, rotation.id


def _members(team: Team, rotation: Rotation) -> tuple[str, ...]:
    return team.rotations.get(rotation.next_of, rotation).engineers


def _turns(roster: Roster, rotations: Iterable[tuple[Team, str]], now: int) -> Iterator[_Turn]:
    """The turns of some rotations that touch the feed's span, by their beginnings; none is cut by the span's ends."""
    start, end = _today(now) - BACK, _today(now) + AHEAD
    each = [_turns_of(roster, team, rotation, start, end) for team, rotation in rotations]
    return heapq.merge(*each, key=lambda turn: turn.start)


def _turns_of(roster: Roster, team: Team, rotation: str, start: int, end: int) -> Iterator[_Turn]:
    table = timetable(roster, team)
    first, last = table.shift(rotation, start).start, table.shift(rotation, end - 1).end
    for shift in table.shifts(rotation, start if first is None else first, end if last is None else last):
        if shift.engineer is not None and shift.start is not None and shift.end is not None:
            yield _Turn(shift.start, shift.end, team.id, rotation, shift.engineer)


def _chosen(turns: Iterable[_Turn], now: int, wanted: Callable[[_Turn], bool]) -> tuple[list[_Turn], int | None]:
    """The turns that are told; and, where they are too many, the beginning of the first from which on none is."""
    past: deque[_Turn] = deque(maxlen=MOST_PAST)
    coming: list[_Turn] = []
    today, looked = _today(now), 0
    for turn in turns:
        comes = turn.end > today
        if comes and (len(coming) == MOST or looked == LOOKED_AT):
            return [*past, *coming], turn.start
        looked += comes
        if wanted(turn):
            (coming if comes else past).append(turn)
    return [*past, *coming], None


def _today(now: int) -> int:
    """The day's beginning in UTC: through the day a feed shows the same, and a calendar that asks again is told so."""
    return now // DAY * DAY


def _appointment(turn: _Turn, reader: str, summary: str) -> Appointment:
    # By its beginning in milliseconds: a shift that is cut short, or given to somebody else, is the same appointment.
    uid = f"{reader}{turn.team}.{turn.rotation}.{turn.start}@bugglio"
    return Appointment(uid, turn.start // 1000, turn.end // 1000, summary)


def _feed(name: str, shown: Iterable[Appointment], until: int | None) -> Feed:
    # An end must come after its beginning; a shift within a second is nobody's appointment.
    told = tuple(one for one in shown if one.end > one.start)
    return Feed(name, told, None if until is None else until // 1000)


def _named(roster: Roster, turn: _Turn) -> str:
    person = roster.engineers.get(turn.engineer)
    return person.name if person else turn.engineer
