"""A store that is opened when it is first needed: until it can be, whoever needs it is told that it is unreachable."""

import threading
import time
from collections.abc import Callable, Sequence

from bugglio.store.port import Document, Reading, Store, Unreachable, Write, Written

AGAIN = 1.0
"""Seconds after which a store that could not be opened is tried again."""


class LateStore:
    """The port on a store that somebody knows how to open."""

    def __init__(self, opening: Callable[[], Store], clock: Callable[[], float] = time.monotonic) -> None:
        """`opening` raises `Unreachable` while it cannot be done; `clock` answers in seconds."""
        self._opening = opening
        self._clock = clock
        self._lock = threading.Lock()
        self._store: Store | None = None
        self._failed: tuple[float, Unreachable] | None = None

    def open(self) -> Store:
        """The store itself; raises `Unreachable`, without trying again within a second."""
        if self._store is not None:
            return self._store
        with self._lock:
            if self._store is None:
                self._store = self._opened()
            return self._store

    def _opened(self) -> Store:
        if self._failed is not None and self._clock() - self._failed[0] < AGAIN:
            raise Unreachable(str(self._failed[1]))
        try:
            return self._opening()
        except Unreachable as error:
            self._failed = (self._clock(), error)
            raise

    def get(self, paths: Sequence[str]) -> Reading:
        """Read documents by path."""
        return self.open().get(paths)

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
        return self.open().query(
            collection, field, start=start, end=end, limit=limit, after=after, descending=descending
        )

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
        return self.open().count(collection, field, start=start, end=end, most=most)

    def commit(self, writes: Sequence[Write]) -> list[Written]:
        """Apply writes, all or none."""
        return self.open().commit(writes)

    def close(self) -> None:
        """Let go of the store, if it was ever opened."""
        if self._store is not None:
            self._store.close()
