"""Figures: what closings and pages come to by week; what can be said of some weeks, `summary` says to whoever asks."""

from bugglio.figures.counting import Tallies, of_answer, of_closing, of_page
from bugglio.figures.records import COUNTED_AFTER, Closing
from bugglio.figures.weeks import Week, added, packed, unpacked, week_of, weeks_until

__all__ = [
    "COUNTED_AFTER",
    "Closing",
    "Tallies",
    "Week",
    "added",
    "of_answer",
    "of_closing",
    "of_page",
    "packed",
    "unpacked",
    "week_of",
    "weeks_until",
]
