"""What a laptop makes up for itself: it has a Bugsnag that follows."""

import threading
from pathlib import Path

import pytest

from bugglio import laptop
from bugglio.app import tracker
from bugglio.config import read_settings
from bugglio.pager.ticking import Ticking
from bugglio.store import Store
from bugglio.upstream import FIX, Done, Operation
from tests.clock import Clock
from tests.stage import staged

FIXED = Operation(id="o", what=FIX)


def test_the_simulators_bugsnag_is_reached_with_the_token_that_was_made_up(tmp_path: Path) -> None:
    laptop.keep_settings({}, tmp_path)
    settings = {**laptop.environment({}, tmp_path), "BUGGLIO_PUBLIC_URL": "http://127.0.0.1:9"}

    with laptop._simulator(laptop.Front(), settings, tmp_path) as address:
        settings |= laptop._apis({}, address)
        ours = tracker(read_settings(settings, on_google_cloud=False))
        assert ours is not None
        assert Done() == ours.do("p", "an error of an earlier run", FIXED, patience=5)


def test_until_the_simulator_runs_nobody_is_told(tmp_path: Path) -> None:
    laptop.keep_settings({}, tmp_path)

    assert laptop.NOT_RUNNING == laptop.environment({}, tmp_path)["BUGSNAG_API_URL"]


@pytest.mark.parametrize("real", [{"BUGSNAG_AUTH_TOKEN": "real"}, {"BUGSNAG_API_URL": "https://bugsnag.example"}])
def test_what_is_set_for_a_real_bugsnag_is_not_mixed_with_the_simulators(tmp_path: Path, real: dict[str, str]) -> None:
    laptop.keep_settings({}, tmp_path)

    told = laptop.environment(real, tmp_path)

    assert real == {name: text for name, text in told.items() if name in ("BUGSNAG_AUTH_TOKEN", "BUGSNAG_API_URL")}
    assert {"TWILIO_API_URL": "http://127.0.0.1:8080"} == laptop._apis(real, "http://127.0.0.1:8080")


def test_a_tick_that_fails_is_told_and_is_not_the_last(
    sqlite: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    came: list[int] = []

    class Thrice(threading.Event):
        """What ends the ticking after the third."""

        def wait(self, timeout: float | None = None) -> bool:
            assert timeout
            return len(came) == 3

    def fails_once(*_: object, stay: int, served: bool) -> None:
        came.append(stay)
        assert served
        if len(came) == 1:
            raise ValueError("nobody foresaw it")

    with staged(sqlite, clock) as stage:
        monkeypatch.setattr(Ticking, "tick", fails_once)
        laptop._tick(laptop.Front(), stage.app, Thrice())

        assert 3 == len(came)
        assert ["tick: ValueError('nobody foresaw it')"] == stage.troubles
