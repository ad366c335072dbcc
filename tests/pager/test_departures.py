"""Somebody leaves the roster while alerts and pages wait for them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from bugglio.health import ailments
from bugglio.pager import making, reports
from bugglio.pager.applying import Applying
from bugglio.pager.departures import CHANGED, CHANGED_AT
from bugglio.pager.feeds import ENGINEER, TEAM, Feeds
from bugglio.pager.leaving import LASTS
from bugglio.pager.rosters import version_in
from bugglio.pager.wellbeing import vitals
from bugglio.pager.wellbeing.pulse import PULSE
from bugglio.roster import MINUTE, Roster, lone_roster
from bugglio.rosterfile import read
from bugglio.simulator import Misbehaviour
from bugglio.store import Store
from tests.clock import Clock
from tests.faults import Fault, FaultyStore, Killed
from tests.payloads import event
from tests.stage import ANA, Stage, staged

BEN, CARLA = "+14155550102", "+14155550103"
BEFORE = """
engineers:
  ben: {name: Ben Ode, phone: "+14155550102"}
  carla: {name: Carla Po, phone: "+14155550103"}
teams:
  shop:
    projects: [checkout-api]
    steps:
      - {page: [ben], wait: 5 minutes}
      - {page: [carla], wait: 5 minutes}
