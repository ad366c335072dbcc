"""Weekdays as boxes that are ticked, moments as a browser's field gives them."""

from collections.abc import Collection

from bugglio.rosterfile import forms
from bugglio.rosterfile.values import days
from bugglio.rosterfile.words import DAYS

_MINUTES = len("2026-01-05T09:00")


def boxes(text: str) -> list[str]:
    """The boxes of the weekdays that a text of the file names."""
    return [DAYS[day] for day in days(text)]


def text(ticked: Collection[str]) -> str:
    """Weekdays as the file writes them; none: empty."""
    return forms.days(tuple(at for at, day in enumerate(DAYS) if day in ticked))


def moment(typed: str) -> str:
    """A wall time; some browsers give seconds too."""
    found = typed.strip().replace(" ", "T")
    return found.removesuffix(":00") if len(found) == _MINUTES + len(":00") else found
