"""Whose request a line belongs to."""

import contextvars
import threading
from typing import Any

import pytest

from bugglio import journal
from bugglio.pager.reading import all_at_once, side_by_side
from tests.logbook import CLOUD, labels, logged

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
W3C = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
OLDER = {"X-Cloud-Trace-Context": f"{TRACE}/{int(SPAN, 16)};o=1"}


def place(line: dict[str, Any]) -> tuple[str | None, str | None]:
    """The trace and the span of a line."""
    return line.get("logging.googleapis.com/trace"), line.get("logging.googleapis.com/spanId")


@pytest.mark.parametrize("headers", [W3C, OLDER, {**W3C, "X-Cloud-Trace-Context": "f" * 32}])
def test_a_line_names_the_trace_of_its_request(headers: dict[str, str]) -> None:
    with logged() as log, journal.request(headers):
        journal.tell("tick", "Ticked.")

    assert (f"projects/shop-pager/traces/{TRACE}", SPAN) == place(log.lines[0])


@pytest.mark.parametrize("header", [TRACE, f"{TRACE}/0;o=1", f"{TRACE}/99999999999999999999"])
def test_a_trace_may_come_without_a_span(header: str) -> None:
    with logged() as log, journal.request({"X-Cloud-Trace-Context": header}):
        journal.tell("tick", "Ticked.")

    assert (f"projects/shop-pager/traces/{TRACE}", None) == place(log.lines[0])


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"traceparent": ""},
        {"traceparent": f"00-{TRACE}"},
        {"traceparent": f"00-{TRACE}/x-{SPAN}-01"},
        {"X-Cloud-Trace-Context": 'x","severity":"EMERGENCY'},
        {"X-Cloud-Trace-Context": f"{TRACE}\n"},
    ],
)
def test_what_is_no_trace_is_nobodys(headers: dict[str, str]) -> None:
    with logged() as log, journal.request(headers):
        journal.tell("tick", "Ticked.")

    assert (None, None) == place(log.lines[0])
    assert "EMERGENCY" not in log.text


def test_a_project_that_is_not_known_leaves_the_trace_out() -> None:
    with logged({"K_SERVICE": "bugsnag"}) as log, journal.request(W3C):
        journal.tell("tick", "Ticked.")

    assert (None, None) == place(log.lines[0])


def test_a_request_ends_with_its_answer() -> None:
    with logged(CLOUD) as log:
        with journal.request(W3C):
            journal.enter("sms")
            journal.tell("tick", "Ticked.")
        journal.tell("tick", "Ticked.")

    assert [{"door": "sms"}, {}] == [labels(line) for line in log.lines]
    assert (None, None) == place(log.lines[1])


def test_each_thread_has_its_own() -> None:
    with logged() as log, journal.request(W3C):
        other = threading.Thread(target=contextvars.Context().run, args=(journal.tell, "tick", "Ticked."))
        other.start()
        other.join()

    assert (None, None) == place(log.lines[0])


def test_what_a_request_asks_at_the_same_time_is_its_own() -> None:
    def ask() -> None:
        journal.tell("store-unreachable", "No answer.")

    with logged() as log, journal.request(W3C):
        side_by_side(ask, ask)
        all_at_once([ask, ask, ask])

    assert [(f"projects/shop-pager/traces/{TRACE}", SPAN)] * 5 == [place(line) for line in log.lines]


def test_how_long_a_request_takes_is_known_at_its_door_alone() -> None:
    with journal.request(W3C):
        journal.enter("bugsnag")
        assert journal.passed("bugsnag") > 0
        assert 0 == journal.passed("tick")
    assert 0 == journal.passed("bugsnag")
