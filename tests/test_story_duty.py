"""Who is asked, in what order, and when: rotations, escalation, people who cannot be reached."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bugglio.pager import reports
from bugglio.roster import MINUTE, Conditions, Engineer, Override, Roster, Rotation, Rule, Step, Team
from bugglio.simulator import Misbehaviour
from bugglio.store import Store
from tests.clock import MONDAY_MORNING, Clock
from tests.passing import arrivals
from tests.payloads import event
from tests.stage import ANA, Stage, staged

BEN, CY, DEE = "+14155550102", "+14155550103", "+14155550104"
PEOPLE = {
    "ana": Engineer("ana", "Ana Lima", ANA, admin=True),
    "ben": Engineer("ben", "Ben Ode", BEN),
    "cy": Engineer("cy", "Cy Aoki", CY),
    "dee": Engineer("dee", "Dee Ray", DEE),
}
WALL = datetime.fromisoformat


def rotation(*people: str, starts: str = "2026-01-05T09:00", **more: Any) -> Rotation:
    """A rotation called primary."""
    return Rotation("primary", people, WALL(starts), **more)


def shop(*steps: Step, last: str = "dee", **more: Any) -> Roster:
    """A roster of one team, with Dee as the last resort."""
    rotations = {"primary": rotation("ana", "ben"), "secondary": Rotation("secondary", next_of="primary")}
    team = Team("shop", steps, **{"projects": ("*",), "rotations": rotations, **more})
    return Roster(PEOPLE, {"shop": team}, last, version=1)


def told(stage: Stage, minutes: float) -> list[tuple[str, str]]:
    """When each text about an alert went, and to whom."""
    return [(at, who) for at, who, body in arrivals(stage, minutes=minutes) if "#" in body]


def paged(stage: Stage, n: int = 1) -> list[str]:
    """Whom a new error pages at once."""
    before = {message.sid for message in stage.simulator.messages()}
    stage.webhook(event(error={"errorId": f"e-{n}"}))
    stage.simulator.settle()
    people = {one.phone: one.id for one in stage.roster.engineers.values()}
    return [people[message.to] for message in stage.simulator.messages() if message.sid not in before]


def skipped(stage: Stage) -> list[str]:
    """What the timeline says of steps that were skipped, and people not paged."""
    [alert] = stage.alerts()
    return [f"{one['what']}: {one['detail']}" for one in alert["timeline"] if one["what"].startswith("step ")]


@pytest.mark.promise("P3")
def test_three_steps_twice_then_the_last_resort_and_its_half_hours(sqlite: Store, clock: Clock) -> None:
    steps = (
        Step(("primary",), wait=5 * MINUTE, again=2 * MINUTE),
        Step(("secondary",), wait=3 * MINUTE, again=0),
        Step(("cy", "primary"), wait=10 * MINUTE, again=4 * MINUTE),
    )
    with staged(sqlite, clock, shop(*steps, repeat=2)) as stage:
        clock.advance(seconds=17)
        assert ["ana"] == paged(stage)

        assert [
            ("09:02:17", "ana"),
            ("09:05:17", "ben"),
            ("09:08:17", "ana"),
            ("09:08:17", "cy"),
            ("09:12:17", "ana"),
            ("09:12:17", "cy"),
            ("09:18:17", "ana"),
            ("09:20:17", "ana"),
            ("09:23:17", "ben"),
            ("09:26:17", "ana"),
            ("09:26:17", "cy"),
            ("09:30:17", "ana"),
            ("09:30:17", "cy"),
            ("09:36:17", "dee"),
            ("10:06:17", "ana"),
            ("10:06:17", "dee"),
            ("10:36:17", "ana"),
            ("10:36:17", "dee"),
        ] == sorted(told(stage, 110))


def test_whoever_is_on_duty_when_a_step_begins_is_paged(sqlite: Store, clock: Clock) -> None:
    steps = (Step(("cy",), wait=5 * MINUTE, again=0), Step(("primary",), wait=5 * MINUTE, again=3 * MINUTE))
    rotations = {"primary": rotation("ana", "ben", turn=1, unit="hours", starts="2026-01-05T00:07")}
    with staged(sqlite, clock, shop(*steps, rotations=rotations)) as stage:
        first = stage.roster.teams["shop"].rotations["primary"].engineers
        clock.advance(minutes=4)
        assert ["cy"] == paged(stage)

        # The handoff is at 09:07; the second page of a step is for the same person, whoever is on duty by then.
        [(at, who), (again, same), *_] = told(stage, 9)
        assert ("09:09:00", "09:12:00", who) == (at, again, same)
        assert who in first


def test_a_step_that_names_nobody_is_skipped_at_once_and_noted(sqlite: Store, clock: Clock) -> None:
    nobody = Override("primary", WALL("2026-02-01"), WALL("2026-02-03"), None)
    steps = (Step(("primary",)), Step(("cy",)))
    with staged(sqlite, clock, shop(*steps, overrides=(nobody,))) as stage:
        assert ["cy"] == paged(stage)
        assert ["step 1 skipped: primary names nobody"] == skipped(stage)


def test_nobody_at_all_leaves_it_to_the_last_resort_at_once(sqlite: Store, clock: Clock) -> None:
    nobody = Override("", WALL("2026-02-01"), WALL("2026-02-03"), None)
    with staged(sqlite, clock, shop(Step(("primary",)), Step(("secondary",)), repeat=5, overrides=(nobody,))) as stage:
        assert ["dee"] == paged(stage)
        assert ["step 1 skipped: primary names nobody", "step 2 skipped: secondary names nobody"] == skipped(stage)
        assert [("09:30:00", "dee")] == told(stage, 40)


def test_nobody_is_paged_twice_in_a_step_for_two_reasons(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, shop(Step(("primary", "ana", "secondary")))) as stage:
        assert ["ana", "ben"] == sorted(paged(stage))


def test_a_phone_that_stopped_is_passed_over_and_comes_back_with_start(stage: Stage) -> None:
    stage.roster = shop(Step(("ana",)), Step(("ben",)))
    stage.text(ANA, "STOP")
    assert ["ben"] == paged(stage, 1)
    assert ["step 1 skipped: ana: opted out by STOP"] == skipped(stage)

    stage.text(ANA, "START")
    assert ["ana"] == paged(stage, 2)


def test_whoever_has_another_name_in_the_roster_meanwhile_is_not_texted_the_same_twice(stage: Stage) -> None:
    steps = (Step(("on-duty",), wait=5 * MINUTE, again=0), Step(("on-duty",), wait=5 * MINUTE, again=0))
    joined = shop(*steps, last="ana")
    nameless = Engineer("on-duty", "on-duty", ANA, admin=True)
    stage.roster = Roster({"on-duty": nameless}, joined.teams, "on-duty", version=1)
    stage.webhook(event())
    before = stage.page()

    stage.roster = joined
    stage.wait(minutes=5, step=60)

    [after] = [text for text in stage.new_texts() if "#" in text]
    assert before.replace("New unhandled error", "New unhandled error, from 09:05") == after


def test_nor_once_twilio_was_too_busy_for_it(sqlite: Store, clock: Clock) -> None:
    """What is composed anew after a 429 is told apart as it was the first time."""
    steps = (Step(("on-duty",), wait=5 * MINUTE, again=0), Step(("on-duty",), wait=5 * MINUTE, again=0))
    joined = shop(*steps, last="ana")
    nameless = Engineer("on-duty", "on-duty", ANA, admin=True)
    with staged(sqlite, clock, Roster({"on-duty": nameless}, joined.teams, "on-duty", version=1)) as stage:
        stage.webhook(event())
        before = stage.page()
        stage.roster = joined
        stage.tick()
        stage.new_texts()
        clock.advance(minutes=5)
        stage.simulator.misbehave(Misbehaviour("429", times=2))

        stage.wait(minutes=1, step=5)

        [after] = [text for text in stage.new_texts() if "#" in text]
        assert before.replace("New unhandled error", "New unhandled error, from 09:05") == after


def test_who_can_be_reached_in_a_step_is_paged_alone(stage: Stage) -> None:
    stage.roster = shop(Step(("ana", "ben")))
    stage.text(ANA, "STOP")
    assert ["ben"] == paged(stage)
    assert ["step 1: not paged: ana: opted out by STOP"] == skipped(stage)


@pytest.mark.parametrize(("minutes", "first"), [(9, "ben"), (10, "ana")])
def test_ten_minutes_after_a_failure_a_phone_is_tried_again(
    sqlite: Store, clock: Clock, minutes: int, first: str
) -> None:
    with staged(sqlite, clock, shop(Step(("ana",)), Step(("ben",)))) as stage:
        stage.simulator.misbehave(Misbehaviour("undelivered", number=ANA, times=1, code=30003))
        assert ["ana", "ben"] == paged(stage, 1)
        stage.text(BEN, "ack")
        clock.advance(minutes=minutes)
        assert [first] == paged(stage, 2)


def test_the_last_resort_is_tried_however_often_it_failed(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, shop(Step(("ana",), wait=5 * MINUTE), last="ana")) as stage:
        stage.text(ANA, "STOP")
        paged(stage)

        # Twilio refuses it; all the same it was tried, and will be again.
        [page] = reports.all_pages(stage.store)
        assert ("ana", "failed") == (page["to"], page["state"])
        [alert] = stage.alerts()
        assert clock.now() + 30 * MINUTE == alert["due_at"]


@pytest.mark.promise("P3")
def test_a_phone_that_becomes_unreachable_in_the_middle_hands_over_at_once(stage: Stage) -> None:
    stage.roster = shop(Step(("ana",), wait=20 * MINUTE, again=4 * MINUTE), Step(("ben",), wait=5 * MINUTE), repeat=2)
    stage.tick()
    assert ["ana"] == paged(stage)
    stage.simulator.misbehave(Misbehaviour("undelivered", number=ANA, times=1, code=30003))

    # Her second page fails; the first had arrived, so her step goes on, and the next round passes her over no more.
    assert [("09:04:00", "ana"), ("09:20:00", "ben"), ("09:22:00", "ben")] == told(stage, 24)


def test_an_alert_keeps_the_steps_it_began_with(stage: Stage) -> None:
    stage.roster = shop(Step(("ana",), wait=5 * MINUTE, again=0), Step(("ben",), again=0))
    assert ["ana"] == paged(stage)

    stage.roster = shop(Step(("cy",), again=0))

    assert [("09:05:00", "ben")] == told(stage, 6)
    assert ["cy"] == paged(stage, 2)


@pytest.mark.parametrize(
    ("evening", "lasts"),
    [(datetime(2026, 3, 28, 21, tzinfo=UTC), 23), (datetime(2026, 10, 24, 20, tzinfo=UTC), 25)],
)
def test_a_night_shift_goes_through_the_change_of_clocks(
    sqlite: Store, clock: Clock, evening: datetime, lasts: int
) -> None:
    """London's clocks go forward on 29 March 2026 and back on 25 October, at 01:00 UTC; handoffs are at 21:00 there."""
    zone = "Europe/London"
    rotations = {
        "night": Rotation("night", ("ana", "ben"), WALL("2026-01-05T21:00"), 24, "hours", zone),
    }
    clock.advance(seconds=(evening - MONDAY_MORNING).total_seconds())
    team = Team("shop", (Step(("night",), wait=5 * MINUTE, again=0),), projects=("*",), rotations=rotations)
    with staged(sqlite, clock, Roster(PEOPLE, {"shop": team}, "dee", version=1)) as stage:
        first = paged(stage, 1)
        clock.advance(hours=lasts - 1)
        assert first == paged(stage, 2)
        clock.advance(minutes=59, seconds=59)
        assert first == paged(stage, 3)
        clock.advance(seconds=1)
        after = paged(stage, 4)

    assert {"ana", "ben"} == {*first, *after}


def test_a_zone_that_this_machine_does_not_know_counts_as_utc_and_costs_no_page(sqlite: Store, clock: Clock) -> None:
    rule = Rule(Conditions(between=(0, 0), days=(5,)), "ignore")
    roster = shop(Step(("primary",)), Step(("secondary",)), timezone="Mars/Olympus", rules=(rule,))
    with staged(sqlite, clock, roster) as stage:
        assert ["ana"] == paged(stage)
        assert ("09:05:00", "ben") in told(stage, 6)
