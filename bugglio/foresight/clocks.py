"""Clocks that are put forward or back."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from typing import NamedTuple

from bugglio.foresight.outlook import Clock, Outlook, Worry
from bugglio.roster import DAY, HOUR, MINUTE
from bugglio.schedule.wall import MILLISECOND
from bugglio.zones import zone_of


class Turning(NamedTuple):
    """An instant at which the clocks of a zone are put from one offset to another, in milliseconds."""

    timezone: str
    at: int
    before: int
    after: int


class Turned(NamedTuple):
    """A shift that is shorter or longer by it."""

    team: str
    rotation: str
    engineer: str


def changing(outlooks: Sequence[Outlook]) -> Iterator[Worry]:
    """Each change of clocks in a zone that a rotation keeps, told once, with what it makes shorter or longer."""
    for turning, concerned in _found(outlooks).items():
        turned = [shift for outlook in concerned for shift in _turned(outlook, turning)]
        key, team = f"clock {turning.timezone} {turning.at}", concerned[0].team.id
        text = f"{_said(turning, concerned[0].start)}{_longer(turning, turned)}."
        yield Worry(team, "clock", key, text, turning.at)


def _found(outlooks: Sequence[Outlook]) -> dict[Turning, list[Outlook]]:
    """Every change of clocks, and the teams that it concerns."""
    turnings: dict[str, list[Turning]] = {}
    found: dict[Turning, list[Outlook]] = {}
    for outlook in outlooks:
        for timezone in dict.fromkeys(outlook.clock(rotation).timezone for rotation in outlook.team.rotations):
            if timezone not in turnings:
                turnings[timezone] = list(turnings_in(timezone, outlook.start, outlook.end))
            for turning in turnings[timezone]:
                found.setdefault(turning, []).append(outlook)
    return found


def turnings_in(timezone: str, start: int, end: int) -> Iterator[Turning]:
    """Found by looking at each day's end: no zone changes its clocks twice a day."""
    zone = zone_of(timezone)
    for low, high in pairwise([*range(start, end, DAY), end]):
        before, after = _offset(low // 1000, zone), _offset(high // 1000, zone)
        if before != after:
            seconds = range(low // 1000 + 1, high // 1000 + 1)
            place = bisect_left(seconds, x=True, key=lambda second: _offset(second, zone) == after)
            yield Turning(timezone, seconds[place] * 1000, before, after)


def _offset(second: int, zone: tzinfo) -> int:
    return (datetime.fromtimestamp(second, zone).utcoffset() or timedelta()) // MILLISECOND


def _turned(outlook: Outlook, turning: Turning) -> Iterator[Turned]:
    """The shifts in whose middle it is; an override may have been made for so many hours, whatever clocks show."""
    for rotation in outlook.team.rotations:
        shift = outlook.table.shift(rotation, turning.at)
        if outlook.clock(rotation).timezone != turning.timezone or shift.engineer is None or shift.override:
            continue
        if shift.start != turning.at:
            yield Turned(outlook.team.id, rotation, shift.engineer)


def _said(turning: Turning, now: int) -> str:
    way = "forward" if turning.after > turning.before else "back"
    # Read as an instant, a wall time is what a clock in UTC shows.
    shown = Clock("UTC", now).span(turning.at + turning.before, turning.at + turning.after)
    return f"{turning.timezone}: clocks go {way} {shown}"


def _longer(turning: Turning, turned: list[Turned]) -> str:
    if not turned:
        return ""
    first, more = turned[0], f" (and {len(turned) - 1} more)" if len(turned) > 1 else ""
    whose = f"{first.rotation}'s shift of {first.engineer} in {first.team}{more}"
    much = "less" if turning.after > turning.before else "longer"
    return f"; {whose} then lasts {_length(abs(turning.after - turning.before))} {much}"


def _length(span: int) -> str:
    """`1 hour`, `30 minutes`."""
    count, unit = (span // HOUR, "hour") if span % HOUR == 0 else (span // MINUTE, "minute")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
