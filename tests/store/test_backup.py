"""All state as lines of JSON, and back: on each engine, from one to the other, and from where it was interrupted."""

import itertools
import json
import tracemalloc
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bugglio.store import ABSENT, BY_ID, Store, Write, backup
from bugglio.store.backup import Unfit, dumped, end, head, load
from bugglio.store.fields import QUERIED
from bugglio.store.sqlite import SqliteStore
from tests.faults import Fault, FaultyStore, Killed

MANY = 2 * backup.AT_ONCE + 7

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    # What Firestore does not take is not in any store: half of a surrogate pair.
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: st.dictionaries(st.text("abcé", min_size=1, max_size=3), inner, max_size=3),
    max_leaves=5,
)


def lines_of(store: Store) -> list[bytes]:
    rows = list(dumped(store))
    return [line.encode() for line in (head(), *rows, end(len(rows)))]


def loaded(store: Store, lines: Iterable[bytes]) -> int:
    return max(load(store, lines), default=0)


def everything(store: Store) -> dict[str, Mapping[str, Any]]:
    return {one.path: one.fields for name in QUERIED for one in store.query(name, BY_ID, limit=2000)}


def fill(store: Store, many: int = MANY) -> None:
    rows = [Write(f"alerts/a{number:04d}", ABSENT, put={"n": number, "due_at": number}) for number in range(many)]
    rows += [Write("pulse/tick", ABSENT, put={"v": 1, "at": 5}, stamp=("seen",)), Write("codes/417", ABSENT)]
    for start in range(0, len(rows), 300):
        store.commit(rows[start : start + 300])


@pytest.fixture
def other(tmp_path: Path) -> Iterable[SqliteStore]:
    store = SqliteStore(tmp_path / "other.db")
    yield store
    store.close()


def test_all_of_it_moves_to_another_store_and_the_same_lines_come_out(store: Store, other: SqliteStore) -> None:
    fill(store)
    lines = lines_of(store)

    assert MANY + 2 == loaded(other, lines)

    assert everything(store) == everything(other)
    assert lines == lines_of(other)


def test_it_moves_back_to_the_engine_of_production(other: SqliteStore, store: Store) -> None:
    fill(other)

    loaded(store, lines_of(other))

    assert everything(other) == everything(store)
    assert [7] == [one.fields["n"] for one in store.query("alerts", "due_at", start=7, end=8)]


def test_a_dump_goes_on_after_the_last_document_that_it_has(store: Store) -> None:
    fill(store)
    lines = list(dumped(store))
    for done in (1, backup.AT_ONCE, backup.AT_ONCE + 1, MANY, MANY + 1):
        assert lines[done:] == list(dumped(store, after=backup.path_of(lines[done - 1])))


def test_a_load_that_was_interrupted_goes_on(sqlite: SqliteStore, other: SqliteStore) -> None:
    fill(sqlite)
    lines = lines_of(sqlite)
    for when in range(6):
        with pytest.raises(Killed):
            loaded(FaultyStore(other, Fault(when)), lines)
        assert len(everything(other)) <= MANY + 2

    assert MANY + 2 == loaded(other, lines)
    assert everything(sqlite) == everything(other)


def test_what_the_store_holds_is_never_overwritten(store: Store, other: SqliteStore) -> None:
    fill(other)
    store.commit([Write("alerts/a0003", ABSENT, put={"n": 99})])

    with pytest.raises(Unfit, match="holds alerts/a0003 already"):
        loaded(store, lines_of(other))

    assert {"alerts/a0003": {"n": 99}} == everything(store)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([b""], "Line 1 is no JSON object"),
        ([b"engineers: {}\n"], "Line 1 is no JSON object"),
        ([b"{}\n"], "no dump of bugglio's"),
        ([b'{"bugglio":"dump","v":2}\n'], "made by a newer bugglio"),
        ([head().encode(), b"{"], "Line 2 is no JSON object"),
        ([head().encode(), b"[]\n"], "Line 2 is no JSON object"),
        ([head().encode(), b'{"path":"alerts/a","fields":{"x":' + b"[" * 100_000], "Line 2 is no JSON object"),
        ([head().encode(), b'{"path":"alerts/a","fields":{"x":"\\ud800"}}\n'], "Line 2 has .* that are none"),
        ([head().encode(), b'{"path":"alerts/a"}\n'], "Line 2 is no document"),
        ([head().encode(), b'{"path":"secrets/a","fields":{}}\n'], "Line 2: .*secrets"),
        ([head().encode(), b'{"path":"alerts/a","fields":{}}\n'], "ends after 1 documents .* cut short"),
        ([head().encode(), end(1).encode()], "has 0 documents, and its last line speaks of 1"),
        (
            [head().encode(), b'{"path":"alerts/a","fields":{"due_at":[]}}\n', end(1).encode()],
            "cannot be kept: .*due_at",
        ),
    ],
)
def test_what_is_no_whole_dump_is_told(other: SqliteStore, lines: list[bytes], said: str) -> None:
    with pytest.raises(Unfit, match=said):
        loaded(other, lines)


def test_large_documents_are_written_few_at_a_time(store: Store, other: SqliteStore) -> None:
    for number in range(12):
        other.commit([Write(f"alerts/a{number}", ABSENT, put={"said": "x" * 900_000})])

    assert 12 == loaded(store, lines_of(other))


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=st.dictionaries(st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True), VALUES, max_size=4))
def test_any_fields_come_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, fields: dict[str, Any]) -> None:
    folder = tmp_path_factory.mktemp("any")
    one, two = SqliteStore(folder / "one.db"), SqliteStore(folder / "two.db")
    one.commit([Write("changes/c", ABSENT, put=fields)])

    loaded(two, lines_of(one))

    assert everything(one) == everything(two)
    assert [json.loads(line) for line in lines_of(one)] == [json.loads(line) for line in lines_of(two)]
    one.close()
    two.close()


@pytest.mark.slow
def test_however_much_there_is_little_of_it_is_in_memory(sqlite: SqliteStore, other: SqliteStore) -> None:
    many, each = 4_000, 5_000
    for start in range(0, many, 400):
        numbers = range(start, start + 400)
        sqlite.commit([Write(f"alerts/a{number:05d}", ABSENT, put={"said": "x" * each}) for number in numbers])

    tracemalloc.start()
    assert many == loaded(
        other, itertools.chain([head().encode()], map(str.encode, dumped(sqlite)), [end(many).encode()])
    )
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    # A few parts of a fifth of a megabyte are under way at a time, of 20 megabytes in all.
    assert peak < many * each / 2
