"""Figures: what closings and pages come to by week, and what can be said of some weeks."""

from bugglio.figures.counting import Tallies, of_answer, of_closing, of_page
from bugglio.figures.records import COUNTED_AFTER, Closing
from bugglio.figures.summary import Summary, WeekSummary, summed
from bugglio.figures.weeks import Week, added, packed, unpacked, week_of, weeks_until

__all__ = [
    "COUNTED_AFTER",
    "Closing",
    "Summary",
    "Tallies",
    "Week",
    "WeekSummary",
    "added",
    "of_answer",
    "of_closing",
    "of_page",
    "packed",
    "summed",
    "unpacked",
    "week_of",
    "weeks_until",
]
