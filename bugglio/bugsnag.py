"""Bugsnag's payload in our words. Source of the fields: docs.bugsnag.com/product/integrations/webhook and real payloads."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class SnoozeRule:
    """Until when a person snoozed an error in Bugsnag."""

    kind: str
    """`seconds`, `occurrences`, `users` or `per_hour`."""
    value: int


@dataclass(frozen=True)
class Event:
    """One webhook delivery. What could not be read is empty, 0 or None."""

    trigger: str
    """`trigger.type`, as it came."""
    message: str
    """`trigger.message`: "New handled error", "100th event"."""
    change: str = ""
    """`trigger.stateChange`."""
    snooze: SnoozeRule | None = None
    rate: int | None = None
    project_id: str = ""
    project: str = ""
    error_id: str = ""
    """Bugsnag's group, `error.errorId`."""
    event_id: str = ""
    """`error.id`: this one event."""
    error_class: str = ""
    error_message: str = ""
    context: str = ""
    stage: str = ""
    version: str = ""
    severity: str = ""
    unhandled: bool | None = None
    occurrences: int | None = None
    received: int | None = None
    """`error.receivedAt` in milliseconds, Bugsnag's clock."""
    url: str = ""
    app_type: str = ""
    actor: str = ""
    """Who changed the state or commented."""
    comment_id: str = ""
    comment: str = ""
    release_id: str = ""
    release_version: str = ""
    fingerprint: str = ""
    """Hash of the whole body: by this a delivery without any id is known."""
    payload: dict[str, Any] = field(default_factory=dict, compare=False)
    """The cleaned payload, for the dotted paths of a team's text."""
