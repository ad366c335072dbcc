"""A store that counts what it is asked, as Firestore bills it: for tests of what an event costs."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bugglio.store.port import Document, Reading, Store, Write, Written

COUNTED_AT_ONCE = 1_000
"""So many documents that an aggregation counts are billed as one read."""


@dataclass(frozen=True)
class Bill:
    """Round trips, documents read (a missing one counts too, and so does an empty answer), documents written."""

    calls: int = 0
    reads: int = 0
    writes: int = 0


class CountingStore:
    """The port on another store, with a bill. A commit that fails is a call and writes nothing."""

    def __init__(self, store: Store) -> None:
        """Count what goes to this store from now on."""
        self._store = store
        self._lock = threading.Lock()
        self._bill = Bill()

    @property
    def bill(self) -> Bill:
        """What was counted since the beginning, or since the last `settle`."""
        return self._bill

    def settle(self) -> Bill:
        """The bill; the next one begins."""
        with self._lock:
            bill, self._bill = self._bill, Bill()
        return bill

    def get(self, paths: Sequence[str]) -> Reading:
        """Read documents by path."""
        self._count(calls=1)
        reading = self._store.get(paths)
        self._count(reads=max(1, len(set(paths))))
        return reading

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
        """Documents by a range of one field."""
        self._count(calls=1)
        found = self._store.query(
            collection, field, start=start, end=end, limit=limit, after=after, descending=descending
        )
        self._count(reads=max(1, len(found)))
        return found

    def count(
        self,
        collection: str,
        field: str,
        *,
        start: int | str | None = None,
        end: int | str | None = None,
        most: int | None = None,
    ) -> int:
        """How many documents the range holds."""
        self._count(calls=1)
        found = self._store.count(collection, field, start=start, end=end, most=most)
        self._count(reads=max(1, -(-found // COUNTED_AT_ONCE)))
        return found

    def commit(self, writes: Sequence[Write]) -> list[Written]:
        """Apply writes, all or none."""
        self._count(calls=1)
        written = self._store.commit(writes)
        self._count(writes=len(written))
        return written

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()

    def _count(self, calls: int = 0, reads: int = 0, writes: int = 0) -> None:
        with self._lock:
            bill = self._bill
            self._bill = replace(bill, calls=bill.calls + calls, reads=bill.reads + reads, writes=bill.writes + writes)
