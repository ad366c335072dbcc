"""Charts over time: lines and columns, one place for each label, the oldest on the left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bugglio.admin.charts.axes import BOTTOM, PLOT, TOP, Axis
from bugglio.admin.charts.elements import About, Say, chart, short, tag, text

MARK = 3
LETTER = 12
BESIDE = 54
"""Room beside lines, for what the latest values are."""
NARROW = 20
FEW = 6
"""So many columns are wide enough for what stands above them; of more, values stand so many apart."""
APART = 2

Spot = tuple[int, float, float, float]
"""Index, place and value of one value of a series."""


@dataclass(frozen=True)
class Series:
    """A line's values, one for each label; None: there is none."""

    label: str
    values: Sequence[float | None]
    squares: bool = False
    """Dashed and with squares; otherwise through and with dots."""


def lines(about: About, labels: Sequence[str], series: Sequence[Series], top: float, say: Say) -> Markup:
    """Lines over time, from 0 to `top`; the latest value of each stands at its end."""
    axis = Axis(len(labels), top, BESIDE)
    spots = [_spots(axis, one) for one in series]
    drawn = [tag("g", *_line(one, some), *_marks(one, some)) for one, some in zip(series, spots, strict=True)]
    ends = [(some[-1], one) for one, some in zip(series, spots, strict=True) if some]
    return chart(about, TOP + PLOT + BOTTOM, axis.grid(say), axis.below(labels), *drawn, *_ends(ends, axis, say))


def columns(about: About, labels: Sequence[str], values: Sequence[float | None], top: float, say: Say) -> Markup:
    """A column for each label, from 0 to `top`; as many values stand above as there is room for."""
    axis = Axis(len(labels), top, NARROW)
    there = {index: value for index, value in enumerate(values) if value is not None}
    drawn = [_column(axis, index, value) for index, value in there.items()]
    # Above all columns: a value may be wider than its own.
    drawn += [
        text(axis.across(index), axis.height(there[index]) - 4, say(there[index]), "middle")
        for index in _worth_saying(there)
    ]
    return chart(about, TOP + PLOT + BOTTOM, axis.grid(say), axis.below(labels), *drawn)


def _spots(axis: Axis, series: Series) -> list[Spot]:
    """Each value that there is."""
    return [(i, axis.across(i), axis.height(one), one) for i, one in enumerate(series.values) if one is not None]


def _line(series: Series, spots: Sequence[Spot]) -> list[Markup]:
    """The line through values of weeks that follow each other."""
    path = ""
    for index, (week, x, y, _) in enumerate(spots):
        goes_on = index > 0 and spots[index - 1][0] == week - 1
        path += f"{'L' if goes_on else 'M'}{short(x)} {short(y)}"
    return [tag("path", d=path, class_="line dashed" if series.squares else "line")] if path else []


def _marks(series: Series, spots: Sequence[Spot]) -> list[Markup]:
    if not series.squares:
        return [tag("circle", cx=x, cy=y, r=MARK, class_="mark") for _, x, y, _ in spots]
    return [
        tag("rect", x=x - MARK, y=y - MARK, width=2 * MARK, height=2 * MARK, class_="mark open") for _, x, y, _ in spots
    ]


def _ends(ends: Sequence[tuple[Spot, Series]], axis: Axis, say: Say) -> list[Markup]:
    """The latest values, beside the plot, the higher one above: each keeps room for its two lines."""
    drawn: list[Markup] = []
    free = 0.0
    order = sorted(ends, key=lambda end: end[0][2])
    for number, ((_, _, y, value), series) in enumerate(order):
        lowest = TOP + PLOT - 2 * LETTER * (len(order) - number) + LETTER
        at = max(free, min(y, lowest))
        drawn += [text(axis.end + 4, at, series.label, "start", "soft")]
        drawn += [text(axis.end + 4, at + LETTER, say(value), "start")]
        free = at + 2 * LETTER
    return drawn


def _worth_saying(there: Mapping[int, float]) -> list[int]:
    """
    Above which columns a value stands: all, if they are few; else the latest, the lowest and the highest.

    Several that are 0 have no column, and say no more than the axis does.
    """
    if len(there) <= FEW:
        return list(there)
    lowest, zeros = min(there, key=there.__getitem__), [index for index, value in there.items() if value == 0]
    said: list[int] = []
    for index in (max(there), *([lowest] if len(zeros) < 2 else []), max(there, key=there.__getitem__)):
        if all(abs(index - other) > APART for other in said):
            said.append(index)
    return said


def _column(axis: Axis, index: int, value: float) -> Markup:
    y, wide = axis.height(value), axis.step * 0.7
    x = axis.across(index) - wide / 2
    return tag("rect", x=x, y=y, width=wide, height=max(0, TOP + PLOT - y), class_="bar")
