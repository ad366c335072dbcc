"""Bugsnag's deliveries, as tests write them."""

from typing import Any

RECEIVED = "2026-02-02T08:59:58.000Z"


def event(trigger: str = "firstException", message: str = "New unhandled error", **more: Any) -> dict[str, Any]:
    """A delivery about an error; `error`, `project`, `extra` (of the trigger) and `top` add to its fields."""
    error = {
        "id": "e-1",
        "errorId": "checkout-1",
        "exceptionClass": "TypeError",
        "message": "cannot read 'id' of undefined",
        "context": "cart#create",
        "releaseStage": "production",
        "occurrences": 1,
        "receivedAt": RECEIVED,
        "url": "https://app.bugsnag.com/acme/checkout-api/errors/checkout-1?event_id=e-1&i=wh&m=nw",
        "severity": "error",
        "status": "open",
        "unhandled": True,
        **more.get("error", {}),
    }
    return {
        "account": {"id": "acme", "name": "Acme", "url": "https://app.bugsnag.com/accounts/acme"},
        "project": {"id": "p-1", "name": "checkout-api", "url": "https://app.bugsnag.com/acme/checkout-api"}
        | more.get("project", {}),
        "trigger": {"type": trigger, "message": message, **more.get("extra", {})},
        "error": error,
        **more.get("top", {}),
    }


def change(state: str, by: str = "Dana Doe", **more: Any) -> dict[str, Any]:
    """Somebody changed an error's state in Bugsnag."""
    words = {"fixed": "Error marked as fixed", "ignored": "Error ignored", "snoozed": "Error snoozed"}
    message = f"{words.get(state, f'Error {state}')} by {by}"
    extra = {"stateChange": state, **more.pop("extra", {})}
    top = {"user": {"id": "u-1", "name": by, "email": "dana@example.com"}}
    return event("errorStateManualChange", message, extra=extra, top=top, **more)
