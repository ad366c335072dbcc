"""Time passes: second pages, further steps, the last resort, half hours, acknowledgements and snoozes that end."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bugglio.pager import reports
from bugglio.pager.reports import iso
from bugglio.roster import MINUTE, Engineer, Roster, Step, Team
from bugglio.store import Store
from tests.clock import Clock
from tests.passing import arrivals
from tests.payloads import change, event
from tests.stage import ANA, Stage, staged
from tests.zones import TURNS, ZONES

Payload = dict[str, Any]
BEN = "+14155550102"
CY = "+14155550103"
TEXT = "checkout-api production: TypeError: cannot read 'id' of undefined in cart#create."
PEOPLE = {
    "on-duty": Engineer("on-duty", "Ana Lima", ANA, admin=True),
    "ben": Engineer("ben", "Ben Ode", BEN),
    "cy": Engineer("cy", "Cy Aoki", CY),
}


@pytest.fixture
def quick(sqlite: Store, clock: Clock) -> Iterator[Stage]:
    """The stage on one engine."""
    with staged(sqlite, clock) as stage:
        yield stage


def team(*steps: Step, **more: Any) -> Roster:
    """A roster of one team."""
    return Roster(PEOPLE, {"shop": Team("shop", steps, projects=("*",), **more)})


def number(n: int) -> Payload:
    """One of several errors."""
    return event(error={"errorId": f"checkout-{n}", "exceptionClass": f"Error{n}"})


def again(stage: Stage, message: str = "Every event", **error: Any) -> dict[str, Any]:
    """The error comes once more."""
    error = {"receivedAt": iso(stage.clock.now()), **error}
    return stage.webhook(event("exception", message, error=error))


def opened(stage: Stage, number: str = ANA) -> int:
    """A new alert, whose first page has arrived."""
    code: int = stage.webhook(event())["code"]
    assert f"#{code} {TEXT} New unhandled error. Reply ack {code}" == stage.page(number)
    return code


def pass_time(stage: Stage, *, minutes: float = 0, stay: bool = True) -> list[tuple[str, str]]:
    """
    The scheduler calls each minute; the texts that arrive meanwhile: when each went, and what it says after its error.

    With several phones on the roster each begins with its owner. A tick that does not stay is one of the command line.
    """
    several = len(stage.roster.engineers) > 1
    return [
        (at, (f"{who}: " if several else "") + _end(body))
        for at, who, body in arrivals(stage, minutes=minutes, stay=stay)
    ]


def _end(text: str) -> str:
    """What a page says after its error, or all of another text."""
    return text.partition(TEXT)[2].strip() if text.startswith("#") else text


# The lone engineer.


def test_the_lone_engineer_is_paged_twice_then_as_last_resort_and_then_each_half_hour(stage: Stage) -> None:
    stage.clock.advance(seconds=17)
    code = opened(stage)

    ack = f"Reply ack {code}"
    assert [
        ("09:02:17", f"2nd page. {ack}"),
        ("09:05:17", f"3rd page. {ack}"),
        ("09:35:17", f"09:35 unanswered: #{code} {TEXT} {ack}"),
        ("10:05:17", f"10:05 unanswered: #{code} {TEXT} {ack}"),
        ("10:35:17", f"10:35 unanswered: #{code} {TEXT} {ack}"),
    ] == pass_time(stage, minutes=120)


def test_without_staying_a_tick_comes_to_it_within_its_minute(quick: Stage) -> None:
    quick.clock.advance(seconds=17)
    opened(quick)

    assert ["09:03:00", "09:06:00"] == [at for at, _ in pass_time(quick, minutes=10, stay=False)]


def test_an_answer_ends_it_at_any_point(quick: Stage) -> None:
    for minutes in (1, 3, 20, 50):
        quick.clock.advance(days=1)
        code = quick.webhook(event(error={"errorId": f"e-{minutes}"}))["code"]
        pass_time(quick, minutes=minutes)
        assert quick.text(ANA, f"ack {code}").startswith(f"Acked {code} ")
        assert [] == pass_time(quick, minutes=59)


def test_several_unanswered_alerts_are_told_in_one_digest(stage: Stage) -> None:
    first = stage.webhook(number(1))["code"]
    pass_time(stage, minutes=10)
    codes = [stage.webhook(number(n))["code"] for n in (2, 3)]
    told = pass_time(stage, minutes=90)

    digests = [(at, text) for at, text in told if "unanswered" in text]
    top = f"Top: #{first} Error1 x1. Reply list"
    assert 3 == len({first, *codes})
    assert first not in codes
    assert [
        ("09:35:00", f"09:35 3 unanswered: checkout-api 3. {top}"),
        ("10:05:00", f"10:05 3 unanswered: checkout-api 3. {top}"),
        ("10:35:00", f"10:35 3 unanswered: checkout-api 3. {top}"),
    ] == digests


def test_a_digest_leaves_out_what_was_answered(quick: Stage) -> None:
    codes = [quick.webhook(number(n))["code"] for n in range(3)]
    pass_time(quick, minutes=20)
    quick.text(ANA, f"ack {codes[0]}")
    quick.text(ANA, f"close {codes[1]}")

    [(at, text)] = pass_time(quick, minutes=20)

    assert "09:35:00" == at
    assert text.startswith(f"09:35 unanswered: #{codes[2]} checkout-api production: Error2: ")


def test_the_half_hours_of_another_day_name_their_day(quick: Stage) -> None:
    quick.clock.advance(hours=13, minutes=30)
    code = opened(quick)

    told = [text for _, text in pass_time(quick, minutes=24 * 60 + 90) if "unanswered" in text]

    assert told[1].startswith(f"23:35 unanswered: #{code} ")
    assert told[2].startswith(f"00:05 3 Feb unanswered: #{code} ")
    assert len(told) == len(set(told))


def test_after_hours_without_ticks_one_step_is_taken_and_its_wait_counts_from_then(stage: Stage) -> None:
    code = opened(stage)
    stage.clock.advance(hours=3)

    told = pass_time(stage, minutes=60)

    assert [
        ("12:00:00", f"2nd page. Reply ack {code}"),
        ("12:30:00", f"12:30 unanswered: #{code} {TEXT} Reply ack {code}"),
        ("13:00:00", f"13:00 unanswered: #{code} {TEXT} Reply ack {code}"),
    ] == told


# Steps.


def test_steps_follow_each_other_and_their_repeats_then_comes_the_last_resort(sqlite: Store, clock: Clock) -> None:
    steps = (Step(("ben",), wait=5 * MINUTE), Step(("cy", "ben"), wait=10 * MINUTE, again=4 * MINUTE))
    with staged(sqlite, clock, team(*steps, repeat=2)) as stage:
        code = opened(stage, BEN)

        ack = f"Reply ack {code}"
        assert [
            ("09:02:00", f"ben: 2nd page. {ack}"),
            ("09:05:00", f"cy: New unhandled error. {ack}"),
            ("09:05:00", f"ben: 3rd page. {ack}"),
            ("09:09:00", f"cy: 2nd page. {ack}"),
            ("09:09:00", f"ben: 4th page. {ack}"),
            ("09:15:00", f"ben: 5th page. {ack}"),
            ("09:17:00", f"ben: 6th page. {ack}"),
            ("09:20:00", f"cy: 3rd page. {ack}"),
            ("09:20:00", f"ben: 7th page. {ack}"),
            ("09:24:00", f"cy: 4th page. {ack}"),
            ("09:24:00", f"ben: 8th page. {ack}"),
            ("09:30:00", f"on-duty: New unhandled error. {ack}"),
            ("10:00:00", f"ben: 10:00 unanswered: #{code} {TEXT} {ack}"),
            ("10:00:00", f"on-duty: 10:00 unanswered: #{code} {TEXT} {ack}"),
        ] == _in_order(pass_time(stage, minutes=61))


def test_whom_the_half_hours_wake_is_noted_and_waited_for_and_noted_again_only_when_they_are_others(
    sqlite: Store, clock: Clock
) -> None:
    with staged(sqlite, clock, team(Step(("ben",), again=0))) as stage:
        opened(stage, BEN)
        pass_time(stage, minutes=120)
        assert ["ben", "on-duty"] == stage.alerts()[0]["waits_for"]
        assert ["ben", "on-duty"] == _unanswered(stage)

        stage.roster = team(Step(("cy",), again=0))
        pass_time(stage, minutes=60)
        assert ["ben", "on-duty", "cy", "on-duty"] == _unanswered(stage)


def _unanswered(stage: Stage) -> list[str]:
    """Whom the timeline says that a digest of what is unanswered named it to."""
    return [one["who"] for one in stage.alerts()[0]["timeline"] if one["what"] == "named as unanswered"]


def _in_order(told: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What goes at one moment, in the order of the steps: it is sent in any."""
    people = ["cy", "ben", "on-duty"]
    return sorted(told, key=lambda one: (one[0], people.index(one[1].partition(":")[0])))


