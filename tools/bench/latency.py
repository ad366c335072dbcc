"""
From a webhook to Twilio's acceptance of its page, in milliseconds.

Each webhook that is followed is another error of another team, whose engineer has tokens left, so that it is texted at
once. Under load they are some among many that all wait for one phone, as in `many-errors`. Both ends are told by this
machine's clock: when the request was written, and when the simulator took the text.
"""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from statistics import median
from urllib.parse import quote

from tools.bench import servers
from tools.bench.deliveries import PATH, body, delivery
from tools.bench.means import Means
from tools.bench.servers import EMULATOR, FUNCTIONS
from tools.bench.table import Bench, Goal, Of, Row
from tools.bench.timing import by_turns
from tools.rig.functions import ROOT, Server, environment, running
from tools.rig.load import post, request
from tools.rig.phones import Phones, phones

CONNECTIONS = 64
PEOPLE = 700
"""Engineers, each with a team; so many that nobody's throttle interferes."""
OWN = Goal(10, Of.MORE)
FOLLOWED = 5
"""Under load each fifth webhook is followed; the others are for one phone, which has no tokens left."""
ONE, LOADED = "one at a time", "under half the load"


@dataclass
class Target:
    """A server whose webhooks are followed to the phone."""

    server: Server
    carrier: Phones
    request: Callable[[int, int | None], bytes]
    """The webhook of this number, for the engineer whose turn it is; None: not to be followed."""
    numbers: Iterator[int] = field(default_factory=count)
    turns: Iterator[int] = field(default_factory=count)
    """Whose turn it is to be texted: everybody's, one after another, so that nobody runs out of tokens."""
    seen: str = ""
    left: int = 0
    """Pages that did not go at once: they are left to the tick."""
    took: dict[str, list[float]] = field(default_factory=lambda: {ONE: [], LOADED: []})

    def one_by_one(self, times: int) -> float:
        """The median of so many, each sent when the one before has been answered."""
        return self._follow(ONE, times, connections=1)

    def loaded(self, times: int, rate: float) -> float:
        """The median of those followed among so many, of which so many are sent in a second."""
        return self._follow(LOADED, times, connections=CONNECTIONS, each=FOLLOWED, rate=rate)

    def _follow(self, how: str, times: int, *, connections: int, each: int = 1, rate: float | None = None) -> float:
        wanted = [next(self.numbers) for _ in range(times)]
        followed = wanted[::each]
        whose = [next(self.turns) % PEOPLE if index % each == 0 else None for index in range(times)]
        requests = [self.request(number, one) for number, one in zip(wanted, whose, strict=True)]
        sent: dict[int, float] = {}

        def stamped(index: int) -> bytes:
            sent[wanted[index]] = time.time()
            return requests[index]

        load = post([self.server.port], stamped, times, connections=connections, rate=rate)
        if load.statuses != {200: times}:
            raise RuntimeError(f"not all was answered 200: {dict(load.statuses)}\n{self.server.said}")
        accepted = self._accepted()
        found = [(accepted[number] - sent[number]) * 1000 for number in followed if number in accepted]
        self.left += len(followed) - len(found)
        self.took[how] += found
        return median(found)

    def _accepted(self) -> Mapping[int, float]:
        """When the simulator took each text, in seconds, by the webhook's number."""
        texts = [(re.search(r"number (\d+)", one["body"]), one["created"]) for one in self.carrier.messages()]
        return {int(found[1]): datetime.fromisoformat(created).timestamp() for found, created in texts if found}


def rows(means: Means) -> Iterator[Row]:
    """One at a time, and under half of the load that a server takes when each webhook is another error."""
    rate = _taken(means) / 2
    with _ours(means) as ours, _bare(means) as bare:
        for target in (ours, bare):
            target.one_by_one(means.of(50, 2))
            target.took[ONE].clear()
        measures = {}
        for name, target in (("ours", ours), ("bare", bare)):
            measures[f"{name} {ONE}"] = lambda target=target: target.one_by_one(means.of(100, 2))
            measures[f"{name} {LOADED}"] = lambda target=target: target.loaded(means.of(1000, 2 * FOLLOWED), rate)
        by_turns(means.rounds, measures)
    for how, told in ((ONE, ONE), (LOADED, f"{LOADED}, {rate:.0f} a second")):
        mine, other = ours.took[how], bare.took[how]
        yield Row(f"{told}: median", median(mine), "ms", median(other), OWN)
        yield Row(f"{told}: 99th percentile", _percentile(mine), "ms", _percentile(other))
    yield Row("left to the tick", ours.left, "pages", bare.left, Goal(0))


def _percentile(found: Sequence[float], share: float = 0.99) -> float:
    return sorted(found)[min(int(len(found) * share), len(found) - 1)]


def _taken(means: Means) -> float:
    """Webhooks a second, each another error, all for one phone: the load of `many-errors`."""
    numbers = count()
    with ExitStack() as stack:
        twilio = stack.enter_context(phones(servers.PUBLIC)).origin
        server = stack.enter_context(servers.bugglio(means, servers.stored(means, EMULATOR, twilio)))
        rates = [
            post([server.port], lambda _: delivery(next(numbers)), times, connections=CONNECTIONS).rate
            for times in [means.of(1000, 16)] * (means.rounds + 2)
        ]
    return median(rates[2:])


@contextmanager
def _ours(means: Means) -> Iterator[Target]:
    with phones(servers.PUBLIC) as carrier:
        known = servers.stored(means, EMULATOR, carrier.origin, BUGGLIO_SMS_PER_DAY="1000000")
        _apply(means, known)
        with servers.bugglio(means, known) as server:
            yield Target(server, carrier, _ours_of)


@contextmanager
def _bare(means: Means) -> Iterator[Target]:
    with phones(servers.PUBLIC) as carrier:
        known = servers.stored(means, EMULATOR, carrier.origin)
        with running("bare", known, means.folder, FUNCTIONS / "bare.py") as server:
            yield Target(server, carrier, _bare_of)


def _ours_of(number: int, engineer: int | None) -> bytes:
    return request(PATH, _body(number, engineer))


def _bare_of(number: int, engineer: int | None) -> bytes:
    to = f"?to={quote(_phone(engineer))}" if engineer is not None else ""
    return request(f"/{to}", _body(number, engineer))


def _body(number: int, engineer: int | None) -> bytes:
    name = f"project-{engineer}" if engineer is not None else "of-no-team"
    return body(number, project={"id": name, "name": name}, error={"message": f"number {number} is none of ours"})


def _phone(number: int) -> str:
    return f"+1415555{2000 + number}"


def _apply(means: Means, known: Mapping[str, str]) -> None:
    """A roster in which each team has one project and one engineer."""
    engineers = [f'  e{n}: {{name: Engineer {n}, phone: "{_phone(n)}"}}' for n in range(PEOPLE)]
    teams = [f"  t{n}: {{timezone: UTC, projects: [project-{n}], steps: [{{page: [e{n}]}}]}}" for n in range(PEOPLE)]
    file = means.folder / "oncall.yaml"
    file.write_text("\n".join(["engineers:", *engineers, "teams:", *teams]), encoding="utf-8")
    command = [sys.executable, "-m", "bugglio", "apply", str(file), "--yes"]
    subprocess.run(command, cwd=ROOT, env=environment(**known), capture_output=True, check=True)


BENCH = Bench("a function that makes the same reads, commits and requests to Twilio, and nothing else", rows)
