"""Plain calls to the web over real sockets: what is sent, and what is said of it when it goes wrong."""

import base64
import re
import socket

import pytest

from bugglio.web import PlainWeb
from tests.wire import Raw, answering, drain, raw, response

SECRET = "a-secret-of-the-address"


@pytest.mark.parametrize("status", ["200 OK", "204 No Content"])
def test_an_address_that_takes_the_call(status: str) -> None:
    with raw(answering(response(status, ""))) as server:
        assert "" == PlainWeb().ask("GET", f"{server.url}/{SECRET}", patience=5)

    assert server.got.startswith(f"GET /{SECRET} HTTP/1.1\r\n".encode())
    assert b"Connection: close" in server.got


def test_body_headers_and_proof_go_along() -> None:
    with raw(answering(response("200 OK", ""))) as server:
        told = PlainWeb().ask(
            "POST", server.url, patience=5, body=b'{"a": 1}', headers={"X-Of-Ours": "one"}, auth=("bugsnag", SECRET)
        )

    assert "" == told
    proof = base64.b64encode(f"bugsnag:{SECRET}".encode()).decode()
    assert re.search(rb"(?i)x-of-ours: one\r\n", server.got)
    assert f"Authorization: Basic {proof}".encode() in server.got
    assert server.got.endswith(b'\r\n\r\n{"a": 1}')


@pytest.mark.parametrize("status", ["302 Found", "404 Not Found", "500 Internal Server Error"])
def test_another_answer_is_told_and_no_redirect_is_followed(status: str) -> None:
    with raw(answering(response(status, "", "Location: http://127.0.0.1:9/elsewhere"))) as server:
        told = PlainWeb().ask("GET", f"{server.url}/{SECRET}", patience=5)

    assert f"it answered HTTP {status[:3]}" == told
    assert 1 == server.connections


def test_who_never_answers_is_left_when_patience_ends() -> None:
    with raw(drain) as server:
        told = PlainWeb().ask("GET", f"{server.url}/{SECRET}", patience=0.2)
        assert server.ended.wait(5)

    assert told in ("no answer within 0.2 s", "no answer in time")


@pytest.mark.parametrize(("status", "expected"), [("200 OK", ""), ("404 Not Found", "it answered HTTP 404")])
def test_of_an_answer_without_end_only_the_status_is_waited_for(status: str, expected: str) -> None:
    def pours(connection: socket.socket, server: Raw) -> None:
        server.read_request(connection)
        connection.sendall(f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\n\r\n".encode())
        while True:
            connection.sendall(b"x" * 65536)

    with raw(pours) as server:
        assert expected == PlainWeb().ask("GET", server.url, patience=2)
        assert server.ended.wait(5)


def test_nobody_there_is_told_without_the_address() -> None:
    told = PlainWeb().ask("GET", f"http://127.0.0.1:9/{SECRET}", patience=5)

    assert "no connection: refused or unreachable" == told
