"""What a line of the log looks like: to Cloud Logging, to people, and with whatever must not be in it."""

import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bugglio import journal, logs
from bugglio.trouble import Trouble
from tests.logbook import CLOUD, LAPTOP, labels, logged, restored

REVISION = {"service": "bugglio", "version": "bugglio-00042"}


def fail(text: str = "no such step") -> None:
    """Meet an error that nobody foresaw."""
    raise KeyError(text)


def test_figures_are_typed_fields_and_names_are_labels() -> None:
    with logged() as log:
        names: dict[str, Any] = {"code": 417, "page": "p1", "engineer": "ana", "sid": ""}
        journal.tell("page-called", "Page to ana.", **names, seconds=0.41, segments=1)

    (line,) = log.lines
    assert {"code": "417", "page": "p1", "engineer": "ana"} == labels(line)
    told = {name: line[name] for name in ("severity", "message", "event", "seconds", "segments")}
    assert {
        "severity": "INFO",
        "message": "#417 Page to ana.",
        "event": "page-called",
        "seconds": 0.41,
        "segments": 1,
    } == told
    assert {*told, "time", "logging.googleapis.com/labels"} == set(line), "what is empty is left out"
    assert line["time"].endswith("+00:00")


@pytest.mark.parametrize(("level", "severity"), [(journal.INFO, "INFO"), (30, "WARNING"), (40, "ERROR")])
def test_severities_are_clouds_words(level: int, severity: str) -> None:
    with logged() as log:
        journal.tell("tick", "Ticked.", level)

    assert [severity] == [line["severity"] for line in log.lines]


def test_elsewhere_people_read_it() -> None:
    with logged(LAPTOP) as log:
        journal.tell("page-called", "Page to ana.", code=417)
        journal.tell("tick", "Ticked.", journal.WARNING)

    assert ["INFO #417 Page to ana.", "WARNING Ticked."] == [line.partition(" ")[2] for line in log.text.splitlines()]


def test_beginning_again_writes_no_line_twice() -> None:
    with logged() as log:
        logs.begin(CLOUD)
        journal.tell("tick", "Ticked.")

    assert 1 == len(log.lines)


# Errors.


def test_an_error_has_its_traceback_where_error_reporting_looks() -> None:
    with logged() as log:
        try:
            fail()
        except KeyError as error:
            Trouble().report(error, "tick")

    (line,) = log.lines
    assert ("ERROR", "tick: KeyError: 'no such step'") == (line["severity"], line["message"])
    assert line["stack_trace"].startswith("Traceback (most recent call last):\n")
    assert line["stack_trace"].endswith("KeyError: 'no such step'")
    assert REVISION == line["serviceContext"]


def test_an_alarm_without_a_traceback_is_an_error_by_its_type() -> None:
    with logged() as log:
        Trouble().report(RuntimeError("Twilio refuses every text"), "sending")

    (line,) = log.lines
    assert (logs.REPORTED, REVISION) == (line["@type"], line["serviceContext"])
    assert "stack_trace" not in line


def test_errors_of_libraries_go_the_same_way() -> None:
    with logged() as log:
        try:
            fail()
        except KeyError:
            logging.getLogger("some.library").exception("It failed in\ntwo lines: %s", "yes")

    (line,) = log.lines
    assert "It failed in\ntwo lines: yes" == line["message"]
    assert ("log", "some.library") == (line["event"], line["logger"])
    assert "KeyError: 'no such step'" in line["stack_trace"]


def test_a_line_stays_as_short_as_cloud_logging_takes_it() -> None:
    with logged() as log:
        try:
            fail("\x00" * 200_000)
        except KeyError as error:
            Trouble().report(error, "tick")
            logging.getLogger("library").exception("\x00" * 200_000)

    for line in log.text.split("\n"):
        assert len(line.encode()) < 256 * 1024
    assert all(line["stack_trace"].startswith("Traceback") for line in log.lines)


def test_what_nobody_catches_is_a_line_too() -> None:
    with logged() as log:
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        try:
            fail()
        except KeyError as error:
            sys.excepthook(KeyError, error, error.__traceback__)
        warnings.showwarning("old", DeprecationWarning, "cart.py", 12)

    assert ["CRITICAL", "CRITICAL", "WARNING"] == [line["severity"] for line in log.lines]
    assert all("no such step" in line["stack_trace"] for line in log.lines[:2])


