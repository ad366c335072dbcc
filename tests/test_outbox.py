"""What Bugsnag is told next, and what becomes of an errand after a try."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bugglio import outbox, upstream
from bugglio.alert import Alert, Errand
from bugglio.outbox import Answer
from bugglio.roster import DAY, MINUTE
from bugglio.upstream import Done, Later, Operation, Outcome, Refused, Unknown
from tests.clock import Clock

NOW = Clock().now()
SECOND = 1_000


def errand(name: str, what: str = upstream.FIX, **more: Any) -> Errand:
    """Something that is due now, and that nobody is at."""
    text = more.pop("text", "")
    return Errand(operation=Operation(id=name, what=what, text=text), **{"by": "ana", "at": NOW, "due_at": NOW, **more})


def note(name: str, text: str = "x", **more: Any) -> Errand:
    """A comment."""
    return errand(name, upstream.COMMENT, text=text, **more)


def alert(*errands: Errand) -> Alert:
    """An alert with these, the oldest first."""
    return Alert(mark="m", team="default", errands=errands)


def name(found: Errand | None) -> str:
    """Which one it is."""
    return found.operation.id if found is not None else ""


@pytest.mark.parametrize(
    ("errands", "wanted"),
    [
        ((), ""),
        ((errand("a"),), "a"),
        ((errand("a", due_at=NOW + 1),), ""),
        ((errand("a"), errand("b", upstream.OPEN)), "b"),
        ((errand("a", busy_until=NOW + 1), errand("b")), ""),
        ((errand("a", busy_until=NOW), errand("b")), "b"),
        ((errand("a"), errand("b", due_at=NOW + 1)), ""),
        ((note("a"), errand("b")), "a"),
        ((errand("a"), note("b")), "a"),
        ((errand("a", busy_until=NOW + 1, due_at=NOW + 1), note("b")), "b"),
        ((note("a", due_at=NOW + 1), note("b", "y")), "b"),
        ((note("a", due_at=NOW + 1), note("b")), ""),
    ],
)
def test_the_oldest_that_nothing_stands_in_the_way_of_is_next(errands: tuple[Errand, ...], wanted: str) -> None:
    assert wanted == name(outbox.following(alert(*errands), NOW))


def test_what_is_being_tried_is_nobody_elses_for_a_minute() -> None:
    one = errand("a")
    begun = outbox.begun(alert(one), one, NOW)

    assert "" == name(outbox.following(begun, NOW + MINUTE - 1))
    assert "a" == name(outbox.following(begun, NOW + MINUTE))
    assert (1, True) == (begun.errands[0].tries, begun.errands[0].unsure)


@pytest.mark.parametrize(
    ("one", "doubtful"),
    [(errand("a"), True), (errand("a", tries=1), False), (errand("a", tries=1, unsure=True), True)],
)
def test_what_somebody_stored_and_has_not_come_back_of_may_be_done(one: Errand, doubtful: bool) -> None:  # noqa: FBT001 - a case
    assert doubtful == outbox.is_doubtful(one)


@pytest.mark.parametrize(
    ("outcome", "tries", "pause"),
    [
        (Later(None), 1, 5),
        (Later(None), 2, 10),
        (Later(None), 7, 320),
        (Later(None), 8, 600),
        (Later(None), 5_000, 600),
        (Later(40.5), 1, 40.5),
        (Later(0), 9, 0),
        (Later(3600), 1, 600),
        (Unknown(), 1, 5),
    ],
)
def test_so_long_it_is_left_alone(outcome: Outcome, tries: int, pause: float) -> None:
    after = outbox.settled(alert(errand("a", tries=tries)), errand("a").operation, Answer(outcome), NOW).alert

    assert NOW + pause * SECOND == after.errands[0].due_at
    assert 0 == after.errands[0].busy_until


def test_a_comment_that_may_have_been_made_is_not_looked_for_at_once() -> None:
    told = alert(note("a", tries=1))

    after = outbox.settled(told, note("a", text="x").operation, Answer(Unknown(), unsure=True), NOW).alert

    assert (NOW + outbox.SETTLED, True) == (after.errands[0].due_at, after.errands[0].unsure)


def test_a_refusal_is_the_end_of_it_and_on_the_timeline() -> None:
    end = outbox.settled(alert(note("a")), note("a").operation, Answer(Refused("not permitted")), NOW)

    assert end.failed is not None
    assert ("not permitted", "note refused: not permitted") == (end.failed.cause, end.failed.what)
    assert () == end.alert.errands
    assert ("Bugsnag was not told: note", "ana", "not permitted") == (
        end.alert.timeline[0].what,
        end.alert.timeline[0].who,
        end.alert.timeline[0].detail,
    )


def test_a_day_is_long_enough() -> None:
    old = errand("a", at=NOW - DAY)
    end = outbox.settled(alert(old), old.operation, Answer(Unknown("no answer"), unsure=True), NOW)

    assert end.failed is not None
    assert "fix was given up: Bugsnag could not be told for 24 hours (no answer)" == end.failed.what
    assert () == end.alert.errands
    assert ["a"] == [echo.operation.id for echo in end.alert.done_upstream]


def test_done_ends_it_and_awaits_its_webhook() -> None:
    end = outbox.settled(alert(note("a")), note("a").operation, Answer(Done("c-1")), NOW)

    assert () == end.alert.errands
    assert [("a", "c-1", NOW)] == [(one.operation.id, one.comment, one.at) for one in end.alert.done_upstream]


def test_what_a_webhook_has_answered_meanwhile_is_left_alone() -> None:
    told = alert(errand("b"))

    assert told is outbox.settled(told, errand("a").operation, Answer(Done()), NOW).alert


def test_with_a_state_told_the_older_ones_are_gone_and_what_may_be_done_is_awaited() -> None:
    older = (errand("a", tries=1, unsure=True), errand("b", tries=1))
    end = outbox.settled(alert(*older, errand("c", upstream.OPEN)), errand("c").operation, Answer(Done()), NOW)

    assert () == end.alert.errands
    assert ["a", "c"] == [one.operation.id for one in end.alert.done_upstream]


STATES = st.sampled_from([upstream.FIX, upstream.IGNORE, upstream.OPEN, upstream.COMMENT])


@given(st.lists(st.tuples(STATES, st.integers(0, 120), st.booleans()), max_size=8))
def test_whatever_is_wanted_is_told_in_the_end_and_of_states_the_newest_last(
    wanted: list[tuple[str, int, bool]],
) -> None:
    """Each is found due, tried, and done: nothing is left, each comment was made, the newest state is the last told."""
    errands = [
        errand(str(n), what, text=str(n % 2), due_at=NOW + wait * SECOND, busy_until=NOW + wait * SECOND if busy else 0)
        for n, (what, wait, busy) in enumerate(wanted)
    ]
    left, told = alert(*errands), list[Operation]()
    for now in range(NOW, NOW + 10 * MINUTE, SECOND):
        left = outbox.tidied(left, now)
        while (following := outbox.following(left, now)) is not None:
            told.append(following.operation)
            left = outbox.settled(outbox.begun(left, following, now), following.operation, Answer(Done()), now).alert

    assert () == left.errands
    made = [one.operation for one in errands if one.operation.what == upstream.COMMENT]
    assert sorted(made, key=str) == sorted((one for one in told if one.what == upstream.COMMENT), key=str)
    states = [one.operation for one in errands if one.operation.what != upstream.COMMENT]
    assert states[-1:] == [one for one in told if one.what != upstream.COMMENT][-1:]
