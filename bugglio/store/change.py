"""From what a document was to what it shall be."""

from collections.abc import Mapping
from typing import Any

from bugglio.store.port import ABSENT, Document, Write


def change(where: str, found: Document | None, after: Mapping[str, Any]) -> Write:
    """
    The write that makes the document say `after`, on condition that nobody has written it since it was found.

    Only fields that differ are written; fields that a newer version of bugglio wrote, and this one does not know, stay.
    """
    if found is None:
        return Write(where, ABSENT, put=after)
    before = found.fields
    put = {name: value for name, value in after.items() if name not in before or before[name] != value}
    return Write(where, found.version, put=put)
