"""A book to a roster file, always in the same form: keys in one order, and only what is not a default."""

from collections.abc import Iterator, Mapping
from typing import Any

from bugglio.roster import Book
from bugglio.rosterfile.forms import flow, text
from bugglio.rosterfile.plain import Tree, tree_of

Lines = Iterator[str]


def write(book: Book) -> str:
    """The file that says what this book does: reading it gives an equal book, and writing that the same bytes."""
    return "".join(f"{line}\n" for line in _book(tree_of(book)))


def _book(tree: Tree) -> Lines:
    yield from _block("engineers", list(_flows(tree["engineers"])), nothing="engineers: {}")
    teams = [line for key, team in tree["teams"].items() for line in _team(text(key), team)]
    yield from _block("teams", teams, nothing="teams: {}")


def _block(key: str, lines: list[str], nothing: str = "") -> Lines:
    """A key and what stands below it."""
    if lines:
        yield f"{key}:"
        yield from (f"  {line}" for line in lines)
    elif nothing:
        yield nothing


def _team(key: str, team: Tree) -> Lines:
    lines = [line for name, value in team.items() for line in _part(name, value)]
    yield from _block(key, lines, nothing=f"{key}: {{}}")


def _part(name: str, value: Any) -> Lines:
    """What a team says of one thing: a line to each rotation's part, step, override and rule, else one line."""
    match name, value:
        case "rotations", {}:
            yield from _block(name, [line for key, one in value.items() for line in _rotation(text(key), one)])
        case "steps", {}:
            yield from _block(name, [line for key, steps in value.items() for line in _list(text(key), steps)])
        case (("steps" | "overrides" | "rules"), _):
            yield from _list(name, value)
        case _:
            yield from _flows({name: value})


def _rotation(key: str, rotation: Tree) -> Lines:
    if "next_of" in rotation:
        yield f"{key}: {flow(rotation)}"
    else:
        yield from _block(key, list(_flows(rotation)))


def _list(name: str, items: list[Tree]) -> Lines:
    yield from _block(name, [f"- {flow(each)}" for each in items], nothing=f"{name}: []")


def _flows(table: Mapping[str, Any]) -> Lines:
    """Each key with all that it leads to on one line."""
    return (f"{text(key)}: {flow(value, key)}" for key, value in table.items())
