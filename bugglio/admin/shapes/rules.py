"""The rules of a team: what becomes of which events."""

from typing import Any

from bugglio.admin.shapes import days, texts
from bugglio.admin.shapes.rows import Part, Row, row

PATTERNS = ("stage", "severity", "class", "context", "message", "project", "version", "trigger")
"""Conditions of several texts."""
CONDITIONS = (*PATTERNS, "unhandled", "between", "days")
"""All that a form shows of a rule's `if`."""
STEPS = "steps "
"""With what the choice of a list of steps begins."""


def shown(rules: list[Part]) -> list[Row]:
    """A row for each rule."""
    return [_row(rule.get("if", {}), rule.get("then", "")) for rule in rules]


def _row(asked: Part, then: Any) -> Row:
    fields: dict[str, Any] = {key: _joined(asked.get(key, [])) for key in PATTERNS}
    fields |= {key: asked.get(key, "") for key in ("unhandled", "between")}
    fields["days"] = days.boxes(asked["days"]) if "days" in asked else []
    fields["then"] = then if isinstance(then, str) else f"{STEPS}{then.get('steps', '')}"
    return row(**fields)


def _joined(patterns: str | list[str]) -> str:
    return texts.joined([patterns] if isinstance(patterns, str) else patterns)


def tidied(rows: list[Row]) -> None:
    """Leave out the rows that say nothing."""
    rows[:] = [one for one in rows if any(one.get(key) for key in (*CONDITIONS, "then"))]


def put(rows: list[Row]) -> list[dict[str, Any]]:
    """The rules that tidied rows say."""
    return [_rule(one) for one in rows]


def _rule(one: Row) -> dict[str, Any]:
    asked: dict[str, Any] = {key: _patterns(one.get(key)) for key in PATTERNS if one.get(key)}
    asked |= {key: one.get(key) for key in ("unhandled", "between") if one.get(key)}
    asked |= {"days": days.text(one.all("days"))} if one.all("days") else {}
    then = one.get("then")
    outcome: Any = {"steps": then.removeprefix(STEPS)} if then.startswith(STEPS) else then
    return {**({"if": asked} if asked else {}), "then": outcome}


def _patterns(text: str) -> Any:
    found = texts.split(text)
    return found[0] if len(found) == 1 else found
