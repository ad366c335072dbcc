"""Rules at work, as phones see them: what pages, what waits for a digest or a span's end, what nobody hears of."""

import contextlib
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bugglio.pager import reports
from bugglio.pager.reports import iso
from bugglio.roster import DAY, HOUR, MINUTE, Conditions, Engineer, Roster, Rule, Step, Team
from bugglio.simulator import Misbehaviour
from bugglio.store import Store, StoreError
from bugglio.store.sqlite import SqliteStore
from tests.clock import MONDAY_MORNING, Clock
from tests.faults import Fault, Killed
from tests.passing import arrivals
from tests.payloads import change, event
from tests.stage import ANA, Stage, staged

BEN, CY, DEE = "+14155550102", "+14155550103", "+14155550104"
PEOPLE = {
    "ana": Engineer("ana", "Ana Lima", ANA, admin=True),
    "ben": Engineer("ben", "Ben Ode", BEN),
    "cy": Engineer("cy", "Cy Aoki", CY),
    "dee": Engineer("dee", "Dee Ray", DEE),
}
STEPS = (Step(("ana",), wait=5 * MINUTE, again=2 * MINUTE), Step(("ben",), wait=5 * MINUTE, again=0))
TEN = 10 * 60
TEXT = "checkout-api production: TypeError: cannot read 'id' of undefined in cart#create. New unhandled error"
STAGING = Conditions(stage=("staging",))


def rule(then: str, steps: str = "", **asked: Any) -> Rule:
    """A rule for errors of staging, unless it asks for something else."""
    return Rule(Conditions(**asked) if asked else STAGING, then, steps)


def hold(start: int = 8 * 60, end: int = 9 * 60 + 30, **asked: Any) -> Rule:
    """A rule that holds all that happens in a span, at first from 08:00 to 09:30."""
    return Rule(Conditions(between=(start, end), **asked), "hold")


def shop(*rules: Rule, steps: tuple[Step, ...] = STEPS, **more: Any) -> Roster:
    """A roster of one team with these rules and a digest at 10:00, and Dee as the last resort."""
    team = Team("shop", steps, rules=rules, **{"projects": ("*",), "digest_at": TEN, **more})
    return Roster(PEOPLE, {"shop": team}, "dee")


@pytest.fixture
def quick(sqlite: Store, clock: Clock) -> Iterator[Stage]:
    """The stage on one engine."""
    with staged(sqlite, clock) as stage:
        yield stage


def happens(stage: Stage, n: int = 1, trigger: str = "firstException", **error: Any) -> dict[str, Any]:
    """One of several errors happens at this moment; what the webhook is answered."""
    more = {"errorId": f"e-{n}", "receivedAt": iso(stage.clock.now()), **error}
    return stage.webhook(event(trigger, error=more))


def in_staging(stage: Stage, n: int = 1, **error: Any) -> dict[str, Any]:
    """It happens where nobody minds."""
    return happens(stage, n, releaseStage="staging", **error)


def changed(stage: Stage, state: str, n: int = 1, **more: Any) -> dict[str, Any]:
    """Somebody changes an error's state in Bugsnag."""
    error = {"errorId": f"e-{n}", "receivedAt": iso(stage.clock.now()), "releaseStage": more.pop("where", "production")}
    return stage.webhook(change(state, error=error, **more))


def told(stage: Stage, minutes: float) -> list[tuple[str, str]]:
    """When each text went, and to whom."""
    return [(at, who) for at, who, _ in arrivals(stage, minutes=minutes)]


def why(stage: Stage, code: int) -> list[str]:
    """What is said of an alert, oldest first."""
    stage.simulator.settle()
    return [f"{one['reason']}: {one['detail']}".rstrip(": ") for one in reports.why(stage.store, code) or []]


def state(stage: Stage) -> str:
    """The state of the one open alert."""
    [alert] = stage.alerts()
    return str(alert["state"])


def at_wall(clock: Clock, moment: datetime) -> None:
    """Go on to a moment."""
    clock.advance(seconds=(moment - MONDAY_MORNING).total_seconds() - (clock.now() / 1000 - MONDAY_MORNING.timestamp()))


# Page, ignore, another list of steps.


def test_what_a_rule_pages_and_what_none_fits_is_paged_at_once(stage: Stage) -> None:
    stage.roster = shop(rule("page", severity=("error",)), rule("ignore", severity=("error", "info")))
    answer = happens(stage)
    assert {"outcome": "opened", "code": answer["code"], "reason": None} == answer
    assert f"#{answer['code']} {TEXT}. Reply ack {answer['code']}" == stage.page(ANA)
    assert "rule 1: page" in why(stage, answer["code"])

    other = happens(stage, 2, severity="warning")
    assert {"outcome": "opened", "code": other["code"], "reason": None} == other
    assert stage.page(ANA).startswith(f"#{other['code']} ")


