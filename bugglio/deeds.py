"""What a person's word does to one alert: its new state, whom it pages, who hears of it, what Bugsnag is to be told."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from bugglio import alert as alerts
from bugglio import escalation, upstream
from bugglio.alert import ACKNOWLEDGED, CLOSED, SNOOZED, TRIGGERED, Alert, Entry, Errand, Snooze, Undo
from bugglio.crew import Crew
from bugglio.document import document, present
from bugglio.escalation import Due
from bugglio.folding import News
from bugglio.roster import DEFAULT, MINUTE, Engineer, Roster
from bugglio.upstream import Operation

UNDO = 10 * MINUTE
"""So long a change can be taken back."""
FIRST_TRY = MINUTE
"""Whoever stores an errand tries it at once; if they do not come back, the tick does after so long."""
TEXT = "text"
PAGE = "admin page"
"""How somebody asks for something."""
WORDS = {
    "close": "closed",
    "fix": "fixed",
    "ignore": "ignored",
    "snooze": "snoozed",
    "reopen": "reopened",
    "escalate": "escalated",
}
CHANGING = frozenset({"ack", *WORDS, "pass"})
"""Words that change what becomes of an alert; each can be undone."""
OPENED = "page"
"""The word that opens an alert by hand."""
UPSTREAM = {"fix": upstream.FIX, "ignore": upstream.IGNORE, "snooze": upstream.SNOOZE, "reopen": upstream.OPEN}


@dataclass(frozen=True)
class Order:
    """What somebody wants done."""

    verb: str
    who: Engineer
    now: int
    id: str = ""
    """A name that nobody else has: errands derive theirs from it."""
    how: str = TEXT
    upstream: bool = False
    """Whether Bugsnag can be told."""
    until: int | None = None
    """Snooze: until then."""
    more: int = 0
    """Snooze: until so many more events."""
    text: str = ""
    """Note: what is noted. Snooze: what is said of it. Pass: when the other's text goes, if not at once."""
    to: Engineer | None = None
    """Pass: to whom."""
    rest: str = ""
    """What the word takes besides, as it was written."""


@dataclass(frozen=True)
class Deed:
    """What an order comes to."""

    alert: Alert
    pages: tuple[Due, ...] = ()
    news: tuple[News, ...] = ()


def is_theirs(alert: Alert, who: Engineer, roster: Roster) -> bool:
    """Whether somebody may change it: it is one of their teams', or they were paged for it."""
    paged = who.id in alert.paged or who.id in alert.paged_before
    # What belongs to a team that is gone is the admins'.
    return paged or who.admin or alert.team in roster.teams_of(who.id)


def done(order: Order, alert: Alert, crew: Crew) -> Deed | None:
    """The alert after an order, or None where that changes nothing."""
    deed = _DEEDS[order.verb](order, alert, crew)
    if deed is None or deed.alert is alert:
        return None
    deed = _signed(order, alert, deed)
    told = _with_errand(order, deed.alert)
    return replace(deed, alert=_undoable(order, alert, told) if order.verb in CHANGING else told)


def _ack(order: Order, alert: Alert, crew: Crew) -> Deed | None:
    settled = alert.state == ACKNOWLEDGED and alert.reminded_at is None and not (alert.lapsed or alert.in_quiet)
    if alert.state == CLOSED or (settled and alert.acknowledged_by is not None):
        return None
    taken = alerts.acknowledge(alert, order.who.id, order.now, crew.team.acknowledged_for, order.how)
    return Deed(taken, news=_others(order, alert, f"{order.who.name} has it"))


def _close(order: Order, alert: Alert, crew: Crew) -> Deed | None:  # noqa: ARG001 - each deed is asked alike
    if alert.state == CLOSED:
        return None
    how = {"fix": "fixed", "ignore": "ignored"}.get(order.verb, "by hand")
    shut = alerts.close(alert, how, order.who.id, order.now, f"by {order.how}")
    return Deed(shut, news=_others(order, alert, f"{WORDS[order.verb]} by {order.who.name}"))


def _ignore(order: Order, alert: Alert, crew: Crew) -> Deed | None:
    if alert.state != CLOSED:
        return _close(order, alert, crew)
    if alert.how == "ignored":
        return None
    noted = alerts.note(alert, Entry(at=order.now, what="closed: ignored", who=order.who.id, detail=f"by {order.how}"))
    return Deed(msgspec.structs.replace(noted, how="ignored", closed_by=order.who.id))


