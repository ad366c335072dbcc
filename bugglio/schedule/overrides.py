"""Changes to a rotation's turns, laid over each other once: the newest wins."""

from bisect import bisect_right
from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple

from bugglio.schedule.wall import BEGINNING, NEVER


class Span(NamedTuple):
    """Instants, [start, end), in which an override names somebody; None: nobody."""

    start: int
    end: int
    engineer: str | None


class Overrides:
    """The overrides of one rotation as spans that do not overlap; what meets is not merged."""

    def __init__(self, overrides: Sequence[Span]) -> None:
        """Lay them over each other, the oldest first in `overrides`."""
        self.spans = _laid(overrides)
        self._starts = [span.start for span in self.spans]

    def at(self, at: int) -> Span | None:
        """The span that holds an instant, if one does."""
        place = bisect_right(self._starts, at) - 1
        return self.spans[place] if place >= 0 and at < self.spans[place].end else None

    def free(self, at: int) -> tuple[int, int]:
        """How far nothing is overridden around an instant that no span holds, [from, to)."""
        place = bisect_right(self._starts, at)
        before = self.spans[place - 1].end if place else BEGINNING
        return before, self._starts[place] if place < len(self.spans) else NEVER


def _laid(overrides: Sequence[Span]) -> list[Span]:
    """From edge to edge, the newest of those that hold; one that was newest already goes on."""
    laid: list[tuple[int, Span]] = []
    holding: list[int] = []
    coming = sorted(range(len(overrides)), key=lambda age: overrides[age].start, reverse=True)
    edges = sorted({edge for span in overrides for edge in (span.start, span.end)})
    for start, end in pairwise(edges):
        while coming and overrides[coming[-1]].start <= start:
            heappush(holding, -coming.pop())
        while holding and overrides[-holding[0]].end <= start:
            heappop(holding)
        if holding:
            _lay(laid, -holding[0], Span(start, end, overrides[-holding[0]].engineer))
    return [span for _, span in laid]


def _lay(laid: list[tuple[int, Span]], age: int, span: Span) -> None:
    if laid and laid[-1][0] == age and laid[-1][1].end == span.start:
        span = span._replace(start=laid.pop()[1].start)
    laid.append((age, span))
