"""What became of a text that was handed to the carrier: statuses and their rank, outcomes of a call, causes of failure."""

from dataclasses import dataclass
from enum import Enum

RANK = {
    "accepted": 1,
    "scheduled": 1,
    "queued": 2,
    "sending": 3,
    "sent": 4,
    "delivered": 5,
    "read": 5,
    "undelivered": 5,
    "failed": 5,
    "canceled": 5,
}
"""Twilio's message statuses in the order in which they can follow each other; equal ranks end it."""


class Blame(Enum):
    """Whose fault a failure is, which decides what happens next."""

    PERSON = "person"
    """This phone: go on to the next person."""
    ACCOUNT = "account"
    """Twilio's account or our sender: nobody can be texted until it is mended."""


@dataclass(frozen=True)
class Failure:
    """Why Twilio will not, or could not, deliver a text: its code, the cause in plain words, whom it concerns."""

    code: int
    cause: str
    blame: Blame
    lasting: bool = False
    """True when the same number will be refused again."""


@dataclass(frozen=True)
class Accepted:
    """Twilio took the text and named it."""

    sid: str
    status: str


@dataclass(frozen=True)
class Refused:
    """Twilio answered that it will not send it."""

    failure: Failure


@dataclass(frozen=True)
class Busy:
    """429: not sent; try again after so many seconds (None: Twilio did not say)."""

    retry_after: float | None


@dataclass(frozen=True)
class NotSent:
    """The request was never written: no name, no connection, no TLS."""

    reason: str


@dataclass(frozen=True)
class Void:
    """The attempt had grown too old before its request was written, so it was not written."""


@dataclass(frozen=True)
class Unknown:
    """The request was written and no usable answer came: it may have been sent."""

    reason: str


Outcome = Accepted | Refused | Busy | NotSent | Void | Unknown


@dataclass(frozen=True)
class Logged:
    """One entry of Twilio's message log."""

    sid: str
    body: str
    status: str
    created: int
    """Milliseconds."""
    error_code: int | None