def _snooze(order: Order, alert: Alert, crew: Crew) -> Deed | None:  # noqa: ARG001 - each deed is asked alike
    if alert.state == CLOSED:
        return None
    rule = Snooze(kind="occurrences", value=order.more, base=alert.counted, since=order.now) if order.more else None
    asleep = alerts.snooze(alert, order.who.id, order.now, order.until, rule, order.text)
    return Deed(asleep, news=_others(order, alert, f"snoozed by {order.who.name} {order.text}".rstrip()))


def _reopen(order: Order, alert: Alert, crew: Crew) -> Deed | None:
    if alert.state == TRIGGERED and not alert.rule:
        return None
    again = alerts.note(alert, Entry(at=order.now, what="triggered again", who=order.who.id, detail=f"by {order.how}"))
    if alert.state == CLOSED:
        again = alerts.reopened(again, order.now)
    return _begun(again, crew, order.now)


def _escalate(order: Order, alert: Alert, crew: Crew) -> Deed | None:
    if alert.state == CLOSED:
        return None
    noted = alerts.note(alert, Entry(at=order.now, what="escalated", who=order.who.id, detail=f"by {order.how}"))
    moved, pages = escalation.escalate(noted, crew, order.now)
    return Deed(moved, tuple(pages), _whoever_had(order, alert, f"escalated by {order.who.name}"))


def _pass(order: Order, alert: Alert, crew: Crew) -> Deed | None:
    if alert.state == CLOSED or order.to is None:
        return None
    detail = f"to {order.to.id} by {order.how}"
    noted = alerts.note(alert, Entry(at=order.now, what="passed on", who=order.who.id, detail=detail))
    moved, pages = escalation.pass_on(noted, crew, order.to.id, order.now)
    passed = tuple(replace(page, passed_by=order.who.name) for page in pages)
    return Deed(moved, passed, _whoever_had(order, alert, f"passed to {order.to.name} by {order.who.name}"))


def _note(order: Order, alert: Alert, crew: Crew) -> Deed | None:  # noqa: ARG001 - each deed is asked alike
    return Deed(alerts.note(alert, Entry(at=order.now, what="note", who=order.who.id, detail=order.text)))


_DEEDS: dict[str, Callable[[Order, Alert, Crew], Deed | None]] = {
    "ack": _ack,
    "close": _close,
    "fix": _close,
    "ignore": _ignore,
    "snooze": _snooze,
    "reopen": _reopen,
    "escalate": _escalate,
    "pass": _pass,
    "note": _note,
}


def opened(order: Order, alert: Alert) -> Alert:
    """An alert that somebody has just opened by hand, with the way back."""
    undo = Undo(by=order.who.id, at=order.now, verb=OPENED, stands=_stands(alert), was={})
    return msgspec.structs.replace(alerts.signed(None, alert, order.how, order.id, order.who.id), undo=undo)


def said(order: Order, text: str) -> Order:
    """The order with another text."""
    return replace(order, text=text)


def undone(order: Order, alert: Alert) -> Deed | None:
    """The alert as it was before somebody's latest change of it; None where that cannot be taken back."""
    undo = alert.undo
    if undo is None or not is_undoable(alert, order.who.id, order.now):
        return None
    if undo.verb == OPENED:
        return _signed(order, alert, _unopened(order, alert))
    before, put_off = _restored(alert, undo), order.now - undo.at
    back = msgspec.structs.replace(
        before, again_at=_later(before.again_at, put_off), next_at=_later(before.next_at, put_off)
    )
    back = alerts.note(back, Entry(at=order.now, what="undone", who=order.who.id, detail=undo.verb))
    if undo.verb in UPSTREAM:
        back = _with_operation(order, back, _as_before(order, back))
    return _signed(order, alert, Deed(back, news=_took_back(order, alert, undo.verb)))


def _signed(order: Order, before: Alert, deed: Deed) -> Deed:
    """What somebody did, with how they did it."""
    return replace(deed, alert=alerts.signed(before, deed.alert, order.how, order.id, order.who.id))


def _unopened(order: Order, alert: Alert) -> Deed:
    """What was opened by hand is closed: somebody was paged for it, and it has its code."""
    shut = alerts.close(alert, "by hand", order.who.id, order.now, "undone")
    return Deed(msgspec.structs.replace(shut, undo=None), news=_took_back(order, alert, OPENED))


def _took_back(order: Order, alert: Alert, verb: str) -> tuple[News, ...]:
    people = tuple(name for name in dict.fromkeys((*alert.paged_before, *alert.paged)) if name != order.who.id)
    return (News(people, f"{order.who.name} took back: {verb}"),)


