"""Twilio's API as its own library and as plain HTTP see it."""

import time
import urllib.parse
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from bugglio.simulator import Misbehaviour, Simulator, served

ANA, BEN = "+14155550101", "+14155550102"
NOON = 1_767_960_000_000
"""2026-01-09T12:00:00Z."""


class Loopback(TwilioHttpClient):
    """Twilio's own client, sent to another address."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=10)
        self.base = base

    def request(self, method: str, uri: str, *arguments: Any, **named: Any) -> Response:  # type: ignore[override]
        parts = urllib.parse.urlsplit(uri)
        return super().request(
            method, self.base + parts.path + (f"?{parts.query}" if parts.query else ""), *arguments, **named
        )


class Clock:
    now = NOON

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def simulator(clock: Clock) -> Iterator[Simulator]:
    ours = Simulator(clock=clock, messaging_service_sid="MG" + "1" * 32)
    yield ours
    ours.close()


@pytest.fixture
def origin(simulator: Simulator) -> Iterator[str]:
    with served(simulator.wsgi) as origin:
        yield origin


@pytest.fixture
def client(simulator: Simulator, origin: str) -> Client:
    return Client(simulator.account_sid, simulator.auth_token, http_client=Loopback(origin + "/simulator/twilio"))


def facts(resource: object, *names: str) -> list[object]:
    """Fields of one of the library's objects, whose enumerations are typed as classes and are texts."""
    return [getattr(resource, name) for name in names]


def refused(client: Client, **fields: Any) -> tuple[int, int | None]:
    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(**fields)
    return caught.value.status, caught.value.code


def test_a_message_is_created_fetched_and_listed(simulator: Simulator, client: Client) -> None:
    made = client.messages.create(to=ANA, from_=simulator.sender, body="hello €", validity_period=60)

    assert ["queued", "outbound-api", "1", "0"] == facts(made, "status", "direction", "num_segments", "num_media")
    assert datetime(2026, 1, 9, 12, tzinfo=UTC) == made.date_created
    assert (None, None, None) == (made.date_sent, made.error_code, made.price)
    assert made.uri == f"/2010-04-01/Accounts/{simulator.account_sid}/Messages/{made.sid}.json"
    assert made.sid is not None
    assert "hello €" == client.messages(made.sid).fetch().body
    assert [made.sid] == [message.sid for message in client.messages.list()]


def test_the_bare_origin_serves_the_same_api(simulator: Simulator, origin: str) -> None:
    client = Client(simulator.account_sid, simulator.auth_token, http_client=Loopback(origin))

    assert [] == client.messages.list()


def test_a_messaging_service_names_no_sender_at_first(simulator: Simulator, client: Client) -> None:
    made = client.messages.create(to=ANA, messaging_service_sid=simulator.messaging_service_sid, body="x")
    assert ["accepted", None, "0"] == facts(made, "status", "from_", "num_segments")

    simulator.settle()
    made = client.messages.list()[0]
    assert ["delivered", simulator.sender, "1"] == facts(made, "status", "from_", "num_segments")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": ""}, 21604),
        ({"from_": None}, 21603),
        ({"body": ""}, 21602),
        ({"body": None}, 21602),
        ({"to": "4155550101"}, 21211),
        ({"to": "+1415 555"}, 21211),
        ({"from_": "+15005550001"}, 21606),
        ({"from_": None, "messaging_service_sid": "MG2"}, 21705),
        ({"to": "+15005550006"}, 21266),
        ({"body": "x" * 1601}, 21617),
        ({"status_callback": "bugglio/sms-status"}, 21609),
        ({"status_callback": "https://my_host.test/sms-status"}, 21609),
        ({"validity_period": 0}, 21624),
        ({"validity_period": 36_001}, 21624),
    ],
)
def test_what_twilio_refuses_is_refused_with_its_code(client: Client, fields: dict[str, Any], code: int) -> None:
    good = {"to": ANA, "from_": "+15005550006", "body": "hello"}

    assert (400, code) == refused(client, **{**good, **fields})
    assert [] == client.messages.list()


def test_the_longest_body_is_taken(simulator: Simulator, client: Client) -> None:
    assert "11" == client.messages.create(to=ANA, from_=simulator.sender, body="x" * 1600).num_segments


def test_a_phone_that_stopped_is_refused(simulator: Simulator, client: Client) -> None:
    simulator._memory.records.opt(ANA, out=True)

    assert (400, 21610) == refused(client, to=ANA, from_=simulator.sender, body="x")


def test_errors_have_twilios_body(simulator: Simulator, origin: str) -> None:
    auth = (simulator.account_sid, simulator.auth_token)
    base = f"{origin}/2010-04-01/Accounts/{simulator.account_sid}"

    assert {
        "code": 21604,
        "message": "A 'To' phone number is required.",
        "more_info": "https://www.twilio.com/docs/errors/21604",
        "status": 400,
    } == requests.post(base + "/Messages.json", auth=auth, timeout=10).json()
    assert 20404 == requests.get(base + "/Messages/SM1.json", auth=auth, timeout=10).json()["code"]
    assert 20404 == requests.get(base + "/Faxes.json", auth=auth, timeout=10).json()["code"]
    assert 20004 == requests.delete(base + "/Messages.json", auth=auth, timeout=10).json()["code"]


