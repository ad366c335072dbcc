"""The store cannot be reached: the one text that needs no store."""

import threading
from collections.abc import Callable

from bugglio import journal, wording
from bugglio.bugsnag import Event
from bugglio.delivery import Accepted, NotSent, Unknown
from bugglio.pager.kit import Deadline, Kit
from bugglio.pager.ports import Outgoing
from bugglio.pager.sending import LEAST, TRIES

ONE_EACH = 60.0
"""Seconds between two such texts of one instance."""
VALIDITY = 3_600


class Emergency:
    """Texts the last resort directly."""

    def __init__(self, kit: Kit, number: str, clock: Callable[[], float] | None = None) -> None:
        """`number` is the phone of the last resort: the roster cannot be asked for it without the store."""
        self._kit = kit
        self._number = number
        self._clock = clock or kit.uptime
        self._lock = threading.Lock()
        self._last: float | None = None

    def tell(self, event: Event, patience: float) -> bool:
        """Tell the last resort that this event was not stored, at most once a minute; whether it was told."""
        with self._lock:
            now = self._clock()
            if self._last is not None and now - self._last < ONE_EACH:
                return False
            self._last = now
        sent = self._sent(event, Deadline(patience, self._clock))
        outcome = "sent" if sent else "not sent"
        journal.tell(
            "emergency-text", f"The last resort's text without a store was {outcome}.", journal.ERROR, outcome=outcome
        )
        if sent:
            return True
        with self._lock:
            self._last = None
        return False

    def _sent(self, event: Event, deadline: Deadline) -> bool:
        """Whether the text may have gone out; a connection that failed is tried again at once."""
        text = Outgoing(self._number, wording.not_stored(_named(event)), VALIDITY, "", "")
        for _ in range(TRIES):
            outcome = self._kit.carrier.send(text, patience=deadline.left, fresh=lambda: True)
            if not isinstance(outcome, NotSent):
                return isinstance(outcome, Accepted | Unknown)
            if deadline.left <= LEAST:
                break
        return False


def _named(event: Event) -> str:
    what = ": ".join(filter(None, (event.error_class, event.error_message)))
    where = " ".join(filter(None, (event.project, event.stage)))
    return ": ".join(filter(None, (where, what or event.message or event.trigger or "an event")))
