"""What a closing leaves for the figures: however an alert is closed, once, and not if that is taken back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from bugglio.alert import Alert, dump, load
from bugglio.document import present
from bugglio.figures import COUNTED_AFTER
from bugglio.pager.keeping import kept
from bugglio.roster import DAY, MINUTE
from bugglio.store import BY_ID, EXISTS, Document, Store, Version
from tests.browsing import BEN, ROSTER, apply
from tests.clock import Clock
from tests.faults import Fault, Killed
from tests.payloads import change, event
from tests.stage import Stage, staged


@dataclass
class Shop:
    """A pager whose alerts Ben answers."""

    stage: Stage

    def closings(self) -> dict[str, Mapping[str, Any]]:
        """What is left, by its id without the alert's."""
        found = self.stage.store.query("history", BY_ID)
        return {one.id.partition("-")[2]: one.fields for one in found}

    def marked(self) -> list[str]:
        """What of it is to be counted."""
        return [one.id.partition("-")[2] for one in self.stage.store.query("history", "uncounted")]

    def text(self, body: str, *, after: float = 1) -> str:
        """Ben texts, minutes later."""
        self.stage.clock.advance(minutes=after)
        return self.stage.text(BEN, body)


@pytest.fixture
def shop(store: Store, clock: Clock) -> Iterator[Shop]:
    with staged(store, clock) as stage:
        stage.use_the_store()
        apply(stage, ROSTER)
        yield Shop(stage)


def test_a_closing_tells_how_long_it_took_to_answer_and_to_close(shop: Shop) -> None:
    opened = shop.stage.clock.now()
    shop.stage.webhook(event())
    shop.text("ack", after=3)
    shop.text("close", after=17)

    assert ["1"] == list(shop.closings()) == shop.marked()
    left = shop.closings()["1"]
    expected = {
        "team": "shop",
        "project": "checkout-api",
        "cycle": 1,
        "opened": opened,
        "born": opened,
        "asked_at": opened,
        "answered_at": opened + 3 * MINUTE,
        "closed_at": opened + 20 * MINUTE,
        "how": "by hand",
        "who": "ben",
        "pages": 1,
        "uncounted": opened + 20 * MINUTE + COUNTED_AFTER,
    }
    assert expected == {name: left.get(name) for name in expected}


@pytest.mark.parametrize("word", ["close", "fix", "ignore 1", "snooze 1h"])
def test_the_first_word_that_answers_is_the_answer(shop: Shop, word: str) -> None:
    code = shop.stage.webhook(event())["code"]
    asked = shop.stage.clock.now()
    shop.text(word.replace("1", str(code), 1) if word.startswith("ignore") else word, after=2)
    shop.text(f"close {code}", after=5)

    assert [asked + 2 * MINUTE] == [one["answered_at"] for one in shop.closings().values()]


@pytest.mark.parametrize("state", ["fixed", "ignored"])
def test_a_change_in_bugsnag_closes_and_answers(shop: Shop, state: str) -> None:
    shop.stage.webhook(event())
    shop.stage.clock.advance(minutes=4)
    shop.stage.webhook(change(state))

    (left,) = shop.closings().values()
    assert (state, 4 * MINUTE) == (left["how"], left["answered_at"] - left["asked_at"])


def test_what_closes_by_itself_was_answered_by_nobody(shop: Shop) -> None:
    shop.stage.webhook(event())
    shop.stage.clock.advance(days=7)
    shop.stage.tick()

    (left,) = shop.closings().values()
    assert ("quiet", 7 * DAY) == (left["how"], left["closed_at"] - left["opened"])
    assert "answered_at" not in left


def test_close_all_leaves_something_of_each(shop: Shop) -> None:
    for number in range(5):
        shop.stage.webhook(event(error={"errorId": f"checkout-{number}"}))
    shop.stage.wait(minutes=3, step=60)
    shop.text("list")
    shop.text("close all")
    shop.text("ok")

    assert 5 == len(shop.stage.store.query("history", "uncounted"))


def test_a_closing_that_is_taken_back_is_not_counted_and_the_next_one_is(shop: Shop) -> None:
    shop.stage.webhook(event())
    shop.text("ack")
    shop.text("close")
    shop.text("undo")
    assert [] == shop.marked()

    shop.text("close")

    assert ["1-2"] == shop.marked()
    assert {"1", "1-2"} == set(shop.closings())


