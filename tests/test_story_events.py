"""Late, doubled, disordered and unreadable events, and who hears what others do in Bugsnag."""

from collections.abc import Iterator
from typing import Any

import pytest

from bugglio.pager import reports
from bugglio.pager.reports import iso
from bugglio.roster import MINUTE, Engineer, Roster, Step, Team
from bugglio.store import Store
from bugglio.store.port import BY_ID
from tests.clock import Clock
from tests.payloads import change, event
from tests.stage import ANA, Stage, staged

Payload = dict[str, Any]
BEN = "+14155550102"
TEXT = "checkout-api production: TypeError: cannot read 'id' of undefined in cart#create"
PAIR = Roster(
    engineers={
        "on-duty": Engineer("on-duty", "Ana Lima", ANA, admin=True),
        "ben": Engineer("ben", "Ben Ode", BEN),
    },
    teams={"shop": Team("shop", (Step(("on-duty",), again=0), Step(("ben",), again=0)), projects=("*",))},
)


@pytest.fixture
def quick(sqlite: Store, clock: Clock) -> Iterator[Stage]:
    """The stage on one engine."""
    with staged(sqlite, clock) as stage:
        yield stage


def received(stage: Stage, payload: Payload, *, ago: int = 2_000) -> Payload:
    """The payload as Bugsnag received its event so many milliseconds ago."""
    payload["error"]["receivedAt"] = iso(stage.clock.now() - ago)
    return payload


def number(n: int, **error: Any) -> Payload:
    """One of several errors."""
    return event(error={"errorId": f"checkout-{n}", "exceptionClass": f"Error{n}", **error})


def fixed(n: int) -> Payload:
    """Somebody marks one of several errors as fixed."""
    return change("fixed", error={"errorId": f"checkout-{n}"})


def opened(stage: Stage) -> int:
    """A new alert, whose page has arrived."""
    code: int = stage.webhook(received(stage, event()))["code"]
    assert f"#{code} {TEXT}. New unhandled error. Reply ack {code}" == stage.page()
    return code


def fresh_comment(stage: Stage, words: str, key: str = "c-1") -> Payload:
    """Somebody comments in Bugsnag."""
    said = {"user": {"id": "u-1", "name": "Dana Doe"}, "comment": {"id": key, "message": words}}
    return received(stage, event("comment", "Comment added", top=said))


def unrouted(stage: Stage) -> dict[str, int]:
    """How many events opened nothing, by reason."""
    found = stage.store.query("unrouted", BY_ID, limit=100)
    return {one.fields["reason"]: one.fields["count"] for one in found}


# Bugsnag's clock.


def test_bugsnags_test_button_pages_each_time_it_is_pressed_after_a_close(stage: Stage) -> None:
    for _ in range(3):
        answer = stage.simulator.event("test-button").answer
        assert '"outcome":"opened"' in answer.replace(" ", "")
        code = stage.page().split()[0].removeprefix("#")
        assert stage.text(ANA, f"close {code}").startswith(f"Closed {code} ExampleException")
        stage.clock.advance(minutes=2)


def test_the_test_button_pressed_twice_in_a_row_pages_once(quick: Stage) -> None:
    quick.simulator.event("test-button")
    quick.simulator.event("test-button")

    assert quick.page().endswith("Reply ack " + quick.simulator.texts(ANA)[0].split()[0].removeprefix("#"))


def test_what_arrives_late_after_a_close_pages_nobody_for_an_hour(stage: Stage) -> None:
    code = opened(stage)
    stage.clock.advance(minutes=5)
    stage.text(ANA, f"close {code}")
    late = received(stage, event("exception", "Every event"), ago=6 * MINUTE)

    expected = {"outcome": "counted", "code": code, "reason": "it happened before the alert was closed"}
    assert expected == stage.webhook(late)
    stage.clock.advance(minutes=59)
    assert expected == stage.webhook(late)
    assert [] == stage.new_texts()

    stage.clock.advance(minutes=1)
    assert "opened" == stage.webhook(late)["outcome"]
    assert f"#{code} {TEXT}. Every event, again 10:05. Reply ack {code}" == stage.page()


