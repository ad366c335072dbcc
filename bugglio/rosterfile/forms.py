"""How a roster file writes each kind of value; what `values` reads, the other way round."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache

import yaml

from bugglio.roster import Conditions, Engineer, Override, Rotation, Rule, Step, Window
from bugglio.rosterfile.characters import UNFIT
from bugglio.rosterfile.values import MIDNIGHT, UNITS
from bugglio.rosterfile.words import DAYS, NOBODY

_STRING = "tag:yaml.org,2002:str"
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./@+ ")
_FIRST = _PLAIN - frozenset("-./@+ ")
_BACKSLASHED = str.maketrans({"\\": "\\\\", '"': '\\"'})
_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?|0o[0-7]+")
"""What newer readers of YAML take for a number; PyYAML's own rules are older."""
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


def listed(values: Iterable[str]) -> str:
    """A list on one line."""
    return f"[{', '.join(values)}]"


def mapped(pairs: Mapping[str, str | None]) -> str:
    """A map on one line, without what is None."""
    return f"{{{', '.join(f'{key}: {value}' for key, value in pairs.items() if value is not None)}}}"


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


def engineer(person: Engineer) -> str:
    """An engineer on one line."""
    return mapped(
        {
            "name": text(person.name),
            "phone": quoted(person.phone),
            "timezone": text(person.timezone) if person.timezone else None,
            "admin": flag(person.admin) if person.admin else None,
        }
    )


def windows(found: tuple[Window, ...]) -> str:
    """The hours of a rotation on one line."""
    return mapped({text_of_days(window.days): quoted(hours(window.start, window.end)) for window in found})


def text_of_days(which: tuple[int, ...]) -> str:
    """Weekdays as a key or value inside a map on one line."""
    return text(days(which))


def override(change: Override) -> str:
    """A planned override on one line."""
    return mapped(
        {
            "rotation": text(change.rotation) if change.rotation else None,
            "from": moment(change.start),
            "to": moment(change.end),
            "engineer": text(change.engineer or NOBODY),
        }
    )


def step(one: Step) -> str:
    """A step on one line."""
    plain = Step(())
    return mapped(
        {
            "page": listed(map(text, one.page)),
            "wait": span(one.wait) if one.wait != plain.wait else None,
            "again": span(one.again) if one.again != plain.again else None,
            "call": flag(one.call) if one.call else None,
        }
    )


def rule(one: Rule) -> str:
    """A rule on one line."""
    asked = _conditions(one.conditions)
    then = mapped({"steps": text(one.steps)}) if one.then == "steps" else one.then
    return mapped({"if": mapped(asked) if asked else None, "then": then})


def _conditions(asked: Conditions) -> dict[str, str]:
    patterns = {
        "stage": asked.stage,
        "severity": asked.severity,
        "class": asked.error_class,
        "context": asked.context,
        "message": asked.message,
        "project": asked.project,
        "version": asked.version,
        "trigger": asked.trigger,
    }
    found = {key: _patterns(values) for key, values in patterns.items() if values}
    if asked.unhandled is not None:
        found["unhandled"] = flag(asked.unhandled)
    if asked.between is not None:
        found["between"] = quoted(hours(*asked.between))
    if asked.days:
        found["days"] = text_of_days(asked.days)
    return found


def _patterns(values: tuple[str, ...]) -> str:
    return text(values[0]) if len(values) == 1 else listed(map(text, values))
