"""
What both engines take, and what they refuse alike.

The limits are Firestore's (https://cloud.google.com/firestore/quotas), tried on its emulator; SQLite keeps them too, so
that what runs on a laptop runs in production. A refusal is a `ValueError`: a fault of the program, found before
anything is sent. Its words name the document and the field, never a value.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import isfinite
from typing import Any

import msgspec

from bugglio.store.fields import QUERIED
from bugglio.store.port import BY_ID, MAX_WRITES, Document, Write

Bound = int | str | None

LARGEST = 2**53
"""Beyond it not every reader of JSON tells two integers apart."""
RESERVED = re.compile("__.*__", re.DOTALL)
ID_BYTES = 1_500
NAME_BYTES = 500
KEY_BYTES = 1_500
NAMES = 4_096
"""So many names are known to be good: the program has some hundred, and looks at each with every write."""
DEPTH = 20
"""Maps and lists within each other, below a field."""
QUERIED_BYTES = 1_500
"""A longer text is cut in Firestore's index, and would be found wrongly."""
DOCUMENT_BYTES = 1_000_000
COMMIT_BYTES = 9_000_000
"""A request may have 10 MiB. (The emulator takes 4.)"""


@dataclass(frozen=True)
class Asked:
    """A query that can be asked."""

    collection: str
    field: str
    start: Bound
    end: Bound
    limit: int
    after: Document | None
    descending: bool

    @property
    def hopeless(self) -> bool:
        """Whether the range holds nothing, whatever is stored."""
        if isinstance(self.end, str):
            return str(self.start or "") >= self.end
        return isinstance(self.start, int) and self.end is not None and self.start >= self.end


def split(path: str) -> tuple[str, str]:
    """The collection and the id of a path."""
    collection, slash, id_ = path.partition("/")
    _collection(collection)
    if not slash or not _is_id(id_):
        raise ValueError(f"a document of {collection} needs an id that Firestore takes: {path[:80]!a}")
    return collection, id_


