"""Real time: statuses and reports that come by themselves."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bugglio.simulator import Answer, Simulator, served, through
from bugglio.simulator import course as course_module
from tests.simulator.doors import ANA, PUBLIC, Doors, text


@contextmanager
def running(simulator: Simulator) -> Iterator[None]:
    simulator.start()
    try:
        yield
    finally:
        simulator.close()


def test_in_real_time_reports_arrive_by_themselves(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course_module, "STEP", 0.01)
    with served(doors.app) as origin:
        simulator = Simulator(public_url=origin)
        with running(simulator):
            simulator.accept(
                {"To": ANA, "Body": "x", "From": simulator.sender, "StatusCallback": origin + "/sms-status"}
            )
            with doors.arrived:
                assert doors.arrived.wait_for(lambda: len(doors.got) == 2, 10)

    assert ["sent", "delivered"] == doors.statuses()


def test_texts_under_way_at_the_last_run_go_on(doors: Doors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course_module, "STEP", 0.01)
    monkeypatch.setattr(course_module, "RESUME", 0.01)
    last = Simulator(post=through(doors.app), journal=tmp_path / "journal")
    queued, sent = text(last), text(last)
    last.move(sent)

    this = Simulator(post=through(doors.app), journal=tmp_path / "journal")
    with running(this), doors.arrived:
        assert doors.arrived.wait_for(lambda: len(doors.got) == 3, 10)

    got = [(form["MessageSid"], form["MessageStatus"]) for form in doors.got]
    assert [(queued, "sent"), (queued, "delivered")] == [one for one in got if one[0] == queued]
    assert [(sent, "delivered")] == [one for one in got if one[0] == sent]


def test_a_slow_door_holds_no_other_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course_module, "STEP", 0.01)
    release, seen = threading.Event(), threading.Event()

    def post(url: str, _: bytes, __: object) -> Answer:
        if url.endswith("/slow"):
            release.wait(10)
        else:
            seen.set()
        return Answer(204)

    simulator = Simulator(post=post)
    with running(simulator):
        for path in ("/slow", "/quick"):
            form = {"To": ANA, "Body": "x", "From": simulator.sender, "StatusCallback": PUBLIC + path}
            simulator.accept(form)
        assert seen.wait(10)
        release.set()
