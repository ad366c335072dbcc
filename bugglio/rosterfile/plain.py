"""A book as plain maps, lists and texts, in the roster file's form: what forms change; `checking` reads it."""

from collections.abc import Iterator, Sequence
from typing import Any

from bugglio.roster import DEFAULT, Book, Conditions, Engineer, Override, Rotation, Rule, Step, Team, Window
from bugglio.rosterfile import forms
from bugglio.rosterfile.stepping import implied
from bugglio.rosterfile.words import NOBODY

Tree = dict[str, Any]
"""Maps, lists and texts only: `{"engineers": {"ana": {"name": "Ana Lima", "admin": "true", ...}}, "teams": {...}}`."""


def text_of(tree: Tree) -> str:
    """The file that says what a tree does: YAML in which every text has quotes."""
    return "".join(f"{line}\n" for line in _lines(tree))


def tree_of(book: Book) -> Tree:
    """What `write(book)` says."""
    return {
        "engineers": {key: engineer_tree(person) for key, person in book.engineers.items()},
        "teams": {key: team_tree(team) for key, team in book.teams.items()},
    }


def engineer_tree(person: Engineer) -> Tree:
    """One engineer, without what is a default."""
    return _said(
        {
            "name": person.name,
            "phone": person.phone,
            "timezone": person.timezone or None,
            "admin": forms.flag(person.admin) if person.admin else None,
        }
    )


def team_tree(team: Team) -> Tree:
    """One team, without what is a default."""
    plain = Team(team.id)
    return _said(
        {
            "timezone": team.timezone if team.timezone != plain.timezone else None,
            "projects": list(team.projects) or None,
            "rotations": {key: rotation_tree(each) for key, each in team.rotations.items()} or None,
            "overrides": [override_tree(each) for each in team.overrides] or None,
            "steps": _steps(team),
            "repeat": str(team.repeat) if team.repeat != plain.repeat else None,
            "acknowledged_for": _span(team.acknowledged_for, plain.acknowledged_for),
            "close_after": _span(team.close_after, plain.close_after),
            "digest_at": forms.clock(team.digest_at) if team.digest_at != plain.digest_at else None,
            "text": team.text if team.text != plain.text else None,
            "rules": [rule_tree(each) for each in team.rules] or None,
        }
    )


def rotation_tree(rotation: Rotation) -> Tree:
    """One rotation, without what is a default."""
    if rotation.next_of:
        return {"next_of": rotation.next_of}
    plain = Rotation(rotation.id)
    usual = (rotation.turn, rotation.unit) == (plain.turn, plain.unit)
    return _said(
        {
            "engineers": list(rotation.engineers),
            "starts": forms.moment(rotation.starts) if rotation.starts is not None else None,
            "turn": None if usual else forms.turn(rotation),
            "timezone": rotation.timezone or None,
            "hours": hours_tree(rotation.hours) or None,
        }
    )


def hours_tree(windows: Sequence[Window]) -> Tree:
    """The hours of a rotation."""
    return {forms.days(window.days): forms.hours(window.start, window.end) for window in windows}


def override_tree(change: Override) -> Tree:
    """One planned override."""
    return _said(
        {
            "rotation": change.rotation or None,
            "from": forms.moment(change.start),
            "to": forms.moment(change.end),
            "engineer": change.engineer or NOBODY,
        }
    )


def step_tree(one: Step) -> Tree:
    """One step, without what is a default."""
    plain = Step(())
    return _said(
        {
            "page": list(one.page),
            "wait": _span(one.wait, plain.wait),
            "again": _span(one.again, plain.again),
            "call": forms.flag(one.call) if one.call else None,
        }
    )


def rule_tree(one: Rule) -> Tree:
    """One rule."""
    then = {"steps": one.steps} if one.then == "steps" else one.then
    return _said({"if": _conditions(one.conditions) or None, "then": then})


def _conditions(asked: Conditions) -> Tree:
    found: Tree = {key: list(texts) if len(texts) > 1 else texts[0] for key, texts in asked.patterns.items() if texts}
    others = {
        "unhandled": forms.flag(asked.unhandled) if asked.unhandled is not None else None,
        "between": forms.hours(*asked.between) if asked.between is not None else None,
        "days": forms.days(asked.days) if asked.days else None,
    }
    return {**found, **_said(others)}


def _steps(team: Team) -> Any:
    if team.lists:
        return {name: list(map(step_tree, steps)) for name, steps in {DEFAULT: team.steps, **team.lists}.items()}
    return None if team.steps == implied(team.rotations) else [*map(step_tree, team.steps)]


def _span(milliseconds: int, usual: int) -> str | None:
    return forms.span(milliseconds) if milliseconds != usual else None


def _said(pairs: Tree) -> Tree:
    """What is said at all."""
    return {key: value for key, value in pairs.items() if value is not None}


def _lines(value: Any, before: str = "", depth: int = 0) -> Iterator[str]:
    """A flow of YAML, one key or item a line."""
    margin = " " * depth
    if isinstance(value, dict | list) and value:
        pairs = value.items() if isinstance(value, dict) else ((None, each) for each in value)
        left, right = ("{", "}") if isinstance(value, dict) else ("[", "]")
        yield f"{margin}{before}{left}"
        for key, each in pairs:
            yield from _with_comma(_lines(each, f"{forms.quoted(key)}: " if key is not None else "", depth + 1))
        yield f"{margin}{right}"
    elif isinstance(value, dict | list):
        yield f"{margin}{before}{'{}' if isinstance(value, dict) else '[]'}"
    else:
        yield f"{margin}{before}{forms.quoted(str(value))}"


def _with_comma(lines: Iterator[str]) -> Iterator[str]:
    *first, last = lines
    yield from first
    yield f"{last},"
