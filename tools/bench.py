"""
How fast bugglio is: `python -m tools.bench`, with names to measure only those.

Each line has its baseline, measured in the same run on the same machine. Exit status 1: a goal was missed.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from statistics import median
from timeit import Timer
from zoneinfo import ZoneInfo

from bugglio.grammar import parse
from bugglio.roster import DAY, HOUR, Override, Rotation, Team, Window
from bugglio.schedule import Timetable

RUNS = 7
LONG_ENOUGH = 0.02
"""A run lasts at least so many seconds, so that the clock's own grain says nothing."""
ZONE = "Europe/London"
INSTANTS = 97


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    figure: float
    unit: str
    baseline: float
    """What the bench says it is compared with, in the same unit."""
    goal: float | None = None
    """The most that the figure may be."""

    @property
    def missed(self) -> bool:
        """Whether it is worse than it should be."""
        return self.goal is not None and self.figure > self.goal


@dataclass(frozen=True)
class Bench:
    """Lines that are compared with the same thing."""

    baseline: str
    rows: Callable[[], Iterator[Row]]


def microseconds(call: Callable[[], object]) -> float:
    """How long a call takes: the median of several runs."""
    timer = Timer(call)
    number, seconds = 1, timer.timeit(1)
    while seconds < LONG_ENOUGH:
        number *= 2
        seconds = timer.timeit(number)
    return median(timer.repeat(RUNS, number)) / number * 1_000_000


def on_duty() -> Iterator[Row]:
    """Who is on duty, in a rotation with 50 overrides in the year that is asked about."""
    for year in (1999, 2026, 2050, 2150):
        yield _asked(f"on duty in {year}", year, Timetable(_team(year)).on_duty)
    yield _asked("on duty, with hours", 2026, Timetable(_team(2026, hours=True)).on_duty)
    yield _asked("on duty, next of another", 2026, Timetable(_team(2026, hours=True)).on_duty, "secondary")
    yield _asked("on duty, in an hour lived twice", 2026, Timetable(_team(2026)).on_duty, instants=_twice())
    yield _asked("the shift, from when to when", 2026, Timetable(_team(2026, hours=True)).shift, goal=None)
    whole = _team(2026, hours=True)
    yield _asked("making the timetable ready", 2026, lambda *_: Timetable(whole), goal=None)


def _asked(
    name: str,
    year: int,
    ask: Callable[[str, int], object],
    rotation: str = "primary",
    goal: float | None = 50,
    instants: Sequence[int] = (),
) -> Row:
    asked = cycle(instants or _instants(year))
    zone = ZoneInfo(ZONE)
    figure = microseconds(lambda: ask(rotation, next(asked)))
    baseline = microseconds(lambda: datetime.fromtimestamp(next(asked) / 1000, zone).utcoffset())
    return Row(name, figure, "us", baseline, goal)


def _team(year: int, *, hours: bool = False) -> Team:
    """Three people take turns, 50 overrides of two days each, one a week."""
    first = datetime(year, 1, 5, 9, tzinfo=UTC).replace(tzinfo=None)
    open_hours = (Window((0, 1, 2, 3, 4), 9 * 60, 18 * 60), Window((5, 6), 22 * 60, 6 * 60)) if hours else ()
    begins = [first + timedelta(weeks=week) for week in range(50)]
    planned = tuple(Override("primary", start, start + timedelta(days=2), "ben") for start in begins)
    rotations = {
        "primary": Rotation("primary", ("ana", "ben", "cleo"), first - timedelta(weeks=520), hours=open_hours),
        "secondary": Rotation("secondary", next_of="primary"),
    }
    return Team("shop", timezone=ZONE, rotations=rotations, overrides=planned)


def _instants(year: int) -> list[int]:
    first = int(datetime(year, 1, 1, tzinfo=UTC).timestamp() * 1000)
    return [first + number * (365 * DAY // INSTANTS) for number in range(INSTANTS)]


def _twice() -> list[int]:
    again = int(datetime(2026, 10, 25, 1, tzinfo=UTC).timestamp() * 1000)
    return [again + number * (HOUR // INSTANTS) for number in range(INSTANTS)]


def texts() -> Iterator[Row]:
    """What people text; a text has 1,600 characters at most."""
    yield _parsed("ack 417", "ack 417", 100)
    yield _parsed("a snooze with codes and a time", "Snooze #417, 418 until fri 9am please", 200)
    yield _parsed("a slip: akc 417", "akc 417", 500)
    yield _parsed("a page that came back", PAGE, 500)
    yield _parsed("1,600 characters: codes", "ack " + "417 " * 399, 20_000)
    yield _parsed("1,600 characters: a note", "note " + "a 1 " * 398, 20_000)
    yield _parsed("1,600 characters: a time", "snooze " + "2 h " * 398, 20_000)
    yield _parsed("1,600 characters: one word each", "\u00bd " * 800, 20_000)
    yield _parsed("1,600 characters: a slip", "akc " + "\u00e91" * 798, 20_000)
    yield _parsed("1,600 characters: a name", "take " + "\u00e9 " * 797, 20_000)


PAGE = "#417 checkout-api production: TypeError: x is undefined in cart#create. New unhandled error. Reply ack 417"


def _parsed(name: str, text: str, goal: float) -> Row:
    return Row(name, microseconds(lambda: parse(text)), "us", microseconds(lambda: text.casefold().split()), goal)


BENCHES = {
    "on-duty": Bench("one look at the wall clock of a zone", on_duty),
    "texts": Bench("the same text in small letters, split at its spaces", texts),
}


def table(bench: Bench, rows: Sequence[Row]) -> str:
    """The lines of one bench as people read them."""
    head = f"{'':36}{'median':>12}{'baseline':>12}{'times':>8}{'goal':>10}"
    return "\n".join([head, *map(_line, rows), f"The baseline is {bench.baseline}."])


def _line(row: Row) -> str:
    goal = "" if row.goal is None else f"{row.goal:.0f} {row.unit}"
    figures = f"{row.figure:9.1f} {row.unit}{row.baseline:9.1f} {row.unit}{row.figure / row.baseline:8.1f}{goal:>10}"
    return f"{row.name:36}{figures}{'  MISSED' if row.missed else ''}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is named, or everything, and print a table of each."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description="How fast bugglio is.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}; none: all")
    names = parser.parse_args(arguments).names
    if unknown := [name for name in names if name not in BENCHES]:
        parser.error(f"unknown: {', '.join(unknown)}")
    missed = False
    for name in names or BENCHES:
        rows = list(BENCHES[name].rows())
        missed = missed or any(row.missed for row in rows)
        print(table(BENCHES[name], rows))
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
