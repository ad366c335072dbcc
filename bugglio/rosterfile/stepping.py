"""The steps of a team: whom to page, and how long to wait."""

from collections.abc import Mapping

from bugglio.roster import DEFAULT, Rotation, Step
from bugglio.rosterfile.faults import Findings
from bugglio.rosterfile.fields import Fields, items_of, opened, text_of, texts_of
from bugglio.rosterfile.tree import Items, Node, Table, Text
from bugglio.rosterfile.turns import Names
from bugglio.rosterfile.values import flag, known, list_name, span

KEYS = ("page", "wait", "again", "call")
WAIT = span("1 minute", "24 hours")
AGAIN = span("1 minute", "24 hours", zero="not")

Lists = dict[str, tuple[Step, ...]]


def implied(rotations: Mapping[str, Rotation]) -> tuple[Step, ...]:
    """The steps of a team that says nothing of them: its first rotation, or nobody before the last resort."""
    return tuple(Step((name,)) for name in list(rotations)[:1])


def steps_in(node: Node, findings: Findings, people: Names, rotations: Names, team: str) -> Lists:
    """The lists of steps by name; a list that stands alone is `default`."""
    callable_names = None if people is None or rotations is None else [*rotations, *people]
    if isinstance(node, Items):
        return {DEFAULT: _steps(node, findings, callable_names, team)}
    if not isinstance(node, Table):
        items_of(findings, node, "a list of steps, or a map of such lists")
        return {}
    found = {}
    for entry in node.entries:
        text_of(findings, Text(entry.line, entry.key), list_name)
        found[entry.key] = _steps(entry.value, findings, callable_names, team)
    if DEFAULT not in found:
        findings.fault(node.line, f"no list `{DEFAULT}`", f"one called {DEFAULT} among the lists of steps")
    return found


def _steps(node: Node, findings: Findings, names: list[str] | None, team: str) -> tuple[Step, ...]:
    items = items_of(findings, node, "a list of steps") or ()
    fields = [opened(findings, item, "a step", KEYS) for item in items]
    return tuple(_step(each, names, team) for each in fields if each)


def _step(fields: Fields, names: list[str] | None, team: str) -> Step:
    plain = Step(())
    step = Step(
        page=_page(fields, names, team),
        wait=fields.value("wait", WAIT, plain.wait),
        again=fields.value("again", AGAIN, plain.again),
        call=fields.value("call", flag, default=False),
    )
    if fields.node("again") is not None and step.again >= step.wait:
        sentence = "`again` is not before the end of `wait`: nobody is paged a second time in this step."
        fields.findings.warn(fields.line_of("again"), sentence)
    return step


def _page(fields: Fields, names: list[str] | None, team: str) -> tuple[str, ...]:
    expected = "a list of rotations or engineers to page, such as [primary]"
    node = fields.needed("page", expected)
    parse = known(names, f"an engineer or a rotation of {team}")
    found = texts_of(fields.findings, node, parse, expected) if node else ()
    if found == () and node:
        fields.findings.fault(node.line, "an empty list", expected)
    return found or ()