def test_an_answer_that_is_taken_back_was_none(shop: Shop) -> None:
    shop.stage.webhook(event())
    shop.text("ack")
    shop.text("undo")
    shop.text("close", after=5)

    (left,) = shop.closings().values()
    assert 7 * MINUTE == left["answered_at"] - left["asked_at"]


def test_a_reopening_that_is_taken_back_leaves_the_closing_as_it_was(shop: Shop) -> None:
    code = shop.stage.webhook(event())["code"]
    shop.text("close")
    shop.text(f"reopen {code}")
    shop.text("undo")

    assert ["1"] == list(shop.closings()) == shop.marked()


def test_each_closing_of_an_alert_that_comes_back_is_one_of_its_own(shop: Shop) -> None:
    shop.stage.webhook(event())
    shop.text("close")
    shop.stage.clock.advance(hours=2)
    later = event(error={"receivedAt": "2026-02-02T11:02:00.000Z"})
    shop.stage.webhook(later)
    shop.text("ack", after=4)
    shop.text("close")

    assert {"1", "2"} == set(shop.closings())
    again = shop.closings()["2"]
    assert (4 * MINUTE, 5 * MINUTE) == (
        again["answered_at"] - again["asked_at"],
        again["closed_at"] - again["opened"],
    )


def test_closings_in_which_no_steps_began_are_told_apart(shop: Shop) -> None:
    rules = "    rules: [{if: {severity: [error]}, then: digest}]\n  web:"
    apply(shop.stage, ROSTER.replace("  web:", rules, 1))
    for number in range(3):
        shop.stage.clock.advance(hours=2)
        at = f"2026-02-02T{11 + 2 * number}:00:00.000Z"
        code = shop.stage.webhook(event(error={"receivedAt": at}))["code"]
        shop.text(f"close {code}")

    assert {"0", "0-2", "0-3"} == set(shop.closings())
    assert {None} == {one.get("asked_at") for one in shop.closings().values()}


@pytest.mark.parametrize("kills", [True, False])
@pytest.mark.parametrize("after", [True, False])
def test_whatever_fails_while_it_is_closed_it_leaves_something_once(shop: Shop, *, kills: bool, after: bool) -> None:
    for at in range(20):
        shop.stage.restart()
        key = f"checkout-{at}-{kills}-{after}"
        code = shop.stage.webhook(event(error={"errorId": key}))["code"]
        before = len(shop.stage.store.query("history", "uncounted"))
        fault = Fault(at, after=after, kills=kills)
        shop.stage.restart(fault)
        try:
            shop.stage.webhook(change("fixed", error={"errorId": key}))
        except (Killed, AssertionError):
            assert fault.struck
        shop.stage.restart()
        shop.stage.webhook(change("fixed", error={"errorId": key}))

        assert before + 1 == len(shop.stage.store.query("history", "uncounted")), code
        if not fault.struck:
            return
    raise AssertionError("the fault always struck")


def test_what_an_older_version_opened_is_told_without_what_it_did_not_keep() -> None:
    older = {"v": 1, "mark": "m", "team": "shop", "cycle": 3, "opened": 5_000, "code": 417}
    found = Document("alerts/a", older, Version(1))
    closed = Alert(mark="m", team="shop", cycle=3, opened=5_000, code=417, state="closed", closed_at=9_000)

    _, left = kept("a", found, closed)

    assert "history/a-3" == left.path
    assert "asked_at" not in left.put


def test_what_an_older_version_closed_leaves_nothing_when_it_is_changed() -> None:
    closed = Alert(mark="m", team="shop", cycle=3, opened=5_000, code=417, state="closed", closed_at=9_000)
    found = Document("alerts/a", present(dump(closed)), Version(1))

    assert ["alerts/a"] == [write.path for write in kept("a", found, closed)]


def test_a_closing_can_be_taken_back_by_whoever_knows_no_more_than_its_alert() -> None:
    closed = Alert(mark="m", team="shop", cycle=3, opened=5_000, state="closed", closed_at=9_000)
    first, left = kept("a", None, closed)
    found = Document("alerts/a", first.put, Version(1))
    is_open = Alert(mark="m", team="shop", cycle=3, opened=5_000, chapter=load(first.put).chapter)

    _, back = kept("a", found, is_open)

    assert (left.path, EXISTS, ("uncounted",)) == (back.path, back.when, tuple(back.delete))
