"""A store whose changes, and whose silences, are told to the journal: what is in the log was committed."""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from bugglio import journal
from bugglio.chronicle import Happening, of_change
from bugglio.store.port import ABSENT, Document, Reading, Store, Unreachable, Write, Written

T = TypeVar("T")


class Chronicled:
    """The port on another store."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` answers in seconds."""
        self._store = store
        self._clock = clock

    def get(self, paths: Sequence[str]) -> Reading:
        """Read documents by path."""
        return self._asked("get", lambda: self._store.get(paths))

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
        return self._asked(
            "query",
            lambda: self._store.query(
                collection, field, start=start, end=end, limit=limit, after=after, descending=descending
            ),
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
        return self._asked("count", lambda: self._store.count(collection, field, start=start, end=end, most=most))

    def commit(self, writes: Sequence[Write]) -> list[Written]:
        """Apply writes, all or none, and tell what changed by them."""
        done = self._asked("commit", lambda: self._store.commit(writes), writes)
        try:
            _tell(writes)
        except Exception as error:  # noqa: BLE001 - it is committed, whatever can be told of it
            journal.tell("trouble", f"What was committed cannot be told ({type(error).__name__}).", journal.ERROR)
        return done

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()

    def _asked(self, verb: str, ask: Callable[[], T], writes: Sequence[Write] = ()) -> T:
        began = self._clock()
        try:
            return ask()
        except Unreachable as error:
            passed = round((self._clock() - began) * 1000)
            sentence = f"The store could not be reached: {verb}, after {passed} ms ({error})."
            facts = {"verb": verb, "milliseconds": passed, "codes": _codes(writes) or None}
            journal.tell("store-unreachable", sentence, journal.ERROR, **facts)
            raise


def _tell(writes: Sequence[Write]) -> None:
    for write in writes:
        told = happened(write)
        if told is not None:
            journal.write(told)


def _codes(writes: Sequence[Write]) -> list[int]:
    """Of the alerts that would be changed: it may yet turn out that they were."""
    told = [write.put.get("code") or (write.found and write.found.fields.get("code")) for write in writes]
    return sorted({code for code in told if isinstance(code, int)})


def happened(write: Write) -> Happening | None:
    """What a write means that was applied. Counting, and other writes that rest on nothing read, mean nothing."""
    if write.found is None:
        return of_change(write.path, None, write.put) if write.when is ABSENT else None
    fields = {name: value for name, value in write.found.fields.items() if name not in write.delete}
    return of_change(write.path, write.found.fields, {**fields, **write.put})