def split_all(paths: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Each path once, with its collection and id."""
    return {path: split(path) for path in paths}


def query(
    collection: str,
    field: str,
    *,
    start: Bound = None,
    end: Bound = None,
    limit: int = 1,
    after: Document | None = None,
    descending: bool = False,
) -> Asked:
    """The query, if both engines can answer it."""
    _collection(collection)
    if field != BY_ID and field not in QUERIED[collection]:
        raise ValueError(f"{collection} cannot be queried by {field!a}: fields.py does not declare it")
    if field == BY_ID and descending:
        raise ValueError(
            "documents are listed by their ids upwards only: downwards Firestore wants an index of its own"
        )
    if limit < 1:
        raise ValueError(f"a query's limit must be at least 1, not {limit}")
    _bounds(field, start, end)
    if after is not None:
        _cursor(collection, field, after)
    if field == BY_ID and start == "":
        start = None
    return Asked(collection, field, start, end, limit, after, descending)


def count(collection: str, field: str, *, start: Bound, end: Bound, most: int | None) -> Asked:
    """What is counted, if both engines can count it."""
    if most is not None and most < 1:
        raise ValueError(f"a count that stops must be able to reach 1, not {most}")
    return query(collection, field, start=start, end=end)


def position(asked: Asked) -> tuple[Any, str] | None:
    """The value and the id after which the page begins."""
    if asked.after is None:
        return None
    return (asked.after.id if asked.field == BY_ID else asked.after.fields[asked.field]), asked.after.id


def writes(asked: Sequence[Write]) -> list[Write]:
    """The writes, with values as plain JSON, if both engines can apply them in one commit."""
    if len(asked) > MAX_WRITES:
        raise ValueError(f"a commit takes at most {MAX_WRITES} writes, not {len(asked)}")
    if len({write.path for write in asked}) < len(asked):
        raise ValueError("a commit writes each document once")
    checked = [_write(write) for write in asked]
    if sum(size(write.put) for write in checked) > COMMIT_BYTES:
        raise ValueError(f"a commit takes at most {COMMIT_BYTES} bytes")
    return checked


def size(fields: Mapping[str, Any]) -> int:
    """About what the fields take in Firestore, in bytes."""
    return len(msgspec.json.encode(fields))


def body(fields: Mapping[str, Any]) -> str:
    """The fields as JSON; equal exactly when the fields are equal."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _write(write: Write) -> Write:
    collection, _ = split(write.path)
    _names(write)
    for name, number in [*write.increment.items(), *write.maximum.items()]:
        if not _is_countable(number):
            raise ValueError(f"{write.path}: {name!a} can be counted in integers up to 2^53 only")
    put = {name: _field(write.path, name, value) for name, value in write.put.items()}
    _queried(write, put, QUERIED[collection])
    if size(put) > DOCUMENT_BYTES:
        raise ValueError(f"{write.path}: a document holds at most {DOCUMENT_BYTES} bytes")
    return replace(write, put=put)


def _names(write: Write) -> None:
    names = [*write.put, *write.increment, *write.maximum, *write.delete, *write.stamp]
    if len(set(names)) < len(names):
        raise ValueError(f"{write.path}: a write names each field once")
    for name in names:
        if not _is_field(name):
            raise ValueError(f"{write.path}: {name!a} cannot be the name of a field")


def _queried(write: Write, put: Mapping[str, Any], fields: Sequence[str]) -> None:
    for name in fields:
        if name in write.stamp:
            raise ValueError(f"{write.path}: {name!a} is queried, and cannot be stamped")
        if name in put and not _is_sortable(put[name]):
            raise ValueError(f"{write.path}: {name!a} is queried: an integer or a short text, or leave it out")


def _field(path: str, name: str, value: Any) -> Any:
    if value is None or type(value) is bool:
        return value
    try:
        return _plain(value, 0)
    except ValueError as error:
        raise ValueError(f"{path}: {name!a} {error}") from None


def _plain(value: Any, depth: int, *, listed: bool = False) -> Any:
    """A copy of the value of JSON's own types only."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        return _number(value)
    if depth == DEPTH:
        raise ValueError(f"is nested over {DEPTH} deep")
    if isinstance(value, Mapping):
        return {_key(name): _plain(inner, depth + 1) for name, inner in value.items()}
    if isinstance(value, list | tuple) and not listed:
        return [_plain(inner, depth + 1, listed=True) for inner in value]
    raise ValueError("holds a list directly in a list" if listed else f"holds a {type(value).__name__}")


def _text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half of a surrogate pair") from None
    return value if type(value) is str else str.__str__(value)


def _integer(value: int) -> int:
    if abs(value) > LARGEST:
        raise ValueError("holds an integer beyond 2^53")
    return int(value)


def _number(value: float) -> float:
    if not isfinite(value):
        raise ValueError("holds a number that JSON does not know")
    return float(value)


def _key(name: Any) -> str:
    if not isinstance(name, str) or not _is_key(name):
        raise ValueError("holds a map with a key that Firestore does not take")
    return _text(name)


@lru_cache(maxsize=NAMES)
def _is_key(name: str) -> bool:
    return _is_name(name, KEY_BYTES)


@lru_cache(maxsize=NAMES)
def _is_field(name: Any) -> bool:
    return _is_name(name, NAME_BYTES) and "\0" not in name


def _collection(name: str) -> None:
    if name not in QUERIED:
        raise ValueError(f"there is no collection {name[:80]!a}: fields.py does not declare it")


def _bounds(field: str, start: Bound, end: Bound) -> None:
    given = [bound for bound in (start, end) if bound is not None]
    for bound in given:
        _bound(field, bound)
    if len({isinstance(bound, str) for bound in given}) > 1:
        raise ValueError("a range goes from an integer to an integer, or from a text to a text")


def _bound(field: str, bound: Any) -> None:
    if isinstance(bound, bool) or not isinstance(bound, int | str):
        raise ValueError(f"a range ends at an integer or a text, not at a {type(bound).__name__}")  # noqa: TRY004
    if field == BY_ID and bound != "" and not (isinstance(bound, str) and _is_id(bound)):
        raise ValueError("a range of ids ends at ids")
    try:
        _plain(bound, 0)
    except ValueError as error:
        raise ValueError(f"the end of a range {error}") from None


def _cursor(collection: str, field: str, after: Document) -> None:
    if split(after.path)[0] != collection or (field != BY_ID and not _is_sortable(after.fields.get(field))):
        raise ValueError(f"{after.path} is not a document that a query of {collection} by {field} finds")


def _is_countable(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST


def _is_sortable(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" not in value and len(value.encode()) <= QUERIED_BYTES
    return isinstance(value, int) and not isinstance(value, bool)


def _is_id(text: str) -> bool:
    return _is_name(text, ID_BYTES) and "/" not in text and text not in (".", "..")


def _is_name(text: Any, most: int) -> bool:
    if not isinstance(text, str) or not text or RESERVED.fullmatch(text):
        return False
    try:
        return len(text.encode()) <= most
    except UnicodeEncodeError:
        return False
