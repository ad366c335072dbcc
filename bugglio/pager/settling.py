"""An attempt of which nobody knows whether it went out: the carrier's own log tells, before anything is sent again."""

from collections.abc import Sequence

from bugglio import page as pages
from bugglio.delivery import Failure, Logged, classify, classify_call
from bugglio.page import BAD, FAILED, Attempt, Page
from bugglio.pager import logbook
from bugglio.pager.kit import Kit
from bugglio.pager.outcomes import Outcomes
from bugglio.pager.ports import CarrierError
from bugglio.roster import HOUR
from bugglio.store import Conflict, Document
from bugglio.store.change import change

LOOK_AGAIN = 30_000
"""A log that could not be read is read again after so long."""
EARLIER = 5_000
"""A call may bear a time so much before its attempt's: the store's clock and Twilio's differ, and it names seconds."""
LATER = 60_000
"""The same for later: an attempt is void after 10 seconds, and Twilio may be slow."""


class Settling:
    """Settles doubts."""

    def __init__(self, kit: Kit, outcomes: Outcomes) -> None:
        """Keep what it works with."""
        self._kit = kit
        self._outcomes = outcomes

    def settle(self, document: Document, now: int) -> list[str]:
        """
        Look for a page's last attempt in the carrier's log; returns the ids of pages that are to be sent now.

        A digest that has failed sends what it told of to the next people.

        Found: it is adopted. Not found: the page waits for its next attempt, with the token it has taken already.
        """
        page = pages.load(document.fields)
        if page.state == FAILED:
            return self._outcomes.fallen(document.id, page)
        attempt = pages.adoptable(page)
        if attempt is None:
            return []
        try:
            log = self._kit.carrier.find(page.number, spoken=page.spoken)
        except CarrierError as error:
            self._kit.alarm(error, f"reading Twilio's {'call' if page.spoken else 'message'} log")
            return self._write(document, pages.look_again(page, now + LOOK_AGAIN), [])
        found = self._match(page, attempt, log)
        logbook.settled(document.id, page, found.status if found is not None else "nothing of it")
        if found is None:
            return self._write(document, pages.revive(page, now), [document.id])
        return self._outcomes.told(document.id, attempt.id, found.status, found.sid, _failure(page, found))

    def _match(self, page: Page, attempt: Attempt, log: Sequence[Logged]) -> Logged | None:
        """
        The entry that is ours and no other page's.

        It may be an earlier attempt's, that the log did not show when that was looked for.
        """
        near = _calls(attempt, log) if page.spoken else _texts(page, attempt, log)
        known = {one.sid for one in page.attempts}
        return next((one for one in near if one.sid not in known and not self._adopted(one.sid)), None)

    def _adopted(self, sid: str) -> bool:
        return bool(self._kit.store.query("pages", "sid", start=sid, end=f"{sid}~", limit=1))

    def _write(self, document: Document, page: Page, due: list[str]) -> list[str]:
        try:
            self._kit.store.commit([change(document.path, document, pages.dump(page))])
        except Conflict:
            # A callback, or another tick, has settled it in between.
            return []
        return due


def _texts(page: Page, attempt: Attempt, log: Sequence[Logged]) -> list[Logged]:
    """The entries that end with our body, of about our time."""
    return [
        entry
        for entry in log
        if page.body and entry.body.endswith(page.body) and abs(entry.created - attempt.at) <= HOUR
    ]


def _calls(attempt: Attempt, log: Sequence[Logged]) -> list[Logged]:
    """
    The calls of our time, the nearest first: their log does not say what was said.

    One without a time is still queued, so it is of this moment.
    """
    near = [one for one in log if not one.created or -EARLIER <= one.created - attempt.at <= LATER]
    return sorted(near, key=lambda one: abs(one.created - attempt.at))


def _failure(page: Page, found: Logged) -> Failure | None:
    if found.status not in BAD:
        return None
    code = found.error_code or 0
    return classify_call(code, status=found.status) if page.spoken else classify(code)
