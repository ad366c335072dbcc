"""The teams of a roster file."""

from collections.abc import Mapping

from bugglio.roster import DEFAULT, Override, Rotation, Rule, Team
from bugglio.rosterfile.deciding import rules_in
from bugglio.rosterfile.faults import Findings, quoted
from bugglio.rosterfile.fields import Fields, items_of, keys_of, opened, table_of, text_of
from bugglio.rosterfile.stepping import Lists, implied, steps_in
from bugglio.rosterfile.template import look_at, template
from bugglio.rosterfile.tree import Items, Node, Text
from bugglio.rosterfile.turns import Names, overrides_in, rotations_in
from bugglio.rosterfile.values import clock, identifier, project, span, whole, zone

KEYS = (
    *("timezone", "projects", "rotations", "overrides", "steps", "repeat"),
    *("acknowledged_for", "close_after", "digest_at", "text", "rules"),
)
ACKNOWLEDGED = span("1 minute", "366 days", zero="for ever")
CLOSED = span("1 minute", "366 days", zero="never")
ROUNDS = whole(1, 20)

Owners = dict[str, tuple[str, int]]
"""Which team has a project, and the line that says so."""


def teams_in(node: Node, findings: Findings, people: Names) -> dict[str, Team]:
    """The teams by id."""
    table = table_of(findings, node, "a map of teams by id, {} for none")
    owners: Owners = {}
    found = {}
    for entry in table.entries if table else ():
        text_of(findings, Text(entry.line, entry.key), identifier)
        fields = opened(findings, entry.value, "a team", KEYS)
        if fields:
            found[entry.key] = _Reader(entry.key, fields, people).team(owners)
    return found


class _Reader:
    """One team, and what its parts may name."""

    def __init__(self, key: str, fields: Fields, people: Names) -> None:
        self._key = key
        self._fields = fields
        self._findings = fields.findings
        self._people = people
        rotations = fields.node("rotations")
        self._rotations: Names = {} if rotations is None else keys_of(rotations)

    def team(self, owners: Owners) -> Team:
        plain, value = Team(self._key), self._fields.value
        rotations = self._read_rotations()
        lists = self._lists(rotations)
        return Team(
            id=self._key,
            steps=lists.pop(DEFAULT, ()),
            repeat=value("repeat", ROUNDS, plain.repeat),
            acknowledged_for=value("acknowledged_for", ACKNOWLEDGED, plain.acknowledged_for),
            close_after=value("close_after", CLOSED, plain.close_after),
            text=self._text(plain.text),
            timezone=value("timezone", zone, plain.timezone),
            projects=self._projects(owners),
            rotations=rotations,
            overrides=self._overrides(),
            lists=lists,
            digest_at=value("digest_at", clock, plain.digest_at),
            rules=self._rules(),
        )

    def _read_rotations(self) -> dict[str, Rotation]:
        node = self._fields.node("rotations")
        return rotations_in(node, self._findings, self._people) if node else {}

    def _lists(self, rotations: Mapping[str, Rotation]) -> Lists:
        node = self._fields.node("steps")
        if node is None:
            return {DEFAULT: implied(rotations)}
        return steps_in(node, self._findings, self._people, self._rotations, self._key)

    def _overrides(self) -> tuple[Override, ...]:
        node = self._fields.node("overrides")
        return overrides_in(node, self._findings, self._people, self._rotations) if node else ()

    def _rules(self) -> tuple[Rule, ...]:
        node, steps = self._fields.node("rules"), self._fields.node("steps")
        lists = (DEFAULT,) if steps is None or isinstance(steps, Items) else keys_of(steps)
        return rules_in(node, self._findings, lists) if node else ()

    def _text(self, default: str) -> str:
        text = self._fields.value("text", template, default)
        if self._fields.node("text") is not None:
            look_at(text, self._fields.line_of("text"), self._findings)
        return text

    def _projects(self, owners: Owners) -> tuple[str, ...]:
        node = self._fields.node("projects")
        items = items_of(self._findings, node, "a list of Bugsnag projects, such as [checkout-api]") if node else None
        found = []
        for item in items or ():
            name = text_of(self._findings, item, project)
            if name is None:
                continue
            if name in owners:
                team, line = owners[name]
                self._findings.fault(item.line, f"{quoted(name)} again", f"each once ({team} has it in line {line})")
            owners.setdefault(name, (self._key, item.line))
            found.append(name)
        return tuple(found)
