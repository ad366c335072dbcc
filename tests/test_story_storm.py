"""A storm from the phone's side: few texts, each of them true, and no tick that comes to nothing."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from bugglio import alert as alerts
from bugglio import page as pages
from bugglio.app import App, Parts
from bugglio.digests import of_alerts
from bugglio.page import Page, page_id
from bugglio.pager import making
from bugglio.pager.ticking import WORK
from bugglio.phone import phone_id
from bugglio.roster import MINUTE, Engineer, Roster, Step, Team
from bugglio.simulator import Misbehaviour
from bugglio.store import EXISTS, Document, Store, Write
from bugglio.store.change import change
from bugglio.store.counting import CountingStore
from tests.clock import Clock
from tests.payloads import change as changes_to
from tests.payloads import event
from tests.stage import ANA, Stage, staged
from tests.storms import FIRST, flood

MANY = 600
SOME = 120
BEN, CY = "+14155550102", "+14155550103"
PEOPLE = {
    "ana": Engineer("ana", "Ana Lima", ANA),
    "ben": Engineer("ben", "Ben Ode", BEN),
    "cy": Engineer("cy", "Cy Aoki", CY, admin=True),
}
STEPS = (Step(("ana",), wait=5 * MINUTE, again=0), Step(("ben",), wait=5 * MINUTE, again=0))
ROSTER = Roster(PEOPLE, {"shop": Team("shop", STEPS, projects=("checkout-api", "web"))}, last_resort="cy")
"""Of version 0: nobody is welcomed, nothing is foreseen."""


@pytest.fixture
def shop(sqlite: Store, clock: Clock) -> Iterator[Stage]:
    with staged(sqlite, clock, ROSTER) as stage:
        yield stage


@pytest.fixture
def counted(sqlite: Store, clock: Clock) -> Iterator[tuple[Stage, CountingStore]]:
    counting = CountingStore(sqlite)
    with staged(counting, clock, ROSTER) as stage:
        yield stage, counting


def happens(stage: Stage, number: int, project: str = "checkout-api", **more: Any) -> int:
    """A new error, unlike the others; its code."""
    error = {"errorId": f"e-{number}", "exceptionClass": f"Error{number}", **more}
    code: int = stage.webhook(event(error=error, project={"id": project, "name": project}))["code"]
    return code


def left(stage: Stage) -> list[Document]:
    """Alerts and pages that are due and were not dealt with."""
    due = [*stage.store.query("alerts", "due_at", limit=400), *stage.store.query("pages", "due_at", limit=400)]
    return [one for one in due if one.fields["due_at"] <= stage.clock.now()]


def test_a_storm_is_three_pages_and_then_a_digest_a_minute_whose_numbers_are_true(shop: Stage) -> None:
    for number in range(240):
        shop.clock.advance(seconds=0.25)
        happens(shop, number, "web" if number % 4 == 0 else "checkout-api")
    top = happens(shop, 240, occurrences=31)
    assert 3 == len(shop.new_texts())

    shop.clock.advance(seconds=2)
    shop.tick()
    # The first three were of both projects.
    assert f"09:01 238 more: checkout-api 179, web 59. Top: #{top} Error240 x31. Reply list" == shop.page()

    for number in range(300, 320):
        happens(shop, number)
    shop.clock.advance(seconds=30)
    shop.tick()
    assert [] == shop.new_texts()
    shop.clock.advance(seconds=30)
    shop.tick()
    assert shop.page().startswith("09:02 20 more: checkout-api 20. Top: ")


def test_whatever_waits_for_one_token_goes_as_one_text(shop: Stage) -> None:
    flood(shop, MANY, team="shop", projects=("checkout-api", "web"))

    shop.tick()

    assert shop.page().startswith("09:00 600 more: checkout-api 300, web 300. Top: #")
    states = Counter(one.fields["state"] for one in shop.store.query("pages", "created", limit=MANY + 1))
    assert (MANY, 1) == (states.pop("digested"), states.total())


def test_notices_that_go_as_one_are_of_what_their_reader_was_told(shop: Stage) -> None:
    shop.tick()
    for number in range(6):
        happens(shop, number)
        shop.clock.advance(seconds=40)
        shop.tick()
    for number in range(6, 26):
        happens(shop, number)
    assert 7 == len(shop.new_texts())

    for number in range(26):
        error = {"errorId": f"e-{number}", "exceptionClass": f"Error{number}"}
        shop.webhook(changes_to("fixed", error=error, project={"id": "checkout-api", "name": "checkout-api"}))
    assert 3 == len(shop.new_texts())
    shop.wait(minutes=1, step=10)

    assert " 4 notices: " in shop.page()
    assert [] == left(shop)


def test_a_digest_names_an_alert_once_however_often_it_was_to_be_told(shop: Stage) -> None:
    again = (Step(("ana",), wait=30 * MINUTE, again=2 * MINUTE),)
    shop.roster = replace(ROSTER, teams={"shop": Team("shop", again, projects=("checkout-api",))})
    for number in range(13):
        happens(shop, number)
    shop.new_texts()
    shop.clock.advance(minutes=2)

    shop.tick()

    # Ten first pages wait, and second ones of all thirteen.
    assert ["13 more: checkout-api 13." in text for text in shop.new_texts() if " more: " in text] == [True]


def test_five_hundred_that_are_due_together_cost_few_round_trips(counted: tuple[Stage, CountingStore]) -> None:
    stage, counting = counted
    flood(stage, MANY, team="shop", paged=False)
    stage.clock.advance(minutes=5)
    counting.settle()

    stage.tick()

    assert counting.settle().calls < MANY / 4
    assert 3 == len(stage.new_texts(BEN))
    assert [] == left(stage)
    stage.clock.advance(minutes=1)
    stage.tick()
    assert "597 more: checkout-api 597." in stage.page(BEN)


def test_the_half_hours_cost_few_round_trips_however_many_nobody_answers(
    counted: tuple[Stage, CountingStore],
) -> None:
    stage, counting = counted
    flood(stage, MANY, team="shop", paged=False)
    for minutes in (5, 5, 5):
        stage.clock.advance(minutes=minutes)
        stage.tick()
    stage.new_texts(ANA)
    stage.clock.advance(minutes=30)
    counting.settle()

    stage.tick()

    assert counting.settle().calls < MANY / 10
    assert [] == left(stage)
    assert any("600 unanswered: checkout-api 600." in text for text in stage.new_texts(ANA))
    assert ["600 unanswered" in text for text in stage.new_texts(CY) if "unanswered" in text] == [True]


def test_a_digest_of_the_half_hours_is_told_although_its_commit_meets_another_writer(
    sqlite: Store, clock: Clock
) -> None:
    class Met(CountingStore):
        """A store in which an event is counted on one of the alerts just before their digest is stored."""

        waits = True

        def commit(self, writes: Any) -> Any:
            if self.waits and any(one.put.get("kind") == "unanswered" for one in writes):
                self.waits = False
                head = next(one.path for one in writes if one.path.startswith("alerts/"))
                super().commit([Write(head, EXISTS, increment={"events": 1, "generation": 0})])
            return super().commit(writes)

    store = Met(sqlite)
    with staged(store, clock, ROSTER) as stage:
        old = flood(stage, SOME, team="shop", paged=False, apart=1)
        flood(stage, 20, team="shop", paged=False, first=FIRST + MANY)
        for minutes in (5, 5):
            clock.advance(minutes=minutes)
            stage.tick()
        # The older ones were asked about again since: their half hour ends later.
        later = {"next_at": clock.now() + 40 * MINUTE, "due_at": clock.now() + 40 * MINUTE}
        stage.store.commit([Write(alerts.path(key), EXISTS, put=later) for key in old])
        clock.advance(minutes=20)
        stage.tick()
        stage.new_texts(CY)

        clock.advance(minutes=10)
        stage.tick()

        assert not store.waits
        assert ["140 unanswered: checkout-api 140." in text for text in stage.new_texts(CY)] == [True]


def test_what_a_tick_has_no_time_for_the_next_one_does(sqlite: Store, clock: Clock) -> None:
    spent: list[float] = []

    class Slow(CountingStore):
        """A store each of whose commits takes ten seconds."""

        def commit(self, writes: Any) -> Any:
            spent.append(10.0)
            return super().commit(writes)

    store = Slow(sqlite)
    with staged(store, clock, ROSTER) as stage:
        flood(stage, MANY, team="shop", paged=False)
        clock.advance(minutes=5)
        parts = Parts(store, None, lambda: stage.roster, uptime=lambda: sum(spent), draw=stage.works.kit.draw)
        stage.app = App(lambda: stage.settings, stage._alarm, parts)
        waiting = len(stage.store.query("alerts", "due_at", end=clock.now() + 1, limit=MANY))
        while waiting:
            spent.clear()
            stage.tick()
            before, waiting = waiting, len(stage.store.query("alerts", "due_at", end=clock.now() + 1, limit=MANY))
            assert waiting < before
            assert sum(spent) < WORK + 50
        assert [] == stage.troubles


def test_two_ticks_at_once_share_the_work_and_double_nothing(store: Store, clock: Clock) -> None:
    with staged(store, clock, ROSTER) as stage:
        flood(stage, MANY, team="shop", paged=False)
        clock.advance(minutes=5)
        stage.restart()
        first = stage.app
        second = stage.restart()
        both = [threading.Thread(target=app.works.ticking.tick) for app in (first, second)]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join(60)

        assert [] == stage.troubles
        stage.clock.advance(minutes=1)
        stage.tick()
        texts = stage.new_texts(BEN)
        alone = [text for text in texts if text.startswith("#")]
        told = [int(text.split(" ")[1]) for text in texts if " more: " in text]
        assert MANY == len(alone) + sum(told)
        assert {1} == {one["paged"]["ben"] for one in _all(stage)}


def test_events_that_are_counted_meanwhile_keep_no_alert_from_going_on(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, ROSTER) as stage:
        flood(stage, SOME, team="shop", paged=False)
        clock.advance(minutes=5)
        over = threading.Event()
        counted: list[str] = []

        def goes_on_happening() -> None:
            while not over.is_set():
                error = {"errorId": str(FIRST + len(counted) % SOME)}
                counted.append(stage.webhook(event("exception", error=error, project={"id": "storm"}))["outcome"])

        happening = threading.Thread(target=goes_on_happening)
        happening.start()
        while not counted:
            pass
        stage.tick()
        over.set()
        happening.join(60)

        assert [] == stage.troubles
        assert {"counted"} == set(counted)
        # An event that meets the change itself may count twice, never not at all.
        assert SOME + len(counted) <= sum(one["events"] for one in _all(stage))
        assert {1} == {one["paged"]["ben"] for one in _all(stage)}


def _all(stage: Stage) -> list[Any]:
    return [one.fields for one in stage.store.query("alerts", "open", limit=MANY)]


# A digest that has waited.


def waiting_digest(stage: Stage, keys: Sequence[str], kind: str = "digest") -> None:
    """These alerts' pages went into a digest, and the process ended before it was sent."""
    found = stage.store.get([alerts.path(key) for key in keys]).documents.values()
    count = of_alerts(alerts.load(one.fields) for one in found)
    now = stage.clock.now()
    page = Page(kind=kind, to="ana", number=ANA, phone=phone_id(ANA), created=now, due_at=now, count=count)
    top = msgspec.structs.replace(page, alert=keys[0], code=count.top)
    stage.store.commit([making.new(page_id("waiting", 0, "ana", 0), top)])


