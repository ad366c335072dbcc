"""
What bugglio asks of a database: four verbs, each one round trip.

A document is a flat map of JSON values under a path `collection/id`. Its top-level fields are the only ones that writes
and queries name. Times are integer milliseconds since 1970 (UTC). No document is ever removed by bugglio.

Both engines refuse alike, with a `ValueError` and before anything is sent (`checks.py` has the limits): collections and
queried fields that `fields.py` does not declare, ids and names that Firestore does not take, a list directly in a list,
and values that are not JSON. The order of a map's keys is not kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

Fields = Mapping[str, Any]
MAX_WRITES = 400
BY_ID = "__name__"
"""In place of a queried field: all documents of a collection, upwards by id; the range's ends are then ids too."""


class StoreError(Exception):
    """The store did not do what was asked."""


class Conflict(StoreError):
    """A condition did not hold; nothing of the commit was applied. Read again and decide again."""


class Unreachable(StoreError):
    """
    The store could not be asked, or did not answer.

    After a read: nothing is known. After a commit: it may have been applied; only reading tells.
    """


class Condition(Enum):
    """What must be true of a document that is written, apart from a version."""

    ABSENT = "absent"
    EXISTS = "exists"


ABSENT = Condition.ABSENT
EXISTS = Condition.EXISTS


@dataclass(frozen=True)
class Version:
    """
    The state of one document as an engine names it; equal exactly when nobody changed the document in between.

    A write that leaves every field as it was changes nothing, and is not seen by anybody's condition.
    """

    token: Any


When = Condition | Version


@dataclass(frozen=True)
class Document:
    """A document as it was read."""

    path: str
    fields: Fields
    version: Version

    @property
    def id(self) -> str:
        """The part of the path after the collection."""
        return self.path.partition("/")[2]


@dataclass(frozen=True)
class Reading:
    """
    What one `get` saw, and the store's own time of seeing it, in milliseconds.

    All documents are as they were at one instant. A path without a document is missing from `documents`.
    """

    at: int
    documents: Mapping[str, Document]

    def get(self, path: str) -> Document | None:
        """The document at this path, or None if there is none."""
        return self.documents.get(path)


@dataclass(frozen=True)
class Write:
    """
    One change to one document, under a condition.

    `ABSENT` creates the document (only `put`, `increment`, `maximum` and `stamp` count); a `Version` or `EXISTS`
    changes the named fields and leaves the others; naming none, it only demands its condition. `put` replaces a field's
    value whole. A field is named in one of the maps at most. An increment or a maximum of a field that is absent, or is
    no number, starts from nothing: the field becomes the value given. Deleting a field that is absent does nothing.

    `stamp` writes the store's own time, read back as milliseconds; such a field is not queried, incremented or
    maximised. A queried field (`fields.py`) holds an integer or a text, or is absent.
    """

    path: str
    when: When
    put: Fields = field(default_factory=dict)
    increment: Mapping[str, int] = field(default_factory=dict)
    maximum: Mapping[str, int] = field(default_factory=dict)
    delete: Sequence[str] = ()
    stamp: Sequence[str] = ()
    found: Document | None = field(default=None, compare=False, repr=False)
    """The document on which the change was decided: engines ignore it, and whoever tells of changes needs it."""


@dataclass(frozen=True)
class Written:
    """What one write came to: the document's new version, and the values of its incremented fields."""

    version: Version
    increments: Mapping[str, int]


class Store(Protocol):
    """
    The port. Engines are safe to share between threads.

    Every verb raises `Unreachable` when the database cannot be asked in time (3 seconds by default), and `ValueError`
    for what no engine could do. Neither says what a document holds.
    """

    def get(self, paths: Sequence[str]) -> Reading:
        """Read documents by path, in one round trip. Without paths, only the store's time is read."""
        ...

    def query(
        self,
        collection: str,
        field: str,
        *,
        start: int | str | None = None,
        end: int | str | None = None,
        limit: int = 100,
        after: Document | None = None,
        descending: bool = False,
    ) -> list[Document]:
        """
        Documents of a collection whose field lies in [start, end), ordered by that field and then by id.

        Documents without the field are not found. Numbers come before texts, texts are ordered as their UTF-8 bytes
        are, and an end given as a number finds only numbers, as a text only texts. `descending` turns the whole order
        round, ids too. `after` is the last document of the page before.
        """
        ...

    def count(
        self,
        collection: str,
        field: str,
        *,
        start: int | str | None = None,
        end: int | str | None = None,
        most: int | None = None,
    ) -> int:
        """
        How many documents `query` would find, without reading them.

        A read for each 1,000 of them; with `most` (at least 1) no more than so many are counted.
        """
        ...

    def commit(self, writes: Sequence[Write]) -> list[Written]:
        """
        Apply at most 400 writes to different documents, all or none.

        Answers in the order of the writes. Raises `Conflict` when a condition does not hold: nothing was applied.
        """
        ...

    def close(self) -> None:
        """Let go of connections. The store cannot be used afterwards."""
        ...
