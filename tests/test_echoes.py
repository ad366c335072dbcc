"""Which webhooks are about what bugglio did itself: the corners that stories do not reach."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bugglio import bugsnag, echoes, upstream
from bugglio.alert import Alert, Errand
from bugglio.upstream import Operation
from tests.clock import Clock
from tests.payloads import change, event

NOW = Clock().now()
OPERATIONS = [
    Operation(id="fix", what=upstream.FIX),
    Operation(id="ignore", what=upstream.IGNORE),
    Operation(id="span", what=upstream.SNOOZE, seconds=7200),
    Operation(id="more", what=upstream.SNOOZE, more=20),
    Operation(id="open", what=upstream.OPEN),
    Operation(id="note", what=upstream.COMMENT, text="Ana Lima: rolled\nback"),
]


def snoozed(kind: str, value: int) -> dict[str, Any]:
    """Bugsnag tells of a snooze."""
    return change("snoozed", extra={"snoozeRule": {"ruleType": kind, "ruleValue": value}})


def said(text: str, name: str = "c-1") -> dict[str, Any]:
    """Bugsnag tells of a comment."""
    return event("comment", "Comment added", top={"comment": {"id": name, "message": text}})


WEBHOOKS = {
    "fix": [change("fixed")],
    "ignore": [change("ignored")],
    "span": [snoozed("occurs_after", 7200), change("snoozed")],
    "more": [snoozed("occurrences", 20), change("snoozed")],
    "open": [change("reopened"), change("unignored"), change("snoozeCancelled")],
    "note": [said("Ana Lima: rolled\nback")],
}
"""What Bugsnag says of each operation."""
CASES = [(one, payload, one.id == name) for one in OPERATIONS for name, some in WEBHOOKS.items() for payload in some]


def heard(payload: dict[str, Any], alert: Alert, now: int = NOW) -> Alert | None:
    """What a webhook leaves of what is awaited."""
    return echoes.heard(bugsnag.parse(payload), alert, now)


def bare(**more: Any) -> Alert:
    """An alert."""
    return Alert(mark="m", team="default", **more)


@pytest.mark.parametrize(("operation", "payload", "ours"), CASES)
def test_each_operation_is_known_by_its_own_webhook_alone(
    operation: Operation,
    payload: dict[str, Any],
    ours: bool,  # noqa: FBT001 - a case of the table
) -> None:
    ours = ours or (operation.what == upstream.SNOOZE and payload == change("snoozed"))
    told = echoes.remember(bare(), operation, NOW)
    asked = bare(errands=(Errand(operation=operation, by="ana", at=NOW, due_at=NOW),))

    assert [ours, ours] == [heard(payload, told) is not None, heard(payload, asked) is not None]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_mark_is_used_up_by_one_webhook(operation: Operation) -> None:
    payload = WEBHOOKS[operation.id][0]
    once = heard(payload, echoes.remember(bare(), operation, NOW))

    assert once is not None
    assert () == once.done_upstream
    assert None is heard(payload, once)


def test_an_event_of_the_error_is_never_ours() -> None:
    told = bare()
    for operation in OPERATIONS:
        told = echoes.remember(told, operation, NOW)

    assert [None] * 3 == [heard(event(trigger), told) for trigger in ("exception", "reopened", "firstException")]


def test_a_comment_whose_id_is_known_is_known_by_nothing_else() -> None:
    told = echoes.remember(bare(), OPERATIONS[-1], NOW, "c-1")

    assert None is heard(said(OPERATIONS[-1].text, "c-2"), told)
    found = heard(said("in other words", "c-1"), told)
    assert found is not None
    assert ("c-1",) == found.comments


def test_a_comment_that_came_before_its_id_was_known_is_awaited_no_more() -> None:
    alert = bare(comments=("c-1",))

    assert alert is echoes.remember(alert, OPERATIONS[-1], NOW, "c-1")


def test_the_same_comment_told_twice_answers_one_errand() -> None:
    note = OPERATIONS[-1]
    errands = tuple(Errand(operation=note, by="ana", at=NOW, due_at=NOW + n) for n in range(2))
    once = heard(said(note.text), bare(errands=errands))

    assert once is not None
    assert errands[1:] == once.errands
    assert None is heard(said(note.text), once)


def test_a_webhook_after_ten_minutes_is_somebody_elses() -> None:
    told = echoes.remember(bare(), OPERATIONS[0], NOW)

    assert None is not heard(change("fixed"), told, NOW + echoes.AWAITED - 1)
    assert None is heard(change("fixed"), told, NOW + echoes.AWAITED)


@given(st.lists(st.sampled_from(OPERATIONS), max_size=60))
def test_so_many_are_remembered_and_no_more(operations: list[Operation]) -> None:
    alert = bare()
    for n, operation in enumerate(operations):
        alert = echoes.remember(alert, msgspec.structs.replace(operation, id=str(n)), NOW)

    assert [str(n) for n in range(len(operations))][-echoes.REMEMBERED :] == [
        echo.operation.id for echo in alert.done_upstream
    ]


def test_somebody_elses_change_outdates_states_and_no_comments() -> None:
    alert = bare(errands=tuple(Errand(operation=one, by="ana", at=NOW, due_at=NOW) for one in OPERATIONS))
    for operation in OPERATIONS:
        alert = echoes.remember(alert, operation, NOW)

    left = echoes.overtaken(alert)

    assert ["note"] == [one.operation.id for one in left.errands]
    assert ["note"] == [one.operation.id for one in left.done_upstream]
    assert left is echoes.overtaken(left)
