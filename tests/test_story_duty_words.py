"""Duty by text, from the phones' side: who takes whose shift, who is quiet, what is muted, and how it ends."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bugglio.pager import reports
from bugglio.pager.applying import Applying
from bugglio.pager.conversation import Conversation
from bugglio.pager.feeds import ENGINEER, Feeds
from bugglio.rosterfile import read
from bugglio.simulator import Misbehaviour
from bugglio.store import Store
from bugglio.store.counting import CountingStore
from bugglio.store.sqlite import SqliteStore
from bugglio.wording import ALL_WELL
from tests.clock import Clock
from tests.payloads import change, event
from tests.scenes import Scene as Shown
from tests.stage import ANA, Stage, staged
from tests.stores import PATIENCE

BEN, CY = "+14155550102", "+14155550103"
FILE = """
engineers:
  ana: {name: Ana Lima, phone: "+14155550101", timezone: America/New_York, admin: true}
  ben: {name: Ben Ode, phone: "+14155550102"}
  cy: {name: Cy Aoki, phone: "+14155550103"}
teams:
  shop:
    timezone: Europe/London
    projects: [checkout-api]
    rotations:
      primary: {engineers: [ana, ben, cy], starts: 2026-01-11T09:00, turn: 1 week}
    steps:
      - {page: [primary], wait: 5 minutes, again: 0}
      - {page: [cy], wait: 5 minutes, again: 0}
"""
"""Ana's week is a day old when the clock starts, at 2026-02-02T09:00:00Z."""


def settle_in(stage: Stage) -> None:
    """The roster is applied, all phones are known, and what was foreseen is told."""
    stage.use_the_store()
    applying = Applying(stage.works.kit)
    applying.apply(applying.plan(read(FILE.encode()).book), "ana")
    stage.use_the_store()
    for number in (ANA, BEN, CY):
        stage.text(number, "ok")
    stage.tick()
    silence(stage)


def silence(stage: Stage) -> None:
    """All phones have been looked at."""
    for number in (ANA, BEN, CY):
        stage.new_texts(number)


@pytest.fixture
def shop(stage: Stage) -> Stage:
    """The team shop, on each engine."""
    settle_in(stage)
    return stage


@pytest.fixture
def quick(sqlite: Store, clock: Clock) -> Iterator[Stage]:
    """The same where the engine does not matter."""
    with staged(sqlite, clock) as stage:
        settle_in(stage)
        yield stage


def happens(stage: Stage, n: int = 1, trigger: str = "firstException") -> dict[str, Any]:
    """One of several errors happens."""
    more = {"errorId": f"e-{n}", "receivedAt": reports.iso(stage.clock.now())}
    return stage.webhook(event(trigger, error=more))


def paged(stage: Stage) -> list[str]:
    """Who was texted about an alert since the last look."""
    stage.simulator.settle()
    numbers = {"ana": ANA, "ben": BEN, "cy": CY}
    return [name for name, number in numbers.items() for body in stage.new_texts(number) if "#" in body]


def why(stage: Stage, code: int) -> list[str]:
    """What is recorded of an alert."""
    stage.simulator.settle()
    return [f"{one['reason']}: {one['detail']}".rstrip(": ") for one in reports.why(stage.store, code) or []]


# take, off, cover.


def test_whoever_takes_is_paged_from_then_on_until_it_ends(shop: Stage) -> None:
    answer = "You are on for shop until Mon 2 Feb 11:00 GMT instead of Ana Lima. Nothing open."
    assert answer == shop.text(BEN, "Take 2h")
    assert "Ben Ode is on for shop primary until Mon 2 Feb 06:00 EST instead of you." in shop.page(ANA)

    happens(shop, 1)
    assert ["ben"] == paged(shop)
    shop.text(BEN, "close")

    shop.clock.advance(hours=2)
    happens(shop, 2)
    assert ["ana"] == paged(shop)


def test_a_text_delivered_twice_takes_once_and_tells_once(shop: Stage) -> None:
    conversation = Conversation(shop.works.kit)
    sid = "SM" + "0" * 32

    first = conversation.take(sid, BEN, "take 2h")
    shop.clock.advance(seconds=30)

    assert first == conversation.take(sid, BEN, "take 2h")
    shop.tick()
    assert 1 == len(shop.works.kit.roster().covers)
    assert 1 == len(shop.new_texts(ANA))