@pytest.mark.promise("P6")
def test_what_a_rule_ignores_is_recorded_and_opens_nothing(stage: Stage) -> None:
    stage.roster = shop(rule("ignore"))

    assert {"outcome": "recorded", "code": None, "reason": "rule 1: ignore"} == in_staging(stage)
    assert {"outcome": "recorded", "code": None, "reason": "rule 1: ignore"} == in_staging(stage)

    [one] = stage.store.query("unrouted", "alert")
    assert ("rule 1: ignore", 2) == (one.fields["reason"], one.fields["count"])
    assert ([], []) == (stage.alerts(), arrivals(stage, minutes=70))


def test_an_ignored_error_that_happens_in_production_is_paged_at_once_and_why_tells_both(stage: Stage) -> None:
    stage.roster = shop(rule("ignore"))
    in_staging(stage)
    stage.clock.advance(minutes=1)
    code = happens(stage, trigger="exception")["code"]
    assert f"#{code} {TEXT}. Reply ack {code}" == stage.page(ANA)

    stage.clock.advance(minutes=1)
    assert {"outcome": "counted", "code": code, "reason": "counted; rule 1: ignore"} == in_staging(stage)
    assert [
        "recorded: rule 1: ignore: 1 x firstException",
        "opened: New unhandled error",
        "page: ana: delivered",
        "counted: 2 events since it was opened; further ones page nobody while it is open",
    ] == sorted(why(stage, code), key=lambda one: ("r", "o", "p", "c").index(one[0]))


def test_a_closed_alert_stays_closed_when_what_happens_is_ignored(quick: Stage) -> None:
    quick.roster = shop(rule("ignore"))
    code = happens(quick)["code"]
    quick.page(ANA)
    quick.text(ANA, "close")
    quick.clock.advance(hours=2)

    assert {"outcome": "recorded", "code": code, "reason": "rule 1: ignore"} == in_staging(quick)
    assert ([], []) == (quick.alerts(), quick.new_texts(ANA))
    assert "recorded: rule 1: ignore: 1 x firstException" in why(quick, code)


def test_what_is_ignored_reminds_nobody_and_does_not_keep_an_alert_open(quick: Stage) -> None:
    quick.roster = shop(rule("ignore"), close_after=6 * HOUR)
    code = happens(quick)["code"]
    quick.page(ANA)
    quick.text(ANA, f"ack {code}")
    for _ in range(5):
        assert "counted; rule 1: ignore" == in_staging(quick)["reason"]
        assert [] == arrivals(quick, minutes=70)

    assert "ana" == quick.alerts()[0]["acknowledged_by"]
    assert [] == arrivals(quick, minutes=15)
    assert "closed: quiet" in why(quick, code)


def test_another_list_of_steps_is_used_also_when_the_alert_begins_again(stage: Stage) -> None:
    night = (Step(("cy",), wait=5 * MINUTE, again=0), Step(("ben",), wait=5 * MINUTE, again=0))
    lists = {"night": night}
    stage.roster = shop(rule("steps", "night", error_class=("Type*",)), lists=lists, acknowledged_for=10 * MINUTE)

    code = happens(stage)["code"]
    assert "rule 1: steps night" in why(stage, code)
    assert [("09:05:00", "ben"), ("09:10:00", "dee")] == told(stage, 11)[-2:]
    stage.text(CY, f"ack {code}")
    stage.clock.advance(seconds=30)
    happens(stage, trigger="exception")

    # Cy is reminded, does not answer, and the steps begin again: those of the night.
    assert [("09:21:00", "cy"), ("09:26:00", "cy"), ("09:31:00", "ben")] == told(stage, 21)


def test_after_a_snooze_in_bugsnag_the_named_steps_begin_again(quick: Stage) -> None:
    night = (Step(("cy",), wait=5 * MINUTE, again=0),)
    quick.roster = shop(rule("steps", "night", error_class=("Type*",)), lists={"night": night})
    happens(quick)
    changed(quick, "snoozed", extra={"snoozeRule": {"ruleType": "occurs_after", "ruleValue": 3600}})
    quick.new_texts(CY)

    assert [("10:00:00", "cy")] == told(quick, 61)


def test_an_alert_of_named_steps_that_is_closed_and_held_later_begins_with_the_usual_ones(quick: Stage) -> None:
    lists = {"night": (Step(("cy",), wait=5 * MINUTE, again=0),)}
    quick.roster = shop(rule("steps", "night"), hold(end=TEN), lists=lists, acknowledged_for=10 * MINUTE)
    code = in_staging(quick)["code"]
    quick.text(CY, "close")
    quick.clock.advance(minutes=1)
    assert code == happens(quick)["code"]
    quick.text(BEN, f"ack {code}")
    quick.clock.advance(minutes=1)
    happens(quick, trigger="exception")

    # Ben is reminded, and does not answer.
    assert [("09:11:00", "ben"), ("09:16:00", "ana")] == [one for one in told(quick, 15) if one[1] != "cy"]


# Digest.


