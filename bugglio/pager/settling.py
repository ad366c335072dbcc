"""An attempt of which nobody knows whether it went out: the carrier's own log tells, before anything is sent again."""

from collections.abc import Sequence

from bugglio import page as pages
from bugglio.delivery import Logged, classify
from bugglio.page import BAD, Attempt, Page
from bugglio.pager.kit import Kit
from bugglio.pager.outcomes import Outcomes
from bugglio.pager.ports import CarrierError
from bugglio.roster import HOUR
from bugglio.store import Conflict, Document
from bugglio.store.change import change

LOOK_AGAIN = 30_000
"""A log that could not be read is read again after so long."""


class Settling:
    """Settles doubts."""

    def __init__(self, kit: Kit, outcomes: Outcomes) -> None:
        """Keep what it works with."""
        self._kit = kit
        self._outcomes = outcomes

    def settle(self, document: Document, now: int) -> list[str]:
        """
        Look for a page's last attempt in the carrier's log; returns the ids of pages that are to be sent now.

        Found: it is adopted. Not found: the page waits for its next attempt, with the token it has taken already.
        """
        page = pages.load(document.fields)
        attempt = pages.adoptable(page)
        if attempt is None:
            return []
        try:
            log = self._kit.carrier.find(page.number)
        except CarrierError as error:
            self._kit.alarm(error, "reading Twilio's message log")
            return self._write(document, pages.look_again(page, now + LOOK_AGAIN), [])
        found = self._match(page, attempt, log)
        if found is None:
            return self._write(document, pages.revive(page, now), [document.id])
        failure = classify(found.error_code or 0) if found.status in BAD else None
        return self._outcomes.told(document.id, attempt.id, found.status, found.sid, failure)

    def _match(self, page: Page, attempt: Attempt, log: Sequence[Logged]) -> Logged | None:
        """
        The entry that is ours: ends with our body, of about our time, and no other page's.

        It may be an earlier attempt's, that the log did not show when that was looked for.
        """
        near = [
            entry
            for entry in log
            if page.body and entry.body.endswith(page.body) and abs(entry.created - attempt.at) <= HOUR
        ]
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
