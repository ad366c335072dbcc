"""A roster as a plain tree, read as `apply` reads the file: what is wrong is told by its place, not by a line."""

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from bugglio.roster import Book
from bugglio.rosterfile.characters import UNFIT
from bugglio.rosterfile.faults import Faults, Findings, quoted
from bugglio.rosterfile.plain import Tree
from bugglio.rosterfile.reading import book_of
from bugglio.rosterfile.tree import DEEPEST, Broken, Entry, Items, Node, Table, Text

Path = tuple[str | int, ...]
"""Where something stands in a tree: keys of maps, places in lists from 0."""

_LINE = re.compile(r"(\bin )?\bline ([0-9]+)")
_MISSING = re.compile(r"no `([a-z_]+)`")
_KINDS = {
    "engineers": "engineer",
    "teams": "team",
    "rotations": "rotation",
    "overrides": "override",
    "steps": "step",
    "rules": "rule",
    "projects": "project",
}


class Placed(NamedTuple):
    """Something that is wrong or doubtful, and where."""

    path: Path
    said: str
    """A sentence that begins small: "found nothing, expected a name, such as Ana Lima."."""


@dataclass(frozen=True)
class Checked:
    """What a tree says, and what is wrong with it: with any fault there is no book."""

    book: Book | None
    faults: tuple[Placed, ...] = ()
    warnings: tuple[Placed, ...] = ()


def check(tree: Tree) -> Checked:
    """Read a tree as `apply` reads a file; all faults at once."""
    findings = Findings()
    paths: list[Path] = [()]
    root = _grown(tree, (), paths, findings)
    try:
        read = book_of(root, findings)
    except Faults as faults:
        return Checked(None, tuple(_fault(one.line, one.found, one.expected, paths) for one in faults.faults))
    return Checked(read.book, warnings=tuple(_warning(one, paths) for one in read.warnings))


def _grown(value: Any, path: Path, paths: list[Path], findings: Findings) -> Node:
    """The tree as the file's reader takes it; each node's line is its number, whose path is in `paths`."""
    line = len(paths)
    paths.append(path)
    if len(path) >= DEEPEST:
        findings.fault(line, f"more than {DEEPEST} lists and maps inside each other", "the roster's form")
        return Broken(line)
    if isinstance(value, dict):
        return Table(line, tuple(_entry(key, value[key], (*path, key), paths, findings) for key in value))
    if isinstance(value, list):
        return Items(line, tuple(_grown(each, (*path, at), paths, findings) for at, each in enumerate(value)))
    return _text(value, line, findings)


def _entry(key: str, value: Any, path: Path, paths: list[Path], findings: Findings) -> Entry:
    line = len(paths)
    if UNFIT.search(key):
        findings.fault(line, quoted(key), "text without control characters")
    return Entry(line, key, _grown(value, path, paths, findings))


def _text(value: Any, line: int, findings: Findings) -> Node:
    if not isinstance(value, str):
        findings.fault(line, "what is no text", "a text, a list or a map")
        return Broken(line)
    if UNFIT.search(value):
        findings.fault(line, "a line's end or a control character inside a text", "a text on one line")
        return Broken(line)
    return Text(line, value)


def _fault(line: int, found: str, expected: str, paths: list[Path]) -> Placed:
    path = _path(line, paths)
    missing = _MISSING.fullmatch(found)
    end = "" if expected.endswith("?") else "."
    what = "nothing" if found == "an empty text" else found
    said = _LINE.sub(lambda found: _where(found, paths), f"found {what}, expected {expected}{end}")
    return Placed((*path, missing[1]) if missing else path, said)


def _warning(sentence: str, paths: list[Path]) -> Placed:
    line, _, rest = sentence.removeprefix("line ").partition(": ")
    return Placed(_path(int(line), paths), _LINE.sub(lambda found: _where(found, paths), rest))


def _path(line: int, paths: list[Path]) -> Path:
    return paths[line] if line < len(paths) else ()


def _where(found: re.Match[str], paths: list[Path]) -> str:
    place = place_of(_path(int(found[2]), paths))
    return f"at {place}" if found[1] else place


def place_of(path: Path) -> str:
    """Where that is, in words: "team shop, rotation primary, starts"; empty for the whole."""
    words = []
    parts = list(path)
    while parts:
        part = str(parts.pop(0))
        if part in _KINDS and parts:
            words.append(f"{_KINDS[part]} {_name(parts.pop(0))}")
        else:
            words.append(part)
    return ", ".join(words)


def _name(part: str | int) -> str:
    return str(part + 1) if isinstance(part, int) else part
