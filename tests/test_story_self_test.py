"""The daily self-test: an event through the public address up to the words of its page, and what its absence means."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from bugglio.bugsnag import parse
from bugglio.pager import reports
from bugglio.pager.wellbeing.pulse import PULSE
from bugglio.pager.wellbeing.rehearsal import CODE, rehearse
from bugglio.pager.wellbeing.selftest import FAILED, HEADER, PATH, SENT, payload
from bugglio.roster import MINUTE, Conditions, Engineer, Mute, Quiet, Roster, Rule, Step, Team
from bugglio.store import BY_ID, Store
from tests.clock import Clock
from tests.doors.calling import JSON, Answer, call, sentence
from tests.payloads import event
from tests.stage import ANA, PUBLIC, WEBHOOK_TOKEN, Stage, staged

BEN = "+14155550102"
WEBHOOK = f"/bugsnag?token={WEBHOOK_TOKEN}"


def shop(*rules: Rule, **more: Any) -> Roster:
    """Ben is paged for the shop; Ana is the last resort."""
    people = {"ana": Engineer("ana", "Ana", ANA, admin=True), "ben": Engineer("ben", "Ben", BEN, admin=True)}
    team = Team("shop", (Step(("ben",)),), projects=("checkout-api",), rules=rules)
    return Roster(people, {"shop": team}, last_resort="ana", **more)


@pytest.fixture
def stage(store: Store, clock: Clock) -> Iterator[Stage]:
    with staged(store, clock, shop()) as set_up:
        yield set_up


@pytest.fixture
def quick(sqlite: Store, clock: Clock) -> Iterator[Stage]:
    with staged(sqlite, clock, shop()) as set_up:
        yield set_up


def proof(stage: Stage) -> dict[str, Any]:
    """What is kept of the latest."""
    found = stage.store.get([PATH]).get(PATH)
    return dict(found.fields) if found is not None else {}


def pulse(stage: Stage) -> Mapping[str, Any]:
    return stage.store.get([PULSE]).documents[PULSE].fields


def post(stage: Stage, test: str, path: str = WEBHOOK, body: bytes | None = None, **how: Any) -> Answer:
    """Somebody calls the door as the self-test does."""
    told = json.dumps(payload(stage.roster, stage.clock.now())).encode() if body is None else body
    return call(stage.app, path, told, {**JSON, HEADER: test}, **how)


def ticks(stage: Stage, minutes: int) -> None:
    """A minute's tick, so many times."""
    for _ in range(minutes):
        stage.clock.advance(minutes=1)
        stage.tick(served=True)


def awaited(stage: Stage) -> str:
    """The id of a self-test that nobody has answered."""
    stage.web.trouble = "no connection in time"
    stage.tick(served=True)
    stage.web.trouble = ""
    return str(proof(stage)["id"])


def test_the_first_tick_tests_itself_and_leaves_the_proof(stage: Stage) -> None:
    now = stage.clock.now()

    stage.tick(served=True)

    kept = proof(stage)
    assert ("ben", "shop", now, now) == (kept["to"], kept["team"], kept["sent"], kept["back"])
    assert 100 < kept["length"] <= 160
    assert SENT not in pulse(stage)
    assert [] == stage.troubles


def test_it_opens_nothing_sends_nothing_and_is_shown_nowhere(stage: Stage) -> None:
    stage.tick(served=True)
    stage.wait(minutes=10, step=60)

    assert [] == stage.new_texts() + stage.new_texts(BEN)
    assert [] == reports.open_alerts(stage.store, closed=True)
    assert [] == reports.all_pages(stage.store)
    for collection in ("alerts", "codes", "pages", "phones", "projects", "unrouted", "history"):
        assert [] == stage.store.query(collection, BY_ID)
    assert {"self-test", "tick"} == {one.id for one in stage.store.query("pulse", BY_ID)}


