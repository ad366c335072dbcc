"""The lists of steps of a team: whom to page, and how long to wait."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bugglio.admin.shapes import texts
from bugglio.admin.shapes.rows import Part, Row, row
from bugglio.roster import DEFAULT

KEYS = ("page", "wait", "again", "call")
"""All that a form shows of a step."""


def lists(team: Part) -> dict[str, Sequence[Part]]:
    """The lists by name, `default` first; of a team that says nothing of them, what it has all the same."""
    steps = team.get("steps")
    if steps is None:
        return {DEFAULT: implied(team)}
    return dict(steps) if isinstance(steps, Mapping) else {DEFAULT: list(steps)}


def implied(team: Part) -> list[Part]:
    """The steps of a team that says nothing of them: its first rotation."""
    return [{"page": [name]} for name in list(team.get("rotations", {}))[:1]]


def with_lists(team: Part, found: Mapping[str, Sequence[Part]]) -> dict[str, Any]:
    """The team with these lists; everything else of it stays."""
    alone = list(found) == [DEFAULT]
    if alone and found[DEFAULT] == implied(team):
        return {key: value for key, value in team.items() if key != "steps"}
    return {**team, "steps": found[DEFAULT] if alone else dict(found)}


def shown(steps: Sequence[Part]) -> list[Row]:
    """A row for each step."""
    return [
        row(
            page=texts.joined(step.get("page", ())),
            wait=step.get("wait", ""),
            again=step.get("again", ""),
            call=["true"] if step.get("call") == "true" else [],
        )
        for step in steps
    ]


def tidied(rows: list[Row]) -> None:
    """Leave out the rows that say nothing."""
    rows[:] = [one for one in rows if any(one.get(key) for key in KEYS)]


def put(rows: list[Row], known: Callable[[str], str] = str) -> list[dict[str, Any]]:
    """The steps that tidied rows say; `known` makes an id of what was typed."""
    return [_step(one, known) for one in rows]


def _step(one: Row, known: Callable[[str], str]) -> dict[str, Any]:
    said: dict[str, Any] = {"page": [known(name) for name in texts.split(one.get("page"))]}
    said |= {key: one.get(key) for key in ("wait", "again", "call") if one.get(key)}
    return said
