"""
Who is on duty, found out the slow way: what `bugglio.schedule` says is compared with it, and it knows nothing of that.

Every handoff since the first, every window of each day and every override are turned into instants one by one.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from bugglio.roster import Cover, Override, Rotation, Team

HOUR = 3600
LOOK = range(-30 * HOUR, 31 * HOUR, 6 * HOUR)
"""No clock is further from UTC than this, and none changes twice in six hours."""


def shown(second: int, zone: str) -> datetime:
    """What the wall clock shows at an instant, seconds since 1970."""
    return datetime.fromtimestamp(second, ZoneInfo(zone)).replace(tzinfo=None)


@cache
def comes(wall: datetime, zone: str) -> int:
    """The second at which the clock first shows this, or, where it never does, jumps past it."""
    around = int((wall - datetime(1970, 1, 1)).total_seconds())  # noqa: DTZ001 - wall time
    guesses = {around - (_seconds_shown(around + look, zone) - around - look) for look in LOOK}
    true = [guess for guess in guesses if shown(guess, zone) == wall]
    if true:
        return min(true)
    second = min(guesses)
    while shown(second + 60, zone) < wall:
        second += 60
    while shown(second, zone) < wall:
        second += 1
    return second


def _seconds_shown(second: int, zone: str) -> int:
    return int((shown(second, zone) - datetime(1970, 1, 1)).total_seconds())  # noqa: DTZ001 - wall time


class SlowTimetable:
    """A team's duties; instants in milliseconds."""

    def __init__(self, team: Team, covers: Sequence[Cover] = ()) -> None:
        self.team = team
        self.covers = covers
        self._handoffs: dict[str, list[int]] = {name: [] for name in team.rotations}

    def on_duty(self, name: str, at: int) -> str | None:
        """Whom a rotation names, overrides and all."""
        rotation = self.team.rotations[name]
        holding = [one for one in self._overrides(rotation) if one[1] <= at < one[2]]
        if holding:
            newest = max(range(len(holding)), key=lambda place: (holding[place][0], place))
            return holding[newest][3]
        if rotation.next_of:
            return self._follows(rotation.next_of, at)
        turn = self._turn(rotation, at)
        return None if turn is None else rotation.engineers[turn % len(rotation.engineers)]

    def _follows(self, leader: str, at: int) -> str | None:
        turn = self._turn(self.team.rotations[leader], at)
        if turn is None:
            return None
        named = self.on_duty(leader, at)
        people = self.team.rotations[leader].engineers
        for step in range(1, len(people) + 1):
            if people[(turn + step) % len(people)] != named:
                return people[(turn + step) % len(people)]
        return None

    def _turn(self, rotation: Rotation, at: int) -> int | None:
        """How many handoffs have been, less one; None outside the hours and before the first."""
        handoffs = self._handoffs[rotation.id]
        assert rotation.starts is not None
        while not handoffs or handoffs[-1] <= at:
            wall = rotation.starts + len(handoffs) * timedelta(**{rotation.unit: rotation.turn})
            handoffs.append(comes(wall, self._zone(rotation)) * 1000)
        been = sum(handoff <= at for handoff in handoffs)
        return been - 1 if been and self._within_hours(rotation, at) else None

    def _within_hours(self, rotation: Rotation, at: int) -> bool:
        if not rotation.hours:
            return True
        zone = self._zone(rotation)
        today = shown(at // 1000, zone).date()
        days = [today + timedelta(days=days) for days in range(-3, 3)]
        return any(start <= at < end for day in days for start, end in _windows(rotation, day, zone))

    def _overrides(self, rotation: Rotation) -> Iterator[tuple[int, int, int, str | None]]:
        for one in self.team.overrides:
            if one.rotation in ("", rotation.id):
                start, end = self._span(one, rotation)
                yield one.made, start, end, one.engineer
        for own in self.covers:
            if own.rotation in ("", rotation.id):
                yield own.made, own.start, own.end, own.engineer

    def _span(self, override: Override, rotation: Rotation) -> tuple[int, int]:
        zone = self._zone(rotation) if override.rotation else self.team.timezone
        return comes(override.start, zone) * 1000, comes(override.end, zone) * 1000

    def _zone(self, rotation: Rotation) -> str:
        return rotation.timezone or self.team.timezone


def _windows(rotation: Rotation, day: date, zone: str) -> Iterator[tuple[int, int]]:
    """The hours that begin on a day."""
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - wall time
    for window in rotation.hours:
        if day.weekday() in window.days:
            end = window.end if window.end > window.start else window.end + 24 * 60
            opens, closes = midnight + timedelta(minutes=window.start), midnight + timedelta(minutes=end)
            yield comes(opens, zone) * 1000, comes(closes, zone) * 1000
