"""What was changed in a roster's tree, small enough to be sent along, and laid on the tree as it has become since."""

from copy import deepcopy
from typing import Any

from bugglio.rosterfile.plain import Tree

Edit = list[Any]
"""`["put", path, value]`, `["drop", path]`, or `["order", path, keys]` of a map; a path is a list."""


class NoEdits(ValueError):
    """What was sent is no list of edits."""


class Lost(LookupError):
    """What was to be changed is not there any more; says where, as a path."""

    def __init__(self, path: list[Any]) -> None:
        self.path = tuple(path)
        super().__init__(path)


def edits(before: Tree, after: Tree) -> list[Edit]:
    """What makes the one the other. Maps are looked into, lists and texts are replaced whole."""
    return _between(before, after, [])


def edited(tree: Tree, changes: list[Edit]) -> Tree:
    """
    The tree with these changes; the tree itself stays as it is. What is so already is left alone.

    Raises `Lost` where there is nothing to change any more, `NoEdits` for what are none.
    """
    root = {"": deepcopy(tree)}
    for change in changes:
        _apply(root, change)
    whole = root[""]
    if not isinstance(whole, dict):
        raise NoEdits("a roster is a map")
    return whole


def _between(before: Any, after: Any, path: list[Any]) -> list[Edit]:
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return [] if before == after else [["put", path, after]]
    found: list[Edit] = [["drop", [*path, key]] for key in before if key not in after]
    for key, value in after.items():
        found += _between(before[key], value, [*path, key]) if key in before else [["put", [*path, key], value]]
    kept = [key for key in before if key in after]
    if [*kept, *(key for key in after if key not in before)] != list(after):
        found.append(["order", path, list(after)])
    return found


def _apply(root: Tree, change: Edit) -> None:
    match change:
        case ["put", list(path), value]:
            *above, key = ["", *path]
            if not isinstance(key, str):
                raise NoEdits("no path of keys")
            _map(root, above)[key] = deepcopy(value)
        case ["drop", [*path, str(key)]]:
            _map(root, ["", *path]).pop(key, None)
        case ["order", list(path), list(keys)]:
            _sort(_map(root, ["", *path]), keys)
        case _:
            raise NoEdits("no edit")


def _map(root: Tree, path: list[Any]) -> Tree:
    found: Any = root
    for at, key in enumerate(path):
        if not isinstance(key, str):
            raise NoEdits("no path of keys")
        found = found.get(key) if isinstance(found, dict) else None
        if not isinstance(found, dict):
            raise Lost(path[1 : at + 1])
    return found  # type: ignore[no-any-return]  # a dict by now


def _sort(table: Tree, keys: list[Any]) -> None:
    """Those keys first, in their order; then the others."""
    order = {key: at for at, key in enumerate(keys) if isinstance(key, str)}
    items = sorted(table.items(), key=lambda item: order.get(item[0], len(order)))
    table.clear()
    table.update(items)