def test_a_new_event_after_a_close_pages_at_once(quick: Stage) -> None:
    code = opened(quick)
    quick.text(ANA, "close")
    quick.clock.advance(seconds=5)

    assert "opened" == quick.webhook(received(quick, event("exception", "Every event")))["outcome"]
    assert f"#{code} {TEXT}. Every event, again 09:00:05. Reply ack {code}" == quick.page()


def test_a_fixed_that_crossed_the_next_event_on_its_way_does_not_close(stage: Stage) -> None:
    code = opened(stage)
    late = received(stage, change("fixed"))
    stage.text(ANA, f"close {code}")
    stage.clock.advance(minutes=1)
    stage.webhook(received(stage, event("reopened", "Fixed error re-occurred")))
    assert f"#{code} {TEXT}. Fixed error re-occurred, again 09:01. Reply ack {code}" == stage.page()

    stage.clock.advance(seconds=59)
    answer = stage.webhook(late)

    assert ("recorded", "fixed in Bugsnag before it happened again") == (answer["outcome"], answer["reason"])
    assert ["triggered"] == [one["state"] for one in reports.open_alerts(stage.store)]
    stage.clock.advance(seconds=1)
    assert "changed" == stage.webhook(late)["outcome"]
    assert [f"09:02 #{code} checkout-api TypeError: Fixed in Bugsnag by Dana Doe"] == stage.new_texts()


# Doubled deliveries.


def test_a_change_of_state_that_is_delivered_twice_is_told_once(stage: Stage) -> None:
    code = opened(stage)

    assert ["changed", "recorded"] == [stage.webhook(change("fixed"))["outcome"] for _ in range(2)]

    assert [f"09:00 #{code} checkout-api TypeError: Fixed in Bugsnag by Dana Doe"] == stage.new_texts()


def test_a_comment_that_is_delivered_twice_is_told_once(stage: Stage) -> None:
    code = opened(stage)
    stage.text(ANA, "ack")

    answers = [stage.webhook(fresh_comment(stage, "Rolling back")) for _ in range(2)]

    assert [None, "the same delivery once more"] == [answer["reason"] for answer in answers]
    assert [f"09:00 #{code} checkout-api TypeError: Dana Doe in Bugsnag: Rolling back"] == stage.new_texts()
    told = [one["detail"] for one in reports.why(stage.store, code) or [] if one["reason"] == "comment"]
    assert ["Dana Doe: Rolling back"] == told


def release(**fields: Any) -> Payload:
    """A release, with or without an id."""
    payload = event(
        "release", "New release", top={"release": {"version": "2.15.0", "releaseStage": "production", **fields}}
    )
    del payload["error"]
    return payload


def kept_releases(stage: Stage) -> list[str]:
    """The versions on the project."""
    return [one["version"] for one in stage.store.get(["projects/p-1"]).documents["projects/p-1"].fields["releases"]]


def test_a_release_is_kept_once_on_its_project_and_texts_nobody(stage: Stage) -> None:
    first, doubled = stage.webhook(release(id="r-1")), stage.webhook(release(id="r-1"))
    stage.webhook(release(id="r-2", version="2.15.1"))

    assert {"outcome": "recorded", "code": None, "reason": "release 2.15.0"} == first
    assert {"outcome": "recorded", "code": None, "reason": "the same release once more"} == doubled
    assert ["2.15.0", "2.15.1"] == kept_releases(stage)
    assert [] == stage.new_texts()


def test_a_release_without_an_id_is_known_by_its_body_for_ten_minutes(quick: Stage) -> None:
    quick.webhook(release())
    quick.clock.advance(minutes=9)
    assert "the same release once more" == quick.webhook(release())["reason"]

    quick.clock.advance(minutes=1)
    assert "release 2.15.0" == quick.webhook(release())["reason"]
    assert 2 == len(kept_releases(quick))


def test_only_the_latest_releases_are_kept(quick: Stage) -> None:
    for n in range(25):
        quick.webhook(release(id=f"r-{n}", version=f"1.{n}"))

    assert [f"1.{n}" for n in range(5, 25)] == kept_releases(quick)


def spike(rate: int) -> Payload:
    """A project's spike."""
    payload = event("projectSpiking", "Spike in errors", extra={"rate": rate})
    del payload["error"]
    return payload


