"""May this page go now? What one look at the store says of a waiting page."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from bugglio import page as pages
from bugglio import phone as phones
from bugglio import speech, times, wording
from bugglio.alert import ACKNOWLEDGED, CLOSED, SNOOZED, TRIGGERED, Alert
from bugglio.digests import by_project
from bugglio.page import BUDGET, FORMER, OUTAGE, SENDING, TURN, WAITING, Page
from bugglio.phone import Phone, Told
from bugglio.roster import MINUTE
from bugglio.sender import SenderState
from bugglio.throttle import Budget
from bugglio.times import Clock
from bugglio.zones import known

SECOND = 1_000
ASKED = 3
"""So many open questions of bugglio's own a phone is remembered to have."""
SILENT = 2 * MINUTE
"""So long the delivery report of a test page is waited for."""
NO_CYCLE = -1
"""Of a page that is not of the steps: while they go on it is of no use."""
LOGIN = "login"
"""Of this kind a stranger may cause some: it uses up nothing of the day's budget, which is there for pages."""
AT_ONCE = ("test", LOGIN)
"""Kinds of pages that wait for no throttle and no budget: whoever asks for a test page is told if there is no room."""
LATE = 2 * MINUTE
"""A page sent so much later than decided says its time."""
SPENT = "the day's budget of texts is used up"
"""Why a page waits longer than its phone's throttle would have it."""


@dataclass(frozen=True)
class Claim:
    """It goes: the page as it is being sent, the phone without one token."""

    page: Page
    phone: Phone
    counts: bool = True
    """It is one more text of the day's budget: no call, no code to log in, and no text that was tried before."""


@dataclass(frozen=True)
class Hold:
    """It waits until then."""

    until: int
    throttled: bool = True
    cause: str | None = None
    """Why, if it is not for its turn."""
    what: str = TURN
    """For what, as a page keeps it."""


@dataclass(frozen=True)
class Drop:
    """It is no longer wanted."""

    reason: str
    lost: bool = False
    """It is wanted, but the phone is nobody's: what waits for its answer waits in vain."""


@dataclass(frozen=True)
class Share:
    """A token is there, but others wait for it too: what waits in this lane goes as one."""

    phone: str
    lane: str


@dataclass(frozen=True)
class Nothing:
    """Somebody else has it in hand."""


@dataclass(frozen=True)
class View:
    """What was read about one page, at one moment."""

    at: int
    page: Page
    phone: Phone
    alert: Alert | None
    sender: SenderState
    template: str
    before: Mapping[str, Page]
    """The pages that a notice follows."""
    zone: str = ""
    """By whose clock its reader is told the time, as an IANA name; empty: as this phone was told it before."""
    on_roster: bool = True
    """Whether the page's number is somebody's who is on the roster."""
    alone: bool = False
    """It is known that nothing else waits for this phone's token."""
    trial: bool = False
    """The one page that is tried although the sender is broken."""
    budget: Budget = field(default_factory=Budget)


Decision = Claim | Hold | Drop | Share | Nothing


def decide(view: View, attempt: str) -> Decision:
    """Claim the page for this attempt, or say why not."""
    page = view.page
    if page.state != WAITING:
        return Nothing()
    if not view.on_roster:
        return Drop(f"{page.to} has left the roster, or has another number", lost=True)
    unwanted = _unwanted(view)
    if unwanted is not None:
        return unwanted
    if view.sender.down and not view.trial and not page.spoken:
        return Hold(view.sender.next_try, throttled=False, what=OUTAGE)
    if page.tries or page.kind in AT_ONCE:
        return _claimed(view, attempt)
    waits = turn(view.phone, page.lane, view.at, view.budget, paid=page.token)
    if waits is not None:
        return waits
    if page.lane in view.phone.held and not view.alone and not page.token:
        return Share(page.phone, page.lane)
    return _claimed(view, attempt)


def turn(phone: Phone, lane: str, now: int, budget: Budget, *, paid: bool = False) -> Hold | None:
    """
    Until when a page that was never tried waits for its phone's throttle, and for the day's budget; None: it may go.

    `paid`: it has its token from the throttle.
    """
    token = now if paid else phones.next_token(phone, lane, now)
    allowed = phones.next_in_budget(phone, lane, now, budget)
    if allowed > now and allowed >= token:
        return Hold(allowed, cause=SPENT, what=BUDGET)
    return Hold(token) if token > now else None


