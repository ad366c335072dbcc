"""One text, or call, that bugglio makes of its own accord: its states, its attempts, what their outcomes make of it."""

import hashlib
import re
from typing import Any

import msgspec

from bugglio import fading
from bugglio.asking import Asked
from bugglio.delivery import RANK, Accepted, Busy, Failure, NotSent, Outcome, Refused, Unknown, Void
from bugglio.document import document
from bugglio.times import Timed

WAITING = "waiting"
SENDING = "sending"
ACCEPTED = "accepted"
SENT = "sent"
DELIVERED = "delivered"
FAILED = "failed"
DROPPED = "dropped"
DIGESTED = "digested"

UNSETTLED = 90_000
"""So long after its claim an attempt without an outcome is looked for in the carrier's log."""
ATTEMPTS = 10
"""So many attempts are kept, the latest ones."""
AGAIN = 5_000
AGAIN_AT_MOST = 60_000

TURN, BUDGET, OUTAGE, FORMER = "turn", "budget", "outage", "former"
"""
For what a page waits: for a token of its phone, for the day's budget, for a sender that works, for what becomes of the
pages before it.
"""

PAGES = "pages"
NOTICES = "notices"
CALLS = "calls"

_CODE = re.compile(r"\d{6}")


class Attempt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One try to hand the text to the carrier."""

    id: str
    n: int
    at: int
    """The store's time of its claim."""
    status: str = ""
    sid: str = ""
    code: int = 0
    cause: str = ""


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How many alerts of a digest are of one project; a name of Bugsnag's may be no fit key of a map."""

    project: str
    pages: int


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """What a digest stands for: each alert once."""

    pages: int = 0
    projects: tuple[Tally, ...] = ()
    """The busiest ones ..."""
    further: int = 0
    """... and how many more there are."""
    codes: tuple[int, ...] = ()
    """Those that are known one by one: all, unless there are very many."""
    top: int = 0
    """Code of the alert named in it ..."""
    name: str = ""
    """... its class ..."""
    events: int = 0
    """... and how often it happened."""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A text, from the decision that it is due to the last word about its delivery. Times in milliseconds."""

    v: int = 1
    kind: str
    """
    `page`, `call`, `reminder`, `noted`, `digest`, `unanswered`, `notice`, `welcome`, `login` (a code to log in);
    `test`, and `tested`, which tells what became of it.
    """
    to: str
    number: str
    phone: str
    """Id of the phone's document."""
    created: int
    state: str = WAITING
    due_at: int | None = None
    alert: str = ""
    code: int = 0
    cycle: int = 0
    position: int = 0
    ordinal: int = 1
    mark: str = ""
    """What sets it apart from earlier pages of the same alert: "2nd page" ..."""
    timed: Timed | None = None
    """... and "again 09:14", which is told by the clock of whoever reads it."""
    valid_until: int | None = None
    note: str = ""
    """The text of a notice; pages are composed when they are claimed."""
    brief: str = ""
    after: tuple[str, ...] = ()
    """A notice: the pages of which at least one must have been sent."""
    count: Count | None = None
    apart: bool = False
    """Its phone had the same words before, under another name of its owner: it says from when it is."""
    asks: Asked | None = None
    """What the phone is asked by it."""
    token: bool = False
    """It has taken its token from the throttle already."""
    body: str = ""
    attempts: tuple[Attempt, ...] = ()
    tries: int = 0
    waited: int = 0
    """The latest pause after a 429 or a failed connection."""
    sid: str | None = None
    cause: str | None = None
    digest: str = ""
    own: bool = False
    team: str = ""
    """Whose alert it is about; empty: no single team's."""
    ended_at: int | None = None
    """When the carrier told how it ended, delivered or failed, or when it was dropped."""
    waited_for: str = ""
    """For what it waits, or waited last: `turn`, `budget`, `outage` or `former`."""

    @property
    def lane(self) -> str:
        """Which bucket of the throttle it draws from."""
        return {"notice": NOTICES, "welcome": NOTICES, "tested": NOTICES, "call": CALLS}.get(self.kind, PAGES)

    @property
    def spoken(self) -> bool:
        """Whether the phone rings and says it; otherwise it is a text."""
        return self.kind == "call"

    @property
    def open(self) -> bool:
        """Whether it may still be sent, or is being sent."""
        return self.state in (WAITING, SENDING)

    @property
    def went_out(self) -> bool:
        """Whether the carrier has taken it, as far as is known."""
        return self.state in (ACCEPTED, SENT, DELIVERED)


