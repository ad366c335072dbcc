"""
Everybody reads the time of their own clock: a team in London, and somebody of it in New York.

London is at UTC from 25 October 2026 on; New York's clocks go from 02:00 to 01:00 on 1 November, at 06:00 UTC.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from bugglio.roster import HOUR, MINUTE, Engineer, Roster, Step, Team
from bugglio.simulator import Misbehaviour
from bugglio.store import Store
from tests.clock import Clock
from tests.passing import arrivals
from tests.payloads import change, event
from tests.stage import ANA, Stage, staged
from tests.zones import at

BEN = "+14155550102"
PEOPLE = {
    "ana": Engineer("ana", "Ana Lima", ANA, admin=True, timezone="America/New_York"),
    "ben": Engineer("ben", "Ben Ode", BEN),
}
BOTH = Step(("ana", "ben"), wait=12 * HOUR, again=0)
SHOP = Team("shop", (BOTH,), timezone="Europe/London", projects=("*",))
TEXT = "checkout-api production: TypeError: cannot read 'id' of undefined in cart#create."


def people(**zones: str) -> dict[str, Engineer]:
    """Ana and Ben, in zones of their own."""
    return {name: msgspec.structs.replace(one, timezone=zones.get(name, one.timezone)) for name, one in PEOPLE.items()}


@pytest.fixture
def shop(sqlite: Store, clock: Clock) -> Iterator[Stage]:
    """The stage with the team in London, where it is nine o'clock, and New York, where it is four."""
    with staged(sqlite, clock, Roster(PEOPLE, {"shop": SHOP}, "ana")) as stage:
        yield stage


def until(stage: Stage, instant: str) -> None:
    """Time passes until then."""
    stage.clock.advance(seconds=(at(instant) - stage.clock.now()) / 1_000)


def again(stage: Stage) -> tuple[str, str]:
    """What has been taken happens again: since when, as Ana is told, and as Ben is."""
    stage.text(ANA, "ack")
    stage.new_texts(BEN)
    stage.webhook(event("reopened", "Fixed error re-occurred"))
    return since(stage.page(ANA)), since(stage.page(BEN))


def since(text: str) -> str:
    """The times that a page tells."""
    return text.partition(" re-occurred, ")[2].partition(". Reply ack ")[0]


def burst(stage: Stage) -> None:
    """Eight new errors at once: three pages, and five that wait for the next minute."""
    for number in range(8):
        name = f"e-{stage.clock.now()}-{number}"
        stage.webhook(event(error={"errorId": name, "exceptionClass": f"Error{number}", "occurrences": number}))


def digests(stage: Stage, number: str) -> list[str]:
    """The texts of several pages, without the code of the alert on top."""
    return [text.partition(". Top: ")[0] for text in stage.new_texts(number) if ". Top: " in text]


def test_a_reopened_alert_tells_each_their_own_time(shop: Stage) -> None:
    code = shop.webhook(event())["code"]
    assert [f"#{code} {TEXT} New unhandled error. Reply ack {code}"] * 2 == [shop.page(ANA), shop.page(BEN)]
    until(shop, "2026-02-02T09:14Z")
    shop.text(ANA, "ack")
    shop.new_texts(BEN)

    shop.webhook(event("reopened", "Fixed error re-occurred"))

    assert f"#{code} {TEXT} Fixed error re-occurred, again 04:14. Reply ack {code}" == shop.page(ANA)
    assert f"#{code} {TEXT} Fixed error re-occurred, again 09:14. Reply ack {code}" == shop.page(BEN)


def test_the_day_that_is_told_is_the_readers(shop: Stage) -> None:
    """Midnight comes to London five hours before it comes to New York."""
    shop.webhook(event())
    shop.new_texts(ANA), shop.new_texts(BEN)

    until(shop, "2026-02-03T04:59Z")
    assert ("again 23:59", "again 04:59 3 Feb") == again(shop)
    until(shop, "2026-02-03T05:00Z")
    assert ("again 00:00 3 Feb", "again 05:00 3 Feb") == again(shop)


