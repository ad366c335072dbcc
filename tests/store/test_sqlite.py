"""What is SQLite's own: files, processes, and being killed."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from bugglio.store import ABSENT, BY_ID, EXISTS, Conflict, Unreachable, Write
from bugglio.store.fields import QUERIED
from bugglio.store.sqlite import SqliteStore, machine_time

ROOT = Path(__file__).parents[2]
ALERT = "alerts/a1"
Opened = Callable[..., SqliteStore]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bugglio.db"


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Opens stores by path and timeout; all are closed when the test has ended, however it did."""
    with ExitStack() as stores:

        def store(path: Path, timeout: float = 3.0) -> SqliteStore:
            return stores.enter_context(closing(SqliteStore(path, timeout=timeout)))

        yield store


def python(code: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", code, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)


# Files


@pytest.mark.parametrize("name", ["plain.db", "with space.db", "a?b#c%20d.db", "é😀.db", ":memory:"])
def test_a_file_of_any_name_keeps_what_was_written(opened: Opened, tmp_path: Path, name: str) -> None:
    first = opened(tmp_path / name)
    first.commit([Write(ALERT, ABSENT, put={"n": 1})])
    first.close()
    second = opened(tmp_path / name)
    found = second.get([ALERT]).get(ALERT)
    second.close()
    assert found is not None
    assert {"n": 1} == found.fields
    assert [name] == [file.name for file in tmp_path.iterdir()]


def test_a_new_file_is_its_owners_alone(opened: Opened, path: Path) -> None:
    store = opened(path)
    store.commit([Write(ALERT, ABSENT, put={"n": 1})])
    assert {0o600} == {file.stat().st_mode & 0o777 for file in path.parent.iterdir()}


def test_a_relative_path_stays_where_it_was_opened(opened: Opened, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    store = opened(Path(path.name))
    monkeypatch.chdir("/")
    store.commit([Write(ALERT, ABSENT, put={"n": 1})])
    assert 1 == store.count("alerts", BY_ID)


def test_a_missing_folder_is_told(opened: Opened, tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match=r"missing/bugglio\.db cannot be used: No such file or directory"):
        opened(tmp_path / "missing" / "bugglio.db")


def test_a_folder_that_may_not_be_written_is_told(opened: Opened, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    if os.access(folder, os.W_OK):  # root may write anywhere but where nobody can
        folder = Path("/proc")
    with pytest.raises(Unreachable, match="cannot be used"):
        opened(folder / "bugglio.db")


def test_a_folder_in_place_of_the_file_is_told(opened: Opened, tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="cannot be used"):
        opened(tmp_path)


def test_a_file_that_is_no_database_is_told_and_left_alone(opened: Opened, path: Path) -> None:
    path.write_text("dear diary, " * 100)
    with pytest.raises(Unreachable, match="file is not a database"):
        opened(path)
    assert "dear diary, " * 100 == path.read_text()


def test_a_file_taken_away_is_not_made_anew(opened: Opened, path: Path) -> None:
    away = opened(path)
    if away._writer:  # its next commit opens the file anew, as after a failure
        away._writer.close()
        away._writer = None
    path.unlink()
    with pytest.raises(Unreachable, match="unable to open"):
        away.get([ALERT])
    with pytest.raises(Unreachable, match="unable to open"):
        away.commit([Write(ALERT, ABSENT)])
    assert not path.exists()


def test_a_damaged_file_is_told_and_says_nothing_of_the_documents(opened: Opened, path: Path) -> None:
    store = opened(path)
    store.commit([Write(f"alerts/a{i}", ABSENT, put={"secret": "hush " * 500}) for i in range(50)])
    store.close()
    bytes_ = bytearray(path.read_bytes())
    bytes_[4096 * 3 :] = b"\xff" * (len(bytes_) - 4096 * 3)
    path.write_bytes(bytes_)
    with pytest.raises(Unreachable) as refusal:
        opened(path).get([f"alerts/a{i}" for i in range(50)])
    assert "hush" not in str(refusal.value)


def test_a_file_from_before_a_field_was_queried_gets_its_index(opened: Opened, path: Path) -> None:
    store = opened(path)
    store.commit([Write(ALERT, ABSENT, put={"due_at": 1})])
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("DROP INDEX alerts_due_at")
    connection.close()
    again = opened(path)
    assert 1 == again.count("alerts", "due_at")


@pytest.mark.parametrize(
    ("collection", "field"), [(name, field) for name, fields in QUERIED.items() for field in fields]
)
@pytest.mark.parametrize("way", ["ASC", "DESC"])
def test_every_query_goes_by_an_index_and_sorts_nothing(
    opened: Opened, path: Path, collection: str, field: str, way: str
) -> None:
    asked: list[str] = []
    store = opened(path)
    connection = store._connect()
    connection.set_trace_callback(asked.append)
    store._idle.append(connection)
    store.query(collection, field, start=5, limit=2, descending=way == "DESC")
    store.count(collection, field, start=5, end=9)
    plans = [connection.execute(f"EXPLAIN QUERY PLAN {text}").fetchall() for text in asked if text.startswith("SELECT")]
    assert 2 == len(plans)
    # What is counted is handed on row by row, until there are as many as shall be counted.
    steps = [[step for *_, step in plan if "(subquery" not in step] for plan in plans]
    assert all(1 == len(plan) and f"INDEX {collection}_{field} " in plan[0] for plan in steps), plans


# Time


def test_without_a_clock_time_is_the_machines(opened: Opened, path: Path) -> None:
    store = opened(path)
    before = machine_time()
    at = store.get([]).at
    assert before <= at <= machine_time()


# Waiting


@pytest.fixture
def held(opened: Opened, path: Path) -> Iterator[Path]:
    """A file in which another program holds the write lock."""
    opened(path).close()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield path
    connection.close()


def test_a_writer_that_waits_in_vain_says_so(opened: Opened, held: Path) -> None:
    store = opened(held, timeout=0.05)
    with pytest.raises(Unreachable, match="database is locked"):
        store.commit([Write(ALERT, ABSENT)])


def test_readers_do_not_wait_for_a_writer(opened: Opened, held: Path) -> None:
    store = opened(held, timeout=0.05)
    assert {} == store.get([ALERT]).documents


def test_a_writer_behind_another_of_the_same_process_waits_no_longer_than_it_may(opened: Opened, path: Path) -> None:
    store = opened(path, timeout=0.05)
    with store._turn, pytest.raises(Unreachable, match="is busy"):
        store.commit([Write(ALERT, ABSENT)])
    store.commit([Write(ALERT, ABSENT)])


def test_after_a_failure_the_store_goes_on(opened: Opened, path: Path) -> None:
    store = opened(path, timeout=0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unreachable):
        store.commit([Write(ALERT, ABSENT)])
    other.execute("ROLLBACK")
    other.close()
    store.commit([Write(ALERT, ABSENT)])
    assert 1 == store.count("alerts", BY_ID)


def test_threads_that_come_and_go_leave_no_connections_behind(opened: Opened, path: Path) -> None:
    store = opened(path)
    for _ in range(30):
        thread = threading.Thread(target=store.get, args=([ALERT],))
        thread.start()
        thread.join()
    assert 1 == len(store._idle)


# Two processes

COUNT = """
import sys
from bugglio.store import EXISTS, Write
from bugglio.store.retry import retrying
from bugglio.store.sqlite import SqliteStore
store = SqliteStore(sys.argv[1], timeout=30)
def once():
    found = store.get(["alerts/a1"]).get("alerts/a1")
    store.commit([Write("alerts/a1", found.version, put={"n": found.fields["n"] + 1}, increment={"blind": 1})])
for _ in range(100):
    retrying(once, deadline_seconds=30)
store.close()
"""


def test_two_processes_on_one_file_lose_nothing(opened: Opened, path: Path) -> None:
    store = opened(path)
    store.commit([Write(ALERT, ABSENT, put={"n": 0})])
    processes = [python(COUNT, str(path)) for _ in range(2)]
    assert [0, 0] == [process.wait(timeout=60) for process in processes]
    for process in processes:
        process.communicate()
    found = store.get([ALERT]).get(ALERT)
    assert found is not None
    assert {"n": 200, "blind": 200} == found.fields


OPEN = """
import sys
from bugglio.store.sqlite import SqliteStore
SqliteStore(sys.argv[1], timeout=30).close()
"""


def test_processes_that_make_the_file_at_once_do_not_disturb_each_other(path: Path) -> None:
    processes = [python(OPEN, str(path)) for _ in range(4)]
    assert [0] * 4 == [process.wait(timeout=60) for process in processes]
    for process in processes:
        process.communicate()


# Being killed

WRITE_UNTIL_KILLED = """
import sys
from bugglio.store import ABSENT, EXISTS, Write
from bugglio.store.sqlite import SqliteStore
store = SqliteStore(sys.argv[1])
paths = [f"pages/p{i}" for i in range(100)]
store.commit([Write(path, ABSENT, put={"n": 0, "due_at": 0}) for path in paths])
n = 0
while True:
    n += 1
    store.commit([Write(path, EXISTS, put={"n": n, "due_at": n, "text": "x" * 500}) for path in paths])
    print(n, flush=True)
"""


@pytest.mark.parametrize("commits", [1, 4, 9])
def test_a_process_killed_in_mid_commit_leaves_all_of_it_or_nothing(opened: Opened, path: Path, commits: int) -> None:
    process = python(WRITE_UNTIL_KILLED, str(path))
    assert process.stdout is not None
    told = 0
    while told < commits:
        told = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    process.communicate()
    store = opened(path)
    found = store.query("pages", BY_ID, limit=200)
    by_index = store.count("pages", "due_at", start=found[0].fields["n"])
    assert 100 == len(found) == by_index
    assert 1 == len({document.fields["n"] for document in found})
    assert told <= found[0].fields["n"]


# Against a model

IDS = st.sampled_from(["a", "b", "c", "é"])
NAMES = ["due_at", "open", "n"]
VALUES = st.integers(-3, 3) | st.sampled_from(["", "a", "b|1", "😀"])
PUT = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=2)
COUNTS = st.dictionaries(st.sampled_from(["x", "y"]), st.integers(-2, 2), max_size=2)
Bound = int | str | None


def sort_key(value: int | str) -> tuple[bool, int, bytes]:
    return (True, 0, value.encode()) if isinstance(value, str) else (False, value, b"")


def within(value: int | str, start: Bound, end: Bound) -> bool:
    if any(bound is not None and isinstance(bound, str) != isinstance(value, str) for bound in (start, end)):
        return False
    low = start is None or sort_key(start) <= sort_key(value)
    return low and (end is None or sort_key(value) < sort_key(end))


class Model(RuleBasedStateMachine):
    """Random commits and queries do to the file what they do to a map of maps."""

    remembered: Bundle[tuple[str, int]] = Bundle("remembered")

    @initialize()
    def begin(self) -> None:
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.store = SqliteStore(Path(self.folder.name) / "model.db", lambda: 7)
        self.model: dict[str, dict[str, int | str]] = {}
        self.changes: dict[str, int] = {}
        self.versions: dict[tuple[str, int], object] = {}

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(target=remembered, id_=IDS)
    def remember(self, id_: str) -> tuple[str, int]:
        found = self.store.get([f"alerts/{id_}"]).get(f"alerts/{id_}")
        known = (id_, self.changes.get(id_, 0))
        if found is not None:
            self.versions[known] = found.version
        return known

    @rule(id_=IDS, other=IDS, put=PUT, add=COUNTS, new=st.booleans(), other_new=st.booleans())
    def write_two(
        self, id_: str, other: str, put: dict[str, int | str], add: dict[str, int], *, new: bool, other_new: bool
    ) -> None:
        writes = {
            each: Write(f"alerts/{each}", ABSENT if absent else EXISTS, put=put, increment=add, stamp=["at"])
            for each, absent in ((id_, new), (other, other_new))
        }
        fits = all((write.when is ABSENT) != (each in self.model) for each, write in writes.items())
        self.commit(writes, fits=fits)

    @rule(known=consumes(remembered), put=PUT, top=COUNTS)
    def write_by_version(self, known: tuple[str, int], put: dict[str, int | str], top: dict[str, int]) -> None:
        version = self.versions.get(known)
        if version is None:
            return
        write = Write(f"alerts/{known[0]}", version, put=put, maximum=top, delete=["n"] if "n" not in put else [])  # type: ignore[arg-type]
        self.commit({known[0]: write}, fits=known[1] == self.changes[known[0]])

    def commit(self, writes: dict[str, Write], *, fits: bool) -> None:
        if not fits:
            with pytest.raises(Conflict):
                self.store.commit(list(writes.values()))
            return
        written = self.store.commit(list(writes.values()))
        for (id_, write), one in zip(writes.items(), written, strict=True):
            after = self.after(self.model.get(id_, {}), write)
            assert {name: after[name] for name in write.increment} == one.increments
            if id_ not in self.model or after != self.model[id_]:
                self.changes[id_] = self.changes.get(id_, 0) + 1
            self.model[id_] = after

    def after(self, before: dict[str, int | str], write: Write) -> dict[str, int | str]:
        after = before | dict(write.put)
        for name, number in write.increment.items():
            after[name] = int(after.get(name, 0)) + number
        for name, number in write.maximum.items():
            after[name] = max(int(after.get(name, number)), number)
        for name in write.delete:
            after.pop(name, None)
        return after | dict.fromkeys(write.stamp, 7)

    @rule(
        field=st.sampled_from(["due_at", "open"]),
        bounds=st.tuples(*[st.none() | st.integers(-3, 3)] * 2) | st.tuples(*[st.none() | st.sampled_from("ab|")] * 2),
        limit=st.integers(1, 5),
        descending=st.booleans(),
    )
    def query(self, field: str, bounds: tuple[Bound, Bound], limit: int, *, descending: bool) -> None:
        start, end = bounds
        expected = sorted(
            (id_ for id_, fields in self.model.items() if field in fields and within(fields[field], start, end)),
            key=lambda id_: (sort_key(self.model[id_][field]), id_.encode()),
            reverse=descending,
        )
        found = self.store.query("alerts", field, start=start, end=end, limit=limit, descending=descending)
        assert expected[:limit] == [document.id for document in found]
        assert len(expected) == self.store.count("alerts", field, start=start, end=end)
        if found:
            rest = self.store.query("alerts", field, start=start, end=end, after=found[-1], descending=descending)
            assert expected[limit:] == [document.id for document in rest]

    @invariant()
    def the_file_holds_what_the_model_holds(self) -> None:
        documents = self.store.get([f"alerts/{id_}" for id_ in "abcé"]).documents.values()
        assert self.model == {document.id: document.fields for document in documents}


TestModel = Model.TestCase
TestModel.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
