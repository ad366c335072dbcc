"""Rows of the tables that a company's projects would make too long."""

from collections.abc import Sequence
from dataclasses import dataclass

from bugglio.figures.weeks import OTHERS

NAMED = 50
"""So many projects have rows of their own."""

Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class ByWeek:
    """A project's alerts."""

    name: str
    weeks: Pairs
    """In each week: opened, closed."""

    @property
    def opened(self) -> int:
        """In all weeks."""
        return sum(opened for opened, _ in self.weeks)

    @property
    def closed(self) -> int:
        """In all weeks."""
        return sum(closed for _, closed in self.weeks)


def by_week(projects: Sequence[tuple[str, Pairs]], most: int = NAMED) -> list[ByWeek]:
    """The projects with the most alerts, and all others together as the last one, if there are others."""
    named = [(name, weeks) for name, weeks in projects if name != OTHERS]
    rest = [weeks for _, weeks in named[most:]] + [weeks for name, weeks in projects if name == OTHERS]
    rows = [ByWeek(name, weeks) for name, weeks in named[:most]]
    return [*rows, ByWeek(OTHERS, _together(rest))] if rest else rows


def _together(rest: Sequence[Pairs]) -> Pairs:
    columns = zip(*rest, strict=True)
    return tuple((sum(opened for opened, _ in one), sum(closed for _, closed in one)) for one in columns)