def page_id(mark: str, cycle: int, person: str, ordinal: int) -> str:
    """The id of a person's so-manieth page about an alert in one cycle; two deciders come to the same one."""
    return hashlib.sha256(f"{mark}/{cycle}/{person}/{ordinal}".encode()).hexdigest()[:24]


def verdict_id(test: str) -> str:
    """The id of the text that tells what became of a test page."""
    return page_id("tested", 0, test, 0)


def path(key: str) -> str:
    """Where the page with this id lies in the store."""
    return f"pages/{key}"


def load(fields: Any) -> Page:
    """A page from its document."""
    return msgspec.convert(fields, Page)


def dump(page: Page) -> dict[str, Any]:
    """A page as a document, the sparse fields by which it is found included."""
    waiting = f"{lane_key(page.phone, page.lane)}{page.created:015d}" if page.state == WAITING else None
    failed = page.created if page.state == FAILED else None
    whose = f"{whose_key(page.to)}{page.created:015d}"
    fades = fading.after(None if page.open else page.created)
    return {**document(page), "waiting": waiting, "whose": whose, "failed": failed, fading.FIELD: fades}


def whose_key(person: str) -> str:
    """What the `whose` field of every page to somebody begins with; then comes when it was made."""
    return f"{person}|"


def shown_body(page: Page) -> str:
    """What people are shown of its words: a code to log in is for its phone alone."""
    said = page.body or page.note
    return _CODE.sub("******", said) if page.kind == "login" else said


def lane_key(phone: str, lane: str) -> str:
    """What the `waiting` field of every waiting page of this phone and lane begins with."""
    return f"{phone}|" if lane == PAGES else f"{phone}.{lane}|"


def claim(page: Page, attempt: str, now: int, body: str) -> Page:
    """The page while one attempt is under way."""
    tried = Attempt(id=attempt, n=page.tries + 1, at=now)
    return msgspec.structs.replace(
        page,
        state=SENDING,
        body=body,
        cause=None,
        token=True,
        due_at=now + UNSETTLED,
        tries=page.tries + 1,
        attempts=(*page.attempts, tried)[-ATTEMPTS:],
    )


def hold(page: Page, until: int, cause: str | None = None, what: str = "") -> Page:
    """The page that waits until then, for `what`; `cause` says it where it is told."""
    return msgspec.structs.replace(page, state=WAITING, due_at=until, cause=cause, waited_for=what or page.waited_for)


def drop(page: Page, reason: str, now: int | None = None) -> Page:
    """The page that is no longer wanted."""
    return msgspec.structs.replace(page, state=DROPPED, due_at=None, cause=reason, ended_at=now)


def fail(page: Page, reason: str, now: int) -> Page:
    """The page that waits for a phone which takes no texts any more."""
    return msgspec.structs.replace(page, state=FAILED, due_at=None, cause=reason, ended_at=now)


def settle(page: Page, attempt: str, outcome: Outcome, now: int) -> Page:
    """The page after an attempt's call has ended; what the carrier told meanwhile is not undone."""
    match outcome:
        case Accepted(sid, status):
            return report(page, attempt, status, sid, None)
        case Refused(failure):
            return report(page, attempt, "failed", "", failure)
        case Busy(retry_after):
            later = _later(page, attempt, "busy", now, None if retry_after is None else int(retry_after * 1000))
            return _because(page, later, "Twilio was too busy (429)")
        case NotSent(reason):
            return _because(page, _later(page, attempt, "not sent", now, None), f"Twilio was not reached: {reason}")
        case Void():
            return _later(page, attempt, "void", now, 0)
        case Unknown():
            return page


