"""What a test does with the simulator by hand: it moves, delivers, settles, and switches misbehaviours."""

from flask import request

from bugglio.simulator import Answer, Misbehaviour, Simulator
from tests.simulator.doors import ANA, BEN, Doors, text


def test_nothing_moves_until_it_is_told_to(simulator: Simulator, doors: Doors) -> None:
    sid = text(simulator)

    assert ["queued"] == [message.status for message in simulator.messages()]
    assert 1 == simulator.move()
    assert ["sent"] == [message.status for message in simulator.messages()]
    assert [] == doors.got
    assert [Answer(200, doors_headers(doors), b"<Response/>")] == simulator.deliver()
    assert [(sid, "sent")] == [(form["MessageSid"], form["MessageStatus"]) for form in doors.got]


def doors_headers(doors: Doors) -> dict[str, str]:
    return {name.lower(): value for name, value in doors.answer.headers.items()}


def test_a_test_can_hold_drop_and_reorder_reports_by_hand(simulator: Simulator, doors: Doors) -> None:
    first, second = text(simulator), text(simulator)
    simulator.move(second)
    simulator.move(first)
    assert [second, first] == [callback.sid for callback in simulator.callbacks]

    simulator.callbacks.reverse()
    del simulator.callbacks[1]
    simulator.deliver()

    assert [first] == [form["MessageSid"] for form in doors.got]
    assert [] == simulator.callbacks


def test_a_misbehaviour_can_concern_one_phone_and_run_out(simulator: Simulator) -> None:
    simulator.misbehave(Misbehaviour("undelivered", times=2, number=BEN))
    for to in (BEN, ANA, BEN, BEN):
        text(simulator, to=to)
    simulator.settle()

    assert ["undelivered", "delivered", "undelivered", "delivered"] == [one.status for one in simulator.messages()]
    assert [] == simulator.misbehaviours()


def test_misbehaviours_are_switched_off_one_by_one_and_together(simulator: Simulator) -> None:
    for kind in ("429", "500", "slow"):
        simulator.misbehave(Misbehaviour(kind))
    simulator.misbehave(Misbehaviour("500", number=ANA))

    simulator.misbehave(Misbehaviour("500", times=0))
    assert ["429", "slow"] == [one.kind for one in simulator.misbehaviours()]
    simulator.misbehave(None)
    assert [] == simulator.misbehaviours()


def test_what_a_report_causes_settles_too(simulator: Simulator, doors: Doors) -> None:
    """A door that answers a failure by texting the next person does so within the report's request."""

    def escalate() -> None:
        if request.form.get("MessageStatus") == "undelivered":
            text(simulator, "next", BEN)

    doors.app.before_request(escalate)
    simulator.misbehave(Misbehaviour("undelivered", number=ANA))
    text(simulator)
    simulator.settle()

    assert [(ANA, "undelivered"), (BEN, "delivered")] == [(one.to, one.status) for one in simulator.messages()]


def test_closing_twice_does_no_harm(simulator: Simulator) -> None:
    simulator.start()
    simulator.start()
    simulator.close()
    simulator.close()

    assert not simulator.running
