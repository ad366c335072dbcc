"""How a roster file writes each kind of value; what `values` reads, the other way round."""

import re
from datetime import datetime
from functools import cache
from typing import Any

import yaml

from bugglio.roster import Rotation
from bugglio.rosterfile.characters import UNFIT
from bugglio.rosterfile.values import MIDNIGHT, UNITS
from bugglio.rosterfile.words import DAYS

_STRING = "tag:yaml.org,2002:str"
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./@+ ")
_FIRST = _PLAIN - frozenset("-./@+ ")
_BACKSLASHED = str.maketrans({"\\": "\\\\", '"': '\\"'})
_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?|0o[0-7]+")
"""What newer readers of YAML take for a number; PyYAML's own rules are older."""
BARE = frozenset(
    {
        *("admin", "starts", "turn", "from", "to", "wait", "again", "call", "unhandled"),
        *("repeat", "acknowledged_for", "close_after"),
    }
)
"""The keys of numbers, spans, moments and flags, which have no quotes ..."""
QUOTED = frozenset({"text"})
"""... and of what always has them, however plain it is."""
_RESOLVER = yaml.resolver.Resolver()


def text(value: str) -> str:
    """A text, in quotes unless every reader of YAML takes it for one without."""
    plain = bool(value) and value[0] in _FIRST and value[-1] != " " and _PLAIN.issuperset(value)
    return value if plain and _stays_text(value) else quoted(value)


@cache
def _stays_text(value: str) -> bool:
    """Whether YAML's usual readers leave a plain scalar as it is: not `yes`, not `0123`, not a date."""
    if _NUMBER.fullmatch(value):
        return False
    tag = _RESOLVER.resolve(yaml.ScalarNode, value, (True, False))  # type: ignore[no-untyped-call]  # not in its stubs
    return bool(tag == _STRING)


def quoted(value: str) -> str:
    """A text in quotes."""
    escaped = UNFIT.sub(lambda found: f"\\U{ord(found[0]):08x}", value.translate(_BACKSLASHED))
    return f'"{escaped}"'


def flow(value: Any, key: str = "") -> str:
    """A part of a plain tree on one line; `key`: what it is called in the map above it."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{text(each)}: {flow(inner, each)}' for each, inner in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(flow, value))}]"
    return str(value) if key in BARE else quoted(value) if key in QUOTED else text(value)


def flag(value: bool) -> str:  # noqa: FBT001 - it is the value that is written, no option
    """Yes or no."""
    return "true" if value else "false"


def span(milliseconds: int) -> str:
    """Whole seconds, in the largest unit that holds them without a rest."""
    if milliseconds == 0:
        return "0"
    name, size = next((name, size) for name, size in reversed(UNITS.items()) if milliseconds % size == 0)
    return counted(milliseconds // size, name)


def counted(number: int, unit: str) -> str:
    """`1 week`, `2 weeks`."""
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def turn(rotation: Rotation) -> str:
    """How long a turn is."""
    return counted(rotation.turn, rotation.unit.removesuffix("s"))


def clock(minutes: int) -> str:
    """A time of day."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def hours(start: int, end: int) -> str:
    """From a time of day to another."""
    return f"{clock(start)}-{clock(MIDNIGHT if (start, end) == (0, 0) else end)}"


def days(which: tuple[int, ...]) -> str:
    """Weekdays: three or more in a row as a range, `mon-fri`, others one by one."""
    runs: list[list[int]] = []
    for day in which:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(_run(run) for run in runs)


def _run(run: list[int]) -> str:
    names = [DAYS[day] for day in run]
    return f"{names[0]}-{names[-1]}" if len(run) > 2 else ", ".join(names)


def moment(value: datetime) -> str:
    """A wall time."""
    return f"{value:%Y-%m-%dT%H:%M}"
