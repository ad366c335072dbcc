"""From when to when: a start and an end, as people name them."""

from dataclasses import dataclass
from datetime import timedelta

from bugglio.when.points import FURTHEST, Place, Point, Unsure, instant_of
from bugglio.when.reader import Reader
from bugglio.when.words import END_OF_DAY, Kind

EXAMPLES = "for example 2h, until 6pm, fri, or fri 9am to sun"


@dataclass(frozen=True)
class Span:
    """From `start` to `end`, which is no longer in it. Milliseconds UTC."""

    start: int
    end: int


def read_span(reader: Reader, place: Place) -> Span:
    """The span that was written. Raises `Unsure`."""
    reader.take(Kind.NEXT)
    if length := _for(reader):
        return _sound(place.now, _after(place.now, length, reader), place)
    if reader.kind in (Kind.UNTIL, Kind.TO):
        return _ended(Point(now=True), reader, place)
    since = reader.take(Kind.FROM)
    start = reader.point()
    if start == Point():
        raise Unsure(f"When, {EXAMPLES}?")
    if reader.done:
        return _open(start, reader, place, since=since is not None)
    if length := _for(reader):
        if start.minutes is None and not start.now:
            raise Unsure("From what time, for example fri 9am for 2h?")
        at = instant_of(start, place)
        return _sound(at, _after(at, length, reader), place)
    return _ended(start, reader, place)


def _for(reader: Reader) -> int:
    """A length, with or without `for` before it; 0: none comes next."""
    if reader.take(Kind.FOR):
        reader.take(Kind.NEXT)
        return reader.length() or _nothing(reader)
    return reader.length()


def _nothing(reader: Reader) -> int:
    raise Unsure(f"For how long is {reader.left}, for example 30m or 2h?" if reader.left else f"How long, {EXAMPLES}?")


def _after(at: int, length: int, reader: Reader) -> int:
    if not reader.done:
        raise Unsure(f"When, {EXAMPLES}?")
    return at + length


def _open(start: Point, reader: Reader, place: Place, *, since: bool) -> Span:
    """Nothing but a start: a whole day is a span, a time is not."""
    if start.now or since:
        raise Unsure(f"Until when, for example {reader.said} to 18:00?")
    if start.day is None:
        raise Unsure(f"From {reader.said} or until {reader.said}, for example {reader.said} for 2h?")
    if start.minutes is not None:
        raise Unsure(f"Until when, for example {reader.said} for 2h?")
    begin = max(place.now, place.instant(start.day, 0))
    return _sound(begin, place.instant(start.day, END_OF_DAY), place)


def _ended(start: Point, reader: Reader, place: Place) -> Span:
    """A start and what follows it: to, until, through."""
    word = reader.take(Kind.UNTIL, Kind.TO)
    if word is None:
        raise Unsure(f"When, {EXAMPLES}?")
    first = None if start.now else start.day or place.shown(instant_of(start, place)).date()
    weekday = reader.weekday
    end = reader.point(first)
    if end == Point() or end.now or not reader.done:
        raise Unsure(f"Until when, {EXAMPLES}?")
    if weekday is not None and reader.weekday == weekday:
        end = _same_day(start, end)
    if end.minutes is None and word.kind is Kind.TO:
        end = Point(end.day, END_OF_DAY)
    return _between(start, end, reader, place)


def _same_day(start: Point, end: Point) -> Point:
    """Friday to Friday: the same day, if the times say so."""
    if start.minutes is None or end.minutes is None or end.minutes <= start.minutes:
        raise Unsure("Until which day, for example 4 dec 9am?")
    return end


def _between(start: Point, end: Point, reader: Reader, place: Place) -> Span:
    if end.day is not None or start.now:
        return _sound(_begin(start, place), instant_of(end, place), place)
    if start.day is None:
        return _next_time(start, end, reader, place)
    span = _day_and_night(start, end, place)
    began = span.start < place.now < span.end and start.day == place.today
    return _sound(place.now if began else span.start, span.end, place)


def _next_time(start: Point, end: Point, reader: Reader, place: Place) -> Span:
    """From a time to a time, without a day. While it is between them, the rest of it may be meant or the next time."""
    for days, name in ((-1, "today"), (0, "tomorrow")):
        span = _day_and_night(start.on(place.today + timedelta(days=days)), end, place)
        if span.start < place.now < span.end:
            raise Unsure(f"Which: until {place.shown(span.end):%H:%M}, or {name} {reader.said}?")
        if span.start >= place.now:
            return _sound(span.start, span.end, place)
    span = _day_and_night(start.on(place.today + timedelta(days=1)), end, place)
    return _sound(span.start, span.end, place)


def _begin(start: Point, place: Place) -> int:
    """A day that is today has begun."""
    at = instant_of(start, place)
    return max(at, place.now) if start.day == place.today and start.minutes is None else at


def _day_and_night(start: Point, end: Point, place: Place) -> Span:
    """From a time of one day to the time that comes next after it."""
    day = start.day or place.today
    minutes, until = start.minutes or 0, end.minutes or 0
    last = day if until > minutes else day + timedelta(days=1)
    return Span(place.instant(day, minutes), place.instant(last, until))


def _sound(start: int, end: int, place: Place) -> Span:
    if end <= place.now or start < place.now:
        raise Unsure("That is over: when, for example 2h, until 6pm or tomorrow?")
    if end <= start:
        raise Unsure(f"That ends before it begins: when, {EXAMPLES}?")
    if (place.shown(end).date() - place.today).days > FURTHEST:
        raise Unsure("That is more than a year away: when, for example 2h, until 6pm or tomorrow?")
    return Span(start, end)
