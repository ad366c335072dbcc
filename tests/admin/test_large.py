"""Each page of a large company: 200 teams, 1,000 engineers, 100,000 alerts and as many texts; at most 60 documents."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile

import pytest

from bugglio.store.counting import CountingStore
from bugglio.store.sqlite import SqliteStore
from tests.browsing import Browser
from tests.clock import Clock
from tests.crawling import crawl
from tests.stage import Stage, staged
from tests.stores import PATIENCE
from tools.bench import company

pytestmark = pytest.mark.slow

MOST = 60


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all of it."""
    where = tmp_path_factory.mktemp("large") / "bugglio.db"
    SqliteStore(where, timeout=PATIENCE).close()
    company.fill(str(where), Clock().now())
    return where


@pytest.fixture
def large(file: Path, tmp_path: Path) -> Iterator[tuple[Stage, CountingStore]]:
    """The pager on a copy of it."""
    mine = tmp_path / "bugglio.db"
    copyfile(file, mine)
    clock = Clock()
    store = SqliteStore(mine, clock.now, timeout=PATIENCE)
    counting = CountingStore(store)
    with staged(counting, clock) as stage:
        stage.use_the_store()
        yield stage, counting
    store.close()


@pytest.mark.parametrize("person", ["e0", "e417"])
def test_no_page_reads_over_60_documents(large: tuple[Stage, CountingStore], person: str) -> None:
    stage, counting = large
    browser = Browser(stage)
    browser.log_in(person)
    counting.settle()
    found: dict[str, int] = {}

    for address in crawl(stage, browser):
        found[address] = counting.settle().reads

    assert len(found) > 10
    assert {} == {address: reads for address, reads in found.items() if reads > MOST}
