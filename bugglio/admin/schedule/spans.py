"""Spans as a form asks for them: in words, or picked from a calendar."""

import re
from collections.abc import Mapping
from datetime import datetime

from bugglio.roster import MINUTE
from bugglio.schedule.wall import EPOCH, MILLISECOND, WallClock, wall_time
from bugglio.when import Span, Unclear, span
from bugglio.zones import zone_of

WHEN, FROM, UNTIL = "when", "from", "until"
"""The form's fields."""
INSTANT = re.compile(r"[0-9]{1,13}")
"""Milliseconds, up to the year 2286."""
LONGEST = 100
"""So many characters of a time are read."""
_PICKED = "%Y-%m-%dT%H:%M"


def words(form: Mapping[str, str], now: int, zone: str) -> str:
    """What was asked for, as it could be texted; what was written goes before what was picked."""
    written = form.get(WHEN, "").strip()[:LONGEST]
    first, last = (_minute(form.get(field, "")) for field in (FROM, UNTIL))
    if written or last is None:
        return written
    begun = first is None or first.replace(tzinfo=zone_of(zone)).timestamp() * 1000 <= now
    return f"until {last:%F %H:%M}" if begun or first is None else f"{first:%F %H:%M} to {last:%F %H:%M}"


def asked(form: Mapping[str, str], now: int, zone: str) -> Span | str:
    """From when to when; or what to ask."""
    found = span(words(form, now, zone), now, zone)
    return found.question if isinstance(found, Unclear) else found


def between(start: int, end: int, now: int, zone: str) -> str:
    """A span in words that `when` reads, in whole minutes that hold all of it."""
    first, last = _shown(start, zone), _shown(end + MINUTE - 1, zone)
    if last.fold:
        # Its clock has shown this time before, and that would be meant: until it shows what is new.
        last = EPOCH + (WallClock(zone).furthest(end) + MINUTE) * MILLISECOND
    begun = WallClock(zone).instant(wall_time(first.replace(second=0, microsecond=0))) <= now
    return f"until {last:%F %H:%M}" if begun else f"{first:%F %H:%M} to {last:%F %H:%M}"


def prefilled(given: Mapping[str, str], now: int, zone: str) -> dict[str, str]:
    """A form with what is in it already; a span given in instants (`start`, `end`) is picked, as far as it comes."""
    start, end = given.get("start", ""), given.get("end", "")
    filled = {name: given.get(name, "") for name in given}
    if INSTANT.fullmatch(start) and INSTANT.fullmatch(end):
        filled |= {FROM: picked(max(int(start), now), zone), UNTIL: picked(int(end), zone)}
    return filled


def picked(at: int, zone: str) -> str:
    """An instant as such a field holds it."""
    return f"{_shown(at, zone):{_PICKED}}"


def _shown(at: int, zone: str) -> datetime:
    return datetime.fromtimestamp(at / 1000, zone_of(zone))


def _minute(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=None, second=0, microsecond=0)
    except ValueError:
        return None
