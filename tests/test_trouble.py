"""bugglio's own errors, as a server in Bugsnag's place receives them from Bugsnag's real library."""

import json
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bugglio.health import Ailment
from bugglio.pager.wellbeing.alarms import Unwell
from bugglio.trouble import MOST, PATIENCE, Trouble

KEY = "0123456789abcdef0123456789abcdef"
SECRET = "p+ssw/rd-of-the-database"
PHONE = "+14155550101"
PLANTED = (SECRET, "p%2Bssw%2Frd", PHONE, "14155550101", "5550101")


class Bugsnag:
    """Keeps what is posted to it, and answers as it is told."""

    def __init__(self) -> None:
        self.reports: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.status = 200
        self.go_on = threading.Event()
        self.go_on.set()
        self.url = ""

    def text(self) -> str:
        """Everything received, as one text."""
        return json.dumps(self.reports, ensure_ascii=False)

    def only(self) -> dict[str, Any]:
        """The only event of the only report."""
        (report,) = self.reports
        (event,) = report["events"]
        found: dict[str, Any] = event
        return found


@pytest.fixture
def bugsnag() -> Iterator[Bugsnag]:
    there = Bugsnag()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            there.reports.append(json.loads(body))
            there.headers.append(dict(self.headers))
            there.go_on.wait(30)
            self.send_response(there.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield there
    there.go_on.set()
    server.shutdown()
    thread.join()
    server.server_close()


class Clock:
    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now


def trouble_at(bugsnag: Bugsnag, clock: Clock | None = None, patience: float = 5) -> Trouble:
    return Trouble(
        KEY,
        secrets=lambda: {SECRET, KEY},
        stage="test",
        endpoint=bugsnag.url,
        patience=patience,
        clock=clock or Clock(),
    )


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    """The error as it is once it has been raised, with a traceback and a cause."""
    try:
        raise error from cause
    except type(error) as caught:
        return caught


def test_a_report_says_what_where_and_that_it_is_bugglio(bugsnag: Bugsnag) -> None:
    trouble_at(bugsnag).report(raised(ValueError("no such step")), "tick")
    event = bugsnag.only()
    assert "bugglio" == event["app"]["type"]
    assert "0.1.0" == event["app"]["version"]
    assert "test" == event["releaseStage"]
    assert "tick" == event["context"]
    assert "error" == event["severity"]
    assert {"bugglio": {"where": "tick", "held back": 0}} == event["metaData"]
    (exception,) = event["exceptions"]
    assert ("ValueError", "no such step") == (exception["errorClass"], exception["message"])
    assert "raised" == exception["stacktrace"][0]["method"]
    assert KEY == bugsnag.headers[0]["Bugsnag-Api-Key"]
    assert KEY == bugsnag.reports[0]["apiKey"]


def test_no_secret_and_no_phone_is_anywhere_in_a_report_or_the_log(
    bugsnag: Bugsnag, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PLANTED", SECRET)
    monkeypatch.setenv("ON_DUTY", PHONE)
    named = type(f"Error{SECRET}Of{PHONE}", (Exception,), {})
    cause = KeyError(f"https://x/?token=p%2Bssw%2Frd-of-the-database&To=%2B{PHONE[1:]}")
    error = raised(named(f"{SECRET} to {PHONE}", {"key": KEY}), raised(cause))
    error.add_note(f"note: {SECRET} {PHONE}")
    local = f"{SECRET} {PHONE}"
    trouble_at(bugsnag).report(error, f"sms {PHONE} {SECRET}")
    assert local
    assert 2 == len(bugsnag.only()["exceptions"])
    assert "*** to ...0101" in bugsnag.only()["exceptions"][0]["message"]
    for planted in PLANTED:
        assert planted not in bugsnag.text(), planted
        assert planted not in caplog.text, planted
    del bugsnag.reports[0]["apiKey"]
    assert KEY not in bugsnag.text()
    assert KEY not in caplog.text
    assert "*** to ...0101" in caplog.text


def test_an_exception_group_is_redacted_too(bugsnag: Bugsnag) -> None:
    trouble_at(bugsnag).report(raised(ExceptionGroup(PHONE, [ValueError(SECRET), TypeError(PHONE)])), "tick")
    assert 3 == len(bugsnag.only()["exceptions"])
    for planted in PLANTED:
        assert planted not in bugsnag.text(), planted


@pytest.mark.parametrize("before", range(1_000, 1_030, 4))
def test_a_text_that_is_cut_does_not_leave_half_a_secret(bugsnag: Bugsnag, before: int) -> None:
    trouble_at(bugsnag).report(raised(ValueError("x" * before + SECRET + "y" * 200_000)), "tick")
    message = bugsnag.only()["exceptions"][0]["message"]
    assert message.startswith("x" * 1_000)
    assert SECRET[:4] not in message


def test_nothing_of_the_process_goes_along(bugsnag: Bugsnag) -> None:
    trouble_at(bugsnag).report(raised(ValueError("x")), "tick")
    event = bugsnag.only()
    assert {} == event["user"]
    assert [] == event["breadcrumbs"]
    assert event["session"] is None
    assert {"bugglio"} == set(event["metaData"])


def test_the_same_error_at_the_same_place_goes_out_once_a_minute_with_a_count(bugsnag: Bugsnag) -> None:
    clock = Clock()
    trouble = trouble_at(bugsnag, clock)
    for _ in range(5):
        trouble.report(raised(ValueError("x")), "tick")
    clock.now += 59_999
    trouble.report(raised(ValueError("another text, the same error")), "tick")
    assert 1 == len(bugsnag.reports)
    clock.now += 1
    trouble.report(raised(ValueError("x")), "tick")
    assert [0, 5] == [each["events"][0]["metaData"]["bugglio"]["held back"] for each in bugsnag.reports]


def test_another_class_or_place_is_another_error(bugsnag: Bugsnag) -> None:
    trouble = trouble_at(bugsnag)
    trouble.report(raised(ValueError("x")), "tick")
    trouble.report(raised(TypeError("x")), "tick")
    trouble.report(raised(ValueError("x")), "sms")
    assert 3 == len(bugsnag.reports)


def test_what_was_reported_long_ago_is_forgotten_first(bugsnag: Bugsnag) -> None:
    trouble = Trouble(clock=Clock())
    for number in range(250):
        trouble.report(ValueError("x"), f"place {number}")
    assert 100 == len(trouble._told)
    assert ("builtins.ValueError", "place 249") in trouble._told
    assert [] == bugsnag.reports


def test_very_many_different_errors_are_few_reports_a_minute_but_no_alarm_is_left_out(
    bugsnag: Bugsnag,
) -> None:
    clock = Clock()
    trouble = trouble_at(bugsnag, clock)
    for number in range(30):
        trouble.report(ValueError(), f"tick, alerts/{number}")
    assert MOST == len(bugsnag.reports)

    trouble.report(Unwell(Ailment("page", "a page is over 5 minutes late", 0)), "watch, page")
    assert MOST + 1 == len(bugsnag.reports)
    clock.now = 60_000
    trouble.report(ValueError(), "tick, alerts/29")
    assert {"where": "tick, alerts/29", "held back": 1} == bugsnag.reports[-1]["events"][0]["metaData"]["bugglio"]


def test_the_patience_is_two_seconds() -> None:
    assert PATIENCE == Trouble(KEY)._patience == 2.0


def test_each_report_is_logged_the_repeated_ones_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    trouble = Trouble(clock=Clock())
    for _ in range(3):
        trouble.report(raised(ValueError(f"no key, {PHONE}")), "tick")
    assert ["tick: ValueError: no key, ...0101"] * 3 == [record.getMessage() for record in caplog.records]
    first, *others = [vars(record)["facts"]["stack_trace"] for record in caplog.records]
    assert first.startswith("Traceback (most recent call last)")
    assert ["", ""] == others


def test_a_report_made_while_reporting_does_nothing(bugsnag: Bugsnag) -> None:
    class Echo(logging.Handler):
        """Reports what is logged, as a careless logging set-up would."""

        def emit(self, record: logging.LogRecord) -> None:
            trouble.report(ValueError(record.getMessage()), "the log")

    trouble = trouble_at(bugsnag)
    bugsnag.status = 500  # so that the delivering thread logs, too
    echo = Echo()
    logging.getLogger("bugglio").addHandler(echo)
    try:
        trouble.report(raised(ValueError("x")), "tick")
    finally:
        logging.getLogger("bugglio").removeHandler(echo)
    assert ["tick"] == [each["events"][0]["context"] for each in bugsnag.reports]


def test_a_server_that_hangs_holds_nobody_longer_than_its_patience(
    bugsnag: Bugsnag, caplog: pytest.LogCaptureFixture
) -> None:
    bugsnag.go_on.clear()
    started = time.monotonic()
    trouble_at(bugsnag, patience=0.3).report(raised(ValueError("x")), "tick")
    assert 0.2 < time.monotonic() - started < 2.5
    assert "Bugsnag did not take an error report within 0.3 seconds." in caplog.text or "ReadTimeout" in caplog.text


def test_a_server_that_answers_byte_by_byte_holds_nobody_either() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ended = threading.Event()

        def drip() -> None:
            connection = listening.accept()[0]
            with connection:
                for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 50:
                    if ended.wait(0.05):
                        return
                    connection.send(bytes([byte]))

        dripping = threading.Thread(target=drip)
        dripping.start()
        trouble = Trouble(KEY, endpoint=f"http://127.0.0.1:{listening.getsockname()[1]}", patience=0.3, clock=Clock())
        started = time.monotonic()
        trouble.report(raised(ValueError("x")), "tick")
        assert time.monotonic() - started < 2.5
        ended.set()
        dripping.join()


def test_nobody_listening_is_logged_and_not_raised(caplog: pytest.LogCaptureFixture) -> None:
    Trouble(KEY, endpoint="http://127.0.0.1:1", clock=Clock()).report(raised(ValueError(SECRET)), "tick")
    assert "An error report did not reach Bugsnag (ConnectionError)." in caplog.text


def test_a_refusal_is_logged_and_not_raised(bugsnag: Bugsnag, caplog: pytest.LogCaptureFixture) -> None:
    bugsnag.status = 401
    trouble_at(bugsnag).report(raised(ValueError("x")), "tick")
    assert "An error report did not reach Bugsnag (HTTPError)." in caplog.text


def test_an_error_that_cannot_even_be_printed_is_survived(bugsnag: Bugsnag, caplog: pytest.LogCaptureFixture) -> None:
    class Unprintable(Exception):
        def __str__(self) -> str:
            raise ZeroDivisionError

    trouble_at(bugsnag).report(raised(Unprintable()), "tick")
    assert "tick: " in caplog.text
    assert [] == bugsnag.reports


def test_secrets_that_cannot_be_told_leave_the_error_out_rather_than_open(
    bugsnag: Bugsnag, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> set[str]:
        raise RuntimeError(SECRET)

    Trouble(KEY, secrets=broken, endpoint=bugsnag.url, clock=Clock()).report(raised(ValueError(SECRET)), "tick")
    assert "An error in tick could not be reported (RuntimeError)." in caplog.text
    assert SECRET not in caplog.text + bugsnag.text()


def test_the_library_is_imported_by_the_first_report_and_hooks_into_nothing() -> None:
    code = """
import sys, threading
from bugglio.trouble import Trouble
before = sys.excepthook, threading.excepthook
trouble = Trouble("0123456789abcdef0123456789abcdef", endpoint="http://127.0.0.1:1")
assert "bugsnag" not in sys.modules and "requests" not in sys.modules
trouble.report(ValueError("x"), "tick")
assert "bugsnag" in sys.modules
assert before == (sys.excepthook, threading.excepthook)
"""
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_what_has_a_group_is_one_error_with_its_like(bugsnag: Bugsnag) -> None:
    trouble_at(bugsnag).report(Unwell(Ailment("tick", "the tick has never come", 0)), "watch, tick")

    assert "unwell: tick" == bugsnag.only()["groupingHash"]
    assert "the tick has never come (since 1970-01-01T00:00:00.000Z)" in bugsnag.text()
