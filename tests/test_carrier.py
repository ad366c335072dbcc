"""What becomes of a text when Twilio, or the way to it, behaves well or badly: told over real sockets."""

import json
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from bugglio.carrier import TwilioCarrier
from bugglio.delivery import (
    Accepted,
    Blame,
    Busy,
    Failure,
    NotSent,
    Outcome,
    Refused,
    Unknown,
    Void,
    classify,
    classify_call,
)
from bugglio.exchange import retry_after
from bugglio.pager.ports import CarrierError, Outgoing
from bugglio.simulator import Misbehaviour, Simulator, served
from bugglio.speech import twiml
from tests.wire import Raw, answering, drain, raw, response, whole

ANA = "+14155550101"
TEXT = Outgoing(ANA, "#417 checkout-api: TypeError. Reply ack 417", 300, "p-1", "a-1")
SID, TOKEN, SENDER = "AC" + "5" * 32, "simulated-token", "+15005550006"
GOOD = {"sid": "SM" + "a" * 32, "status": "queued"}


def carrier(url: str, **more: Any) -> TwilioCarrier:
    settings = {"caller_id": SENDER, "status_callback": "https://bugglio.test/sms-status", "api_url": url, **more}
    return TwilioCarrier(SID, TOKEN, **settings)


def send(url: str, patience: float = 5.0, fresh: Callable[[], bool] = lambda: True) -> Outcome:
    return carrier(url).send(TEXT, patience=patience, fresh=fresh)


def replied(status: str, body: object, *headers: str) -> Outcome:
    text = body if isinstance(body, str) else json.dumps(body)
    with raw(answering(response(status, text, *headers))) as server:
        return send(server.url)


@pytest.fixture
def twilio() -> Iterator[tuple[Simulator, TwilioCarrier]]:
    simulator = Simulator(account_sid=SID, auth_token=TOKEN, sender=SENDER)
    with served(simulator.wsgi) as origin:
        yield simulator, carrier(origin + "/simulator/twilio")
        simulator.close()


# Good days.


def test_a_text_is_accepted_and_reaches_the_phone(twilio: tuple[Simulator, TwilioCarrier]) -> None:
    simulator, ours = twilio

    got = ours.send(TEXT, patience=5, fresh=lambda: True)

    (message,) = simulator.messages(to=ANA)
    assert Accepted(message.sid, "queued") == got
    assert TEXT.body == message.body
    assert "https://bugglio.test/sms-status?page=p-1&attempt=a-1" == message.callback


def test_the_bare_origin_will_do_as_address_of_the_api() -> None:
    simulator = Simulator(account_sid=SID, auth_token=TOKEN, sender=SENDER)
    with served(simulator.wsgi) as origin:
        assert isinstance(carrier(origin + "/").send(TEXT, patience=5, fresh=lambda: True), Accepted)


def test_ids_are_quoted_in_the_address_of_the_callback(twilio: tuple[Simulator, TwilioCarrier]) -> None:
    simulator, ours = twilio

    ours.send(Outgoing(ANA, "hello", 60, "p/1 &x", "a=2?"), patience=5, fresh=lambda: True)

    callback = simulator.messages()[0].callback
    assert {"page": ["p/1 &x"], "attempt": ["a=2?"]} == parse_qs(callback.partition("?")[2])


def test_no_callback_is_asked_for_without_a_page(twilio: tuple[Simulator, TwilioCarrier]) -> None:
    simulator, ours = twilio

    ours.send(Outgoing(ANA, "hello", 60, "", ""), patience=5, fresh=lambda: True)

    assert "" == simulator.messages()[0].callback


def test_a_messaging_service_picks_the_sender() -> None:
    service = "MG" + "7" * 32
    simulator = Simulator(account_sid=SID, auth_token=TOKEN, messaging_service_sid=service)
    with served(simulator.wsgi) as origin:
        ours = carrier(origin, caller_id=None, messaging_service_sid=service)
        got = ours.send(TEXT, patience=5, fresh=lambda: True)

    (message,) = simulator.messages()
    assert Accepted(message.sid, "accepted") == got
    assert service == message.service


