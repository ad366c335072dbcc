"""What became of an attempt: kept on the page, and what follows from it for phone, alert and sender."""

from dataclasses import dataclass, field

import msgspec

from bugglio import alert as alerts
from bugglio import escalation
from bugglio import page as pages
from bugglio import phone as phones
from bugglio import sender as senders
from bugglio.alert import TRIGGERED, Alert
from bugglio.crew import crew_of
from bugglio.delivery import Accepted, Blame, Busy, Failure, NotSent, Outcome, Refused, Unknown
from bugglio.health import LATE
from bugglio.page import DELIVERED, FAILED, OUTAGE, STATES, WAITING, Page
from bugglio.pager import failing, stopping
from bugglio.pager.insisting import insisting
from bugglio.pager.keeping import kept
from bugglio.pager.kit import Deadline, Kit
from bugglio.pager.reading import alert_in, alert_paths, page_in, phone_in, read_with, sender_in
from bugglio.pager.steps import Steps
from bugglio.pager.stopping import Stopping
from bugglio.pager.wellbeing.pulse import PULSE, last_resort_lost, put_off
from bugglio.phone import Phone
from bugglio.sender import SenderState
from bugglio.store import Conflict, Document, Reading, Write
from bugglio.store.change import change, changes
from bugglio.store.retry import retrying

FOLLOWS = 1.0
"""Seconds for what follows when a phone takes no texts any more; the tick does the rest."""
AT_ONCE = 50
"""So many of the alerts that a failed digest told of go on at once."""
UNSUBSCRIBED = 21610
"""Twilio's code for a phone that has texted STOP."""


@dataclass(frozen=True)
class Told:
    """What the carrier told of one attempt."""

    attempt: str
    outcome: Outcome | None = None
    """The call's own outcome, or ..."""
    status: str = ""
    """... a status that came later, with ..."""
    sid: str = ""
    failure: Failure | None = None

    @property
    def blamed(self) -> Failure | None:
        """Why it failed, if it did."""
        return self.outcome.failure if isinstance(self.outcome, Refused) else self.failure

    def upon(self, page: Page, now: int) -> Page:
        """The page after this was told."""
        if self.outcome is not None:
            return pages.settle(page, self.attempt, self.outcome, now)
        return pages.report(page, self.attempt, self.status, self.sid, self.failure)


@dataclass
class Upshot:
    """What one commit will write, and what is due afterwards."""

    writes: list[Write] = field(default_factory=list)
    hurried: list[str] = field(default_factory=list)
    digest: Page | None = None
    """A digest that has failed."""
    broken: Failure | None = None
    due: list[str] = field(default_factory=list)
    """Ids of pages that only tell of it."""
    stopped: bool = False
    """The phone takes no texts any more."""


