"""What has no next moment, or had one that passed."""

from collections.abc import Iterator

from tools.faults.evidence import Evidence

GRACE = 60_000
"""Milliseconds: what has been due for so long although ticks come all the time is stuck."""


def alerts(evidence: Evidence) -> Iterator[str]:
    """Alerts that are stuck."""
    for key, alert in evidence.alerts.items():
        name = f"alert {alert.get('code')} ({key}), {alert['state']}"
        if alert["state"] == "closed":
            continue
        if "due_at" not in alert or (alert["state"] == "triggered" and "next_at" not in alert):
            yield f"{name}, has no next moment"
        elif alert["due_at"] < evidence.at - GRACE:
            yield f"{name}, has been due for {(evidence.at - alert['due_at']) // 1000} s"
        if not alert.get("code") or "open" not in alert:
            yield f"{name}, has no code or is in no list"


def pages(evidence: Evidence) -> Iterator[str]:
    """Pages that are stuck."""
    for key, page in evidence.pages.items():
        name = f"page {key} to {page['to']}, {page['state']}"
        if page["state"] in ("waiting", "sending"):
            if "due_at" not in page:
                yield f"{name}, has no next moment"
            elif page["due_at"] < evidence.at - GRACE:
                yield f"{name}, has been due for {(evidence.at - page['due_at']) // 1000} s"
        elif "due_at" in page and page["state"] != "failed":
            yield f"{name}, is over, and due all the same"