def _unwanted(view: View) -> Drop | Hold | None:
    match view.page.kind:
        case "notice":
            return untold(view.page, view.before, view.at)
        case "tested":
            return _untested(view)
        case "login" if view.at >= (view.page.valid_until or view.at):
            return Drop("the code is too old")
        case _:
            reason = unwanted(view.page, view.alert)
            return Drop(reason) if reason else None


def unwanted(page: Page, alert: Alert | None) -> str:
    """Why a page about this alert need not be sent any more; empty if it must, as a digest of several always does."""
    match page.kind:
        case "page" | "call" if page.count is None:
            return answered(alert, page.cycle)
        case "unanswered" if page.count is None or page.count.pages == 1:
            return answered(alert, alert.cycle if alert is not None else 0)
        case "noted":
            return noted_already(alert)
        case "reminder":
            waits = alert is not None and alert.state == ACKNOWLEDGED and alert.reminded_at is not None
            return "" if waits else answered(alert, NO_CYCLE)
        case _:
            return ""


def answered(alert: Alert | None, cycle: int) -> str:
    """Why a page of this cycle need not be sent any more; empty if it must."""
    if alert is None:
        return "the alert is gone"
    if alert.rule:
        return f"kept quiet meanwhile: {alert.rule}"
    if alert.state == ACKNOWLEDGED:
        return f"acknowledged by {alert.acknowledged_by} meanwhile"
    if alert.state == SNOOZED:
        return "snoozed meanwhile"
    if alert.state == CLOSED:
        return f"closed meanwhile: {alert.how}"
    return "" if alert.state == TRIGGERED and alert.cycle == cycle else "the steps began again meanwhile"


def noted_already(alert: Alert | None) -> str:
    """Why the daily digest need not name an alert; empty if it must."""
    if alert is None or alert.state != ACKNOWLEDGED or not alert.rule:
        return "it is no longer left to the digest"
    return f"acknowledged by {alert.acknowledged_by} meanwhile" if alert.acknowledged_by else ""


def calls_for_somebody(alert: Alert) -> bool:
    """Whether an alert that a digest tells of is still to be answered, or to be heard of."""
    reminds = alert.state == ACKNOWLEDGED and alert.reminded_at is not None
    return reminds or not answered(alert, alert.cycle) or not noted_already(alert)


def untold(notice: Page, before: Mapping[str, Page], now: int) -> Drop | Hold | None:
    """A notice is for somebody who was told of the alert by a page before it; while that is uncertain it waits."""
    if not notice.after or any(page.went_out for page in before.values()):
        return None
    unsettled = [page for page in before.values() if page.state == SENDING]
    if unsettled:
        return Hold(min(page.due_at or now for page in unsettled) + pages.AGAIN, throttled=False, what=FORMER)
    return Drop("they were never told of the alert")


