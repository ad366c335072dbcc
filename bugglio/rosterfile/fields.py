"""Taking a map, a list or a text apart: what is not there, not known or not fit is a fault, and told once."""

from collections.abc import Callable, Collection
from typing import TypeVar

from bugglio.rosterfile.faults import Findings, Unfit, quoted
from bugglio.rosterfile.tree import Broken, Entry, Items, Node, Table, Text

T = TypeVar("T")
D = TypeVar("D")


def named(node: Node) -> str:
    """What stands there, in words."""
    match node:
        case Text(blank=True):
            return "nothing"
        case Text(text=text):
            return quoted(text)
        case Items():
            return "a list"
        case _:
            return "a map"


def text_of(findings: Findings, node: Node, parse: Callable[[str], T], show: Callable[[str], str] = str) -> T | None:
    """The value of a text; `show` says how a fault may show it."""
    if isinstance(node, Broken):
        return None
    written = isinstance(node, Text) and not node.blank
    try:
        value = parse(node.text if isinstance(node, Text) else "")
    except Unfit as unfit:
        if isinstance(node, Text) and written:
            findings.stranger(node.line, show(node.text), unfit.expected, unfit.names)
        else:
            findings.fault(node.line, named(node), unfit.expected)
        return None
    if written:
        return value
    findings.fault(node.line, named(node), "a text")
    return None


def table_of(findings: Findings, node: Node, expected: str) -> Table | None:
    """The map that has to stand there."""
    if isinstance(node, Table):
        return node
    _another(findings, node, expected)
    return None


def items_of(findings: Findings, node: Node, expected: str) -> tuple[Node, ...] | None:
    """The items of the list that has to stand there."""
    if isinstance(node, Items):
        return node.items
    _another(findings, node, expected)
    return None


def _another(findings: Findings, node: Node, expected: str) -> None:
    if not isinstance(node, Broken):
        findings.fault(node.line, named(node), expected)


def texts_of(findings: Findings, node: Node, parse: Callable[[str], T], expected: str) -> tuple[T, ...] | None:
    """The values of a list of texts; one that stands there twice is a fault, and so is any that is not fit."""
    items = items_of(findings, node, expected)
    if items is None:
        return None
    found: dict[T, int] = {}
    before = len(findings.faults)
    for item in items:
        value = text_of(findings, item, parse)
        if value is None:
            continue
        if value in found:
            findings.fault(item.line, f"{named(item)} again", f"each once (it stands in line {found[value]})")
        found.setdefault(value, item.line)
    return tuple(found) if len(findings.faults) == before else None


def keys_of(node: Node | None) -> dict[str, Entry] | None:
    """What a map names, fit or not; None: it is no map, and nobody can tell what it would have named."""
    return {entry.key: entry for entry in node.entries} if isinstance(node, Table) else None


class Fields:
    """A map with keys that are known; others are faults."""

    def __init__(self, findings: Findings, table: Table, of: str, keys: Collection[str]) -> None:
        self.line = table.line
        self.findings = findings
        self._entries = {entry.key: entry for entry in table.entries}
        for entry in table.entries:
            if entry.key not in keys and not isinstance(entry.value, Broken):
                findings.stranger(entry.line, entry.key, f"a key of {of}: {', '.join(keys)}", keys)

    def node(self, key: str) -> Node | None:
        """What a key leads to; None: it is not there."""
        entry = self._entries.get(key)
        return entry.value if entry else None

    def line_of(self, key: str) -> int:
        """Where a key stands; if it does not, where the map begins."""
        return self._entries[key].line if key in self._entries else self.line

    def needed(self, key: str, expected: str) -> Node | None:
        """What a key leads to that has to be there."""
        if key not in self._entries:
            self.findings.fault(self.line, f"no `{key}`", expected)
        return self.node(key)

    def value(self, key: str, parse: Callable[[str], T], default: D) -> T | D:
        """The value of a key; the default if it is not there or not fit."""
        node = self.node(key)
        found = text_of(self.findings, node, parse) if node is not None else None
        return default if found is None else found

    def required(
        self, key: str, parse: Callable[[str], T], expected: str, show: Callable[[str], str] = str
    ) -> T | None:
        """The value of a key that has to be there."""
        node = self.needed(key, expected)
        return text_of(self.findings, node, parse, show) if node is not None else None


def opened(findings: Findings, node: Node, of: str, keys: Collection[str]) -> Fields | None:
    """The fields of the map that has to stand there: `of` says whose, as in `a step`."""
    table = table_of(findings, node, f"a map with the keys of {of}: {', '.join(keys)}")
    return Fields(findings, table, of, keys) if table else None
