"""
Bare conditional commits of three documents, from one process with many threads: what a new error comes to at the least.

The documents are as large as bugglio's. Firestore is asked with Google's client alone (`create` demands that the
document is absent), SQLite with Python's module on one connection, in bugglio's tables and as durable as there.
"""

import json
import sqlite3
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

Documents = Mapping[str, Mapping[str, Any]]
"""By collection."""
Commit = Callable[[str], object]
"""Writes a document of this id into each collection."""
WARM = 200


def main(arguments: Sequence[str]) -> None:
    """Print how many commits a second there were: `STORE DOCUMENTS.json THREADS TIMES`, and `read` to read before."""
    store, documents, threads, times, *reads = arguments
    loaded: Documents = json.loads(Path(documents).read_text(encoding="utf-8"))
    commit = _on_firestore(store, loaded, reads=bool(reads)) if ":" in store else _on_sqlite(store, loaded)
    _rate(commit, int(threads), WARM)
    print(_rate(commit, int(threads), int(times)))


def _rate(commit: Commit, threads: int, times: int) -> float:
    with ThreadPoolExecutor(threads) as pool:
        began = time.perf_counter()
        list(pool.map(commit, [uuid.uuid4().hex for _ in range(times)]))
        return times / (time.perf_counter() - began)


def _on_firestore(address: str, documents: Documents, *, reads: bool) -> Commit:
    from tools.rig.clients import firestore_client

    client = firestore_client(address)

    def commit(name: str) -> object:
        if reads:
            list(client.get_all([client.document("alerts", name)], retry=None, timeout=30))
        batch = client.batch()
        for collection, fields in documents.items():
            batch.create(client.document(collection, name), dict(fields))
        return batch.commit(retry=None, timeout=30)

    return commit


def _on_sqlite(path: str, documents: Documents) -> Commit:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA synchronous=FULL")
    lock = threading.Lock()
    bodies = {collection: json.dumps(fields) for collection, fields in documents.items()}

    def commit(name: str) -> object:
        with lock:
            connection.execute("BEGIN IMMEDIATE")
            for collection, body in bodies.items():
                connection.execute(f"INSERT INTO {collection} VALUES (?, 1, ?)", (name, body))  # noqa: S608 - our own
            return connection.execute("COMMIT")

    return commit


if __name__ == "__main__":
    main(sys.argv[1:])
