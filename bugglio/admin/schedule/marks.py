"""Changes of clocks in the picture: where each is marked, and what is written beside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bugglio.admin.schedule.labels import width
from bugglio.admin.schedule.picture import WIDTH, Scale, lanes
from bugglio.admin.schedule.window import Window
from bugglio.admin.schedule.words import Teller, city, way
from bugglio.foresight.clocks import Turning, turnings_in


@dataclass(frozen=True)
class Mark:
    """A change of clocks in the picture."""

    x: float
    label: str
    told: str
    zones: frozenset[str]
    lane: int = 0
    leftward: bool = False
    """The label stands before the line, for behind it the picture ends."""


def marks_of(zones: Iterable[str], window: Window, teller: Teller) -> list[Mark]:
    """Each change of the clocks of these zones; what changes at one moment is one mark."""
    turnings: dict[tuple[int, str], list[Turning]] = {}
    for zone in zones:
        for one in turnings_in(zone, window.start, window.end):
            turnings.setdefault((one.at, way(one)), []).append(one)
    scale = Scale(window.start, window.end)
    found = [_mark(scale.x(at), some, teller) for (at, _), some in sorted(turnings.items())]
    return [_in_lane(mark, lane) for mark, lane in zip(found, lanes([_place(one) for one in found]), strict=True)]


def _mark(x: float, some: Sequence[Turning], teller: Teller) -> Mark:
    label = f"clocks {way(some[0])} ({', '.join(city(one.timezone) for one in some)})"
    told = "; ".join(teller.turning(one) for one in some)
    return Mark(x, label, told, frozenset(one.timezone for one in some), leftward=x + width(label) > WIDTH - 8)


def _place(mark: Mark) -> tuple[float, float]:
    """From where to where its label reaches."""
    long = width(mark.label) + 16
    return (mark.x - long, mark.x) if mark.leftward else (mark.x, mark.x + long)


def _in_lane(mark: Mark, lane: int) -> Mark:
    return Mark(mark.x, mark.label, mark.told, mark.zones, lane, mark.leftward)