def report(page: Page, attempt: str, status: str, sid: str, failure: Failure | None) -> Page:
    """The page after the carrier told an attempt's status: statuses never go back, in whatever order they are told."""
    found = next((one for one in page.attempts if one.id == attempt or (sid and one.sid == sid)), None)
    if found is None:
        return page
    # A word that Twilio has not told yet still says that it has the text.
    status = status if status in RANK else "accepted"
    code, cause = (failure.code, failure.cause) if failure else (0, "")
    better = RANK.get(status, 0) > RANK.get(found.status, 0)
    told = msgspec.structs.replace(
        found,
        sid=found.sid or sid,
        status=status if better else found.status,
        code=code if better else found.code,
        cause=cause if better else found.cause,
    )
    attempts = tuple(told if one.id == found.id else one for one in page.attempts)
    return _summed(msgspec.structs.replace(page, attempts=attempts, sid=told.sid or page.sid))


def revive(page: Page, due_at: int) -> Page:
    """The page that is to be tried anew, in the same words: its attempt may yet turn out to have been sent."""
    return msgspec.structs.replace(page, state=WAITING, due_at=due_at)


def put_back(page: Page, due_at: int) -> Page:
    """The page that was certainly not delivered, for no fault of its phone; it is composed anew when it goes."""
    return msgspec.structs.replace(page, state=WAITING, due_at=due_at, body="")


def look_again(page: Page, due_at: int) -> Page:
    """The page whose doubt could not be settled yet."""
    return msgspec.structs.replace(page, due_at=due_at)


def adoptable(page: Page) -> Attempt | None:
    """The attempt whose outcome nobody knows."""
    last = page.attempts[-1] if page.attempts else None
    return last if page.state == SENDING and last is not None and not last.status else None


STATES = {
    "accepted": ACCEPTED,
    "scheduled": ACCEPTED,
    "queued": ACCEPTED,
    "sending": ACCEPTED,
    "initiated": ACCEPTED,
    "ringing": ACCEPTED,
    "sent": SENT,
    "in-progress": SENT,
    "delivered": DELIVERED,
    "read": DELIVERED,
    "completed": DELIVERED,
}
"""What a page is while its latest attempt has this status of Twilio's; a call that was answered was delivered."""
BAD = ("failed", "undelivered", "canceled", "busy", "no-answer")


def _summed(page: Page) -> Page:
    """
    The state of the whole: delivered if any attempt is, failed when the last one is.

    A page that waits to be tried anew does so no longer when its last attempt turns out to have been taken.
    """
    statuses = [one.status for one in page.attempts]
    if any(STATES.get(status) == DELIVERED for status in statuses):
        return msgspec.structs.replace(page, state=DELIVERED, due_at=None, cause=None)
    last = page.attempts[-1]
    if last.status in STATES:
        return msgspec.structs.replace(page, state=STATES[last.status], due_at=None, cause=None)
    if last.status in BAD and page.state != WAITING:
        return msgspec.structs.replace(page, state=FAILED, due_at=None, cause=last.cause or last.status)
    return page


def _because(before: Page, later: Page, cause: str) -> Page:
    """The page that waits once more, and why; the next attempt's outcome takes the place of it."""
    return before if later is before else msgspec.structs.replace(later, cause=cause)


def _later(page: Page, attempt: str, word: str, now: int, pause: int | None) -> Page:
    last = page.attempts[-1] if page.attempts else None
    if last is None or last.id != attempt or last.status:
        return page
    waited = pause if pause is not None else min(max(AGAIN, 2 * page.waited), AGAIN_AT_MOST)
    attempts = (*page.attempts[:-1], msgspec.structs.replace(last, status=word))
    return msgspec.structs.replace(put_back(page, now + waited), waited=waited, attempts=attempts)
