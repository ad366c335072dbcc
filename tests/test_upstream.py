"""What is asked of Bugsnag, and which comment is ours."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bugglio.upstream import (
    COMMENT,
    FIX,
    IGNORE,
    OPEN,
    SKEW,
    SNOOZE,
    Found,
    NotFound,
    Operation,
    Refused,
    body,
    look,
    refusal,
)

NOON = 1_767_960_000_000
"""2026-01-09T12:00:00Z."""
TEXT = "Ana Lima: rolled back"


def comment(name: object = "c-1", message: object = TEXT, created: object = "2026-01-09T12:00:00.000Z") -> Any:
    return {"id": name, "message": message, "created_at": created}


@pytest.mark.parametrize(
    ("asked", "operation"),
    [
        ({"operation": "fix"}, Operation(id="o", what=FIX)),
        ({"operation": "ignore"}, Operation(id="o", what=IGNORE)),
        ({"operation": "open"}, Operation(id="o", what=OPEN)),
        (
            {"operation": "snooze", "reopen_rules": {"reopen_if": "occurs_after", "seconds": 7200}},
            Operation(id="o", what=SNOOZE, seconds=7200),
        ),
        (
            {
                "operation": "snooze",
                "reopen_rules": {"reopen_if": "n_additional_occurrences", "additional_occurrences": 20},
            },
            Operation(id="o", what=SNOOZE, more=20),
        ),
        ({"message": TEXT}, Operation(id="o", what=COMMENT, text=TEXT)),
    ],
)
def test_each_operation_is_asked_for_in_bugsnags_words(asked: dict[str, Any], operation: Operation) -> None:
    assert asked == body(operation)


@pytest.mark.parametrize(
    "operation", [Operation(id="o", what=SNOOZE, seconds=7200), Operation(id="o", what=COMMENT, text="ü")]
)
def test_an_operation_is_kept_in_a_document_and_read_again(operation: Operation) -> None:
    assert operation == msgspec.convert(msgspec.to_builtins(operation), Operation)


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (
            401,
            "Bugsnag does not accept BUGSNAG_AUTH_TOKEN: make a new one under My account > Personal auth tokens",
        ),
        (
            403,
            "Bugsnag does not allow this to the user of BUGSNAG_AUTH_TOKEN: let that user change the project's errors",
        ),
        (
            404,
            "Bugsnag does not show this error to the user of BUGSNAG_AUTH_TOKEN: it is gone, or not in their projects",
        ),
        (400, "Bugsnag did not take this (HTTP 400): do it in Bugsnag's dashboard"),
        (422, "Bugsnag did not take this (HTTP 422): do it in Bugsnag's dashboard"),
    ],
)
def test_a_refusal_says_what_to_do(status: int, cause: str) -> None:
    assert Refused(cause) == refusal(status)


def test_every_refusal_fits_one_text() -> None:
    assert all(len(refusal(status).cause) <= 140 for status in range(400, 500))


def test_a_comment_is_known_by_its_exact_text() -> None:
    page = [comment("other", "Ana Lima: rolled back."), comment("c-1")]

    assert Found("c-1") == look(page, TEXT, NOON)


def test_a_comment_that_bugsnags_clock_dates_a_little_earlier_is_ours() -> None:
    assert Found("c-1") == look([comment()], TEXT, NOON + SKEW)


def test_the_same_words_of_yesterday_are_another_comment() -> None:
    assert NotFound() == look([comment(created="2026-01-08T12:00:00Z")], TEXT, NOON)


def test_the_same_words_just_before_are_another_comment_if_that_one_is_known() -> None:
    page = [comment("c-2"), comment("c-1")]

    assert Found("c-1") == look(page, TEXT, NOON, besides={"c-2"})
    assert None is look(page, TEXT, NOON, besides={"c-2", "c-1"})


def test_a_page_without_an_old_comment_does_not_settle_it() -> None:
    assert None is look([comment(message="on it")], TEXT, NOON)
    assert None is look([], TEXT, NOON)


@pytest.mark.parametrize("created", [None, "", "yesterday", 7, "2026-01-09T12:00:00", "2026-01-09T13:00:00+01:00"])
def test_a_date_that_cannot_be_read_counts_as_young_enough(created: object) -> None:
    assert Found("c-1") == look([comment(created=created)], TEXT, NOON)


@pytest.mark.parametrize("name", [None, 7, "", "a b", "x" * 201])
def test_a_comment_whose_name_no_webhook_could_repeat_is_found_without_it(name: object) -> None:
    assert Found("") == look([comment(name)], TEXT, NOON)


JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=10,
)
ENTRIES: Any = JSON | st.fixed_dictionaries({"id": JSON, "message": JSON | st.just(TEXT), "created_at": JSON})


@given(st.lists(ENTRIES, max_size=5), st.integers(0, 2**53))
def test_any_json_for_a_page_is_looked_through(page: list[Any], since: int) -> None:
    found = look(page, TEXT, since)

    texts = [entry.get("message") for entry in page if isinstance(entry, dict)]
    assert not isinstance(found, Found) or TEXT in texts
