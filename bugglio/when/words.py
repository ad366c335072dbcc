"""What people write of time, word by word."""

import re
import unicodedata
from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType
from typing import NamedTuple

from bugglio.roster import DAY, HOUR, MINUTE

LONGEST = 120
"""Characters. No time that people write is longer."""
NOON = 12 * 60
END_OF_DAY = 24 * 60


class Kind(Enum):
    """What a piece of a time is."""

    LENGTH = auto()
    """In milliseconds."""
    CLOCK = auto()
    """Minutes after midnight."""
    HOUR = auto()
    """An hour that is one before noon or one after: `9:30`, in minutes after midnight, at most those of 12:59."""
    NUMBER = auto()
    EVENTS = auto()
    RELATIVE = auto()
    """Days from today."""
    WEEKDAY = auto()
    """0 is Monday."""
    MONTH = auto()
    ORDINAL = auto()
    """The day of a month: `27th`."""
    DATE = auto()
    """Its ordinal."""
    NOW = auto()
    UNTIL = auto()
    TO = auto()
    FROM = auto()
    FOR = auto()
    IN = auto()
    SLASHED = auto()
    """`5/6`: two dates."""
    VAGUE = auto()
    """`tonight`, `weekend`: no two people mean the same."""
    NEXT = auto()
    UNIT = auto()
    """A unit without its number."""
    ZONE = auto()
    FILL = auto()
    OTHER = auto()


class Piece(NamedTuple):
    """A piece of a time, and how it was written."""

    kind: Kind
    value: int
    text: str