def test_it_comes_each_day_at_the_same_time_each_time_with_another_id(quick: Stage) -> None:
    quick.tick(served=True)
    first = proof(quick)
    quick.clock.advance(hours=23, minutes=59)
    quick.tick(served=True)
    assert first == proof(quick)

    quick.clock.advance(minutes=1)
    quick.tick(served=True)

    second = proof(quick)
    assert first["id"] != second["id"]
    assert 24 * 60 * MINUTE == second["back"] - first["back"]


def test_where_the_doors_are_not_served_none_is_made(quick: Stage) -> None:
    quick.wait(minutes=10, step=60)

    assert {} == proof(quick)


def test_one_that_does_not_come_through_is_tried_each_minute_and_trouble_after_five(stage: Stage) -> None:
    stage.web.trouble = "no connection in time"
    stage.tick(served=True)
    assert SENT in pulse(stage)
    ticks(stage, 5)
    assert [] == stage.troubles
    ticks(stage, 1)

    told = "the daily self-test did not come through (since 2026-02-02T09:00:00.000Z)"
    assert [f"watch, self-test: Unwell('{told}')"] == stage.troubles
    assert 503 == call(stage.app, "/health", method="GET").status
    assert "Pager: the daily self-test did not come through (since 09:00)." in stage.text(BEN, "status")


def test_after_a_failure_another_is_tried_each_ten_minutes_until_one_comes_through(quick: Stage) -> None:
    first = awaited(quick)
    quick.web.trouble = "it answered HTTP 404"
    ticks(quick, 7)
    assert (first, True) == (proof(quick)["id"], FAILED in pulse(quick))
    quick.web.trouble = ""
    ticks(quick, 2)
    assert first == proof(quick)["id"]

    ticks(quick, 1)

    assert "back" in proof(quick)
    assert not {FAILED, SENT} & pulse(quick).keys()
    quick.clock.advance(seconds=11)
    assert 200 == call(quick.app, "/health", method="GET").status


def test_one_lost_on_its_way_comes_through_a_minute_later(quick: Stage) -> None:
    first = awaited(quick)

    ticks(quick, 1)

    assert first == proof(quick)["id"]
    assert "back" in proof(quick)
    assert [] == quick.troubles


def test_one_whose_answer_alone_was_lost_has_come_through(quick: Stage) -> None:
    test = awaited(quick)
    assert 200 == post(quick, test).status
    quick.web.trouble = "no connection in time"

    ticks(quick, 6)

    assert not {FAILED, SENT} & pulse(quick).keys()
    assert [] == quick.troubles


@pytest.mark.parametrize("test", ["0123456789abcdef", "", "\u00e4", "x" * 10_000])
def test_nobody_else_can_feign_it(quick: Stage, test: str) -> None:
    awaited(quick)

    if test:
        assert "This self-test is not awaited." == sentence(post(quick, test), 403)
    assert "back" not in proof(quick)
    assert [] == quick.new_texts(BEN)


def test_before_the_first_one_nobody_can_either(quick: Stage) -> None:
    assert "This self-test is not awaited." == sentence(post(quick, "0"), 403)
    assert {} == proof(quick)


def test_a_late_one_is_refused_and_opens_nothing(quick: Stage) -> None:
    test = awaited(quick)
    quick.clock.advance(minutes=5, seconds=1)

    assert "This self-test is not awaited." == sentence(post(quick, test), 403)
    assert [] == reports.open_alerts(quick.store)


def test_what_was_proved_is_proved_once(quick: Stage) -> None:
    test = awaited(quick)
    assert 200 == post(quick, test).status
    first = proof(quick)
    quick.clock.advance(minutes=1)

    assert 200 == post(quick, test).status

    assert first == proof(quick)


def test_it_needs_the_secret_like_any_event_and_a_body_that_is_one(quick: Stage) -> None:
    test = awaited(quick)

    assert 401 == post(quick, test, "/bugsnag").status
    assert 401 == post(quick, test, "/bugsnag?token=wrong").status
    assert 400 == post(quick, test, body=b"[]").status
    assert 405 == post(quick, test, method="GET").status
    assert "back" not in proof(quick)


