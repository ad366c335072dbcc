"""How often which span came: in buckets each a tenth wider than the one before, so that a week fits a document."""

import math
from collections.abc import Iterable, Mapping

WIDER = 1.1
"""A bucket's middle is less than 5 % from anything in it."""
LEAST = 1_000
"""Milliseconds: what is shorter counts as so long."""
MOST = 200
"""The last bucket: it begins with 6 years."""

Histogram = dict[int, int]
"""How many spans fell into each bucket."""


def bucket(milliseconds: float) -> int:
    """The bucket of a span."""
    return min(int(math.log(max(milliseconds, LEAST) / LEAST, WIDER)), MOST)


def middle(index: int) -> float:
    """The span, in milliseconds, for which a bucket stands."""
    return float(LEAST * WIDER ** (index + 0.5))


def together(found: Iterable[Mapping[int, int]]) -> Histogram:
    """All of these as one, in the order of its buckets."""
    sums: Histogram = {}
    for one in found:
        for index, count in one.items():
            sums[index] = sums.get(index, 0) + count
    return dict(sorted(sums.items()))


def total(histogram: Mapping[int, int]) -> int:
    """How many spans there are."""
    return sum(histogram.values())


def percentile(histogram: Mapping[int, int], share: float) -> float | None:
    """The span, in milliseconds, that this share of all (0 to 1) does not exceed, within 5 %; None without any."""
    wanted, seen = max(1, math.ceil(share * total(histogram))), 0
    for index in sorted(histogram):
        seen += histogram[index]
        if seen >= wanted:
            return middle(index)
    return None
