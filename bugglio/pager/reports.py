"""What is open, what was sent, and why not: facts for people who ask."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bugglio import alert as alerts
from bugglio import codes
from bugglio import page as pages
from bugglio.alert import SNOOZED, Alert, Entry
from bugglio.page import DIGESTED, SENDING, WAITING, Page
from bugglio.store import Document, Store

MOST = 400
"""Documents read at a time."""


def iso(at: int | None) -> str | None:
    """A moment in UTC, ISO 8601."""
    if at is None:
        return None
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def between(start: int, end: int) -> str:
    """A span in UTC, to the minute, for whoever reads it."""
    first, last = (datetime.fromtimestamp(at / 1000, UTC) for at in (start, end))
    return f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC"


def open_alerts(store: Store, *, closed: bool = False) -> list[dict[str, Any]]:
    """Open alerts, oldest first; `closed`: the closed ones after them, in the order of their closing."""
    found = [alerts.load(one.fields) for one in _all(store, "alerts", "open")]
    found.sort(key=lambda alert: (alert.opened, alert.code))
    if closed:
        found += [alerts.load(one.fields) for one in _all(store, "alerts", "closed_at") if "open" not in one.fields]
    return [_alert(alert) for alert in found]


def _alert(alert: Alert) -> dict[str, Any]:
    return {
        "code": alert.code,
        "state": alert.state,
        "team": alert.team,
        "project": alert.project,
        "stage": alert.stage,
        "class": alert.error_class,
        "message": alert.message,
        "events": alert.events,
        "opened": iso(alert.opened),
        "last_event": iso(alert.last_event),
        "acknowledged_by": alert.acknowledged_by,
        "waits_for": list(alert.waits_for),
        "next_at": iso(alert.goes_on_at),
    }


def all_pages(store: Store) -> list[dict[str, Any]]:
    """Every page, oldest first."""
    return [_page(one.id, pages.load(one.fields)) for one in _all(store, "pages", "created")]


def _page(key: str, page: Page) -> dict[str, Any]:
    named = page.count.codes if page.count is not None else (page.code,)
    return {
        "id": key,
        "to": page.to,
        "number": page.number[-4:],
        "alerts": [code for code in named if code],
        "body": pages.shown_body(page),
        "state": page.state,
        "cause": page.cause,
        "sid": page.sid,
        "created": iso(page.created),
    }


def why(store: Store, code: int) -> list[dict[str, Any]] | None:
    """All that happened to the alert of this code, oldest first: who was paged, and why not; None: no such alert."""
    found = store.get([codes.path(code)]).get(codes.path(code))
    if found is None:
        return None
    key = str(found.fields["alert"])
    document = store.get([alerts.path(key)]).get(alerts.path(key))
    if document is None:
        return None
    told = reasons(store, key, alerts.load(document.fields))
    return [{**one, "at": iso(one["at"])} for one in told]


def reasons(store: Store, key: str, alert: Alert, most: int = MOST) -> list[dict[str, Any]]:
    """
    What `why` tells of an alert, with times in milliseconds.

    At most so many of its pages are read, the latest ones, as many digests, and as many reasons why events of it opened
    nothing.
    """
    sent = _pages_of(store, alert, most)
    told = [_entry(entry, sent) for entry in alert.timeline]
    told += [_counted(alert)] if alert.events > 1 else []
    told += [_unrouted(one.fields) for one in store.query("unrouted", "alert", start=key, end=f"{key}~", limit=most)]
    return sorted(told, key=lambda one: int(one["at"]))


def _pages_of(store: Store, alert: Alert, most: int) -> dict[str, Page]:
    """The latest pages on the timeline, and the digests that they went into."""
    keys = [entry.page for entry in alert.timeline if entry.page][-most:]
    found = _get(store, keys)
    return {**found, **_get(store, [page.digest for page in found.values() if page.digest])}


def _get(store: Store, keys: list[str]) -> dict[str, Page]:
    if not keys:
        return {}
    read = store.get([pages.path(key) for key in dict.fromkeys(keys)])
    return {document.id: pages.load(document.fields) for document in read.documents.values()}


def _entry(entry: Entry, sent: Mapping[str, Page]) -> dict[str, Any]:
    parts = [entry.who, entry.detail, _became(entry.page, sent) if entry.page else ""]
    return {"at": entry.at, "reason": entry.what, "detail": ": ".join(filter(None, parts))}


def _became(key: str, sent: Mapping[str, Page]) -> str:
    page = sent.get(key)
    if page is None:
        return ""
    if page.state == DIGESTED:
        return f"in a digest, {_became(page.digest, sent)}"
    if page.state == WAITING:
        return f"waits until {iso(page.due_at)}, {page.cause or 'for its turn or for a sender that works'}"
    if page.state == SENDING:
        return f"sending; if nothing is heard of it, Twilio's log is asked at {iso(page.due_at)}"
    return f"{page.state}, {page.cause}" if page.cause else page.state


def _counted(alert: Alert) -> dict[str, Any]:
    detail = f"{alert.events} events since it was opened; further ones {_further(alert)}"
    return {"at": alert.last_arrival, "reason": "counted", "detail": detail}


def _further(alert: Alert) -> str:
    """What becomes of one more event."""
    if alert.rule and alert.is_open:
        return f"are kept quiet too ({alert.rule}) unless the rules make more of them"
    return f"page nobody while it is {SNOOZED if alert.state == SNOOZED else 'open'}"


def _unrouted(fields: Mapping[str, Any]) -> dict[str, Any]:
    detail = f"{fields.get('count', 1)} x {fields.get('trigger')} {fields.get('change', '')}".strip()
    return {"at": fields["last"], "reason": f"recorded: {fields['reason']}", "detail": detail}


def _all(store: Store, collection: str, field: str) -> list[Document]:
    found: list[Document] = []
    last: Document | None = None
    while True:
        some = store.query(collection, field, limit=MOST, after=last)
        found += some
        if len(some) < MOST:
            return found
        last = some[-1]
