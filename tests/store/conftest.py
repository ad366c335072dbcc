"""Stores in real time, beside those whose time is a clock's."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bugglio.store import Store
from bugglio.store.sqlite import SqliteStore
from tests.stores import PATIENCE
from tools.rig.clients import firestore_connection


@pytest.fixture
def live_sqlite(tmp_path: Path) -> Iterator[SqliteStore]:
    """An empty SQLite file that goes by the machine's time."""
    store = SqliteStore(tmp_path / "live.db", timeout=PATIENCE)
    yield store
    store.close()


@pytest.fixture
def live_firestore(emulator: str) -> Iterator[Store]:
    """An empty Firestore that goes by its own time."""
    from bugglio.store.firestore import FirestoreStore

    store = FirestoreStore(firestore_connection(emulator), timeout=PATIENCE)
    yield store
    store.close()


@pytest.fixture(params=["sqlite", pytest.param("firestore", marks=pytest.mark.emulator)])
def live(request: pytest.FixtureRequest) -> Store:
    """An empty store in real time: each test runs on both engines."""
    chosen: Store = request.getfixturevalue(f"live_{request.param}")
    return chosen
