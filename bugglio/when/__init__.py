"""
Times as people write them: "2h", "until 6pm", "fri 9am to sun".

A length is time that passes; a time of day is what the clock on the wall shows in the sender's zone. What could mean
two things is asked, never guessed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bugglio.roster import DAY
from bugglio.when.asking import ask_what_is_vague
from bugglio.when.points import FURTHEST, SOON, Place, Point, Unsure, instant_of
from bugglio.when.reader import Reader
from bugglio.when.spans import EXAMPLES, Span, read_span
from bugglio.when.words import Kind, folded, pieces, readable
from bugglio.zones import zone_of

__all__ = ["Span", "Unclear", "events", "length", "moment", "readable", "span", "told"]

_MOMENTS = "for example 2h, 9am or fri"


@dataclass(frozen=True)
class Unclear:
    """A time that could not be understood, or in more than one way."""

    question: str
    """One sentence that asks, with examples."""


def span(text: str, now: int, zone: str) -> Span | Unclear:
    """
    From when to when, seen from `now` (milliseconds UTC) in an IANA zone.

    A day alone is that whole day. `to` a day is to its end, `until` a day is until it begins.
    """
    try:
        return read_span(*_begun(text, now, zone, EXAMPLES, "18:00 to 22:00"))
    except Unsure as question:
        return Unclear(str(question))


def moment(text: str, now: int, zone: str) -> int | Unclear:
    """When something ends, in milliseconds UTC after `now`. A day alone is when it begins; today, when it is over."""
    try:
        return _moment(*_begun(text, now, zone, _MOMENTS, "9am or 18:00"))
    except Unsure as question:
        return Unclear(str(question))


def length(text: str) -> int | None:
    """How long a span alone is ("2h"), in milliseconds. Of what is no span, None; nothing ("0") is none of any unit."""
    found = pieces(text)
    if [piece.text for piece in found] == ["0"]:
        return 0
    is_length = found and all(piece.kind is Kind.LENGTH for piece in found)
    return sum(piece.value for piece in found) if is_length else None


def events(text: str) -> int | None:
    """How many events ("20x"). Of anything else, and of none, None."""
    found = pieces(text)
    return found[0].value or None if [piece.kind for piece in found] == [Kind.EVENTS] else None


def told(at: int, now: int, zone: str) -> str:
    """An instant in full ("Fri 27 Nov 18:00 GMT"), with its year if it is far off; `moment` reads it back."""
    when, today = _shown(at, zone), _shown(now, zone).date()
    year = f" {when.year}" if (when.date() - today).days > SOON else ""
    return f"{when:%a} {when.day} {when:%b}{year} {when:%H:%M} {when.tzname()}"


def _shown(at: int, zone: str) -> datetime:
    return datetime.fromtimestamp(at / 1000, zone_of(zone))


def _begun(text: str, now: int, zone: str, examples: str, vague: str) -> tuple[Reader, Place]:
    """What reads a time, once what is vague in it has been asked."""
    bare, short = _without_zone(text, now, zone)
    place = Place(now, zone, short)
    found = pieces(bare)
    ask_what_is_vague(found, place, examples, vague)
    return Reader(found, place), place


def _without_zone(text: str, now: int, zone: str) -> tuple[str, str]:
    """The time without the short name of its zone at the end, and that name."""
    head, _, last = folded(text).rpartition(" ")
    names = {(_shown(now + days * DAY, zone).tzname() or "").casefold() for days in range(0, FURTHEST, 14)}
    return (head, last) if head and last in names else (text, "")


def _moment(reader: Reader, place: Place) -> int:
    reader.take(Kind.UNTIL, Kind.FOR, Kind.IN)
    reader.take(Kind.NEXT)
    at = place.now + passed if (passed := reader.length()) else _named(reader, place)
    if not reader.done:
        raise Unsure(f"When, {_MOMENTS}?")
    if at <= place.now:
        raise Unsure(f"That is over: when, {_MOMENTS}?")
    if (place.shown(at).date() - place.today).days > FURTHEST:
        raise Unsure(f"That is more than a year away: when, {_MOMENTS}?")
    return at


def _named(reader: Reader, place: Place) -> int:
    point = reader.point()
    if point == Point() or point.now:
        raise Unsure(f"When, {_MOMENTS}?")
    if point.day == place.today and point.minutes is None:
        point = Point(point.day + timedelta(days=1))
    return instant_of(point, place)
