"""Points in time as people name them: a day, a time of day, or both."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from bugglio.roster import DAY, MINUTE
from bugglio.schedule.wall import WallClock
from bugglio.zones import zone_of

SOON = 300
"""Days. A date without its year that is further off was most likely meant for one that is over."""
FURTHEST = 366
"""Days. Nothing is arranged for later."""
_EPOCH = date(1970, 1, 1)


class Unsure(Exception):
    """What was written means nothing, or more than one thing. Its text is the question that would settle it."""


@dataclass(frozen=True)
class Point:
    """What was said of a point in time. What was not said is None."""

    day: date | None = None
    minutes: int | None = None
    """After midnight, on the wall's clock."""
    now: bool = False

    def on(self, day: date) -> "Point":
        """The point with its day."""
        return Point(self.day or day, self.minutes)


@dataclass(frozen=True)
class Place:
    """From where a time is understood: the instant in milliseconds UTC, and the zone's IANA name."""

    now: int
    zone: str
    short: str = ""
    """The short name of the zone that the time was given with, in small letters."""

    @property
    def today(self) -> date:
        """The day of now."""
        return self.shown(self.now).date()

    def shown(self, at: int) -> datetime:
        """What the clock on the wall shows."""
        return datetime.fromtimestamp(at / 1000, zone_of(self.zone))

    def where(self, at: int) -> str:
        """The question for a time of another zone."""
        return f"When is that where you are ({self.shown(at).tzname()}), for example 18:00?"

    def instant(self, day: date, minutes: int) -> int:
        """
        When the clock shows that time.

        One that is left out is when the clock jumps; of one that comes twice the first, unless the zone's name says.
        """
        found = self.instants(day, minutes)
        if not found:
            raise Unsure(self.where(WallClock(self.zone).instant(_wall(day, minutes))))
        return found[0]

    def instants(self, day: date, minutes: int) -> list[int]:
        """When the clock shows that time: twice, once, or never by the name of the zone that was given."""
        first = WallClock(self.zone).instant(_wall(day, minutes))
        second = _second(day, minutes, zone_of(self.zone))
        return [at for at in (first, max(first, second)) if not self.short or self._is_named(at)]

    def _is_named(self, at: int) -> bool:
        return (self.shown(at).tzname() or "").casefold() == self.short


def _wall(day: date, minutes: int) -> int:
    return (day - _EPOCH).days * DAY + minutes * MINUTE


def _second(day: date, minutes: int, zone: tzinfo) -> int:
    """When a wall time comes the second time."""
    shown = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)
    return round(shown.replace(tzinfo=zone, fold=1).astimezone(UTC).timestamp()) * 1000


def instant_of(point: Point, place: Place) -> int:
    """When it is: a time without its day is the next one, a day without its time begins."""
    if point.now:
        return place.now
    if point.day is not None:
        return place.instant(point.day, point.minutes or 0)
    days = [place.today + timedelta(days=days) for days in range(3)]
    coming = [at for day in days for at in place.instants(day, point.minutes or 0) if at > place.now]
    if not coming:
        raise Unsure(place.where(place.now))
    return coming[0]


def told_day(day: date) -> str:
    """A date as it can be texted."""
    return f"{day.day} {day:%b}"
