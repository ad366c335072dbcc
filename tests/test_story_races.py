"""Everything at once, from many instances, in an order that chance decides: nothing is lost, and nothing sent twice."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from bugglio.app import App, Parts
from bugglio.page import DIGESTED, DROPPED, FAILED, SENDING, WAITING
from bugglio.pager.reports import iso
from bugglio.roster import MINUTE, Engineer, Roster, Step, Team
from bugglio.simulator import Misbehaviour
from bugglio.store import Store
from bugglio.store.sqlite import SqliteStore
from tests.clock import Clock
from tests.payloads import change, event
from tests.stage import ANA, Stage, staged
from tests.stores import PATIENCE

BEN = "+14155550102"
PEOPLE = {"on-duty": Engineer("on-duty", "Ana Lima", ANA, admin=True), "ben": Engineer("ben", "Ben Ode", BEN)}
STEPS = (Step(("on-duty",), wait=3 * MINUTE), Step(("ben", "on-duty"), wait=4 * MINUTE))
ROSTER = Roster(PEOPLE, {"shop": Team("shop", STEPS, acknowledged_for=10 * MINUTE, projects=("*",))})
ERRORS = 12
INSTANCES = 3
THREADS = 6
OPS = 8
MISHAPS = (
    ("accept-500", None),
    ("accept-500", None),
    ("accept-reset", None),
    ("accept-reset", None),
    ("lose-callbacks", None),
    ("500", None),
    ("429", None),
    ("refuse", 21211),
    ("refuse", 20003),
    ("undelivered", 30003),
    ("lose-callbacks", None),
    ("double-callbacks", None),
    ("reorder-callbacks", None),
    ("no-log", None),
)
TEXTS = ("ack", "ack all", "close", "ok", "list", "on it", "status", "all")
EXPECTED = ("Twilio refuses every text", "reading Twilio's message log", "watch, last resort")


class Instances:
    """Several processes on one store; whoever calls meets any of them."""

    def __init__(self, stage: Stage, chance: random.Random) -> None:
        self._chance = chance
        parts = Parts(stage.store, None, lambda: stage.roster, sleep=lambda _: None)
        self.apps = [App(lambda: stage.settings, stage._alarm, parts) for _ in range(INSTANCES)]

    def any(self) -> App:
        """One of them."""
        return self._chance.choice(self.apps)

    def wsgi(self, environ: Any, start_response: Any) -> Any:
        """All doors of one of them."""
        return self.any().wsgi(environ, start_response)


class Races:
    """A stage on which everything happens at once."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage = stage
        self.chance = random.Random(seed)
        self.instances = Instances(stage, random.Random(seed + 1))
        stage.app = self.instances  # type: ignore[assignment]
        self.faults: list[str] = []

    def round(self) -> None:
        """Let threads do what chance decides, all at once; then time passes."""
        for kind, code in self.chance.sample(MISHAPS, self.chance.choice([0, 1, 2, 3])):
            self.stage.simulator.misbehave(Misbehaviour(kind, times=self.chance.randint(1, 4), code=code))
        plans = [[self._op() for _ in range(OPS)] for _ in range(THREADS)]
        threads = [threading.Thread(target=self._act, args=(plan,)) for plan in plans]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive()
        self.stage.clock.advance(seconds=self.chance.choice([0, 1, 5, 30, 59, 60, 95, 180]))

    def settle(self) -> None:
        """All is well again, and so much time passes that whatever was under way ends."""
        self.stage.simulator.misbehave(None)
        for _ in range(30):
            self._callbacks(random.Random(0))
            self.stage.clock.advance(seconds=20)
            self.instances.any().works.ticking.tick()
        self.stage.simulator.settle()

    def _act(self, plan: list[Callable[[], None]]) -> None:
        for op in plan:
            try:
                op()
            except Exception as error:  # noqa: BLE001 - the test must see what any thread met
                self.faults.append(repr(error))

    def _op(self) -> Callable[[], None]:
        seed = self.chance.random()
        own = random.Random(seed)
        kind = own.choices([self._webhook, self._callbacks, self._tick, self._text], [8, 4, 4, 1])[0]
        return lambda: kind(own)

    def _webhook(self, chance: random.Random) -> None:
        n = chance.randrange(ERRORS)
        received = iso(self.stage.clock.now())
        name = {"errorId": f"checkout-{n}", "receivedAt": received, "exceptionClass": f"Error{n}"}
        kind = chance.choices(["firstException", "exception", "reopened", "fixed", "snoozed"], [4, 4, 1, 1, 1])[0]
        payload = change(kind, error=name) if kind in ("fixed", "snoozed") else event(kind, error=name)
        sent = self.stage.simulator.send_event(payload)
        if sent.status != 200:
            self.faults.append(f"webhook: {sent.status} {sent.answer}")

    def _callbacks(self, chance: random.Random) -> None:
        simulator = self.stage.simulator
        for sid in simulator._course.under_way():
            if chance.random() < 0.6:
                simulator.move(sid)
        chance.shuffle(simulator.callbacks)
        for answer in simulator.deliver():
            if answer is None or answer.status != 204:
                self.faults.append(f"callback: {answer}")

    def _tick(self, _: random.Random) -> None:
        self.instances.any().works.ticking.tick()

    def _text(self, chance: random.Random) -> None:
        received = self.stage.simulator.receive(chance.choice([ANA, BEN]), chance.choice(TEXTS))
        if received.status != 200:
            self.faults.append(f"text: {received}")


