"""Lists of alerts: what is open and what is past, by team, state and time, read a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from bugglio import alert as alerts
from bugglio.alert import ANSWERED, HELD, IN_QUIET, STANDS, UNANSWERED, Alert
from bugglio.store import Document, Store

SHOWN = 25
"""So many are shown at once ..."""
LOOKED_AT = 50
"""... and so many are looked at for them, where only some are wanted."""
RANK = {
    "unanswered": UNANSWERED,
    "quiet": IN_QUIET,
    "held": HELD,
    "snoozed": ANSWERED,
    "acknowledged": ANSWERED,
}
"""Among which of a team's open alerts stand those that stand so."""


@dataclass(frozen=True)
class Wanted:
    """Which alerts are asked for; what is empty asks nothing."""

    past: bool = False
    """Closed ones, the newest first; otherwise open ones, those in front that wait longest for an answer."""
    team: str = ""
    stands: str = ""
    """How it stands (a name of `STANDS`), or how it was closed."""
    since: int = 0
    until: int | None = None
    """When it was opened, or closed: [since, until), in milliseconds."""
    project: str = ""
    stage: str = ""
    words: tuple[str, ...] = ()
    """All of these are in its code, class, message or context. All three: casefolded."""

    @property
    def timed(self) -> bool:
        """Whether a span of time is asked for."""
        return self.since > 0 or self.until is not None

    @property
    def narrows(self) -> bool:
        """Whether what the query finds has to be looked through."""
        if self.project or self.stage or self.words:
            return True
        if self.past:
            return bool(self.stands)
        by_row = self.stands in ("snoozed", "acknowledged") if self.stands else self.timed
        return bool(self.team) and by_row

    def moment(self, alert: Alert) -> int:
        """The time by which it is found."""
        return (alert.closed_at or 0) if self.past else alert.opened


@dataclass(frozen=True)
class Span:
    """A query."""

    field: str
    start: int | str
    end: int | str | None


@dataclass(frozen=True)
class Listed:
    """A page of the list."""

    rows: Sequence[tuple[str, Alert]]
    field: str
    """By which it is sorted: what its cursors tell."""
    looked_at: Sequence[Alert]
    further: Document | None
    """Behind which it goes on; None: there is no more."""
    back: Document | None
    """Before which there may be others; None: it is the beginning."""


def span(wanted: Wanted) -> Span:
    """The narrowest range of one field in which all of it lies."""
    since, until, team = wanted.since, wanted.until, wanted.team
    if wanted.past and team:
        end = alerts.in_past(team, until) if until is not None else f"{team}|~"
        return Span("past", alerts.in_past(team, since), end)
    if wanted.past:
        return Span("closed_at", since, until)
    if team and wanted.stands:
        return _in_team(team, RANK[wanted.stands], since, until)
    if wanted.stands:
        return Span("stands", *alerts.stands_in(wanted.stands, since, until))
    if wanted.timed:
        return Span("open_since", since, until)
    return Span("open", *alerts.span_of(team)) if team else Span("stands", "", "~")


def _in_team(team: str, rank: int, since: int, until: int | None) -> Span:
    last = alerts.span_of(team, rank, rank)[1]
    end = alerts.in_line(team, (rank, until, 0)) if until is not None else last
    return Span("open", alerts.in_line(team, (rank, since, 0)), end)


def fits(wanted: Wanted, alert: Alert) -> bool:
    """Whether an alert that the query found is meant."""
    if alert.is_open == wanted.past or (wanted.team and alert.team != wanted.team):
        return False
    if wanted.stands and wanted.stands != (alert.how if wanted.past else alert.stands):
        return False
    if not wanted.since <= wanted.moment(alert) < (wanted.until or wanted.moment(alert) + 1):
        return False
    if wanted.project not in alert.project.casefold() or wanted.stage not in alert.stage.casefold():
        return False
    said = f"{alert.code} {alert.error_class} {alert.message} {alert.context}".casefold()
    return all(word in said for word in wanted.words)


def listed(store: Store, wanted: Wanted, after: Document | None = None, before: Document | None = None) -> Listed:
    """What goes on behind a document of the list, or ends before one; without either, its beginning."""
    if before is not None:
        found = _looked(store, wanted, before, backwards=True)
        if found.looked_at:
            return found
    return _looked(store, wanted, after if before is None else None, backwards=False)


def _looked(store: Store, wanted: Wanted, at: Document | None, *, backwards: bool) -> Listed:
    asked, limit = span(wanted), LOOKED_AT if wanted.narrows else SHOWN
    found = store.query(
        "alerts",
        asked.field,
        start=asked.start,
        end=asked.end,
        limit=limit + 1,
        after=at,
        descending=wanted.past != backwards,
    )
    rows, looked = _chosen(wanted, found[:limit])
    more = found[len(looked) - 1] if len(found) > len(looked) and looked else None
    # Whatever lies on the side from which it was come to is there again.
    side = found[0] if at is not None and found else at
    documents = [(found[n].id, one) for n, one in enumerate(looked)]
    shown = [(key, one) for key, one in documents if key in rows]
    if backwards:
        return Listed(shown[::-1], asked.field, looked[::-1], side, more)
    return Listed(shown, asked.field, looked, more, side)


def _chosen(wanted: Wanted, found: Sequence[Document]) -> tuple[set[str], list[Alert]]:
    """The ids of those that are shown, and all that were looked at for them."""
    rows: set[str] = set()
    looked: list[Alert] = []
    for document in found:
        alert = alerts.load(document.fields)
        looked.append(alert)
        if fits(wanted, alert):
            rows.add(document.id)
        if len(rows) == SHOWN:
            break
    return rows, looked


def is_known(stands: str, *, past: bool) -> bool:
    """Whether there is anything that stands so, or was closed so."""
    return not stands or stands in (CLOSINGS if past else STANDS)


CLOSINGS = ("by hand", "fixed", "ignored", "quiet")
"""How alerts are closed."""
