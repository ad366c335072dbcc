"""The carrier tells what became of a text or a call."""

from bugglio.delivery import classify, classify_call
from bugglio.page import BAD
from bugglio.pager.intake import DOOR_PATIENCE
from bugglio.pager.kit import Deadline, Kit
from bugglio.pager.outcomes import Outcomes
from bugglio.pager.sending import Sender
from bugglio.store import StoreError


class Statuses:
    """Takes status callbacks."""

    def __init__(self, kit: Kit, outcomes: Outcomes, sender: Sender) -> None:
        """Keep what it works with."""
        self._kit = kit
        self._outcomes = outcomes
        self._sender = sender

    def take(
        self, page: str, attempt: str, status: str, sid: str, code: int, deadline: Deadline, *, spoken: bool = False
    ) -> None:
        """
        Keep a status, in whatever order it comes; a failure's next step is taken at once. `spoken`: it is a call's.

        Raises `StoreError` when it could not be kept.
        """
        failure = None
        if status in BAD:
            failure = classify_call(code, status=status) if spoken else classify(code)
        for key in self._outcomes.told(page, attempt, status, sid, failure):
            try:
                self._sender.send(key, deadline, DOOR_PATIENCE)
            except StoreError as error:
                # The page is stored and due: the tick sends it.
                self._kit.alarm(error, "sending after a failure")
