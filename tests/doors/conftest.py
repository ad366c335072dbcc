"""The pager whose doors are called."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.clock import Clock
from tests.stage import Stage, staged

if TYPE_CHECKING:
    from bugglio.store.sqlite import SqliteStore


@pytest.fixture
def pager(sqlite: "SqliteStore", clock: Clock) -> Iterator[Stage]:
    """The whole pager on SQLite."""
    with staged(sqlite, clock) as set_up:
        yield set_up