def state(stage: Stage) -> tuple[str, str | None]:
    where = pages.path(page_id("waiting", 0, "ana", 0))
    fields = stage.store.get([where]).documents[where].fields
    return fields["state"], fields.get("cause")


Answer = Callable[[Stage, list[int]], None]


def acked(stage: Stage, codes: list[int]) -> None:
    stage.text(BEN, f"ack {' '.join(map(str, codes))}")


def closed(stage: Stage, codes: list[int]) -> None:
    stage.text(BEN, f"close {' '.join(map(str, codes))}")


@pytest.mark.parametrize("answer", [acked, closed])
@pytest.mark.parametrize("kind", ["digest", "unanswered"])
def test_a_digest_of_which_all_was_answered_while_it_waited_is_not_sent(shop: Stage, kind: str, answer: Answer) -> None:
    keys = flood(shop, 12, team="shop", paged=False)
    waiting_digest(shop, keys, kind)
    answer(shop, list(range(FIRST, FIRST + 12)))

    shop.tick()

    assert [] == shop.new_texts()
    assert ("dropped", "all that it tells of was answered meanwhile") == state(shop)


def test_a_digest_of_which_some_was_answered_while_it_waited_tells_of_the_rest(shop: Stage) -> None:
    keys = flood(shop, 12, team="shop", projects=("checkout-api", "web"), paged=False)
    waiting_digest(shop, keys)
    acked(shop, [FIRST, 1_002, 1_004])

    shop.tick()

    assert "09:00 9 more: web 6, checkout-api 3. Top: #1001 Error1001 x1. Reply list" == shop.page()


