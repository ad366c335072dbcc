"""What happened to one text or call, from the decision to the last word about it."""

from collections.abc import Iterator
from dataclasses import dataclass

from bugglio import remedies
from bugglio.admin.pages import words
from bugglio.admin.saying import capital, span
from bugglio.alert import Alert
from bugglio.page import DELIVERED, DROPPED, FAILED, OUTAGE, SENDING, WAITING, Attempt, Page
from bugglio.pager.browsing.sent import Whole
from bugglio.sender import SenderState

SHORT = 5_000
"""Milliseconds: a shorter wait is none."""
KINDS = {
    "reminder": "It came again after it was acknowledged, or somebody's quiet is over.",
    "digest": "Several texts waited for this phone, and go as one.",
    "unanswered": "Nobody has answered after all steps: this is told each 30 minutes until somebody does.",
    "noted": "A rule of the team left it to the daily digest.",
    "notice": "News: of an alert, of a shift, or of the pager itself.",
    "welcome": "The first text to this phone: it says who will page it.",
    "test": "Somebody asked for a test, by the word test or by the button here.",
    "tested": "It tells what became of a test text.",
    "login": "Somebody asked for a code to log in.",
}
"""Why one of this kind is made."""


@dataclass(frozen=True)
class Line:
    """One thing that happened; its time is None where nobody noted it."""

    at: int | None
    what: str
    detail: str = ""
    mend: str = ""
    sid: str = ""
    page: str = ""
    """Id of another page that it is about."""


def lines(whole: Whole) -> list[Line]:
    """All that is known of it, in its order."""
    page = whole.page
    found = [Line(page.created, "Decided", _why(page, whole.alert))]
    found += _waited(whole)
    if page.tries > len(page.attempts):
        found.append(Line(None, f"{page.tries - len(page.attempts)} earlier attempts", "Only the last 10 are kept."))
    found += [_attempt(one, page) for one in page.attempts]
    found += _waits(whole) if page.attempts else []
    return found + list(_ended(whole))


def _why(page: Page, alert: Alert | None) -> str:
    if page.kind not in ("page", "call") or page.count is not None:
        return KINDS.get(page.kind, KINDS["digest"])
    step = _step(page, alert)
    return f"{capital(step)} called for it{f': {page.mark}' if page.mark else ''}."


def _step(page: Page, alert: Alert | None) -> str:
    """Which of its alert's steps it is of, as far as that is known: a later cycle may have others."""
    plan = alert.plan if alert is not None and alert.cycle == page.cycle else None
    if plan is None or not plan.steps:
        return "a step of its alert"
    done, number = divmod(page.position, len(plan.steps))
    if done >= plan.repeat:
        return "the last resort, after all steps,"
    again = {0: "", 1: ", the second time through,"}.get(done, f", time {done + 1} through,")
    return f"step {number + 1} of {len(plan.steps)}{again}"


def _waited(whole: Whole) -> list[Line]:
    """For what it waited before it was first tried."""
    page = whole.page
    if not page.attempts:
        return _waits(whole)
    passed = page.attempts[0].at - page.created
    if page.tries > len(page.attempts) or passed < SHORT:
        return []
    return [Line(None, f"Waited {span(passed)}", f"For {_for_what(page, whole.sender)}.")]


def _waits(whole: Whole) -> list[Line]:
    """For what it waits."""
    page = whole.page
    if page.state != WAITING:
        return []
    told = remedies.of_page(page) if page.waited_for != OUTAGE else None
    why = f": {told.cause}" if told is not None else f" for {_for_what(page, whole.sender)}"
    return [Line(page.due_at, "Goes at the earliest", f"It waits{why}.")]


def _for_what(page: Page, sender: SenderState) -> str:
    found = remedies.WAITS.get(page.waited_for, "the next tick, which comes each minute")
    outage = page.waited_for == OUTAGE and sender.since and (sender.until or page.created) >= page.created
    return f"{found} ({remedies.of_code(sender.code, sender.cause).cause})" if outage else found


def _attempt(one: Attempt, page: Page) -> Line:
    said = words.attempted(one.status, page)
    remedy = remedies.of_code(one.code, one.cause, spoken=page.spoken) if one.cause else None
    if remedy is None:
        return Line(one.at, f"Attempt {one.n}", f"{capital(said)}.", sid=one.sid)
    code = f" (Twilio's code {one.code})" if one.code else ""
    # What it has come to in the end says what to do where everybody looks first.
    mend = remedy.mend if remedy != remedies.of_page(page) else ""
    told = remedy.cause if page.spoken else f"{said}: {remedy.cause}"
    return Line(one.at, f"Attempt {one.n}", f"{capital(told)}{code}.", mend, one.sid)


def _ended(whole: Whole) -> Iterator[Line]:
    page, took = whole.page, words.took(whole.page)
    after = f"{capital(took)} after the decision." if took else ""
    if page.digest:
        yield Line(None, "Went into a digest", _digested(whole.digest), page=page.digest)
    elif page.state in (DELIVERED, FAILED):
        yield Line(page.ended_at, capital(words.STATES[page.state]), after)
    elif page.state == DROPPED:
        yield Line(page.ended_at, "Dropped", f"{capital(page.cause or 'no reason was told')}.")
    elif page.state == SENDING:
        yield Line(page.due_at, "Twilio's log is asked", "If nothing is heard of it until then.")


def _digested(digest: Page | None) -> str:
    """How the digest stands."""
    return f"The digest: {words.STATES.get(digest.state, digest.state)}." if digest is not None else ""
