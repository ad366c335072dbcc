"""A cold process: from its start to its first answer to a webhook, which opens an alert and texts somebody."""

import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from tools.bench import servers
from tools.bench.deliveries import PATH, body
from tools.bench.means import Means
from tools.bench.servers import EMULATOR, FUNCTIONS, SQLITE
from tools.bench.table import Bench, Goal, Of, Row, paired
from tools.bench.timing import by_turns
from tools.rig.functions import MAIN, running
from tools.rig.load import post, request
from tools.rig.phones import ON_DUTY, phones

LOOK = 0.002
"""Seconds between two looks whether it listens."""
PATIENCE = 60.0
BARE = "bare"
MOST_TIMES = Goal(1.3, Of.TIMES)
MOST_MEMORY = Goal(100)


@dataclass
class Cold:
    """Processes of one kind, started one after the other."""

    means: Means
    engine: str
    twilio: str
    entry: str
    source: Path
    path: str
    memory: list[float] = field(default_factory=list)
    """The most that each worker had, in MiB."""

    def first_answer(self) -> float:
        """Milliseconds from the start of a process, on an empty store, to its first answer, which must be 200."""
        known = servers.stored(self.means, self.engine, self.twilio)
        port = servers.free_port()
        began = time.perf_counter()
        with running(self.entry, known, self.means.folder, self.source, port) as server:
            _wait(port)
            load = post([port], lambda _: request(self.path, body(1)), 1, connections=1)
            took = (time.perf_counter() - began) * 1000
            if load.statuses != {200: 1}:
                raise RuntimeError(f"it was not answered 200: {dict(load.statuses)}\n{server.said}")
            self.memory.append(servers.peak(server))
        return took


def rows(means: Means) -> Iterator[Row]:
    """Time and memory."""
    with phones(servers.PUBLIC) as carrier:
        kinds = _kinds(means, carrier.origin)
        for kind in kinds.values():
            kind.first_answer()
            kind.memory.clear()
        found = by_turns(means.rounds, {name: kind.first_answer for name, kind in kinds.items()})
    yield paired("first answer, emulator", "ms", found[EMULATOR], found[BARE], MOST_TIMES)
    yield paired("first answer, SQLite", "ms", found[SQLITE], found[BARE])
    yield paired(
        "peak memory, emulator",
        "MiB",
        kinds[EMULATOR].memory[-means.rounds :],
        kinds[BARE].memory[-means.rounds :],
        MOST_MEMORY,
    )
    yield paired(
        "peak memory, SQLite",
        "MiB",
        kinds[SQLITE].memory[-means.rounds :],
        kinds[BARE].memory[-means.rounds :],
        MOST_MEMORY,
    )


def _kinds(means: Means, twilio: str) -> Mapping[str, Cold]:
    bare = Cold(means, EMULATOR, twilio, "bare", FUNCTIONS / "bare.py", f"/?to={quote(ON_DUTY)}")
    ours = {engine: Cold(means, engine, twilio, "bugglio", MAIN, PATH) for engine in (EMULATOR, SQLITE)}
    return {**ours, BARE: bare}


def _wait(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port)).close()
            return
        time.sleep(LOOK)
    raise TimeoutError("nothing came to listen")


BENCH = Bench(
    "a functions-framework function that imports google-cloud-firestore and twilio and makes the same calls", rows
)
