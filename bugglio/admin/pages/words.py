"""Plain words for kinds and states of texts and calls."""

from bugglio import page as pages
from bugglio.admin.saying import SECOND, span
from bugglio.page import Page

KINDS = {
    "page": "Page",
    "call": "Phone call",
    "reminder": "Reminder",
    "digest": "Digest",
    "unanswered": "Nobody has answered",
    "noted": "Daily digest",
    "notice": "Notice",
    "welcome": "First text",
    "test": "Test text",
    "tested": "Result of a test",
    "login": "Code to log in",
}
"""What it is, by its kind."""
STATES = {
    pages.WAITING: "waiting",
    pages.SENDING: "sending",
    pages.ACCEPTED: "at Twilio",
    pages.SENT: "sent on",
    pages.DELIVERED: "delivered",
    pages.FAILED: "failed",
    pages.DROPPED: "dropped",
    pages.DIGESTED: "in a digest",
}
"""How it stands, by its state."""
TONES = {pages.WAITING: "warn", pages.DELIVERED: "good", pages.FAILED: "bad"}
"""With which colour besides; the others have none."""
MEANINGS = {
    pages.WAITING: "It has not gone yet.",
    pages.SENDING: "It was handed to Twilio, and no answer is known yet.",
    pages.ACCEPTED: "Twilio has it, and has not said more yet.",
    pages.SENT: "The phone's carrier has it. Some carriers never tell whether it arrived.",
    pages.DELIVERED: "It arrived.",
    pages.FAILED: "It did not arrive.",
    pages.DROPPED: "It was not sent.",
    pages.DIGESTED: "It went as part of a digest.",
}
"""The same as a sentence."""
CALL_MEANINGS = {
    pages.SENT: "The call was answered, and is not over yet.",
    pages.DELIVERED: "The call was answered.",
    pages.FAILED: "The call was not answered.",
    pages.DROPPED: "It was not made.",
}
"""The same of a call, where it is another."""
ATTEMPTS = {
    "": "no answer yet: after 90 seconds Twilio's log tells whether it has it",
    "busy": "Twilio was too busy; tried again by itself",
    "not sent": "Twilio was not reached; tried again by itself",
    "void": "not written to Twilio in time; tried again by itself",
    "accepted": "Twilio has it",
    "scheduled": "Twilio has it",
    "queued": "Twilio has it",
    "sending": "Twilio is sending it",
    "sent": "the phone's carrier has it",
    "delivered": "it arrived",
    "read": "it was read",
    "undelivered": "the carrier did not deliver it",
    "failed": "Twilio did not send it",
    "canceled": "it was cancelled",
}
"""What became of an attempt to send a text, by its status."""
CALLED = {
    "busy": "the line was busy",
    "initiated": "Twilio is calling",
    "ringing": "the phone rings",
    "in-progress": "the call was answered",
    "completed": "the call was answered",
    "no-answer": "nobody answered",
    "failed": "the call could not be put through",
}
"""The same of a call, where it is another."""


UNWORDED = {
    pages.WAITING: "It is worded when it goes.",
    pages.DIGESTED: "The digest tells it.",
    pages.DROPPED: "It was never worded.",
}
"""What is said in place of a text that has no words, by its state."""


def attempted(status: str, page: Page) -> str:
    """What became of one attempt."""
    known = {**ATTEMPTS, **CALLED} if page.spoken else ATTEMPTS
    return known.get(status, f"Twilio says: {status}")


def meaning(page: Page) -> str:
    """How it stands, as a sentence."""
    spoken = CALL_MEANINGS.get(page.state) if page.spoken else None
    return spoken or MEANINGS.get(page.state, "")


def kind(page: Page) -> str:
    """What it is."""
    return KINDS.get(page.kind, page.kind)


def codes(page: Page) -> tuple[int, ...]:
    """The codes of the alerts that it tells of, the one on top first."""
    others = page.count.codes if page.count is not None else ()
    return tuple(dict.fromkeys(code for code in (page.code, *others) if code))


def took(page: Page) -> str:
    """How long from the decision until it ended, where that is known and says something."""
    if page.ended_at is None or page.state not in (pages.DELIVERED, pages.FAILED):
        return ""
    passed = page.ended_at - page.created
    return span(passed) if passed >= SECOND else "under 1 s"
