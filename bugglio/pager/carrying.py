"""What somebody asked for is carried out once, however often it is tried: committed, sent, told to Bugsnag."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bugglio.alert import Alert
from bugglio.pager import replying
from bugglio.pager.errands import Errands, Stored, has_errands
from bugglio.pager.insisting import insisting
from bugglio.pager.intake import DOOR_PATIENCE
from bugglio.pager.kit import Deadline, Kit
from bugglio.pager.sending import Sender
from bugglio.store import Document, StoreError, Unreachable, Write
from bugglio.store.change import changed
from bugglio.store.port import MAX_WRITES, Version

T = TypeVar("T")

AT_ONCE = 100
"""So many alerts are changed in one commit."""
SENDING = 3.0
"""Seconds that sending what a text calls for may take before it is answered."""
PATIENCE = 5.0
"""Seconds for trying again what met other writers. Twilio waits 15 in all, and the store may take 3 to fail."""
ONCE_MORE = 2.0


@dataclass
class Progress:
    """How far something has come, over all tries: which alerts earlier commits have changed, which pages are due."""

    done: set[str] = field(default_factory=set)
    due: list[str] = field(default_factory=list)
    """Ids of pages that were made."""
    stopped: bool = False
    """A phone of the roster takes no texts any more."""
    drawn: list[int] = field(default_factory=list)
    """Codes for an alert that it opens."""
    began: float = 0.0
    """The uptime at which the latest try began to read."""
    stored: Stored | None = None
    """What Bugsnag is to be told, once that is kept."""
    who: str = ""
    """Whose text it is: an engineer's id; empty: a stranger's."""
    codes: set[int] = field(default_factory=set)
    """Of the alerts that it changed, or opened."""


class Carrying:
    """Carries it out."""

    def __init__(self, kit: Kit, sender: Sender | None) -> None:
        """Keep what it works with; without a sender, the tick sends what is called for."""
        self._kit = kit
        self._sender = sender
        self._errands = Errands(kit)

    def insist(self, work: Callable[[set[str]], T]) -> T:
        """
        What `work` comes to, which is done again after a conflict.

        Raises `StoreError` when it could not be stored; then nothing was done, as far as is known.
        """
        try:
            return insisting(self._kit.store, work, deadline_seconds=PATIENCE)
        except Unreachable:
            # A reply may have been lost after its commit was applied; reading again tells.
            return insisting(self._kit.store, work, deadline_seconds=ONCE_MORE)

    def follow(self, answer: str, progress: Progress) -> str:
        """Send what is due and tell Bugsnag what is stored; the answer then says what came of that."""
        self._send(progress.due)
        if progress.stored is not None:
            answer, due = self._errands.follow(progress.stored)
            self._send(due)
        return answer

    def _send(self, due: Sequence[str]) -> None:
        deadline, sender = Deadline(SENDING, self._kit.uptime), self._sender
        for key in due:
            if sender is None:
                return
            try:
                sender.send(key, deadline, DOOR_PATIENCE)
            except StoreError as error:
                # It is stored and due: the tick sends it.
                self._kit.alarm(error, "sending what a text calls for")

    def commit(self, made: Sequence[replying.Part], last: Sequence[Write], progress: Progress) -> dict[str, Version]:
        """
        Change all alerts, in parts if they are many; the last part's commit keeps what asked for it, and makes it done.

        Returns the versions of all that was written, by path.
        """
        parts, versions = list(made), dict[str, Version]()
        while len(some := _first(parts, MAX_WRITES - len(last))) < len(parts):
            versions |= self._written([write for part in some for write in part.writes])
            progress.done.update(part.key for part in some)
            progress.due += [page for part in some for page in part.due]
            parts = parts[len(some) :]
        versions |= self._written([*(write for part in parts for write in part.writes), *last])
        progress.due += [page for part in parts for page in part.due]
        progress.due += replying.pages_in(last)
        return versions

    def _written(self, writes: Sequence[Write]) -> dict[str, Version]:
        done = self._kit.store.commit(writes)
        return {write.path: one.version for write, one in zip(writes, done, strict=True)}


def with_errands(
    order: str,
    made: Sequence[replying.Part],
    after: Mapping[str, Alert],
    found: Mapping[str, Document],
    versions: Mapping[str, Version],
) -> tuple[Document, ...]:
    """The documents, as they were written, of the alerts of which this order has Bugsnag told something."""
    told = [part for part in made if part.key in after and has_errands(after[part.key], order)]
    return tuple(_as_written(part, found[part.key], versions) for part in told)


def _as_written(part: replying.Part, found: Document, versions: Mapping[str, Version]) -> Document:
    write = next(one for one in part.writes if one.path == found.path)
    return changed(found, write, versions[found.path])


def _first(parts: Sequence[replying.Part], room: int) -> list[replying.Part]:
    """As many of these as are changed in one commit, which has room for so many writes."""
    some: list[replying.Part] = []
    for part in parts[:AT_ONCE]:
        room -= len(part.writes)
        if room < 0:
            break
        some.append(part)
    return some
