"""A tick with nothing due, however many alerts are stored."""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from bugglio.app import App, Parts
from bugglio.config import read_settings
from bugglio.store import Store
from bugglio.store.counting import CountingStore
from tools.bench import filling, servers, stores
from tools.bench.means import Means
from tools.bench.servers import EMULATOR, SQLITE
from tools.bench.table import Bench, Goal, Of, Row, paired
from tools.bench.timing import by_turns, microseconds

FEW = 100
ON_SQLITE = (10_000, 1_000_000)
ON_EMULATOR = (10_000,)
FLAT = Goal(1.3, Of.TIMES)
EQUAL = Goal(0, Of.MORE)


@dataclass(frozen=True)
class Pager:
    """A bugglio in this process, on a store with a bill."""

    store: CountingStore
    tick: Callable[[], None]

    def reads(self) -> int:
        """Documents that one tick reads."""
        self.store.settle()
        self.tick()
        return self.store.settle().reads

    def milliseconds(self) -> float:
        """How long a tick takes."""
        return microseconds(self.tick) / 1000


def rows(means: Means) -> Iterator[Row]:
    """SQLite: time and reads. The emulator: reads."""
    with ExitStack() as stack:
        pagers = {many: stack.enter_context(_pager(means, SQLITE, many)) for many in (FEW, *ON_SQLITE)}
        found = by_turns(means.rounds, {str(many): pager.milliseconds for many, pager in pagers.items()})
        for many in ON_SQLITE:
            yield paired(f"SQLite, {many:,} alerts: time", "ms", found[str(many)], found[str(FEW)], FLAT)
        yield from _reads(SQLITE, pagers)
    with ExitStack() as stack:
        yield from _reads(
            EMULATOR, {many: stack.enter_context(_pager(means, EMULATOR, many)) for many in (FEW, *ON_EMULATOR)}
        )


def _reads(engine: str, pagers: dict[int, Pager]) -> Iterator[Row]:
    few = pagers[FEW].reads()
    for many, pager in pagers.items():
        if many != FEW:
            yield Row(f"{engine}, {many:,} alerts: reads", pager.reads(), "reads", few, EQUAL)


@contextmanager
def _pager(means: Means, engine: str, many: int) -> Iterator[Pager]:
    known = servers.stored(means, engine, "http://127.0.0.1:1")
    settings = read_settings(known, on_google_cloud=False)
    with stores.opened(known) as store:
        _fill(store, stores.sqlite_path(known), means.of(many, FEW))
        counting = CountingStore(store)
        app = App(lambda: settings, _raise, Parts(counting, draw=random.Random(417)))  # noqa: S311 - an order of work
        app.works.ticking.tick()
        yield Pager(counting, app.works.ticking.tick)


def _fill(store: Store, path: str, many: int) -> None:
    if path:
        filling.fill_file(path, many, filling.stored)
    else:
        filling.fill(store, many, filling.stored)


def _raise(error: BaseException, where: str) -> None:
    raise RuntimeError(where) from error


BENCH = Bench("the same with 100 alerts", rows)
