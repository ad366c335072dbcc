"""The picture of a rotation's weeks: where each bar stands, how wide it is, and what is written on it. Pixels."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from bugglio.admin.schedule.labels import first_that_fits, on_bar
from bugglio.admin.schedule.stretches import GAP, OFF, ON, Stretch
from bugglio.admin.schedule.window import Day, Window

WIDTH = 1064.0
"""Of the whole span: 38 a day in four weeks."""
HUES = 8
LEAST = 5.0
"""Bars of less cannot be told from each other: those that meet are drawn as one, which says how many it stands for."""
VISIBLE = 3.0
"""A gap is drawn so wide at least: it must be seen."""
CROWD = "crowd"
"""The kind of a bar that stands for several short turns."""


@dataclass(frozen=True)
class Bar:
    """A rectangle of a row."""

    x: float
    width: float
    kind: str
    """`on`, `gap`, `off` or `crowd`."""
    label: str
    """What is written on it."""
    title: str
    """All of it in words."""
    hue: int = 0
    override: bool = False

    @property
    def drawn(self) -> float:
        """How wide it is drawn."""
        return max(self.width, VISIBLE) if self.kind == GAP else self.width


@dataclass(frozen=True)
class Words:
    """How people and stretches are put in words, and which colour is whose."""

    name: Callable[[str], str]
    told: Callable[[Stretch], str]
    hue: Mapping[str, int]


@dataclass(frozen=True)
class Column:
    """A day in the picture."""

    day: Day
    x: float
    width: float


@dataclass(frozen=True)
class Scale:
    """Where an instant stands: a day of 25 hours is wider than others, for so is what fills it."""

    start: int
    end: int

    def x(self, at: int) -> float:
        """Pixels from the left."""
        return round((at - self.start) / (self.end - self.start) * WIDTH, 2)


@dataclass(frozen=True)
class Sheet:
    """What all rows have behind them."""

    window: Window
    columns: Sequence[Column]
    now: float | None
    """None: now is not in it."""


def sheet(window: Window, now: int) -> Sheet:
    """Its days, and where now is."""
    scale = Scale(window.start, window.end)
    days = [Column(day, scale.x(day.start), round(scale.x(day.end) - scale.x(day.start), 2)) for day in window.days()]
    return Sheet(window, days, scale.x(now) if window.start <= now < window.end else None)


def bars(row: Sequence[Stretch], window: Window, words: Words) -> list[Bar]:
    """A row's bars, which cover all of it."""
    scale = Scale(window.start, window.end)
    found: list[Bar] = []
    for crowded, some in groupby(row, lambda one: one.kind == ON and _width(one, scale) < LEAST):
        run = list(some)
        if crowded and len(run) > 1:
            found.append(_crowd(run, scale, words))
        else:
            found += (_bar(one, scale, words) for one in run)
    return found


def hues(people: Iterable[str]) -> dict[str, int]:
    """A colour for each of these ids, whatever their order; none twice while they last."""
    return {person: place % HUES for place, person in enumerate(sorted(people))}


def _width(one: Stretch, scale: Scale) -> float:
    return round(scale.x(one.end) - scale.x(one.start), 2)


def _bar(one: Stretch, scale: Scale, words: Words) -> Bar:
    room, override = _width(one, scale), one.made is not None
    if one.engineer is not None:
        label = on_bar(words.name(one.engineer), room, override=override)
    else:
        gap = ("NOBODY · override", "NOBODY") if override else ("NOBODY",)
        label = first_that_fits(("off hours", "off") if one.kind == OFF else gap, room)
    hue = words.hue.get(one.engineer or "", 0)
    return Bar(scale.x(one.start), room, one.kind, label, words.told(one), hue, override)


def _crowd(run: Sequence[Stretch], scale: Scale, words: Words) -> Bar:
    people = list(dict.fromkeys(words.name(one.engineer) for one in run if one.engineer))
    x = scale.x(run[0].start)
    room = round(scale.x(run[-1].end) - x, 2)
    some = ", ".join(people[:5]) + (f" and {len(people) - 5} more" if len(people) > 5 else "")
    count = f"{len(run)} turns"
    label = first_that_fits((f"{count}: {some}", f"{count}: {len(people)} people", count), room)
    return Bar(x, room, CROWD, label, f"{count} of {some}", 0, any(one.made is not None for one in run))


def lanes(widths: Sequence[tuple[float, float]]) -> Iterator[int]:
    """In which line each label goes, given where they begin and end, so that none lies upon another."""
    ends: list[float] = []
    for start, end in widths:
        free = next((place for place, taken in enumerate(ends) if taken <= start), len(ends))
        ends[free:] = [end, *ends[free + 1 :]]
        yield free
