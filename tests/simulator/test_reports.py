"""What the doors hear of a text, and what is noted when they do not."""

from bugglio.simulator import Answer, Simulator
from tests.simulator.doors import PUBLIC, Doors, text


def test_a_text_is_delivered_and_both_reports_are_signed(simulator: Simulator, doors: Doors) -> None:
    text(simulator)
    simulator.settle()

    assert ["sent", "delivered"] == doors.statuses()
    assert ["/sms-status?page=p&attempt=a"] * 2 == doors.paths
    assert doors.signed(0)
    assert doors.signed(1)
    assert not doors.signed(1, "another-token")
    assert {"AccountSid", "ApiVersion", "From", "To", "SmsSid", "SmsStatus"} <= doors.got[0].keys()
    assert "ErrorCode" not in doors.got[1]


def test_a_door_that_is_down_is_noted() -> None:
    def refuse(*_: object) -> Answer:
        raise ConnectionRefusedError

    simulator = Simulator(public_url=PUBLIC, post=refuse)
    text(simulator)

    assert [None, None] == simulator.settle()
    assert [("Status sent reported", None), ("Status delivered reported", None)] == [
        (line.what, line.status) for line in simulator.activity()
    ]
