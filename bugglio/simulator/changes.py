"""The webhooks that Bugsnag sends when an error was changed or commented on through its API."""

import copy
import re
from typing import Any

from bugglio.simulator.tracked import BOT, Comment, Tracked

Payload = dict[str, Any]

_OPENED = {"fixed": "reopened", "snoozed": "snoozeCancelled", "ignored": "unignored"}
_WORDS = {
    "fixed": "Error marked as fixed by {0}",
    "ignored": "Error marked as ignored by {0}",
    "reopened": "Fixed error reopened by {0}",
    "snoozeCancelled": "Snooze cancelled by {0}",
    "unignored": "Error unignored by {0}",
}
_MARKS = {"fixed": "fx", "reopened": "rm", "snoozed": "sn", "snoozeCancelled": "sc", "comment": "cm"}
_UNITS = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))


def state_change(error: Tracked, was: str) -> Payload:
    """Tell that an error has its state now, and had another one before."""
    change = _OPENED.get(was, "reopened") if error.status == "open" else error.status
    rules = error.reopen_rules
    words = f"Error snoozed {_until(rules)} by {{0}}" if rules else _WORDS[change]
    body = _body(error, "errorStateManualChange", words.format(BOT["name"]), _MARKS.get(change, "ig"))
    body["trigger"]["stateChange"] = change
    if rules:
        body["trigger"]["snoozeRule"] = _rule(rules)
    return body


def comment_added(error: Tracked, comment: Comment) -> Payload:
    """Tell that an error was commented on."""
    body = _body(error, "comment", "Comment added", _MARKS["comment"])
    return {**body, "comment": {"id": comment.id, "message": comment.message}}


def _body(error: Tracked, trigger: str, message: str, mark: str) -> Payload:
    """The newest webhook about the error, told anew: a change repeats the id of the newest event."""
    known = copy.deepcopy(error.payload)
    known.setdefault("project", {"id": error.project, "name": error.project})
    told = {"errorId": error.id, **known.get("error", {}), "status": error.status}
    body: Payload = {
        **{name: known[name] for name in ("account", "project") if name in known},
        "trigger": {"type": trigger, "message": message},
        "error": told,
        "user": dict(BOT),
    }
    for part in (body["project"], body["error"]):
        if isinstance(part.get("url"), str):
            part["url"] = re.sub(r"(?<=[?&]m=)\w+$", mark, part["url"])
    return body


def _rule(rules: Payload) -> Payload:
    """What ends a snooze, in the webhook's words: by events an hour it names no type."""
    kinds = {
        "occurs_after": {"ruleType": "occurs_after", "ruleValue": rules.get("seconds")},
        "n_additional_occurrences": {"ruleType": "occurrences", "ruleValue": rules.get("additional_occurrences")},
        "n_additional_users": {"ruleType": "affected_users", "ruleValue": rules.get("additional_users")},
        "n_occurrences_in_m_hours": {"ruleValue": rules.get("occurrences")},
    }
    return kinds[rules["reopen_if"]]


def _until(rules: Payload) -> str:
    if rules["reopen_if"] == "occurs_after":
        return f"for {_span(rules['seconds'])}"
    if rules["reopen_if"] == "n_additional_occurrences":
        return f"until after {_counted(rules['additional_occurrences'], 'more occurrence')}"
    if rules["reopen_if"] == "n_additional_users":
        return f"until it impacts an additional {_counted(rules['additional_users'], 'user')}"
    hours = "hour" if rules["hours"] == 1 else f"{rules['hours']} hours"
    return f"until this occurs at least {rules['occurrences']} times/{hours}"


def _span(seconds: int) -> str:
    unit, size = next((unit, size) for unit, size in _UNITS if seconds % size == 0)
    return _counted(seconds // size, unit)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
