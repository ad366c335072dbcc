"""What Twilio does with texts to phones, told from both sides: bugglio's doors and the phones."""

from bugglio.simulator import Misbehaviour, Simulator, through
from tests.simulator.doors import ANA, PUBLIC, Doors, text


def test_a_text_that_is_not_delivered_says_why(simulator: Simulator, doors: Doors) -> None:
    simulator.misbehave(Misbehaviour("undelivered", times=1, code=30006))
    text(simulator)
    text(simulator)
    simulator.settle()

    assert [("undelivered", 30006), ("delivered", None)] == [
        (one.status, one.error_code) for one in simulator.messages()
    ]
    assert ["30006"] == [form["ErrorCode"] for form in doors.got if "ErrorCode" in form]


def test_a_text_that_fails_in_the_queue_was_never_sent(simulator: Simulator, doors: Doors) -> None:
    simulator.misbehave(Misbehaviour("failed"))
    text(simulator)
    simulator.settle()

    assert ["failed"] == doors.statuses()
    assert (30036, None) == (simulator.messages()[0].error_code, simulator.messages()[0].sent)


def test_a_messaging_service_accepts_first(doors: Doors) -> None:
    simulator = Simulator(public_url=PUBLIC, post=through(doors.app), messaging_service_sid="MG1")
    form = {"To": ANA, "MessagingServiceSid": "MG1", "Body": "x", "StatusCallback": PUBLIC + "/sms-status"}

    assert "accepted" == simulator.accept(form).status
    simulator.settle()
    assert ["queued", "sent", "delivered"] == doors.statuses()
    assert {"MG1"} == {form["MessagingServiceSid"] for form in doors.got}


def test_reports_can_be_lost(simulator: Simulator, doors: Doors) -> None:
    simulator.misbehave(Misbehaviour("lose-callbacks", times=1))
    text(simulator)
    simulator.settle()

    assert [] == doors.got
    assert ["delivered"] == [message.status for message in simulator.messages()]


def test_reports_can_come_twice(simulator: Simulator, doors: Doors) -> None:
    simulator.misbehave(Misbehaviour("double-callbacks", times=1))
    text(simulator)
    simulator.settle()

    assert ["sent", "sent", "delivered", "delivered"] == doors.statuses()


def test_reports_can_come_in_the_wrong_order(simulator: Simulator, doors: Doors) -> None:
    simulator.misbehave(Misbehaviour("reorder-callbacks", times=1))
    text(simulator)
    simulator.settle()

    assert ["delivered", "sent"] == doors.statuses()