def test_every_send_has_a_connection_of_its_own() -> None:
    with raw(answering(response("201 Created", json.dumps(GOOD)))) as server:
        ours = carrier(server.url)
        for _ in range(3):
            server.got = b""
            assert isinstance(ours.send(TEXT, patience=5, fresh=lambda: True), Accepted)
        assert 3 == server.connections


def test_the_request_is_what_twilio_expects() -> None:
    with raw(answering(response("201 Created", json.dumps(GOOD)))) as server:
        send(server.url)
        head, _, body = server.got.decode().partition("\r\n\r\n")

    assert head.startswith(f"POST /2010-04-01/Accounts/{SID}/Messages.json HTTP/1.1\r\n")
    assert {
        "To": [ANA],
        "From": [SENDER],
        "Body": [TEXT.body],
        "ValidityPeriod": ["300"],
        "StatusCallback": ["https://bugglio.test/sms-status?page=p-1&attempt=a-1"],
    } == parse_qs(body)


def test_the_region_in_the_environment_does_not_move_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_REGION", "au1")
    monkeypatch.setenv("TWILIO_EDGE", "sydney")

    assert isinstance(replied("201 Created", GOOD), Accepted)


def test_a_proxy_for_the_world_is_not_used_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert isinstance(replied("201 Created", GOOD), Accepted)


# Nothing was written.


def test_a_refused_connection_means_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    assert NotSent("no connection: refused or unreachable") == send(f"http://127.0.0.1:{port}")


def test_an_unknown_name_means_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    assert NotSent("the name of the server could not be resolved") == send("http://api.twilio.invalid")


def test_a_name_that_takes_for_ever_means_not_sent_and_it_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    release, lookup = threading.Event(), socket.getaddrinfo

    def slow(*arguments: Any, **named: Any) -> Any:
        release.wait(10)
        return lookup(*arguments, **named)

    with raw(drain) as server:
        monkeypatch.setattr(socket, "getaddrinfo", slow)
        began = time.monotonic()
        assert NotSent("no answer within 0.3 s") == send(server.url, 0.3)
        assert time.monotonic() - began < 2

        release.set()
        assert server.ended.wait(5)
        assert b"" == server.got


def test_a_server_that_speaks_no_tls_means_not_sent() -> None:
    def act(connection: socket.socket, _: Raw) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with raw(act) as server:
        assert NotSent("no TLS connection") == send(f"https://127.0.0.1:{server.port}")


def test_a_tls_handshake_that_never_ends_means_not_sent() -> None:
    with raw(drain) as server:
        got = send(f"https://127.0.0.1:{server.port}", 0.3)
        assert isinstance(got, NotSent)


def test_a_proxy_that_is_down_means_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{port}")

    assert isinstance(send("https://api.twilio.invalid"), NotSent)


def test_no_thread_left_means_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", fail)

    assert NotSent("this machine has no thread left") == send("http://127.0.0.1:9")


# The attempt had grown too old.


def test_an_attempt_that_is_no_longer_fresh_writes_nothing() -> None:
    with raw(drain) as server:
        assert Void() == send(server.url, fresh=lambda: False)
        assert server.ended.wait(5)
        assert b"" == server.got


def test_freshness_is_asked_once_the_connection_stands() -> None:
    seen: list[int] = []
    with raw(answering(response("201 Created", json.dumps(GOOD)))) as server:

        def fresh() -> bool:
            seen.append(len(server.got))
            return True

        send(server.url, fresh=fresh)

    assert [0] == seen


