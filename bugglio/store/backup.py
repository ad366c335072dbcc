"""
All that a store holds as lines of JSON, and back again: a backup, or the way from one engine to the other.

The first line says what the file is, the last one that it is whole; between them stands one document a line. A dump of
a pager at work holds each document as it was at some moment of the dumping, not all of them as at one moment: what
happened meanwhile may be in one document and not in another.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bugglio.store import checks
from bugglio.store.fields import QUERIED
from bugglio.store.port import ABSENT, BY_ID, Conflict, Document, Fields, Store, Write

FORM = 1
AT_ONCE = 200
"""Documents that are read in one query, or written in one commit ..."""
BYTES = 4_000_000
"""... which takes so many bytes at most."""
LAST = ("alerts", "codes")
COLLECTIONS = (*sorted(QUERIED.keys() - LAST), *LAST)
"""
In this order. An alert comes after its pages and closings, and what it does next has another name than any of them; a
code comes after its alert, so that none is given to two; and a week's figures come before what is counted in them, so
that nothing is counted twice.
"""

Row = tuple[str, Fields, int]
"""Path and fields of one document, and how many bytes these take."""


class Unfit(Exception):
    """What is no dump, or cannot be loaded into this store, and why, in a sentence."""


def head() -> str:
    """The first line."""
    return _line({"bugglio": "dump", "v": FORM})


def end(documents: int) -> str:
    """The last line of a dump of so many documents."""
    return _line({"end": True, "documents": documents})


def dumped(store: Store, after: str = "") -> Iterator[str]:
    """The lines of all documents; `after`: of those that come after this path in the order of a dump."""
    done, _, last = after.partition("/")
    for collection in COLLECTIONS[COLLECTIONS.index(done) if done in COLLECTIONS else 0 :]:
        for document in _all(store, collection, last if collection == done else ""):
            yield _line({"path": document.path, "fields": document.fields})


def path_of(line: bytes | str) -> str:
    """The path of the document on a line; empty: it is the first line, or another that is no document's."""
    return str((_object(line) or {}).get("path", ""))


def is_end(line: bytes) -> bool:
    """Whether this is the whole last line of a dump."""
    return (_object(line) or {}).get("end") is True


def load(store: Store, lines: Iterable[bytes]) -> Iterator[int]:
    """
    Put the documents of a dump into a store, and tell again and again how many are there by now.

    A store that has some of them already, from a load that was interrupted, gets the others. Raises `Unfit` before
    anything is written when the first line is no dump's; later when a line cannot be read, when the store holds another
    document at a path, and when the last line is missing: what was loaded by then stays.
    """
    rows, count = _rows(lines), 0
    for some in _parts(rows):
        _put(store, some)
        count += len(some)
        yield count


def _all(store: Store, collection: str, last: str) -> Iterator[Document]:
    found = [one for one in store.query(collection, BY_ID, start=last or None, limit=AT_ONCE) if one.id != last]
    while found:
        yield from found
        found = store.query(collection, BY_ID, limit=AT_ONCE, after=found[-1])


def _rows(lines: Iterable[bytes]) -> Iterator[Row]:
    numbered = enumerate(lines, 1)
    _begins(_read(*next(numbered, (1, b""))))
    count = 0
    for number, line in numbered:
        found = _read(number, line)
        if found.get("end") is True:
            _ends(found, count)
            return
        yield _row(number, found)
        count += 1
    raise Unfit(f"The file ends after {count:,} documents without its last line: it was cut short.")


def _begins(found: Mapping[str, Any]) -> None:
    if found.get("bugglio") != "dump":
        raise Unfit("This is no dump of bugglio's: its first line would say so.")
    if found.get("v") != FORM:
        raise Unfit("This dump was made by a newer bugglio: load it with that one.")


def _ends(found: Mapping[str, Any], count: int) -> None:
    if found.get("documents") != count:
        raise Unfit(f"The file has {count:,} documents, and its last line speaks of {found.get('documents')}.")


def _read(number: int, line: bytes) -> dict[str, Any]:
    found = _object(line)
    if found is None:
        raise Unfit(f"Line {number} is no JSON object: the file is damaged, or no dump.")
    return found


def _object(line: bytes | str) -> dict[str, Any] | None:
    """The JSON object on a line, if there is one that can be read."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _row(number: int, found: Mapping[str, Any]) -> Row:
    path, fields = found.get("path"), found.get("fields")
    if not isinstance(path, str) or not isinstance(fields, dict):
        raise Unfit(f"Line {number} is no document: it needs a path and fields.")
    try:
        checks.split(path)
        return path, fields, checks.size(fields)
    except UnicodeEncodeError:
        raise Unfit(f"Line {number} has characters in it that are none (half of a surrogate pair).") from None
    except (ValueError, RecursionError) as error:
        raise Unfit(f"Line {number}: {error}.") from None


def _parts(rows: Iterable[Row]) -> Iterator[dict[str, Fields]]:
    """The documents as they are written together."""
    some, size = dict[str, Fields](), 0
    for path, fields, room in rows:
        if some and (len(some) == AT_ONCE or size + room > BYTES or path in some):
            yield some
            some, size = {}, 0
        some[path] = fields
        size += room
    if some:
        yield some


def _put(store: Store, some: Mapping[str, Fields]) -> None:
    try:
        _commit(store, some)
    except Conflict:
        _commit(store, _missing(store, some))


def _commit(store: Store, some: Mapping[str, Fields]) -> None:
    try:
        store.commit([Write(path, ABSENT, put=fields) for path, fields in some.items()])
    except ValueError as error:
        raise Unfit(f"A document cannot be kept: {error}.") from None


def _missing(store: Store, some: Mapping[str, Fields]) -> dict[str, Fields]:
    """Those that are not there yet. Raises `Unfit` when something else is there."""
    found = store.get(list(some)).documents
    others = [path for path, document in found.items() if not _same(document.fields, some[path])]
    if others:
        raise Unfit(f"The store holds {_named(others)} already, and not as the file has it: load into an empty store.")
    return {path: fields for path, fields in some.items() if path not in found}


def _same(one: Fields, other: Fields) -> bool:
    return checks.body(one) == checks.body(other)


def _named(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - 1} others" if len(paths) > 1 else ""
    return f"{paths[0]}{more}"


def _line(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n"
