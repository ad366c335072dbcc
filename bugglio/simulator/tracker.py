"""Bugsnag's side of errors: their states and comments, which webhooks and the API change."""

import copy
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bugglio.simulator import changes
from bugglio.simulator.memory import Memory
from bugglio.simulator.operations import STATES, BugsnagFault, Wanted
from bugglio.simulator.samples import PROJECTS
from bugglio.simulator.tracked import BOT, Comment, Tracked

Payload = dict[str, Any]


class Tracker:
    """
    The errors that Bugsnag has sent events of.

    `tell` is handed the webhook about each change made through the API. With `any_error` every id is an error's.
    """

    def __init__(self, memory: Memory, tell: Callable[[Payload], None], *, any_error: bool = False) -> None:
        self._memory = memory
        self._tell = tell
        self._any = any_error
        self._errors: dict[tuple[str, str], Tracked] = {}
        self._comments: list[Comment] = []
        self.projects = {number: name for name, number in PROJECTS.items()}
        """Names by id: those of the samples, and all of which there was an event."""

    def errors(self) -> list[Tracked]:
        """Every error, oldest first."""
        with self._memory.lock:
            return list(self._errors.values())

    def comments(self, error: str | None = None) -> list[Comment]:
        """Comments, on this error or on all, oldest first."""
        with self._memory.lock:
            return [comment for comment in self._comments if error in (None, comment.error)]

    def learn(self, payload: object) -> None:
        """Remember the error of a webhook that is about to be sent, its state and its comment."""
        told = payload if isinstance(payload, dict) else {}
        error = _box(told, "error")
        where = _text(_box(told, "project"), "id"), _text(error, "errorId")
        if not all(where):
            return
        with self._memory.lock:
            self.projects.setdefault(where[0], _text(_box(told, "project"), "name") or where[0])
            old = self._errors.get(where) or Tracked(*where)
            said = _text(error, "status")
            status = said if said in STATES.values() else old.status
            rules = old.reopen_rules if status == "snoozed" else None
            self._errors[where] = replace(old, status=status, reopen_rules=rules, payload=copy.deepcopy(told))
            self._hear(old, _box(told, "comment"), _box(told, "user"))

    def _hear(self, error: Tracked, comment: Payload, author: Payload) -> None:
        name, message = _text(comment, "id"), _text(comment, "message")
        if name and message and not any(known.id == name for known in self._comments):
            self._comments.append(self._comment(error, name, message, author))

    def _comment(self, error: Tracked, name: str, message: str, author: Payload) -> Comment:
        return Comment(name, error.project, error.id, message, self._memory.clock() // 1000 * 1000, author)

    def error(self, project: str, error: str) -> Tracked:
        """An error; raises what Bugsnag answers when there is none."""
        with self._memory.lock:
            found = self._errors.get((project, error))
            if found is None and self._any:
                found = self._errors[project, error] = Tracked(project, error)
            if found is None and not any(known == project for known, _ in self._errors):
                raise BugsnagFault(404, "Project not found")
            if found is None:
                raise BugsnagFault(404, "Error not found")
            return found

    def change(self, project: str, error: str, wanted: Wanted) -> Tracked:
        """Give an error a state; a webhook tells it, if it is another one."""
        with self._memory.lock:
            old = self.error(project, error)
            new = replace(old, status=wanted.status, reopen_rules=wanted.rules)
            self._errors[project, error] = new
            told = None if new == old else self._heard(changes.state_change(new, old.status))
        if told is not None:
            self._tell(told)
        return new

    def comment(self, project: str, error: str, message: str) -> Comment:
        """Comment on an error, in the name of the token's user."""
        with self._memory.lock:
            on = self.error(project, error)
            comment = self._comment(on, secrets.token_hex(12), message, dict(BOT))
            self._comments.append(comment)
            told = self._heard(changes.comment_added(on, comment))
        if told is not None:
            self._tell(told)
        return comment

    def _heard(self, payload: Payload) -> Payload | None:
        """The webhook, unless Bugsnag is to say nothing."""
        return None if self._memory.troubles.take(["bugsnag-silent"], "") else payload


def _box(holder: Payload, name: str) -> Payload:
    value = holder.get(name)
    return value if isinstance(value, dict) else {}


def _text(holder: Payload, name: str) -> str:
    value = holder.get(name)
    return value if isinstance(value, str) else ""
