"""What the pager needs of the outside world, by the shape in which it uses it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bugglio import upstream
from bugglio.delivery import Logged, Outcome


@dataclass(frozen=True)
class Outgoing:
    """A text about to be sent, or a call about to be made."""

    to: str
    body: str
    validity: int
    """Seconds after which the carrier is to give up rather than deliver it late (60 to 36,000)."""
    page: str
    attempt: str
    """Ids of page and attempt: they come back in the status callback. Empty: no callback is asked for."""
    spoken: bool = False
    """The phone rings, and hears it; `validity` then says nothing, for a call is made at once or fails."""


class Carrier(Protocol):
    """Sends texts, makes calls, and knows what became of them."""

    def send(self, text: Outgoing, *, patience: float, fresh: Callable[[], bool]) -> Outcome:
        """
        Hand one text over, on a fresh connection, within `patience` seconds; never raises.

        `fresh` is asked after connecting, immediately before the request is written; False makes the attempt void.
        """
        ...

    def find(self, to: str, *, spoken: bool = False) -> Sequence[Logged]:
        """
        The newest texts to this number in the carrier's log, or our newest calls, newest first.

        Raises `CarrierError` when the log cannot be read.
        """
        ...


class CarrierError(Exception):
    """The carrier's log could not be read; nothing is known."""


class Tracker(Protocol):
    """Changes errors where they are kept: in Bugsnag."""

    def do(self, project_id: str, error_id: str, operation: upstream.Operation, *, patience: float) -> upstream.Outcome:
        """
        Make it so, on a fresh connection, within `patience` seconds; never raises.

        What changes a state may be asked for again after `Unknown`. A comment may not: `commented` settles it.
        """
        ...

    def commented(
        self, project_id: str, error_id: str, text: str, since: int, *, patience: float, besides: Collection[str] = ()
    ) -> upstream.Finding:
        """
        Look whether a comment of exactly this text was made since this moment (our milliseconds); never raises.

        `besides` are the ids of comments that are known to be others: the same words may have been said twice.
        """
        ...


class Web(Protocol):
    """Calls addresses that are no service's: only whether they answer matters."""

    def ask(
        self,
        method: str,
        url: str,
        *,
        patience: float,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> str:
        """
        Call an address once, within `patience` seconds and without redirects; never raises.

        `auth` are user and password. Answers why it was not taken, without the address; empty: it was (2xx).
        """
        ...