def test_a_spike_that_is_delivered_again_after_its_close_pages_nobody_for_ten_minutes(stage: Stage) -> None:
    code = stage.webhook(spike(1240))["code"]
    assert f"#{code} checkout-api. 1240 events. Reply ack {code}" == stage.page()
    stage.text(ANA, f"close {code}")

    stage.clock.advance(minutes=9, seconds=59)
    assert "the same delivery once more" == stage.webhook(spike(1240))["reason"]
    assert [] == stage.new_texts()

    stage.clock.advance(seconds=1)
    assert "opened" == stage.webhook(spike(1240))["outcome"]
    assert f"#{code} checkout-api. 1240 events, again 09:10. Reply ack {code}" == stage.page()


def test_a_spike_and_an_error_of_one_project_are_two_alerts(quick: Stage) -> None:
    first = quick.webhook(event())["code"]
    second = quick.webhook(event("projectSpiking", "Spike in errors", extra={"rate": 99}))["code"]

    assert first != second
    assert [
        f"#{first} {TEXT}. New unhandled error. Reply ack {first}",
        f"#{second} {TEXT}. 99 events. Reply ack {second}",
    ] == (quick.new_texts())


# Limits of a project.


def limit(trigger: str = "projectSamplingStarted", name: str = "checkout-api") -> Payload:
    """Bugsnag limits a project."""
    payload = event(trigger, "Project is being rate limited", project={"id": f"id-of-{name}", "name": name})
    del payload["error"]
    return payload


def test_the_admins_are_told_of_a_limit_once_in_two_hours(stage: Stage) -> None:
    first, again = stage.webhook(limit()), stage.webhook(limit())

    assert {"outcome": "recorded", "code": None, "reason": "the admins are told"} == first
    assert "the admins were told less than 2 hours ago" == again["reason"]
    assert ["09:00 2 Feb Bugsnag, checkout-api: Project is being rate limited"] == stage.new_texts()

    stage.clock.advance(hours=1, minutes=59)
    stage.webhook(limit())
    assert [] == stage.new_texts()
    stage.clock.advance(minutes=1)
    stage.webhook(limit())
    assert ["11:00 2 Feb Bugsnag, checkout-api: Project is being rate limited"] == stage.new_texts()


def test_another_project_and_another_limit_are_other_news(quick: Stage) -> None:
    quick.webhook(limit())
    quick.webhook(limit(name="web"))
    quick.webhook(limit("projectApproachingRateLimit"))

    assert 3 == len(quick.new_texts())


def test_only_admins_are_told_of_limits(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, PAIR) as stage:
        stage.webhook(limit())

        assert 1 == len(stage.new_texts(ANA))
        assert [] == stage.new_texts(BEN)


# What cannot be understood.


def strange(trigger: str = "errorAssigned") -> Payload:
    """A trigger that nobody knows, about no error."""
    payload = event(trigger, "Something")
    del payload["error"]
    return payload


def test_an_unknown_trigger_about_an_error_opens_as_an_event_does(stage: Stage) -> None:
    code = stage.webhook(event("errorAssigned", "Assigned to you"))["code"]
    assert f"#{code} {TEXT}. Assigned to you. Reply ack {code}" == stage.page()
    assert {} == unrouted(stage)


def test_an_unknown_trigger_without_an_error_is_recorded_and_the_tick_tells_the_admins(stage: Stage) -> None:
    answers = [stage.webhook(strange()) for _ in range(3)]

    assert {"outcome": "recorded", "code": None, "reason": "unknown trigger: errorAssigned"} == answers[2]
    assert {"unknown trigger: errorAssigned": 3} == unrouted(stage)
    assert [] == stage.new_texts()

    stage.tick()
    assert ["09:00 2 Feb 3 Bugsnag events paged nobody: not understood (errorAssigned)"] == stage.new_texts()


