"""Reads points in time, and lengths, off the front of what was written."""

from collections.abc import Sequence
from datetime import date, timedelta

from bugglio.when.points import SOON, Place, Point, Unsure, told_day
from bugglio.when.words import END_OF_DAY, NOON, Kind, Piece


class Reader:
    """Takes points off the front of what was written."""

    def __init__(self, pieces: Sequence[Piece], place: Place) -> None:
        """Begin at the first piece."""
        self._rest = list(pieces)
        self.said = " ".join(piece.text for piece in pieces if piece.kind is not Kind.FROM)
        """The whole of it, tidied."""
        self._place = place
        self._day_clock = _shows_24_hours(pieces, place.today.year)
        self.weekday: int | None = None
        """Of the point taken last, when its day was given by its name alone."""

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return not self._rest

    @property
    def kind(self) -> Kind | None:
        """What comes next."""
        return self._rest[0].kind if self._rest else None

    @property
    def left(self) -> str:
        """What is left, as it was written."""
        return " ".join(piece.text for piece in self._rest)

    def take(self, *kinds: Kind) -> Piece | None:
        """The next piece, if it is of one of these kinds."""
        return self._rest.pop(0) if self.kind in kinds else None

    def length(self) -> int:
        """Milliseconds; 0 if no length comes next."""
        total = 0
        while piece := self.take(Kind.LENGTH):
            total += piece.value
        return total

    def point(self, after: date | None = None) -> Point:
        """
        The next point. Raises `Unsure`.

        A weekday is the next one; `after` that day, if it is given.
        """
        if self.take(Kind.NOW):
            return Point(now=True)
        named: date | None = None
        weekday: Piece | None = None
        minutes: int | None = None
        midnight = False
        while True:
            if weekday is None and (piece := self.take(Kind.WEEKDAY)):
                weekday = piece
            elif named is None and (day := self._date()):
                named = day
            elif minutes is None and (clock := self.take(Kind.CLOCK, Kind.HOUR, Kind.NUMBER)):
                minutes = self._minutes(clock)
                midnight = clock.text == "midnight"
            else:
                break
        if midnight and (weekday or named):
            raise Unsure(_which_midnight(weekday.text if weekday else told_day(named or self._place.today)))
        self.weekday = weekday.value if weekday and named is None else None
        return Point(self._day(weekday, named, after), minutes)

    def _day(self, weekday: Piece | None, named: date | None, after: date | None) -> date | None:
        if weekday is None:
            return named
        if named is not None:
            if named.weekday() != weekday.value:
                raise Unsure(f"Which day: {weekday.text}, or {told_day(named)}?")
            return named
        start = after or self._place.today
        days = (weekday.value - start.weekday()) % 7
        if days == 0 and after is None:
            raise Unsure(f"Which {weekday.text}: today, or {told_day(start + timedelta(days=7))}?")
        return start + timedelta(days=days)

    def _date(self) -> date | None:
        kinds = [piece.kind for piece in self._rest[:2]]
        if self.kind is Kind.RELATIVE:
            return self._place.today + timedelta(days=self._rest.pop(0).value)
        if self.kind is Kind.DATE:
            return self._iso(self._rest.pop(0))
        if kinds in ([Kind.MONTH, Kind.NUMBER], [Kind.MONTH, Kind.ORDINAL]):
            month, day = self._rest.pop(0), self._rest.pop(0)
        elif kinds in ([Kind.NUMBER, Kind.MONTH], [Kind.ORDINAL, Kind.MONTH]):
            day, month = self._rest.pop(0), self._rest.pop(0)
        else:
            return None
        return self._dated(day, month, self._year())

    def _year(self) -> int | None:
        """A year of four digits after a date. An hour and its minutes never look like one that is near."""
        year = self._place.today.year
        near = self.kind is Kind.NUMBER and year <= self._rest[0].value <= year + 1
        return self._rest.pop(0).value if near else None

    def _iso(self, piece: Piece) -> date:
        try:
            return date.fromisoformat(piece.text)
        except ValueError:
            raise Unsure(f"Which day is {piece.text}, for example {told_day(self._place.today)}?") from None

    def _dated(self, day: Piece, month: Piece, year: int | None) -> date:
        today = self._place.today
        years = (year,) if year else (today.year, today.year + 1)
        days = [found for one in years if (found := _date_of(one, month.value, day.value))]
        coming = next((found for found in days if found >= today), None)
        said = f"{day.text} {month.text}"
        if coming is None:
            raise Unsure(f"Which day is {said}, for example {told_day(today + timedelta(days=1))}?")
        if not year and (coming - today).days > SOON:
            raise Unsure(f"Which year: {said} {coming.year}?")
        return coming

    def _minutes(self, piece: Piece) -> int:
        """Minutes after midnight. An hour that may be before noon or after it is asked for."""
        if piece.kind is Kind.CLOCK:
            return piece.value
        minutes = piece.value
        if piece.kind is Kind.NUMBER:
            minutes = self._of_number(piece)
        if self._day_clock or not 60 <= minutes < 13 * 60:
            return minutes
        if minutes == NOON:
            raise Unsure(f"Which {piece.text}: noon or midnight?")
        raise Unsure(f"Which {piece.text}: {piece.text}am or {piece.text}pm?")

    def _of_number(self, piece: Piece) -> int:
        hours, minutes = divmod(piece.value, 100) if len(piece.text) == 4 else (piece.value, 0)
        if len(piece.text) == 3 or minutes >= 60 or not 0 <= hours * 60 + minutes <= END_OF_DAY or piece.text == "0":
            raise Unsure(f"What is {piece.text}, for example 9am, 18:00, 30m or 2h?")
        return hours * 60 + minutes


def _which_midnight(day: str) -> str:
    return f"Which midnight: {day} 00:00 or {day} 24:00?"


def _date_of(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _shows_24_hours(pieces: Sequence[Piece], year: int) -> bool:
    """Whether one of them tells that the clock of 24 hours is meant: `18:00`, `09:30`, `14`, `0900`."""
    beside = [Kind.OTHER, *(piece.kind for piece in pieces), Kind.OTHER]
    for piece, before, after in zip(pieces, beside, beside[2:], strict=False):
        if piece.kind is Kind.CLOCK and piece.text[:2].isdecimal() and piece.text[-1].isdecimal():
            return True
        is_date = Kind.MONTH in (before, after) or year <= piece.value <= year + 1
        if piece.kind is Kind.NUMBER and not is_date and _is_of_24(piece):
            return True
    return False


def _is_of_24(piece: Piece) -> bool:
    return 13 <= piece.value <= 24 or len(piece.text) == 4 or (piece.text.startswith("0") and piece.value > 0)
