"""Shifts are handed over, as the phones see it."""

from datetime import datetime
from typing import Any

import msgspec
import pytest

from bugglio.pager.applying import Applying
from bugglio.pager.covers import Covers
from bugglio.pager.handoffs import PATH
from bugglio.pager.wellbeing.pulse import HANDOFF_AT, PULSE
from bugglio.roster import Cover, Engineer, Override, Roster, Rotation, Step, Team, Window
from bugglio.rosterfile import read
from bugglio.simulator import Misbehaviour
from bugglio.store import Store
from bugglio.store.counting import CountingStore
from tests.clock import Clock
from tests.faults import Fault, Killed
from tests.passing import arrivals
from tests.payloads import event
from tests.stage import ANA, Stage, staged
from tests.turns import ms

BEN, CY, DEE = "+14155550102", "+14155550103", "+14155550104"
WALL = datetime.fromisoformat


def shop(*people: str, zones: dict[str, str] | None = None, starts: str = "2026-01-05T09:00", **more: Any) -> Roster:
    """A team in London whose rotation changes each Monday. Dee is an admin of no team, and the last resort."""
    phones = {"ana": ("Ana Lima", ANA), "ben": ("Ben Ode", BEN), "cy": ("Cy Aoki", CY), "dee": ("Dee Ray", DEE)}
    engineers = {
        name: Engineer(name, full, number, admin=name == "dee", timezone=(zones or {}).get(name, ""))
        for name, (full, number) in phones.items()
    }
    overrides = more.pop("overrides", ())
    rotations = {"primary": Rotation("primary", people, WALL(starts), **more)}
    team = Team("shop", (Step(("primary",)),), timezone="Europe/London", projects=("*",))
    team = msgspec.structs.replace(team, rotations=rotations, overrides=overrides)
    return Roster(engineers, {"shop": team}, "dee", version=1)


def begin(stage: Stage, *numbers: str) -> None:
    """Everybody's phone is known, and the shifts that have begun are no news."""
    for number in numbers or (ANA, BEN, CY, DEE):
        stage.text(number, "ok")
    stage.tick()
    for number in (ANA, BEN, CY, DEE):
        stage.new_texts(number)


