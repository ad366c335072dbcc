"""A waiting page becomes ours to send: one commit on page and phone, which nobody else can make at the same time."""

from dataclasses import dataclass

import msgspec

from bugglio import alert as alerts
from bugglio import escalation, wording
from bugglio import page as pages
from bugglio import phone as phones
from bugglio import sender as senders
from bugglio.alert import TRIGGERED, Alert, Entry
from bugglio.claims import Claim, Drop, Hold, Nothing, Share, View, decide
from bugglio.page import Page
from bugglio.pager import budgets, failing
from bugglio.pager.insisting import insisting
from bugglio.pager.keeping import kept
from bugglio.pager.kit import Kit
from bugglio.pager.reading import alert_in, alert_paths, followed_in, page_in, phone_in, read_followed, sender_in
from bugglio.pager.recounting import OVER, is_digest, recounted
from bugglio.roster import Roster
from bugglio.store import Document, Reading, Write, Written
from bugglio.store.change import change, changed, changes
from bugglio.throttle import Budget


@dataclass(frozen=True)
class Claimed:
    """A page that is ours to send, its document as our claim left it, and the uptime at which the claim began."""

    key: str
    page: Page
    document: Document
    began: float
    low: Budget | None = None
    """What is left of the day's budget, if this text makes it so little that the admins are to know."""

    @property
    def attempt(self) -> str:
        """The id of the attempt that this claim stands for."""
        return self.page.attempts[-1].id


@dataclass(frozen=True)
class Terms:
    """How a page is claimed: as the trial of a broken sender, or knowing that nothing else waits for the token."""

    trial: bool = False
    alone: bool = False


