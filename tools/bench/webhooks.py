"""Webhooks a second, on 64 connections that are kept open, by one server process with 64 threads."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count, repeat

from tools.bench import servers, stores
from tools.bench.deliveries import delivery
from tools.bench.means import Means
from tools.bench.servers import EMULATOR, FUNCTIONS, SQLITE
from tools.bench.table import Bench, Goal, Of, Row, paired
from tools.bench.timing import by_turns
from tools.rig.functions import MAIN, ROOT, Server, environment
from tools.rig.load import post
from tools.rig.phones import phones

CONNECTIONS = 64
WARM = 500
"""Webhooks that nobody counts: connections, imports, and the emulator's Java."""
NOTHING = "nothing"
ALONE = "without group commit"
LEAST = Goal(0.6, Of.TIMES, least=True)
LEAST_ON_SQLITE = Goal(0.5, Of.TIMES, least=True)
NONE = Goal(0)


@dataclass
class Target:
    """A server under load."""

    server: Server
    known: Mapping[str, str]
    errors: Iterator[int]
    """The number of each webhook's error."""
    times: int
    """Webhooks in one load."""
    cpu: list[float] = field(default_factory=list)
    """Milliseconds of the processor's time for each webhook of a load."""
    refused: int = 0
    """Webhooks that were not answered 200."""

    def rate(self) -> float:
        """Webhooks a second."""
        before = servers.cpu(self.server)
        rate = self.load(self.times)
        self.cpu.append((servers.cpu(self.server) - before) / self.times * 1000)
        return rate

    def load(self, times: int) -> float:
        """Webhooks a second that were answered 200, of so many."""
        requests = [delivery(next(self.errors)) for _ in range(times)]
        load = post([self.server.port], requests.__getitem__, times, connections=CONNECTIONS)
        self.refused += times - load.statuses[200]
        return load.statuses[200] / load.seconds


def one_error(means: Means) -> Iterator[Row]:
    """Each webhook is another event of the same error."""
    times = {NOTHING: 3000, EMULATOR: 3000, SQLITE: 3000, f"{EMULATOR} {ALONE}": 500, f"{SQLITE} {ALONE}": 1000}
    with _targets(means, times, lambda: repeat(0)) as targets:
        found = by_turns(means.rounds, {name: target.rate for name, target in targets.items()})
    goals = {EMULATOR: LEAST, SQLITE: LEAST_ON_SQLITE}
    for name in list(times)[1:]:
        yield paired(name, "/s", found[name], found[NOTHING], goals.get(name))
    yield from _processor(targets, means.rounds)


def many_errors(means: Means) -> Iterator[Row]:
    """Each webhook is the first event of another error."""
    with _targets(means, {NOTHING: 3000, EMULATOR: 1000, SQLITE: 1000}, count) as targets:
        measures = {name: target.rate for name, target in targets.items()}
        for name in (EMULATOR, SQLITE):
            measures[f"{name}, bare"] = _bare(means, targets[name])
        measures["read"] = _bare(means, targets[EMULATOR], "read")
        found = by_turns(means.rounds, measures)
    for name, goal in ((EMULATOR, LEAST), (SQLITE, None)):
        yield paired(f"{name}: bare commits of 3 documents", "/s", found[name], found[f"{name}, bare"], goal)
    yield paired("emulator: a bare read and commit", "/s", found[EMULATOR], found["read"])
    for name in (EMULATOR, SQLITE):
        yield paired(f"{name}: a function that does nothing", "/s", found[name], found[NOTHING])
    yield from _processor(targets, means.rounds)


def _processor(targets: Mapping[str, Target], rounds: int) -> Iterator[Row]:
    nothing = targets[NOTHING]
    for name, target in list(targets.items())[1:]:
        yield paired(f"{name}: processor time of one", "ms", target.cpu[-rounds:], nothing.cpu[-rounds:])
    for name, target in list(targets.items())[1:]:
        yield Row(f"{name}: not answered 200", target.refused, "of all", nothing.refused, NONE)


@contextmanager
def _targets(
    means: Means, times: Mapping[str, int], errors: Callable[[], Iterator[int]]
) -> Iterator[dict[str, Target]]:
    """Servers by name: `nothing`, or an engine, with or without group commit; warm, and all at once."""
    with ExitStack() as stack:
        twilio = stack.enter_context(phones(servers.PUBLIC)).origin
        found = {}
        for name, wanted in times.items():
            known = {} if name == NOTHING else servers.stored(means, name.removesuffix(f" {ALONE}"), twilio)
            source = FUNCTIONS / "alone.py" if name.endswith(ALONE) else MAIN
            serving = servers.bugglio(means, known, source) if known else servers.nothing(means)
            found[name] = Target(stack.enter_context(serving), known, errors(), means.of(wanted, 8))
        for target in found.values():
            target.load(means.of(WARM, 4))
            target.refused = 0
        yield found


def _bare(means: Means, target: Target, *more: str) -> Callable[[], float]:
    """Measures bare commits of documents such as this server has written."""
    documents = means.folder / f"{id(target)}.json"
    with stores.opened(target.known) as store:
        newest = [store.query(name, key, limit=1)[0] for name, key in (("alerts", "open"), ("pages", "created"))]
        code = store.get([f"codes/{newest[0].fields['code']}"]).documents.values()
    documents.write_text(json.dumps({one.path.partition("/")[0]: dict(one.fields) for one in (*newest, *code)}))
    place = stores.sqlite_path(target.known) or target.known["FIRESTORE_EMULATOR_HOST"]
    asked = [place, str(documents), str(servers.THREADS), str(means.of(2000, 8)), *more]

    def rate() -> float:
        command = [sys.executable, "-m", "tools.bench.bare", *asked]
        done = subprocess.run(command, env=environment(), cwd=ROOT, capture_output=True, text=True, check=True)
        return float(done.stdout)

    return rate


ONE_ERROR = Bench("a functions-framework function that does nothing, under the same load", one_error)
MANY_ERRORS = Bench(
    "what each line names: bare commits with as many threads, or the function, in the same run", many_errors
)
