"""
What follows when engineers or teams leave the roster: nobody waits for them, and nothing waits in vain.

The commit that takes them out leaves a mark where each tick looks anyway. Whoever made the commit does what follows at
once; ticks do it again while the mark is there, so a process that ended in between, and instances that went on for a
while with the roster they knew, lose nothing.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import msgspec

from bugglio import alert as alerts
from bugglio import escalation
from bugglio import page as pages
from bugglio.alert import TRIGGERED, Alert, Entry
from bugglio.page import Page
from bugglio.pager.insisting import insisting
from bugglio.pager.kit import Kit
from bugglio.pager.reading import alert_in
from bugglio.pager.rosters import BOOK, KEPT, book_in
from bugglio.pager.watch import PULSE
from bugglio.phone import phone_id
from bugglio.roster import Book
from bugglio.store import ABSENT, Conflict, Document, Write
from bugglio.store.change import change
from bugglio.store.retry import STALE, retrying

CHANGED = "roster_changed"
CHANGED_AT = "roster_changed_at"
"""Fields of the tick's document: who left, and when by the store's clock."""
LASTS = int((KEPT + STALE) * 1000)
"""Milliseconds after which no instance goes on with the roster as it was."""
SOME = 100
"""So many documents are read at a time."""


class Left(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who is no longer where they were: ids, of phones too."""

    people: tuple[str, ...] = ()
    """Engineers who are gone or have another number."""
    phones: tuple[str, ...] = ()
    """The phones that were theirs."""
    teams: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anybody left."""
        return bool(self.people or self.teams)


def left(before: Book, after: Book) -> Left:
    """Whom a change of the book sends away."""
    gone = [one for one in before.engineers.values() if not _has(after, one.id, one.phone)]
    return Left(
        people=tuple(one.id for one in gone),
        phones=tuple(phone_id(one.phone) for one in gone),
        teams=tuple(name for name in before.teams if name not in after.teams),
    )


def mark(pulse: Document | None, gone: Left) -> Write:
    """The write that tells the ticks who left, along with those whom an earlier change sent away."""
    earlier = _marked(pulse)
    both = Left(
        people=_joined(earlier.people, gone.people),
        phones=_joined(earlier.phones, gone.phones),
        teams=_joined(earlier.teams, gone.teams),
    )
    put = {CHANGED: msgspec.to_builtins(both)}
    if pulse is None:
        return Write(PULSE, ABSENT, put={"v": 1, **put}, stamp=(CHANGED_AT,))
    return Write(PULSE, pulse.version, put=put, stamp=(CHANGED_AT,))


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

        Doing it again does no harm. When `in_time` says no, the rest is left to the next tick.
        """
        reading = self._kit.store.get([PULSE, BOOK])
        pulse = reading.get(PULSE)
        if pulse is None or not is_marked(pulse):
            return
        leaving = Leaving(_marked(pulse), int(pulse.fields[CHANGED_AT]), book_in(reading) or Book(), reading.at)
        work = [partial(self._drop, phone, leaving) for phone in leaving.left.phones]
        for each in (*work, partial(self._hurry, leaving)):
            if not in_time():
                return
            each()
        if leaving.is_last:
            self._unmark(pulse)

    def _drop(self, phone: str, leaving: "Leaving") -> None:
        retrying(lambda: self._drop_once(phone, leaving))

    def _drop_once(self, phone: str, leaving: "Leaving") -> None:
        for some in self._all("pages", "waiting", phone):
            found = [(one, pages.load(one.fields)) for one in some]
            reasons = [(one, page, leaving.unwanted(page)) for one, page in found]
            writes = [_dropped(one, page, reason) for one, page, reason in reasons if reason]
            if writes:
                self._kit.store.commit(writes)

    def _hurry(self, leaving: "Leaving") -> None:
        for some in self._all("alerts", "open", ""):
            found = {one.id: (one, alerts.load(one.fields)) for one in some}
            waiting = {key: pair for key, pair in found.items() if leaving.in_vain(pair[1])}
            if waiting:
                self._hurry_some(waiting, leaving)

    def _hurry_some(self, waiting: dict[str, tuple[Document, Alert]], leaving: "Leaving") -> None:
        try:
            self._kit.store.commit([_hurried(one, alert, leaving) for one, alert in waiting.values()])
        except Conflict:
            # One of them was changed meanwhile, or events are being counted on it.
            for key in waiting:
                insisting(self._kit.store, partial(self._hurry_one, key, leaving))

    def _hurry_one(self, key: str, leaving: "Leaving", wanted: set[str]) -> None:
        reading = self._kit.store.get([alerts.path(key)])
        alert = alert_in(reading, key)
        if alert is not None and leaving.in_vain(alert):
            wanted.add(key)
            self._kit.store.commit([_hurried(reading.documents[alerts.path(key)], alert, leaving)])

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


class Leaving(msgspec.Struct, frozen=True):
    """Who left, when, and what the book says at the moment of looking. Times in milliseconds."""

    left: Left
    at: int
    book: Book
    now: int

    @property
    def is_last(self) -> bool:
        """Whether every instance knows by now, so that nobody needs to look once more."""
        return self.now - self.at >= LASTS

    def unwanted(self, page: Page) -> str:
        """Why a waiting page must not go any more; empty if it may."""
        if page.to not in self.left.people or _has(self.book, page.to, page.number):
            return ""
        return f"{page.to} {'has another number' if page.to in self.book.engineers else 'is no longer on the roster'}"

    def in_vain(self, alert: Alert) -> bool:
        """
        Whether an alert waits for nobody but those who left.

        What was decided after they left was decided by an instance that did not know yet, or concerns a new number; it
        is looked at once everybody knows.
        """
        if alert.state != TRIGGERED or (alert.next_at is not None and alert.next_at <= self.now):
            return False
        waits = set(alert.waits_for)
        if alert.began < self.at:
            return self._has_lost_its_team(alert) or self._only(waits, set(self.left.people))
        return self.is_last and self._only(waits, set(self.left.people) - self.book.engineers.keys())

    def why(self, alert: Alert) -> Entry:
        """What the timeline says of an alert that goes on."""
        if self._has_lost_its_team(alert):
            return Entry(at=self.now, what="goes on: its team is gone", who=alert.team)
        return Entry(at=self.now, what="goes on: no longer on the roster", who=", ".join(alert.waits_for))

    def _has_lost_its_team(self, alert: Alert) -> bool:
        return alert.team in self.left.teams and alert.team not in self.book.teams

    def _only(self, waits: set[str], people: set[str]) -> bool:
        return bool(waits) and waits <= people


def _marked(pulse: Document | None) -> Left:
    fields: Any = pulse.fields.get(CHANGED) if pulse is not None else None
    return msgspec.convert(fields, Left) if fields else Left()


def _joined(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _has(book: Book, name: str, number: str) -> bool:
    return name in book.engineers and book.engineers[name].phone == number


def _dropped(document: Document, page: Page, reason: str) -> Write:
    return change(document.path, document, pages.dump(pages.drop(page, reason)))


def _hurried(document: Document, alert: Alert, leaving: Leaving) -> Write:
    moved = escalation.hurry(alerts.note(alert, leaving.why(alert)), leaving.now)
    after = msgspec.structs.replace(moved, generation=alert.generation + 1)
    return change(document.path, document, alerts.dump(after))