def test_no_second_page_where_a_step_wants_none(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, team(Step(("ben",), wait=5 * MINUTE, again=0), Step(("cy",)))) as stage:
        opened(stage, BEN)

        assert [("09:05:00", "cy")] == [(at, text[:2]) for at, text in pass_time(stage, minutes=6)]


def test_a_second_page_that_would_come_with_the_next_step_is_left_out(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, team(Step(("ben",), wait=2 * MINUTE, again=2 * MINUTE), Step(("cy",)))) as stage:
        opened(stage, BEN)

        assert ["cy"] == [text[:2] for _, text in pass_time(stage, minutes=3)]


def test_a_team_without_steps_has_the_last_resort(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, team()) as stage:
        code = opened(stage)

        assert [("09:30:00", f"on-duty: 09:30 unanswered: #{code} {TEXT} Reply ack {code}")] == (
            pass_time(stage, minutes=45)
        )


def test_a_step_whose_people_have_left_the_roster_is_skipped_at_once(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, team(Step(("gone",), wait=5 * MINUTE), Step(("ben",)))) as stage:
        code = stage.webhook(event())["code"]

        assert [f"#{code} {TEXT} New unhandled error. Reply ack {code}"] == stage.new_texts(BEN)
        assert [] == stage.new_texts(ANA)


