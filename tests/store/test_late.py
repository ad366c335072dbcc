"""A store that cannot be opened yet."""

from typing import TYPE_CHECKING

import pytest

from bugglio.store import ABSENT, Store, Unreachable, Write
from bugglio.store.late import LateStore

if TYPE_CHECKING:
    from bugglio.store.sqlite import SqliteStore


class Opening:
    """Opens a store, or fails, and counts how often it was asked."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.fails = True
        self.asked = 0

    def __call__(self) -> Store:
        self.asked += 1
        if self.fails:
            raise Unreachable("no disk")
        return self.store


def test_what_cannot_be_opened_is_unreachable_and_tried_again_after_a_second(sqlite: "SqliteStore") -> None:
    opening = Opening(sqlite)
    now = [100.0]
    late = LateStore(opening, lambda: now[0])

    for _ in range(3):
        with pytest.raises(Unreachable, match="no disk"):
            late.get([])
    assert 1 == opening.asked

    opening.fails = False
    now[0] += 1
    late.commit([Write("alerts/a", ABSENT, put={"v": 1, "open": "t|1"})])
    assert [{"v": 1, "open": "t|1"}] == [one.fields for one in late.query("alerts", "open")]
    assert 1 == late.count("alerts", "open")
    assert late.get(["alerts/a"]).get("alerts/a") is not None
    assert 2 == opening.asked


def test_closing_what_was_never_opened_opens_nothing(sqlite: "SqliteStore") -> None:
    opening = Opening(sqlite)

    LateStore(opening).close()

    assert 0 == opening.asked


def test_closing_closes_the_store_itself(sqlite: "SqliteStore") -> None:
    opening = Opening(sqlite)
    opening.fails = False
    late = LateStore(opening)
    late.get([])

    late.close()

    with pytest.raises(Unreachable, match="closed"):
        sqlite.get([])
