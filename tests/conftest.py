"""The fixtures that every test may ask for."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from bugglio.store import Store
from tests.clock import Clock
from tests.stores import PATIENCE
from tools.rig import emulator as emulators
from tools.rig.clients import firestore_connection

if TYPE_CHECKING:
    from bugglio.store.firestore import FirestoreStore
    from bugglio.store.sqlite import SqliteStore
    from tests.stage import Stage

# A busy machine is no fault. The other Pythons look at a few examples: chance has had its turn on the first one.
# On CI chance is the same each time: a red run is then a change's own, and chance has its turn wherever people work.
CI = os.environ.get("CI") == "true"
settings.register_profile("default", deadline=None, derandomize=CI)
settings.register_profile("few", deadline=None, max_examples=10, derandomize=CI)
settings.load_profile("default")

SHARED = pytest.StashKey[emulators.Shared]()


SHORT = frozenset({"test_story_paging", "test_story_duty", "test_story_deeds"})
"""Stories that are played with the quick tests."""
LONG = frozenset(
    {
        *("test_command_line", "test_commands_of_pages", "test_rosters_page", "test_texting_page", "test_upgrades"),
        *("test_duty_machine", "test_conversation_machine"),
    }
)
"""Others that are as long as stories."""


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the run's emulator, or, in one of xdist's workers, learn of it."""
    given: dict[str, Any] | None = getattr(config, "workerinput", None)
    if given is None:
        config.stash[SHARED] = emulators.share()
    else:
        config.stash[SHARED] = emulators.Shared(Path(given["emulator_folder"]), given["emulator_owner"])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell one of xdist's workers of the run's emulator."""
    shared = node.config.stash[SHARED]
    node.workerinput["emulator_folder"] = str(shared.folder)
    node.workerinput["emulator_owner"] = shared.owner


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the emulator with the run."""
    if not hasattr(config, "workerinput"):
        config.stash[SHARED].stop()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what needs the emulator, and what tells a whole story: the quick tests leave both out."""
    if "emulator" in getattr(item, "fixturenames", ()):
        item.add_marker("emulator")
    name = item.path.stem
    if (name.startswith("test_story_") and name not in SHORT) or name in LONG or item.path.parent.name == "cli":
        item.add_marker("story")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What may take very long begins first: at the end of a run one worker would be at it alone."""

    def patience(item: pytest.Item) -> float:
        marker = item.get_closest_marker("timeout")
        return float(marker.args[0]) if marker is not None else 0.0

    items.sort(key=patience, reverse=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly, last of all, that half of the store was not tested."""
    skipped = [
        report for report in terminalreporter.stats.get("skipped", []) if emulators.LACKING in str(report.longrepr)
    ]
    if skipped:
        terminalreporter.section("FIRESTORE WAS NOT TESTED", sep="!", red=True, bold=True)
        reason = str(skipped[0].longrepr).rpartition("Skipped: ")[2].rstrip("')")
        terminalreporter.line(f"{len(skipped)} tests were skipped. {reason}", red=True)
        terminalreporter.line(emulators.INSTALL, red=True)


@pytest.fixture(scope="session")
def emulator(pytestconfig: pytest.Config) -> str:
    """The address (`host:port`) of the run's Firestore emulator; skips without gcloud or Java, and fails on CI."""
    try:
        return pytestconfig.stash[SHARED].address()
    except emulators.Lacking as lack:
        told = f"{emulators.LACKING} {lack}"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{told}. {emulators.INSTALL}", pytrace=False)
    pytest.skip(told)


@pytest.fixture
def clock() -> Clock:
    """A clock that stands at 2026-02-02T09:00:00Z until it is moved."""
    return Clock()


@pytest.fixture
def firestore(emulator: str, clock: Clock) -> "Iterator[FirestoreStore]":
    """An empty Firestore whose time is `clock`'s."""
    from bugglio.store.firestore import FirestoreStore

    store = FirestoreStore(firestore_connection(emulator), clock.now, timeout=PATIENCE)
    yield store
    store.close()


@pytest.fixture
def sqlite(tmp_path: Path, clock: Clock) -> "Iterator[SqliteStore]":
    """An empty SQLite file whose time is `clock`'s."""
    from bugglio.store.sqlite import SqliteStore

    store = SqliteStore(tmp_path / "bugglio.db", clock.now, timeout=PATIENCE)
    yield store
    store.close()


@pytest.fixture(params=["sqlite", pytest.param("firestore", marks=pytest.mark.emulator)])
def store(request: pytest.FixtureRequest) -> Store:
    """An empty store whose time is `clock`'s: each test runs on both engines."""
    chosen: Store = request.getfixturevalue(request.param)
    return chosen


@pytest.fixture
def stage(store: Store, clock: Clock) -> "Iterator[Stage]":
    """The whole pager on each engine: its doors, phones and clock."""
    from tests.stage import staged

    with staged(store, clock) as set_up:
        yield set_up