def test_the_servers_lines_are_written_once_and_by_us() -> None:
    server, own = logging.getLogger("gunicorn.error"), io.StringIO()
    handler, propagate = logging.StreamHandler(own), server.propagate
    server.addHandler(handler)
    server.propagate = False
    try:
        with logged() as log:
            server.error("Worker (pid:%d) was sent SIGKILL!", 17)
    finally:
        server.removeHandler(handler)
        server.propagate = propagate

    assert ["Worker (pid:17) was sent SIGKILL!"] == [line["message"] for line in log.lines]
    assert "" == own.getvalue()


class Wordless:
    """What some library puts into a line, which cannot say what it is; asked for its words, it tells a secret."""

    def __str__(self) -> str:
        raise RuntimeError("hunter2")


def handed(message: object, *args: object) -> None:
    """A library's warning comes to our handler; pytest's own would fail at it."""
    record = logging.LogRecord("library", logging.WARNING, "cart.py", 12, message, args, None)
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logs.Lines):
            handler.handle(record)


@pytest.mark.parametrize("environ", [CLOUD, LAPTOP])
def test_a_line_that_cannot_be_made_fails_nobody_and_says_so(environ: Mapping[str, str]) -> None:
    with logged(environ) as log:
        handed("it is %s", Wordless())
        handed(Wordless())
        journal.tell("tick", "Ticked.")

    first, second, third = log.text.splitlines()
    assert "it is %s (its arguments do not fit)" in first
    assert "A line of the log could not be written (RuntimeError)." in second
    assert "Ticked." in third
    assert "hunter2" not in log.text


def test_a_log_that_cannot_be_written_fails_nobody() -> None:
    with logged():
        sys.stderr.close()

        handed("it is full")
        handed(Wordless())


# What must not be told.

AWKWARD = [
    'quo"te\\back',
    "{}",
    "brace}",
    "line\nbreak",
    "417",
    "severity",
    "p+s/w=d é",
    "null",
    "\u2028",
    "...0101",
]


@pytest.mark.parametrize("secret", AWKWARD)
def test_a_redaction_never_breaks_the_line(secret: str) -> None:
    with logged(secrets=frozenset({secret})) as log:
        journal.tell("tick", f"said {secret}!", reason=f"{secret} of +14155550101", sid=secret, codes=[417, 418])
        logging.getLogger("library").error("%s and +14155550101", {"key": secret})

    told, other = log.lines
    assert "said ***!" == told["message"]
    assert ("*** of ...0101", [417, 418], "***") == (told["reason"], told["codes"], labels(told)["sid"])
    assert "***" in other["message"]
    assert "...0101" in other["message"]
    assert "4155550101" not in log.text


@given(st.text(min_size=4), st.text(), st.dictionaries(st.sampled_from(["reason", "cause", "what"]), st.text()))
def test_no_secret_and_no_number_gets_through_whatever_stands_around_it(
    secret: str, around: str, facts: dict[str, Any]
) -> None:
    told: dict[str, Any] = {name: f"{text}{secret}{text}" for name, text in facts.items()}
    with logged(secrets=frozenset({secret})) as log:
        journal.tell("tick", f"{around} {secret} +14155550101", number=f"{around}+14155550101", **told)

    (line,) = log.lines
    assert "4155550101" not in log.text
    for name in ("message", *facts):
        assert secret not in line[name] or any(char in "*." or char.isdigit() for char in secret)


def test_each_line_is_one_line_of_plain_json() -> None:
    facts = {"event": "tick", "facts": {"reason": "\udfff"}}
    record = logging.makeLogRecord({"msg": "a\r\nb\u0000c\ud800", "levelno": 20, **facts})

    line = logs.CloudLines(CLOUD).format(record)

    assert 1 == len(line.splitlines())
    assert ("tick", "\udfff") == (json.loads(line)["event"], json.loads(line)["reason"])


def test_many_threads_write_every_line_once_and_whole(capfd: pytest.CaptureFixture[str]) -> None:
    log = logging.getLogger("bugglio.many")

    def write(thread: int) -> None:
        for number in range(50):
            log.info("line %d of %d", number, thread)

    with restored():
        logs.begin(CLOUD)
        threads = [threading.Thread(target=write, args=(thread,)) for thread in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

    found = [json.loads(line)["message"] for line in capfd.readouterr().err.splitlines()]
    assert sorted(f"line {number} of {thread}" for number in range(50) for thread in range(16)) == sorted(found)
