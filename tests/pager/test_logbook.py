"""What the log says of calls to Twilio and Bugsnag, and of texts."""

import time
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from bugglio import journal
from bugglio import page as pages
from bugglio.delivery import FAILURES, Accepted, Busy, NotSent, Outcome, Refused, Unknown, Void
from bugglio.grammar import parse
from bugglio.page import Count, Page
from bugglio.pager import logbook
from bugglio.pager.incoming import Text
from tests.logbook import labels, logged
from tests.stage import ANA

PAGE = Page(kind="page", to="ana", number=ANA, phone="f1", created=0, alert="a1", code=417)
CLAIMED = pages.claim(PAGE, "t1", 100, "#417 checkout-api: TypeError")


def called(outcome: Outcome, page: Page = CLAIMED, decided: float = 0.25) -> dict[str, Any]:
    """The line of one call."""
    with logged() as log:
        logbook.called("p1", page, outcome, decided=decided, spent=0.2)
    return log.lines[0]


@pytest.mark.parametrize(
    ("outcome", "severity", "word"),
    [
        (Accepted("SM1", "queued"), "INFO", "accepted"),
        (Refused(FAILURES[21610]), "WARNING", "refused"),
        (Busy(5), "INFO", "busy"),
        (NotSent("no name"), "WARNING", "not sent"),
        (Void(), "INFO", "void"),
        (Unknown("timeout"), "WARNING", "doubtful"),
    ],
)
def test_each_outcome_of_a_call_has_its_word(outcome: Outcome, severity: str, word: str) -> None:
    line = called(outcome)

    assert (severity, word) == (line["severity"], line["outcome"])
    assert f"#417 Page to ana: Twilio's answer is {word}, 0.25 s after it was due." == line["message"]


def test_the_figures_of_a_call() -> None:
    line = called(Accepted("SM1", "queued"))

    assert (0.25, 200, 1, "page") == (line["seconds"], line["milliseconds"], line["segments"], line["kind"])
    assert {"alert": "a1", "code": "417", "page": "p1", "engineer": "ana", "attempt": "t1", "sid": "SM1"} == labels(
        line
    )


def test_a_refusal_says_why_and_whether_it_is_the_accounts() -> None:
    person, account = called(Refused(FAILURES[21610])), called(Refused(FAILURES[30034]))

    assert (21610, FAILURES[21610].cause) == (person["twilio_code"], person["cause"])
    assert ("account" in person, account["account"]) == (False, True)


def test_a_phone_call_has_no_segments_and_a_digest_all_its_codes() -> None:
    spoken = called(Accepted("CA1", "queued"), msgspec.structs.replace(CLAIMED, kind="call"))
    digest = called(Accepted("SM1", "queued"), msgspec.structs.replace(CLAIMED, count=Count(codes=(417, 418))))

    assert "segments" not in spoken
    assert [417, 418] == digest["codes"]


def test_a_webhooks_own_page_counts_from_the_webhooks_arrival() -> None:
    for door, expected in (("bugsnag", 5), ("tick", 0)):
        with journal.request({}):
            journal._whence.set(replace(journal.whence(), door=door, arrived=time.monotonic() - 5))
            assert expected == int(called(Accepted("SM1", "queued"))["seconds"])


@pytest.mark.parametrize(
    ("body", "codes", "expected"),
    [
        ("ack", {417}, ("ack", "417", None)),
        ("ack all", {418, 417}, ("ack", None, [417, 418])),
        ("hello there", set(), ("not understood", None, None)),
    ],
)
def test_of_a_text_only_its_command_is_told(body: str, codes: set[int], expected: tuple[Any, ...]) -> None:
    with logged() as log:
        logbook.text(Text("SM9", ANA, body, parse(body)), "ana", codes, spent=0.1, answered=True)

    (line,) = log.lines
    assert expected == (line["verb"], labels(line).get("code"), line.get("codes"))
    assert ("...0101", "SM9") == (line["sender"], labels(line)["text"])
    assert "hello" not in log.text
