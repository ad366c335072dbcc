"""
What bugglio asks of Bugsnag about an error, and what came of it.

Source of the API's words: SmartBear's description of the Data Access API, version 2, and recorded answers of it.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

FIX = "fix"
IGNORE = "ignore"
SNOOZE = "snooze"
OPEN = "open"
COMMENT = "comment"

SKEW = 5 * 60_000
"""Milliseconds by which Bugsnag's clock may be behind ours; its comments are dated in whole seconds besides."""


_ID = re.compile(r"[A-Za-z0-9._:-]{1,200}", re.ASCII)


class Operation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is to be so in Bugsnag."""

    id: str
    """Ours: it tells this operation from every other."""
    what: str
    """`fix`, `ignore`, `snooze`, `open` or `comment`."""
    seconds: int = 0
    """Of a snooze: when so long has passed, the next event ends it."""
    more: int = 0
    """Of a snooze: so many further events end it; it goes before `seconds`."""
    text: str = ""
    """Of a comment, with the name of whoever says it: "Ana Lima: rolled back"."""


@dataclass(frozen=True)
class Done:
    """It is so in Bugsnag."""

    id: str = ""
    """Of a comment: Bugsnag's name for it, by which its webhook is known. Empty where Bugsnag did not tell it."""


@dataclass(frozen=True)
class Later:
    """It was not done, or doing it again does no harm: try again after so many seconds (None: nobody said)."""

    after: float | None
    reason: str = ""


@dataclass(frozen=True)
class Refused:
    """It will never be done; the cause says in plain words what to do."""

    cause: str


@dataclass(frozen=True)
class Unknown:
    """The request was written and no usable answer came: it may have been done."""

    reason: str = ""


Outcome = Done | Later | Refused | Unknown


@dataclass(frozen=True)
class Found:
    """The comment was made, and this is Bugsnag's name for it."""

    id: str


@dataclass(frozen=True)
class NotFound:
    """No such comment was made."""


Finding = Found | NotFound | Later | Refused

NO_ERROR = Refused("this alert has no error in Bugsnag")
MOVED = Refused("BUGSNAG_API_URL does not lead to Bugsnag's API, but on to another address: correct it")
_CAUSES = {
    401: "Bugsnag does not accept BUGSNAG_AUTH_TOKEN: make a new one under My account > Personal auth tokens",
    403: "Bugsnag does not allow this to the user of BUGSNAG_AUTH_TOKEN: let that user change the project's errors",
    404: "Bugsnag does not show this error to the user of BUGSNAG_AUTH_TOKEN: it is gone, or not in their projects",
}


def refusal(status: int) -> Refused:
    """Why Bugsnag refused for good, by the answer's HTTP status; nothing of its own words is repeated."""
    return Refused(_CAUSES.get(status, f"Bugsnag did not take this (HTTP {status}): do it in Bugsnag's dashboard"))


def body(operation: Operation) -> dict[str, Any]:
    """The JSON by which Bugsnag is asked for it."""
    if operation.what == COMMENT:
        return {"message": operation.text}
    if operation.what == SNOOZE:
        return {"operation": SNOOZE, "reopen_rules": _reopen_rules(operation)}
    return {"operation": operation.what}


def _reopen_rules(operation: Operation) -> dict[str, Any]:
    if operation.more:
        return {"reopen_if": "n_additional_occurrences", "additional_occurrences": operation.more}
    return {"reopen_if": "occurs_after", "seconds": operation.seconds}


def look(page: Sequence[Any], text: str, since: int, besides: Collection[str] = ()) -> Found | NotFound | None:
    """
    Look for a comment of exactly this text, made since this moment (milliseconds), on a page of comments, newest first.

    `besides` are comments that are known to be others. None: it may be on a later page, for this one is not old enough.
    """
    oldest = since - SKEW
    comments = [comment for comment in page if isinstance(comment, dict)]
    for comment in comments:
        name = identifier(comment.get("id"))
        fits = comment.get("message") == text and _created(comment, oldest) >= oldest
        if fits and name not in besides:
            return Found(name)
    return NotFound() if comments and _created(comments[-1], oldest) < oldest else None


def identifier(told: object) -> str:
    """An id of Bugsnag's, if it is one that a webhook could name too; else nothing."""
    return told if isinstance(told, str) and _ID.fullmatch(told) else ""


def _created(comment: dict[str, Any], otherwise: int) -> int:
    """Milliseconds; one whose date cannot be read counts as young enough, lest it be made twice."""
    try:
        moment = datetime.fromisoformat(comment["created_at"])
        return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    except (KeyError, TypeError, ValueError, OverflowError):
        return otherwise
