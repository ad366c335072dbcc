"""Phone calls, told by what the phone hears and what the doors are told."""

from pathlib import Path

import pytest
from flask import Response

from bugglio.simulator import Answer, Misbehaviour, Simulator
from bugglio.simulator.api import make_call
from tests.simulator.doors import ANA, BEN, PUBLIC, Doors


def call_form(simulator: Simulator, **more: str) -> dict[str, str]:
    return {"To": ANA, "From": simulator.sender, "StatusCallback": PUBLIC + "/call-status", **more}


def test_a_call_is_answered_and_heard(simulator: Simulator, doors: Doors) -> None:
    simulator.dial(make_call(simulator, call_form(simulator, Twiml="<Response><Say>Wake up</Say></Response>")))
    simulator.settle()

    (call,) = simulator.calls()
    assert ("completed", "Wake up") == (call.status, call.said)
    assert [("completed", "4")] == [(form["CallStatus"], form["CallDuration"]) for form in doors.got]


def test_a_call_can_fetch_what_it_says(simulator: Simulator, doors: Doors) -> None:
    doors.answer = Response("<Response><Say>Fetched</Say></Response>", mimetype="text/xml")
    simulator.dial(make_call(simulator, call_form(simulator, Url=PUBLIC + "/voice")))
    simulator.settle()

    assert "Fetched" == simulator.calls()[0].said
    assert ["/voice", "/call-status"] == doors.paths
    assert doors.signed(0)


@pytest.mark.parametrize(
    ("kind", "status"), [("call-no-answer", "no-answer"), ("call-busy", "busy"), ("call-failed", "failed")]
)
def test_a_call_may_not_be_answered(simulator: Simulator, doors: Doors, kind: str, status: str) -> None:
    simulator.misbehave(Misbehaviour(kind, times=1))
    simulator.dial(make_call(simulator, call_form(simulator, Twiml="<Response/>")))
    simulator.settle()

    (call,) = simulator.calls()
    assert (status, "") == (call.status, call.said)
    assert [status] == [form["CallStatus"] for form in doors.got]


EVERY = "initiated ringing answered completed"


def test_each_status_is_reported_and_signed(simulator: Simulator, doors: Doors) -> None:
    simulator.dial(make_call(simulator, call_form(simulator, Twiml="<Response/>", StatusCallbackEvent=EVERY)))
    simulator.settle()

    assert ["initiated", "ringing", "in-progress", "completed"] == [form["CallStatus"] for form in doors.got]
    assert all(doors.signed(place) for place in range(4))
    (call,) = simulator.calls()
    ends = {"CallSid": call.sid, "From": simulator.sender, "To": ANA, "Called": ANA, "Caller": simulator.sender}
    assert ends.items() <= doors.got[0].items()


def test_reports_are_lost(simulator: Simulator, doors: Doors) -> None:
    simulator.misbehave(Misbehaviour("call-lose-callbacks", times=1))
    simulator.dial(make_call(simulator, call_form(simulator, Twiml="<Response/>", StatusCallbackEvent=EVERY)))
    simulator.settle()

    assert ("completed", []) == (simulator.calls()[0].status, doors.got)


def test_reports_come_twice(simulator: Simulator, doors: Doors) -> None:
    simulator.misbehave(Misbehaviour("call-double-callbacks", times=1))
    simulator.dial(make_call(simulator, call_form(simulator, Twiml="<Response/>")))
    simulator.settle()

    assert ["completed", "completed"] == [form["CallStatus"] for form in doors.got]


def test_what_goes_wrong_with_texts_leaves_calls_alone(simulator: Simulator) -> None:
    simulator.misbehave(Misbehaviour("failed", code=30036))
    simulator.misbehave(Misbehaviour("lose-callbacks"))
    simulator.dial(make_call(simulator, call_form(simulator, Twiml="<Response/>")))

    assert [200] == [answer.status for answer in simulator.settle() if answer]
    assert "completed" == simulator.calls()[0].status


def test_the_calls_of_one_phone(simulator: Simulator) -> None:
    for to in (ANA, BEN, ANA):
        simulator.dial(make_call(simulator, call_form(simulator, To=to, Twiml="<Response/>")))

    assert ([ANA, ANA], 3) == ([call.to for call in simulator.calls(ANA)], len(simulator.calls()))


def test_calls_survive_a_restart_and_go_on(tmp_path: Path) -> None:
    journal = tmp_path / "texts.jsonl"
    before = Simulator(journal=journal, post=lambda *_: Answer(204))
    form = call_form(before, Twiml="<Response><Say>Wake up</Say></Response>", StatusCallbackEvent=EVERY)
    before.dial(make_call(before, form))
    before.move()

    after = Simulator(journal=journal, post=lambda *_: Answer(204))
    assert before.calls() == after.calls()
    after.start()
    assert after.running
    after.close()
    after.settle()

    assert ("completed", "Wake up") == (after.calls()[0].status, after.calls()[0].said)
