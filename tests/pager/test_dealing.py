"""Presses about shifts: once, whatever is lost on the way, and as by text."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from bugglio.grammar import Command
from bugglio.pager.conversation import Conversation
from bugglio.pager.covers import PATH, covers_in
from bugglio.pager.presses import Answer, Press
from tests.browsing import BEN, ROSTER, apply
from tests.clock import Clock
from tests.faults import Fault
from tests.stage import ANA, Stage, staged

if TYPE_CHECKING:
    from bugglio.store.sqlite import SqliteStore

TAKE = Command("take", rest="shop 2h")


@pytest.fixture
def stage(sqlite: "SqliteStore", clock: Clock) -> Iterator[Stage]:
    with staged(sqlite, clock) as found:
        found.use_the_store()
        apply(found, ROSTER)
        yield found


def press(stage: Stage, who: str, command: Command, token: str = "a" * 16) -> Answer:
    return Conversation(stage.works.kit).press(Press(token, who, command))


def covered(stage: Stage) -> list[str | None]:
    return [one.engineer for one in covers_in(stage.store.get([PATH]))]


@pytest.mark.parametrize("at", range(1, 5))
@pytest.mark.parametrize("after", [False, True])
def test_a_lost_reply_neither_takes_twice_nor_tells_twice(stage: Stage, at: int, *, after: bool) -> None:
    stage.restart(Fault(at, after=after, kills=False))
    stage.works.kit.roster()
    said = press(stage, "ana", TAKE)
    assert said.changed
    assert said.said == "You are on for shop until Mon 2 Feb 06:00 EST instead of Ben Ode."
    stage.use_the_store()
    assert ["ana"] == covered(stage)
    assert said == press(stage, "ana", TAKE)
    assert ["ana"] == covered(stage)
    stage.tick()
    assert 1 == sum("instead of you" in text for text in stage.new_texts(BEN))


def test_another_token_is_another_press_and_says_that_it_is_so_already(stage: Stage) -> None:
    press(stage, "ana", TAKE)
    said = press(stage, "ana", TAKE, "b" * 16)
    assert (
        Answer("Nothing changed: you are on for shop primary until Mon 2 Feb 06:00 EST already.", changed=False) == said
    )


def test_undo_by_text_takes_back_what_a_page_did(stage: Stage) -> None:
    press(stage, "ana", TAKE)
    assert "shop primary" in stage.text(ANA, "undo")
    assert [] == covered(stage)


def test_the_page_neither_answers_what_a_phone_was_asked_nor_counts_as_heard(stage: Stage) -> None:
    press(stage, "ben", Command("cover", rest="ana until fri"))
    stage.tick()
    assert press(stage, "ana", Command("off", rest="shop 2h")).changed is False
    assert "You are on for shop" in stage.text(ANA, "ok")


def test_whoever_has_left_the_roster_changes_nothing(stage: Stage) -> None:
    said = press(stage, "nobody-known", TAKE)
    assert Answer("Nothing changed: you are not on the roster any more.", changed=False) == said


def test_whoever_asks_somebody_who_takes_no_texts_is_told_and_nothing_is_asked(stage: Stage) -> None:
    stage.text(ANA, "STOP")
    said = press(stage, "ben", Command("cover", rest="ana until fri"))
    assert not said.changed
    assert said.said.startswith("Nothing changed: Ana Lima cannot be reached (")
