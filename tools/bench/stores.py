"""The stores of servers that are measured, opened from outside."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from bugglio.store import Store

PATIENCE = 60.0


def sqlite_path(known: Mapping[str, str]) -> str:
    """Where a server with these settings keeps its store; empty: on the emulator."""
    kind, _, path = known["BUGGLIO_STORE"].partition(":")
    return path if kind == "sqlite" else ""


@contextmanager
def opened(known: Mapping[str, str]) -> Iterator[Store]:
    """The store of a server with these settings."""
    path = sqlite_path(known)
    store = _sqlite(path) if path else _firestore(known["FIRESTORE_EMULATOR_HOST"], known["GOOGLE_CLOUD_PROJECT"])
    yield store
    store.close()


def _sqlite(path: str) -> Store:
    from bugglio.store.sqlite import SqliteStore

    return SqliteStore(path, timeout=PATIENCE)


def _firestore(address: str, project: str) -> Store:
    from bugglio.store.firestore import open_firestore

    os.environ["FIRESTORE_EMULATOR_HOST"] = address  # where Google's library and bugglio's engine look for it
    return open_firestore(project, timeout=PATIENCE)
