"""The admin pages of a small company, and browsers without scripts that are logged in to them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browsing import ROSTER, Desk, apply
from tests.clock import Clock
from tests.stage import staged

if TYPE_CHECKING:
    from bugglio.store.sqlite import SqliteStore


@pytest.fixture
def desk(sqlite: "SqliteStore", clock: Clock) -> Iterator[Desk]:
    """A pager on SQLite whose roster is ROSTER, in the store."""
    with staged(sqlite, clock) as stage:
        stage.use_the_store()
        apply(stage, ROSTER)
        yield Desk(stage)
