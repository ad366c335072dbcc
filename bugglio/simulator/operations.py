"""What Bugsnag's API is asked to do with an error: read, or refused in Bugsnag's form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

STATES = {"fix": "fixed", "ignore": "ignored", "snooze": "snoozed", "open": "open"}
"""The operations that are simulated, and the state that each leads to."""
OTHERS = frozenset(
    {"override_severity", "assign", "create_issue", "link_issue", "unlink_issue", "delete", "discard", "undiscard"}
)
"""Those that Bugsnag has besides."""
RULES = {
    "occurs_after": ("seconds",),
    "n_occurrences_in_m_hours": ("occurrences", "hours"),
    "n_additional_occurrences": ("additional_occurrences",),
    "n_additional_users": ("additional_users",),
}
"""What ends a snooze, by `reopen_if`, and the numbers that each needs."""
MOST_USERS = 100_000


class BugsnagFault(Exception):
    """A refusal: its status, and the one sentence of its body's `errors`."""

    def __init__(self, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.headers = headers or {}

    def body(self) -> dict[str, Any]:
        """Bugsnag's JSON object for this error."""
        return {"errors": [str(self)]}


@dataclass(frozen=True)
class Wanted:
    """The state that an error is to have, and what ends it."""

    status: str
    rules: dict[str, Any] | None = None


def wanted(body: object) -> Wanted:
    """Read the body of a change; raises what Bugsnag would answer to one that it does not accept."""
    if not isinstance(body, dict):
        raise BugsnagFault(400, "The body is not a JSON object")
    operation = body.get("operation")
    if isinstance(operation, str) and operation in OTHERS:
        raise BugsnagFault(400, f"operation {operation} is not simulated")
    if not isinstance(operation, str) or operation not in STATES:
        raise BugsnagFault(400, "operation is invalid")
    return Wanted(STATES[operation], _rules(body.get("reopen_rules")) if operation == "snooze" else None)


def _rules(told: object) -> dict[str, Any]:
    rules = told if isinstance(told, dict) else {}
    reopen_if = rules.get("reopen_if")
    if not isinstance(reopen_if, str) or reopen_if not in RULES:
        raise BugsnagFault(400, "reopen_rules are invalid")
    numbers = {name: rules.get(name) for name in RULES[reopen_if]}
    for name, number in numbers.items():
        if isinstance(number, bool) or not isinstance(number, int) or number < 1:
            raise BugsnagFault(400, f"reopen_rules {name} must be a whole number from 1 up")
        if name == "additional_users" and number > MOST_USERS:
            raise BugsnagFault(400, f"reopen_rules {name} must be at most {MOST_USERS}")
    return {"reopen_if": reopen_if, **numbers}


def message(body: object) -> str:
    """Read the body of a comment; raises what Bugsnag would answer to one without a message."""
    told = body.get("message") if isinstance(body, dict) else None
    if not isinstance(told, str) or not told.strip():
        raise BugsnagFault(422, "Message can't be blank")
    return told
