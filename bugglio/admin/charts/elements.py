"""The parts of which charts are made: elements, texts, and the frame with its title and its words."""

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH = 320
"""Units: about the pixels of a phone held upright, so that letters stay as large as they are meant to be."""

Say = Callable[[float], str]
_HATCH: dict[str, object] = {"width": 6, "height": 6, "patternUnits": "userSpaceOnUse"}


@dataclass(frozen=True)
class About:
    """What a chart is called, and what it shows."""

    name: str
    """Of its elements: one that no other chart of the page has."""
    title: str
    told: str


def tag(kind: str, *inside: str, **attributes: object) -> Markup:
    """An element; what is inside and is no markup is escaped. `_` in an attribute's name stands for `-`."""
    named = {name.strip("_").replace("_", "-"): short(value) for name, value in attributes.items()}
    said = "".join(f' {name}="{escape(value)}"' for name, value in named.items())
    content = "".join(map(escape, inside))
    return Markup(f"<{kind}{said}>{content}</{kind}>")  # noqa: S704 - all that may be somebody's is escaped


def chart(about: About, height: float, *inside: Markup) -> Markup:
    """The whole, with its title and its words, which a screen reader tells instead of it."""
    names = f"{about.name}-title {about.name}-told"
    title = tag("title", about.title, id=f"{about.name}-title")
    told = tag("desc", about.told, id=f"{about.name}-told")
    hatched = tag("pattern", tag("path", d="M0 6L6 0M-1 1L1 -1M5 7L7 5", class_="hatch"), **_HATCH, id=hatch(about))
    parts = (title, told, tag("defs", hatched), *inside)
    box = f"0 0 {WIDTH} {short(height)}"
    return tag("svg", *parts, class_="chart", role="img", aria_labelledby=names, viewBox=box)


def hatch(about: About) -> str:
    """The id of the chart's hatching."""
    return f"{about.name}-hatch"


def text(x: float, y: float, said: str, anchor: str, kind: str = "said-in") -> Markup:
    """Words at a place; `anchor`: whether they begin, have their middle, or end there."""
    return tag("text", said, x=x, y=y, text_anchor=anchor, class_=kind)


def short(value: object) -> str:
    """A number without more digits than a screen shows."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
