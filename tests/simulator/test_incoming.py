"""What Twilio does with a text from a phone."""

import pytest
from flask import Response

from bugglio.simulator import Simulator
from tests.simulator.doors import ANA, Doors


def test_a_text_reaches_the_door_signed_and_the_answer_reaches_the_phone(simulator: Simulator, doors: Doors) -> None:
    doors.answer = Response("<Response><Message>Acked 417</Message></Response>", mimetype="text/xml")

    got = simulator.receive(ANA, "ack 417")

    assert ("Acked 417",) == got.replies
    assert ["/sms"] == doors.paths
    assert doors.signed()
    (form,) = doors.got
    assert (ANA, simulator.sender, "ack 417", "0", "1") == tuple(
        form[name] for name in ("From", "To", "Body", "NumMedia", "NumSegments")
    )
    assert got.sid == form["MessageSid"] == form["SmsSid"] == form["SmsMessageSid"]
    assert [("inbound", "received"), ("outbound-reply", "queued")] == [
        (message.direction, message.status) for message in simulator.messages()
    ]
    assert ["Acked 417"] == simulator.texts(ANA)


def test_a_text_can_arrive_twice(simulator: Simulator, doors: Doors) -> None:
    got = simulator.receive(ANA, "ack")
    again = simulator.receive_again(got.sid)

    assert doors.got[0] == doors.got[1]
    assert got.sid == again.sid
    assert "I-Twilio-Idempotency-Token" not in doors.headers[0]
    assert "I-Twilio-Idempotency-Token" in {name.title(): 1 for name in doors.headers[1]}
    assert 1 == len(simulator.messages())
    with pytest.raises(KeyError):
        simulator.receive_again("SM0")


def test_an_answer_of_no_use_is_noted_as_twilio_would(simulator: Simulator, doors: Doors) -> None:
    doors.answer = Response(b"", 200)
    del doors.answer.headers["Content-Type"]

    assert 12300 == simulator.receive(ANA, "ack").error_code
    assert "12300" in simulator.activity()[-1].answer
    assert 12300 == simulator.messages()[0].error_code


def test_stop_blocks_the_phone_until_start_and_the_door_still_hears_of_it(simulator: Simulator, doors: Doors) -> None:
    doors.answer = Response("<Response><Message>door</Message></Response>", mimetype="text/xml")

    stopped = simulator.receive(ANA, " Stop ")
    assert simulator.opted_out(ANA)
    assert 21610 == stopped.error_code
    assert ["You have successfully been unsubscribed."] == [body[:40] for body in simulator.texts(ANA)]

    simulator.receive(ANA, "START")
    assert not simulator.opted_out(ANA)
    assert ["You have", "You have", "door"] == [body[:8] for body in simulator.texts(ANA)]
    assert [" Stop ", "START"] == [form["Body"] for form in doors.got]


@pytest.mark.parametrize("body", ["stop please", "ack", "ok", "no", "yes", "start", "cancel that"])
def test_other_words_are_not_twilios(simulator: Simulator, body: str) -> None:
    simulator.receive(ANA, body)

    assert not simulator.opted_out(ANA)
    assert [] == simulator.texts(ANA)


@pytest.mark.parametrize("body", ["STOPALL", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"])
def test_every_word_that_stops(simulator: Simulator, body: str) -> None:
    simulator.receive(ANA, body)

    assert simulator.opted_out(ANA)


def test_help_is_answered_by_twilio(simulator: Simulator, doors: Doors) -> None:
    simulator.receive(ANA, "help")

    assert ["Reply STOP to unsubscribe. Msg&Data Rates May Apply."] == simulator.texts(ANA)
    assert ["help"] == [form["Body"] for form in doors.got]
