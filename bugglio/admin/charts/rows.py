"""Charts of rows: a bar for each, or a strip of small columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bugglio.admin.charts.elements import WIDTH, About, chart, hatch, tag, text

ROW, BAR = 34, 12
STRIP = 26
LETTER = 6
"""So wide is a letter, about."""


@dataclass(frozen=True)
class Row:
    """A bar in two parts: the first one filled, the second one hatched."""

    label: str
    first: float
    second: float
    said: str
    """Its value in words."""


def bars(about: About, rows: Sequence[Row]) -> Markup:
    """A bar for each row, the value at its end; the second part of it is hatched."""
    most = max((row.first + row.second for row in rows), default=0) or 1
    unit = (WIDTH - LETTER * max((len(row.said) for row in rows), default=0) - 10) / most
    return chart(about, ROW * len(rows), *(_bar(about, index, row, unit) for index, row in enumerate(rows)))


def strips(about: About, rows: Sequence[tuple[str, Sequence[float], str]]) -> Markup:
    """A small row of columns for each label, all to the same height, and what it comes to beside it."""
    top = max((value for _, values, _ in rows for value in values), default=0) or 1
    return chart(about, STRIP * len(rows), *(_strip(index, *row, top) for index, row in enumerate(rows)))


def _bar(about: About, index: int, row: Row, unit: float) -> Markup:
    y, first, second = ROW * index, unit * row.first, unit * row.second
    parts = [text(0, y + 11, row.label, "start")]
    if first:
        parts.append(tag("rect", x=0, y=y + 16, width=first, height=BAR, class_="bar"))
    if second:
        fill = f"url(#{hatch(about)})"
        parts.append(tag("rect", x=first, y=y + 16, width=second, height=BAR, class_="hatched", fill=fill))
    return tag("g", *parts, text(first + second + 5, y + 26, row.said, "start", "soft"))


def _strip(index: int, label: str, values: Sequence[float], said: str, top: float) -> Markup:
    y, left, room, high = STRIP * index, 128, 104, STRIP - 8
    wide = room / max(1, len(values))
    drawn = [tag("line", x1=left, x2=left + room, y1=y + high + 2, y2=y + high + 2, class_="grid")]
    for number, value in enumerate(values):
        if value:
            tall = max(1.5, high * value / top)
            x = left + wide * number + wide * 0.1
            drawn.append(tag("rect", x=x, y=y + high + 2 - tall, width=wide * 0.8, height=tall, class_="bar"))
    return tag("g", text(0, y + 16, _cut(label, 20), "start"), *drawn, text(WIDTH, y + 16, said, "end"))


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}…"