def is_undoable(alert: Alert, who: str, now: int) -> bool:
    """Whether somebody's latest change of the alert can be taken back: not long ago, and nobody changed it since."""
    undo = alert.undo
    return undo is not None and undo.by == who and now - undo.at <= UNDO and undo.stands == _stands(alert)


def _stands(alert: Alert) -> str:
    return f"{alert.state} {alert.cycle} {alert.until} {alert.acknowledged_by} {alert.how} {alert.closed_at}"


def _as_before(order: Order, alert: Alert) -> Operation:
    """What Bugsnag is told so that the error is there what the alert is here again."""
    if alert.state == SNOOZED and (alert.snooze is None or alert.snooze.kind == "occurrences"):
        return _asleep_again(order, alert)
    what = {"fixed": upstream.FIX, "ignored": upstream.IGNORE}.get(alert.how or "", upstream.OPEN)
    return Operation(id=f"{order.id} {what}", what=what)


def _asleep_again(order: Order, alert: Alert) -> Operation:
    """What is left of a snooze."""
    rule = alert.snooze
    more = max(1, rule.base + rule.value - alert.counted) if rule is not None else 0
    seconds = 0 if more else max(1, ((alert.until or order.now) - order.now) // 1000)
    return Operation(id=f"{order.id} {upstream.SNOOZE}", what=upstream.SNOOZE, seconds=seconds, more=more)


def _later(at: int | None, by: int) -> int | None:
    return None if at is None else at + by


_KEPT = frozenset(
    {
        *("timeline", "events", "occurrences", "last_event", "last_arrival", "comments", "generation", "by"),
        *("errands", "done_upstream", "undo", "cycle", "anew", "paged", "paged_before", "chapter"),
    }
)
"""Fields that no undoing puts back: what has happened, and what never goes back."""


def _undoable(order: Order, before: Alert, after: Alert) -> Alert:
    """The alert with the way back."""
    old, new = document(before), document(after)
    was = {name: old[name] for name in old if name not in _KEPT and old[name] != new[name]}
    return msgspec.structs.replace(
        after, undo=Undo(by=order.who.id, at=order.now, verb=order.verb, stands=_stands(after), was=was)
    )


def _restored(alert: Alert, undo: Undo) -> Alert:
    fields: dict[str, Any] = {**document(alert), **undo.was, "undo": None}
    return alerts.load(present(fields))


def _with_errand(order: Order, alert: Alert) -> Alert:
    what = upstream.COMMENT if order.verb == "note" else UPSTREAM.get(order.verb, "")
    if not what:
        return alert
    span = max(1, ((order.until or order.now) - order.now) // 1000) if what == upstream.SNOOZE and not order.more else 0
    text = f"{order.who.name}: {order.text}" if what == upstream.COMMENT else ""
    operation = Operation(id=f"{order.id} {what}", what=what, seconds=span, more=order.more, text=text)
    return _with_operation(order, alert, operation)


def _with_operation(order: Order, alert: Alert, operation: Operation) -> Alert:
    """The alert with an errand to Bugsnag, if it can be told of this error at all."""
    if not order.upstream or not alert.error_id or not alert.project_id:
        return alert
    due_at = order.now + FIRST_TRY
    errand = Errand(operation=operation, by=order.who.id, at=order.now, due_at=due_at, busy_until=due_at)
    # An older one that this makes pointless may be under way: whoever tells Bugsnag drops it in time.
    return msgspec.structs.replace(alert, errands=(*alert.errands, errand))


def _others(order: Order, alert: Alert, what: str) -> tuple[News, ...]:
    """What those hear who were paged for it too, if it still waited for an answer; else who had it."""
    if alert.state != TRIGGERED:
        return _whoever_had(order, alert, what)
    people = tuple(name for name in alert.paged if name != order.who.id)
    return (News(people, what),) if people else ()


def _whoever_had(order: Order, alert: Alert, what: str) -> tuple[News, ...]:
    """What somebody else hears who had acknowledged it."""
    had = alert.held_by
    return (News((had,), what, paged_only=False),) if had is not None and had != order.who.id else ()


def _begun(alert: Alert, crew: Crew, now: int) -> Deed:
    name = alert.plan.name if alert.plan is not None else DEFAULT
    moved, pages = escalation.begin(alert, crew, now, name)
    return Deed(moved, tuple(pages))
