"""
What follows when engineers or teams leave the roster: nobody waits for them, and nothing waits in vain.

The commit that takes them out leaves a mark where each tick looks anyway. Whoever made the commit does what follows at
once; ticks do it again while the mark is there, so a process that ended in between, and instances that went on for a
while with the roster they knew, lose nothing.
"""

from collections.abc import Callable, Iterator
from functools import partial, reduce
from typing import Any

import msgspec

from bugglio import alert as alerts
from bugglio import escalation
from bugglio import page as pages
from bugglio.alert import Alert, Entry
from bugglio.page import Page
from bugglio.pager.feeds import ENGINEER, TEAM, Owner, close
from bugglio.pager.insisting import insisting
from bugglio.pager.keeping import kept
from bugglio.pager.kit import Kit
from bugglio.pager.leaving import Leaving, Left
from bugglio.pager.reading import alert_in
from bugglio.pager.rosters import BOOK, book_in, version_in
from bugglio.pager.wellbeing.pulse import HANDOFF_AT, LOOK_AT, PULSE, ROSTER
from bugglio.roster import Book
from bugglio.store import ABSENT, Conflict, Document, Write
from bugglio.store.change import change
from bugglio.store.retry import retrying

CHANGED = "roster_changed"
CHANGED_AT = "roster_changed_at"
"""Fields of the tick's document: who left, and when by the store's clock."""
SOME = 100
"""So many documents are read at a time."""


def mark(pulse: Document | None, gone: Left, version: int) -> Write:
    """The write that has the ticks look ahead, and tells who left, along with whom an earlier change sent away."""
    put: dict[str, Any] = {LOOK_AT: 0, HANDOFF_AT: -version, ROSTER: version}
    if gone:
        put[CHANGED] = msgspec.to_builtins(_marked(pulse).along_with(gone))
    stamp = (CHANGED_AT,) if gone else ()
    if pulse is None:
        return Write(PULSE, ABSENT, put={"v": 1, **put}, stamp=stamp)
    return Write(PULSE, pulse.version, put=put, stamp=stamp)


def is_marked(pulse: Document | None) -> bool:
    """Whether somebody left of late."""
    return pulse is not None and CHANGED in pulse.fields