def test_they_are_told_once_a_day_and_of_what_came_since(quick: Stage) -> None:
    quick.webhook(strange())
    quick.tick()
    assert 1 == len(quick.new_texts())

    quick.webhook(strange())
    quick.webhook(strange("errorMerged"))
    quick.wait(minutes=23 * 60, step=3_600)
    quick.wait(minutes=59, step=60)
    assert [] == quick.new_texts()

    quick.wait(minutes=1, step=60)
    expected = "09:00 3 Feb 2 Bugsnag events paged nobody: not understood (errorAssigned, errorMerged)"
    assert [expected] == quick.new_texts()

    quick.wait(minutes=48 * 60, step=3_600)
    assert [] == quick.new_texts()


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({}, "unknown trigger: none"),
        ({"trigger": "exception"}, "unknown trigger: none"),
        ({"trigger": {"type": "exception"}}, "it names no error"),
        ({"trigger": {"type": "exception"}, "error": []}, "it names no error"),
        ({"trigger": {"type": "exception"}, "error": {"id": "e-1"}}, "it names no error"),
        ({"trigger": {"type": "comment"}, "comment": {"message": "?"}}, "it names no error"),
        ({"trigger": {"type": ["exception"]}, "project": 5, "account": None}, "unknown trigger: none"),
    ],
)
def test_an_event_that_names_nothing_is_recorded(quick: Stage, payload: Payload, reason: str) -> None:
    assert {"outcome": "recorded", "code": None, "reason": reason} == quick.webhook(payload)
    assert {reason: 1} == unrouted(quick)


def test_an_event_that_names_only_its_error_pages(quick: Stage) -> None:
    code = quick.webhook({"error": {"errorId": "x"}})["code"]
    assert f"#{code} Reply ack {code}" == quick.page()


def test_an_event_without_a_project_pages(quick: Stage) -> None:
    payload = event()
    del payload["project"], payload["account"]

    code = quick.webhook(payload)["code"]

    expected = f"#{code} production: TypeError: cannot read 'id' of undefined in cart#create. New unhandled error."
    assert f"{expected} Reply ack {code}" == quick.page()


def test_the_same_error_id_in_two_projects_is_two_alerts(quick: Stage) -> None:
    codes = {quick.webhook(event(project={"id": name, "name": name}))["code"] for name in ("web", "api")}
    assert 2 == len(codes)


def test_why_nothing_was_opened_can_be_asked(quick: Stage) -> None:
    code = opened(quick)
    quick.webhook(change("ignored"))
    quick.clock.advance(minutes=1)
    quick.webhook(received(quick, event("exception", "Every event")))
    quick.webhook(received(quick, event("exception", "Every event")))

    told = [one for one in reports.why(quick.store, code) or [] if one["reason"].startswith("recorded")]

    reason = "recorded: the error is ignored: only reopening it opens it again"
    assert [{"at": "2026-02-02T09:01:00.000Z", "reason": reason, "detail": "2 x exception"}] == told


# Who hears of it.


def test_everybody_who_was_paged_hears_once_that_it_is_fixed(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, PAIR) as stage:
        code = opened(stage)
        stage.wait(minutes=5, step=60)
        assert 1 == len(stage.new_texts(BEN))
        stage.webhook(change("fixed"))

        expected = [f"09:05 #{code} checkout-api TypeError: Fixed in Bugsnag by Dana Doe"]
        assert expected == stage.new_texts(ANA)
        assert expected == stage.new_texts(BEN)
        stage.wait(minutes=120, step=60)
        assert [] == stage.new_texts(ANA) + stage.new_texts(BEN)


def test_whoever_had_it_before_the_steps_began_again_hears_it_too(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, PAIR) as stage:
        code = opened(stage)
        stage.wait(minutes=5, step=60)
        stage.text(BEN, "ack")
        stage.clock.advance(minutes=1)
        stage.webhook(received(stage, event("exception", "Every event")))
        stage.wait(minutes=65, step=60)
        assert stage.new_texts(ANA)[-1].endswith(f"New unhandled error, again 10:10. Reply ack {code}")
        assert stage.new_texts(BEN)[-1].endswith(f"came again since acked 09:05. Reply ack {code}")

        stage.webhook(change("fixed"))

        expected = [f"10:11 #{code} checkout-api TypeError: Fixed in Bugsnag by Dana Doe"]
        assert expected == stage.new_texts(ANA)
        assert expected == stage.new_texts(BEN)


