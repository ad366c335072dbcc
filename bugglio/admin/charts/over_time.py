"""Charts over time: lines and columns, one place for each label, the oldest on the left."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bugglio.admin.charts.elements import WIDTH, About, Say, chart, short, tag, text

LEFT, RIGHT, TOP, PLOT, BOTTOM = 46, 12, 20, 120, 22
MARK = 3

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
    spots = [_spots(one, top) for one in series]
    drawn = [tag("g", *_line(one, some), *_marks(one, some)) for one, some in zip(series, spots, strict=True)]
    ends = [(some[-1], one) for one, some in zip(series, spots, strict=True) if some]
    return chart(about, TOP + PLOT + BOTTOM, _grid(top, say), _below(labels), *drawn, *_ends(ends, say))


def columns(about: About, labels: Sequence[str], values: Sequence[float | None], top: float, say: Say) -> Markup:
    """A column for each label, from 0 to `top`; as many values stand above as there is room for."""
    wide = _step(len(labels))
    drawn: list[Markup] = []
    for index, value in enumerate(values):
        if value is not None:
            drawn.append(_column(_across(index, len(values)), value, top, wide * 0.7))
            if len(values) <= 12 or value == max(one for one in values if one is not None) or index == len(values) - 1:
                drawn.append(text(_across(index, len(values)), _height(value, top) - 4, say(value), "middle"))
    return chart(about, TOP + PLOT + BOTTOM, _grid(top, say), _below(labels), *drawn)


def nice(most: float, steps: Sequence[float] = ()) -> float:
    """The top of an axis: the first of these steps that is enough, else one, two or five times a power of ten."""
    for step in steps:
        if step >= most:
            return step
    ten = 1.0
    while ten * 10 < most:
        ten *= 10
    return next((ten * times for times in (1, 2, 5, 10) if ten * times >= most), ten)


def _step(count: int) -> float:
    return (WIDTH - LEFT - RIGHT) / max(1, count)


def _across(index: int, count: int) -> float:
    return LEFT + _step(count) * (index + 0.5)


def _height(value: float, top: float) -> float:
    return TOP + PLOT * (1 - min(value, top) / top)


def _grid(top: float, say: Say) -> Markup:
    """Lines at nothing, at half and at the whole, each with what it stands for."""
    drawn = []
    for value in (0, top / 2, top):
        y = _height(value, top)
        drawn.append(tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, class_="grid"))
        drawn.append(text(LEFT - 5, y + 3.5, say(value) if value else "0", "end", "soft"))
    return tag("g", *drawn)


def _below(labels: Sequence[str]) -> Markup:
    """As many labels as there is room for, the last one among them."""
    each = -(-len(labels) // 5)
    shown = [index for index in range(len(labels)) if (len(labels) - 1 - index) % each == 0]
    y = TOP + PLOT + 15
    return tag("g", *(text(_across(one, len(labels)), y, labels[one], "middle", "soft") for one in shown))


def _spots(series: Series, top: float) -> list[Spot]:
    """Each value that there is."""
    count = len(series.values)
    return [(i, _across(i, count), _height(one, top), one) for i, one in enumerate(series.values) if one is not None]


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


def _ends(ends: Sequence[tuple[Spot, Series]], say: Say) -> list[Markup]:
    """The latest values, above their marks; where two would meet, the lower one stands below its own."""
    drawn = []
    before: float | None = None
    for (_, x, y, value), series in sorted(ends, key=lambda end: end[0][2]):
        below = before is not None and y - before < 18
        drawn.append(text(min(x + 8, WIDTH - 2), y + 14 if below else y - 7, f"{series.label} {say(value)}", "end"))
        before = y
    return drawn


def _column(x: float, value: float, top: float, wide: float) -> Markup:
    y = _height(value, top)
    return tag("rect", x=x - wide / 2, y=y, width=wide, height=max(0, TOP + PLOT - y), class_="bar")
