"""One small parser per kind of value: the text that was written in, a value out; Unfit says what was expected."""

import re
import zoneinfo
from collections.abc import Callable, Collection
from datetime import datetime
from functools import cache

from bugglio.roster import DAY, HOUR, MINUTE
from bugglio.rosterfile.faults import Unfit
from bugglio.rosterfile.words import DAYS, RESERVED

UNITS = {"second": 1_000, "minute": MINUTE, "hour": HOUR, "day": DAY, "week": 7 * DAY}
"""Milliseconds of the units of a span."""
TURN_UNITS = ("hours", "days", "weeks")
LONGEST_ID = 40
LONGEST_NAME = 100
MIDNIGHT = 24 * 60

_ID = re.compile(r"[a-z][a-z0-9-]*")
_SPAN = re.compile(r"([0-9]{1,9}) (second|minute|hour|day|week)s?")
_TURN = re.compile(r"([0-9]{1,9}) (hour|day|week)s?")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_WALL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]")
_YEARS = range(1970, 2200)
_NOT_ZONES = frozenset({"localtime", "Factory", "posixrules"})
"""Files beside the zones: the first means another thing on each machine."""


def list_name(text: str) -> str:
    """The name of a list of steps."""
    if not _ID.fullmatch(text) or len(text) > LONGEST_ID:
        raise Unfit(f"an id of small letters, digits and dashes, a letter first, at most {LONGEST_ID} characters")
    return text


def identifier(text: str) -> str:
    """The id of an engineer, a team or a rotation: people text it, so it is no word that means something else."""
    if list_name(text) in RESERVED:
        raise Unfit("another id: this is a word that people text")
    return text


def known(names: Collection[str] | None, expected: str) -> Callable[[str], str]:
    """Make the parser of a name that has to be one of these; with None, nobody can tell, and any will do."""

    def parse(text: str) -> str:
        if names is not None and text not in names:
            raise Unfit(expected, names)
        return text

    return parse


def name(text: str) -> str:
    """What people are called."""
    if not text.strip() or len(text) > LONGEST_NAME:
        raise Unfit(f"a name of at most {LONGEST_NAME} characters")
    return text


def project(text: str) -> str:
    """A project of Bugsnag's, by name or id."""
    if not text.strip():
        raise Unfit("the name or the id of a Bugsnag project, or *")
    return text


def flag(text: str) -> bool:
    """Yes or no."""
    if text not in ("true", "false"):
        raise Unfit("true or false")
    return text == "true"


def whole(least: int, most: int) -> Callable[[str], int]:
    """Make the parser of a whole number."""

    def parse(text: str) -> int:
        if not re.fullmatch("[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise Unfit(f"a whole number from {least} to {most}")
        return int(text)

    return parse


def span(least: str, most: str, *, zero: str = "") -> Callable[[str], int]:
    """Make the parser of a span in milliseconds; `zero` says what `0` means, if it is allowed."""
    shortest, longest = _span(least) or 0, _span(most) or 0

    def parse(text: str) -> int:
        if zero and text == "0":
            return 0
        found = _span(text)
        if found is None or not shortest <= found <= longest:
            raise Unfit(f"a span from {least} to {most}, such as 5 minutes" + (f", or 0 = {zero}" if zero else ""))
        return found

    return parse


def _span(text: str) -> int | None:
    found = _SPAN.fullmatch(text)
    return int(found[1]) * UNITS[found[2]] if found else None


def turn(text: str) -> tuple[int, str]:
    """How long a turn is: how many, and of which unit."""
    found = _TURN.fullmatch(text)
    if not found or not 1 <= int(found[1]) <= 1000:
        raise Unfit("1 to 1000 hours, days or weeks, such as 1 week")
    return int(found[1]), f"{found[2]}s"


def clock(text: str) -> int:
    """A time of day, in minutes."""
    found = _CLOCK.fullmatch(text)
    if not found:
        raise Unfit("a time of day such as 09:00")
    return 60 * int(found[1]) + int(found[2])


def hours(text: str) -> tuple[int, int]:
    """From a time of day to another, in minutes; 24:00 is the day's end."""
    expected = "hours such as 09:00-18:00 or 22:00-07:00; 00:00-24:00 for all day"
    first, _, last = (part.strip() for part in text.partition("-"))
    try:
        start, end = clock(first), MIDNIGHT if last == "24:00" else clock(last)
    except Unfit:
        raise Unfit(expected) from None
    if start == end:
        raise Unfit(expected)
    return start, end


def between(text: str) -> tuple[int, int]:
    """Hours of each day; the end of all day is the next day's midnight."""
    start, end = hours(text)
    return start, end % MIDNIGHT


def days(text: str) -> tuple[int, ...]:
    """Weekdays, 0 is Monday, upwards: `mon`, `mon-fri`, `fri-mon`, `sat, sun`."""
    found = [day for part in text.split(",") for day in _day_range(part.strip())]
    if len(found) != len(set(found)):
        raise Unfit("each weekday once")
    return tuple(sorted(found))


def _day_range(text: str) -> list[int]:
    first, dash, last = (part.strip() for part in text.partition("-"))
    if first not in DAYS or (last if dash else first) not in DAYS:
        raise Unfit("weekdays such as mon, mon-fri or sat, sun", DAYS)
    start, end = DAYS.index(first), DAYS.index(last or first)
    return [(start + more) % 7 for more in range((end - start) % 7 + 1)]


def moment(text: str) -> datetime:
    """A wall time; which zone's, its place says."""
    try:
        found = datetime.fromisoformat(text) if _WALL.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None or found.year not in _YEARS:
        raise Unfit("a date and a time such as 2026-01-05T09:00")
    return found


def zone(text: str) -> str:
    """A time zone of the IANA's."""
    if text not in zones():
        raise Unfit("a time zone such as Europe/London", zones())
    return text


@cache
def zones() -> frozenset[str]:
    """The names of all time zones that Python finds; without the system's or tzdata's files there are none."""
    return frozenset(zoneinfo.available_timezones() - _NOT_ZONES)
