"""Rows of a form: `step-0-wait` is the field `wait` of the first row `step`. Buttons move, add and remove rows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

Part = Mapping[str, Any]
"""What stands in a map of the file."""
Form = MultiDict[str, str]

_FIELD = re.compile(r"([a-z]+)-([0-9]{1,6})-([a-z_]+)")
_BUTTON = re.compile(r"([a-z]+):([a-z]+):([0-9]{1,6})")


@dataclass
class Row:
    """One row as it was typed."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    chosen: bool = False
    """Somebody has just moved it, or added it."""

    def get(self, name: str) -> str:
        """What a field says, without blanks around it; empty if it is not there."""
        return (self.fields.get(name) or [""])[0].strip()

    def all(self, name: str) -> list[str]:
        """The values of boxes that are ticked."""
        return self.fields.get(name, [])


def row(**fields: str | list[str]) -> Row:
    """Make a row that shows these."""
    return Row({name: value if isinstance(value, list) else [value] for name, value in fields.items()})


def rows_in(form: Form, kind: str) -> list[Row]:
    """The rows of a kind, in their order."""
    found: dict[int, Row] = {}
    for name in form:
        parts = _FIELD.fullmatch(name)
        if parts and parts[1] == kind:
            found.setdefault(int(parts[2]), Row()).fields[parts[3]] = form.getlist(name)
    return [found[at] for at in sorted(found)]


def pressed(form: Form, rows: Mapping[str, list[Row]]) -> bool:
    """
    Do what a row's button says (`up:step:2`, `down:…`, `remove:…`, `add:step:0`); whether it was one.

    `rows`: by kind; they are changed in place.
    """
    button = _BUTTON.fullmatch(form.get("do", ""))
    if button is None or button[2] not in rows:
        return False
    _do(button[1], rows[button[2]], int(button[3]))
    return True


def _do(what: str, rows: list[Row], at: int) -> None:
    if what == "add":
        rows.append(Row(chosen=True))
    if what == "add" or at >= len(rows):
        return
    if what == "remove":
        del rows[at]
        for near in rows[at : at + 1] or rows[-1:]:
            near.chosen = True
    if what in ("up", "down"):
        moved = rows.pop(at)
        moved.chosen = True
        rows.insert(max(0, at - 1) if what == "up" else at + 1, moved)


def put(part: dict[str, Any], key: str, value: Any) -> None:
    """Put what a form says into a part of the tree; nothing is not written."""
    if value:
        part[key] = value
    else:
        part.pop(key, None)