def test_what_is_left_to_the_digest_is_told_once_at_its_hour_and_stays_acknowledged(quick: Stage) -> None:
    stage = quick
    stage.roster = shop(rule("digest"))
    answer = in_staging(stage)
    code = answer["code"]
    assert {"outcome": "opened", "code": code, "reason": "rule 1: digest at 10:00"} == answer
    assert "acknowledged" == state(stage)
    stage.clock.advance(minutes=1)
    again = in_staging(stage)
    assert {"outcome": "counted", "code": code, "reason": "counted; rule 1: digest at 10:00"} == again

    [(at, who, text)] = arrivals(stage, minutes=9 * 60)

    assert ("10:00:00", "ana") == (at, who)
    error = TEXT.replace("production", "staging")
    assert f"#{code} {error}, digest of 10:00 2 Feb. Reply ack {code}" == text
    assert "acknowledged" == state(stage)
    in_staging(stage)
    assert [] == arrivals(stage, minutes=24 * 60)
    assert [
        "opened: New unhandled error",
        "not paged: rule 1: digest at 10:00",
        "in the daily digest: ana: delivered",
        (
            "counted: 3 events since it was opened; "
            "further ones are kept quiet too (rule 1: digest at 10:00) unless the rules make more of them"
        ),
    ] == why(stage, code)


def test_several_go_in_one_digest_to_everybody_of_the_first_step(stage: Stage) -> None:
    stage.roster = shop(rule("digest"), steps=(Step(("ana", "cy")), Step(("ben",))))
    codes = [in_staging(stage, n, exceptionClass=f"Error{n}")["code"] for n in range(3)]
    in_staging(stage, 2, exceptionClass="Error2", occurrences=2)

    texts = arrivals(stage, minutes=120)

    top = f"Top: #{codes[2]} Error2 x2. Reply list"
    assert [
        ("10:00:00", "ana", f"10:00 3 more: checkout-api 3. {top}"),
        ("10:00:00", "cy", f"10:00 3 more: checkout-api 3. {top}"),
    ] == sorted(texts)
    assert "in the daily digest: cy: in a digest, delivered" in why(stage, codes[0])


def test_the_hour_of_digests_is_the_teams_own(quick: Stage) -> None:
    quick.roster = shop(rule("digest"), timezone="America/New_York", digest_at=9 * 60)
    in_staging(quick)

    assert [("14:00:00", "ana")] == told(quick, 24 * 60)


@pytest.mark.parametrize(
    ("steps", "who"),
    [
        ((Step(("nobody",)), Step(("ben",))), "ben"),
        ((Step(("nobody",)),), "dee"),
        ((), "dee"),
    ],
)
def test_when_step_one_names_nobody_the_digest_goes_to_whoever_is_next(
    quick: Stage, steps: tuple[Step, ...], who: str
) -> None:
    quick.roster = shop(rule("digest"), steps=steps)
    in_staging(quick)

    assert [("10:00:00", who)] == told(quick, 120)


def test_a_digest_passes_over_whoever_cannot_be_reached(stage: Stage) -> None:
    stage.roster = shop(rule("digest"))
    in_staging(stage)
    stage.text(ANA, "STOP")

    assert [("10:00:00", "ben")] == told(stage, 120)


def test_the_next_day_has_its_own_digest_in_words_of_its_own(quick: Stage) -> None:
    quick.roster = shop(rule("digest"))
    code = in_staging(quick)["code"]
    [(_, _, first)] = arrivals(quick, minutes=90)
    quick.text(ANA, "close")
    quick.clock.advance(hours=2)
    assert code == in_staging(quick)["code"]

    [(at, _, second)] = arrivals(quick, minutes=24 * 60)

    assert ("10:00:00", True, True) == (at, "digest of 10:00 2 Feb" in first, "digest of 10:00 3 Feb" in second)


def test_whoever_acks_a_digest_is_not_reminded_of_what_it_told(stage: Stage) -> None:
    stage.roster = shop(rule("digest"))
    code = in_staging(stage)["code"]
    arrivals(stage, minutes=61)
    assert f"Acked {code} TypeError checkout-api. Nothing else open." == stage.text(ANA, "ack")
    assert f"{code} TypeError checkout-api was acked by you just now. Nothing else open." == stage.text(ANA, "ack")
    stage.clock.advance(seconds=1)
    in_staging(stage)

    assert [] == arrivals(stage, minutes=180)
    happens(stage, trigger="exception")
    assert stage.page(ANA).startswith(f"#{code} {TEXT}")


def test_what_somebody_acks_before_the_digest_is_not_in_it(quick: Stage) -> None:
    quick.roster = shop(rule("digest"))
    codes = [in_staging(quick, n)["code"] for n in range(2)]
    quick.text(ANA, f"ack {codes[0]}")

    [(_, _, text)] = arrivals(quick, minutes=120)

    assert text.startswith(f"#{codes[1]} ")