def _untested(view: View) -> Drop | Hold | None:
    """What became of a test page is told when it is known, or that it was sent; until then this waits."""
    test = next(iter(view.before.values()), None)
    if test is None or test.state == pages.DROPPED:
        return Drop("the test page was not sent")
    if test.state in (pages.DELIVERED, pages.FAILED):
        return None
    return None if test.went_out else Hold(view.at + MINUTE // 2, throttled=False, what=FORMER)


def _verdict(view: View) -> str:
    """What became of a test page."""
    test = next(iter(view.before.values()))
    if test.state == pages.FAILED:
        return f"failed: {test.cause}."
    if test.state == pages.DELIVERED:
        return f"took {_seconds((test.ended_at or view.at) - test.created)} to arrive."
    sent = test.attempts[-1].at if test.attempts else view.at
    return f"was sent {_seconds(sent - test.created)} after you asked; no delivery report yet."


def _seconds(span: int) -> str:
    return f"{round(span / SECOND)} s" if span >= SECOND else "less than 1 s"


def _claimed(view: View, attempt: str) -> Claim:
    if view.alert is not None and _told_already(view, view.alert):
        view = replace(view, page=msgspec.structs.replace(view.page, apart=True))
    page = view.page
    body, phone = (page.body, view.phone) if page.body else _composed(view)
    first = not page.tries
    if not page.token:
        phone = phones.take(phone, page.lane, view.at)
    elif first and page.kind not in AT_ONCE and view.budget.is_spent(view.at):
        phone = phones.went(phone, page.lane, view.at)
    claimed = pages.claim(page, attempt, view.at, body)
    return Claim(claimed, _told(phone, page, view.at), counts=first and not page.spoken and page.kind != LOGIN)


def _composed(view: View) -> tuple[str, Phone]:
    """The page's words, and the phone that is told them."""
    phone = phones.in_zone(view.phone, known(view.zone or view.phone.zone or "UTC"), view.at)
    clock = Clock(phone.zone, phone.zoned_at)
    label, phone = _label(view, phone, clock)
    return _compose(view, label, clock), phone


def _label(view: View, phone: Phone, clock: Clock) -> tuple[str, Phone]:
    """The time that a digest or a notice begins with; no two of them to one phone begin alike."""
    page = view.page
    if page.kind not in ("digest", "unanswered", "notice", "test", "tested"):
        return "", phone
    last, before = phone.stamps.get(page.lane, (0, 0))
    of_second = before + 1 if last // SECOND == view.at // SECOND else 1
    stamps = {**phone.stamps, page.lane: (view.at, of_second)}
    label = times.stamp(view.at, _since(view), clock, last, of_second)
    return label, msgspec.structs.replace(phone, stamps=stamps)


def _since(view: View) -> int:
    """The day on which a time alone tells this text from those of other days."""
    if view.page.kind == "digest":
        return view.at
    return view.alert.born if view.alert is not None else 0


def _told(phone: Phone, page: Page, now: int) -> Phone:
    if page.asks is not None:
        asks = msgspec.structs.replace(page.asks, at=now)
        phone = msgspec.structs.replace(phone, begun=(asks, *phone.begun)[:ASKED])
    if page.kind == "notice" or not page.alert:
        return phone
    count = page.count
    # The one on top is named: of all the codes it is the newest that the phone is told.
    codes = (*(code for code in count.codes if code != page.code), page.code) if count is not None else (page.code,)
    told = Told(alert=page.alert, code=page.code, at=now, many=count is not None and count.pages > 1)
    return phones.tell(phone, told, codes)


def _compose(view: View, label: str, clock: Clock) -> str:
    page, alert = view.page, view.alert
    match page.kind:
        case "digest":
            return wording.digest(label, _held(page))
        case "unanswered":
            one = page.count is None or page.count.pages == 1
            return wording.unanswered_one(label, page.note) if one else wording.digest(label, _held(page), "unanswered")
        case "notice" | "test":
            return wording.stamped(label, page.note)
        case "tested":
            return wording.stamped(label, wording.tested(_verdict(view)))
        case "call" if page.count is not None:
            return speech.digest(_held(page))
        case _ if alert is not None:
            return _page(view, alert, clock)
        case _:
            return page.note


def _page(view: View, alert: Alert, clock: Clock) -> str:
    page = view.page
    # The daily digest comes again: its day is told.
    timed = times.told(page.timed, 0 if page.kind == "noted" else alert.born, clock)
    apart = view.at - page.created > LATE or page.apart
    late = f"from {times.moment(page.created, view.at, clock)}" if apart else ""
    mark = ", ".join(filter(None, (page.mark, timed, late)))
    why = alert.why if page.kind in ("page", "call", "noted") and page.ordinal == 1 else ""
    say = speech.page if page.spoken else wording.page
    return say(alert.code, view.template, alert.said, why, mark)


def _told_already(view: View, alert: Alert) -> bool:
    """Whether this phone had a first page of these steps before: its owner had another name in the roster then."""
    page = view.page
    if page.kind != "page" or page.ordinal > 1 or page.tries:
        return False
    first = min((entry.at for entry in alert.timeline if entry.what == "page"), default=view.at)
    begun = page.timed.at if page.timed is not None else first
    return any(told.alert == page.alert and not told.shown and told.at >= begun for told in view.phone.last)


def _held(page: Page) -> wording.Held:
    count = page.count or pages.Count()
    return wording.Held(count.pages, by_project(count), count.top, count.name, count.events, count.further)