@pytest.mark.parametrize("auth", [None, ("AC0", "simulated-token"), ("AC" + "5" * 32, "wrong"), ("AC" + "5" * 32, "")])
def test_without_the_right_token_there_is_nothing(simulator: Simulator, origin: str, auth: Any) -> None:
    answer = requests.get(f"{origin}/2010-04-01/Accounts/{simulator.account_sid}/Messages.json", auth=auth, timeout=10)

    assert (401, 20003) == (answer.status_code, answer.json()["code"])
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_another_account_is_closed(simulator: Simulator, origin: str) -> None:
    auth = (simulator.account_sid, simulator.auth_token)

    assert 401 == requests.get(f"{origin}/2010-04-01/Accounts/AC0/Messages.json", auth=auth, timeout=10).status_code


def test_the_list_is_filtered_and_newest_first(simulator: Simulator, client: Client) -> None:
    for to, body in ((ANA, "one"), (BEN, "two"), (ANA, "three")):
        client.messages.create(to=to, from_=simulator.sender, body=body)

    assert ["three", "one"] == [message.body for message in client.messages.list(to=ANA)]
    assert ["three", "two", "one"] == [message.body for message in client.messages.list(from_=simulator.sender)]
    assert [] == client.messages.list(from_=ANA)


def test_a_message_that_was_not_sent_yet_has_no_date_to_be_found_by(
    simulator: Simulator, client: Client, clock: Clock
) -> None:
    client.messages.create(to=ANA, from_=simulator.sender, body="yesterday's")
    simulator.settle()
    clock.now += 86_400_000
    client.messages.create(to=ANA, from_=simulator.sender, body="today's")
    today, noon = date(2026, 1, 10), datetime(2026, 1, 10, 12, tzinfo=UTC)

    assert [] == client.messages.list(date_sent=today)
    simulator.settle()
    assert ["today's"] == [message.body for message in client.messages.list(date_sent=today)]
    assert ["today's"] == [message.body for message in client.messages.list(date_sent_after=noon - timedelta(hours=1))]
    assert ["yesterday's"] == [
        message.body for message in client.messages.list(date_sent_before=noon - timedelta(hours=1))
    ]
    assert [] == client.messages.list(date_sent_after=noon + timedelta(seconds=1))


def test_a_date_that_is_none_is_refused(simulator: Simulator, origin: str) -> None:
    auth = (simulator.account_sid, simulator.auth_token)
    url = f"{origin}/2010-04-01/Accounts/{simulator.account_sid}/Messages.json?DateSent=soon"

    assert 20001 == requests.get(url, auth=auth, timeout=10).json()["code"]


def test_pages_follow_each_other_even_while_texts_arrive(simulator: Simulator, client: Client) -> None:
    for number in range(7):
        client.messages.create(to=ANA, from_=simulator.sender, body=str(number))

    pages = client.messages.page(to=ANA, page_size=3)
    assert ["6", "5", "4"] == [message.body for message in pages]
    client.messages.create(to=ANA, from_=simulator.sender, body="newest")
    second = pages.next_page()
    assert second is not None
    assert ["3", "2", "1"] == [message.body for message in second]
    third = second.next_page()
    assert third is not None
    assert ["0"] == [message.body for message in third]
    assert None is third.next_page()


def test_the_library_reads_all_pages(simulator: Simulator, client: Client) -> None:
    for number in range(7):
        client.messages.create(to=ANA, from_=simulator.sender, body=str(number))

    assert 7 == len(client.messages.list(page_size=2))
    assert 3 == len(client.messages.list(limit=3))


# Bad days.


def test_500_takes_nothing(simulator: Simulator, client: Client) -> None:
    simulator.misbehave(Misbehaviour("500", times=1))

    assert (500, 20500) == refused(client, to=ANA, from_=simulator.sender, body="x")
    assert [] == simulator.messages()


def test_accept_500_takes_it_all_the_same(simulator: Simulator, client: Client) -> None:
    simulator.misbehave(Misbehaviour("accept-500", times=1))

    assert (500, 20500) == refused(client, to=ANA, from_=simulator.sender, body="x")
    assert ["x"] == simulator.texts(ANA)


def test_429_says_when_to_come_back(simulator: Simulator, origin: str) -> None:
    simulator.misbehave(Misbehaviour("429", times=1, seconds=7))
    url = f"{origin}/2010-04-01/Accounts/{simulator.account_sid}/Messages.json"
    form = {"To": ANA, "From": simulator.sender, "Body": "x"}
    auth = (simulator.account_sid, simulator.auth_token)

    busy = requests.post(url, form, auth=auth, timeout=10)
    assert (429, "7", 20429) == (busy.status_code, busy.headers["Retry-After"], busy.json()["code"])
    assert 201 == requests.post(url, form, auth=auth, timeout=10).status_code


