"""The weeks that are looked at: whole days of somebody's calendar."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from bugglio.roster import DAY
from bugglio.schedule.wall import WallClock
from bugglio.zones import zone_of

WEEKS = (4, 1)
"""So many can be looked at in one picture."""
FURTHEST = 1100
"""Days from today. Nobody plans further, and nothing is kept of what lies further back."""
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Day:
    """A day, from midnight to midnight: 23, 24 or 25 hours, or what its zone makes of it. Milliseconds UTC."""

    day: date
    start: int
    end: int

    @property
    def free(self) -> bool:
        """Whether it is a Saturday or a Sunday."""
        return self.day.weekday() >= 5


@dataclass(frozen=True)
class Window:
    """Some weeks from a day's midnight on, by the clock of a zone."""

    first: date
    weeks: int
    zone: str

    @property
    def start(self) -> int:
        """When it begins, in milliseconds UTC."""
        return self._midnight(0)

    @property
    def end(self) -> int:
        """When it is over."""
        return self._midnight(7 * self.weeks)

    @property
    def earlier(self) -> date:
        """The first day of the weeks before."""
        return self.first - timedelta(weeks=self.weeks)

    @property
    def later(self) -> date:
        """The first day of the weeks after."""
        return self.first + timedelta(weeks=self.weeks)

    def days(self) -> Iterator[Day]:
        """Its days, one after the other."""
        for before, after in pairwise(range(7 * self.weeks + 1)):
            yield Day(self.first + timedelta(days=before), self._midnight(before), self._midnight(after))

    def _midnight(self, days: int) -> int:
        return WallClock(self.zone).instant((self.first - _EPOCH).days * DAY + days * DAY)


def window(asked: str, weeks: str, now: int, zone: str) -> Window:
    """The weeks from a date (ISO 8601) on; from today where nothing, or nothing near, is asked for."""
    today = datetime.fromtimestamp(now / 1000, UTC).astimezone(zone_of(zone)).date()
    count = int(weeks) if weeks in map(str, WEEKS) else WEEKS[0]
    try:
        first = date.fromisoformat(asked) if asked else today
    except ValueError:
        first = today
    return Window(first if abs((first - today).days) <= FURTHEST else today, count, zone)
