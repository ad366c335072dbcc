"""Several servers on one store, a phone, and ticks that go on."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from tools.bench import servers
from tools.bench.means import Means
from tools.rig.functions import ROOT, Server, environment
from tools.rig.phones import Phones, phones

THREADS = 16
"""Of each server."""


@dataclass
class Ticks:
    """The tick, again and again, each time in a process of its own."""

    known: Mapping[str, str]
    pause: float
    """Seconds between two."""
    failed: int = 0
    times: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def go_on(self) -> None:
        """Tick until it is over."""
        while not self._over.wait(self.pause):
            self.tick()

    def tick(self) -> None:
        """One pass over what is due."""
        command = [sys.executable, "-m", "bugglio", "tick"]
        done = subprocess.run(command, cwd=ROOT, env=environment(**self.known), capture_output=True, check=False)
        self.times += 1
        self.failed += done.returncode != 0

    def end(self) -> None:
        """No more of them."""
        self._over.set()


@dataclass(frozen=True)
class Fleet:
    """What a storm breaks upon."""

    known: Mapping[str, str]
    servers: list[Server]
    carrier: Phones
    ticks: Ticks

    @property
    def ports(self) -> list[int]:
        """Where the servers listen."""
        return [server.port for server in self.servers]


@contextmanager
def fleet(means: Means, engine: str, many: int, pause: float, **more: str) -> Iterator[Fleet]:
    """So many servers on an empty store; `more` are settings."""
    port = servers.free_port()
    origin = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        carrier = stack.enter_context(phones(origin))
        mine = {"BUGGLIO_PUBLIC_URL": origin, "THREADS": str(THREADS), **more}
        known = servers.stored(means, engine, carrier.origin, **mine)
        serving = [servers.bugglio(means, known, port=port if number == 0 else 0) for number in range(many)]
        found = [stack.enter_context(one) for one in serving]
        ticks = Ticks(known, pause)
        thread = threading.Thread(target=ticks.go_on, name="ticks", daemon=True)
        thread.start()
        try:
            yield Fleet(known, found, carrier, ticks)
        finally:
            ticks.end()
            thread.join()


def wait_for(carrier: Phones, texts: int, seconds: float) -> None:
    """Wait until a phone has got so many texts, at most so many seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and sum(1 for one in carrier.messages() if one["direction"] != "inbound") < texts:
        time.sleep(1)