@pytest.mark.parametrize(("code", "status"), [(21408, 400), (20003, 401), (31999, 400)])
def test_any_code_can_be_had(simulator: Simulator, client: Client, code: int, status: int) -> None:
    simulator.misbehave(Misbehaviour("refuse", times=1, code=code))

    assert (status, code) == refused(client, to=ANA, from_=simulator.sender, body="x")
    assert [] == simulator.messages()


@pytest.mark.parametrize("kind", ["accept-reset", "accept-timeout"])
def test_the_answer_can_be_lost(simulator: Simulator, client: Client, kind: str) -> None:
    simulator.misbehave(Misbehaviour(kind, times=1, seconds=0.1))

    with pytest.raises(requests.exceptions.RequestException):
        client.messages.create(to=ANA, from_=simulator.sender, body="x")
    assert ["x"] == simulator.texts(ANA)


def test_slowness_counts_in_real_time_only(simulator: Simulator, client: Client) -> None:
    simulator.misbehave(Misbehaviour("slow", seconds=0.3))

    began = time.monotonic()
    client.messages.create(to=ANA, from_=simulator.sender, body="x")
    assert time.monotonic() - began < 0.3
    simulator.start()
    began = time.monotonic()
    client.messages.create(to=ANA, from_=simulator.sender, body="x")
    assert time.monotonic() - began >= 0.3


def test_a_log_that_fails(simulator: Simulator, client: Client) -> None:
    simulator.misbehave(Misbehaviour("no-log", times=1))

    with pytest.raises(TwilioException, match="503"):
        client.messages.list()
    assert [] == client.messages.list()


# Calls.


def test_a_call_is_created_fetched_and_listed(simulator: Simulator, client: Client) -> None:
    call = client.calls.create(to=ANA, from_=simulator.sender, twiml="<Response><Say>Wake up</Say></Response>")

    assert ["queued", "outbound-api"] == facts(call, "status", "direction")
    simulator.settle()
    assert call.sid is not None
    assert ["completed"] == facts(client.calls(call.sid).fetch(), "status")
    assert [call.sid] == [one.sid for one in client.calls.list(to=ANA, status="completed")]
    assert [] == client.calls.list(to=BEN)
    with pytest.raises(TwilioRestException) as caught:
        client.calls("CA" + "0" * 32).fetch()
    assert 20404 == caught.value.code


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": ""}, 21201),
        ({"from_": ""}, 21213),
        ({"to": "555"}, 21211),
        ({"from_": BEN}, 21210),
        ({"twiml": None}, 21205),
        ({"twiml": None, "url": "nonsense"}, 21205),
        ({"status_callback": "nonsense"}, 21609),
        ({"twiml": "<Response>" + "x" * 4000}, 20001),
        ({"timeout": 601}, 21208),
    ],
)
def test_what_twilio_refuses_to_dial(simulator: Simulator, client: Client, fields: dict[str, Any], code: int) -> None:
    good = {"to": ANA, "from_": simulator.sender, "twiml": "<Response/>"}

    with pytest.raises(TwilioRestException) as caught:
        client.calls.create(**{**good, **fields})
    assert code == caught.value.code


def test_a_call_reports_what_it_was_asked_to_report(simulator: Simulator, client: Client) -> None:
    client.calls.create(
        to=ANA,
        from_=simulator.sender,
        twiml="<Response/>",
        status_callback="https://bugglio.test/call",
        status_callback_event=["ringing", "answered", "completed"],
    )

    while simulator.move():
        pass
    assert ["ringing", "in-progress", "completed"] == [callback.status for callback in simulator.callbacks]


def test_a_call_has_no_date_before_it_has_left_the_queue(simulator: Simulator, client: Client) -> None:
    call = client.calls.create(to=ANA, from_=simulator.sender, twiml="<Response/>")
    assert ["queued", None, None] == facts(call, "status", "date_created", "start_time")

    simulator.move()
    assert ["queued", None] == facts(client.calls.list(to=ANA)[0], "status", "date_created")
    simulator.move()
    noon = datetime(2026, 1, 9, 12, tzinfo=UTC)
    assert ["ringing", noon, noon] == facts(client.calls.list(to=ANA)[0], "status", "date_created", "start_time")


@pytest.mark.parametrize(("kind", "status", "code"), [("500", 500, 20500), ("429", 429, 20429), ("refuse", 400, 21215)])
def test_a_call_that_is_refused_on_purpose_never_rings(
    simulator: Simulator, client: Client, kind: str, status: int, code: int
) -> None:
    simulator.misbehave(Misbehaviour(kind, times=1))
    simulator.misbehave(Misbehaviour(f"call-{kind}", times=1))

    with pytest.raises(TwilioRestException) as caught:
        client.calls.create(to=ANA, from_=simulator.sender, twiml="<Response/>")

    assert (status, code) == (caught.value.status, caught.value.code)
    assert [] == simulator.calls()
    assert [kind] == [one.kind for one in simulator.misbehaviours()]


def test_a_call_log_that_fails(simulator: Simulator, client: Client) -> None:
    simulator.misbehave(Misbehaviour("call-no-log", times=1))

    assert [] == client.messages.list()
    with pytest.raises(TwilioException, match="503"):
        client.calls.list()
    assert [] == client.calls.list()