class Outcomes:
    """Keeps outcomes."""

    def __init__(self, kit: Kit, steps: Steps) -> None:
        """Keep what it works with."""
        self._kit = kit
        self._steps = steps
        self._stopping = Stopping(kit)

    def settled(self, document: Document, attempt: str, outcome: Outcome, *, trial: bool) -> list[str]:
        """
        Keep the outcome of a call to the carrier; returns the ids of pages that its failure calls for.

        `document` is the page as the claim left it. A `trial` may show that a broken sender is mended.
        """
        if isinstance(outcome, Unknown):
            return []
        if isinstance(outcome, NotSent):
            self._kit.alarm(RuntimeError(f"Twilio was not reached: {outcome.reason}"), "sending")
        told = Told(attempt, outcome)
        if isinstance(outcome, Accepted) and not trial and self._kept_at_once(document, told):
            return []
        return self._keep(document.id, told)

    def told(self, key: str, attempt: str, status: str, sid: str, failure: Failure | None) -> list[str]:
        """Keep a status that the carrier told later; returns the ids of pages that a failure calls for."""
        return self._keep(key, Told(attempt, None, status, sid, failure))

    def _kept_at_once(self, document: Document, told: Told) -> bool:
        page = pages.load(document.fields)
        after = told.upon(page, page.attempts[-1].at)
        try:
            self._kit.store.commit([change(document.path, document, pages.dump(after))])
        except Conflict:
            return False
        return True

    def _keep(self, key: str, told: Told) -> list[str]:
        upshot = insisting(self._kit.store, lambda wanted: self._once(key, told, wanted))
        if upshot.broken is not None:
            trouble = RuntimeError(f"Twilio refuses every text: {upshot.broken.code} {upshot.broken.cause}")
            self._kit.alarm(trouble, "sending")
        if upshot.stopped:
            deadline = Deadline(FOLLOWS, self._kit.uptime)
            upshot.hurried += self._stopping.follow(lambda: deadline.left > 0)
        gone_on = dict.fromkeys(upshot.hurried)
        made = [*(page for alert in gone_on for page in self._steps.go_on(alert)), *upshot.due]
        return made + (self.fallen(key, upshot.digest) if upshot.digest is not None else [])

    def fallen(self, key: str, digest: Page) -> list[str]:
        """
        All that a failed digest told of goes on; returns the ids of the pages that are called for.

        Of very many alerts the first ones go on at once, the others are due now: the tick takes them forward.
        Until that is done the digest stays due, so that a tick does it if this process ends in between.
        """
        hurried = failing.hurry_all(self._kit, key, digest)[:AT_ONCE]
        made = [page for alert in hurried for page in self._steps.go_on(alert)]
        retrying(lambda: self._laid_to_rest(key))
        return made

    def _laid_to_rest(self, key: str) -> None:
        document = self._kit.store.get([pages.path(key)]).documents[pages.path(key)]
        page = pages.load(document.fields)
        if page.state == FAILED and page.due_at is not None:
            after = msgspec.structs.replace(page, due_at=None)
            self._kit.store.commit([change(document.path, document, pages.dump(after))])

    def _once(self, key: str, told: Told, wanted: set[str]) -> Upshot:
        reading = self._read(key)
        page = page_in(reading, key)
        upshot = Upshot()
        if page is None:
            return upshot
        after = self._after(reading, page, told, upshot)
        if after.state == FAILED and page.state != FAILED and after.count is not None:
            after = msgspec.structs.replace(after, due_at=reading.at)
        if after.state != page.state and after.state in (DELIVERED, FAILED):
            after = msgspec.structs.replace(after, ended_at=reading.at)
            self._tested(reading, key, after, upshot)
        self._put(upshot, reading, pages.path(key), pages.dump(after))
        if isinstance(told.outcome, Busy) and after.open and (after.due_at or 0) - reading.at > LATE:
            upshot.writes += put_off(self._kit.store.get([PULSE]), key)
        self._reach(reading, key, page, _reached(reading, page, after, told), upshot)
        self._hurry(reading, key, after, upshot)
        wanted.update(upshot.hurried)
        if upshot.writes:
            self._kit.store.commit(upshot.writes)
        return upshot

    def _read(self, key: str) -> Reading:
        store = self._kit.store
        reading = store.get([pages.path(key), senders.PATH])
        page = page_in(reading, key)
        if page is None:
            return reading
        told = [pages.path(pages.verdict_id(key))] if page.kind == "test" else []
        reading = read_with(store, reading, [phones.path(page.phone), *alert_paths([page.alert]), *told])
        return failing.read_current(self._kit, reading, alert_in(reading, page.alert))

    def _after(self, reading: Reading, page: Page, told: Told, upshot: Upshot) -> Page:
        after = told.upon(page, reading.at)
        state = sender_in(reading)
        blamed = told.blamed
        if after.state == FAILED and page.state != FAILED and blamed is not None and blamed.blame is Blame.ACCOUNT:
            late = told.outcome is None
            down = senders.broken(state, blamed, reading.at, late=late)
            self._put(upshot, reading, senders.PATH, senders.dump(down))
            upshot.broken = None if state.down else blamed
            return pages.hold(pages.put_back(after, down.next_try), down.next_try, after.cause, OUTAGE)
        if state.down and _proves(state, after, told):
            self._put(upshot, reading, senders.PATH, senders.dump(senders.mended(state, reading.at)))
        return after

    def _tested(self, reading: Reading, key: str, test: Page, upshot: Upshot) -> None:
        """Of a test page the end is known: that is told now."""
        told = page_in(reading, pages.verdict_id(key)) if test.kind == "test" else None
        if told is not None and told.state == WAITING:
            self._put(upshot, reading, pages.path(pages.verdict_id(key)), pages.dump(pages.hold(told, reading.at)))
            upshot.due.append(pages.verdict_id(key))

    def _reach(self, reading: Reading, key: str, page: Page, after: Phone, upshot: Upshot) -> None:
        """Keep whether the phone can be reached; that it takes no texts, or does again, is told like a STOP."""
        self._put(upshot, reading, phones.path(page.phone), phones.dump(after))
        roster, before = self._kit.roster(), phone_in(reading, page.phone)
        person = roster.by_number(page.number)
        if person is None:
            return
        if after.opted_out == before.opted_out:
            if person.id == roster.last_resort and after.refused and not before.refused:
                upshot.writes += last_resort_lost(self._kit.store.get([PULSE]))
            return
        pulse = self._kit.store.get([PULSE])
        told = stopping.told(roster, pulse, person, f"{key} {reading.at}", stopped=after.opted_out)
        upshot.writes += told
        upshot.due += [write.path.partition("/")[2] for write in told if write.path.startswith("pages/")]
        upshot.stopped = after.opted_out

    def _hurry(self, reading: Reading, key: str, page: Page, upshot: Upshot) -> None:
        alert = alert_in(reading, page.alert)
        if page.state == FAILED and page.count is not None:
            upshot.digest = page
            return
        if page.state != FAILED or alert is None or not self._step_failed(reading, key, page, alert):
            return
        hurried = escalation.hurry(alert, reading.at)
        hurried = msgspec.structs.replace(hurried, generation=alert.generation + 1)
        upshot.writes += kept(page.alert, reading.get(alerts.path(page.alert)), hurried)
        upshot.hurried.append(page.alert)

    def _step_failed(self, reading: Reading, key: str, page: Page, alert: Alert) -> bool:
        """Whether the alert still waits for this page's step, and every page of it has failed."""
        if alert.state != TRIGGERED or alert.cycle != page.cycle or key not in alert.current:
            return False
        if escalation.past_steps(alert, crew_of(self._kit.roster_for(alert), alert.team)):
            return False
        return failing.all_failed(reading, (other for other in alert.current if other != key))

    def _put(self, upshot: Upshot, reading: Reading, where: str, after: dict[str, object]) -> None:
        upshot.writes += changes(where, reading.get(where), after)


