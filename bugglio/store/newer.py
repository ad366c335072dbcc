"""
What a newer version of bugglio wrote inside of a field, and this one does not know, survives what this one writes.

A field is written whole, and what this version makes of it holds only what this version knows. So whatever stands in
the document and is lost by reading it is put back into what is written.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from bugglio.alert import Alert
from bugglio.document import document
from bugglio.figures import Week
from bugglio.handoffs.answering import Pending
from bugglio.handoffs.telling import Known
from bugglio.logins.addresses import Counts
from bugglio.logins.records import Login
from bugglio.page import Page
from bugglio.phone import Phone
from bugglio.roster import Book, Cover, Mute, Quiet

DOCUMENTS: Mapping[str, type[msgspec.Struct]] = {
    "alerts/": Alert,
    "pages/": Page,
    "phones/": Phone,
    "logins/addresses-": Counts,
    "logins/": Login,
}
"""What a document is, by how its path begins ..."""
TEXTS: Mapping[str, Mapping[str, Any]] = {
    "roster/": {"book": Book},
    "overrides/": {"covers": tuple[Cover, ...], "quiets": tuple[Quiet, ...], "mutes": tuple[Mute, ...]},
    "pulse/handoffs": {"known": dict[str, dict[str, Known]], "asked": tuple[Pending, ...]},
    "figures/": {"sums": Week},
}
"""... and what the fields hold that are one JSON text."""
NAMES = ("id", "at", "page")
"""By these one thing is told from another that takes its place."""


def with_unknown(path: str, before: Mapping[str, Any], put: Mapping[str, Any]) -> dict[str, Any]:
    """What is put over a document's fields, with all in it that this version does not know."""
    inner = {name for name, value in put.items() if isinstance(before.get(name), dict | list)}
    read = _read(_of(DOCUMENTS, path), before) if inner else {}
    whole = {name: carried(before[name], read.get(name), put[name]) if name in inner else put[name] for name in put}
    texts = _of(TEXTS, path) or {}
    packed = {name: _text(texts[name], before[name], put[name]) for name in texts if name in put and before.get(name)}
    return {**whole, **packed}


def carried(found: Any, read: Any, after: Any) -> Any:
    """
    A value as it is written: `found` stands in the document, `read` is what this version makes of it.

    What is lost between these two is what this version does not know.
    """
    if found == read:
        return after
    if after == read and not isinstance(after, dict):
        return found
    # A map's order may be what was changed: it is as `after` has it.
    if isinstance(found, dict) and isinstance(read, dict) and isinstance(after, dict):
        return _map(found, read, after)
    if isinstance(found, list) and isinstance(read, list) and isinstance(after, list) and len(found) == len(read):
        return _list(found, read, after)
    return after


def _map(found: Mapping[str, Any], read: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    if not _same(read, after):
        return dict(after)
    unknown = {name: value for name, value in found.items() if name not in read and name not in after}
    known = {
        name: carried(found[name], read[name], value) if name in found and name in read else value
        for name, value in after.items()
    }
    return {**known, **unknown}


def _list(found: Sequence[Any], read: Sequence[Any], after: Sequence[Any]) -> list[Any]:
    """Each thing as it stands in the document; what was changed keeps what is not known of it."""
    free = dict(enumerate(read))
    whole, changed = dict[int, Any](), list[int]()
    for at, one in enumerate(after):
        place = _taken(free, one)
        if place is None:
            changed.append(at)
        else:
            whole[at] = found[place]
    for at in changed:
        place = _former(free, at, after[at], alike=len(after) == len(found))
        whole[at] = after[at] if place is None else carried(found[place], free.pop(place), after[at])
    return [whole[at] for at in range(len(after))]


def _taken(free: dict[int, Any], one: Any) -> int | None:
    """The place of what is equal, which is taken by it."""
    place = next((place for place, other in free.items() if other == one), None)
    if place is not None:
        del free[place]
    return place


def _former(free: Mapping[int, Any], at: int, one: Any, *, alike: bool) -> int | None:
    """The place of what this was before: what has its name, or without any name what stood in its place."""
    if not isinstance(one, dict):
        return None
    if any(name in one for name in NAMES):
        return next((place for place, other in free.items() if isinstance(other, dict) and _same(other, one)), None)
    return at if alike and at in free else None


def _same(read: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    return all(read.get(name) == after.get(name) for name in NAMES)


def _text(kind: Any, found: str, after: str | None) -> str | None:
    if after is None:
        return None
    try:
        read = json.loads(msgspec.json.encode(msgspec.json.decode(found, type=kind)))
    except msgspec.MsgspecError:
        return after
    before = json.loads(found)
    return after if before == read else msgspec.json.encode(carried(before, read, json.loads(after))).decode()


def _read(kind: type[msgspec.Struct] | None, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What this version makes of a document; nothing, if it can make nothing of it."""
    try:
        return document(msgspec.convert(fields, kind)) if kind is not None else {}
    except msgspec.MsgspecError:
        return {}


def _of(table: Mapping[str, Any], path: str) -> Any:
    """What the table has for this path: the first of its beginnings that fits."""
    return next((found for start, found in table.items() if path.startswith(start)), None)
