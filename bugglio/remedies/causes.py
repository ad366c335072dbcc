"""What to do about bugglio's own causes: of pages that wait, failed or were dropped, of events that paged nobody."""

import re

from bugglio.remedies.codes import OURS, START

NOTHING = "Nothing."
MEANWHILE = "Nothing: nobody needs it any more."

PAGES: tuple[tuple[str, str], ...] = (
    (r"opted out by STOP", START),
    (r"acknowledged by .* meanwhile|snoozed meanwhile|closed meanwhile.*|kept quiet meanwhile.*", MEANWHILE),
    (r"the steps began again meanwhile|it is no longer left to the digest|all that it tells of was.*", MEANWHILE),
    (r"the alert is gone|the test page was not sent|they were never told of the alert", MEANWHILE),
    (
        r".* has left the roster, or has another number|.* has another number|.* is no longer on the roster",
        "Nothing, if that is meant: what waited only for them has gone on to the next person.",
    ),
    (
        r"the day's budget of texts is used up",
        "See what pages so often, or raise BUGGLIO_SMS_PER_DAY. A phone still gets one digest in 10 minutes.",
    ),
    (r"Twilio was too busy.*", "Nothing: it is tried again by itself, within a minute."),
    (
        r"Twilio was not reached.*",
        "It is tried again by itself. If it goes on, see whether this machine reaches TWILIO_API_URL.",
    ),
    (
        r"the line was busy.*|nobody answered the call.*|the call .*",
        "Nothing: the text beside it goes its own way, and the next step follows.",
    ),
    (r"not delivered.*|canceled|undelivered", "Have a test text sent to that phone. If it fails too, ask Twilio."),
)
"""By the cause of a page, as a pattern of the whole."""

EVENTS: tuple[tuple[str, str], ...] = (
    (r".*: ignore", "Nothing, if that is meant; otherwise change this rule of the team."),
    (r"muted until .*", "Nothing: it ends by itself. The text unmute and the project's name end it at once."),
    (
        r"the (error|spike) is ignored.*",
        "Reopen it: text reopen and its code, or reopen it in Bugsnag.",
    ),
    (r"fixed in Bugsnag before it happened again", "Nothing: the alert stays open."),
    (r".* in Bugsnag; no alert was open", "Nothing: there was nobody to be told of it."),
    (r"it names no error", "Nothing, if it was Bugsnag's test; otherwise report what Bugsnag sent."),
    (r"unknown (trigger|change of state): .*", OURS.replace("the id of this text", "its name")),
)
"""By the recorded reason why an event opened nothing, as a pattern of the whole."""


def find(cause: str, table: tuple[tuple[str, str], ...]) -> str:
    """What to do about a cause; empty where nothing is known."""
    return next((mend for pattern, mend in table if re.fullmatch(pattern, cause, re.DOTALL)), "")