def test_what_is_reopened_in_the_hour_that_comes_twice_says_in_which(shop: Stage) -> None:
    until(shop, "2026-11-01T04:30Z")
    shop.webhook(event())
    shop.new_texts(ANA), shop.new_texts(BEN)

    until(shop, "2026-11-01T05:30Z")
    assert ("again 01:30", "again 05:30") == again(shop)
    until(shop, "2026-11-01T06:30Z")
    assert ("again 01:30 EST", "again 06:30") == again(shop)
    until(shop, "2026-11-01T07:30Z")
    assert ("again 02:30", "again 07:30") == again(shop)


def test_a_digest_of_the_hour_that_comes_twice_says_in_which(shop: Stage) -> None:
    until(shop, "2026-11-01T05:29Z")
    burst(shop)
    shop.wait(minutes=1, step=10)
    assert ["01:30 5 more: checkout-api 5"] == digests(shop, ANA)
    assert ["05:30 5 more: checkout-api 5"] == digests(shop, BEN)

    until(shop, "2026-11-01T06:29Z")
    burst(shop)
    shop.wait(minutes=1, step=10)
    assert ["01:30 EST 5 more: checkout-api 5"] == digests(shop, ANA)
    assert ["06:30 5 more: checkout-api 5"] == digests(shop, BEN)


def test_a_late_page_says_since_when_it_was_due(shop: Stage) -> None:
    until(shop, "2026-11-01T05:58Z")
    shop.simulator.misbehave(Misbehaviour("refuse", code=20003))
    code = shop.webhook(event())["code"]
    shop.wait(minutes=5, step=30)
    shop.simulator.misbehave(Misbehaviour("refuse", times=0))
    shop.wait(minutes=2, step=30)

    # At New York it is 01:04 once more.
    assert f"#{code} {TEXT} New unhandled error, from 01:58. Reply ack {code}" == shop.page(ANA)
    assert f"#{code} {TEXT} New unhandled error, from 05:58. Reply ack {code}" == shop.page(BEN)


def test_a_page_that_is_late_by_a_day_says_which(shop: Stage) -> None:
    until(shop, "2026-02-03T04:58Z")
    shop.simulator.misbehave(Misbehaviour("refuse", code=20003))
    code = shop.webhook(event())["code"]
    shop.wait(minutes=5, step=30)
    shop.simulator.misbehave(Misbehaviour("refuse", times=0))
    shop.wait(minutes=2, step=30)

    assert f"#{code} {TEXT} New unhandled error, from 23:58 2 Feb. Reply ack {code}" == shop.page(ANA)
    assert f"#{code} {TEXT} New unhandled error, from 04:58. Reply ack {code}" == shop.page(BEN)


def test_whoever_acknowledged_is_reminded_since_when_by_their_own_clock(shop: Stage) -> None:
    code = shop.webhook(event())["code"]
    shop.text(ANA, "ack")
    shop.new_texts(BEN)
    shop.clock.advance(minutes=1)
    shop.webhook(event("exception", "Every event"))

    [(at_utc, who, text)] = arrivals(shop, minutes=60)

    assert ("10:00:00", "ana") == (at_utc, who)
    assert f"#{code} {TEXT} came again since acked 04:00. Reply ack {code}" == text


def test_half_hours_and_news_begin_with_the_readers_time(sqlite: Store, clock: Clock) -> None:
    both = Step(("ana", "ben"), wait=MINUTE, again=0)
    with staged(sqlite, clock, Roster(PEOPLE, {"shop": replaced(steps=(both,))}, "ana")) as stage:
        code = stage.webhook(event())["code"]

        told = [(who, text[:17]) for _, who, text in arrivals(stage, minutes=32) if "unanswered" in text]
        assert sorted([("ana", "04:31 unanswered:"), ("ben", "09:31 unanswered:")]) == sorted(told)

        stage.new_texts(ANA), stage.new_texts(BEN)
        stage.webhook(change("fixed"))
        assert f"04:32 #{code} checkout-api TypeError: Fixed in Bugsnag by Dana Doe" == stage.page(ANA)
        assert f"09:32 #{code} checkout-api TypeError: Fixed in Bugsnag by Dana Doe" == stage.page(BEN)


