"""Errors and comments as Bugsnag keeps them, and as its API shows them."""

from dataclasses import dataclass, field
from typing import Any

from bugglio.simulator.records import iso

BOT = {"id": "64a1f20bd4b7e80013a9c0e5", "name": "bugglio bot", "email": "bot@harborgoods.example"}
"""The user whose token bugglio has: in Bugsnag it acts under this name."""


@dataclass(frozen=True)
class Comment:
    """What somebody said about an error; dated in whole seconds, as in Bugsnag."""

    id: str
    project: str
    error: str
    message: str
    created: int
    author: dict[str, Any]

    def for_api(self) -> dict[str, Any]:
        """The comment in Bugsnag's JSON."""
        author = {name: self.author.get(name) for name in ("id", "name", "email")}
        return {
            "id": self.id,
            "message": self.message,
            "created_at": iso(self.created),
            "collaborator": {**author, "two_factor_enabled": False},
        }


@dataclass(frozen=True)
class Tracked:
    """An error: its state, what ends a snooze, and the newest webhook about it."""

    project: str
    id: str
    status: str = "open"
    reopen_rules: dict[str, Any] | None = None
    payload: dict[str, Any] = field(default_factory=dict)

    def for_api(self, root: str, comments: int) -> dict[str, Any]:
        """The error in Bugsnag's JSON; `root` is the API's address."""
        error = self.payload.get("error", {})
        project = f"{root}/projects/{self.project}"
        return {
            "id": self.id,
            "project_id": self.project,
            "url": f"{project}/errors/{self.id}",
            "project_url": project,
            "error_class": error.get("exceptionClass"),
            "message": error.get("message"),
            "context": error.get("context"),
            "severity": error.get("severity"),
            "events": error.get("occurrences", 1),
            "first_seen": error.get("firstReceived"),
            "last_seen": error.get("receivedAt"),
            "status": self.status,
            "reopen_rules": self.reopen_rules,
            "release_stages": [error["releaseStage"]] if error.get("releaseStage") else [],
            "linked_issues": [],
            "created_issue": {},
            "assigned_collaborator_id": None,
            "comment_count": comments,
        }
