"""What a change to a schedule comes to: who is on duty instead of whom, and when."""

from collections.abc import Iterator
from dataclasses import dataclass

from bugglio.schedule.timetable import Shift, Timetable

Pieces = list[tuple[int, int, str | None]]


@dataclass(frozen=True)
class Effect:
    """A part of a rotation, [start, end) in milliseconds UTC, that one has instead of another; None: nobody."""

    rotation: str
    start: int
    end: int
    before: str | None
    after: str | None


def effects(before: Timetable, after: Timetable, rotation: str, start: int, end: int) -> Iterator[Effect]:
    """Where two timetables name different people in a span, in order; parts that meet and are alike are one."""
    was, becomes = (_pieces(table.shifts(rotation, start, end), start, end) for table in (before, after))
    held: Effect | None = None
    for one in _differing(rotation, was, becomes):
        if held is not None and (held.end, held.before, held.after) == (one.start, one.before, one.after):
            held = Effect(rotation, held.start, one.end, one.before, one.after)
            continue
        if held is not None:
            yield held
        held = one
    if held is not None:
        yield held


def _pieces(shifts: Iterator[Shift], start: int, end: int) -> Pieces:
    return [
        (start if one.start is None else one.start, end if one.end is None else one.end, one.engineer) for one in shifts
    ]


def _differing(rotation: str, was: Pieces, becomes: Pieces) -> Iterator[Effect]:
    """Each part in which neither changes, where they differ."""
    one = other = 0
    while one < len(was) and other < len(becomes):
        start, end = max(was[one][0], becomes[other][0]), min(was[one][1], becomes[other][1])
        if was[one][2] != becomes[other][2]:
            yield Effect(rotation, start, end, was[one][2], becomes[other][2])
        first, second = was[one][1], becomes[other][1]
        one += first <= second
        other += second <= first
