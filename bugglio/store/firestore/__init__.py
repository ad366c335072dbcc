"""
The store in Firestore, without transactions, over Google's channel and messages.

Google's client for Python is left out: its wrappers around each value took four fifths of a new alert's time, and its
retries would be off anyway. They last up to 60 seconds for a commit and 300 for a read, and they repeat a commit whose
reply was lost: an increment would count twice, and a document would conflict with itself. A read is tried again at
once if the connection was found broken, which is how an instance wakes that was frozen for a while.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TypeVar

from google.api_core import exceptions
from google.auth.exceptions import GoogleAuthError

from bugglio.store import checks, patience
from bugglio.store.firestore import messages
from bugglio.store.firestore.connection import Connection, connect
from bugglio.store.port import Conflict, Document, Reading, Unreachable, Write, Written

T = TypeVar("T")

CONFLICTS = (exceptions.AlreadyExists, exceptions.FailedPrecondition, exceptions.NotFound, exceptions.Aborted)
BROKEN = (exceptions.ServiceUnavailable, exceptions.InternalServerError)
TRIES = 3
"""One that finds the connection broken, one that finds the same of a line that nobody had yet seen break."""
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


class FirestoreStore:
    """The port on one Firestore database."""

    def __init__(self, connection: Connection, clock: Callable[[], int] | None = None, timeout: float = 3.0) -> None:
        """
        Use this connection; nothing is asked yet.

        `clock` answers in milliseconds, in place of Firestore's own time. No verb waits over `timeout` seconds, nor
        longer than `patience` lets it.
        """
        self._opened: Connection | None = connection
        self._clock = clock
        self._timeout = timeout

    def get(self, paths: Sequence[str]) -> Reading:
        """Read documents by path, in one round trip."""
        asked = checks.split_all(paths) or checks.split_all([ANYTHING])
        there = self._connection()
        request = messages.get(there.database, asked)
        answers = self._read("read", lambda left: there.get(request, left))
        at = self._clock() if self._clock else messages.read_at(answers)
        return Reading(at, {document.path: document for document in messages.found(there.database, answers)})

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
        there = self._connection()
        request = messages.query_page(there.database, asked)
        return messages.matched(there.database, self._read("query", lambda left: there.query(request, left)))

    def count(
        self,
        collection: str,
        field: str,
        *,
        start: int | str | None = None,
        end: int | str | None = None,
        most: int | None = None,
    ) -> int:
        """How many documents the range holds, counted by Firestore: a read for each thousand."""
        asked = checks.count(collection, field, start=start, end=end, most=most)
        if asked.hopeless:
            return 0
        there = self._connection()
        request = messages.count(there.database, asked, most)
        return messages.counted(self._read("count", lambda left: there.count(request, left)))

    def commit(self, writes: Sequence[Write]) -> list[Written]:
        """Apply writes to different documents, all or none, and never twice."""
        asked = checks.writes(writes)
        there = self._connection()
        if not asked:
            return []
        request = messages.commit(there.database, asked, self._clock() if self._clock else None)
        with _plainly("commit"):
            try:
                answer = there.commit(request, patience.share(self._timeout))
            except CONFLICTS as error:
                raise Conflict(f"a condition did not hold: {type(error).__name__}") from None
        results = zip(asked, answer.write_results, strict=True)
        return [messages.written(write, result, own_stamps=self._clock is None) for write, result in results]

    def close(self) -> None:
        """Let go of the connection, which ends if nobody else has it."""
        self._opened = None

    def _connection(self) -> Connection:
        if self._opened is None:
            raise Unreachable("the store has been closed")
        return self._opened

    def _read(self, what: str, ask: Callable[[float], T]) -> T:
        until = time.monotonic() + patience.share(self._timeout)
        with _plainly(what):
            for _ in range(TRIES - 1):
                with suppress(*BROKEN):
                    return ask(max(0.0, until - time.monotonic()))
            return ask(max(0.0, until - time.monotonic()))


def open_firestore(
    project: str | None = None,
    database: str | None = None,
    clock: Callable[[], int] | None = None,
    timeout: float = 3.0,
) -> FirestoreStore:
    """
    The store in this project's database, or in those that the environment names (see `connect`).

    Raises `Unreachable` when there is no project or there are no credentials.
    """
    try:
        return FirestoreStore(connect(project, database), clock, timeout)
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