class Departures:
    """Does what follows."""

    def __init__(self, kit: Kit) -> None:
        """Keep what it works with."""
        self._kit = kit

    def follow(self, in_time: Callable[[], bool] = lambda: True) -> None:
        """
        Drop what waits for phones that are nobody's any more, and let alerts go on that would wait in vain.

        Their calendars' addresses lead nowhere from then on, and nobody is logged in by those phones.
        Doing it again does no harm. When `in_time` says no, the rest is left to the next tick.
        """
        reading = self._kit.store.get([PULSE, BOOK])
        pulse = reading.get(PULSE)
        if pulse is None or not is_marked(pulse):
            return
        if self._kit.roster().version != version_in(reading):
            # What goes on now goes on without them.
            self._kit.forget_roster()
        # What logging in takes is loaded where somebody logs in, or has left: an event waits for none of it.
        from bugglio.pager.logins.sessions import end_before

        leaving = Leaving(_marked(pulse), int(pulse.fields[CHANGED_AT]), book_in(reading) or Book(), reading.at)
        work = [partial(end_before, self._kit.store, leaving.left.phones, leaving.at)]
        work += [partial(self._drop, phone, leaving) for phone in leaving.left.phones]
        for each in (*work, partial(self._hurry, leaving), partial(close, self._kit.store, _owners(leaving))):
            if not in_time():
                return
            each()
        if leaving.is_last:
            self._unmark(pulse)

    def _drop(self, phone: str, leaving: Leaving) -> None:
        retrying(lambda: self._drop_once(phone, leaving))

    def _drop_once(self, phone: str, leaving: Leaving) -> None:
        for some in self._all("pages", "waiting", phone):
            found = [(one, pages.load(one.fields)) for one in some]
            reasons = [(one, page, leaving.unwanted(page)) for one, page in found]
            writes = [_dropped(one, page, reason, leaving.now) for one, page, reason in reasons if reason]
            if writes:
                self._kit.store.commit(writes)

    def _hurry(self, leaving: Leaving) -> None:
        for some in self._all("alerts", "open", ""):
            found = {one.id: (one, alerts.load(one.fields)) for one in some}
            waiting = {key: pair for key, pair in found.items() if _goes_on(pair[1], leaving)}
            if waiting:
                self._hurry_some(waiting, leaving)

    def _hurry_some(self, waiting: dict[str, tuple[Document, Alert]], leaving: Leaving) -> None:
        try:
            self._kit.store.commit([write for pair in waiting.values() for write in _hurried(*pair, leaving)])
        except Conflict:
            # One of them was changed meanwhile, or events are being counted on it.
            for key in waiting:
                insisting(self._kit.store, partial(self._hurry_one, key, leaving))

    def _hurry_one(self, key: str, leaving: Leaving, wanted: set[str]) -> None:
        reading = self._kit.store.get([alerts.path(key)])
        alert = alert_in(reading, key)
        if alert is not None and _goes_on(alert, leaving):
            wanted.add(key)
            self._kit.store.commit(_hurried(reading.documents[alerts.path(key)], alert, leaving))

    def _all(self, collection: str, field: str, start: str) -> Iterator[list[Document]]:
        """The documents whose field begins so, some at a time."""
        last: Document | None = None
        while True:
            some = self._kit.store.query(collection, field, start=start, end=f"{start}~", limit=SOME, after=last)
            yield some
            if len(some) < SOME:
                return
            last = some[-1]

    def _unmark(self, seen: Document) -> None:
        retrying(lambda: self._unmark_once(seen))

    def _unmark_once(self, seen: Document) -> None:
        pulse = self._kit.store.get([PULSE]).get(PULSE)
        if pulse is None or pulse.fields.get(CHANGED_AT) != seen.fields[CHANGED_AT]:
            # Others have left since: the mark is theirs too.
            return
        self._kit.store.commit([Write(PULSE, pulse.version, delete=(CHANGED, CHANGED_AT))])


def _owners(leaving: Leaving) -> list[Owner]:
    """Those whose calendars nobody shall read any more: who is gone, not who only has another number."""
    people = [Owner(ENGINEER, one) for one in leaving.left.people if one not in leaving.book.engineers]
    return people + [Owner(TEAM, one) for one in leaving.left.teams if one not in leaving.book.teams]


def _marked(pulse: Document | None) -> Left:
    fields: Any = pulse.fields.get(CHANGED) if pulse is not None else None
    return msgspec.convert(fields, Left) if fields else Left()


def _dropped(document: Document, page: Page, reason: str, now: int) -> Write:
    return change(document.path, document, pages.dump(pages.drop(page, reason, now)))


def _goes_on(alert: Alert, leaving: Leaving) -> bool:
    return leaving.in_vain(alert) or leaving.is_ghosts(alert)


def _hurried(document: Document, alert: Alert, leaving: Leaving) -> list[Write]:
    if leaving.is_ghosts(alert):
        moved = _unheld(alert, leaving.now)
    else:
        noted = reduce(alerts.note, leaving.why(alert), alert)
        moved = escalation.hurry(noted, leaving.now)
    after = msgspec.structs.replace(moved, generation=alert.generation + 1)
    return kept(document.id, document, after)


def _unheld(alert: Alert, now: int) -> Alert:
    """The alert whose acknowledgement ends, for there is nobody behind it."""
    what = "acknowledgement ends: no longer on the roster"
    noted = alerts.note(alert, Entry(at=now, what=what, who=alert.acknowledged_by or ""))
    return msgspec.structs.replace(noted, until=now)