def test_what_somebody_acks_while_its_digest_waits_for_its_turn_is_not_in_it(quick: Stage) -> None:
    quick.roster = shop(rule("digest"), steps=(Step(("ana",), wait=5 * MINUTE, again=0),))
    codes = [in_staging(quick, n)["code"] for n in (1, 2)]
    quick.clock.advance(minutes=59, seconds=59)
    for n in (3, 4, 5):
        happens(quick, n)
    quick.clock.advance(seconds=1)
    quick.tick()
    assert 3 == len(quick.new_texts(ANA))
    quick.text(ANA, f"ack {codes[0]}")

    quick.wait(seconds=70)

    assert [f"#{codes[1]} "] == [text[: len(f"#{codes[1]} ")] for text in quick.new_texts(ANA)]
    assert "in the daily digest: ana: dropped, acknowledged by ana meanwhile" in why(quick, codes[0])


def test_an_error_that_was_left_to_the_digest_and_then_happens_in_production_is_paged_as_what_it_has_become(
    stage: Stage,
) -> None:
    stage.roster = shop(rule("digest"))
    code = in_staging(stage, message="odd")["code"]
    stage.clock.advance(minutes=1)

    answer = happens(stage, trigger="exception")

    assert {"outcome": "changed", "code": code, "reason": None} == answer
    assert [f"#{code} {TEXT}. Reply ack {code}"] == stage.new_texts(ANA)
    assert ("triggered", "production") == (state(stage), stage.alerts()[0]["stage"])
    assert [("09:03:00", "ana"), ("09:06:00", "ben"), ("09:11:00", "dee")] == told(stage, 20)


def test_the_digest_is_judged_anew_after_it_was_told_too(quick: Stage) -> None:
    quick.roster = shop(rule("digest"), hold(10 * 60, 12 * 60))
    code = in_staging(quick)["code"]
    arrivals(quick, minutes=61)

    assert "rule 2: held until 12:00" == happens(quick)["reason"]
    [(at, who, text), *_] = arrivals(quick, minutes=120)

    assert ("12:00:00", "ana") == (at, who)
    assert f"#{code} {TEXT}. Reply ack {code}" == text


def test_an_alert_that_somebody_has_is_not_left_to_the_digest(quick: Stage) -> None:
    quick.roster = shop(rule("digest"))
    code = happens(quick)["code"]
    quick.page(ANA)
    quick.text(ANA, "ack")

    for answer in (in_staging(quick), changed(quick, "reopened", where="staging")):
        assert {"outcome": "counted", "code": code, "reason": "counted; acknowledged by ana"} == answer
    assert [] == arrivals(quick, minutes=180)


@pytest.mark.parametrize("deed", ["fixed", "ignored", "close", "gone"])
def test_what_is_over_before_its_digest_is_not_in_it(quick: Stage, deed: str) -> None:
    quick.roster = shop(rule("digest"))
    code = in_staging(quick)["code"]
    if deed == "close":
        quick.text(ANA, f"close {code}")
    elif deed == "gone":
        quick.roster = Roster(PEOPLE, {}, "dee")
    else:
        changed(quick, deed, where="staging")

    # A team that is gone leaves its digest to the last resort.
    assert ([("10:00:00", "dee")] if deed == "gone" else []) == told(quick, 120)


def test_a_digest_is_told_however_soon_alerts_close_by_themselves(quick: Stage) -> None:
    quick.roster = shop(rule("digest"), close_after=30 * MINUTE)
    code = in_staging(quick)["code"]

    assert [("10:00:00", "ana")] == told(quick, 89)
    assert "acknowledged" == state(quick)
    arrivals(quick, minutes=2)
    assert "closed: quiet" == why(quick, code)[-1]


# Hold.


def test_what_is_held_pages_nobody_in_its_span_and_then_its_steps_begin(stage: Stage) -> None:
    stage.roster = shop(hold())
    answer = happens(stage)
    code = answer["code"]
    assert {"outcome": "opened", "code": code, "reason": "rule 1: held until 09:30"} == answer
    assert "triggered" == state(stage)
    stage.clock.advance(minutes=1)
    again = happens(stage, trigger="exception")
    assert {"outcome": "counted", "code": code, "reason": "counted; rule 1: held until 09:30"} == again
    assert (
        "counted: 2 events since it was opened; "
        "further ones are kept quiet too (rule 1: held until 09:30) unless the rules make more of them"
    ) == why(stage, code)[-1]

    ack = f"Reply ack {code}"
    error = f"#{code} {TEXT}"
    assert [
        ("09:30:00", "ana", f"{error}. {ack}"),
        ("09:32:00", "ana", f"{error.removesuffix('. New unhandled error')}. 2nd page. {ack}"),
        ("09:35:00", "ben", f"{error}. {ack}"),
        ("09:40:00", "dee", f"{error}. {ack}"),
    ] == arrivals(stage, minutes=45)
    assert [
        "opened: New unhandled error",
        "not paged: rule 1: held until 09:30",
        "counted: 2 events since it was opened; further ones page nobody while it is open",
        "no longer held",
        "page: ana: delivered",
        "page: ana: 2nd page: delivered",
        "page: ben: delivered",
        "page: dee: delivered",
    ] == why(stage, code)


