import pytest
from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from bugglio.simulator import over_http, served, through

app = Flask("doors")


@app.post("/sms")
def sms() -> Response:
    return Response(f"{request.url} {request.form['Body']} {request.headers['X-Told']}", 200, {"X-Answer": "yes"})


@app.post("/moved")
def moved() -> AnyResponse:
    return redirect("/sms", 307)


HEADERS = {"Content-Type": "application/x-www-form-urlencoded", "X-Told": "t"}


def test_a_door_is_reached_over_http() -> None:
    with served(app) as origin:
        got = over_http(f"{origin}/sms?a=1", b"Body=ack", HEADERS)
        assert (200, f"{origin}/sms?a=1 ack t", "yes") == (got.status, got.text, got.headers["x-answer"])
        assert 404 == over_http(origin + "/nowhere", b"", HEADERS).status
        assert 307 == over_http(origin + "/moved", b"Body=ack", HEADERS).status, "redirects are answers"


def test_a_door_is_reached_without_sockets_under_its_public_address() -> None:
    got = through(app)("https://bugglio.test/sms?a=1", b"Body=ack", HEADERS)

    assert (200, "https://bugglio.test/sms?a=1 ack t") == (got.status, got.text)


def test_a_front_end_may_strip_the_path() -> None:
    assert 404 == through(app)("https://bugglio.test/fn/sms", b"Body=ack", HEADERS).status
    assert 200 == through(app, strip="/fn")("https://bugglio.test/fn/sms", b"Body=ack", HEADERS).status


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://127.0.0.1/x", "nonsense"])
def test_nothing_but_the_web_is_reached(url: str) -> None:
    with pytest.raises(ValueError, match="not an address of the web"):
        over_http(url, b"", {})


def test_nobody_there_is_an_oserror() -> None:
    with served(app) as origin:
        pass
    with pytest.raises(OSError, match="refused"):
        over_http(origin + "/sms", b"", {})
