"""The figures of a large company: half a year of weeks in which every team was paged."""

import random
from collections.abc import Iterator, Mapping
from typing import Any

from bugglio.figures import Week, packed, weeks_until
from bugglio.figures.histogram import Histogram, bucket, together
from bugglio.figures.weeks import Sums, both

WEEKS = 26
SEED = 417


def figures(now: int, teams: int, each: int) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Collection, id and fields of each week's document; each team has so many engineers."""
    chance = random.Random(SEED)  # noqa: S311 - make-believe
    for week in weeks_until(now, WEEKS):
        yield "figures", week, {"v": 1, "sums": packed(_week(chance, teams, each))}


def _week(chance: random.Random, teams: int, each: int) -> Week:
    return Week(
        teams={f"team-{number}": _sums(chance) for number in range(teams)},
        projects={both(f"team-{n // 2}", f"web-{n}"): (chance.randint(1, 30), 10) for n in range(2 * teams)},
        people={both(f"team-{n // each}", f"e{n}"): (chance.randint(1, 30), 3) for n in range(each * teams)},
    )


def _sums(chance: random.Random) -> Sums:
    return Sums(
        opened=40,
        closed=40,
        answering=_spans(chance, 40, 5.2),
        closing=_spans(chance, 40, 8),
        delivered=60,
        failed=1,
        unknown=1,
        delivering=_spans(chance, 60, 1.5),
        texts=90,
        segments=100,
    )


def _spans(chance: random.Random, many: int, middle: float) -> Histogram:
    """So many spans about e to this power, in seconds."""
    return together({bucket(1000 * chance.lognormvariate(middle, 1)): 1} for _ in range(many))
