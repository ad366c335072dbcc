"""Why was nobody paged? What is recorded of an alert, of a Bugsnag error, and of events that opened nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bugglio import alert as alerts
from bugglio import codes
from bugglio.alert import Alert
from bugglio.pager import reports
from bugglio.pager.browsing.sent import LOOKED_AT, SHOWN, Some, some_of
from bugglio.store import Document, Store

MOST = 15
"""So many of an alert's pages are read, the latest ones, and so many reasons why its events opened nothing."""
ALERTS = 3
"""So many alerts of one error are looked for: projects may share it."""


@dataclass(frozen=True)
class Told:
    """All that is recorded of one alert."""

    key: str
    alert: Alert
    reasons: Sequence[Mapping[str, Any]]
    """`at` (milliseconds), `reason`, `detail`; the oldest first."""


def of_code(store: Store, code: int) -> Told | None:
    """What happened to the alert of this code; None: it names none."""
    found = store.get([codes.path(code)]).get(codes.path(code))
    if found is None:
        return None
    key = str(found.fields["alert"])
    document = store.get([alerts.path(key)]).get(alerts.path(key))
    return _told(store, document, MOST) if document is not None else None


def of_error(store: Store, error: str) -> list[Told]:
    """What happened to the alerts of a Bugsnag error, by its id."""
    found = store.query("alerts", "error_id", start=error, end=f"{error}\x01", limit=ALERTS)
    return [_told(store, one, MOST // len(found)) for one in found]


def unrouted_of(store: Store, error: str) -> list[Document]:
    """Why events of a Bugsnag error opened nothing, by its id."""
    return store.query("unrouted", "error_id", start=error, end=f"{error}\x01", limit=MOST)


def unrouted(store: Store, words: Sequence[str], after: Document | None = None) -> Some:
    """Events that opened nothing, those that came last at the head; `words`, casefolded, have to be in them."""
    limit = LOOKED_AT if words else SHOWN
    found = store.query("unrouted", "last", limit=limit + 1, after=after, descending=True)
    return some_of(found, limit, lambda one: _says(one, words))


def _says(document: Document, words: Sequence[str]) -> bool:
    names = ("project", "project_id", "error_class", "message", "error_id", "reason", "trigger", "change")
    said = " ".join(str(document.fields.get(name) or "") for name in names).casefold()
    return all(word in said for word in words)


def _told(store: Store, document: Document, most: int) -> Told:
    alert = alerts.load(document.fields)
    return Told(document.id, alert, reports.reasons(store, document.id, alert, most))
