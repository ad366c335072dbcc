"""What the counting store puts on the bill."""

from collections.abc import Callable

import pytest

from bugglio.store import ABSENT, EXISTS, Conflict, Store, Write
from bugglio.store.chronicled import Chronicled
from bugglio.store.counting import Bill, CountingStore
from bugglio.store.late import LateStore
from bugglio.store.pooled import Pooled
from bugglio.store.sqlite import SqliteStore


def test_each_verb_is_billed_as_firestore_would(sqlite: SqliteStore) -> None:
    store = CountingStore(sqlite)
    store.commit([Write(f"pages/p{i}", ABSENT, put={"due_at": i}) for i in range(3)])
    assert Bill(calls=1, reads=0, writes=3) == store.settle()
    store.get(["pages/p0", "pages/p1", "pages/missing", "pages/p0"])
    assert Bill(calls=1, reads=3, writes=0) == store.settle()
    store.query("pages", "due_at", start=1)
    assert Bill(calls=1, reads=2, writes=0) == store.settle()
    store.query("pages", "due_at", start=9)
    store.count("pages", "due_at")
    store.get([])
    assert Bill(calls=3, reads=3, writes=0) == store.bill


def test_a_commit_that_fails_is_a_call_and_no_write(sqlite: SqliteStore) -> None:
    store = CountingStore(sqlite)
    with pytest.raises(Conflict):
        store.commit([Write("pages/p", EXISTS)])
    assert Bill(calls=1) == store.bill


@pytest.mark.parametrize("around", [CountingStore, Chronicled, Pooled, lambda store: LateStore(lambda: store)])
def test_a_store_around_another_passes_on_how_far_to_count(
    sqlite: SqliteStore, around: Callable[[Store], Store]
) -> None:
    sqlite.commit([Write(f"pages/p{i}", ABSENT, put={"due_at": i}) for i in range(3)])
    assert 2 == around(sqlite).count("pages", "due_at", most=2)