def test_a_call_says_the_time_of_whoever_is_called(sqlite: Store, clock: Clock) -> None:
    rings = Step(("ana",), wait=12 * HOUR, again=0, call=True)
    with staged(sqlite, clock, Roster(PEOPLE, {"shop": replaced(steps=(rings,))}, "ana")) as stage:
        stage.webhook(event())
        until(stage, "2026-02-02T09:14Z")
        stage.text(ANA, "ack")
        stage.new_texts(BEN)
        stage.webhook(event("reopened", "Fixed error re-occurred"))

        stage.simulator.settle()
        assert "cart create. Fixed error re-occurred, again 04:14. To take it" in stage.simulator.calls(ANA)[-1].said


def test_who_moves_while_an_alert_is_open_is_told_no_time_twice(shop: Stage) -> None:
    """It is 04:14 in New York, and an hour later in Chicago; the next day nothing can be mistaken any more."""
    shop.webhook(event())
    shop.new_texts(ANA), shop.new_texts(BEN)
    until(shop, "2026-02-02T09:14Z")
    assert ("again 04:14", "again 09:14") == again(shop)

    shop.roster = replace(shop.roster, engineers=people(ana="America/Chicago"))
    until(shop, "2026-02-02T10:14Z")
    assert ("again 04:14 -0600 2 Feb", "again 10:14") == again(shop)
    until(shop, "2026-02-03T13:13Z")
    assert ("again 07:13 -0600 3 Feb", "again 13:13 3 Feb") == again(shop)
    until(shop, "2026-02-03T13:14Z")
    assert ("again 07:14 3 Feb", "again 13:14 3 Feb") == again(shop)


def test_who_has_no_zone_reads_that_of_the_team_and_of_several_teams_how_far_it_is_from_utc(shop: Stage) -> None:
    web = Team("web", (BOTH,), timezone="Asia/Tokyo", projects=("web",))
    shop.roster = replace(shop.roster, teams={**shop.roster.teams, "web": web})
    project = {"id": "p-2", "name": "web"}
    shop.webhook(event()), shop.webhook(event(project=project))
    shop.new_texts(ANA), shop.new_texts(BEN)
    shop.clock.advance(minutes=14)
    shop.text(ANA, "ack all")
    shop.new_texts(BEN)

    shop.webhook(event("reopened", "Fixed error re-occurred", project=project))
    assert ("again 04:14", "again 18:14 +0900 2 Feb") == (since(shop.page(ANA)), since(shop.page(BEN)))

    shop.clock.advance(minutes=1)
    shop.webhook(event("reopened", "Fixed error re-occurred"))
    assert ("again 04:15", "again 09:15 +0000 2 Feb") == (since(shop.page(ANA)), since(shop.page(BEN)))


def test_a_zone_that_this_machine_does_not_know_loses_no_page(shop: Stage) -> None:
    shop.roster = replace(shop.roster, engineers=people(ana="Mars/Olympus_Mons", ben="Mars/Olympus_Mons"))
    shop.webhook(event())
    shop.new_texts(ANA), shop.new_texts(BEN)

    shop.clock.advance(minutes=14)

    assert ("again 09:14", "again 09:14") == again(shop)
    assert [] == shop.troubles


def replaced(**changes: Any) -> Team:
    """The team, but for something."""
    return msgspec.structs.replace(SHOP, **changes)


def test_a_first_text_does_not_make_the_next_ones_of_another_clock(sqlite: Store, clock: Clock) -> None:
    """Ben has no zone of his own, and the welcome is about no alert: both are told by his team's clock."""
    people = {"ben": Engineer("ben", "Ben Ode", BEN), "on-duty": Engineer("on-duty", "Ana", ANA, admin=True)}
    team = Team("shop", (Step(("ben",), again=0),), timezone="Asia/Tokyo", projects=("*",))
    with staged(sqlite, clock, Roster(people, {"shop": team}, version=1)) as stage:
        stage.tick()
        assert stage.page(BEN).startswith("Pages from bugglio")
        stage.webhook(event())
        stage.new_texts(BEN)

        stage.wait(minutes=36, step=30)

        assert [text for text in stage.new_texts(BEN) if text.startswith("18:35 unanswered")]