def test_a_team_that_is_gone_leaves_its_open_alerts_to_the_last_resort(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, team(Step(("ben",)))) as stage:
        code = opened(stage, BEN)
        stage.roster = Roster(PEOPLE, {"web": Team("web", (Step(("cy",)),), projects=("*",))})

        told = pass_time(stage, minutes=40)

        assert [f"on-duty: {time} unanswered: #{code} {TEXT} Reply ack {code}" for time in ("09:05", "09:35")] == [
            text for _, text in told
        ]


# Acknowledged.


def test_an_acknowledgement_that_ran_out_after_new_events_reminds_and_then_begins_again(stage: Stage) -> None:
    code = opened(stage)
    stage.clock.advance(seconds=30)
    stage.text(ANA, "ack")
    stage.clock.advance(minutes=10)
    again(stage)

    ack = f"Reply ack {code}"
    assert [
        ("10:00:30", f"came again since acked 09:00. {ack}"),
        ("10:05:30", f"New unhandled error, again 10:05. {ack}"),
        ("10:07:30", f"2nd page, again 10:05. {ack}"),
        ("10:10:30", f"3rd page, again 10:05. {ack}"),
    ] == pass_time(stage, minutes=80)


def test_the_acknowledger_is_reminded_and_the_steps_begin_with_whoever_is_first(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, team(Step(("ben",), again=0), Step(("cy",), again=0))) as stage:
        opened(stage, BEN)
        pass_time(stage, minutes=5)
        stage.text(CY, "ack")
        stage.clock.advance(minutes=1)
        again(stage)

        told = pass_time(stage, minutes=65)

        assert [
            ("10:05:00", "cy: came again since acked 09:05"),
            ("10:10:00", "ben: New unhandled error, again 10:10"),
        ] == [(at, text.partition(".")[0]) for at, text in told]


