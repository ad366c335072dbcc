"""
The store in one SQLite file: for a laptop, or a single virtual machine.

Each collection is a table of id, version and the document as JSON; each queried field has an index of the documents
that have it. A commit is on the disk when it returns (synchronous=FULL). Any number of processes may share the file. A
local disk is needed: SQLite's locks do not hold over network file systems.
"""

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bugglio.store import checks, patience
from bugglio.store.fields import QUERIED
from bugglio.store.port import ABSENT, BY_ID, Conflict, Document, Reading, Unreachable, Version, Write, Written

LARGEST_DOCUMENT = 1_048_576
"""Bytes; where Firestore ends too."""
PAUSE = 0.02

Row = tuple[int, str]


class SqliteStore:
    """
    The port on a file.

    Writers of this process take turns in it: SQLite lets them poll for the file, and some would starve. Readers never
    wait for a writer; each borrows a connection, and there are as many as ever read at once.
    """

    def __init__(self, path: str | Path, clock: Callable[[], int] | None = None, *, timeout: float = 3.0) -> None:
        """
        Open the file, making it if it is not there, readable by its owner alone.

        `clock` answers in milliseconds, and is the machine's if it is not given. Nothing waits over `timeout` seconds,
        nor longer than `patience` lets it.
        Raises `Unreachable` when the file cannot be used.
        """
        self._path = Path(path).absolute()
        self._clock = clock or machine_time
        self._timeout = timeout
        self._turn = threading.Lock()
        self._writer: sqlite3.Connection | None = None
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        with self._plainly():
            self._path.touch(mode=0o600)
            self._prepare()

    def get(self, paths: Sequence[str]) -> Reading:
        """Read documents by path, in one snapshot."""
        asked = checks.split_all(paths)
        with self._reading() as connection:
            at = self._clock()
            rows = {path: _row(connection, *parts) for path, parts in asked.items()}
        return Reading(at, {path: _document(path, row) for path, row in rows.items() if row is not None})

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
        where, values = _where(asked)
        way = "DESC" if descending else "ASC"
        order = f"{_column(field)} {way}, id {way}"
        text = f"SELECT id, version, body FROM {collection} WHERE {where} ORDER BY {order} LIMIT ?"  # noqa: S608 - names are fields.py's
        with self._reading() as connection:
            rows = connection.execute(text, [*values, limit]).fetchall()
        return [_document(f"{collection}/{id_}", (version, body)) for id_, version, body in rows]

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
        where, values = _where(checks.count(collection, field, start=start, end=end, most=most))
        text = f"SELECT count(*) FROM (SELECT 1 FROM {collection} WHERE {where} LIMIT ?)"  # noqa: S608 - names are fields.py's
        with self._reading() as connection:
            found: int = connection.execute(text, [*values, -1 if most is None else most]).fetchone()[0]
        return found

    def commit(self, writes: Sequence[Write]) -> list[Written]:
        """Apply writes to different documents, all or none."""
        asked = checks.writes(writes)
        if not asked:
            return []
        with self._writing() as connection:
            now = self._clock()
            return [_apply(connection, write, now) for write in asked]

    def close(self) -> None:
        """Let go of the file, after a commit that is under way."""
        with self._turn:
            self._closed = True
            idle = [self._writer, *self._idle]
            self._writer = None
            self._idle = []
        for connection in idle:
            if connection is not None:
                connection.close()

    def _prepare(self) -> None:
        until = time.monotonic() + self._timeout
        while True:
            connection = self._connect()
            try:
                _make_tables(connection)
            except sqlite3.OperationalError as error:
                # Two processes that turn a new file to WAL at once: one is told that it is locked, without waiting.
                connection.close()
                if "locked" not in str(error) or time.monotonic() > until:
                    raise
                time.sleep(PAUSE)
            else:
                self._writer = connection
                return

    def _connect(self) -> sqlite3.Connection:
        if self._closed:
            raise Unreachable(f"the store {self._path} has been closed")
        # mode=rw: a file that somebody took away is an error, not a new, empty store.
        connection = sqlite3.connect(
            f"{self._path.as_uri()}?mode=rw",
            uri=True,
            timeout=self._timeout,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            connection.execute("PRAGMA synchronous=FULL")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise Unreachable(f"the store {self._path} cannot be used: {reason}") from error

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._plainly():
            connection = self._borrow()
            try:
                connection.execute("BEGIN")
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                connection.close()
                raise
            self._give_back(connection)

    def _borrow(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if self._closed:
            connection.close()
        else:
            self._idle.append(connection)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Begin this process's only transaction; a connection that failed in any way is not used again."""
        if not self._turn.acquire(timeout=patience.share(self._timeout)):
            raise Unreachable(f"the store {self._path} is busy")
        try:
            with self._plainly():
                connection, self._writer = self._writer or self._connect(), None
                try:
                    yield from self._transaction(connection)
                except Conflict:
                    self._writer = connection
                    raise
                except BaseException:
                    connection.close()
                    raise
                self._writer = connection
        finally:
            self._turn.release()

    def _transaction(self, connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
        connection.execute(f"PRAGMA busy_timeout={int(patience.share(self._timeout) * 1000)}")
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except Conflict:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def machine_time() -> int:
    """The machine's time in milliseconds."""
    return time.time_ns() // 1_000_000


def _make_tables(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    lacking = [text for name, text in _schema() if name not in there]
    if not lacking:  # so that a store opens while somebody writes
        return
    connection.execute("BEGIN IMMEDIATE")
    for text in lacking:
        connection.execute(text)
    connection.execute("COMMIT")


def _schema() -> Iterator[tuple[str, str]]:
    """Names, and how to make what they name; another process may be making it too."""
    for collection, fields in QUERIED.items():
        columns = "id TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL, body TEXT NOT NULL"
        yield collection, f"CREATE TABLE IF NOT EXISTS {collection} ({columns})"
        for field in fields:
            name, column = f"{collection}_{field}", _column(field)
            where = f"{column} IS NOT NULL"
            yield name, f"CREATE INDEX IF NOT EXISTS {name} ON {collection} ({column}, id) WHERE {where}"


def _column(field: str) -> str:
    return "id" if field == BY_ID else f"json_extract(body, '$.{field}')"


def _where(asked: checks.Asked) -> tuple[str, list[Any]]:
    column = _column(asked.field)
    terms: list[tuple[str, list[Any]]] = [(f"{column} IS NOT NULL", [])]
    if asked.start is not None:
        terms.append((f"{column} >= ?", [asked.start]))
    if asked.end is not None:
        terms.append((f"{column} < ?", [asked.end]))
    # In SQLite's order every text follows every number; a range of either finds only its own kind.
    if isinstance(asked.start, int) and asked.end is None:
        terms.append((f"{column} < ''", []))
    if isinstance(asked.end, str) and asked.start is None:
        terms.append((f"{column} >= ''", []))
    place = checks.position(asked)
    if place is not None:
        terms.append((f"({column}, id) {'<' if asked.descending else '>'} (?, ?)", [*place]))
    return " AND ".join(text for text, _ in terms), [value for _, values in terms for value in values]


def _row(connection: sqlite3.Connection, collection: str, id_: str) -> Row | None:
    text = f"SELECT version, body FROM {collection} WHERE id = ?"  # noqa: S608 - names are fields.py's
    row: Row | None = connection.execute(text, (id_,)).fetchone()
    return row


def _document(path: str, row: Row) -> Document:
    return Document(path, json.loads(row[1]), Version(row[0]))


def _apply(connection: sqlite3.Connection, write: Write, now: int) -> Written:
    collection, id_ = checks.split(write.path)
    row = _row(connection, collection, id_)
    _demand(write, row)
    version, before = row or (0, "{}")
    fields = _changed(json.loads(before), write, now)
    after = checks.body(fields)
    if len(after.encode()) > LARGEST_DOCUMENT:
        raise Unreachable(f"{write.path} would be larger than {LARGEST_DOCUMENT} bytes")
    if row is None or after != before:
        version += 1
        connection.execute(
            f"INSERT INTO {collection} VALUES (?, ?, ?)"  # noqa: S608 - names are fields.py's
            " ON CONFLICT (id) DO UPDATE SET version = excluded.version, body = excluded.body",
            (id_, version, after),
        )
    return Written(Version(version), {name: fields[name] for name in write.increment})


def _demand(write: Write, row: Row | None) -> None:
    if (row is None) != (write.when is ABSENT):
        raise Conflict(f"{write.path} {'is not there' if row is None else 'is there already'}")
    if row is not None and isinstance(write.when, Version) and write.when.token != row[0]:
        raise Conflict(f"{write.path} is not as it was read")


def _changed(before: Mapping[str, Any], write: Write, now: int) -> dict[str, Any]:
    fields = {**before, **write.put}
    for name, number in write.increment.items():
        fields[name] = fields[name] + number if _is_number(fields.get(name)) else number
    for name, number in write.maximum.items():
        fields[name] = max(fields[name], number) if _is_number(fields.get(name)) else number
    for name in write.delete:
        fields.pop(name, None)
    return {**fields, **dict.fromkeys(write.stamp, now)}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
