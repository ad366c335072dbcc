"""What became of a text or phone call handed to the carrier: statuses, outcomes of the request, causes of failure."""

from dataclasses import dataclass
from enum import Enum

RANK = {
    "accepted": 1,
    "scheduled": 1,
    "queued": 2,
    "sending": 3,
    "initiated": 3,
    "ringing": 4,
    "sent": 5,
    "in-progress": 5,
    "delivered": 6,
    "read": 6,
    "undelivered": 6,
    "completed": 6,
    "busy": 6,
    "no-answer": 6,
    "failed": 6,
    "canceled": 6,
}
"""
Twilio's statuses of texts and of calls in the order in which they can follow each other; the highest rank ends it.

A call has queued, initiated, ringing, in-progress, and one of completed, busy, no-answer, failed, canceled.
"""


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
    """One entry of Twilio's message log, or of its call log."""

    sid: str
    body: str
    """Empty for a call: that log does not say what was said."""
    status: str
    created: int
    """Milliseconds; 0: Twilio has not dated it yet, as happens to a call that is still queued."""
    error_code: int | None


_CONSOLE = "in Twilio's console"
_OURS = "this is a fault of bugglio's: please report it"


def _person(cause: str, *codes: int, lasting: bool = False) -> dict[int, Failure]:
    return {code: Failure(code, cause, Blame.PERSON, lasting) for code in codes}


def _account(cause: str, *codes: int) -> dict[int, Failure]:
    return {code: Failure(code, cause, Blame.ACCOUNT) for code in codes}


FAILURES: dict[int, Failure] = {
    # The number itself.
    **_person("this is not a valid phone number: correct it in the roster", 21211, 21217, lasting=True),
    **_person("this number cannot receive texts, it is probably a landline", 21614, 21635, lasting=True),
    **_person("this is a short code, which cannot be texted: correct it in the roster", 21265, lasting=True),
    **_person("this is bugglio's own number: correct it in the roster", 21266, lasting=True),
    **_person("this phone texted STOP: text START from it to bugglio's number", 21610, lasting=True),
    **_person("this number cannot be texted from bugglio's sender: use a sender of its country", 21612, lasting=True),
    **_person(
        f"a trial account texts only verified numbers: verify this one {_CONSOLE}, Phone Numbers > Verified "
        "Caller IDs, or upgrade the account",
        21608,
        572005,
        lasting=True,
    ),
    # The way to this phone.
    **_person("the text waited too long in Twilio's queue and was not sent", 30001, 30036),
    **_person("the phone is off or has no service", 30003),
    **_person("the phone or its carrier blocks these texts", 30004, lasting=True),
    **_person("the number is unknown to its carrier", 30005, lasting=True),
    **_person("a landline, or a carrier that takes no texts", 30006, lasting=True),
    **_person("the carrier gave no reason", 30008),
    **_person("a part of the text was lost on the way", 30009),
    **_person("the carrier is congested", 30017),
    **_person(
        f"the carrier of this phone accepts only senders that were registered with it: register the sender {_CONSOLE}",
        30018,
        30024,
    ),
    **_person("the carrier takes no more texts at this rate", 30022),
    **_person("the carrier's daily limit for bugglio's sender is used up", 30023),
    **_person("the carrier did not answer Twilio", 30410),
    **_person("a fault inside Twilio", 30500),
    # The account.
    **_account(
        "Twilio does not accept the account SID and token: check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN", 20003, 70051
    ),
    **_account("these are Twilio's test credentials, which send nothing: set the live ones", 20008),
    **_account("Twilio knows no such account or address: check TWILIO_ACCOUNT_SID and TWILIO_API_URL", 20404),
    **_account(
        f"the Twilio account is suspended or out of money: look at Billing {_CONSOLE}", 10001, 20005, 30002, 90010
    ),
    **_account(f"a trial account may not do this: upgrade it {_CONSOLE}", 10002),
    **_account(f"a trial account sends only short texts: upgrade it {_CONSOLE}", 30044),
    **_account("the account's daily limit of messages is used up: ask Twilio for a higher one", 63038),
    **_account(
        f"the account may not text this country: allow it {_CONSOLE}, Messaging > Settings > Geo permissions", 21408
    ),
    # The sender.
    **_account(
        "TWILIO_CALLER_ID is not a number of this account that can send texts", 21212, 21601, 21606, 21659, 21660
    ),
    **_account("no sender is set: set TWILIO_CALLER_ID or TWILIO_MESSAGING_SERVICE_SID", 21603),
    **_account(
        f"TWILIO_MESSAGING_SERVICE_SID has no usable sender: look at the service {_CONSOLE}", 21703, 21704, 21705, 30127
    ),
    **_account("ten hours of texts already wait for bugglio's number at Twilio", 21611),
    **_account(
        f"your toll-free number is not verified: verify it {_CONSOLE}, Messaging > Regulatory compliance", 30032
    ),
    **_account(
        "your number is not registered for texting to US phones (A2P 10DLC): register it "
        f"{_CONSOLE}, Messaging > Regulatory compliance",
        30034,
    ),
    **_account(
        "carriers take bugglio's texts for spam: ask Twilio's support why, and leave addresses out of the team's text",
        30007,
    ),
    **_account(
        f"Twilio's protection against SMS pumping blocks these texts: allow the country {_CONSOLE}, Messaging > "
        "Settings",
        30450,
    ),
    **_account(f"the price of this text is above the account's limit: raise it {_CONSOLE}", 30010),
    # What bugglio asked for.
    **_account(f"Twilio found no text to send; {_OURS}", 21602, 21619),
    **_account(f"Twilio found no number to send to; {_OURS}", 21604),
    **_account(f"the text is too long for Twilio; {_OURS}", 21617, 30019),
    **_account(
        "Twilio cannot use the address for delivery reports: check BUGGLIO_PUBLIC_URL (https, no underscore in "
        "the host)",
        21609,
    ),
    **_account(f"Twilio rejects the time allowed for delivery; {_OURS}", 21624, 30012, 30013, 90007),
    **_account(f"Twilio did not understand the request; {_OURS}", 20001, 20002, 20004, 20422),
}
"""Twilio's codes that a text can meet. Source: twilio.com/docs/api/errors; the choice of blame is ours."""

