"""Where a long list goes on: an opaque word in the address, which agrees with nobody who made it up."""

import base64
import binascii
import json
from typing import Any

from werkzeug.exceptions import BadRequest

from bugglio.store import Document
from bugglio.store.port import Version

UNREADABLE = "The address of this part of the list cannot be read. Begin at the list's start."
LARGEST = 2**53
LONGEST = 2_000
"""Characters of a cursor."""


class Unreadable(BadRequest):
    """No cursor of the list; the answer is 400, with this sentence."""

    description = UNREADABLE


def to_text(document: Document, field: str) -> str:
    """The cursor behind this document of a list by `field`."""
    told = json.dumps([document.path, document.fields[field]], separators=(",", ":"))
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def from_text(text: str, collection: str, field: str) -> Document | None:
    """
    What `store.query(…, after=…)` takes to go on behind a document of this collection; None: from the start.

    Raises `Unreadable` when it is no cursor of such a list, whoever made it up.
    """
    if not text:
        return None
    try:
        path, value = _read(text)
        return Document(_path(path, collection), {field: _value(value)}, Version(None))
    except ValueError:
        raise Unreadable from None


def _read(text: str) -> tuple[Any, Any]:
    if len(text) > LONGEST or not text.isascii():
        raise ValueError("no cursor")
    try:
        found = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True))
    except (binascii.Error, RecursionError) as error:
        raise ValueError("no cursor") from error
    if not isinstance(found, list) or len(found) != 2:
        raise ValueError("no cursor")
    return found[0], found[1]


def _path(path: Any, collection: str) -> str:
    if not isinstance(path, str) or not path.isascii() or not path.isprintable():
        raise ValueError("no path")
    where, _, id_ = path.partition("/")
    if where != collection or not id_ or "/" in id_ or id_ in (".", "..") or id_.startswith("__"):
        raise ValueError("no path of this list")
    return path


def _value(value: Any) -> int | str:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("no value of a list")  # noqa: TRY004 - its catcher knows one kind of fault
    if isinstance(value, int) and abs(value) > LARGEST:
        raise ValueError("no value of a list")
    if isinstance(value, str) and ("\0" in value or not value.isprintable()):
        raise ValueError("no value of a list")
    return value