def found(store: Store, collection: str, field: str) -> list[Any]:
    """Every document of a collection that has this field."""
    documents = store.query(collection, field, limit=400)
    assert len(documents) < 400
    return documents


def assert_nothing_is_stuck(store: Store) -> None:
    pages, alerts = found(store, "pages", "created"), found(store, "alerts", "open")
    assert [] == [one for one in pages if one.fields["state"] in (WAITING, SENDING) and "due_at" not in one.fields]
    assert [] == [one for one in pages if one.fields["state"] not in (WAITING, SENDING) and "due_at" in one.fields]
    assert [] == [one for one in alerts if one.fields["state"] == "triggered" and "next_at" not in one.fields]
    assert [] == [one for one in alerts if "due_at" not in one.fields]
    assert len(alerts) == len({one.fields["code"] for one in alerts})


def was_answered(alert: Mapping[str, Any], since: int) -> bool:
    """Whether somebody has answered it since then, so that a digest that waited tells of it no more."""
    words = ("acknowledged", "closed", "snoozed")
    return any(entry["at"] >= since and entry["what"].startswith(words) for entry in alert["timeline"])


def assert_each_text_went_out_once(stage: Stage) -> None:
    messages = [one for number in (ANA, BEN) for one in stage.simulator.messages(to=number)]
    sent = Counter((one.to, one.body) for one in messages if one.direction == "outbound-api")
    assert {} == {text: times for text, times in sent.items() if times > 1}
    pages = {one.id: one.fields for one in found(stage.store, "pages", "created")}
    assert set(sent) <= {(one["number"], one.get("body")) for one in pages.values()}
    out = [one for one in pages.values() if one["state"] not in (DROPPED, DIGESTED, FAILED, WAITING, SENDING)]
    assert {(one["number"], one["body"]) for one in out} <= set(sent)
    assert {DROPPED, DIGESTED, FAILED, "accepted", "sent", "delivered"} >= {
        one["state"] for one in pages.values() if one["created"] < stage.clock.now() - 5 * MINUTE
    }
    held = {
        one.id: one.fields
        for one in (*found(stage.store, "alerts", "open"), *found(stage.store, "alerts", "closed_at"))
    }
    members = [one for one in pages.values() if one["state"] == DIGESTED and pages[one["digest"]]["kind"] != "notice"]
    left_out = [one for one in members if one["code"] not in pages[one["digest"]]["count"]["codes"]]
    assert [] == [one for one in left_out if not was_answered(held[one["alert"]], one["created"])]


def play(folder: Path, seed: int, rounds: int) -> None:
    clock = Clock()
    store = SqliteStore(folder / f"{seed}.db", clock.now, timeout=PATIENCE)
    with staged(store, clock, ROSTER) as stage:
        races = Races(stage, seed)
        for _ in range(rounds):
            races.round()
            assert_nothing_is_stuck(store)
        races.settle()
        assert [] == races.faults
        assert [] == [told for told in stage.troubles if not any(one in told for one in EXPECTED)]
        assert_nothing_is_stuck(store)
        assert_each_text_went_out_once(stage)
    store.close()


@pytest.mark.promise("P2")
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_whatever_meets_whatever_nothing_is_lost_and_nothing_sent_twice(tmp_path: Path, seed: int) -> None:
    play(tmp_path, seed, rounds=4)