def test_an_answer_to_the_reminder_is_another_acknowledgement(quick: Stage) -> None:
    code = opened(quick)
    quick.text(ANA, "ack")
    quick.clock.advance(minutes=1)
    again(quick)
    assert ["10:00:00"] == [at for at, _ in pass_time(quick, minutes=60)]

    assert f"Acked {code} TypeError checkout-api. Nothing else open." == quick.text(ANA, "ok")
    quick.clock.advance(minutes=1)
    again(quick)

    assert ("11:01:00", f"came again since acked 10:01. Reply ack {code}") == pass_time(quick, minutes=62)[0]


def test_an_acknowledgement_that_ran_out_without_new_events_is_reminded_of_by_the_next(stage: Stage) -> None:
    code = opened(stage)
    stage.text(ANA, "ack")
    assert [] == pass_time(stage, minutes=200)

    answer = again(stage)

    assert ("changed", code) == (answer["outcome"], answer["code"])
    assert stage.page().endswith(f"came again since acked 09:00. Reply ack {code}")
    assert ["12:25:00"] == [at for at, text in pass_time(stage, minutes=6) if "again 12:25" in text]


def test_events_before_an_acknowledgement_do_not_remind(quick: Stage) -> None:
    opened(quick)
    again(quick)
    quick.clock.advance(seconds=1)
    quick.text(ANA, "ack")

    assert [] == pass_time(quick, minutes=120)


def test_a_team_may_acknowledge_for_ever(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, team(Step(("on-duty",)), acknowledged_for=0)) as stage:
        opened(stage)
        stage.text(ANA, "ack")
        stage.clock.advance(hours=1)
        again(stage)

        stage.clock.advance(days=6)
        assert [] == pass_time(stage, minutes=60)
        assert ["acknowledged"] == [one["state"] for one in reports.open_alerts(sqlite)]


def test_a_close_while_the_reminder_waits_for_an_answer_ends_it(quick: Stage) -> None:
    code = opened(quick)
    quick.text(ANA, "ack")
    quick.clock.advance(minutes=1)
    again(quick)
    pass_time(quick, minutes=60)

    quick.text(ANA, f"close {code}")

    assert [] == pass_time(quick, minutes=60)


# Snoozed.


def snooze(stage: Stage, rule: Payload, **error: Any) -> None:
    """Somebody snoozes it in Bugsnag."""
    payload = change("snoozed", extra={"snoozeRule": rule}, error=error)
    assert "changed" == stage.webhook(payload)["outcome"]


def test_a_snooze_by_time_ends_with_a_page_at_its_second(stage: Stage) -> None:
    code = opened(stage)
    stage.clock.advance(seconds=7)
    snooze(stage, {"ruleType": "occurs_after", "ruleValue": 3_600})

    told = pass_time(stage, minutes=63)

    assert [
        ("10:00:07", f"New unhandled error, again 10:00. Reply ack {code}"),
        ("10:02:07", f"2nd page, again 10:00. Reply ack {code}"),
    ] == told


def test_a_snooze_by_occurrences_ends_with_the_event_that_is_one_too_many(stage: Stage) -> None:
    code = opened(stage)
    snooze(stage, {"ruleType": "occurrences", "ruleValue": 10}, occurrences=73)
    stage.clock.advance(minutes=2)

    assert "counted; snoozed" == again(stage, occurrences=82)["reason"]
    assert [] == pass_time(stage, minutes=60)
    assert "changed" == again(stage, occurrences=83)["outcome"]

    assert f"#{code} {TEXT} New unhandled error, again 10:02. Reply ack {code}" == stage.page()
    assert "counted" == stage.webhook(event("reopened", "Snoozed error re-occurred"))["outcome"]
    assert [] == stage.new_texts()


def test_a_snooze_by_events_an_hour_ends_in_an_hour_that_has_so_many(quick: Stage) -> None:
    opened(quick)
    snooze(quick, {"ruleValue": 3}, occurrences=20)
    for occurrences in (21, 22):
        again(quick, occurrences=occurrences)
    quick.clock.advance(minutes=61)

    assert ["counted", "counted", "changed"] == [again(quick, occurrences=n)["outcome"] for n in (23, 24, 25)]
    assert quick.page().startswith("#")


