"""What an event costs: documents read and written, texts, and dollars for a million of them."""

import json
import re
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from bugglio.pager.wellbeing.pulse import PULSE
from bugglio.roster import MINUTE
from bugglio.store import EXISTS, Write
from bugglio.store.counting import Bill
from tools.bench import servers, stores
from tools.bench.deliveries import delivery
from tools.bench.means import Means
from tools.bench.prices import LEAST, Cost
from tools.bench.servers import EMULATOR, FUNCTIONS
from tools.bench.table import Bench, Goal, Row
from tools.rig.functions import Server, running
from tools.rig.load import post
from tools.rig.phones import ON_DUTY, Phones, phones

CONNECTIONS = 64
MILLION = 1_000_000
PATIENCE = 60.0
LOOK = 0.05
BARE = Cost(reads=1, writes=1, texts=1)
REPEATED, STORM = "a repeated event", "a storm of one error"
GOALS = {(REPEATED, "reads"): Goal(1), (REPEATED, "writes"): Goal(1), (STORM, "writes"): Goal(0.05)}


@dataclass(frozen=True)
class Counted:
    """A bugglio whose bill can be asked for."""

    known: Mapping[str, str]
    server: Server
    carrier: Phones
    origin: str

    def take(self, *errors: int) -> float:
        """Webhooks about errors of these numbers, many at a time; how many seconds they took."""
        requests = [delivery(number) for number in errors]
        load = post([self.server.port], requests.__getitem__, len(requests), connections=CONNECTIONS)
        if set(load.statuses) != {200}:
            raise RuntimeError(f"not all was answered 200: {dict(load.statuses)}\n{self.server.said}")
        return load.seconds

    def bill(self) -> Bill:
        """What was billed since this was last asked."""
        return Bill(**self._ask("/bench/bill"))

    def tick(self) -> None:
        """One pass over what is due."""
        self._ask("/bench/tick")

    def sent(self) -> list[dict[str, Any]]:
        """Every text of bugglio's so far, once all reports about them have come."""
        until = time.monotonic() + PATIENCE
        while True:
            found = [one for one in self.carrier.messages() if one["direction"] != "inbound"]
            if all(one["status"] == "delivered" for one in found):
                return found
            if time.monotonic() > until:
                raise TimeoutError("a text was not delivered")
            time.sleep(LOOK)

    def wait_a_minute(self) -> None:
        """Make it look as if the last tick were a minute ago."""
        with stores.opened(self.known) as store:
            pulse = store.get([PULSE]).documents[PULSE]
            store.commit([Write(PULSE, EXISTS, put={"at": pulse.fields["at"] - MINUTE})])

    def cost(self, work: Callable[[], object], times: int = 1, before: Callable[[], None] = lambda: None) -> Cost:
        """What is done so many times costs each time, with all reports about its texts."""
        texts = [len(self.sent())]
        bills = []
        for _ in range(times):
            before()
            self.bill()
            work()
            texts.append(len(self.sent()))
            bills.append(self.bill())
        reads, writes = median(bill.reads for bill in bills), median(bill.writes for bill in bills)
        return Cost(reads, writes, (texts[-1] - texts[0]) / times)

    def _ask(self, path: str) -> Any:
        with urllib.request.urlopen(self.origin + path, timeout=PATIENCE) as answer:  # noqa: S310 - our own server
            return json.load(answer)


def rows(means: Means) -> Iterator[Row]:
    """Each kind of thing that happens, on the emulator."""
    with _counted(means) as one:
        costs = _kinds(one, means.of(20, 3)) | {STORM: _storm(one, means.of(3000, CONNECTIONS))}
    with _counted(means, BENCH_ALONE="1") as one:
        costs["the same without group commit"] = _storm(one, means.of(500, CONNECTIONS))
    for name, cost in costs.items():
        yield Row(f"{name}: reads", cost.reads, "reads", BARE.reads, GOALS.get((name, "reads")))
        yield Row(f"{name}: writes", cost.writes, "writes", BARE.writes, GOALS.get((name, "writes")))
        if cost.texts:
            yield Row(f"{name}: texts", cost.texts, "texts", BARE.texts)
    for name, cost in costs.items():
        yield Row(f"a million: {name}: Google", cost.google * MILLION, "$", BARE.google * MILLION)
        if cost.texts:
            yield Row(f"a million: {name}: Twilio", cost.twilio * MILLION, "$", BARE.twilio * MILLION)


def _kinds(one: Counted, times: int) -> dict[str, Cost]:
    one.take(0)
    numbers = iter(range(1, 1_000))
    paged = one.cost(lambda: one.take(next(numbers)), 2)
    codes = iter([found[0] for text in one.sent() if (found := re.findall(r"#(\d+)", text["body"]))])
    one.tick()
    return {
        "a new error, paged": paged,
        "a new error, no token": one.cost(lambda: one.take(next(numbers)), times),
        REPEATED: one.cost(lambda: one.take(0), times),
        "an acknowledgement by text": one.cost(lambda: one.carrier.text(ON_DUTY, f"ack {next(codes)}"), 2),
        "an idle tick": one.cost(one.tick, times, before=one.wait_a_minute),
    }


def _storm(one: Counted, times: int) -> Cost:
    """Events of one error on all connections; they share an instance's time, as they do where 64 may come at once."""
    one.take(5_000)
    one.sent()
    one.bill()
    seconds = one.take(*[5_000] * times)
    bill = one.bill()
    return Cost(bill.reads / times, bill.writes / times, seconds=min(LEAST, seconds / times))


@contextmanager
def _counted(means: Means, **more: str) -> Iterator[Counted]:
    port = servers.free_port()
    origin = f"http://127.0.0.1:{port}"
    with phones(origin) as carrier:
        known = servers.stored(means, EMULATOR, carrier.origin, BUGGLIO_PUBLIC_URL=origin, **more)
        with running("counted", known, means.folder, FUNCTIONS / "counted.py", port) as server:
            yield Counted(known, server, carrier, f"http://127.0.0.1:{server.port}")


BENCH = Bench("a bare upsert of one document, and where there are texts, one text", rows)
