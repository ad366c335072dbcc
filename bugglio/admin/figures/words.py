"""How figures are said."""

from dataclasses import dataclass
from decimal import Decimal

from bugglio.figures.weeks import first_day

SECOND = 1000
UNITS = ((36 * 3600, 24 * 3600, "days"), (90 * 60, 3600, "h"), (90, 60, "min"))
"""From so many seconds on, so many seconds are one of these."""


@dataclass(frozen=True)
class Money:
    """What texts cost."""

    price: Decimal
    """Dollars a segment."""

    def of(self, segments: float) -> str:
        """What so many segments cost: "$1.25"."""
        return self.said(float(self.price) * segments)

    def said(self, dollars: float) -> str:
        """So many dollars."""
        return f"${dollars:,.2f}"


def lasted(milliseconds: float | None) -> str:
    """About how long something took: "40 s", "3 min", "1.5 h"; empty: it is not known."""
    if milliseconds is None:
        return ""
    seconds = milliseconds / SECOND
    for least, one, name in UNITS:
        if seconds >= least:
            count = seconds / one
            return f"{count:.0f} {name}" if count >= 10 or name == "min" else f"{count:.1f} {name}".replace(".0 ", " ")
    return f"{seconds:.0f} s"


def share(part: int, whole: int) -> str:
    """What part of the whole it is: "98.5 %"; 100 only if nothing is missing; empty: there is no whole."""
    if not whole:
        return ""
    if part == whole:
        return "100 %"
    return f"{min(99.9, 100 * part / whole):.1f} %".replace(".0 %", " %")


def monday(week: str) -> str:
    """The day with which a week begins: "26 Oct"."""
    day = first_day(week)
    return f"{day.day} {day:%b}"


def first(week: str) -> str:
    """The same with its year: "26 Oct 2026"."""
    return f"{monday(week)} {first_day(week).year}"


def many(count: int, one: str, more: str = "") -> str:
    """So many of something: "1 alert", "2,000 alerts"."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def open_said(count: int, most: int) -> str:
    """What is still open, and so is not counted; empty: nothing is."""
    if not count:
        return ""
    number = f"More than {most:,}" if count > most else f"{count:,}"
    return f"{number} {'is' if count == 1 else 'are'} open now."
