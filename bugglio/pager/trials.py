"""A sender that is broken: one page is tried each minute, until one goes out."""

from collections.abc import Sequence
from functools import partial

from bugglio import sender as senders
from bugglio.pager.claiming import Terms
from bugglio.pager.guarding import guarded
from bugglio.pager.kit import Deadline, Kit
from bugglio.pager.reading import sender_in
from bugglio.pager.sending import Sender
from bugglio.sender import SenderState
from bugglio.store import Conflict, Document, Reading
from bugglio.store.change import change

SOME = 100
"""So many pages are looked at to find one that could be tried."""
TRIAL = Terms(trial=True, alone=True)


class Trials:
    """Tries a broken sender. Calls go as ever, and prove nothing."""

    def __init__(self, kit: Kit, sender: Sender) -> None:
        """Keep what it works with."""
        self._kit = kit
        self._sender = sender

    def try_one(self, waiting: Sequence[Document], reading: Reading, deadline: Deadline, patience: float) -> None:
        """Try one of the pages that wait, if this minute's try is not made yet, whoever ticks."""
        texts = [one for one in waiting if not is_call(one)]
        state = sender_in(reading)
        if not texts or state.next_try > reading.at or not self._keep(reading, senders.tried(state, reading.at)):
            return
        for one in texts:
            # What nobody wants any more is dropped, and tries nothing.
            work = partial(self._sender.send, one.id, deadline, patience, terms=TRIAL)
            if guarded(self._kit, work, one, deadline):
                return

    def none_left(self, reading: Reading) -> None:
        """
        The sender is broken, and what could be tried has been answered meanwhile: the next page will tell.

        Otherwise the steps' clocks would stand for ever, and there would never be a next page.
        """
        state = sender_in(reading)
        if not state.down or reading.at < state.next_try + senders.RETRY:
            return
        if all(is_call(one) for one in self._kit.store.query("pages", "waiting", limit=SOME)):
            self._keep(reading, senders.mended(state, reading.at))

    def _keep(self, reading: Reading, state: SenderState) -> bool:
        """Whether nobody was first: another tick, or a report of Twilio's."""
        try:
            self._kit.store.commit([change(senders.PATH, reading.get(senders.PATH), senders.dump(state))])
        except Conflict:
            return False
        return True


def is_call(document: Document) -> bool:
    """Whether this is the document of a call: a sender whose texts are refused may still call."""
    return document.fields.get("kind") == "call"
