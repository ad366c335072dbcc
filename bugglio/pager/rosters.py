"""Where the roster is kept: one document holds the whole book, so that nobody ever reads half of a change."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

import msgspec

from bugglio.pager import covers
from bugglio.roster import Book, Roster, lone_roster, roster_of
from bugglio.store import Reading, Store, StoreError, Unreachable, Version
from bugglio.store.retry import STALE, running_time

BOOK = "roster/current"
APPLIED = "roster/applied"
"""The book as the latest `apply` left it; there only while somebody has changed the roster otherwise since."""
KEPT = 10.0
"""Seconds for which a roster that was read is used without asking again."""
AGAIN = 1.0
"""Seconds after which a store that failed is asked again: a door has no time to wait for it twice."""


def book_in(reading: Reading, path: str = BOOK) -> Book | None:
    """The book that was read, if it is there. Raises `Unreachable` when it cannot be understood."""
    found = reading.get(path)
    text = found.fields.get("book") if found is not None else None
    try:
        return msgspec.json.decode(text, type=Book) if text else None
    except msgspec.MsgspecError as error:
        # Its words name places in the book, never what stands there.
        raise Unreachable(f"{path} cannot be read: {error}") from None


def packed(book: Book) -> str:
    """A book as it is kept. The same book may be kept in more than one way."""
    return msgspec.json.encode(book).decode()


def version_in(reading: Reading) -> int:
    """Grows by 1 with each change; 0: nothing was applied yet."""
    found = reading.get(BOOK)
    return int(found.fields.get("version", 0)) if found is not None else 0


def roster_in(reading: Reading, number: str) -> Roster:
    """The roster that was read; `number` is the phone of the last resort."""
    book = book_in(reading)
    roster = lone_roster(number) if book is None else roster_of(book, number, version=version_in(reading))
    return covers.roster_with(roster, reading)


@dataclass(frozen=True)
class Known:
    """A roster, the documents' versions that it was made of, and the uptime before they were read."""

    roster: Roster
    versions: tuple[Version | None, ...]
    read: float


class Rosters:
    """The roster of the moment, at most 10 seconds old while the store answers, and 30 while it does not."""

    def __init__(self, store: Store, number: str, uptime: Callable[[], float] = running_time) -> None:
        """Nothing is read yet. `number` is the phone of the last resort."""
        self._store = store
        self._number = number
        self._uptime = uptime
        self._lock = threading.Lock()
        self._known: Known | None = None
        self._failed: tuple[float, StoreError] | None = None

    def __call__(self) -> Roster:
        """
        Everybody; the same object as long as nothing has changed.

        Raises `StoreError` when the store cannot be asked and what is known is over 30 seconds old.
        """
        known = self._known
        age = self._age(known)
        if known is not None and age < KEPT:
            return known.roster
        if known is not None and age < STALE:
            return self._renewed() if self._lock.acquire(blocking=False) else known.roster
        self._lock.acquire()
        return self._renewed()

    def forget(self) -> None:
        """Read again when the roster is next asked for; what is known still goes on while the store fails."""
        with self._lock:
            if self._known is not None:
                self._known = replace(self._known, read=min(self._known.read, self._uptime() - KEPT))

    def _age(self, known: Known | None) -> float:
        return self._uptime() - known.read if known is not None else STALE

    def _renewed(self) -> Roster:
        """With the lock, which is let go: the roster as it is now, or as it was if that is not long ago."""
        try:
            if self._age(self._known) >= KEPT:
                self._try()
            if self._known is not None and self._age(self._known) < STALE:
                return self._known.roster
            raise Unreachable(str(self._failed[1]) if self._failed else "the roster was read too slowly")
        finally:
            self._lock.release()

    def _try(self) -> None:
        if self._failed is not None and self._uptime() - self._failed[0] < AGAIN:
            return
        try:
            self._known, self._failed = self._read(), None
        except StoreError as error:
            self._failed = (self._uptime(), error)

    def _read(self) -> Known:
        began = self._uptime()
        reading = self._store.get([BOOK, covers.PATH])
        found = [reading.get(path) for path in (BOOK, covers.PATH)]
        versions = tuple(one.version if one is not None else None for one in found)
        if self._known is not None and self._known.versions == versions:
            return replace(self._known, read=began)
        return Known(roster_in(reading, self._number), versions, began)