def test_it_comes_through_although_only_bugsnags_addresses_may_call(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, shop(), BUGSNAG_ALLOWED_IPS="192.0.2.0/24") as stage:
        elsewhere = "198.51.100.7"
        test = awaited(stage)
        told = json.dumps(event()).encode()
        assert 403 == call(stage.app, WEBHOOK, told, JSON, address=elsewhere).status
        assert 403 == post(stage, "another", address=elsewhere).status

        assert 200 == post(stage, test, address=elsewhere).status
        assert "back" in proof(stage)


@pytest.mark.parametrize(
    ("kept", "why"),
    [
        (shop(Rule(Conditions(stage=("production",)), then="ignore")), "rule 1: ignore"),
        (shop(mutes=(Mute("m", "checkout-api", "shop", 0, 1_800_000_000_000, "ana"),)), "muted"),
        (shop(quiets=(Quiet("q", "ben", 0, 1_800_000_000_000),)), "quiet"),
    ],
    ids=["ignored", "muted", "quiet"],
)
def test_what_keeps_events_quiet_is_kept_with_it_and_the_page_is_composed_all_the_same(
    sqlite: Store, clock: Clock, kept: Roster, why: str
) -> None:
    with staged(sqlite, clock, kept) as stage:
        stage.tick(served=True)

        assert why in proof(stage)["kept_quiet"]
        assert "ben" == proof(stage)["to"]


def test_whoever_cannot_be_reached_is_passed_over_as_for_any_page(quick: Stage) -> None:
    quick.text(BEN, "STOP")

    quick.tick(served=True)

    assert "ana" == proof(quick)["to"]


def test_pages_that_are_due_go_before_it(quick: Stage) -> None:
    quick.webhook(event())
    seen: list[list[str]] = []

    def ask(*_: object, **__: object) -> str:
        seen.append(quick.new_texts(BEN))
        return ""

    quick.web.ask = ask  # type: ignore[method-assign]
    quick.new_texts(BEN)
    quick.clock.advance(minutes=2)
    quick.tick(served=True)

    assert [True] == ["2nd page" in text for text in seen[0]]


def test_without_a_roster_the_last_resort_is_rehearsed(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock) as stage:
        stage.tick(served=True)

        assert ("on-duty", "default") == (proof(stage)["to"], proof(stage)["team"])


def test_its_secret_and_its_id_are_in_no_log(quick: Stage, caplog: pytest.LogCaptureFixture) -> None:
    quick.web.trouble = "it answered HTTP 404"
    quick.tick(served=True)

    assert "The self-test was not taken at BUGGLIO_PUBLIC_URL: it answered HTTP 404." in caplog.messages
    assert WEBHOOK_TOKEN not in caplog.text
    assert proof(quick)["id"] not in caplog.text
    assert PUBLIC not in caplog.text


def test_ticks_that_overlap_send_one(quick: Stage) -> None:
    sent: list[str] = []
    ask: Callable[..., str] = quick.web.ask

    def crossed(method: str, url: str, **how: Any) -> str:
        sent.append(how["headers"][HEADER])
        if len(sent) == 1:
            quick.tick(served=True)
        return ask(method, url, **how)

    quick.web.ask = crossed  # type: ignore[method-assign]
    quick.tick(served=True)

    assert 1 == len(sent)
    assert "back" in proof(quick)
    assert [] == quick.troubles


def test_what_is_rehearsed_is_word_for_word_what_would_have_been_sent(quick: Stage) -> None:
    reading = quick.store.get([])
    rehearsed = rehearse(quick.works.kit, parse(event()), reading)

    code = quick.webhook(event())["code"]

    [sent] = quick.new_texts(BEN)
    assert rehearsed.body.replace(str(CODE), str(code)) == sent
