"""A page goes out: claim it, call the carrier, keep the outcome."""

from bugglio.claims import Share
from bugglio.delivery import NotSent, Outcome, Void
from bugglio.page import Page
from bugglio.pager import budgets, logbook
from bugglio.pager.claiming import Claimed, Claims, Terms
from bugglio.pager.kit import Deadline, Kit
from bugglio.pager.outcomes import Outcomes
from bugglio.pager.ports import Outgoing
from bugglio.pager.sharing import Sharing
from bugglio.store import Reading

VOID_AFTER = 10.0
"""Seconds after its claim began at which an attempt may no longer be written to the carrier."""
TRIES = 3
"""So often a connection that failed is tried at once."""
LEAST = 0.3
"""With fewer seconds left than this, pages are left to the tick."""
VALID_AT_LEAST = 60
VALID_AT_MOST = 36_000


class Sender:
    """Sends pages that are due. What there is no time for stays due, and the tick sends it."""

    def __init__(self, kit: Kit, claims: Claims, outcomes: Outcomes) -> None:
        """Keep what it works with."""
        self._kit = kit
        self._claims = claims
        self._outcomes = outcomes
        self._sharing = Sharing(kit)

    def send(
        self,
        key: str,
        deadline: Deadline,
        patience: float,
        *,
        reading: Reading | None = None,
        terms: Terms | None = None,
    ) -> bool:
        """
        Send one page if it may go now, and the pages that its failure calls for; whether the carrier was called for it.

        A call to the carrier ends after `patience` seconds. `reading`: see `Claims.claim`.
        """
        if deadline.left <= LEAST:
            return False
        match self._claims.claim(key, terms or Terms(), reading, within=deadline.left):
            case Claimed() as claimed:
                self._deliver(claimed, deadline, patience, TRIES, trial=terms is not None and terms.trial)
                if claimed.low is not None:
                    budgets.tell(self._kit, claimed.low, claimed.page.attempts[-1].at)
                return True
            case Share(phone, lane):
                self.flush(phone, lane, deadline, patience)
            case None:
                pass
        return False

    def timed(self, page: Page) -> Page:
        """A new page with the moment at which it may go, as far as this instance knows of its phone."""
        return self._claims.timed(page)

    def flush(self, phone: str, lane: str, deadline: Deadline, patience: float) -> None:
        """Send what waits for this phone: one page alone, several as one digest."""
        for key in self._sharing.ready(phone, lane, lambda: deadline.left > LEAST):
            self.send(key, deadline, patience, terms=Terms(alone=True))

    def _deliver(self, claimed: Claimed, deadline: Deadline, patience: float, tries: int, *, trial: bool) -> None:
        outcome = self._call(claimed, min(patience, max(deadline.left, LEAST)))
        due = self._outcomes.settled(claimed.document, claimed.attempt, outcome, trial=trial)
        if isinstance(outcome, NotSent | Void) and tries > 1 and deadline.left > LEAST:
            again = self._claims.claim(claimed.key, Terms(trial=trial, alone=True), within=deadline.left)
            if isinstance(again, Claimed):
                self._deliver(again, deadline, patience, tries - 1, trial=trial)
        for key in due:
            self.send(key, deadline, patience)

    def _call(self, claimed: Claimed, patience: float) -> Outcome:
        page, began = claimed.page, self._kit.uptime()
        text = Outgoing(page.number, page.body, _validity(page), claimed.key, claimed.attempt, page.spoken)
        outcome = self._kit.carrier.send(text, patience=patience, fresh=lambda: self._fresh(claimed))
        decided = (page.attempts[-1].at - page.created) / 1000 + self._since(claimed.began)
        logbook.called(claimed.key, page, outcome, decided=decided, spent=self._since(began))
        return outcome

    def _fresh(self, claimed: Claimed) -> bool:
        return self._since(claimed.began) < VOID_AFTER

    def _since(self, moment: float) -> float:
        return self._kit.uptime() - moment


def _validity(page: Page) -> int:
    """Seconds until the next step falls due: later the text would come too late to help."""
    if page.valid_until is None:
        return VALID_AT_MOST
    left = (page.valid_until - page.attempts[-1].at) // 1000
    return min(max(left, VALID_AT_LEAST), VALID_AT_MOST)