_BY_STATUS = {401: FAILURES[20003].cause, 403: FAILURES[20003].cause, 404: FAILURES[20404].cause}


def classify(code: int, http_status: int | None = None) -> Failure:
    """
    What one of Twilio's error codes means for the page.

    `http_status` is that of the answer which refused the text; None means that the code came with `undelivered` or
    `failed`. A code that is not in the table concerns the account in the first case and the phone in the second. Code 0
    stands for no code at all.
    """
    if code in FAILURES:
        return FAILURES[code]
    if http_status is None:
        reason = f"Twilio's code {code}" if code else "Twilio gave no code"
        return Failure(code, f"not delivered ({reason})", Blame.PERSON)
    told = f"HTTP {http_status}, Twilio's code {code}" if code else f"HTTP {http_status}, without a code"
    return Failure(code, _BY_STATUS.get(http_status, f"Twilio refused the text ({told})"), Blame.ACCOUNT)


CALLS: dict[int, str] = {
    **dict.fromkeys((21201, 21217, 13224), "this is not a number that Twilio can call: correct it in the roster"),
    **dict.fromkeys((21202, 21216), "Twilio does not let the account call this number"),
    **dict.fromkeys(
        (21203, 21215, 13227),
        f"the account may not call this country: allow it {_CONSOLE}, Voice > Settings > Geo permissions",
    ),
    **dict.fromkeys((21210, 21212), "TWILIO_CALLER_ID is not a number of this account that can call"),
    **dict.fromkeys(
        (21219, 573005),
        f"a trial account calls only verified numbers: verify this one {_CONSOLE}, Phone Numbers > Verified Caller "
        "IDs, or upgrade the account",
    ),
    21213: "no number is set to call from: set TWILIO_CALLER_ID",
    21214: "Twilio cannot reach this number by phone",
    10004: "the account has too many calls at once: ask Twilio for more",
    10005: f"calls are switched off for the account: switch them on {_CONSOLE}",
    **dict.fromkeys((21205, 21208, 21218, 21220), f"Twilio did not understand the call; {_OURS}"),
}
"""Twilio's codes that a call can meet, with their causes. Source: twilio.com/docs/api/errors."""

_CALL_ENDED = {
    "busy": "the line was busy",
    "no-answer": "nobody answered the call",
    "canceled": "the call was cancelled",
    "failed": "the call could not be put through",
}
NO_CALLER = Failure(0, CALLS[21213], Blame.PERSON)
"""A messaging service sends texts and makes no calls."""


def classify_call(code: int, http_status: int | None = None, *, status: str = "") -> Failure:
    """
    Why a call failed: it was refused with this code and HTTP status, or it ended with this `status` of Twilio's.

    The blame is always the person's and never lasts: a call that failed does not tell whether texts reach this phone,
    or go out at all.
    """
    if code in CALLS:
        return Failure(code, CALLS[code], Blame.PERSON)
    if http_status is not None:
        refused = classify(code, http_status).cause
        return Failure(code, refused.replace("refused the text", "refused the call"), Blame.PERSON)
    ended = _CALL_ENDED.get(status, "the call failed")
    return Failure(code, f"{ended} (Twilio's code {code})" if code else ended, Blame.PERSON)
