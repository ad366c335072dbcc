"""Spans in which nobody is on duty."""

from collections.abc import Iterator
from dataclasses import replace
from functools import reduce

from bugglio.foresight.outlook import Clock, Outlook, Worry, short
from bugglio.roster import Window
from bugglio.schedule import Shift
from bugglio.schedule.wall import BEGINNING, NEVER

Span = tuple[int, int]
ALWAYS = [(BEGINNING, NEVER)]
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def missing(outlook: Outlook) -> Iterator[Worry]:
    """
    What the team's steps leave open.

    Where no step of `default` names anybody, pages go to the last resort at once. A rotation that names nobody although
    its hours would have it name somebody is told too if others are there: its step is not.
    """
    empty, weekly = empty_spans(outlook), _weekly(outlook)
    regular = [span for span in empty if _inside(span, weekly)]
    single = [span for span in empty if span not in regular]
    clock = outlook.clock()
    if regular:
        yield _worry(outlook, "nobody is on duty", regular, clock, f"hours {short(_hours(outlook))}")
    if single:
        yield _singles(outlook, "nobody is on duty", single, clock, "")
    mine = outlook.rotations(*outlook.team.steps)
    for rotation in outlook.rotations(*outlook.team.all_steps):
        told = single if rotation in mine else []
        spans = [span for span in _unplanned(outlook, rotation) if not _inside(span, told)]
        if spans:
            yield _singles(outlook, f"{rotation} names nobody", spans, outlook.clock(rotation), f"{rotation} ")


def empty_spans(outlook: Outlook) -> list[Span]:
    """Where the steps of `default` name nobody at all, with their true ends. Without steps nobody expects them to."""
    steps = outlook.team.steps
    if not steps or outlook.people(*steps):
        return []
    return reduce(_both, (_gaps(outlook, name) for name in outlook.rotations(*steps)), ALWAYS)


def _weekly(outlook: Outlook) -> list[Span]:
    """Where the hours of all rotations leave nobody, week by week; not what comes before a rotation's first handoff."""
    rotations = outlook.rotations(*outlook.team.steps)
    planned = (
        [span for span in _gaps(outlook.planned, outlook.leader(name)) if span[0] != BEGINNING] for name in rotations
    )
    return reduce(_both, planned, ALWAYS if rotations else [])


def _unplanned(outlook: Outlook, rotation: str) -> list[Span]:
    """A rotation's gaps that neither its hours nor its first handoff explain."""
    planned = _gaps(outlook.planned, outlook.leader(rotation))
    return [span for span in _gaps(outlook, rotation) if not _inside(span, planned)]


def _gaps(outlook: Outlook, rotation: str) -> list[Span]:
    """A rotation's gaps in the coming days, each with its true ends, so that it stays the same as days go by."""
    return [_whole(outlook, rotation, shift) for shift in outlook.shifts(rotation) if shift.engineer is None]


def _whole(outlook: Outlook, rotation: str, gap: Shift) -> Span:
    if gap.start == outlook.start or gap.end == outlook.end:
        gap = outlook.table.shift(rotation, outlook.start if gap.start is None else gap.start)
    return (BEGINNING if gap.start is None else gap.start, NEVER if gap.end is None else gap.end)


def _both(some: list[Span], others: list[Span]) -> list[Span]:
    """What lies in both."""
    found = []
    one = other = 0
    while one < len(some) and other < len(others):
        start, end = max(some[one][0], others[other][0]), min(some[one][1], others[other][1])
        if start < end:
            found.append((start, end))
        if some[one][1] <= others[other][1]:
            one += 1
        else:
            other += 1
    return found


def _inside(span: Span, spans: list[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in spans)


def _worry(outlook: Outlook, what: str, spans: list[Span], clock: Clock, key: str) -> Worry:
    """All of them as one worry, which names the first."""
    team, (start, end) = outlook.team.id, spans[0]
    last = min(spans[-1][1], outlook.end)
    more = f", and {len(spans) - 1} more until {clock.day(last)}" if len(spans) > 1 else ""
    text = f"{team}: {what} {_said(start, end, clock)} ({clock.timezone}){more}."
    return Worry(team, "gap", f"gap {team} {key}", text, max(start, outlook.start))


def _singles(outlook: Outlook, what: str, spans: list[Span], clock: Clock, of: str) -> Worry:
    """Gaps that do not come again, as one worry; each is a matter of its own."""
    starts = ["ever" if start == BEGINNING else str(start) for start, _ in spans]
    whole = _worry(outlook, what, spans, clock, f"{of}{short(','.join(starts))}")
    parts = tuple(f"gap {outlook.team.id} {of}{start}" for start in starts)
    return replace(whole, parts=parts) if len(parts) > 1 else whole


def _said(start: int, end: int, clock: Clock) -> str:
    if start == BEGINNING:
        return "at any time" if end == NEVER else f"until {clock.moment(end)}"
    return f"from {clock.moment(start)} on" if end == NEVER else clock.span(start, end)


def _hours(outlook: Outlook) -> str:
    """The hours that the rotations of the steps keep."""
    rotations = outlook.team.rotations
    kept = ((name, rotations[outlook.leader(name)].hours) for name in outlook.rotations(*outlook.team.steps))
    return ", ".join(f"{name} {' '.join(map(_window, hours))}" for name, hours in kept)


def _window(window: Window) -> str:
    days = "+".join(DAYS[day] for day in window.days)
    return f"{days} {_time(window.start)}-{_time(window.end)}"


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