class Claims:
    """Claims pages, and remembers which phones had no token."""

    def __init__(self, kit: Kit) -> None:
        """Keep what it works with."""
        self._kit = kit
        self._held: dict[tuple[str, str], Hold] = {}

    def held(self, phone: str, lane: str, now: int) -> Hold | None:
        """Until when this phone gets no text, if this instance knows that it gets none and that others wait."""
        hold = self._held.get((phone, lane))
        return hold if hold is not None and hold.until > now else None

    def timed(self, page: Page) -> Page:
        """A new page with the moment at which it may go, as far as this instance knows."""
        hold = self.held(page.phone, page.lane, page.created)
        return page if hold is None else pages.hold(page, hold.until, hold.cause, hold.what)

    def claim(
        self, key: str, terms: Terms, reading: Reading | None = None, *, within: float = 3.0
    ) -> Claimed | Share | None:
        """
        Claim one page, or find that it has to wait, is not wanted, or has to share its token (None, or Share).

        `reading` may hold page, phone, alert and sender as they were just read or written: it saves a round trip. What
        meets other writers is tried again for at most `within` seconds; then `Conflict` is raised.
        """
        attempt, began = self._kit.token(), self._kit.uptime()
        first = [reading] if reading is not None and _suffices(reading, key) else []
        return insisting(
            self._kit.store,
            lambda wanted: self._once(key, attempt, began, terms, first.pop() if first else self._read(key), wanted),
            deadline_seconds=min(3.0, within),
        )

    def _once(
        self, key: str, attempt: str, began: float, terms: Terms, reading: Reading, wanted: set[str]
    ) -> Claimed | Share | None:
        page = page_in(reading, key)
        if page is None:
            return None
        if page.attempts and page.attempts[-1].id == attempt:
            return Claimed(key, page, reading.documents[pages.path(key)], began)
        if terms.trial and is_digest(page) and recounted(self._kit, page).state == pages.DROPPED:
            self._drop(key, reading, page, OVER, None)
            return None
        view = self._view(reading, page, terms)
        match decide(view, attempt):
            case Claim() as claim:
                return self._write(key, reading, claim, began)
            case Hold() as hold:
                self._hold(key, reading, view, hold)
            case Drop(reason, lost):
                self._drop(key, reading, page, reason, wanted if lost else None)
            case Share() as share:
                return share
            case Nothing():
                pass
        return None

    def _read(self, key: str) -> Reading:
        reading = self._kit.store.get([pages.path(key), senders.PATH, budgets.PATH])
        page = page_in(reading, key)
        if page is None:
            return reading
        besides = [phones.path(page.phone), *alert_paths([page.alert])]
        return read_followed(self._kit.store, reading, [page], besides)

    def _view(self, reading: Reading, page: Page, terms: Terms) -> View:
        alert = alert_in(reading, page.alert)
        roster = self._roster_with(page.number)
        team = roster.team(alert.team) if alert else None
        person = roster.by_number(page.number)
        return View(
            at=reading.at,
            page=page,
            phone=phone_in(reading, page.phone),
            alert=alert,
            sender=sender_in(reading),
            template=wording.template_of(alert.kind, team.text) if alert and team else "",
            before=followed_in(reading, page),
            zone=roster.zone_for(page.to, alert.team if alert else ""),
            on_roster=person is not None,
            alone=terms.alone,
            trial=terms.trial,
            budget=budgets.budget_in(reading, self._kit.texts_a_day),
        )

    def _roster_with(self, number: str) -> Roster:
        """The roster; one that does not know the number is read again, for it may be older than the page."""
        roster = self._kit.roster()
        if roster.by_number(number) is None:
            self._kit.forget_roster()
            roster = self._kit.roster()
        return roster

    def _write(self, key: str, reading: Reading, claim: Claim, began: float) -> Claimed:
        where = pages.path(key)
        phone = phones.path(claim.page.phone)
        writes = [
            change(where, reading.documents[where], pages.dump(claim.page)),
            change(phone, reading.get(phone), phones.dump(claim.phone)),
        ]
        written = self._commit([*writes, *([budgets.counted(reading)] if claim.counts else [])])
        document = changed(reading.documents[where], writes[0], written[0].version)
        return Claimed(key, claim.page, document, began, self._low(reading, written[-1]) if claim.counts else None)

    def _low(self, reading: Reading, counted: Written) -> Budget | None:
        """The budget after one more text, if the admins are to hear of it."""
        budget = budgets.after(reading, self._kit.texts_a_day, counted)
        return budget if budget.is_low(reading.at) and budgets.is_untold(reading) else None

    def _hold(self, key: str, reading: Reading, view: View, hold: Hold) -> None:
        page, where = view.page, pages.path(key)
        cause = hold.cause if hold.throttled else page.cause
        writes = changes(where, reading.documents[where], pages.dump(pages.hold(page, hold.until, cause, hold.what)))
        waits = hold.throttled and not page.token
        if waits:
            phone = phones.path(page.phone)
            held = phones.hold(view.phone, page.lane, hold.until)
            writes += changes(phone, reading.get(phone), phones.dump(held))
        self._commit(writes)
        if waits:
            self._held[page.phone, page.lane] = hold

    def _drop(self, key: str, reading: Reading, page: Page, reason: str, lost: set[str] | None) -> None:
        """What nobody gets although it is wanted (then the id of its alert goes into `lost`) lets its alert go on."""
        where = pages.path(key)
        dropped = change(where, reading.documents[where], pages.dump(pages.drop(page, reason, reading.at)))
        alert = alert_in(reading, page.alert) if lost is not None else None
        goes_on = self._gone_on(key, reading, page, alert, reason) if alert is not None else []
        if goes_on and lost is not None:
            lost.add(page.alert)
        self._commit([dropped, *goes_on])
        if lost is not None and page.count is not None:
            failing.hurry_all(self._kit, key, page)

    def _gone_on(self, key: str, reading: Reading, page: Page, alert: Alert, reason: str) -> list[Write]:
        """Its alert is due at once, if it waits for nothing else, even after the last resort's page."""
        if alert.state != TRIGGERED or alert.cycle != page.cycle or key not in alert.current:
            return []
        reading = failing.read_current(self._kit, reading, alert)
        if not failing.all_failed(reading, (one for one in alert.current if one != key)):
            return []
        noted = alerts.note(alert, Entry(at=reading.at, what="goes on", detail=reason, page=key))
        after = escalation.hurry(noted, reading.at)
        after = msgspec.structs.replace(after, generation=alert.generation + 1)
        return kept(page.alert, reading.documents[alerts.path(page.alert)], after)

    def _commit(self, writes: list[Write]) -> list[Written]:
        return self._kit.store.commit(writes) if writes else []


def _suffices(reading: Reading, key: str) -> bool:
    """Whether all that a page's claim looks at was read; what a notice follows was not."""
    page = page_in(reading, key)
    return page is not None and not page.after
