"""What Twilio does with texts, told from both sides: bugglio's doors and the phones."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask, Response, request
from twilio.request_validator import RequestValidator

from bugglio.simulator import Answer, Misbehaviour, Simulator, served, through
from bugglio.simulator import core as core_module

ANA, BEN = "+14155550101", "+14155550102"
PUBLIC = "https://bugglio.test"


class Doors:
    """Stands where bugglio's doors are: notes what comes, checks its signature, answers what it is told."""

    def __init__(self) -> None:
        self.app = Flask("doors")
        self.app.add_url_rule("/<path:_>", view_func=self._note, methods=["POST"])
        self.got: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.answer = Response("<Response/>", mimetype="text/xml")
        self.arrived = threading.Condition()

    def _note(self, _: str) -> Response:
        with self.arrived:
            self.paths.append(request.full_path.rstrip("?"))
            self.headers.append(dict(request.headers))
            self.got.append(request.form.to_dict())
            self.arrived.notify_all()
        return self.answer

    def signed(self, place: int = -1, token: str = "simulated-token") -> bool:
        signature = self.headers[place].get("X-Twilio-Signature", "")
        return bool(RequestValidator(token).validate(PUBLIC + self.paths[place], self.got[place], signature))

    def statuses(self) -> list[str]:
        return [form["MessageStatus"] for form in self.got if "MessageStatus" in form]


@pytest.fixture
def doors() -> Doors:
    return Doors()


@pytest.fixture
def simulator(doors: Doors) -> Simulator:
    return Simulator(public_url=PUBLIC + "/", post=through(doors.app))


def text(simulator: Simulator, body: str = "#417 boom. Reply ack 417", to: str = ANA) -> str:
    form = {"To": to, "From": simulator.sender, "Body": body, "StatusCallback": f"{PUBLIC}/sms-status?page=p&attempt=a"}
    return simulator.accept(form).sid


# From bugglio to a phone.


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


def test_a_door_that_is_down_is_noted() -> None:
    def refuse(*_: object) -> Answer:
        raise ConnectionRefusedError

    simulator = Simulator(public_url=PUBLIC, post=refuse)
    text(simulator)

    assert [None, None] == simulator.settle()
    assert [("Status sent reported", None), ("Status delivered reported", None)] == [
        (line.what, line.status) for line in simulator.activity()
    ]


# From a phone to bugglio.


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


# Bugsnag.


def test_an_event_goes_to_the_webhook_and_its_answer_is_kept(doors: Doors) -> None:
    simulator = Simulator(post=through(doors.app), webhook_url=lambda: f"{PUBLIC}/bugsnag?token=t")
    doors.answer = Response('{"outcome": "opened", "code": 417, "reason": null}', mimetype="application/json")

    event = simulator.event("new-error")

    assert (200, '{"outcome": "opened", "code": 417, "reason": null}') == (event.status, event.answer)
    assert ["/bugsnag?token=t"] == doors.paths
    assert "application/json" == doors.headers[0]["Content-Type"]
    assert ("New error", "opened #417") == (simulator.activity()[0].what, simulator.activity()[0].summary())


def test_an_event_without_an_answer_says_so() -> None:
    def refuse(*_: object) -> Answer:
        raise ConnectionRefusedError

    assert None is Simulator(post=refuse).event("release").status


# Calls.


def call_form(simulator: Simulator, **more: str) -> dict[str, str]:
    return {"To": ANA, "From": simulator.sender, "StatusCallback": PUBLIC + "/call-status", **more}


def test_a_call_is_answered_and_heard(simulator: Simulator, doors: Doors) -> None:
    from bugglio.simulator.api import make_call

    simulator.dial(make_call(simulator, call_form(simulator, Twiml="<Response><Say>Wake up</Say></Response>")))
    simulator.settle()

    (call,) = simulator.calls()
    assert ("completed", "Wake up") == (call.status, call.said)
    assert [("completed", "4")] == [(form["CallStatus"], form["CallDuration"]) for form in doors.got]


def test_a_call_can_fetch_what_it_says(simulator: Simulator, doors: Doors) -> None:
    from bugglio.simulator.api import make_call

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
    from bugglio.simulator.api import make_call

    simulator.misbehave(Misbehaviour(kind, times=1))
    simulator.dial(make_call(simulator, call_form(simulator, Twiml="<Response/>")))
    simulator.settle()

    assert status == simulator.calls()[0].status
    assert [status] == [form["CallStatus"] for form in doors.got]


# Real time.


@contextmanager
def running(simulator: Simulator) -> Iterator[None]:
    simulator.start()
    try:
        yield
    finally:
        simulator.close()


def test_in_real_time_reports_arrive_by_themselves(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_module, "STEP", 0.01)
    with served(doors.app) as origin:
        simulator = Simulator(public_url=origin)
        with running(simulator):
            simulator.accept(
                {"To": ANA, "Body": "x", "From": simulator.sender, "StatusCallback": origin + "/sms-status"}
            )
            with doors.arrived:
                assert doors.arrived.wait_for(lambda: len(doors.got) == 2, 10)

    assert ["sent", "delivered"] == doors.statuses()


def test_texts_under_way_at_the_last_run_go_on(
    simulator: Simulator, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core_module, "STEP", 0.01)
    monkeypatch.setattr(core_module, "RESUME", 0.01)
    text(simulator)
    text(simulator)
    simulator.move()
    simulator._plans.clear()
    with running(simulator), doors.arrived:
        assert doors.arrived.wait_for(lambda: len(doors.got) == 2, 10)

    assert ["delivered", "delivered"] == doors.statuses()


def test_a_slow_door_holds_no_other_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_module, "STEP", 0.01)
    release, seen = threading.Event(), threading.Event()

    def post(_: str, body: bytes, __: object) -> Answer:
        if b"slow" in body:
            release.wait(10)
        else:
            seen.set()
        return Answer(204)

    simulator = Simulator(post=post)
    with running(simulator):
        for sid in ("slow", "quick"):
            url = f"{PUBLIC}/{sid}"
            message = simulator.accept({"To": ANA, "Body": sid, "From": simulator.sender, "StatusCallback": url})
            if sid == "slow":
                monkeypatch.setattr(
                    simulator,
                    "_status_form",
                    lambda one: {"MessageSid": one.sid, "MessageStatus": one.status, "b": one.body},
                )
            assert message.sid
        assert seen.wait(10)
        release.set()


def test_closing_twice_does_no_harm(simulator: Simulator) -> None:
    simulator.start()
    simulator.start()
    simulator.close()
    simulator.close()

    assert not simulator.running
