"""Whether the pager is up: what anybody may ask."""

import threading
from typing import TYPE_CHECKING, Any

import pytest

from bugglio.app import App, Parts
from bugglio.pager.kit import Kit
from bugglio.pager.wellbeing.health import Health
from bugglio.roster import lone_roster
from bugglio.store import Store, Unreachable
from tests.clock import Clock
from tests.doors.calling import METHODS, Answer, app_of, call, sentence, settings_for
from tests.payloads import event
from tests.stage import ANA, Stage, staged

if TYPE_CHECKING:
    from bugglio.store.sqlite import SqliteStore

ADDRESSES = ("/health", "/admin/health")


class Counted:
    """A store that counts what is asked of it, and can be lost."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.asked = 0
        self.lost = False
        self.fault: Exception = Unreachable("the network is down")

    def __getattr__(self, name: str) -> Any:
        self.asked += 1
        if self.lost:
            raise self.fault
        return getattr(self._store, name)


class Watched:
    """A pager whose time in seconds is moved by hand."""

    def __init__(self, store: Store) -> None:
        self.store = Counted(store)
        self.time = 1000.0
        self.app, self.troubles = app_of(settings_for(), Parts(store=self.store, uptime=lambda: self.time))

    def health(self, address: str = "/health") -> Answer:
        return call(self.app, address, method="GET")


def up(answer: Answer) -> bool:
    """Whether it says that the pager is up, in status and words alike, and nothing else."""
    assert "application/json" == answer.headers["Content-Type"]
    told: bool = answer.facts["up"]
    assert {"up": told} == answer.facts
    assert (200 if told else 503) == answer.status
    return told


@pytest.mark.parametrize("address", ADDRESSES)
def test_before_the_first_tick_it_is_up(sqlite: "SqliteStore", address: str) -> None:
    assert up(Watched(sqlite).health(address))


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_is_down_when_the_tick_is_over_three_minutes_late(pager: Stage, clock: Clock, address: str) -> None:
    pager.tick()
    clock.advance(minutes=3)
    assert up(Watched(pager.store).health(address))

    clock.advance(seconds=1)
    assert not up(Watched(pager.store).health(address))

    pager.tick()
    assert up(Watched(pager.store).health(address))


def test_it_is_down_while_twilio_refuses_every_text(pager: Stage) -> None:
    from bugglio.simulator import Misbehaviour

    pager.simulator.misbehave(Misbehaviour("refuse", code=20003))
    pager.webhook(event())

    assert not up(Watched(pager.store).health())


def test_it_is_down_without_the_store_and_reports_nothing(sqlite: "SqliteStore") -> None:
    watched = Watched(sqlite)
    watched.store.lost = True

    assert not up(watched.health())
    assert [] == watched.troubles


def test_it_is_down_when_the_store_cannot_even_be_opened() -> None:
    app, troubles = app_of(settings_for(BUGGLIO_STORE="sqlite:/nowhere/at/all.db"))

    assert not up(call(app, "/health", method="GET"))
    assert [] == troubles


def test_an_answer_is_kept_for_ten_seconds(sqlite: "SqliteStore") -> None:
    watched = Watched(sqlite)
    assert up(watched.health())
    watched.store.lost = True

    watched.time += 9.9
    assert up(watched.health())
    assert 3 == watched.store.asked

    watched.time += 0.1
    assert not up(watched.health("/admin/health"))
    watched.store.lost = False
    assert not up(watched.health())

    watched.time += 10
    assert up(watched.health())


def test_nobody_who_asks_often_burdens_the_store(sqlite: "SqliteStore") -> None:
    watched = Watched(sqlite)

    for _ in range(50):
        assert up(watched.health())

    assert 3 == watched.store.asked


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", METHODS)
def test_it_can_be_asked_and_nothing_else(sqlite: "SqliteStore", address: str, method: str) -> None:
    answer = call(Watched(sqlite).app, address, method=method)

    if method in ("GET", "HEAD"):
        assert 200 == answer.status
    else:
        assert "This address takes GET, HEAD only." == sentence(answer, 405)
        assert "GET, HEAD" == answer.headers["Allow"]


def test_it_answers_under_the_public_addresses_path_too(sqlite: "SqliteStore", clock: Clock) -> None:
    with staged(sqlite, clock, BUGGLIO_PUBLIC_URL="https://host.test/pager") as stage:
        for address in ("/pager/health", "/pager/admin/health", "/health", "/admin/health"):
            assert up(call(stage.app, address, method="GET"))


def test_a_door_deployed_alone_has_no_health(pager: Stage) -> None:
    app: App = pager.app

    assert 405 == call(app, "/health", method="GET", entry="bugsnag").status


class Hanging:
    """A store that never answers, until it is let go."""

    def __init__(self) -> None:
        self.asked = 0
        self.entered, self.let_go = threading.Event(), threading.Event()

    def __getattr__(self, name: str) -> Any:
        def wait(*_: Any, **__: Any) -> Any:
            self.asked += 1
            self.entered.set()
            self.let_go.wait(60)
            raise Unreachable("it was let go")

        return wait


def test_a_store_that_never_answers_is_one_that_cannot_be_reached_and_is_not_asked_twice_at_once() -> None:
    store, time = Hanging(), [0.0]
    nothing: Any = None
    kit = Kit(store, nothing, lambda: lone_roster(ANA), lambda *_: None, on_duty=ANA)
    health = Health(kit, lambda: time[0], patience=0.05)
    assert not health.up()
    assert store.entered.wait(10)
    time[0] += 10
    assert not health.up()
    assert 1 == store.asked

    store.let_go.set()
    time[0] += 10
    assert not health.up()


def test_while_one_request_waits_for_the_store_others_get_the_last_answer(sqlite: "SqliteStore") -> None:
    watched, hanging = Watched(sqlite), Hanging()
    nothing: Any = None
    kit = Kit(watched.store, nothing, lambda: lone_roster(ANA), lambda *_: None, on_duty=ANA)
    health = Health(kit, lambda: watched.time, patience=5)
    assert health.up()
    watched.time += 10
    watched.store._store = hanging
    told: list[bool] = []
    waiting = threading.Thread(target=lambda: told.append(health.up()))
    waiting.start()
    assert hanging.entered.wait(10)

    assert health.up()
    assert [] == told
    hanging.let_go.set()
    waiting.join(10)
    assert [False] == told
    assert not health.up()


def test_what_nobody_thought_of_is_reported_and_it_is_down(sqlite: "SqliteStore") -> None:
    watched = Watched(sqlite)
    watched.store.lost, watched.store.fault = True, KeyError("nobody thought of it")

    assert not up(watched.health())
    assert ["looking at the health: KeyError('nobody thought of it')"] == watched.troubles
