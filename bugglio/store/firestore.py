"""
The store in Firestore, through Google's client, without transactions.

The client's own retries are off. They last up to 60 seconds for a commit and 300 for a read, and they repeat a commit
whose reply was lost: an increment would count twice, and a document would conflict with itself. A read is tried once
more if the connection was found broken, which is how an instance wakes that was frozen for a while.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from google.api_core import exceptions
from google.api_core.retry import Retry, if_exception_type
from google.auth.exceptions import GoogleAuthError
from google.cloud import firestore
from google.cloud.firestore import DocumentReference, DocumentSnapshot, FieldFilter, Query, WriteBatch

from bugglio.store import checks
from bugglio.store.port import ABSENT, BY_ID, Conflict, Document, Reading, Unreachable, Version, Write, Written

T = TypeVar("T")

# Not None: the library asks whatever it is given for its predicate when a query fails.
ONCE = Retry(predicate=if_exception_type())
CONFLICTS = (exceptions.AlreadyExists, exceptions.FailedPrecondition, exceptions.NotFound, exceptions.Aborted)
BROKEN = (exceptions.ServiceUnavailable, exceptions.InternalServerError)
TELLING = (
    exceptions.ServiceUnavailable,
    exceptions.Forbidden,
    exceptions.Unauthorized,
    exceptions.NotFound,
    exceptions.FailedPrecondition,
)
"""Errors whose words are about the service (no such database, a missing index), never about the documents."""
WORDS = 300
ANYTHING = "pulse/time"
"""Firestore tells its time with a document, even one that is not there."""
NO_FIELD = "\0"
"""No document has such a field (`checks`): to delete it demands the condition, and changes nothing."""


class FirestoreStore:
    """The port on one Firestore database."""

    def __init__(self, client: firestore.Client, clock: Callable[[], int] | None = None, timeout: float = 3.0) -> None:
        """
        Use this client; nothing is asked yet.

        `clock` answers in milliseconds, in place of Firestore's own time. No verb waits over `timeout` seconds.
        """
        self._opened: firestore.Client | None = client
        self._clock = clock
        self._timeout = timeout

    def get(self, paths: Sequence[str]) -> Reading:
        """Read documents by path, in one round trip."""
        asked = checks.split_all(paths) or checks.split_all([ANYTHING])
        client = self._client()
        references = [client.document(*parts) for parts in asked.values()]
        found = self._read("read", lambda left: list(client.get_all(references, retry=ONCE, timeout=left)))
        at = self._clock() if self._clock else max(_milliseconds(snapshot.read_time) for snapshot in found)
        documents = [_document(snapshot) for snapshot in found if snapshot.exists]
        return Reading(at, {document.path: document for document in documents})

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
        """Documents by a range of one field, in its order and then by id."""
        asked = checks.query(collection, field, start=start, end=end, limit=limit, after=after, descending=descending)
        if asked.hopeless:
            return []
        query = _page(self._client(), asked)
        found = self._read("query", lambda left: list(query.stream(retry=ONCE, timeout=left)))
        return [_document(snapshot) for snapshot in found]

    def count(
        self, collection: str, field: str, *, start: int | str | None = None, end: int | str | None = None
    ) -> int:
        """How many documents the range holds, counted by Firestore: a read for each thousand."""
        asked = checks.query(collection, field, start=start, end=end)
        if asked.hopeless:
            return 0
        # The library's annotation says that count() answers with a class.
        query: Any = _range(self._client(), asked).count(alias="documents")
        answer = self._read("count", lambda left: query.get(retry=ONCE, timeout=left))
        return int(answer[0][0].value)

    def commit(self, writes: Sequence[Write]) -> list[Written]:
        """Apply writes to different documents, all or none, and never twice."""
        asked = checks.writes(writes)
        client = self._client()
        if not asked:
            return []
        batch = client.batch()
        for write in asked:
            self._add(client, batch, write)
        with _plainly("commit"):
            try:
                results = batch.commit(retry=None, timeout=self._timeout)
            except CONFLICTS as error:
                raise Conflict(f"a condition did not hold: {type(error).__name__}") from None
        return [self._written(write, result) for write, result in zip(asked, results, strict=True)]

    def close(self) -> None:
        """Let go of the client, and with it of its connection if nobody else has it."""
        self._opened = None

    def _client(self) -> firestore.Client:
        if self._opened is None:
            raise Unreachable("the store has been closed")
        return self._opened

    def _read(self, what: str, ask: Callable[[float], T]) -> T:
        until = time.monotonic() + self._timeout
        with _plainly(what):
            try:
                return ask(self._timeout)
            except BROKEN:
                left = until - time.monotonic()
                if left <= 0:
                    raise
                return ask(left)

    def _add(self, client: firestore.Client, batch: WriteBatch, write: Write) -> None:
        reference = client.document(*checks.split(write.path))
        fields = self._fields(write)
        if write.when is ABSENT:
            batch.create(reference, fields)
            return
        fields |= dict.fromkeys(write.delete, firestore.DELETE_FIELD)
        named = fields or {NO_FIELD: firestore.DELETE_FIELD}
        paths = {client.field_path(name): value for name, value in named.items()}
        batch.update(reference, paths, option=_option(client, write))

    def _fields(self, write: Write) -> dict[str, Any]:
        now = self._clock() if self._clock else firestore.SERVER_TIMESTAMP
        return {
            **write.put,
            **{name: firestore.Increment(number) for name, number in write.increment.items()},
            **{name: firestore.Maximum(number) for name, number in write.maximum.items()},
            **dict.fromkeys(write.stamp, now),
        }

    def _written(self, write: Write, result: Any) -> Written:
        # The library sends a write's transforms in the order of their fields' names; what they came to is in the same.
        stamps = write.stamp if self._clock is None else ()
        names = sorted([*write.increment, *write.maximum, *stamps])
        values = dict(zip(names, result.transform_results, strict=True))
        return Written(Version(result.update_time), {name: _number(values[name]) for name in write.increment})


def open_firestore(
    project: str | None = None,
    database: str | None = None,
    clock: Callable[[], int] | None = None,
    timeout: float = 3.0,
) -> FirestoreStore:
    """
    The store in this project's database, or in those that the environment names.

    Google's client reads GOOGLE_CLOUD_PROJECT, GOOGLE_APPLICATION_CREDENTIALS and FIRESTORE_EMULATOR_HOST. Raises
    `Unreachable` when it finds no project or no credentials.
    """
    try:
        return FirestoreStore(firestore.Client(project=project, database=database), clock, timeout)
    except (GoogleAuthError, OSError) as error:
        raise Unreachable(f"Firestore cannot be asked: {_one_line(error)}") from error


@contextmanager
def _plainly(what: str) -> Iterator[None]:
    """Any failure but a conflict, in words that hold nothing of a document; so the cause is not shown either."""
    try:
        yield
    except (exceptions.GoogleAPIError, GoogleAuthError, OSError) as error:
        told = isinstance(error, TELLING) or not isinstance(error, exceptions.GoogleAPIError)
        reason = f": {_one_line(error)}" if told else ""
        raise Unreachable(f"Firestore did not answer a {what}: {type(error).__name__}{reason}") from None


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:WORDS]


def _range(client: firestore.Client, asked: checks.Asked) -> Query:
    key = asked.field if asked.field == BY_ID else client.field_path(asked.field)
    way = Query.DESCENDING if asked.descending else Query.ASCENDING
    query: Query = client.collection(asked.collection).order_by(key, direction=way)
    for bound, sign in ((asked.start, ">="), (asked.end, "<")):
        if bound is not None:
            value = client.document(asked.collection, str(bound)) if asked.field == BY_ID else bound
            query = query.where(filter=FieldFilter(key, sign, value))
    return query if asked.field == BY_ID else query.order_by(BY_ID, direction=way)


def _page(client: firestore.Client, asked: checks.Asked) -> Query:
    query = _range(client, asked).limit(asked.limit)
    place = checks.position(asked)
    if place is None:
        return query
    cursor = {BY_ID: client.document(asked.collection, place[1])}
    return query.start_after(cursor if asked.field == BY_ID else {asked.field: place[0], **cursor})


def _document(snapshot: DocumentSnapshot[DocumentReference]) -> Document:
    fields = {name: _value(value) for name, value in (snapshot.to_dict() or {}).items()}
    return Document(snapshot.reference.path, fields, Version(snapshot.update_time))


def _value(value: Any) -> Any:
    """A value as the port has it: Firestore's own times (of a stamp) become milliseconds."""
    return _milliseconds(value) if isinstance(value, datetime) else value


def _option(client: firestore.Client, write: Write) -> Any:
    """The condition on a document that is there; None is the library's way to demand no more than that."""
    return client.write_option(last_update_time=write.when.token) if isinstance(write.when, Version) else None


def _number(value: Any) -> Any:
    return value.integer_value if "integer_value" in value else value.double_value


def _milliseconds(moment: Any) -> int:
    """A time as the library has it: a datetime that keeps its nanoseconds."""
    nanoseconds: int = moment.timestamp_pb().ToNanoseconds()
    return nanoseconds // 1_000_000
