"""
What follows when a phone takes no texts any more: what waits for it fails, and alerts go on to the next.

The commit that learns of it leaves a mark where each tick looks anyway. Whoever made the commit does what follows at
once; ticks do it as long as the mark is there, so a process that ended in between loses nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

import msgspec

from bugglio import alert as alerts
from bugglio import escalation
from bugglio import page as pages
from bugglio import phone as phones
from bugglio.alert import TRIGGERED, Alert, Entry
from bugglio.crew import crew_of
from bugglio.page import CALLS, NOTICES, PAGES, Page
from bugglio.pager import making
from bugglio.pager.insisting import insisting
from bugglio.pager.keeping import kept
from bugglio.pager.kit import Kit
from bugglio.pager.reading import alert_in, phone_in, read_with
from bugglio.pager.wellbeing.pulse import LAST_RESORT, PULSE
from bugglio.phone import Phone, phone_id
from bugglio.roster import Engineer, Roster
from bugglio.store import ABSENT, Document, Reading, Write
from bugglio.store.change import change
from bugglio.store.retry import retrying

STOPPED = "stopped"
"""Field of the tick's document: the ids of phones of which what follows is not done yet."""
SOME = 100
"""So many documents are read at a time."""


def told(roster: Roster, reading: Reading, person: Engineer, name: str, *, stopped: bool) -> list[Write]:
    """
    The admins hear that a phone takes no texts any more, or does again; and the mark that it does not.

    The same `name` makes the same texts. The reading has the tick's document, as it was just read.
    """
    what = "stopped" if stopped else "takes"
    end = "pages go to the next. START from that phone mends it." if stopped else "pages go there again."
    text = f"{person.name}'s phone {what} texts from bugglio: {end}"
    made = making.for_admins(roster, f"{what} {name}", text, reading.at)
    writes = [making.new(key, page) for key, page in made if page.to != person.id]
    return [*writes, _mark(reading.get(PULSE), phone_id(person.phone), reading.at)] if stopped else writes


def marked(pulse: Document | None) -> tuple[str, ...]:
    """The phones of which what follows is not done yet."""
    return tuple(pulse.fields.get(STOPPED) or ()) if pulse is not None else ()


def _mark(pulse: Document | None, phone: str, now: int) -> Write:
    """The mark; whose phone it is, the last resort's perhaps, ticks find out."""
    marks = {STOPPED: list(dict.fromkeys((*marked(pulse), phone))), LAST_RESORT: now}
    if pulse is None:
        return Write(PULSE, ABSENT, put={"v": 1, **marks})
    return Write(PULSE, pulse.version, put=marks)


class Stopping:
    """Does what follows."""

    def __init__(self, kit: Kit) -> None:
        """Keep what it works with."""
        self._kit = kit

    def follow(self, in_time: Callable[[], bool] = lambda: True) -> list[str]:
        """
        Let what waits for phones that have stopped fail; the ids of the alerts that go on.

        Doing it again does no harm. When `in_time` says no, the rest is left to the next tick; the alerts are due, so
        it takes them further.
        """
        gone_on: list[str] = []
        for phone in marked(self._kit.store.get([PULSE]).get(PULSE)):
            if not (in_time() and self._follow(phone, gone_on, in_time)):
                break
            retrying(partial(self._unmark, phone))
        return gone_on

    def _follow(self, phone: str, gone_on: list[str], in_time: Callable[[], bool]) -> bool:
        """Whether all was done."""
        roster = self._kit.roster()
        person = next((one for one in roster.engineers.values() if phone_id(one.phone) == phone), None)
        stands = phone_in(self._kit.store.get([phones.path(phone)]), phone).opted_out
        if person is None or not stands:
            return True
        if person.id != roster.last_resort:
            # The last resort is always tried.
            retrying(partial(self._fail_waiting, phone))
        for some in self._open():
            if not in_time():
                return False
            found = [one for one in some if self._may_wait(alerts.load(one.fields), person.id)]
            gone_on += self._hurry(found, roster, person.id)
        return True

    def _fail_waiting(self, phone: str) -> None:
        """Pages that wait for the phone have failed; what only tells or asks is not wanted."""
        now = self._kit.store.get([]).at
        for lane in (PAGES, NOTICES, CALLS):
            start = pages.lane_key(phone, lane)
            while some := self._kit.store.query("pages", "waiting", start=start, end=f"{start}~", limit=SOME):
                self._kit.store.commit([_failed(one, now) for one in some])

    def _open(self) -> Iterator[list[Document]]:
        """All open alerts, some at a time."""
        last: Document | None = None
        while True:
            some = self._kit.store.query("alerts", "open", limit=SOME, after=last)
            yield some
            if len(some) < SOME:
                return
            last = some[-1]

    def _may_wait(self, alert: Alert, person: str) -> bool:
        return alert.state == TRIGGERED and alert.held is None and person in alert.waits_for

    def _hurry(self, found: Iterable[Document], roster: Roster, person: str) -> list[str]:
        """The alerts among these that wait for nobody else who can be reached, and go on now."""
        return [
            one.id for one in found if insisting(self._kit.store, partial(self._hurry_once, one.id, roster, person))
        ]

    def _hurry_once(self, key: str, roster: Roster, person: str, wanted: set[str]) -> bool:
        reading = self._kit.store.get([alerts.path(key)])
        alert = alert_in(reading, key)
        if alert is None or not self._may_wait(alert, person):
            return False
        reading = read_with(self._kit.store, reading, [phones.path(one) for one in _phones(alert, roster).values()])
        known = {name: phone_in(reading, one) for name, one in _phones(alert, roster).items()}
        if not _in_vain(alert, roster, known, reading.at):
            return False
        wanted.add(key)
        noted = alerts.note(alert, Entry(at=reading.at, what="goes on: opted out by STOP", who=person))
        after = escalation.hurry(noted, reading.at)
        after = msgspec.structs.replace(after, generation=alert.generation + 1)
        self._kit.store.commit(kept(key, reading.get(alerts.path(key)), after))
        return True

    def _unmark(self, phone: str) -> None:
        pulse = self._kit.store.get([PULSE]).get(PULSE)
        left = [one for one in marked(pulse) if one != phone]
        if pulse is not None:
            self._kit.store.commit([change(PULSE, pulse, {STOPPED: left or None})])


def _phones(alert: Alert, roster: Roster) -> dict[str, str]:
    """The phones of whom an alert waits for, by engineer."""
    return {name: phone_id(roster.engineers[name].phone) for name in alert.waits_for if name in roster.engineers}


def _in_vain(alert: Alert, roster: Roster, known: Mapping[str, Phone], now: int) -> bool:
    """Whether nobody whom it waits for can be reached. After the last resort it goes by its half hours."""
    if alert.next_at is not None and alert.next_at <= now:
        return False
    if escalation.past_steps(alert, crew_of(roster, alert.team)):
        return False
    return all(phones.unreachable(known[name], now) for name in alert.waits_for if name in known)


def _failed(document: Document, now: int) -> Write:
    page = pages.load(document.fields)
    return change(document.path, document, pages.dump(_without_its_phone(page, now)))


def _without_its_phone(page: Page, now: int) -> Page:
    what = "opted out by STOP"
    telling = page.lane == NOTICES
    return pages.drop(page, what, now) if telling else pages.fail(page, what, now)
