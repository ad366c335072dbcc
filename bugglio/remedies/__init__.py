"""Why a page did not arrive and why nobody was paged, in plain words, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass

from bugglio import delivery
from bugglio.page import BUDGET, DROPPED, FAILED, FORMER, OUTAGE, TURN, WAITING, Page
from bugglio.remedies import causes, codes
from bugglio.sender import SenderState

__all__ = ["SHORTLY", "WAITS", "Failing", "Remedy", "failing", "of_code", "of_event", "of_page", "of_sender"]

WAITS = {
    TURN: "its phone's turn: a phone gets 3 texts one after another, then one a minute, and fewer in a long storm",
    BUDGET: "the day's budget of texts, which is used up",
    OUTAGE: "Twilio to take texts again: it refuses all of them, and one is tried each minute",
    FORMER: "word of the text that it follows",
}
"""For what a page waits, by what it keeps of that."""
SHORTLY = {
    TURN: "for its phone's turn",
    BUDGET: "for the day's budget",
    OUTAGE: "for Twilio to take texts again",
    FORMER: "for word of another text",
}
"""The same in a few words."""


@dataclass(frozen=True)
class Remedy:
    """A cause in plain words, without a full stop, and what to do, in whole sentences; empty where nothing is known."""

    cause: str
    mend: str = ""


@dataclass(frozen=True)
class Failing:
    """Texts that failed alike."""

    code: int
    """Twilio's; 0: none."""
    remedy: Remedy
    count: int
    last: int
    """When the latest of them was made, in milliseconds."""


def of_code(code: int, told: str = "", *, spoken: bool = False) -> Remedy:
    """What one of Twilio's codes means, and what to do; `told`: the cause as it was kept; `spoken`: it is a call's."""
    if spoken and code in delivery.CALLS:
        return Remedy(_bare(delivery.CALLS[code]), codes.CALLS.get(code, ""))
    if code in delivery.FAILURES:
        return Remedy(_bare(delivery.FAILURES[code].cause), codes.TEXTS.get(code, ""))
    cause = told or delivery.classify(code).cause
    mend = f"Look up twilio.com/docs/api/errors/{code}, which says what it means." if code else ""
    return Remedy(cause, mend or causes.find(cause, causes.PAGES))


def of_page(page: Page) -> Remedy | None:
    """Why a page waits, failed or was dropped, and what to do; None: there is nothing to mend."""
    if page.state not in (FAILED, DROPPED, WAITING) or (page.state == WAITING and not page.cause):
        return None
    cause = page.cause or "no reason was told"
    last = page.attempts[-1] if page.attempts else None
    if page.state != DROPPED and last is not None and last.code and last.cause == page.cause:
        return of_code(last.code, cause, spoken=page.spoken)
    return Remedy(cause, causes.find(cause, causes.PAGES))


def of_sender(sender: SenderState) -> Remedy | None:
    """Why no texts can be sent at all, and what to do; None: they can."""
    return of_code(sender.code, sender.cause) if sender.down else None


def of_event(reason: str) -> Remedy:
    """Why an event opened nothing, as it was recorded, and what to do."""
    return Remedy(reason, causes.find(reason, causes.EVENTS))


def failing(pages: Iterable[Page]) -> tuple[Failing, ...]:
    """What failed among these pages, alike ones together, the most frequent first."""
    found: dict[tuple[int, Remedy], list[int]] = {}
    for page in pages:
        remedy = of_page(page) if page.state == FAILED else None
        if remedy is not None:
            code = page.attempts[-1].code if page.attempts else 0
            found.setdefault((code, remedy), []).append(page.created)
    alike = [Failing(code, remedy, len(times), max(times)) for (code, remedy), times in found.items()]
    return tuple(sorted(alike, key=lambda one: (-one.count, -one.last)))


def _bare(cause: str) -> str:
    """A cause without what it says of its mending."""
    return cause.partition(": ")[0]
