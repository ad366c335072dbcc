"""Between a value in our words and a document: what is written, and what is left alone."""

from collections.abc import Mapping
from typing import Any

from bugglio.document import present
from bugglio.store.newer import with_unknown
from bugglio.store.port import ABSENT, Document, Version, Write


def changes(where: str, found: Document | None, after: Mapping[str, Any]) -> list[Write]:
    """The same as `change`, or no write at all where the document says `after` already."""
    write = change(where, found, after)
    return [write] if write.put or write.delete else []


def change(where: str, found: Document | None, after: Mapping[str, Any]) -> Write:
    """
    The write that makes the document say `after`, on condition that nobody has written it since it was found.

    None means that the field shall be absent. Only fields that differ are written; what a newer version of bugglio
    wrote, and this one does not know, stays, inside of fields too.
    """
    told = present(after)
    if found is None:
        return Write(where, ABSENT, put=told)
    before = found.fields
    differs = {name: value for name, value in told.items() if name not in before or before[name] != value}
    whole = with_unknown(where, before, differs)
    put = {name: value for name, value in whole.items() if name not in before or before[name] != value}
    gone = tuple(name for name, value in after.items() if value is None and name in before)
    return Write(where, found.version, put=put, delete=gone, found=found)


def changed(found: Document, write: Write, version: Version) -> Document:
    """The document as this write has left it, which only put and deleted fields, at its new version."""
    left = {name: value for name, value in found.fields.items() if name not in write.delete}
    return Document(found.path, {**left, **write.put}, version)
