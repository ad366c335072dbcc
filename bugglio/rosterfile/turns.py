"""The rotations and overrides of a team: who takes turns, and when."""

from collections.abc import Mapping

from bugglio.roster import Override, Rotation, Window
from bugglio.rosterfile.faults import Findings, quoted
from bugglio.rosterfile.fields import Fields, items_of, keys_of, opened, table_of, text_of, texts_of
from bugglio.rosterfile.forms import moment as wall
from bugglio.rosterfile.tree import Entry, Node, Table, Text
from bugglio.rosterfile.values import days, hours, identifier, known, moment, turn, zone
from bugglio.rosterfile.words import DAYS, NOBODY

KEYS = ("engineers", "starts", "turn", "timezone", "hours", "next_of")
OVERRIDE_KEYS = ("rotation", "from", "to", "engineer")
STARTS = "the first handoff, such as starts: 2026-01-05T09:00"

Names = Mapping[str, Entry] | None
"""What a part of the file names; None: nobody can tell, for that part is at fault."""


def rotations_in(node: Node, findings: Findings, people: Names) -> dict[str, Rotation]:
    """The rotations by id."""
    table = table_of(findings, node, "a map of rotations by id")
    found = {}
    for entry in table.entries if table else ():
        text_of(findings, Text(entry.line, entry.key), identifier)
        _look_at_namesake(entry, findings, people)
        fields = opened(findings, entry.value, "a rotation", KEYS)
        if fields:
            found[entry.key] = _rotation(entry.key, fields, people, keys_of(node))
    return found


def _look_at_namesake(entry: Entry, findings: Findings, people: Names) -> None:
    if people and entry.key in people:
        line = people[entry.key].line
        findings.fault(entry.line, quoted(entry.key), f"a rotation's id that no engineer has (as in line {line})")


def _rotation(key: str, fields: Fields, people: Names, siblings: Names) -> Rotation:
    if fields.node("next_of") is not None:
        return Rotation(key, next_of=_leader(fields, siblings))
    number, unit = fields.value("turn", turn, (1, "weeks"))
    return Rotation(
        id=key,
        engineers=_engineers(fields, people),
        starts=fields.required("starts", moment, STARTS),
        turn=number,
        unit=unit,
        timezone=fields.value("timezone", zone, ""),
        hours=_hours(fields),
    )


def _engineers(fields: Fields, people: Names) -> tuple[str, ...]:
    expected = "a list of engineers who take turns, such as [ana, ben]"
    node = fields.needed("engineers", expected)
    found = texts_of(fields.findings, node, known(people, "an engineer"), expected) if node else ()
    if found == () and node:
        fields.findings.fault(node.line, "an empty list", expected)
    return found or ()


def _leader(fields: Fields, siblings: Names) -> str:
    """The rotation that this one follows: one with engineers of its own."""
    for other in KEYS[:-1]:
        if fields.node(other) is not None:
            fields.findings.fault(fields.line_of(other), f"`{other}` beside `next_of`", "`next_of` alone")
    leaders = {name for name, entry in (siblings or {}).items() if not _follows(entry)}
    return fields.value("next_of", known(leaders, "another rotation of this team, one with engineers"), "")


def _follows(entry: Entry) -> bool:
    return isinstance(entry.value, Table) and any(inner.key == "next_of" for inner in entry.value.entries)


def _hours(fields: Fields) -> tuple[Window, ...]:
    node = fields.node("hours")
    if node is None:
        return ()
    expected = 'a map of weekdays to hours, such as {mon-fri: "09:00-18:00"}'
    table = table_of(fields.findings, node, expected)
    if table and not table.entries:
        fields.findings.fault(table.line, "an empty map", expected)
    lines: dict[int, int] = {}
    found = [_window(entry, fields.findings, lines) for entry in table.entries] if table else []
    return tuple(window for window in found if window)


def _window(entry: Entry, findings: Findings, lines: dict[int, int]) -> Window | None:
    """The hours of some days; `lines` says where days stood before."""
    which = text_of(findings, Text(entry.line, entry.key), days)
    span = text_of(findings, entry.value, hours)
    for day in which or ():
        if day in lines:
            findings.fault(
                entry.line, f"{quoted(DAYS[day])} again", f"each weekday once (it stands in line {lines[day]})"
            )
        lines.setdefault(day, entry.line)
    return Window(which, *span) if which and span else None


def overrides_in(node: Node, findings: Findings, people: Names, rotations: Names) -> tuple[Override, ...]:
    """The planned overrides, in the order of the file."""
    items = items_of(findings, node, "a list of overrides")
    opened_items = [opened(findings, item, "an override", OVERRIDE_KEYS) for item in items or ()]
    found = [_override(fields, people, rotations) for fields in opened_items if fields]
    return tuple(override for override in found if override)


def _override(fields: Fields, people: Names, rotations: Names) -> Override | None:
    start = fields.required("from", moment, "its start, such as from: 2026-02-01T09:00")
    end = fields.required("to", moment, "its end, such as to: 2026-02-02T09:00")
    names = None if people is None else {*people, NOBODY}
    engineer = fields.required("engineer", known(names, "an engineer or nobody"), "engineer: somebody, or nobody")
    rotation = fields.value("rotation", known(rotations, "a rotation of this team"), "")
    if start is None or end is None:
        return None
    if end <= start:
        found, expected = quoted(wall(end)), f"an end after the start, {wall(start)}"
        fields.findings.fault(fields.line_of("to"), found, expected)
    return Override(rotation, start, end, None if engineer == NOBODY else engineer)