def test_several_that_were_held_go_as_one_text_and_all_their_steps_begin(stage: Stage) -> None:
    stage.roster = shop(hold())
    codes = [happens(stage, n, exceptionClass=f"Error{n}")["code"] for n in range(3)]
    happens(stage, 1, "exception", occurrences=2)

    texts = arrivals(stage, minutes=34)

    assert ("09:30:00", "ana", f"09:30 3 more: checkout-api 3. Top: #{codes[1]} Error1 x2. Reply list") == texts[0]
    assert [("09:32:00", "ana")] * 3 == [(at, who) for at, who, _ in texts[1:]]
    assert "Acked" == stage.text(ANA, "ack all").partition(" ")[0]
    assert [] == arrivals(stage, minutes=50)


def test_ok_after_the_span_asks_whether_all_are_meant(quick: Stage) -> None:
    quick.roster = shop(hold())
    for n in range(3):
        happens(quick, n)
    arrivals(quick, minutes=31)

    assert "Ack all 3? Reply ok, or ack with a number" == quick.text(ANA, "ok")
    assert quick.text(ANA, "ok").startswith("Acked ")
    assert [] == arrivals(quick, minutes=50)


@pytest.mark.slow
def test_a_hundred_and_fifty_that_were_held_are_one_text(stage: Stage) -> None:
    stage.roster = shop(hold(), steps=(Step(("ana",), wait=20 * MINUTE, again=0), Step(("ben",), again=0)))
    for n in range(150):
        happens(stage, n)

    [(at, who, text)] = arrivals(stage, minutes=32)

    assert ("09:30:00", "ana") == (at, who)
    assert text.startswith("09:30 150 more: checkout-api 150. Top: #")
    assert {"triggered"} == {alert["state"] for alert in stage.alerts()}
    assert {"ana"} == {name for alert in stage.alerts() for name in alert["waits_for"]}


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        (datetime(2026, 2, 2, 23, 30, tzinfo=UTC), datetime(2026, 2, 3, 7, tzinfo=UTC)),
        (datetime(2026, 2, 3, 6, 59, tzinfo=UTC), datetime(2026, 2, 3, 7, tzinfo=UTC)),
        # London's clocks go forward on 29 March, and back on 25 October.
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), datetime(2026, 3, 29, 6, tzinfo=UTC)),
        (datetime(2026, 10, 24, 23, 0, tzinfo=UTC), datetime(2026, 10, 25, 7, tzinfo=UTC)),
    ],
)
def test_a_span_over_midnight_ends_by_the_teams_clock(quick: Stage, moment: datetime, end: datetime) -> None:
    quick.roster = shop(hold(22 * 60, 7 * 60), timezone="Europe/London")
    at_wall(quick.clock, moment)
    assert "rule 1: held until 07:00" == happens(quick)["reason"]
    minutes = (end - moment).total_seconds() / 60

    assert [] == arrivals(quick, minutes=minutes - 1, stay=False)
    assert [(f"{end:%H:%M}:00", "ana")] == told(quick, 1)


def test_outside_the_span_nothing_is_held(quick: Stage) -> None:
    quick.roster = shop(hold(22 * 60, 9 * 60))
    happens(quick)
    assert stage_texts(quick) == [ANA]


def stage_texts(stage: Stage) -> list[str]:
    """Whose phones got a text."""
    stage.simulator.settle()
    return [message.to for message in stage.simulator.messages()]


def test_what_is_held_and_then_happens_in_production_is_paged_at_once_and_not_again_at_the_end(stage: Stage) -> None:
    stage.roster = shop(hold(stage=("staging",)))
    code = in_staging(stage)["code"]
    stage.clock.advance(minutes=10)

    answer = happens(stage, trigger="exception")

    assert {"outcome": "changed", "code": code, "reason": None} == answer
    assert [f"#{code} {TEXT}. Reply ack {code}"] == stage.new_texts(ANA)
    stage.text(ANA, "ack")
    assert [] == arrivals(stage, minutes=50)


def test_what_somebody_reopens_in_bugsnag_is_judged_like_another_event(quick: Stage) -> None:
    quick.roster = shop(hold(stage=("staging",)))
    code = in_staging(quick)["code"]

    kept = changed(quick, "unignored", where="staging")
    assert {"outcome": "changed", "code": code, "reason": "rule 1: held until 09:30"} == kept
    assert [] == quick.new_texts(ANA)
    assert {"outcome": "changed", "code": code, "reason": None} == changed(quick, "unignored")
    assert quick.page(ANA).startswith(f"#{code} checkout-api production: ")


def test_a_span_that_ends_sooner_for_another_event_ends_the_hold(quick: Stage) -> None:
    quick.roster = shop(hold(end=12 * 60, stage=("staging",)), hold())
    in_staging(quick)

    assert "rule 2: held until 09:30" == happens(quick)["reason"]
    assert "counted; rule 2: held until 09:30" == in_staging(quick)["reason"]
    assert ("09:30:00", "ana") == told(quick, 31)[0]


