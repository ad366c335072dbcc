"""Whether texts can be sent at all: what Twilio refuses because of account or sender concerns everybody."""

from typing import Any

import msgspec

from bugglio.delivery import Failure
from bugglio.document import document
from bugglio.escalation import Outage

PATH = "pulse/sender"
RETRY = 60_000
"""While it is broken, one page is tried so often."""


class SenderState(msgspec.Struct, frozen=True, kw_only=True):
    """The latest outage. Times in milliseconds."""

    v: int = 1
    since: int = 0
    until: int | None = None
    code: int = 0
    cause: str = ""
    late: bool = False
    """The refusal comes after Twilio has accepted a text, so that only a delivery proves it mended."""
    next_try: int = 0

    @property
    def down(self) -> bool:
        """Whether nobody can be texted."""
        return self.since > 0 and self.until is None

    @property
    def outage(self) -> Outage | None:
        """The span for which the steps' clocks stand."""
        return Outage(self.since, self.until) if self.since else None


def load(fields: Any) -> SenderState:
    """The state from its document, or that of a sender that never failed."""
    return msgspec.convert(fields, SenderState) if fields else SenderState()


def dump(state: SenderState) -> dict[str, Any]:
    """The state as a document."""
    return document(state)


def broken(state: SenderState, failure: Failure, now: int, *, late: bool) -> SenderState:
    """The state after a refusal that concerns account or sender."""
    since = state.since if state.down else now
    return SenderState(
        since=since, code=failure.code, cause=failure.cause, late=late, next_try=max(state.next_try, now + RETRY)
    )


def tried(state: SenderState, now: int) -> SenderState:
    """The state once somebody has set out to try a page."""
    return msgspec.structs.replace(state, next_try=now + RETRY)


def mended(state: SenderState, now: int) -> SenderState:
    """The state after a text has gone out again."""
    return msgspec.structs.replace(state, until=now)
