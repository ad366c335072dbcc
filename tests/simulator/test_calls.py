"""Phone calls, told by what the phone hears and what the doors are told."""

import pytest
from flask import Response

from bugglio.simulator import Misbehaviour, Simulator
from bugglio.simulator.api import make_call
from tests.simulator.doors import ANA, PUBLIC, Doors


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

    assert status == simulator.calls()[0].status
    assert [status] == [form["CallStatus"] for form in doors.got]
