"""What a newer version wrote, and this one does not know, outlives all that this one writes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bugglio.pager.applying import Applying
from bugglio.rosterfile import read
from bugglio.store import ABSENT, BY_ID, Write
from bugglio.store.change import change
from bugglio.store.fields import QUERIED
from bugglio.store.newer import carried
from bugglio.store.port import Document, Version
from bugglio.store.sqlite import SqliteStore
from tests.clock import Clock
from tests.life import ROSTER, go_on
from tests.planting import NAME, Planter, planted
from tests.recordings import PRESENT, documents, left_at
from tests.stage import Stage, staged

pytestmark = pytest.mark.slow

LASTING = {
    ("alerts", "plan"),
    ("alerts", "timeline"),
    ("figures", "sums"),
    ("logins", "sessions"),
    ("overrides", "covers"),
    ("pages", "attempts"),
    ("phones", "notices"),
    ("phones", "pages"),
    ("roster", "book"),
}
"""What does not come to its end while the story goes on."""

Documents = dict[str, dict[str, Any]]


@pytest.fixture
def clock() -> Clock:
    return Clock(left_at(PRESENT))


@pytest.fixture(scope="module")
def before() -> Documents:
    """The state of the present version, as a newer one may have left it."""
    planter = Planter()
    return {path: planter.into(path, fields) for path, fields in documents(PRESENT).items()}


@pytest.fixture
def after(before: Documents, sqlite: SqliteStore, clock: Clock) -> Documents:
    """The same, a day in the hands of the present version later."""
    for path, fields in before.items():
        sqlite.commit([Write(path, ABSENT, put=fields)])
    with staged(sqlite, clock) as stage:
        go_on(stage)
        change_the_roster(stage)
    return {one.path: dict(one.fields) for name in QUERIED for one in sqlite.query(name, BY_ID, limit=2000)}


def change_the_roster(stage: Stage) -> None:
    applying = Applying(stage.works.kit)
    applying.apply(
        applying.plan(read(ROSTER.replace("wait: 10 minutes", "wait: 11 minutes").encode()).book), "ana", "admin page"
    )


def test_all_that_a_newer_version_wrote_is_there_after_a_day(before: Documents, after: Documents) -> None:
    lost = [path for path, fields in before.items() if after[path].get(NAME) != fields[NAME]]
    inside = {
        f"{path} {name}": gone
        for path, fields in before.items()
        for name, value in fields.items()
        if (path.partition("/")[0], name) in LASTING and (gone := planted(value) - planted(after[path].get(name)))
    }

    assert [] == lost
    assert {} == inside


def test_it_was_planted_in_every_collection_and_into_each_lasting_field(before: Documents) -> None:
    assert set(QUERIED) == {path.partition("/")[0] for path in before}
    inside = {
        (path.partition("/")[0], name) for path, fields in before.items() for name in fields if planted(fields[name])
    }
    assert set() == LASTING - inside


# The merging itself.


@pytest.mark.parametrize(
    ("found", "read", "after", "whole"),
    [
        pytest.param({"a": 1}, {"a": 1}, {"a": 2}, {"a": 2}, id="nothing is unknown"),
        pytest.param({"a": 1, "x": 9}, {"a": 1}, {"a": 1}, {"a": 1, "x": 9}, id="nothing is changed"),
        pytest.param({"a": 1, "x": 9}, {"a": 1}, {"a": 2}, {"a": 2, "x": 9}, id="what is known is changed"),
        pytest.param({"a": 1, "b": 2, "x": 9}, {"a": 1, "b": 2}, {"b": 2}, {"b": 2, "x": 9}, id="a name is taken away"),
        pytest.param({"at": 1, "x": 9}, {"at": 1}, {"at": 2}, {"at": 2}, id="another thing in its place"),
        pytest.param(
            [{"id": "a", "x": 9}, {"id": "b"}],
            [{"id": "a"}, {"id": "b"}],
            [{"id": "b"}, {"id": "a", "n": 1}],
            [{"id": "b"}, {"id": "a", "n": 1, "x": 9}],
            id="known by its name wherever it stands",
        ),
        pytest.param(
            [{"n": 1, "x": 9}, {"n": 2, "x": 8}],
            [{"n": 1}, {"n": 2}],
            [{"n": 1}, {"n": 3}],
            [{"n": 1, "x": 9}, {"n": 3, "x": 8}],
            id="without a name known by its place",
        ),
        pytest.param(
            [{"n": 1, "x": 9}], [{"n": 1}], [{"n": 3}, {"n": 4}], [{"n": 3}, {"n": 4}], id="places have moved"
        ),
        pytest.param([{"n": 1, "x": 9}], [{"n": 1}], [], [], id="it is gone"),
        pytest.param([1, {"x": 9}], [1, {}], [2, 1], [2, 1], id="of another kind"),
    ],
)
def test_what_is_lost_by_reading_is_put_back_into_what_is_written(
    found: object, read: object, after: object, whole: object
) -> None:
    assert whole == carried(found, read, after)


def test_what_cannot_be_read_is_written_as_it_is() -> None:
    odd = Document("figures/2026-W06", {"sums": "no JSON"}, Version(1))

    assert Write(odd.path, odd.version, put={"sums": "{}"}) == change(odd.path, odd, {"sums": "{}"})


def test_a_text_of_json_that_says_the_same_is_not_written() -> None:
    said = '[{"id":"m","project":"web","team":"","made":1,"until":2,"by":"ana"}]'
    known = Document("overrides/current", {"mutes": said.replace("}", ',"x":9}')}, Version(1))

    assert {} == change(known.path, known, {"mutes": said}).put


def test_a_map_of_another_order_is_written_in_that_order() -> None:
    turned = carried({"a": {"x": 9}, "b": {}}, {"a": {}, "b": {}}, {"b": {}, "a": {}})

    assert ["b", "a"] == list(turned)
    assert {"x": 9} == turned["a"]


UNKNOWN = "x"
NAMES = ("id", "at", "n", "m", UNKNOWN)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=20,
)


def known(value: Any) -> Any:
    """What this version makes of a value: it does not know `x`."""
    if isinstance(value, dict):
        return {name: known(one) for name, one in value.items() if name != UNKNOWN}
    return [known(one) for one in value] if isinstance(value, list) else value


@given(VALUES)
def test_where_nothing_is_changed_everything_stays(found: Any) -> None:
    assert found == carried(found, known(found), known(found))


@given(VALUES, VALUES.map(known))
def test_what_is_put_back_changes_nothing_of_what_is_written(found: Any, after: Any) -> None:
    assert after == known(carried(found, known(found), after))
