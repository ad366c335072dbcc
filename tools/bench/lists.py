"""How long an engineer waits for the answer to a text when very much is open; the way of the text is not in it."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from tools.bench import filling, servers, stores
from tools.bench.means import Means
from tools.bench.servers import EMULATOR, SQLITE
from tools.bench.table import Bench, Goal, Row, paired
from tools.bench.timing import by_turns
from tools.rig.phones import ON_DUTY, Phones, phones

FEW, MANY = 5, 5_000
WORDS = ("list", "more", "status")
SECOND = Goal(1000)


def rows(means: Means) -> Iterator[Row]:
    """Each text is answered."""
    for engine in (EMULATOR, SQLITE):
        with ExitStack() as stack:
            few = stack.enter_context(_phone(means, engine, FEW))
            many = stack.enter_context(_phone(means, engine, means.of(MANY, 2 * FEW)))
            measures = {f"{word} few": _asked(few, word) for word in WORDS}
            measures |= {f"{word} many": _asked(many, word) for word in WORDS}
            found = by_turns(means.rounds, measures)
        for word in WORDS:
            name = f"{engine}, {MANY:,} open: {word}"
            yield paired(name, "ms", found[f"{word} many"], found[f"{word} few"], SECOND)


def _asked(carrier: Phones, word: str) -> Callable[[], float]:
    """Measures the milliseconds from a text to bugglio's answer."""

    def milliseconds() -> float:
        began = time.perf_counter()
        received = carrier.text(ON_DUTY, word)
        took = (time.perf_counter() - began) * 1000
        if not received.get("replies"):
            raise RuntimeError(f"{word} was not answered: {received}")
        return took

    return milliseconds


@contextmanager
def _phone(means: Means, engine: str, many: int) -> Iterator[Phones]:
    port = servers.free_port()
    origin = f"http://127.0.0.1:{port}"
    with phones(origin) as carrier:
        known = servers.stored(means, engine, carrier.origin, BUGGLIO_PUBLIC_URL=origin)
        with stores.opened(known) as store:
            filling.fill(store, many, filling.unanswered)
        with servers.bugglio(means, known, port=port) as server:
            carrier.text(ON_DUTY, f"hello to {server.port}")
            yield carrier


BENCH = Bench("the same with 5 open alerts", rows)
