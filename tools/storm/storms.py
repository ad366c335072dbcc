"""The storms themselves: webhooks of so many errors, and the store that goes away in the middle of them."""

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from bugglio.store import Document, Store
from tools.bench import stores
from tools.bench.deliveries import delivery
from tools.bench.means import Means
from tools.bench.servers import EMULATOR
from tools.faults.wires import OPEN, REFUSE, wires
from tools.rig import emulator
from tools.rig.load import Load, post
from tools.rig.phones import ON_DUTY
from tools.storm import checks
from tools.storm.checks import Check
from tools.storm.fleet import THREADS, Fleet, fleet, wait_for

CONNECTIONS = 256
"""More than all servers have threads: the rest wait their turn."""
PAGE = 400
RECOVERY = 30.0
"""Seconds in which webhooks are taken again after the store has come back."""


@dataclass(frozen=True)
class Size:
    """How large a storm is."""

    webhooks: int
    errors: int
    instances: int = 4
    pause: float = 15.0
    """Seconds between two ticks."""
    texts: int = 5
    """So many are waited for, where there are as many errors: three pages, and two digests a minute apart."""
    patience: float = 200.0
    """Seconds that they are waited for."""
    hot: bool = False
    """Whether each second webhook is of one and the same error."""

    def error(self, number: int) -> int:
        """The error of which the webhook of this number tells."""
        return 0 if self.hot and number % 2 else number % self.errors


@dataclass(frozen=True)
class Outage:
    """How long the store is away, each of two times, and how many webhooks a second come all the while."""

    seconds: float = 8.0
    rate: float = 150.0


@dataclass
class Sent:
    """The webhooks of a storm, by their errors: how many were sent, and how many of them were answered 200."""

    tried: Counter[str] = field(default_factory=Counter)
    stored: Counter[str] = field(default_factory=Counter)

    def send(self, ours: Fleet, size: Size, connections: int, rate: float | None = None) -> Load:
        """So many more webhooks."""
        requests = [delivery(size.error(number)) for number in range(size.webhooks)]
        load = post(ours.ports, requests.__getitem__, size.webhooks, connections=connections, rate=rate)
        for number, status in load.numbers.items():
            error = f"{size.error(number):024x}"
            self.tried[error] += 1
            self.stored[error] += status == 200
        return load


def storm(means: Means, engine: str, size: Size) -> list[Check]:
    """All is taken, nothing is lost, and the phone gets what the throttle allows."""
    sent = Sent()
    with fleet(means, engine, size.instances, size.pause) as ours:
        load = sent.send(ours, size, CONNECTIONS)
        least = min(size.texts, size.errors)
        wait_for(ours.carrier, least, size.patience)
        return [*checks.answers(load), *_afterwards(ours, sent, least), _ticks(ours)]


def outage(means: Means, size: Size, how: Outage) -> list[Check]:
    """
    The store goes away twice in mid-storm, and comes back with all that it had.

    First the emulator is stopped (SIGSTOP): it takes connections and answers nothing. Then connections to it break and
    are refused, as if it had been killed. It is not, for it keeps everything in memory: they go through a proxy.
    """
    own = emulator.share()
    with ExitStack() as stack:
        stack.callback(own.stop)
        port = int(own.address().rpartition(":")[2])
        stack.callback(own.signal, signal.SIGCONT)
        wire = stack.enter_context(wires()).lay(lambda: [port])
        through = replace(means, emulator=lambda: f"127.0.0.1:{wire.port}")
        ours = stack.enter_context(fleet(through, EMULATOR, size.instances, size.pause))
        return _outages(
            ours,
            size,
            how,
            {
                "it hangs": (lambda: own.signal(signal.SIGSTOP), lambda: own.signal(signal.SIGCONT)),
                "it refuses": (lambda: wire.set(REFUSE), lambda: wire.set(OPEN)),
            },
        )


def _outages(
    ours: Fleet, size: Size, how: Outage, ways: Mapping[str, tuple[Callable[[], None], Callable[[], None]]]
) -> list[Check]:
    """One after the other, each in the middle of a load; no more connections than threads: nobody waits."""
    sent, connections = Sent(), size.instances * THREADS
    sent.send(ours, replace(size, webhooks=connections), connections)
    found: list[Check] = []
    began = time.monotonic()
    for name, (away, back) in ways.items():
        first = threading.Timer(how.seconds, away)
        second = threading.Timer(2 * how.seconds, back)
        first.start()
        second.start()
        load = sent.send(ours, size, connections, how.rate)
        second.join()
        recovery = _recovery(ours, sent, size)
        found += [replace(one, name=f"{name}: {one.name}") for one in checks.answers(load, down=True)]
        found.append(Check(f"{name}: taken again after s", f"{recovery:.1f}", recovery < RECOVERY, timed=True))
    down = time.monotonic() - began
    load = sent.send(ours, replace(size, webhooks=size.webhooks // 2), connections)
    found += [replace(one, name=f"afterwards: {one.name}") for one in checks.answers(load)]
    emergencies = checks.emergencies(ours.carrier.messages(), size.instances, down)
    least = min(checks.TOKENS, size.errors)
    return [*found, *emergencies, *_afterwards(ours, sent, least), _ticks(ours, down=True)]


def _recovery(ours: Fleet, sent: Sent, size: Size) -> float:
    """Seconds until each server takes a webhook again."""
    began = time.monotonic()
    few = replace(size, webhooks=size.instances)
    while time.monotonic() - began < RECOVERY:
        if sent.send(ours, few, size.instances).statuses[200] == size.instances:
            break
    return time.monotonic() - began


def _afterwards(ours: Fleet, sent: Sent, least: int) -> list[Check]:
    ours.ticks.end()
    with stores.opened(ours.known) as store:
        alerts = _everything(store, "alerts", "open")
        pages: dict[str, Mapping[str, Any]] = {one.id: one.fields for one in _everything(store, "pages", "created")}
    texts = ours.carrier.messages()
    counts = checks.counts(alerts, sent.stored, sent.tried)
    return [*counts, *checks.pages(pages, alerts), *checks.texts(texts, least), _list(ours)]


def _everything(store: Store, collection: str, key: str) -> list[Document]:
    found: list[Document] = []
    while some := store.query(collection, key, limit=PAGE, after=found[-1] if found else None):
        found += some
    return found


def _list(ours: Fleet) -> Check:
    """An engineer asks what is open; the first time everything that is needed for it has to be read."""
    began = time.monotonic()
    received = ours.carrier.text(ON_DUTY, "list")
    took = (time.monotonic() - began) * 1000
    answer = " ".join(received.get("replies") or ())
    return Check("list, answered within ms", f"{took:,.0f}", bool(answer) and took <= checks.LIST, timed=bool(answer))


def _ticks(ours: Fleet, *, down: bool = False) -> Check:
    """A tick that cannot ask the store says so with its exit status."""
    return Check("ticks, failed", f"{ours.ticks.times}, {ours.ticks.failed}", down or not ours.ticks.failed)