def test_another_process_answers_who_at_once_as_the_one_that_was_told(quick: Stage) -> None:
    other = quick.app
    assert quick.text(CY, "who") == "shop primary: Ana Lima until Sun 8 Feb 09:00 GMT, then Ben Ode"
    quick.restart()
    quick.text(BEN, "take 2h")

    quick.app = other

    assert quick.text(CY, "who") == "shop primary: Ben Ode until Mon 2 Feb 11:00 GMT, then Ana Lima"
    assert "Took back: take. Ana Lima is on for shop primary until Mon 2 Feb 11:00 GMT." == quick.text(BEN, "undo")


def test_off_gives_it_to_the_next_who_can_be_reached(shop: Stage) -> None:
    shop.text(BEN, "STOP")
    silence(shop)

    answer = "You are off for shop primary until Mon 2 Feb 06:00 EST: Cy Aoki is on. Nothing open."
    assert answer == shop.text(ANA, "off 2h")
    assert "You are on for shop primary until Mon 2 Feb 11:00 GMT: Ana Lima is off." in shop.page(CY)
    happens(shop)
    assert ["cy"] == paged(shop)


def test_a_cover_begins_and_ends_when_it_was_agreed_to(shop: Stage) -> None:
    shop.text(ANA, "cover ben until 6am")
    question = shop.page(BEN)
    ask = (
        "Ana Lima asks you to take shop primary until Mon 2 Feb 11:00 GMT (nothing is given in return). Reply ok or no"
    )
    assert question.endswith(ask)

    happens(shop, 1)
    assert ["ana"] == paged(shop)
    shop.text(ANA, "close")
    assert shop.text(BEN, "Ok").startswith("You are on for shop until Mon 2 Feb 11:00 GMT instead of Ana Lima.")
    assert "Ben Ode is on for shop primary until Mon 2 Feb 06:00 EST instead of you." in shop.page(ANA)

    happens(shop, 2)
    assert ["ben"] == paged(shop)
    shop.text(BEN, "close")
    shop.clock.advance(hours=2)
    happens(shop, 3)
    assert ["ana"] == paged(shop)


def test_no_and_no_answer_leave_it_where_it_is(quick: Stage) -> None:
    quick.text(ANA, "cover ben 2h")
    quick.page(BEN)
    assert "Nothing changed: Ana Lima is told. Nothing open." == quick.text(BEN, "no")
    assert "Ben Ode does not take shop primary until Mon 2 Feb 06:00 EST: it stays yours." in quick.page(ANA)

    quick.text(ANA, "cover cy 2h")
    quick.page(CY)
    quick.clock.advance(minutes=31)
    assert "Nothing was asked. Nothing open." == quick.text(CY, "ok")
    assert () == quick.works.kit.roster().covers


def test_of_two_shifts_asked_for_shortly_one_after_the_other_a_number_takes_the_one_it_stands_for(shop: Stage) -> None:
    shop.text(ANA, "off fri")
    shop.text(ANA, "cover cy tue")
    shop.text(ANA, "cover cy wed")
    silence(shop)

    which = "Which? 1 the shift of ana from Tue 3 Feb 05:00 GMT, 2 the shift of ana from Wed 4 Feb 05:00 GMT."
    assert f"{which} Reply a number or all" == shop.text(CY, "ok")
    on = "You are on for shop Wed 4 Feb 05:00 to Thu 5 Feb 05:00 GMT instead of Ana Lima."
    assert shop.text(CY, "2").startswith(on)


def test_all_takes_every_shift_that_was_asked_for(quick: Stage) -> None:
    for asked in ("cover cy tue", "cover cy wed", "cover cy wed"):
        quick.text(ANA, asked)
    silence(quick)
    quick.text(CY, "ok")

    on = "You are on for shop Tue 3 Feb 05:00 to Wed 4 Feb 05:00 GMT; shop Wed 4 Feb 05:00 to Thu 5 Feb 05:00 GMT"
    assert f"{on} instead of Ana Lima. Nothing open." == quick.text(CY, "all")
    assert "Cy Aoki is on for shop primary Tue 3 Feb 00:00 to Wed 4 Feb 00:00 EST and 1 more" in quick.page(ANA)
    assert "Nothing was asked. Nothing open." == quick.text(CY, "ok")


def test_whoever_covers_may_change_the_teams_alerts_and_calendars_show_it(quick: Stage) -> None:
    quick.text(BEN, "take fri 18:00 to 22:00")

    feeds = Feeds(quick.works.kit)
    path = feeds.address_path(ENGINEER, "ben")
    body = feeds.body(ENGINEER, "ben", path.rpartition("/")[2].removesuffix(".ics"))
    assert body is not None
    assert b"DTSTART:20260206T180000Z" in body.content.replace(b";VALUE=DATE-TIME", b"")