@pytest.mark.parametrize("deed", ["ack", "close", "fixed", "ignored"])
def test_what_is_dealt_with_before_the_span_ends_is_not_told_at_its_end(stage: Stage, deed: str) -> None:
    stage.roster = shop(hold())
    code = happens(stage)["code"]
    stage.clock.advance(minutes=5)
    if deed in ("ack", "close"):
        said = f"{'Acked' if deed == 'ack' else 'Closed'} {code} TypeError checkout-api. Nothing else open."
        assert said == stage.text(ANA, f"{deed} {code}")
    else:
        assert "changed" == changed(stage, deed)["outcome"]

    assert [] == arrivals(stage, minutes=59)


def test_a_snooze_in_bugsnag_takes_the_place_of_the_hold(stage: Stage) -> None:
    stage.roster = shop(hold())
    code = happens(stage)["code"]
    changed(stage, "snoozed", extra={"snoozeRule": {"ruleType": "occurs_after", "ruleValue": 3600}})

    assert {"outcome": "counted", "code": code, "reason": "counted; snoozed"} == happens(stage, trigger="exception")
    assert "counted: 2 events since it was opened; further ones page nobody while it is snoozed" in why(stage, code)
    assert [("10:00:00", "ana")] == told(stage, 61)


def test_a_snooze_that_is_cancelled_in_the_span_is_held_again(quick: Stage) -> None:
    quick.roster = shop(hold())
    happens(quick)
    changed(quick, "snoozed", extra={"snoozeRule": {"ruleType": "occurs_after", "ruleValue": 36000}})
    assert "rule 1: held until 09:30" == changed(quick, "snoozeCancelled")["reason"]

    assert ("09:30:00", "ana") == told(quick, 31)[0]


def test_what_was_acknowledged_and_is_reopened_in_the_span_waits_for_its_end(quick: Stage) -> None:
    quick.roster = shop(hold(9 * 60 + 1))
    code = happens(quick)["code"]
    quick.text(ANA, f"ack {code}")
    quick.clock.advance(minutes=2)
    assert "rule 1: held until 09:30" == happens(quick, trigger="reopened")["reason"]

    [(at, who, text), *_] = arrivals(quick, minutes=29)

    assert ("09:30:00", "ana") == (at, who)
    assert text.endswith(f"New unhandled error, again 09:30. Reply ack {code}")


def test_news_of_a_page_from_before_does_not_end_the_hold(quick: Stage) -> None:
    quick.roster = shop(hold(9 * 60 + 1))
    quick.simulator.misbehave(Misbehaviour("undelivered", times=1))
    code = happens(quick)["code"]
    quick.clock.advance(minutes=2)
    quick.text(ANA, f"ack {code}")
    happens(quick, trigger="reopened")

    quick.simulator.settle()
    assert "failed" == reports.all_pages(quick.store)[0]["state"]
    quick.tick()

    assert ([], "triggered") == (quick.new_texts(BEN), state(quick))
    assert ("09:30:00", "ana") == told(quick, 29)[0]


def test_an_alert_is_told_at_the_end_however_soon_alerts_close_by_themselves(quick: Stage) -> None:
    quick.roster = shop(hold(end=11 * 60), close_after=30 * MINUTE)
    code = happens(quick)["code"]

    assert ("11:00:00", "ana") == told(quick, 149)[0]
    assert "triggered" == state(quick)
    arrivals(quick, minutes=2)
    assert "closed: quiet" == why(quick, code)[-1]


def test_a_reminder_that_falls_into_the_span_waits_for_its_end(quick: Stage) -> None:
    quick.roster = shop(hold(9 * 60 + 20), acknowledged_for=10 * MINUTE)
    code = happens(quick)["code"]
    quick.text(ANA, f"ack {code}")
    assert [] == arrivals(quick, minutes=21)

    # The acknowledgement ran out at 09:10, and nothing had happened.
    answer = happens(quick, trigger="exception")
    assert {"outcome": "changed", "code": code, "reason": "counted; rule 1: held until 09:30"} == answer
    assert [("09:30:00", "ana")] == told(quick, 11)
    assert "not reminded: rule 1: held until 09:30" in why(quick, code)


# What the roster's changes do to what is kept quiet.


def test_what_was_kept_quiet_by_rules_that_are_gone_still_comes(stage: Stage) -> None:
    stage.roster = shop(rule("digest"), hold())
    digested, held = in_staging(stage, 1)["code"], happens(stage, 2)["code"]
    stage.roster = shop()

    texts = arrivals(stage, minutes=61)

    assert ("09:30:00", "ana", f"#{held} {TEXT}. Reply ack {held}") == texts[0]
    assert [text for _, who, text in texts if who == "ana" and text.startswith(f"#{digested} ")] != []