def test_what_is_left_of_an_unanswered_digest_may_be_one_alert(shop: Stage) -> None:
    keys = flood(shop, 3, team="shop", paged=False)
    waiting_digest(shop, keys, "unanswered")
    acked(shop, [1_000, 1_002])

    shop.tick()

    assert shop.page().startswith("09:00 unanswered: #1001 ")


def test_a_digest_that_was_answered_in_an_outage_is_not_what_tries_the_sender(shop: Stage) -> None:
    keys = flood(shop, 3, team="shop", paged=False)
    shop.simulator.misbehave(Misbehaviour("refuse", code=20003, times=1))
    happens(shop, 1)
    shop.text(ANA, "ack")
    waiting_digest(shop, keys)
    acked(shop, [1_000, 1_001, 1_002])
    shop.clock.advance(minutes=2)

    shop.tick()

    assert [] == shop.new_texts()
    assert "dropped" == state(shop)[0]


@pytest.mark.slow
def test_five_thousand_alerts_that_nobody_answers(sqlite: Store, clock: Clock) -> None:
    counting = CountingStore(sqlite)
    with staged(counting, clock, ROSTER) as stage:
        flood(stage, 5_000, team="shop", apart=20)
        for minutes in (0, 5, 5, 35):
            clock.advance(minutes=minutes)
            counting.settle()
            stage.tick()
            assert counting.settle().calls < 1_000
        texts = [*stage.new_texts(ANA), *stage.new_texts(BEN), *stage.new_texts(CY)]

        assert "09:00 5000 more: checkout-api 5000. Top: #" == texts[0][:42]
        assert any("5000 unanswered: checkout-api 5000." in text for text in texts)
        assert len(texts) < 30
        assert [] == stage.troubles