"""
WITHOUT_BEN = BEFORE.replace('  ben: {name: Ben Ode, phone: "+14155550102"}\n', "").replace(
    "      - {page: [ben], wait: 5 minutes}\n", ""
)
RENUMBERED = BEFORE.replace("+14155550102", "+14155550104")
COMMIT = 2
"""The how-manieth call to the store, from 0, an `apply` commits with: one read was for its plan, one for itself."""
WITHOUT_SHOP = f"""{BEFORE.partition("teams:")[0]}teams: {{}}\n"""
NOBODY = "engineers: {}\nteams: {}\n"


@pytest.fixture
def shop(store: Store, clock: Clock) -> Iterator[Stage]:
    """A pager with Ben and Carla; the last resort's phone is Ana's."""
    with staged(store, clock) as stage:
        stage.use_the_store()
        apply(stage, BEFORE)
        yield stage


def apply(stage: Stage, text: str, store: Store | None = None) -> None:
    """Make the roster what a file says."""
    kit = stage.works.kit
    applying = Applying(kit if store is None else replace(kit, store=store))
    stage.clock.advance(seconds=1)
    applying.apply(applying.plan(read(text).book), "lee")


def pages(stage: Stage) -> list[tuple[str, str, str | None]]:
    """To whom each page is, its state, and why."""
    found = stage.store.query("pages", "created", limit=400)
    return [(one.fields["to"], one.fields["state"], one.fields.get("cause")) for one in found]


def paged(stage: Stage, number: str) -> list[str]:
    """The pages that have arrived on a phone since it was last looked at; a welcome to the roster is none."""
    return [text for text in stage.new_texts(number) if "#" in text]


def page(stage: Stage, number: str) -> str:
    """The one page that has arrived."""
    (text,) = paged(stage, number)
    return text


def timeline(stage: Stage) -> list[tuple[str, str]]:
    """What the one alert says happened to it."""
    return [(entry["what"], entry.get("who", "")) for entry in stage.alerts()[0]["timeline"]]


def is_marked(stage: Stage) -> bool:
    """Whether ticks still look after those who left."""
    return bool({CHANGED, CHANGED_AT} & stage.store.get([PULSE]).documents[PULSE].fields.keys())


def test_an_alert_that_waited_only_for_somebody_who_left_goes_on_at_once(shop: Stage) -> None:
    code = shop.webhook(event())["code"]
    assert page(shop, BEN).startswith(f"#{code} ")

    apply(shop, WITHOUT_BEN)
    assert shop.clock.now() == shop.alerts()[0]["next_at"]
    shop.tick()

    assert page(shop, CARLA).startswith(f"#{code} ")
    assert ("goes on: no longer on the roster", "ben") in timeline(shop)


def test_what_waits_for_the_phone_of_somebody_who_left_is_dropped(shop: Stage) -> None:
    for number in range(5):
        shop.webhook(event(error={"errorId": f"checkout-{number}"}))
    assert 3 == len(paged(shop, BEN))

    apply(shop, WITHOUT_BEN)

    dropped = ("ben", "dropped", "ben is no longer on the roster")
    assert 2 == pages(shop).count(dropped)
    shop.wait(minutes=2, step=15)
    assert [] == paged(shop, BEN)


def test_somebody_with_another_number_is_no_longer_waited_for_at_the_old_one(shop: Stage) -> None:
    for number in range(4):
        shop.webhook(event(error={"errorId": f"checkout-{number}"}))
    paged(shop, BEN)

    apply(shop, RENUMBERED)
    shop.tick()

    assert ("ben", "dropped", "ben has another number") in pages(shop)
    assert 3 == len(paged(shop, CARLA))
    assert ("goes on: has another number", "ben") in timeline(shop)


def test_why_an_alert_goes_on_tells_who_left_from_who_has_another_number(shop: Stage) -> None:
    apply(shop, BEFORE.replace("[ben], wait", "[ben, carla], wait"))
    shop.webhook(event())

    apply(shop, WITHOUT_BEN.replace("+14155550103", "+14155550105"))

    assert [("goes on: no longer on the roster", "ben"), ("goes on: has another number", "carla")] == timeline(shop)[
        -2:
    ]


def test_what_was_decided_since_concerns_the_new_number_and_stays(shop: Stage) -> None:
    apply(shop, RENUMBERED)
    shop.clock.advance(seconds=15)
    shop.webhook(event())
    assert page(shop, "+14155550104")

    shop.wait(seconds=LASTS / 1000, step=1)

    assert not is_marked(shop)
    assert [] == paged(shop, CARLA)


def test_an_alert_that_also_waits_for_somebody_else_waits_on(store: Store, clock: Clock) -> None:
    both = BEFORE.replace("[ben], wait", "[ben, carla], wait")
    with staged(store, clock) as stage:
        stage.use_the_store()
        apply(stage, both)
        stage.webhook(event())
        due = stage.alerts()[0]["next_at"]

        apply(stage, WITHOUT_BEN)

        assert due == stage.alerts()[0]["next_at"]


def test_what_somebody_who_left_had_acknowledged_begins_again_if_it_happened_since(shop: Stage) -> None:
    code = shop.webhook(event())["code"]
    page(shop, BEN)
    shop.text(BEN, "ack")
    shop.clock.advance(minutes=5)
    shop.webhook(event())

    apply(shop, WITHOUT_BEN)
    shop.tick()

    assert page(shop, CARLA).startswith(f"#{code} ")
    assert [
        ("acknowledgement ends: no longer on the roster", "ben"),
        ("whoever had it is no longer on the roster", ""),
        ("page", "carla"),
    ] == timeline(shop)[-3:]


def test_if_nothing_happened_since_the_next_event_reminds_the_last_resort(shop: Stage) -> None:
    code = shop.webhook(event())["code"]
    shop.text(BEN, "ack")
    apply(shop, WITHOUT_BEN)
    shop.tick()
    assert [] == paged(shop, CARLA) + paged(shop, ANA)

    shop.clock.advance(hours=3)
    shop.webhook(event())

    assert page(shop, ANA).startswith(f"#{code} ")
    shop.wait(minutes=5, step=15)
    assert page(shop, CARLA).startswith(f"#{code} ")


def test_an_acknowledgement_for_ever_ends_with_whoever_gave_it(store: Store, clock: Clock) -> None:
    for_ever = BEFORE + "    acknowledged_for: 0\n"
    with staged(store, clock) as stage:
        stage.use_the_store()
        apply(stage, for_ever)
        code = stage.webhook(event())["code"]
        stage.text(BEN, "ack")
        stage.clock.advance(days=2)
        stage.webhook(event())

        apply(stage, for_ever.replace(BEFORE, WITHOUT_BEN))
        stage.tick()

        assert page(stage, CARLA).startswith(f"#{code} ")


@pytest.mark.parametrize("after", [RENUMBERED, BEFORE.replace("Ben Ode", "Benjamin Ode")])
def test_what_somebody_has_who_stays_is_left_alone(shop: Stage, after: str) -> None:
    shop.webhook(event())
    shop.text(BEN, "ack")
    before = shop.alerts()

    apply(shop, after)

    assert before == shop.alerts()


def test_a_page_to_a_number_that_is_nobodys_lets_its_alert_go_on(store: Store, clock: Clock) -> None:
    with staged(store, clock) as stage:
        code = stage.webhook(event())["code"]
        for number in range(3):
            stage.webhook(event(error={"errorId": f"more-{number}"}))
        stage.new_texts(ANA)
        last = next(one["code"] for one in stage.alerts() if one["error_id"] == "more-2")
        assert last != code
        # ON_DUTY is another number from now on.
        stage.roster = lone_roster(BEN)
        stage.restart()
        stage.wait(minutes=1, step=10)

        assert ("on-duty", "dropped", "on-duty has left the roster, or has another number") in pages(stage)
        assert page(stage, BEN).startswith(f"#{last} ")
        assert stage.clock.now() < stage.alerts()[0]["opened"] + 2 * MINUTE


def test_a_team_is_gone_and_its_alerts_go_to_the_last_resort_once(shop: Stage) -> None:
    code = shop.webhook(event())["code"]
    paged(shop, BEN)

    apply(shop, WITHOUT_SHOP)
    shop.wait(minutes=2, step=5)

    assert [code] == [int(text.split("#")[1].split()[0]) for text in paged(shop, ANA)]
    assert [] == paged(shop, BEN) + paged(shop, CARLA)
    assert ("goes on: its team is gone", "shop") in timeline(shop)
    assert not is_marked(shop)


def test_a_team_that_leaves_with_its_people_is_told_to_the_last_resort_once_and_waits_for_them(shop: Stage) -> None:
    code = shop.webhook(event())["code"]
    paged(shop, BEN)

    apply(shop, NOBODY)
    shop.wait(minutes=2, step=5)

    assert [code] == [int(text.split("#")[1].split()[0]) for text in paged(shop, ANA)]
    assert ["on-duty"] == shop.alerts()[0]["waits_for"]
    assert "named as unanswered: on-duty: delivered" in [
        f"{one['reason']}: {one['detail']}" for one in reports.why(shop.store, code) or ()
    ]


def test_two_who_leave_one_after_the_other_are_both_looked_after(shop: Stage) -> None:
    shop.webhook(event())
    paged(shop, BEN)
    fault = Fault(at=COMMIT, after=True)
    with pytest.raises(Killed):
        apply(shop, WITHOUT_BEN, FaultyStore(shop.store, fault))

    apply(shop, WITHOUT_BEN.replace("carla", "dora").replace("0103", "0105"))
    shop.tick()

    # Its steps were Ben and then Carla.
    assert page(shop, ANA)


def roster(stage: Stage) -> Roster:
    """The roster of a process that has just begun."""
    return stage.restart().works.kit.roster()


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True])
def test_a_process_that_ends_anywhere_in_between_loses_nothing(sqlite: Store, clock: Clock, *, after: bool) -> None:
    with staged(sqlite, clock) as stage:
        stage.use_the_store()
        apply(stage, BEFORE)
        fault = Fault()
        for at in range(20):
            code = stage.webhook(event(error={"errorId": f"checkout-{at}"}))["code"]
            paged(stage, BEN)
            fault = Fault(at=at, after=after)
            if _applied(stage, WITHOUT_BEN, fault):
                break
            _expect_the_next(stage, code)
            apply(stage, BEFORE)
            stage.text(CARLA, "close")
            stage.wait(minutes=10, step=5)
        assert not fault.struck
        assert fault.at > 5


def _applied(stage: Stage, text: str, fault: Fault) -> bool:
    """Whether `apply` came to its end."""
    try:
        apply(stage, text, FaultyStore(stage.store, fault))
    except Killed:
        return False
    return True


def _expect_the_next(stage: Stage, code: int) -> None:
    """Either nothing has happened, or Ben has left and Carla is paged by the next tick."""
    stage.clock.advance(seconds=10)
    stage.tick()
    if "ben" in roster(stage).engineers:
        assert [] == paged(stage, CARLA)
        stage.wait(minutes=5, step=10)
    assert f"#{code} " in page(stage, CARLA)


def test_an_instance_that_did_not_know_yet_waits_for_nobody_in_vain(shop: Stage) -> None:
    known = shop.works.kit.roster()
    apply(shop, WITHOUT_BEN)
    with staged_with(shop, known) as late:
        late.webhook(event())
    assert ["ben"] == shop.alerts()[0]["waits_for"]
    paged(shop, BEN)

    shop.wait(seconds=LASTS / 1000 + 1, step=1)

    assert page(shop, CARLA)
    assert not is_marked(shop)


def test_an_instance_that_does_not_know_somebody_new_yet_sends_their_page(shop: Stage) -> None:
    old = shop.app
    assert "dora" not in old.works.kit.roster().engineers
    shop.restart()
    apply(shop, BEFORE.replace("teams:", '  dora: {name: Dora Ek, phone: "+14155550105", admin: true}\nteams:'))
    told = making.for_admins(roster(shop), "a test", "#1 is told", shop.clock.now())
    shop.store.commit([making.new(key, page) for key, page in told if page.to == "dora"])

    old.works.ticking.tick()

    assert page(shop, "+14155550105").endswith("#1 is told")


def test_what_was_dropped_for_somebody_who_left_keeps_no_alert_from_going_on(sqlite: Store, clock: Clock) -> None:
    both = BEFORE.replace("[ben], wait", "[ben, carla], wait")
    with staged(sqlite, clock) as stage:
        stage.use_the_store()
        apply(stage, both)
        codes = [stage.webhook(event(error={"errorId": f"checkout-{number}"}))["code"] for number in range(4)]
        apply(stage, both.replace("5550102", "5550104"))
        assert ("ben", "dropped", "ben has another number") in pages(stage)
        stage.clock.advance(minutes=1)
        stage.simulator.misbehave(Misbehaviour("undelivered", number=CARLA, code=30003))

        stage.tick()
        stage.simulator.settle()
        stage.tick()

        assert [text for text in paged(stage, ANA) if f"#{codes[3]} " in text]


class staged_with:  # noqa: N801 - it reads as the function that it stands beside
    """The stage as another instance, which goes on with a roster that it knew."""

    def __init__(self, stage: Stage, roster: Roster) -> None:
        self._stage = stage
        self._roster = roster

    def __enter__(self) -> Stage:
        self._stage.roster = self._roster
        self._stage._kept = False
        self._stage.restart()
        return self._stage

    def __exit__(self, *_: object) -> None:
        self._stage.use_the_store()


def test_the_mark_says_who_left_without_a_number_and_goes_once_everybody_knows(shop: Stage) -> None:
    shop.tick()
    apply(shop, WITHOUT_BEN)
    fields: Mapping[str, Any] = shop.store.get([PULSE]).documents[PULSE].fields
    assert ["people", "phones"] == sorted(fields[CHANGED])
    assert ["ben"] == fields[CHANGED]["people"]
    assert "5550102" not in str(fields)

    shop.wait(seconds=LASTS / 1000 - 1, step=1)
    assert is_marked(shop)
    shop.wait(seconds=1, step=1)
    assert not is_marked(shop)
    assert 2 == version_in(shop.store.get(["roster/current"]))


def test_before_the_first_tick_a_mark_is_no_sign_of_one(shop: Stage) -> None:
    shop.webhook(event())
    apply(shop, WITHOUT_BEN)
    shop.text(CARLA, "list")
    shop.clock.advance(minutes=10)

    reading = shop.store.get([PULSE])

    assert PULSE in reading.documents
    assert () == ailments(vitals.vitals(reading))
    assert "the tick has never come" in shop.text(CARLA, "status")


def test_whoever_comes_by_an_id_again_has_another_calendar(shop: Stage) -> None:
    feeds = Feeds(shop.works.kit)
    before = {kind: feeds.address_path(kind, one) for kind, one in ((ENGINEER, "ben"), (TEAM, "shop"))}

    apply(shop, WITHOUT_BEN)
    apply(shop, BEFORE)

    after = {kind: feeds.address_path(kind, one) for kind, one in ((ENGINEER, "ben"), (TEAM, "shop"))}
    assert before[ENGINEER] != after[ENGINEER]
    assert before[TEAM] == after[TEAM]


def test_another_number_leaves_the_calendar_where_it_is(shop: Stage) -> None:
    feeds = Feeds(shop.works.kit)
    before = feeds.address_path(ENGINEER, "ben")
    apply(shop, RENUMBERED)
    assert before == feeds.address_path(ENGINEER, "ben")
