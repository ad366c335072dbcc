"""What is wrong with the pager: decided from values, in plain words with since when."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bugglio.health import (
    AGAIN,
    LAST_RESORT,
    PAGE,
    SELF_TEST,
    SENDER,
    STEP,
    TICK,
    Ailment,
    Raised,
    Vitals,
    ailments,
    bulletin,
)
from bugglio.phone import Phone
from bugglio.roster import HOUR, MINUTE
from bugglio.sender import SenderState

NOW = 1_770_000_000_000
WELL = Vitals(NOW, tick=NOW - MINUTE)
DOWN = SenderState(since=NOW - HOUR, cause="no money", next_try=NOW)


def ill(**how: Any) -> list[tuple[str, int]]:
    """What is wrong, and since when."""
    return [(one.kind, one.since) for one in ailments(replace(WELL, **how))]


@pytest.mark.parametrize(
    ("how", "kind", "since"),
    [
        ({"tick": NOW - 3 * MINUTE}, "", 0),
        ({"tick": NOW - 3 * MINUTE - 1}, TICK, NOW - 3 * MINUTE - 1),
        ({"tick": None}, "", 0),
        ({"tick": None, "awaited_since": NOW - 3 * MINUTE}, "", 0),
        ({"tick": None, "awaited_since": NOW - 3 * MINUTE - 1}, TICK, NOW - 3 * MINUTE - 1),
        ({"sender": DOWN}, SENDER, NOW - HOUR),
        ({"sender": SenderState(since=NOW - HOUR, until=NOW - MINUTE)}, "", 0),
        ({"last_resort": Phone(opted_out=True, stopped_at=NOW - 7)}, LAST_RESORT, NOW - 7),
        ({"last_resort": Phone(refused="a landline", failed_at=NOW - 8)}, LAST_RESORT, NOW - 8),
        ({"last_resort": Phone(failed_at=NOW - 8)}, "", 0),
        ({"page": NOW - 5 * MINUTE}, "", 0),
        ({"page": NOW - 5 * MINUTE - 1}, PAGE, NOW - 5 * MINUTE - 1),
        ({"vain": NOW - 6 * MINUTE, "page": NOW}, PAGE, NOW - 6 * MINUTE),
        ({"step": NOW - 5 * MINUTE}, "", 0),
        ({"step": NOW - 5 * MINUTE - 1}, STEP, NOW - 5 * MINUTE - 1),
        ({"self_test": NOW - 5 * MINUTE}, "", 0),
        ({"self_test": NOW - 5 * MINUTE - 1}, SELF_TEST, NOW - 5 * MINUTE - 1),
    ],
)
def test_each_thing_that_may_be_wrong_is_found_and_nothing_before_its_time(
    how: dict[str, Any], kind: str, since: int
) -> None:
    assert ill(**how) == ([(kind, since)] if kind else [])


def test_it_is_said_in_plain_words_and_the_cause_comes_first() -> None:
    stopped = Phone(opted_out=True, stopped_at=NOW - 7)
    late = NOW - HOUR
    worst = Vitals(NOW, tick=late, sender=DOWN, last_resort=stopped, step=late, page=late, vain=late, self_test=late)

    assert [
        "Twilio refuses texts: no money",
        "the tick has not come for over 3 minutes",
        "the last resort's phone (ON_DUTY) takes no texts: opted out by STOP",
        "a step is over 5 minutes late",
        "the daily self-test did not come through",
    ] == [one.what for one in ailments(worst)]
    mended = replace(worst, sender=SenderState())
    assert "a page is over 5 minutes late" in [one.what for one in ailments(mended)]


def test_what_an_outage_of_the_sender_held_up_is_late_five_minutes_after_its_end() -> None:
    ended = SenderState(since=NOW - HOUR, until=NOW - 5 * MINUTE)

    assert [] == ill(sender=ended, page=NOW - HOUR, step=NOW - HOUR)
    ended = SenderState(since=NOW - HOUR, until=NOW - 5 * MINUTE - 1)
    assert [(PAGE, NOW - HOUR), (STEP, NOW - HOUR)] == ill(sender=ended, page=NOW - HOUR, step=NOW - HOUR)


DEAD = Ailment(TICK, "the tick has not come for over 3 minutes", NOW)
STUCK = Ailment(STEP, "a step is over 5 minutes late", NOW)


def test_the_alarm_is_raised_as_it_begins_and_each_hour_and_it_is_told_when_it_is_well_again() -> None:
    first = bulletin({}, [DEAD], NOW)
    assert ((DEAD,), ()) == (first.tell, first.over)
    assert {TICK: Raised(NOW, NOW)} == first.raised

    assert () == bulletin(first.raised, [DEAD], NOW + AGAIN - 1).tell
    second = bulletin(first.raised, [DEAD], NOW + AGAIN)
    assert (DEAD,) == second.tell

    well = bulletin(second.raised, [], NOW + AGAIN + 1)
    assert ({}, (), (TICK,)) == (well.raised, well.tell, well.over)


def test_what_was_told_as_it_was_found_is_told_again_after_an_hour() -> None:
    refused = Ailment(SENDER, "Twilio refuses texts: no money", NOW, told=NOW)

    first = bulletin({}, [refused], NOW + MINUTE)
    assert ((), {SENDER: Raised(NOW, NOW)}) == (first.tell, first.raised)
    assert (refused,) == bulletin(first.raised, [refused], NOW + AGAIN).tell


def test_what_comes_on_top_is_told_at_once() -> None:
    first = bulletin({}, [DEAD], NOW)

    assert (STUCK,) == bulletin(first.raised, [DEAD, STUCK], NOW + 1).tell


def test_whoever_saw_a_part_only_tells_of_nothing_that_it_is_over() -> None:
    raised = {STEP: Raised(NOW, NOW)}

    told = bulletin(raised, [DEAD], NOW + 1, whole=False)

    assert ((DEAD,), ()) == (told.tell, told.over)
    assert {STEP, TICK} == set(told.raised)


@given(st.lists(st.tuples(st.integers(0, 2 * HOUR), st.booleans(), st.booleans()), max_size=40))
def test_nothing_is_told_twice_within_an_hour_unless_it_was_well_between(
    looks: list[tuple[int, bool, bool]],
) -> None:
    raised: dict[str, Raised] = {}
    told: dict[str, int] = {}
    now = NOW
    for gap, dead, stuck in looks:
        now += gap
        found = [one for one, there in ((DEAD, dead), (STUCK, stuck)) if there]
        news = bulletin(raised, found, now)
        assert set(news.raised) == {one.kind for one in found}
        for one in found:
            silent = one.kind in told and now - told[one.kind] < AGAIN
            assert (one in news.tell) is not silent
        told = {kind: at for kind, at in told.items() if kind in news.raised} | {one.kind: now for one in news.tell}
        raised = dict(news.raised)
