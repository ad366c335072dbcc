"""What changes from one book to another, in plain lines."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

from bugglio.redact import short
from bugglio.roster import DEFAULT, Book, Engineer, Rotation, Team
from bugglio.rosterfile import forms
from bugglio.rosterfile.plain import Tree, hours_tree, override_tree, rule_tree, step_tree

Lines = Iterator[str]
T = TypeVar("T")
NONE = "none"


def differences(before: Book, after: Book) -> list[str]:
    """A line per change, engineers first; no line if the two mean the same. Of phones, the last four digits."""
    return [*_engineers(before.engineers, after.engineers), *_teams(before.teams, after.teams)]


def _engineers(before: Mapping[str, Engineer], after: Mapping[str, Engineer]) -> Lines:
    for key in {**before, **after}:
        label = f"engineer {key}"
        if key not in after:
            yield f"{label}: gone"
        elif key not in before:
            yield f"{label}: new, {_person(after[key])}"
        else:
            yield from (f"{label}: {line}" for line in _engineer(before[key], after[key]))


def _person(one: Engineer) -> str:
    parts = (one.name, f"phone {short(one.phone)}", one.timezone, "admin" if one.admin else "")
    return ", ".join(filter(None, parts))


def _engineer(before: Engineer, after: Engineer) -> Lines:
    yield from _value("name", before.name, after.name)
    if before.phone != after.phone:
        same = short(before.phone) == short(after.phone)
        yield f"phone {short(before.phone)} -> {'another that ends so' if same else short(after.phone)}"
    yield from _value("timezone", before.timezone or NONE, after.timezone or NONE)
    yield from _value("admin", forms.flag(before.admin), forms.flag(after.admin))


def _value(what: str, before: str, after: str) -> Lines:
    if before != after:
        yield f"{what} {before} -> {after}"


def _teams(before: Mapping[str, Team], after: Mapping[str, Team]) -> Lines:
    for key in {**before, **after}:
        label = f"team {key}"
        if key not in after:
            yield f"{label}: gone"
            continue
        if key not in before:
            yield f"{label}: new"
        yield from (f"{label}: {line}" for line in _team(before.get(key, Team(key)), after[key]))


def _team(before: Team, after: Team) -> Lines:
    yield from _value("timezone", before.timezone, after.timezone)
    yield from _bag("project", before.projects, after.projects)
    yield from _rotations(before.rotations, after.rotations)
    yield from _bag("override", _flows(override_tree, before.overrides), _flows(override_tree, after.overrides))
    yield from _lists(before, after)
    yield from _value("repeat", str(before.repeat), str(after.repeat))
    yield from _value("acknowledged_for", forms.span(before.acknowledged_for), forms.span(after.acknowledged_for))
    yield from _value("close_after", forms.span(before.close_after), forms.span(after.close_after))
    yield from _value("digest_at", forms.clock(before.digest_at), forms.clock(after.digest_at))
    yield from _value("text", forms.quoted(before.text), forms.quoted(after.text))
    yield from _sequence("rule", _flows(rule_tree, before.rules), _flows(rule_tree, after.rules))


def _bag(what: str, before: Sequence[str], after: Sequence[str]) -> Lines:
    """Things whose order means nothing."""
    yield from (f"{what} {each}: gone" for each in before if each not in after)
    yield from (f"{what} {each}: new" for each in after if each not in before)


def _rotations(before: Mapping[str, Rotation], after: Mapping[str, Rotation]) -> Lines:
    for key in {**before, **after}:
        label = f"rotation {key}"
        if key not in after:
            yield f"{label}: gone"
            continue
        if key not in before:
            yield f"{label}: new"
        yield from (f"{label}: {line}" for line in _rotation(before.get(key, Rotation(key)), after[key]))


def _rotation(before: Rotation, after: Rotation) -> Lines:
    was, becomes = _turns(before), _turns(after)
    for what, value in becomes.items():
        yield from _value(what, was[what], value)


def _turns(one: Rotation) -> dict[str, str]:
    return {
        "next_of": one.next_of or NONE,
        "engineers": ", ".join(one.engineers) or NONE,
        "starts": forms.moment(one.starts) if one.starts else NONE,
        "turn": forms.turn(one),
        "timezone": one.timezone or "the team's",
        "hours": forms.flow(hours_tree(one.hours)) if one.hours else "always",
    }


def _lists(before: Team, after: Team) -> Lines:
    was, becomes = {DEFAULT: before.steps, **before.lists}, {DEFAULT: after.steps, **after.lists}
    for name in {**was, **becomes}:
        what = "step" if name == DEFAULT else f"steps {name}, step"
        if name != DEFAULT and (name not in was or name not in becomes):
            yield f"steps {name}: {'new' if name in becomes else 'gone'}"
        if name in becomes:
            yield from _sequence(what, _flows(step_tree, was.get(name, ())), _flows(step_tree, becomes[name]))


def _sequence(what: str, before: Sequence[str], after: Sequence[str]) -> Lines:
    """Things in an order that matters; each is named by its place, in the file as it becomes unless it is gone."""
    for kind, start, end, start_after, end_after in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        both = min(end - start, end_after - start_after)
        for more in range(both):
            yield f"{what} {start_after + more + 1}: {before[start + more]} -> {after[start_after + more]}"
        for place in range(start + both, end):
            yield f"{what} {place + 1} of before: {before[place]} gone"
        for place in range(start_after + both, end_after):
            yield f"{what} {place + 1}: {after[place]} new"


def _flows(tree: Callable[[T], Tree], things: Sequence[T]) -> list[str]:
    """Each on a line, as the file has it."""
    return [forms.flow(tree(each)) for each in things]