_UNITS = {"m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
_UNIT = r"m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?"
_MANY = r"x|\u00d7|times|events?"
_PIECE = re.compile(
    rf"""
    (?P<date>\d{{4}}-\d\d-\d\d)(?!\d)
    | (?P<hours>\d{{1,3}})\s*h\s*(?P<minutes>[0-5]?\d)\s*(?:m|mins?)?(?![^\W_])
    | (?P<amount>\d{{1,5}}(?:[.,]\d{{1,2}})?|(?<![^\W_])(?:half(?:\s+an?)?|an?)(?=\s))\s*(?P<unit>{_UNIT})(?![^\W_])
    | (?P<events>\d{{1,6}})\s*(?:{_MANY})(?![^\W_])
    | (?P<clock>\d{{1,2}}(?:[:.]\d\d)?)\s*(?P<half>[ap])\.?m\b\.?
    | (?P<time>\d{{1,2}}[:.]\d\d)(?![\d:])
    | (?P<ordinal>\d{{1,2}})(?:st|nd|rd|th)(?![^\W_])
    | (?P<slashed>\d{{1,4}}(?:/\d{{1,4}})+)(?![^\W_])
    | (?P<number>\d{{1,6}})(?![^\W_])
    | (?P<word>[a-z]+)(?![^\W_])
    | (?P<dash>[-\u2010-\u2015])
    | (?P<space>[\s,.;:!?'"()]+)
    | (?P<other>.[^\W_]*)
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SHORT_DAYS = {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
_SHORT_MONTHS = {"sept": 9}

ZONES = (
    "acdt acst adt aedt aest akdt akst ast awst bst cdt cest cet chst cst edt eest eet est gmt hdt hkt hst idt ist "
    "jst kst mdt mest msk mst ndt nst nzdt nzst pdt pkt pst sast sst utc wat wib wita z"
)
"""The short names of zones, but for those that are English words."""


def _kinds() -> Mapping[str, tuple[Kind, int]]:
    found: dict[str, tuple[Kind, int]] = {}
    for number, name in enumerate(_DAYS):
        found |= dict.fromkeys((name, name[:3]), (Kind.WEEKDAY, number))
    for number, name in enumerate(_MONTHS, start=1):
        found |= dict.fromkeys((name, name[:3]), (Kind.MONTH, number))
    found |= {name: (Kind.WEEKDAY, number) for name, number in _SHORT_DAYS.items()}
    found |= {name: (Kind.MONTH, number) for name, number in _SHORT_MONTHS.items()}
    found |= {"today": (Kind.RELATIVE, 0), "tomorrow": (Kind.RELATIVE, 1), "tmrw": (Kind.RELATIVE, 1)}
    found |= {"noon": (Kind.CLOCK, NOON), "midday": (Kind.CLOCK, NOON), "midnight": (Kind.CLOCK, 0)}
    words = {
        Kind.UNTIL: "until till til by",
        Kind.TO: "to through thru",
        Kind.FROM: "from starting",
        Kind.FOR: "for",
        Kind.IN: "in",
        Kind.NOW: "now",
        Kind.NEXT: "next",
        Kind.VAGUE: "tonight morning afternoon evening night weekend",
        Kind.UNIT: "m min mins minute minutes h hr hrs hour hours d day days w wk wks week weeks am pm x times "
        "events half",
        Kind.FILL: "a an at on of the this and",
        Kind.ZONE: ZONES,
    }
    found |= {word: (kind, 0) for kind, listed in words.items() for word in listed.split()}
    return MappingProxyType(found)


_KINDS = _kinds()


def folded(text: str) -> str:
    """A time in small letters, its digits 0 to 9, without what is invisible."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    seen = (c for c in plain if unicodedata.category(c) != "Cf")
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in seen).strip()


def pieces(text: str) -> list[Piece]:
    """The pieces of a time, without spaces and words that change nothing. A text that is too long to be one is none."""
    if len(text) > LONGEST:
        return [Piece(Kind.OTHER, 0, "")]
    found = (_piece(match) for match in _PIECE.finditer(folded(text)))
    return [piece for piece in found if piece.kind is not Kind.FILL]


def readable(text: str) -> bool:
    """Whether every word of it is one that times are written with."""
    return bool(text) and all(piece.kind is not Kind.OTHER for piece in pieces(text))


def _piece(match: re.Match[str]) -> Piece:
    said = match.groupdict()
    text = match[0].strip()
    match match.lastgroup:
        case "minutes":
            return Piece(Kind.LENGTH, int(said["hours"]) * HOUR + int(said["minutes"]) * MINUTE, text)
        case "unit":
            return Piece(Kind.LENGTH, _length(said["amount"], said["unit"]), text)
        case "half":
            return _half(said["clock"], said["half"], text)
        case "time":
            return _time(said["time"], text)
        case "events" | "ordinal" | "number" as name:
            return Piece(Kind[name.upper()], int(said[name]), text)
        case "word":
            return Piece(*_KINDS.get(text, (Kind.OTHER, 0)), text)
        case "dash":
            return Piece(Kind.TO, 0, text)
        case "date" | "slashed" | "other" as name:
            return Piece(Kind[name.upper()], 0, text)
        case _:
            return Piece(Kind.FILL, 0, text)


def _length(amount: str, unit: str) -> int:
    number = 0.5 if amount.startswith("half") else 1 if amount.startswith("a") else float(amount.replace(",", "."))
    return round(number * _UNITS[unit[0]])


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.replace(".", ":").partition(":")
    return int(hours) * 60 + int(minutes or 0) if int(minutes or 0) < 60 else -1


def _half(clock: str, half: str, text: str) -> Piece:
    """A time with am or pm: 12 is the hour before 1."""
    at = _minutes(clock)
    if not 60 <= at < 13 * 60:
        return Piece(Kind.OTHER, 0, text)
    return Piece(Kind.CLOCK, at % NOON + (NOON if half == "p" else 0), text)


def _time(clock: str, text: str) -> Piece:
    """Two digits before the colon: the clock of 24 hours. One digit may be that, or before noon, or after."""
    at = _minutes(clock)
    if not 0 <= at <= END_OF_DAY:
        return Piece(Kind.OTHER, 0, text)
    sure = clock[1:2].isdigit() or at < 60
    return Piece(Kind.CLOCK if sure else Kind.HOUR, at, text)
