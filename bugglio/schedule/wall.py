"""
A zone's wall clock, and instants.

An instant is in milliseconds UTC since 1970. Wall time is in milliseconds since 1970 as the clock on the wall counts
them, which has no offset and always goes on: two o'clock is an hour after one o'clock, whether it comes or not.
"""

from bisect import bisect_left
from datetime import UTC, datetime, timedelta

from bugglio.roster import DAY
from bugglio.zones import zone_of

BEGINNING = -(1 << 62)
"""An instant before all others."""
NEVER = 1 << 62
"""An instant after all others."""

MILLISECOND = timedelta(milliseconds=1)
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall time has no zone
# A year from the ends of Python's calendar, so that an offset leads no date beyond them.
EARLIEST = int(datetime(2, 1, 1, tzinfo=UTC).timestamp()) * 1000
LATEST = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp()) * 1000


def wall_time(shown: datetime) -> int:
    """What a clock shows (a date without a zone) as wall time."""
    return (shown.replace(tzinfo=None) - EPOCH) // MILLISECOND


class WallClock:
    """
    The clock on the wall of a zone, put forward and back as its people do it (zoneinfo; past 2037 by the zone's rule).

    `instant(wall) <= at` says the same as `wall <= furthest(at)`: what is due at a wall time is due once. In the year
    9999 (UTC) the clock stands still.
    """

    def __init__(self, timezone: str) -> None:
        """Hang it up; `timezone` is an IANA name."""
        self._zone = zone_of(timezone)

    def furthest(self, at: int) -> int:
        """The furthest wall time shown up to an instant: while an hour is lived again, that hour's end."""
        at = min(at, LATEST)
        moment = datetime.fromtimestamp(max(at, EARLIEST) // 1000, self._zone)
        offset = _offset(moment)
        if not moment.fold:
            return at + offset
        before = _offset(moment.replace(fold=0))
        return self._change(at + offset - before, at) + before - 1

    def instant(self, wall: int) -> int:
        """When a wall time comes: one that is left out when the clock jumps, one that comes twice the first time."""
        if wall > LATEST + DAY:
            return NEVER
        shown = (EPOCH + wall * MILLISECOND).replace(tzinfo=self._zone)
        first, second = _offset(shown), _offset(shown.replace(fold=1))
        at = wall - first if first >= second else self._change(wall - second, wall - first)
        return at if at <= LATEST else NEVER

    def _change(self, before: int, after: int) -> int:
        """The instant, whole seconds, at which the offset becomes that of `after`."""
        zone = self._zone
        offset = datetime.fromtimestamp(after // 1000, zone).utcoffset()
        seconds = range(before // 1000 + 1, after // 1000 + 1)
        changed = bisect_left(
            seconds, x=True, key=lambda second: datetime.fromtimestamp(second, zone).utcoffset() == offset
        )
        return seconds[changed] * 1000


def _offset(moment: datetime) -> int:
    return (moment.utcoffset() or timedelta()) // MILLISECOND
