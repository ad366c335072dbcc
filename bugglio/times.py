"""How texts tell the time: by the clock of whoever reads them, and no time like another."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from bugglio.roster import HOUR, MINUTE
from bugglio.zones import zone_of

LONGEST_STAMP = "23:59:59 +1030 31 Dec no. 99 "
"""What may come before a text that begins with its time."""
APART = 27 * HOUR
"""No two zones are further apart: the clocks of one show nothing that the other's showed so long ago."""


@dataclass(frozen=True)
class Clock:
    """The clock by which one phone is told the time."""

    zone: str = "UTC"
    """IANA name; one that is unknown here counts as UTC."""
    changed: int = 0
    """When it took the place of another zone's, in milliseconds; 0: it is the first."""


class Timed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Words that end with a time, by which a text is told from others about its alert."""

    words: str
    at: int
    seconds: bool = False
    """Another is of the same minute, or may be."""
    number: int = 0
    """For one that is not the only one of its second."""


def moment(at: int, since: int, clock: Clock, *, seconds: bool = False) -> str:
    """
    The time of day, with the date unless that is the day of `since`. It sets texts of the same alert apart.

    `seconds` is for two of one minute. When clocks are put back, the hour that comes again bears its zone's short name.
    Times from before the clock took another's place, and of the day after, bear their offset from UTC and their date.
    """
    zone = zone_of(clock.zone)
    when = datetime.fromtimestamp(at / 1000, zone)
    time = f"{when:%H:%M:%S}" if seconds else f"{when:%H:%M}"
    if clock.changed and at < clock.changed + APART:
        return f"{time} {when:%z} {when.day} {when:%b}"
    if when.fold:
        time = f"{time} {when.tzname()}"
    same_day = when.date() == datetime.fromtimestamp(since / 1000, zone).date()
    return time if same_day else f"{time} {when.day} {when:%b}"


def told(timed: Timed | None, since: int, clock: Clock) -> str:
    """The words with their time; of nothing, nothing. See `moment` for `since`."""
    if timed is None:
        return ""
    text = f"{timed.words} {moment(timed.at, since, clock, seconds=timed.seconds)}"
    return f"{text} no. {timed.number}" if timed.number else text


def stamp(at: int, since: int, clock: Clock, last: int, of_second: int) -> str:
    """
    The time that a text begins with, unlike that of any other text of its kind to the same phone.

    `last` is when the one before it went, `of_second` the how manieth of its second this is. See `moment` for `since`.
    """
    time = moment(at, since, clock, seconds=last // MINUTE == at // MINUTE)
    return time if of_second == 1 else f"{time} no. {of_second}"