def test_after_a_close_only_those_who_were_paged_since_hear_of_the_next(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, PAIR) as stage:
        opened(stage)
        stage.wait(minutes=6, step=60)
        stage.text(BEN, "close")
        stage.webhook(received(stage, event("reopened", "Fixed error re-occurred")))
        stage.new_texts(BEN)

        stage.webhook(change("fixed", error={"receivedAt": iso(stage.clock.now())}))

        assert " Fixed in Bugsnag by " in stage.new_texts(ANA)[-1]
        assert [] == stage.new_texts(BEN)


def test_whoever_was_not_paged_yet_hears_nothing(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, PAIR) as stage:
        opened(stage)
        stage.webhook(change("ignored"))

        assert 1 == len(stage.new_texts(ANA))
        assert [] == stage.new_texts(BEN)


def test_whoever_has_it_is_told_that_it_was_fixed(quick: Stage) -> None:
    code = opened(quick)
    quick.text(ANA, "ack")

    payload = change("fixed")
    del payload["user"]
    quick.webhook(payload)

    assert [f"09:00 #{code} checkout-api TypeError: Fixed in Bugsnag"] == quick.new_texts()


def test_whose_page_was_only_waiting_is_not_told(stage: Stage) -> None:
    codes = [stage.webhook(number(n))["code"] for n in range(4)]
    assert 3 == len(stage.new_texts())

    stage.webhook(fixed(3))
    stage.wait(minutes=3, step=30)

    assert not [text for text in stage.new_texts() if str(codes[3]) in text]
    causes = [page["cause"] for page in reports.all_pages(stage.store) if page["state"] == "dropped"]
    assert ["closed meanwhile: fixed", "they were never told of the alert"] == sorted(causes)


def test_whose_page_went_in_a_digest_is_told(quick: Stage) -> None:
    codes = [quick.webhook(number(n))["code"] for n in range(5)]
    quick.wait(minutes=1, step=30)
    assert " 2 more: " in quick.new_texts()[-1]

    quick.webhook(fixed(4))

    assert [f"09:01 #{codes[4]} checkout-api Error4: Fixed in Bugsnag by Dana Doe"] == quick.new_texts()


def test_a_comment_reaches_whoever_has_it_and_nobody_else(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, PAIR) as stage:
        code = opened(stage)
        stage.wait(minutes=5, step=60)
        stage.new_texts(BEN)
        stage.text(BEN, "ack")
        assert [f"09:05 #{code} checkout-api TypeError: Ben Ode has it"] == stage.new_texts(ANA)

        stage.webhook(fresh_comment(stage, "Rolling back"))

        assert [] == stage.new_texts(ANA)
        expected = f"09:05 #{code} checkout-api TypeError: Dana Doe in Bugsnag: Rolling back"
        assert [expected] == stage.new_texts(BEN)


def test_a_comment_reaches_whoever_took_it_before_their_page_had_gone(quick: Stage) -> None:
    codes = [quick.webhook(number(n))["code"] for n in range(4)]
    quick.new_texts()
    quick.text(ANA, f"ack {codes[3]}")

    comment = fresh_comment(quick, "Rolling back")
    comment["error"]["errorId"] = "checkout-3"
    quick.webhook(comment)

    assert [f"09:00 #{codes[3]} checkout-api Error3: Dana Doe in Bugsnag: Rolling back"] == quick.new_texts()


def test_news_have_their_own_three_and_then_merge(stage: Stage) -> None:
    codes = []
    for n in range(6):
        codes.append(stage.webhook(number(n))["code"])
        stage.clock.advance(minutes=1)
    assert 6 == len(stage.new_texts())

    for n in range(6):
        stage.webhook(fixed(n))
        stage.clock.advance(seconds=1)
    assert [f"#{code}" for code in codes[:3]] == [text.split()[1] for text in stage.new_texts()]

    stage.wait(seconds=60, step=10)
    briefs = ", ".join(f"{code} Fixed in Bugsnag by Dana Doe" for code in codes[3:])
    assert [f"09:07 3 notices: {briefs}. Reply list"] == stage.new_texts()
    stage.wait(minutes=5, step=30)
    assert [] == stage.new_texts()


def test_news_take_no_token_from_pages(quick: Stage) -> None:
    for n in range(3):
        quick.webhook(number(n))
        quick.webhook(fixed(n))
    quick.webhook(number(9))

    assert 3 + 3 == len(quick.new_texts())