def test_who_and_the_command_line_agree(
    tmp_path: Path, clock: Clock, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = Shown(tmp_path, capsys)
    shown.write(FILE)
    shown.apply()
    store = SqliteStore(tmp_path / "data" / "bugglio.db", clock.now, timeout=PATIENCE)
    with staged(store, clock) as stage:
        settle_in(stage)
        stage.text(BEN, "take 2h")
        told = stage.text(CY, "who")
    store.close()

    _, printed = shown.run("who --json --at 2026-02-02T10:00:00Z")

    fact = json.loads(printed)["teams"]["shop"]["primary"]
    assert {"engineer": "ben", "until": "2026-02-02T11:00:00.000Z", "next": "ana"} == fact
    assert "shop primary: Ben Ode until Mon 2 Feb 11:00 GMT, then Ana Lima" == told


# quiet.


def test_a_quiet_keeps_new_alerts_and_at_its_end_one_text_tells_of_them(shop: Stage) -> None:
    answer = "Quiet until Mon 2 Feb 04:30 EST: new alerts of shop count as acked by you, and are texted to you then."
    assert f"{answer} Nothing open." == shop.text(ANA, "quiet 30m")

    first = happens(shop, 1)
    assert {"outcome": "opened", "code": first["code"], "reason": "quiet: ana until 04:30"} == first
    shop.clock.advance(minutes=1)
    second = happens(shop, 2)
    assert [] == shop.new_texts(ANA)
    told = shop.new_texts(CY)
    assert [
        f"#{one['code']} checkout-api TypeError: Ana Lima is quiet and has it" in " ".join(told)
        for one in (first, second)
    ]
    assert "not paged: quiet: ana until 04:30" in why(shop, first["code"])

    shop.wait(minutes=28, step=60)
    assert [] == shop.new_texts(ANA)
    shop.wait(minutes=1, step=60)
    assert "2 more: checkout-api 2. Top: #" in shop.page(ANA)

    shop.wait(minutes=5, step=60)
    assert ["ana"] == sorted(set(paged(shop)))
    assert {"triggered"} == {one["state"] for one in shop.alerts()}


def test_an_answer_to_the_digest_at_the_end_is_an_acknowledgement(quick: Stage) -> None:
    quick.text(ANA, "quiet 30m")
    happens(quick, 1)
    happens(quick, 2)
    silence(quick)
    quick.wait(minutes=30, step=60)
    silence(quick)

    assert "Ack all 2? Reply ok, or ack with a number" == quick.text(ANA, "ok")
    assert quick.text(ANA, "ok").startswith("Acked ")

    quick.wait(minutes=10, step=60)
    assert [] == paged(quick)


def test_one_alone_says_since_when_it_waited(quick: Stage) -> None:
    quick.text(ANA, "quiet 30m")
    code = happens(quick)["code"]
    silence(quick)
    quick.wait(minutes=30, step=60)

    start = f"#{code} checkout-api production: TypeError: cannot read 'id' of undefined in cart#create."
    assert f"{start} In your quiet since 04:00. Reply ack {code}".casefold() == quick.page(ANA).casefold()


def test_quiet_0_ends_it_and_the_next_tick_tells(shop: Stage) -> None:
    shop.text(ANA, "quiet 2h")
    happens(shop, 1)
    happens(shop, 2)
    silence(shop)
    shop.clock.advance(minutes=3)

    assert "Quiet is over. 2 came meanwhile and are texted to you. 2 open: list" == shop.text(ANA, "quiet 0")
    shop.tick()
    assert "2 more: checkout-api 2" in shop.page(ANA)
    happens(shop, 3)
    assert ["ana"] == paged(shop)


def test_undo_of_a_quiet_tells_at_once_too(quick: Stage) -> None:
    quick.text(ANA, "quiet 2h")
    code = happens(quick)["code"]
    silence(quick)

    assert "Took back: quiet." == quick.text(ANA, "undo")
    quick.tick()
    assert quick.page(ANA).startswith(f"#{code} ")


def test_somebody_else_takes_what_is_left_to_a_quiet(quick: Stage) -> None:
    quick.text(ANA, "quiet 30m")
    code = happens(quick)["code"]
    silence(quick)

    assert f"Acked {code} TypeError checkout-api. Nothing else open." == quick.text(CY, f"ack {code}")

    quick.wait(minutes=40, step=60)
    assert [] == paged(quick)


def test_at_the_end_of_a_quiet_a_phone_that_cannot_be_reached_hands_over(quick: Stage) -> None:
    quick.text(ANA, "quiet 30m")
    happens(quick)
    silence(quick)
    quick.simulator.misbehave(Misbehaviour("undelivered", number=ANA, times=9, code=30003))

    quick.wait(minutes=36, step=60)

    assert "cy" in paged(quick)


# mute.


def test_a_muted_project_pages_nobody_and_pages_again_at_the_end(shop: Stage) -> None:
    answer = "Muted checkout-api until Mon 2 Feb 10:00 GMT: new alerts of it page nobody. Nothing open."
    assert answer == shop.text(BEN, "mute checkout-api 1h")
    reason = "muted until 10:00 by ben"
    assert {"outcome": "recorded", "code": None, "reason": reason} == happens(shop)
    assert [] == paged(shop)
    muted = "Nothing open. Muted: checkout-api until 10:00. On duty: ana."
    assert muted == shop.text(BEN, "status")

    shop.wait(minutes=60, step=60)
    assert ALL_WELL == shop.text(BEN, "status")
    happens(shop, trigger="exception")
    assert ["ana"] == paged(shop)


def test_what_was_open_before_a_mute_goes_on_and_is_counted(quick: Stage) -> None:
    code = happens(quick)["code"]
    silence(quick)
    quick.text(BEN, "mute checkout-api 1h")

    counted = happens(quick, trigger="exception")
    assert {"outcome": "counted", "code": code, "reason": "counted; muted until 10:00 by ben"} == counted
    quick.wait(minutes=5, step=60)
    assert ["cy"] == paged(quick)


def test_unmute_ends_it_and_undo_mutes_again(quick: Stage) -> None:
    quick.text(BEN, "mute checkout-api 1h")
    assert "checkout-api is muted no more: its alerts page again. Nothing open." == quick.text(
        ANA, "unmute checkout-api"
    )
    assert "opened" == happens(quick, 1)["outcome"]

    quick.text(ANA, "undo")
    assert "recorded" == happens(quick, 2)["outcome"]


def test_what_bugsnag_closes_meanwhile_is_closed(quick: Stage) -> None:
    happens(quick)
    quick.text(BEN, "mute checkout-api 1h")

    quick.webhook(change("fixed", error={"errorId": "e-1", "receivedAt": reports.iso(quick.clock.now())}))

    assert [] == quick.alerts()


# why.


def test_why_tells_who_was_paged_when_and_why_not_the_others(quick: Stage) -> None:
    quick.text(CY, "STOP")
    code = happens(quick)["code"]
    quick.wait(minutes=6, step=60)
    quick.text(ANA, "ack")

    told = quick.text(BEN, f"why {code}")

    assert told == (
        f"{code} TypeError checkout-api: 09:00 opened: New unhandled error; 09:00 paged Ana Lima; "
        "09:05 step 2 skipped: cy: opted out by STOP; 09:05 paged Ana Lima (2nd page); "
        "09:06 acknowledged: Ana Lima, by text"
    )


def test_why_of_an_alert_with_a_long_history_tells_its_end(quick: Stage) -> None:
    code = happens(quick)["code"]
    for n in range(20):
        quick.text(ANA, f"note {code} the {n}th thing that was tried")

    told = quick.text(ANA, f"why {code}")

    assert told.startswith(f"{code} TypeError checkout-api: ...; ")
    assert told.endswith("the 19th thing that was tried")
    assert "the 18th thing" in told


def test_why_of_nothing(quick: Stage) -> None:
    assert "Nothing was texted to you yet. Nothing open." == quick.text(BEN, "why")
    assert "999: no such alert. Nothing open." == quick.text(BEN, "why 999")


# What it costs.


@pytest.mark.parametrize("text", ["take 2h", "off 2h", "cover ben 2h", "quiet 30m", "mute checkout-api 1h", "who"])
def test_a_word_about_duty_costs_two_reads_and_one_commit_before_others_are_told(
    sqlite: Store, clock: Clock, text: str
) -> None:
    store = CountingStore(sqlite)
    with staged(store, clock) as stage:
        settle_in(stage)
        who = BEN if text.startswith("take") else ANA
        conversation = Conversation(stage.works.kit)
        stage.works.kit.roster()
        store.settle()

        conversation.take("SM" + "1" * 32, who, text)

        assert 3 == store.settle().calls