def test_without_the_rule_the_next_event_is_paged_at_once(quick: Stage) -> None:
    quick.roster = shop(hold())
    code = happens(quick)["code"]
    quick.roster = shop()

    assert {"outcome": "changed", "code": code, "reason": None} == happens(quick, trigger="exception")
    assert quick.page(ANA).startswith(f"#{code} ")


def test_a_team_that_is_gone_leaves_what_it_held_to_the_last_resort(stage: Stage) -> None:
    stage.roster = shop(hold())
    happens(stage)
    stage.roster = Roster(PEOPLE, {}, "dee")

    assert [("09:30:00", "dee")] == told(stage, 31)


def test_another_list_that_is_gone_is_the_usual_one(quick: Stage) -> None:
    quick.roster = shop(rule("steps", "night", error_class=("Type*",)))
    happens(quick)
    assert [ANA] == stage_texts(quick)


# Outages, crashes, and two at once.


def test_an_outage_in_the_span_does_not_lengthen_it(stage: Stage) -> None:
    stage.roster = shop(hold(end=9 * 60 + 40, stage=("staging",)), steps=(Step(("ana",), wait=10 * MINUTE, again=0),))
    held = in_staging(stage, 1)["code"]
    stage.simulator.misbehave(Misbehaviour("refuse", code=20003))
    stage.clock.advance(minutes=1)
    paged = happens(stage, 2)["code"]
    assert [] == arrivals(stage, minutes=9)
    stage.simulator.misbehave(None)

    texts = arrivals(stage, minutes=35)

    assert texts[0][2].startswith(f"#{paged} ")
    assert [("09:40:00", "ana")] == [(at, who) for at, who, text in texts if text.startswith(f"#{held} ")]


def test_a_span_that_ends_in_an_outage_is_told_when_texts_go_again(stage: Stage) -> None:
    stage.roster = shop(hold(), steps=(Step(("ana",), wait=10 * MINUTE, again=0), Step(("ben",), again=0)))
    for n in range(3):
        happens(stage, n)
    stage.simulator.misbehave(Misbehaviour("refuse", code=20003))
    stage.clock.advance(minutes=29)
    assert [] == arrivals(stage, minutes=20)
    stage.simulator.misbehave(None)

    texts = arrivals(stage, minutes=12)

    # The clocks of the steps have stood from 09:30 until it went.
    [(at, who, text), *_] = texts
    assert ("ana", "09:50:00", "09:50 3 more: checkout-api 3. Top: ") == (who, at, text.partition("#")[0])
    assert [("10:00:00", "ben")] * 3 == [(at, who) for at, who, _ in texts[1:]]


def test_a_span_that_ends_in_an_outage_that_is_known_loses_nothing(stage: Stage) -> None:
    only = (Step(("ana",), wait=10 * MINUTE, again=0), Step(("ben",), again=0))
    stage.roster = shop(hold(stage=("staging",)), steps=only)
    held = [in_staging(stage, n)["code"] for n in range(2)]
    stage.clock.advance(minutes=20)
    stage.simulator.misbehave(Misbehaviour("refuse", code=20003))
    happens(stage, 3)
    assert [] == arrivals(stage, minutes=20)
    stage.simulator.misbehave(None)

    texts = arrivals(stage, minutes=8)

    assert {"ana"} == {who for _, who, _ in texts}
    assert sorted(held) == sorted(code for page in sent(stage) for code in page["alerts"] if code in held)
    assert {"triggered"} == {alert["state"] for alert in stage.alerts()}


STEPS_OF_A_TICK = 60
"""More calls than a pass of the tick makes."""


