"""What is asked of a time before it is read: words that mean nothing here, or not the same to everybody."""

from collections.abc import Sequence
from datetime import timedelta

from bugglio.when.points import Place, Unsure, told_day
from bugglio.when.words import Kind, Piece

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NONE = frozenset({Kind.OTHER, Kind.UNIT, Kind.EVENTS})


def ask_what_is_vague(found: Sequence[Piece], place: Place, examples: str, vague: str) -> None:
    """Raises `Unsure` if something must be asked; `examples` are of any time, `vague` is one for a part of a day."""
    kinds = [piece.kind for piece in found]
    if kinds == [Kind.NUMBER]:
        raise Unsure(_what(found[0]))
    if not found or _NONE.intersection(kinds):
        raise Unsure(f"When, {examples}?")
    for piece in found:
        _ask_of(piece, place, vague)
    if Kind.NEXT in kinds and Kind.LENGTH not in kinds:
        said = " ".join(piece.text for piece in found)
        raise Unsure(f"Which day is {said}, for example {_tomorrow(place)}?")


def _ask_of(piece: Piece, place: Place, vague: str) -> None:
    match piece.kind:
        case Kind.VAGUE if piece.text == "weekend":
            raise Unsure("Which days, for example sat to sun, or until mon 9am?")
        case Kind.VAGUE:
            raise Unsure(f"When is {piece.text}, for example {vague}?")
        case Kind.SLASHED:
            raise Unsure(f"Which day is {piece.text}, {_readings(piece.text) or f'for example {_tomorrow(place)}'}?")
        case Kind.ZONE:
            raise Unsure(place.where(place.now))
        case _:
            return


def _what(piece: Piece) -> str:
    """The question for a number alone."""
    number = piece.text
    if piece.value >= 100:
        return f"{number} what, for example 2h, 9am or 18:00?"
    if 1 <= piece.value <= 12:
        return f"{number} what, for example {number}h, {number}am or {number}pm?"
    return f"{number} what, for example {number}m, {number}h or {number}d?"


def _readings(slashed: str) -> str:
    """Both ways to read a day and a month, where there are two."""
    first, second = (int(number) for number in slashed.split("/")[:2])
    if not 1 <= first <= 12 or not 1 <= second <= 12 or first == second:
        return ""
    return f"{first} {_MONTHS[second - 1]} or {second} {_MONTHS[first - 1]}"


def _tomorrow(place: Place) -> str:
    return told_day(place.today + timedelta(days=1))
