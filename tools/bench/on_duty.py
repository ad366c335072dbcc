"""Who is on duty, asked at many moments."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle
from zoneinfo import ZoneInfo

from bugglio.roster import DAY, HOUR, Override, Rotation, Team, Window
from bugglio.schedule import Timetable
from tools.bench.means import Means
from tools.bench.table import Bench, Goal, Row
from tools.bench.timing import microseconds

ZONE = "Europe/London"
INSTANTS = 97
GOAL = Goal(50)


def rows(_: Means) -> Iterator[Row]:
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
    goal: Goal | None = GOAL,
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


BENCH = Bench("one look at the wall clock of a zone", rows)
