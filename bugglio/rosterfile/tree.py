"""
A roster file as lists, maps and the texts that were written, each with its line.

YAML decides nothing about the texts: `no`, `22:00` and `0123` stay what they are. What the form has no use for, and
what hides doubled or shared entries (anchors, aliases, tags, several documents, doubled keys), is a fault.
"""

from dataclasses import dataclass

import yaml
from yaml import events

from bugglio.rosterfile.characters import UNFIT, decoded
from bugglio.rosterfile.faults import Fault, Faults, Findings, quoted
from bugglio.rosterfile.syntax import told

DEEPEST = 20
"""Lists and maps inside each other; the form needs 9."""
NOTHING = Fault(1, "nothing", "engineers and teams; to remove everybody write `engineers: {}` and `teams: {}`")


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar as it was written."""

    line: int
    text: str
    blank: bool = False
    """Nothing stands there, not even quotes."""


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    line: int
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a map, and what it leads to."""

    line: int
    key: str
    value: "Node"


@dataclass(frozen=True, slots=True)
class Table:
    """A map; each key stands in it once."""

    line: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """Something that is a fault already: whoever meets it says nothing more."""

    line: int


Node = Text | Items | Table | Broken


def grown(raw: str | bytes, findings: Findings) -> Node:
    """The file as a tree. Faults is raised if there is none; lesser faults go to the findings."""
    text = decoded(raw)
    loader = yaml.SafeLoader(text)
    try:
        return _document(_Builder(loader, findings), findings)
    except yaml.MarkedYAMLError as error:
        findings.faults.append(told(error))
    except (ValueError, OverflowError):
        # PyYAML hands an escape such as "\UFFFFFFFF" straight to chr().
        findings.fault(loader.line + 1, "an escape that stands for no character", "the character itself")
    raise Faults(findings.faults)


def _document(builder: "_Builder", findings: Findings) -> Node:
    if isinstance(builder.next(), events.StreamEndEvent):
        raise Faults([NOTHING])
    root = builder.node(builder.next(), 1)
    if isinstance(root, Text) and root.blank:
        raise Faults([NOTHING])
    builder.next()
    after = builder.next()
    if isinstance(after, events.DocumentStartEvent):
        findings.fault(_line(after), "a second document", "one document a file")
    return root


def _line(event: events.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


class _Builder:
    """Makes nodes of PyYAML's events."""

    def __init__(self, loader: yaml.SafeLoader, findings: Findings) -> None:
        self._loader = loader
        self._findings = findings
        self.next()

    def next(self) -> events.Event:
        found: events.Event = self._loader.get_event()  # type: ignore[no-untyped-call]  # PyYAML's stubs leave it open
        return found

    def node(self, event: events.Event, depth: int) -> Node:
        line = _line(event)
        if depth > DEEPEST:
            self._findings.fault(line, f"more than {DEEPEST} lists and maps inside each other", "the roster's form")
            raise Faults(self._findings.faults)
        if isinstance(event, events.AliasEvent):
            self._findings.fault(line, quoted(f"*{event.anchor}"), "the thing itself: aliases are not read")
            return Broken(line)
        self._look_at_extras(event, line)
        if isinstance(event, events.ScalarEvent):
            return self._text(event, line)
        return self._items(line, depth) if isinstance(event, events.SequenceStartEvent) else self._table(line, depth)

    def _look_at_extras(self, event: events.Event, line: int) -> None:
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor is not None:
            self._findings.fault(line, quoted(f"&{anchor}"), "no anchor: aliases are not read")
        if tag is not None:
            written = quoted(tag.replace("tag:yaml.org,2002:", "!!"))
            self._findings.fault(line, f"the tag {written}", "no tag: everything is read as it is written")

    def _text(self, event: events.ScalarEvent, line: int) -> Node:
        folded = event.style in ("|", ">")
        text = event.value.rstrip("\n") if folded else event.value
        if UNFIT.search(text):
            self._findings.fault(line, "a line's end or a control character inside a text", "a text on one line")
            return Broken(line)
        return Text(line, text, blank=text == "" and event.style is None)

    def _items(self, line: int, depth: int) -> Items:
        items = []
        while not isinstance(event := self.next(), events.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        return Items(line, tuple(items))

    def _table(self, line: int, depth: int) -> Table:
        entries: dict[str, Entry] = {}
        while not isinstance(event := self.next(), events.MappingEndEvent):
            key, value = self.node(event, depth + 1), self.node(self.next(), depth + 1)
            if not isinstance(key, Text):
                self._look_at_key(key)
            elif key.text in entries:
                expected = f"each key once (it stands in line {entries[key.text].line})"
                self._findings.fault(key.line, f"{quoted(key.text)} again", expected)
            else:
                entries[key.text] = Entry(key.line, key.text, value)
        return Table(line, tuple(entries.values()))

    def _look_at_key(self, key: Node) -> None:
        if not isinstance(key, Broken):
            what = "a list" if isinstance(key, Items) else "a map"
            self._findings.fault(key.line, f"{what} where a key stands", "a key such as `engineers`")
