"""The overrides of a team that its roster file plans."""

from collections.abc import Callable
from typing import Any

from bugglio.admin.shapes import days
from bugglio.admin.shapes.rows import Part, Row, row

KEYS = ("rotation", "from", "to", "engineer")
"""All that a form shows of an override."""


def shown(overrides: list[Part]) -> list[Row]:
    """A row for each."""
    return [row(**{key: one.get(key, "") for key in KEYS}) for one in overrides]


def tidied(rows: list[Row]) -> None:
    """Leave out the rows that say nothing."""
    rows[:] = [one for one in rows if any(one.get(key) for key in ("from", "to", "engineer"))]


def put(rows: list[Row], known: Callable[[str], str] = str) -> list[dict[str, Any]]:
    """The overrides that tidied rows say; `known` makes an id of what was typed."""
    return [_override(one, known) for one in rows]


def _override(one: Row, known: Callable[[str], str]) -> dict[str, Any]:
    rotation = {"rotation": one.get("rotation")} if one.get("rotation") else {}
    start, end = days.moment(one.get("from")), days.moment(one.get("to"))
    return {**rotation, "from": start, "to": end, "engineer": known(one.get("engineer"))}
