"""The log of a whole story: an alert's way is found by its code, and nothing is told that is nobody's business."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from bugglio.simulator import Misbehaviour
from bugglio.store import Store
from bugglio.store.counting import CountingStore
from bugglio.trouble import Trouble
from tests.clock import Clock
from tests.doors.calling import WEBHOOK, webhook
from tests.logbook import LAPTOP, Log, labels, logged
from tests.payloads import event
from tests.stage import ANA, SID, TOKEN, TWILIO_NUMBER, WEBHOOK_TOKEN, Stage, staged
from tests.unrest import BEN, BUGSNAG_TOKEN, STRANGER, Forgetful, Silent, other, pair, play

FLASK_KEY = "flask-key-of-the-tests-0123456789"
SECRETS = frozenset({TOKEN, WEBHOOK_TOKEN, BUGSNAG_TOKEN, FLASK_KEY})
TRACES = [f"{number:032x}" for number in range(1, 31)]


@pytest.fixture
def both(store: Store, clock: Clock) -> Iterator[Stage]:
    """The stage on each engine, with a Bugsnag that follows."""
    with staged(store, clock, pair(), BUGSNAG_AUTH_TOKEN=BUGSNAG_TOKEN) as stage:
        yield stage


@pytest.fixture
def quick(sqlite: Store, clock: Clock) -> Iterator[Stage]:
    """The same on SQLite alone."""
    with staged(sqlite, clock, pair(), BUGSNAG_AUTH_TOKEN=BUGSNAG_TOKEN) as stage:
        yield stage


def found(log: Log, code: int) -> list[dict[str, Any]]:
    """What the query of the manual finds of an alert."""
    return [line for line in log.lines if str(code) == labels(line).get("code") or code in line.get("codes", [])]


def way(log: Log, code: int) -> list[tuple[str, str, str]]:
    """The door, the event and the person of each line about an alert; a tick of the stage comes through no door."""
    lines = found(log, code)
    return [(labels(one).get("door", "-"), one["event"], labels(one).get("engineer", "")) for one in lines]


def test_the_whole_way_of_an_alert_is_found_by_its_code(both: Stage) -> None:
    both.simulator.misbehave(Misbehaviour("accept-500", times=1))
    both.simulator.misbehave(Misbehaviour("lose-callbacks", times=1))
    with logged() as log:
        code = both.webhook(event())["code"]
        both.webhook(other(2))
        both.webhook(event("exception"))
        both.wait(seconds=100, step=50)
        both.wait(minutes=4, step=60)
        both.simulator.settle()
        for words in (f"ack {code}", "undo", f"fix {code}"):
            both.text(BEN, words)
            both.simulator.settle()

    sent = ("page-created", "page-claimed", "page-called", "page-accepted")
    texted = [("sms", event, "ana") for event in sent]
    arrived = [("sms_status", "page-sent", "ana"), ("sms_status", "page-delivered", "ana")]
    assert [
        ("bugsnag", "alert-opened", "ana"),
        *(("bugsnag", event, "ana") for event in sent[:3]),
        ("bugsnag", "webhook-taken", ""),
        ("bugsnag", "webhook-taken", ""),
        ("-", "page-settled", "ana"),
        ("-", "page-accepted", "ana"),
        ("-", "alert-escalated", "ben"),
        *(("-", event, "ben") for event in sent),
        ("sms_status", "page-sent", "ben"),
        ("sms_status", "page-delivered", "ben"),
        *(("sms", "alert-acknowledged", "ben"), *texted, ("sms", "text-received", "ben"), *arrived),
        *(("sms", "alert-undone", "ben"), *texted, ("sms", "text-received", "ben"), *arrived),
        *(("sms", "alert-closed", "ben"), *texted, ("sms", "bugsnag-told", "ben"), ("sms", "text-received", "ben")),
    ] == way(log, code)[:-3]
    assert {("bugsnag", "webhook-taken", ""), *arrived} == set(way(log, code)[-3:])


def test_what_went_as_one_is_found_by_each_of_its_codes(quick: Stage) -> None:
    with logged() as log:
        codes = [quick.webhook(other(number))["code"] for number in range(6)]
        quick.wait(seconds=60, step=30)
        quick.simulator.settle()

    digest = ["page-created", "page-digested", "page-claimed", "page-called", "page-accepted"]
    digest += ["page-sent", "page-delivered"]
    for code in codes[3:]:
        told = [event for _, event, _ in way(log, code) if event != "page-held"]
        assert ["alert-opened", "page-created", "webhook-taken", *digest] == told


def test_each_webhook_is_one_line_and_an_event_that_is_counted_no_more(quick: Stage) -> None:
    with logged() as log:
        code = quick.webhook(event())["code"]
        before = len(log.lines)
        for _ in range(20):
            quick.webhook(event("exception"))

    more = log.lines[before:]
    assert [("webhook-taken", "counted", str(code))] * 20 == [
        (line["event"], line["outcome"], labels(line)["code"]) for line in more
    ]
    assert all(isinstance(line["milliseconds"], int) for line in more)


def test_whoever_works_for_others_lends_them_no_trace(sqlite: Store, clock: Clock) -> None:
    gate, inside = threading.Event(), threading.Event()

    class Slow(CountingStore):
        """A store whose first commit waits until the others have arrived."""

        def commit(self, writes: Any) -> Any:
            if not inside.is_set():
                inside.set()
                assert gate.wait(10)
            return super().commit(writes)

    with staged(Slow(sqlite), clock, pair()) as stage, logged() as log:

        def deliver(trace: str) -> None:
            headers = {"Content-Type": "application/json", "traceparent": f"00-{trace}-{trace[16:]}-01"}
            assert 200 == webhook(stage.app, event("exception"), WEBHOOK, headers).status

        threads = [threading.Thread(target=deliver, args=(trace,)) for trace in TRACES]
        threads[0].start()
        assert inside.wait(10)
        for thread in threads[1:]:
            thread.start()
        _until(lambda: stage.gathered() == len(TRACES) - 1)
        gate.set()
        for thread in threads:
            thread.join(10)

    traces = [
        (line["event"], line["logging.googleapis.com/trace"].rpartition("/")[2], line["logging.googleapis.com/spanId"])
        for line in log.lines
    ]
    taken = [(trace, span) for event, trace, span in traces if event == "webhook-taken"]
    assert sorted((trace, trace[16:]) for trace in TRACES) == sorted(taken)
    others = [trace for event, trace, _ in traces if event != "webhook-taken"]
    assert {TRACES[0]} == set(others), "the alert was opened, and its page sent, by the first"


def _until(true: Any) -> None:
    ended = threading.Event()
    for _ in range(2_000):
        if true():
            return
        ended.wait(0.005)
    raise AssertionError("it never came true")


def test_a_store_that_cannot_be_reached_is_told_and_so_is_the_text_that_says_so(quick: Stage) -> None:
    quick._start(Silent(quick.store), None)
    with logged() as log:
        assert 503 == quick.simulator.send_event(event()).status

    assert ["store-unreachable", "store-unreachable", "webhook-not-stored", "emergency-text"] == log.events()
    first = log.lines[0]
    assert ("ERROR", "get") == (first["severity"], first["verb"])


def test_a_commit_whose_reply_was_lost_is_on_its_alerts_way(quick: Stage) -> None:
    quick._start(Forgetful(quick.store), None)
    with logged() as log:
        code = quick.webhook(event())["code"]

    unreachable = next(line for line in log.lines if line["event"] == "store-unreachable")
    assert ("commit", [code]) == (unreachable["verb"], unreachable["codes"])
    assert ("bugsnag", "store-unreachable", "") == way(log, code)[0]
    assert ("bugsnag", "webhook-taken", "") == way(log, code)[-1]


def test_a_tick_tells_how_late_it_found_what_was_due(quick: Stage) -> None:
    quick.webhook(event())
    quick.clock.advance(minutes=9)
    with logged() as log:
        quick.works.ticking.tick(stay=1_000)
        quick.works.ticking.tick()

    assert [(240.0, 1)] == [(line["late"], line["found"]) for line in log.lines if line["event"] == "tick"][:1]
    assert 1 == log.events().count("tick"), "nothing was due, and it did not stay for it"


WORDS = ("cannot read", "TypeError", "Error3", "rolled back", "cart#create", "hello there", "Dana", "Acme", "is down")
"""What errors and texts say."""


@pytest.mark.promise("P5")
def test_no_secret_no_number_and_nobodys_words_are_in_the_log(quick: Stage) -> None:
    quick._alarm = Trouble(secrets=lambda: SECRETS).report  # type: ignore[method-assign]
    for environ in ({"K_SERVICE": "bugglio", "GOOGLE_CLOUD_PROJECT": "shop-pager"}, LAPTOP):
        quick.restart()
        with logged(environ, net=False) as log:
            play(quick)

        assert 100 < len(log.text.splitlines())
        assert [] == [secret for secret in (*SECRETS, SID) if secret in log.text]
        numbers = (ANA, BEN, STRANGER, TWILIO_NUMBER)
        assert [] == [number for number in numbers if number.strip("+")[-9:] in log.text]
        assert [] == [word for word in WORDS if word in log.text]
