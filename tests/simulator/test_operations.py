"""What Bugsnag's API accepts and refuses."""

import pytest

from bugglio.simulator.operations import BugsnagFault, Wanted, message, wanted


@pytest.mark.parametrize(
    ("expected", "body"),
    [
        (Wanted("fixed"), {"operation": "fix"}),
        (Wanted("ignored"), {"operation": "ignore"}),
        (Wanted("open"), {"operation": "open", "reopen_rules": {"reopen_if": "never"}}),
        (
            Wanted("snoozed", {"reopen_if": "occurs_after", "seconds": 3600}),
            {"operation": "snooze", "reopen_rules": {"reopen_if": "occurs_after", "seconds": 3600, "hours": "x"}},
        ),
        (
            Wanted("snoozed", {"reopen_if": "n_occurrences_in_m_hours", "occurrences": 10, "hours": 24}),
            {
                "operation": "snooze",
                "reopen_rules": {"reopen_if": "n_occurrences_in_m_hours", "occurrences": 10, "hours": 24},
            },
        ),
        (
            Wanted("snoozed", {"reopen_if": "n_additional_users", "additional_users": 100_000}),
            {
                "operation": "snooze",
                "reopen_rules": {"reopen_if": "n_additional_users", "additional_users": 100_000},
            },
        ),
    ],
)
def test_an_operation_that_is_in_order_is_read(expected: Wanted, body: object) -> None:
    assert expected == wanted(body)


@pytest.mark.parametrize(
    ("sentence", "body"),
    [
        ("The body is not a JSON object", None),
        ("The body is not a JSON object", ["fix"]),
        ("operation is invalid", {}),
        ("operation is invalid", {"operation": "resolve"}),
        ("operation is invalid", {"operation": ["fix"]}),
        ("operation discard is not simulated", {"operation": "discard"}),
        ("reopen_rules are invalid", {"operation": "snooze"}),
        ("reopen_rules are invalid", {"operation": "snooze", "reopen_rules": {"reopen_if": "later"}}),
        (
            "reopen_rules seconds must be a whole number from 1 up",
            {"operation": "snooze", "reopen_rules": {"reopen_if": "occurs_after", "seconds": 0}},
        ),
        (
            "reopen_rules seconds must be a whole number from 1 up",
            {"operation": "snooze", "reopen_rules": {"reopen_if": "occurs_after", "seconds": True}},
        ),
        (
            "reopen_rules hours must be a whole number from 1 up",
            {"operation": "snooze", "reopen_rules": {"reopen_if": "n_occurrences_in_m_hours", "occurrences": 10}},
        ),
        (
            "reopen_rules additional_users must be at most 100000",
            {"operation": "snooze", "reopen_rules": {"reopen_if": "n_additional_users", "additional_users": 100_001}},
        ),
    ],
)
def test_an_operation_that_is_not_in_order_is_refused(sentence: str, body: object) -> None:
    with pytest.raises(BugsnagFault) as fault:
        wanted(body)

    assert (400, {"errors": [sentence]}) == (fault.value.status, fault.value.body())


@pytest.mark.parametrize("body", [None, [], {}, {"message": None}, {"message": " \n"}, {"message": 7}])
def test_a_comment_needs_a_message(body: object) -> None:
    with pytest.raises(BugsnagFault) as fault:
        message(body)

    assert (422, "Message can't be blank") == (fault.value.status, str(fault.value))