def _proves(state: SenderState, page: Page, told: Told) -> bool:
    """Whether this shows that texts go out again: no call does, nor what was sent before the outage began."""
    if page.spoken:
        return False
    later = [one for one in page.attempts if one.at >= state.since]
    if any(STATES.get(one.status) == DELIVERED for one in later):
        return True
    return not state.late and isinstance(told.outcome, Accepted) and told.attempt in {one.id for one in later}


def _reached(reading: Reading, page: Page, after: Page, told: Told) -> Phone:
    """The phone, with what this says about reaching it by text; a call, answered or not, says nothing."""
    phone = phone_in(reading, page.phone)
    if page.spoken:
        return phone
    blamed = told.blamed
    sent_at = page.attempts[-1].at if page.attempts else 0
    if after.state == DELIVERED and (phone.failed_at or phone.refused or phone.opted_out):
        # What was sent before a STOP may be reported after it.
        stands = phone.opted_out and sent_at <= phone.stopped_at
        return msgspec.structs.replace(phone, failed_at=0, refused="", opted_out=stands)
    if after.state == FAILED and page.state != FAILED and blamed is not None:
        unseen = _untold(phone, page)
        failed = msgspec.structs.replace(unseen, failed_at=reading.at, refused=blamed.cause if blamed.lasting else "")
        # A refusal from before their latest text, which may have been START, says nothing of what holds since.
        stops = blamed.code == UNSUBSCRIBED and not phone.opted_out and sent_at >= phone.heard_at
        return msgspec.structs.replace(failed, opted_out=True, stopped_at=reading.at) if stops else failed
    return phone


def _untold(phone: Phone, page: Page) -> Phone:
    """The phone without what only this page would have told it; an earlier page of the alert may have arrived."""
    if page.ordinal > 1:
        return phone
    codes = page.count.codes if page.count is not None else (page.code,)
    return phones.untell(phone, page.alert, [one.at for one in page.attempts], codes)