def until(stage: Stage, moment: str) -> list[tuple[str, str, str]]:
    """Time passes with a tick each quarter of an hour, and each minute in the last hour: when, to whom, what."""
    found = []
    while (left := (ms(moment) - stage.clock.now()) // 60_000) > 0:
        minutes = 15 - stage.clock.now() // 60_000 % 15 if left > 60 else 1
        stage.clock.advance(minutes=minutes)
        found += arrivals(stage, minutes=0, stay=False)
    return found


@pytest.fixture
def sunday(clock: Clock) -> Clock:
    """The day before the handoff from Ana to Ben."""
    clock.advance(days=6)
    return clock


BEGUN = "09:00 9 Feb Your shift for shop has begun, until Mon 16 Feb 09:00 GMT; nothing open. Reply ok"
GIVEN = "09:00 9 Feb Ben Ode has the shop shift now"


def test_a_week_is_handed_over(sqlite: Store, sunday: Clock) -> None:
    with staged(sqlite, sunday, shop("ana", "ben")) as stage:
        begin(stage)
        assert [("09:00:00", "ana", GIVEN), ("09:00:00", "ben", BEGUN)] == sorted(until(stage, "2026-02-09T09:30"))

        assert "Thank you: your shift for shop is noted. Nothing open." == stage.text(BEN, "ok")
        assert [] == until(stage, "2026-02-12T09:00")
        assert [] == stage.troubles


def test_what_is_open_is_told_along_with_it(sqlite: Store, sunday: Clock) -> None:
    with staged(sqlite, sunday, shop("ana", "ben")) as stage:
        begin(stage)
        sunday.advance(hours=23)
        for number in range(2):
            stage.webhook(event(error={"errorId": f"e-{number}"}))
        stage.new_texts(ANA)
        stage.text(ANA, "ack all")
        until(stage, "2026-02-09T09:00")

        assert "begun, until Mon 16 Feb 09:00 GMT; 2 open: list. Reply ok" in stage.new_texts(BEN)[-1]


def test_at_night_it_is_asked_in_the_evening_by_each_ones_clock(sqlite: Store, sunday: Clock) -> None:
    roster = shop("ana", "ben", starts="2026-01-05T00:00", zones={"ana": "America/New_York"})
    with staged(sqlite, sunday, roster) as stage:
        begin(stage)

        # In New York it is seven in the evening then, and nobody sleeps.
        assert [
            (
                "18:00:00",
                "ben",
                "18:00 8 Feb Your shift for shop begins Mon 9 Feb 00:00 GMT, until Mon 16 Feb 00:00 GMT. Reply ok",
            ),
            ("00:00:00", "ana", "19:00 8 Feb Ben Ode has the shop shift now"),
        ] == until(stage, "2026-02-09T12:00")


def test_a_silent_phone_that_does_not_answer_is_told_of(sqlite: Store, sunday: Clock) -> None:
    with staged(sqlite, sunday, shop("ana", "ben")) as stage:
        begin(stage, ANA, CY, DEE)
        told = until(stage, "2026-02-09T12:00")

        assert [
            ("09:30:00", "ana", "09:30 9 Feb No answer from Ben Ode: shift for shop began Mon 9 Feb 09:00 GMT"),
            ("09:30:00", "dee", "09:30 9 Feb No answer from Ben Ode: shift for shop began Mon 9 Feb 09:00 GMT"),
        ] == sorted(one for one in told if "No answer" in one[2])


def test_a_silent_phone_that_answers_is_not(sqlite: Store, sunday: Clock) -> None:
    with staged(sqlite, sunday, shop("ana", "ben")) as stage:
        begin(stage, ANA, CY, DEE)
        until(stage, "2026-02-09T09:29")
        stage.text(BEN, "ok")

        assert [] == [one for one in until(stage, "2026-02-09T12:00") if "No answer" in one[2]]


def test_a_text_that_does_not_arrive_is_told_of_at_once(sqlite: Store, sunday: Clock) -> None:
    with staged(sqlite, sunday, shop("ana", "ben")) as stage:
        begin(stage)
        until(stage, "2026-02-09T08:59")
        stage.simulator.misbehave(Misbehaviour("undelivered", number=BEN, code=30003))
        told = until(stage, "2026-02-09T09:50")

        failed = (
            "Not delivered to Ben Ode: shift for shop began Mon 9 Feb 09:00 GMT (the phone is off or has no service)"
        )
        assert [("09:01:00", "ana", f"09:01 9 Feb {failed}"), ("09:01:00", "dee", f"09:01 9 Feb {failed}")] == sorted(
            one for one in told if "Not delivered" in one[2]
        )


def test_whoever_goes_on_hears_nothing(sqlite: Store, sunday: Clock) -> None:
    short = Override("primary", WALL("2026-02-11T09:00"), WALL("2026-02-11T19:00"), "ben")
    roster = shop("ana", hours=(Window((0, 1, 2, 3, 4), 540, 1380),), overrides=(short,))
    with staged(sqlite, sunday, roster) as stage:
        begin(stage)
        for _ in range(10 * 24):
            sunday.advance(hours=1)
            stage.tick()

        assert [[], [], []] == [stage.new_texts(number) for number in (ANA, BEN, DEE)]


def test_an_override_of_days_is_a_shift(sqlite: Store, clock: Clock) -> None:
    taken = Override("primary", WALL("2026-02-04T09:00"), WALL("2026-02-06T09:00"), "cy")
    with staged(sqlite, clock, shop("ana", "ben", overrides=(taken,))) as stage:
        begin(stage)
        assert [
            ("ana", "09:00 4 Feb Cy Aoki has the shop shift now"),
            ("ana", "09:00 6 Feb Your shift for shop has begun, until Mon 9 Feb 09:00 GMT; nothing open. Reply ok"),
            ("cy", "09:00 4 Feb Your shift for shop has begun, until Fri 6 Feb 09:00 GMT; nothing open. Reply ok"),
            ("cy", "09:00 6 Feb Ana Lima has the shop shift now"),
        ] == sorted(one[1:] for one in until(stage, "2026-02-07T12:00"))


def test_the_night_in_which_clocks_change(sqlite: Store, clock: Clock) -> None:
    clock.advance(days=54)
    with staged(sqlite, clock, shop("ana", "ben", starts="2026-01-04T01:30")) as stage:
        begin(stage)
        # The turn begins at a time that the clocks jump over, and ends with half past one of summer time.
        assert [
            (
                "18:00:00",
                "ana",
                "18:00 28 Mar Your shift for shop begins Sun 29 Mar 02:00 BST, until Sun 5 Apr 01:30 BST. Reply ok",
            ),
        ] == [one for one in until(stage, "2026-03-30T12:00") if one[1] == "ana"]


def test_an_hour_without_ticks_tells_late_and_once(sqlite: Store, sunday: Clock) -> None:
    with staged(sqlite, sunday, shop("ana", "ben")) as stage:
        begin(stage)
        sunday.advance(hours=25)
        stage.tick()
        stage.tick()

        assert [BEGUN.replace("09:00 9 Feb Your", "10:00 9 Feb Your")] == stage.new_texts(BEN)
        assert [GIVEN.replace("09:00 9 Feb", "10:00 9 Feb")] == stage.new_texts(ANA)


def test_ticks_at_once_tell_once(store: Store, sunday: Clock) -> None:
    with staged(store, sunday, shop("ana", "ben")) as stage:
        begin(stage)
        sunday.advance(hours=24)
        pulse = store.get([PULSE]).get(PULSE)
        for _ in range(2):
            stage.works.ticking._handoffs.look(pulse, sunday.now())
        stage.tick()

        assert [BEGUN] == stage.new_texts(BEN)
        assert [GIVEN] == stage.new_texts(ANA)


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_step_both_are_told_once(sqlite: Store, clock: Clock, *, after: bool) -> None:
    clock.advance(days=5, hours=23)
    with staged(sqlite, clock, shop("ana", "ben")) as stage:
        begin(stage)
        for week in range(60):
            clock.advance(days=7)
            fault = Fault(at=week, after=after)
            stage.restart(fault)
            for _ in range(2):
                try:
                    stage.tick()
                except Killed:
                    stage.restart()
            stage.restart()
            for _ in range(4):
                clock.advance(minutes=1)
                stage.tick()
            told = [*stage.new_texts(ANA), *stage.new_texts(BEN)]
            begun = [text for text in told if "Your shift for shop has begun" in text]
            given = [text for text in told if "has the shop shift now" in text]
            assert (1, 1) == (len(begun), len(given)), (week, told)
            if not fault.struck:
                break
            for number in (ANA, BEN, DEE):
                stage.text(number, "ok")
        assert week > 8


def test_before_a_roster_is_applied_nothing_is_told(stage: Stage) -> None:
    stage.tick()
    stage.clock.advance(days=7)
    stage.tick()

    assert [] == stage.new_texts(ANA)
    assert {} == stage.store.get([PATH]).documents


def test_until_it_is_time_a_tick_reads_nothing_of_it(sqlite: Store, clock: Clock) -> None:
    counted = CountingStore(sqlite)
    with staged(counted, clock, shop("ana", "ben")) as stage:
        begin(stage)
        stage.tick()
        counted.settle()
        clock.advance(minutes=1)
        stage.tick()

        # As many as without a roster, three queries among them; the tick's mark is the one write.
        assert (5, 1) == (counted.bill.reads, counted.bill.writes)


FILE = """
engineers:
  ana: {{name: Ana Lima, phone: "+14155550101", admin: true}}
  ben: {{name: Ben Ode, phone: "+14155550102"}}
  cy: {{name: Cy Aoki, phone: "+14155550103"}}
teams:
  shop:
    projects: ["*"]
    rotations:
      primary:
        engineers: [{people}]
        starts: 2026-01-05T09:00
"""


def apply(stage: Stage, people: str) -> None:
    applying = Applying(stage.works.kit)
    applying.apply(applying.plan(read(FILE.format(people=people).encode()).book), "ana")


def test_a_roster_that_is_applied_in_the_middle_of_a_turn_tells_both(store: Store, clock: Clock) -> None:
    with staged(store, clock) as stage:
        stage.use_the_store()
        apply(stage, "ana, ben")
        stage.roster = shop("ana", "ben")
        begin(stage, ANA, BEN, CY)
        clock.advance(days=2)
        stage.tick()
        apply(stage, "cy, ben")
        stage.tick()

        assert ["09:00 4 Feb Your shift for shop has begun, until Mon 9 Feb 09:00 UTC; nothing open. Reply ok"] == (
            stage.new_texts(CY)
        )
        assert "09:00 4 Feb Cy Aoki has the shop shift now" in stage.new_texts(ANA)


def test_a_cover_made_days_before_is_a_shift(store: Store, clock: Clock) -> None:
    with staged(store, clock) as stage:
        stage.use_the_store()
        apply(stage, "ana, ben")
        begin(stage, ANA, BEN, CY)
        made = Cover("c", "shop", "primary", ms("2026-02-02T15:00"), ms("2026-02-04T15:00"), "cy", clock.now(), "cy")
        Covers(stage.works.kit).add(made)
        until_known = stage.store.get([PULSE]).get(PULSE)
        assert until_known is not None
        assert until_known.fields[HANDOFF_AT] <= 0
        stage.tick()
        assert [] == stage.new_texts(CY)

        clock.advance(hours=6)
        stage.tick()
        assert ["15:00 2 Feb Your shift for shop has begun, until Wed 4 Feb 15:00 UTC; nothing open. Reply ok"] == (
            stage.new_texts(CY)
        )
        assert ["15:00 2 Feb Cy Aoki has the shop shift now"] == stage.new_texts(ANA)


def test_a_page_close_to_the_shift_is_told_apart(sqlite: Store, sunday: Clock) -> None:
    with staged(sqlite, sunday, shop("ana", "ben")) as stage:
        begin(stage)
        until(stage, "2026-02-09T09:00")
        code = stage.webhook(event())["code"]
        asked = f"Which? 1 your shift for shop, {code} TypeError cart#create. Reply a number or all"
        assert asked == stage.text(BEN, "ok")

        assert "Thank you: your shift for shop is noted. 1 open: list" == stage.text(BEN, "1")
        assert f"Acked {code} TypeError checkout-api. Nothing else open." == stage.text(BEN, "ok")


def test_all_answers_a_shift_and_a_page(sqlite: Store, sunday: Clock) -> None:
    with staged(sqlite, sunday, shop("ana", "ben")) as stage:
        begin(stage)
        until(stage, "2026-02-09T09:00")
        code = stage.webhook(event())["code"]
        stage.text(BEN, "ok")

        assert f"Thank you: your shift for shop is noted. Acked {code} TypeError checkout-api. Nothing else open." == (
            stage.text(BEN, "all")
        )
        assert f"{code} TypeError checkout-api was acked by you just now. Nothing else open." == stage.text(BEN, "ok")


def test_a_page_long_after_the_shift_is_what_ok_answers(sqlite: Store, sunday: Clock) -> None:
    with staged(sqlite, sunday, shop("ana", "ben")) as stage:
        begin(stage)
        until(stage, "2026-02-09T09:03")
        code = stage.webhook(event())["code"]

        assert f"Acked {code} TypeError checkout-api. Nothing else open." == stage.text(BEN, "ok")
        assert "Thank you: your shift for shop is noted. 1 open: list" == stage.text(BEN, "ok")


def test_after_half_an_hour_the_shift_is_no_longer_asked(sqlite: Store, sunday: Clock) -> None:
    with staged(sqlite, sunday, shop("ana", "ben")) as stage:
        begin(stage)
        until(stage, "2026-02-09T09:31")

        assert "Nothing was asked. Nothing open." == stage.text(BEN, "ok")


def test_who_takes_a_shift_by_text_and_whoever_is_relieved_hear_it_once(store: Store, clock: Clock) -> None:
    with staged(store, clock) as stage:
        stage.use_the_store()
        apply(stage, "ana, ben")
        begin(stage, ANA, BEN, CY)
        stage.text(BEN, "take 2d")
        relieved = stage.new_texts(ANA)
        clock.advance(seconds=30)
        stage.tick()
        assert ([], 1) == (stage.new_texts(BEN), len(relieved + stage.new_texts(ANA)))

        clock.advance(days=2)
        stage.tick()
        assert ["has the shop shift now", "Your shift for shop has begun"] == [
            next(part for part in ("has the shop shift now", "Your shift for shop has begun") if part in text)
            for text in (*stage.new_texts(BEN), *stage.new_texts(ANA))
        ]


def test_a_few_hours_taken_over_as_a_turn_begins_hand_nothing_over(sqlite: Store, sunday: Clock) -> None:
    with staged(sqlite, sunday, shop("ana", "ben")) as stage:
        begin(stage)
        until(stage, "2026-02-09T09:00")
        for number in (ANA, BEN):
            stage.new_texts(number)
        at = stage.clock.now()
        cover = Cover("c1", "shop", "primary", at, at + 2 * 3_600_000, "cy", at, "cy")
        stage.roster = Roster(stage.roster.engineers, stage.roster.teams, "dee", (cover,), version=1)
        stage.clock.advance(seconds=30)

        assert [] == [one for one in until(stage, "2026-02-09T09:20") if "shift" in one[2]]