def test_all_that_came_in_a_quiet_is_told_in_one_text_at_its_end(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock) as stage:
        stage.use_the_store()
        stage.text(ANA, "quiet 30m")
        keys = flood(stage, MANY, paged=False)
        for start in range(0, MANY, 300):
            some = stage.store.get([alerts.path(key) for key in keys[start : start + 300]]).documents.values()
            stage.store.commit([_left_to_quiet(one, clock.now()) for one in some])
        clock.advance(minutes=30)

        stage.tick()

        assert ["600 more: checkout-api 600." in text for text in stage.new_texts() if " more: " in text] == [True]


def _left_to_quiet(document: Document, now: int) -> Write:
    alert = alerts.leave_to_quiet(alerts.load(document.fields), "on-duty", "quiet", now + 30 * MINUTE, now)
    return change(document.path, document, alerts.dump(alert))


def test_a_digest_of_very_many_that_fails_lets_all_of_them_go_on(counted: tuple[Stage, CountingStore]) -> None:
    stage, counting = counted
    flood(stage, MANY, team="shop")
    stage.simulator.misbehave(Misbehaviour("refuse", code=30003, times=1))
    counting.settle()

    stage.tick()

    assert counting.settle().calls < 2 * MANY
    assert [] == left(stage)
    stage.clock.advance(minutes=1)
    stage.tick()
    told = stage.new_texts(BEN)
    assert 3 == len([text for text in told if text.startswith("#")])
    assert ["597 more: checkout-api 597." in text for text in told if " more: " in text] == [True]
