"""Lines of the log about what no change of the store shows: calls to the outside, and what came in."""

from collections.abc import Collection

from bugglio import gsm, journal
from bugglio.alert import Alert
from bugglio.delivery import Accepted, Blame, Busy, NotSent, Outcome, Refused, Unknown, Void
from bugglio.page import Page
from bugglio.pager.incoming import Text
from bugglio.redact import short
from bugglio.upstream import Done, Later, Operation
from bugglio.upstream import Outcome as Upshot
from bugglio.upstream import Refused as Declined

CALLED = {
    Accepted: "accepted",
    Refused: "refused",
    Busy: "busy",
    NotSent: "not sent",
    Void: "void",
    Unknown: "doubtful",
}
"""What the carrier's answer to one call was, in a word."""
TOLD = {Done: "told", Later: "later", Declined: "refused"}


def called(key: str, page: Page, outcome: Outcome, *, decided: float, spent: float) -> None:
    """
    Twilio was called for a page.

    `decided`: seconds since it was decided that the page is due; `spent`: since this call began.
    """
    word, failure = CALLED[type(outcome)], outcome.failure if isinstance(outcome, Refused) else None
    journal.tell(
        "page-called",
        f"{page.kind.capitalize()} to {page.to}: Twilio's answer is {word}, {decided:.2f} s after it was due.",
        journal.INFO if isinstance(outcome, Accepted | Busy | Void) else journal.WARNING,
        page=key,
        alert=page.alert,
        code=page.code,
        codes=list(page.count.codes) if page.count is not None else None,
        engineer=page.to,
        attempt=page.attempts[-1].id,
        sid=outcome.sid if isinstance(outcome, Accepted) else "",
        kind=page.kind,
        outcome=word,
        # Of a webhook's own pages the request counts: it may have waited for others of its error.
        seconds=round(max(decided, journal.passed("bugsnag")), 3),
        milliseconds=round(spent * 1000),
        segments=None if page.spoken else gsm.segments(page.body),
        twilio_code=failure.code if failure is not None else None,
        account=(failure is not None and failure.blame is Blame.ACCOUNT) or None,
        cause=failure.cause if failure is not None else "",
    )


def settled(key: str, page: Page, found: str) -> None:
    """Twilio's log was asked what became of a page; `found`: a status, or that there is nothing."""
    journal.tell(
        "page-settled",
        f"{page.kind.capitalize()} to {page.to}: Twilio's log says {found}.",
        page=key,
        alert=page.alert,
        code=page.code,
        engineer=page.to,
        kind=page.kind,
        found=found,
    )


def text(received: Text, who: str, codes: Collection[int], *, spent: float, answered: bool) -> None:
    """
    A text came in, from an engineer or, if `who` is empty, from a stranger; `codes` are of the alerts that it changed.

    Of its words only the command is told.
    """
    verb = received.command.verb or "not understood"
    journal.tell(
        "text-received",
        f"Text from {who or 'a stranger'}: {verb}.",
        text=received.sid,
        engineer=who,
        code=next(iter(codes)) if len(codes) == 1 else None,
        codes=sorted(codes) if len(codes) > 1 else None,
        verb=verb,
        sender=short(received.number),
        answered=answered,
        milliseconds=round(spent * 1000),
    )


def pressed(press: str, who: str, verb: str, codes: Collection[int], *, spent: float) -> None:
    """An engineer asked for something on a page; `codes` are of the alerts that it changed."""
    journal.tell(
        "press-taken",
        f"Page of {who}: {verb}.",
        press=press,
        engineer=who,
        code=next(iter(codes)) if len(codes) == 1 else None,
        codes=sorted(codes) if len(codes) > 1 else None,
        verb=verb,
        milliseconds=round(spent * 1000),
    )


def errand(key: str, alert: Alert, operation: Operation, by: str, outcome: Upshot) -> None:
    """Bugsnag was told what somebody made of an error."""
    word = TOLD.get(type(outcome), "doubtful")
    journal.tell(
        f"bugsnag-{word}",
        f"Bugsnag and {operation.what}: {word}.",
        journal.INFO if isinstance(outcome, Done) else journal.WARNING,
        alert=key,
        code=alert.code,
        engineer=by,
        operation=operation.what,
        cause=outcome.cause if isinstance(outcome, Declined) else "",
    )


def tick(found: int, late: float, *, spent: float, stays: bool) -> None:
    """A tick has done its work: so much was due, the latest by so many seconds. One that never stays comes often."""
    journal.tell(
        "tick",
        f"Ticked: {found} due, the latest by {late:.1f} s.",
        journal.INFO if stays or found else journal.DEBUG,
        late=late,
        found=found,
        milliseconds=round(spent * 1000),
    )
