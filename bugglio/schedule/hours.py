"""The hours of a week in which a rotation names somebody."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence

from bugglio.roster import DAY, MINUTE, Window
from bugglio.schedule.wall import BEGINNING, NEVER

WEEK = 7 * DAY
MONDAY = 3 * DAY
"""1970 began on a Thursday, three days after a Monday's midnight."""


class Hours:
    """
    Windows of a week, in wall time; those that touch or overlap are one. No window at all: always.

    Between two edges it is either open or closed throughout, and each edge changes it.
    """

    def __init__(self, windows: Sequence[Window]) -> None:
        """Lay the windows on one week; what runs past its end goes on at its beginning."""
        steps: Counter[int] = Counter()
        level = 0 if windows else 1
        for start, end in _spans(windows):
            steps[start % WEEK] += 1
            steps[end % WEEK] -= 1
            level += end // WEEK - start // WEEK
        self._open_first = level > 0
        self._edges: list[int] = []
        for place in sorted(steps):
            before, level = level, level + steps[place]
            if (before > 0) != (level > 0):
                self._edges.append(place)

    def open(self, wall: int) -> bool:
        """Whether somebody is named."""
        passed = bisect_right(self._edges, (wall + MONDAY) % WEEK) if self._edges else 0
        return self._open_first != (passed % 2 == 1)

    def around(self, wall: int) -> tuple[int, int]:
        """The edges before and after a wall time: from the first on, up to the second, nothing changes."""
        if not self._edges:
            return BEGINNING, NEVER
        place = (wall + MONDAY) % WEEK
        week, edges = wall - place, self._edges
        passed = bisect_right(edges, place)
        before = edges[passed - 1] if passed else edges[-1] - WEEK
        after = edges[passed] if passed < len(edges) else edges[0] + WEEK
        return week + before, week + after


def _spans(windows: Sequence[Window]) -> Iterator[tuple[int, int]]:
    for window in windows:
        start, end = window.start * MINUTE, window.end * MINUTE
        for day in set(window.days):
            yield day * DAY + start, day * DAY + end + (DAY if end <= start else 0)