@pytest.mark.parametrize("then", ["hold", "digest"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("kills", [True, False], ids=["killed", "reply lost"])
@pytest.mark.slow
def test_a_tick_cut_short_at_the_end_loses_and_doubles_nothing(
    tmp_path: Path, then: str, *, after: bool, kills: bool
) -> None:
    struck = 0
    for at in range(STEPS_OF_A_TICK):
        clock = Clock()
        store = SqliteStore(tmp_path / f"{at}.db", clock.now)
        fault = Fault(at, after=after, kills=kills)
        only = (Step(("ana",), wait=30 * MINUTE, again=0),)
        with staged(store, clock, shop(hold(end=TEN) if then == "hold" else rule("digest"), steps=only)) as stage:
            codes = {in_staging(stage, n)["code"] for n in range(2)}
            clock.advance(hours=1)
            stage.restart(fault)
            with contextlib.suppress(Killed, StoreError):
                stage.tick()
            stage.restart()
            stage.wait(seconds=200, step=10)

            assert codes == {code for page in sent(stage) for code in page["alerts"]}
            assert sum(len(page["alerts"]) for page in sent(stage)) == len(codes)
            bodies = Counter(stage.simulator.texts(ANA))
            assert {page["body"] for page in sent(stage)} == set(bodies)
            assert {1} == set(bodies.values())
            struck += fault.struck
        store.close()
        if not fault.struck:
            break
    assert 8 <= struck < STEPS_OF_A_TICK


def sent(stage: Stage) -> list[dict[str, Any]]:
    """The pages that went out; whatever did not is in one of them."""
    stage.simulator.settle()
    found = [page for page in reports.all_pages(stage.store) if page["state"] != "digested"]
    assert {"delivered"} == {page["state"] for page in found}
    return found


@pytest.mark.parametrize("then", ["hold", "digest"])
def test_two_ticks_at_once_tell_it_once(stage: Stage, then: str) -> None:
    only = (Step(("ana",), wait=30 * MINUTE, again=0),)
    stage.roster = shop(hold(end=TEN) if then == "hold" else rule("digest"), steps=only)
    codes = [in_staging(stage, n)["code"] for n in range(8)]
    stage.clock.advance(hours=1)
    both = [threading.Thread(target=stage.tick) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    stage.wait(seconds=200, step=10)

    assert sorted(codes) == sorted(code for page in sent(stage) for code in page["alerts"])
    assert [] == stage.troubles


# What people are answered.


def test_what_is_kept_quiet_reads_well_in_every_answer(stage: Stage) -> None:
    stage.roster = shop(rule("digest"), hold())
    digested, held = in_staging(stage, 1)["code"], happens(stage, 2, exceptionClass="Timeout")["code"]
    stage.clock.advance(minutes=4)

    assert "2 open, none unanswered: list. On duty: you." == stage.text(ANA, "status")
    assert (
        f"2 open: {held} Timeout checkout-api x1, 4 min, held until 09:30 by rule 2; "
        f"{digested} TypeError checkout-api x1, 4 min, left to the digest by rule 1"
    ) == stage.text(ANA, "list")
    link = "https://app.bugsnag.com/acme/checkout-api/errors/checkout-1"
    assert (
        f"#{held} checkout-api production: Timeout: cannot read 'id' of undefined in cart#create. New unhandled error. "
        f"1 event, opened 4 min ago, held until 09:30 by rule 2. {link}"
    ) == stage.text(ANA, f"{held}")
    assert stage.text(ANA, f"{digested}").endswith(f"1 event, opened 4 min ago, left to the digest by rule 1. {link}")
    assert f"Acked {held} Timeout checkout-api, {digested} TypeError checkout-api. Nothing else open." == stage.text(
        ANA, "ack all"
    )
    first, second = sorted((f"{held} Timeout", f"{digested} TypeError"))
    acked = "checkout-api x1, 4 min, acked by you"
    assert f"2 open: {first} {acked}; {second} {acked}" == stage.text(ANA, "list")
    assert [] == arrivals(stage, minutes=59)


# Why nobody was paged.


@pytest.mark.promise("P6")
def test_an_event_says_why_it_pages_nobody(stage: Stage) -> None:
    stage.roster = shop(rule("ignore"))
    code = happens(stage)["code"]
    assert "counted on the open alert" == happens(stage, trigger="exception")["reason"]
    stage.text(ANA, f"ack {code}")
    assert "counted; acknowledged by ana" == happens(stage, trigger="exception")["reason"]
    changed(stage, "snoozed", extra={"snoozeRule": {"ruleType": "occurs_after", "ruleValue": 3600}})
    assert "counted; snoozed" == happens(stage, trigger="exception")["reason"]
    assert "rule 1: ignore" == in_staging(stage, 2)["reason"]


def test_a_page_that_waits_says_until_when(quick: Stage) -> None:
    quick.roster = shop(steps=(Step(("ana",), wait=5 * MINUTE, again=0),))
    codes = [happens(quick, n)["code"] for n in range(4)]

    until = f"{(iso(quick.clock.now() + MINUTE) or '')}"
    assert f"page: ana: waits until {until}, for its turn or for a sender that works" == why(quick, codes[3])[-1]


@pytest.mark.promise("P6")
def test_steps_in_which_nobody_can_be_reached_are_told(quick: Stage) -> None:
    quick.roster = shop()
    for phone in (ANA, BEN):
        quick.text(phone, "STOP")
    code = happens(quick)["code"]

    assert [
        "opened: New unhandled error",
        "step 1 skipped: ana: opted out by STOP",
        "step 2 skipped: ben: opted out by STOP",
        "page: dee: delivered",
    ] == why(quick, code)


def test_after_days_of_quiet_what_was_digested_closes_by_itself(quick: Stage) -> None:
    quick.roster = shop(rule("digest"))
    code = in_staging(quick)["code"]
    arrivals(quick, minutes=61)
    quick.clock.advance(seconds=8 * DAY / 1000)
    quick.tick()

    assert ([], "closed: quiet") == (quick.alerts(), why(quick, code)[-1])


def test_over_two_hundred_that_were_held_come_as_one_digest(quick: Stage) -> None:
    quick.roster = shop(hold())
    for number in range(250):
        quick.webhook(event(error={"errorId": f"held-{number}", "exceptionClass": f"Error{number}"}))

    quick.wait(minutes=30, step=600)
    quick.wait(minutes=1, step=60)

    [digest] = quick.new_texts()
    assert digest.startswith("09:30 250 more: checkout-api 250.")