def test_freshness_that_cannot_be_asked_means_not_sent() -> None:
    def fresh() -> bool:
        raise LookupError("no clock")

    with raw(drain) as server:
        assert NotSent("LookupError") == send(server.url, fresh=fresh)
        assert server.ended.wait(5)
        assert b"" == server.got


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + built.public_bytes(pem))
    return file


@contextmanager
def secure(certificate: Path, got: list[bytes]) -> Iterator[str]:
    """An HTTPS server that notes what it reads and answers 201."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def act(connection: socket.socket, _: Raw) -> None:
        with context.wrap_socket(connection, server_side=True) as wrapped:
            while not whole(b"".join(got)):
                if not (more := wrapped.recv(65536)):
                    return
                got.append(more)
            wrapped.sendall(response("201 Created", json.dumps(GOOD)))

    with raw(act) as server:
        yield f"https://127.0.0.1:{server.port}"
        assert server.ended.wait(5)


def test_over_tls_freshness_is_asked_after_the_handshake(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(certificate))
    got: list[bytes] = []
    with secure(certificate, got) as url:
        assert Void() == send(url, fresh=lambda: False)
    assert [] == got

    with secure(certificate, got) as url:
        assert Accepted(GOOD["sid"], "queued") == send(url)


def test_a_certificate_of_nobody_means_not_sent(certificate: Path) -> None:
    got: list[bytes] = []
    with secure(certificate, got) as url:
        assert NotSent("the server's certificate is not valid") == send(url)
    assert [] == got


# Written, and no usable answer.


def test_a_connection_closed_without_an_answer_is_unknown() -> None:
    with raw(lambda connection, server: server.read_request(connection)) as server:
        assert Unknown("the connection was closed without an answer") == send(server.url)
        assert ANA.replace("+", "%2B").encode() in server.got


def test_a_connection_reset_before_the_request_was_read_is_unknown() -> None:
    def act(connection: socket.socket, _: Raw) -> None:
        connection.recv(1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    with raw(act) as server:
        assert isinstance(send(server.url), Unknown)


def test_a_server_that_never_answers_is_unknown_when_patience_ends() -> None:
    with raw(drain) as server:
        began = time.monotonic()
        assert isinstance(send(server.url, 0.3), Unknown)
        assert time.monotonic() - began < 1
        assert server.ended.wait(5), "the connection must be let go"


def trickle(connection: socket.socket, server: Raw, answer: bytes) -> None:
    server.read_request(connection)
    for place in range(len(answer)):
        connection.sendall(answer[place : place + 1])
        if server.ended.wait(0.05):
            return


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 201 Created\r\n" + b"X: y\r\n" * 200, response("201 Created", "x" * 999)]
)
def test_an_answer_that_trickles_does_not_outlast_patience(answer: bytes) -> None:
    with raw(lambda connection, server: trickle(connection, server, answer)) as server:
        began = time.monotonic()
        assert isinstance(send(server.url, 0.4), Unknown)
        assert time.monotonic() - began < 1.5
        assert server.ended.wait(5), "the connection must be let go"


@pytest.mark.parametrize("status", ["500 Internal Server Error", "502 Bad Gateway", "503 Service Unavailable"])
def test_a_server_error_is_unknown(status: str) -> None:
    body = {"code": 20500, "message": "oops", "status": 500}

    assert Unknown(f"Twilio answered HTTP {status[:3]}") == replied(status, body)


@pytest.mark.parametrize("body", ["<html>Welcome</html>", "", "[1]", "{}", '{"sid": 7}', '{"sid": ""}', '{"sid": "SM'])
def test_a_success_that_cannot_be_read_is_unknown(body: str) -> None:
    assert Unknown("Twilio's answer could not be read") == replied("201 Created", body)


def test_an_answer_that_breaks_off_is_unknown() -> None:
    with raw(answering(b"HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n\r\n{")) as server:
        assert isinstance(send(server.url), Unknown)


def test_an_answer_that_is_no_http_is_unknown() -> None:
    with raw(answering(b"220 mail.example ESMTP\r\n")) as server:
        assert isinstance(send(server.url), Unknown)


def test_a_success_with_an_unusual_date_is_still_a_success() -> None:
    assert Accepted(GOOD["sid"], "queued") == replied("201 Created", {**GOOD, "date_created": "yesterday"})


# Busy.


def test_429_waits_as_long_as_twilio_says() -> None:
    assert Busy(7.0) == replied("429 Too Many Requests", {"code": 20429}, "Retry-After: 7")


def test_429_without_a_span_or_a_body_is_busy_too() -> None:
    assert Busy(None) == replied("429 Too Many Requests", "")
    assert Busy(None) == replied("429 Too Many Requests", "<html>slow down</html>", "Retry-After: soon")


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        (" 3 ", 3.0),
        ("Tue, 24 Nov 2026 07:00:30 GMT", 30.0),
        ("Tue, 24 Nov 2026 07:00:30 -0000", 30.0),
        ("Tue, 24 Nov 2026 06:00:00 GMT", 0.0),
        ("99999999", 3600.0),
        ("-3", None),
        ("1.2.3", None),
        ("٣", 3.0),
        ("nan", None),
        ("", None),
        ("Tue, 99 Nov 2026 07:00:30 GMT", None),
        (None, None),
    ],
)
def test_a_retry_after_is_read_in_figures_and_as_a_date(told: str | None, seconds: float | None) -> None:
    assert seconds == retry_after(told, datetime(2026, 11, 24, 7, 0, 0, tzinfo=UTC))


# Refused.


@pytest.mark.parametrize(
    ("code", "status"), [(21211, "400 Bad Request"), (21610, "400 Bad Request"), (20003, "401 Unauthorized")]
)
def test_a_refusal_carries_what_its_code_means(code: int, status: str) -> None:
    body = {"code": code, "message": f"\x1b[31m {ANA}", "more_info": "x", "status": int(status[:3])}

    assert Refused(classify(code)) == replied(status, body)


@pytest.mark.parametrize(
    "status", ["400 Bad Request", "401 Unauthorized", "403 Forbidden", "404 Not Found", "409 Conflict"]
)
def test_a_refusal_without_a_code_concerns_the_account(status: str) -> None:
    got = replied(status, "<html>go away</html>")

    assert isinstance(got, Refused)
    assert Blame.ACCOUNT is got.failure.blame
    assert classify(0, int(status[:3])) == got.failure


@pytest.mark.parametrize("code", ["21211", True, None, 400, {}])
def test_a_code_that_is_not_twilios_counts_as_none(code: object) -> None:
    assert Refused(classify(0, 400)) == replied("400 Bad Request", {"code": code, "message": "?"})


@pytest.mark.parametrize("status", ["301 Moved Permanently", "307 Temporary Redirect"])
def test_a_redirect_is_not_followed_and_points_at_the_setting(status: str) -> None:
    with raw(answering(response("201 Created", json.dumps(GOOD)))) as elsewhere:
        got = replied(status, "", f"Location: {elsewhere.url}/2010-04-01/x.json")
        assert 0 == elsewhere.connections

    assert isinstance(got, Refused)
    assert "TWILIO_API_URL" in got.failure.cause


def test_the_wrong_token_is_refused_for_the_account(twilio: tuple[Simulator, TwilioCarrier]) -> None:
    simulator, _ = twilio
    with served(simulator.wsgi) as origin:
        got = TwilioCarrier(SID, "wrong", caller_id=SENDER, api_url=origin).send(TEXT, patience=5, fresh=lambda: True)

    assert Refused(classify(20003)) == got


# The simulator's bad days.


@pytest.mark.parametrize("kind", ["accept-timeout", "accept-500", "accept-reset"])
def test_a_text_that_went_out_without_an_answer_is_found_in_the_log(
    twilio: tuple[Simulator, TwilioCarrier], kind: str
) -> None:
    simulator, ours = twilio
    simulator.misbehave(Misbehaviour(kind, times=1))

    assert isinstance(ours.send(TEXT, patience=0.5, fresh=lambda: True), Unknown)

    (found,) = ours.find(ANA)
    assert (TEXT.body, "queued", None) == (found.body, found.status, found.error_code)


def test_a_500_that_took_nothing_leaves_nothing_in_the_log(twilio: tuple[Simulator, TwilioCarrier]) -> None:
    simulator, ours = twilio
    simulator.misbehave(Misbehaviour("500", times=1))

    assert isinstance(ours.send(TEXT, patience=5, fresh=lambda: True), Unknown)
    assert [] == list(ours.find(ANA))


def test_busy_then_well_again(twilio: tuple[Simulator, TwilioCarrier]) -> None:
    simulator, ours = twilio
    simulator.misbehave(Misbehaviour("429", times=1, seconds=4))

    assert Busy(4.0) == ours.send(TEXT, patience=5, fresh=lambda: True)
    assert isinstance(ours.send(TEXT, patience=5, fresh=lambda: True), Accepted)


# The log.


def test_the_log_is_newest_first_and_holds_one_number_only(twilio: tuple[Simulator, TwilioCarrier]) -> None:
    simulator, ours = twilio
    for to, body in ((ANA, "first"), ("+14155550102", "another's"), (ANA, "second")):
        ours.send(Outgoing(to, body, 60, "", ""), patience=5, fresh=lambda: True)
    simulator.misbehave(Misbehaviour("undelivered", times=1, code=30003))
    ours.send(Outgoing(ANA, "third", 60, "", ""), patience=5, fresh=lambda: True)
    simulator.settle()

    found = ours.find(ANA)

    assert ["third", "second", "first"] == [entry.body for entry in found]
    assert [("undelivered", 30003), ("delivered", None)] == [(entry.status, entry.error_code) for entry in found[:2]]
    assert all(abs(entry.created - time.time() * 1000) < 60_000 for entry in found)


def test_only_the_first_page_of_the_log_is_read(twilio: tuple[Simulator, TwilioCarrier]) -> None:
    simulator, ours = twilio
    for number in range(105):
        simulator.accept({"To": ANA, "Body": f"text {number}", "From": SENDER})

    found = ours.find(ANA)

    assert 100 == len(found)
    assert "text 104" == found[0].body


def test_a_log_that_fails_tells_nothing(twilio: tuple[Simulator, TwilioCarrier]) -> None:
    simulator, ours = twilio
    simulator.misbehave(Misbehaviour("no-log"))

    with pytest.raises(CarrierError, match="HTTP 503"):
        ours.find(ANA)


@pytest.mark.parametrize("answer", [response("200 OK", "<html>"), response("200 OK", "{}"), b"nonsense"])
def test_a_log_that_cannot_be_read_tells_nothing(answer: bytes) -> None:
    def act(connection: socket.socket, _: Raw) -> None:
        connection.recv(65536)
        connection.sendall(answer)

    with raw(act) as server, pytest.raises(CarrierError):
        carrier(server.url).find(ANA)


def test_a_log_that_never_answers_is_given_up() -> None:
    with raw(drain) as server, pytest.raises(CarrierError, match="no answer"):
        carrier(server.url, log_patience=0.3).find(ANA)


def test_a_log_refused_for_the_token_says_so() -> None:
    def act(connection: socket.socket, _: Raw) -> None:
        connection.recv(65536)
        connection.sendall(response("401 Unauthorized", '{"code": 20003}'))

    with raw(act) as server, pytest.raises(CarrierError, match="TWILIO_AUTH_TOKEN"):
        carrier(server.url).find(ANA)


# Calls.

CALL = Outgoing(
    ANA,
    "This is bugglio. Alert 4 1 7. A & B. To take it, text: ack 4 1 7 to this number.",
    300,
    "p-1",
    "a-1",
    spoken=True,
)


def ring(url: str, fresh: Callable[[], bool] = lambda: True) -> Outcome:
    return carrier(url).send(CALL, patience=5, fresh=fresh)


def test_a_call_is_accepted_and_the_phone_hears_it_twice(twilio: tuple[Simulator, TwilioCarrier]) -> None:
    simulator, ours = twilio

    got = ours.send(CALL, patience=5, fresh=lambda: True)

    (call,) = simulator.calls(ANA)
    assert Accepted(call.sid, "queued") == got
    assert "https://bugglio.test/sms-status?page=p-1&attempt=a-1" == call.callback
    while simulator.move():
        pass
    assert f"{CALL.body} {CALL.body}" == simulator.calls(ANA)[0].said
    assert ["initiated", "in-progress", "completed"] == [one.status for one in simulator.callbacks]
    assert [] == simulator.messages()


def test_the_request_for_a_call_is_what_twilio_expects() -> None:
    with raw(answering(response("201 Created", json.dumps({"sid": "CA" + "a" * 32, "status": "queued"})))) as server:
        got = ring(server.url)
        head, _, body = server.got.decode().partition("\r\n\r\n")

    assert Accepted("CA" + "a" * 32, "queued") == got
    assert head.startswith(f"POST /2010-04-01/Accounts/{SID}/Calls.json HTTP/1.1\r\n")
    assert {
        "To": [ANA],
        "From": [SENDER],
        "Twiml": [twiml(CALL.body)],
        "Timeout": ["30"],
        "StatusCallback": ["https://bugglio.test/sms-status?page=p-1&attempt=a-1"],
        "StatusCallbackEvent": ["initiated", "answered", "completed"],
    } == parse_qs(body)


def test_a_call_that_is_no_longer_fresh_is_not_made_and_freshness_is_asked_once_the_connection_stands() -> None:
    seen: list[int] = []
    with raw(drain) as server:

        def fresh() -> bool:
            seen.append(len(server.got))
            return False

        assert Void() == ring(server.url, fresh=fresh)
        assert server.ended.wait(5)
        assert (b"", [0]) == (server.got, seen)


def test_with_a_messaging_service_alone_there_is_no_number_to_call_from() -> None:
    with raw(drain) as server:
        ours = carrier(server.url, caller_id=None, messaging_service_sid="MG" + "7" * 32)
        got = ours.send(CALL, patience=5, fresh=lambda: True)
        assert [] == list(ours.find(ANA, spoken=True))
        assert 0 == server.connections

    assert Refused(Failure(0, "no number is set to call from: set TWILIO_CALLER_ID", Blame.PERSON)) == got


def test_with_a_service_and_a_number_texts_go_through_the_service_and_calls_come_from_the_number() -> None:
    service = "MG" + "7" * 32
    simulator = Simulator(account_sid=SID, auth_token=TOKEN, sender=SENDER, messaging_service_sid=service)
    with served(simulator.wsgi) as origin:
        ours = carrier(origin, messaging_service_sid=service)
        for one in (TEXT, CALL):
            assert isinstance(ours.send(one, patience=5, fresh=lambda: True), Accepted)

    assert [service] == [one.service for one in simulator.messages()]
    assert [SENDER] == [one.sender for one in simulator.calls()]


def test_a_call_without_a_page_asks_for_no_reports(twilio: tuple[Simulator, TwilioCarrier]) -> None:
    simulator, ours = twilio

    ours.send(Outgoing(ANA, "hello", 60, "", "", spoken=True), patience=5, fresh=lambda: True)

    assert ("", ("completed",)) == (simulator.calls()[0].callback, simulator.calls()[0].callback_events)


def test_a_refused_call_is_nobodys_lasting_fault(twilio: tuple[Simulator, TwilioCarrier]) -> None:
    simulator, ours = twilio
    simulator.misbehave(Misbehaviour("call-refuse", times=1, code=21215))

    got = ours.send(CALL, patience=5, fresh=lambda: True)

    assert Refused(classify_call(21215, 400)) == got
    assert [] == simulator.calls()


def test_a_busy_twilio_calls_later(twilio: tuple[Simulator, TwilioCarrier]) -> None:
    simulator, ours = twilio
    simulator.misbehave(Misbehaviour("call-429", times=1, seconds=4))

    assert Busy(4.0) == ours.send(CALL, patience=5, fresh=lambda: True)


def test_a_call_that_was_made_without_an_answer_is_found_in_the_call_log(
    twilio: tuple[Simulator, TwilioCarrier],
) -> None:
    simulator, ours = twilio
    simulator.misbehave(Misbehaviour("call-accept-timeout", times=1))

    assert isinstance(ours.send(CALL, patience=0.5, fresh=lambda: True), Unknown)

    (queued,) = ours.find(ANA, spoken=True)
    assert (simulator.calls()[0].sid, "", "queued", 0) == (queued.sid, queued.body, queued.status, queued.created)
    while simulator.move():
        pass
    (ended,) = ours.find(ANA, spoken=True)
    assert "completed" == ended.status
    assert abs(ended.created - time.time() * 1000) < 60_000


def test_the_call_log_is_newest_first_and_holds_our_calls_to_one_number_only(
    twilio: tuple[Simulator, TwilioCarrier],
) -> None:
    simulator, ours = twilio
    ours.send(TEXT, patience=5, fresh=lambda: True)
    for to in (ANA, "+14155550102", ANA):
        ours.send(replace(CALL, to=to), patience=5, fresh=lambda: True)
    theirs = simulator.dial(replace(simulator.calls()[0], sid="CA" + "9" * 32, sender="+14155550177"))

    found = [one.sid for one in ours.find(ANA, spoken=True)]

    assert [one.sid for one in reversed(simulator.calls(ANA)) if one.sid != theirs.sid] == found
    assert 2 == len(found)


def test_a_call_log_that_fails_tells_nothing(twilio: tuple[Simulator, TwilioCarrier]) -> None:
    simulator, ours = twilio
    simulator.misbehave(Misbehaviour("call-no-log"))

    assert [] == list(ours.find(ANA))
    with pytest.raises(CarrierError, match="HTTP 503"):
        ours.find(ANA, spoken=True)


# Nothing slips out.


def test_no_number_or_secret_reaches_a_log_or_a_reason(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    outcomes: list[object] = [
        replied("400 Bad Request", {"code": 29999, "message": f"{ANA} {SID} {TOKEN}", "status": 400}),
        replied("500 Oops", f"{ANA} {SID}"),
        replied("201 Created", GOOD),
    ]
    with raw(drain) as server:
        outcomes.append(send(server.url, 0.2))
        try:
            carrier(server.url, log_patience=0.2).find(ANA)
        except CarrierError as fault:
            outcomes.append(fault)

    said = caplog.text + repr(outcomes)
    for secret in (ANA, ANA[1:], SID, TOKEN, SENDER, TEXT.body):
        assert secret not in said


@pytest.mark.parametrize(
    ("sid", "token", "caller", "service"),
    [("", TOKEN, SENDER, None), (SID, "", SENDER, None), (SID, TOKEN, None, None), (SID, TOKEN, "", "")],
)
def test_a_carrier_needs_an_account_and_a_sender(sid: str, token: str, caller: str | None, service: str | None) -> None:
    with pytest.raises(ValueError, match="are needed"):
        TwilioCarrier(sid, token, caller_id=caller, messaging_service_sid=service)


def test_importing_the_carrier_imports_no_slow_library() -> None:
    import subprocess
    import sys

    code = (
        "import bugglio.carrier, bugglio.signature, sys; print([m for m in ('requests', 'twilio') if m in sys.modules])"
    )
    got = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]\n" == got.stdout
