"""What is written on a bar: as much of a name as there is room for."""

from collections.abc import Iterable

SIZE = 13.0
"""Pixels of the letters' height. Whoever draws them cuts off what a wider font makes of them."""
INSET = 6.0
"""So much of a bar stays free at each side."""
_NARROW, _WIDE = "iljtfrI.,:;'!|()[] -·", "mwMW@%"
OVERRIDE = "override"


def width(text: str) -> float:
    """About how wide a text is."""
    return sum(map(_letter, text)) * SIZE


def _letter(one: str) -> float:
    if one in _NARROW:
        return 0.34
    if one in _WIDE:
        return 0.92
    # Beyond Latin, Greek and Cyrillic letters are as wide as they are high.
    return 0.62 if ord(one) < 0x1100 else 1.05


def initials(name: str) -> str:
    """The first letters of the first and the last word: `AL` for Ana Lima."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def on_bar(name: str, room: float, *, override: bool = False) -> str:
    """The longest way to write somebody's name on a bar that is so wide; empty: there is no room for any."""
    short = (name.split(maxsplit=1) or [name])[0]
    names = (name, short, initials(name), initials(name)[:1])
    marked = [f"{one} · {OVERRIDE}" for one in names] if override else []
    return first_that_fits((*marked, *names), room)


def first_that_fits(texts: Iterable[str], room: float) -> str:
    """The first of these texts for which there is room; empty: for none."""
    return next((text for text in texts if text and width(text) <= room - 2 * INSET), "")