# Quiet.


def test_an_alert_that_was_quiet_for_seven_days_closes_by_itself(stage: Stage) -> None:
    opened(stage)
    stage.text(ANA, "ack")
    pass_time(stage, minutes=60)
    stage.clock.advance(days=3)
    again(stage)
    assert "came again since acked 09:00" in stage.page()
    stage.text(ANA, "ack")

    stage.clock.advance(days=6, hours=23, minutes=58)
    assert [] == pass_time(stage, minutes=1)
    assert 1 == len(reports.open_alerts(stage.store))
    stage.clock.advance(minutes=1)

    assert [] == pass_time(stage, minutes=1)
    assert [] == reports.open_alerts(stage.store)
    code = stage.webhook(event("exception", "Every event", error={"receivedAt": iso(stage.clock.now())}))["code"]
    assert stage.page().endswith(f"Every event, again 10:01 12 Feb. Reply ack {code}")


def test_a_team_may_keep_them_open(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, team(Step(("on-duty",)), close_after=0, acknowledged_for=0)) as stage:
        opened(stage)
        stage.text(ANA, "ack")
        clock.advance(days=400)
        stage.tick()

        assert 1 == len(reports.open_alerts(sqlite))


# No two alike.


DEEDS = ("event", "reopened", "fixed", "snoozed", "comment", "ack", "close", "minute", "hours", "days", "moves")


@pytest.mark.slow
@given(
    st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 2)), min_size=5, max_size=40),
    st.sampled_from(TURNS),
    st.integers(),
)
@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
def test_no_two_pages_to_one_number_share_a_body(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[tuple[str, int]], turn: int, seed: int
) -> None:
    """Whatever happens around the hour in which clocks change, and wherever the phones go."""
    from bugglio.store.sqlite import SqliteStore

    clock = Clock(datetime.fromtimestamp(turn / 1000, UTC) - timedelta(hours=2))
    store = SqliteStore(tmp_path_factory.mktemp("story") / "bugglio.db", clock.now)
    try:
        with staged(store, clock, team(Step(("on-duty", "ben")), Step(("ben",)))) as stage:
            chance = random.Random(seed)
            for deed, which in deeds:
                _do(stage, deed, which, chance)
            for phone in (ANA, BEN):
                bodies = [page.body for page in stage.simulator.messages(to=phone) if page.direction == "outbound-api"]
                assert sorted(set(bodies)) == sorted(bodies)
            assert [] == stage.troubles
    finally:
        store.close()


def _do(stage: Stage, deed: str, which: int, chance: random.Random) -> None:
    error = {"errorId": f"e-{which}", "receivedAt": iso(stage.clock.now()), "occurrences": chance.randint(1, 50)}
    match deed:
        case "event":
            stage.webhook(event("exception", "Every event", error=error))
        case "reopened":
            stage.webhook(event("reopened", "Fixed error re-occurred", error=error))
        case "fixed" | "snoozed":
            rule = {"snoozeRule": {"ruleType": "occurs_after", "ruleValue": 1_800}}
            stage.webhook(change(deed, extra=rule if deed == "snoozed" else {}, error=error))
        case "comment":
            said = {"comment": {"id": f"c-{chance.random()}", "message": f"word {chance.random()}"}}
            stage.webhook(event("comment", "Comment added", error=error, top=said))
        case "ack" | "close":
            stage.text(chance.choice([ANA, BEN]), chance.choice([deed, "ack all", "ok"]))
        case "minute":
            stage.clock.advance(seconds=chance.randint(0, 90))
        case "moves":
            zones = {name: chance.choice(["", *ZONES]) for name in PEOPLE}
            people = {name: msgspec.structs.replace(one, timezone=zones[name]) for name, one in PEOPLE.items()}
            stage.roster = replace(stage.roster, engineers=people)
        case "hours":
            pass_time(stage, minutes=chance.randint(1, 90))
        case _:
            stage.clock.advance(hours=chance.choice([12, 24, 48]))
            stage.tick()
    stage.simulator.settle()
