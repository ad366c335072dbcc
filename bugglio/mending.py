"""What may be wrong or will be, and how it is mended: one sentence for each kind."""

from bugglio import health
from bugglio.phone import Phone

NEVER, NOBODY, UNREACHABLE, BUDGET, MUTED, QUIET = "never", "nobody", "unreachable", "budget", "muted", "quiet"
GAP, ALONE, UNVERIFIED, STRANGERS, BUGSNAG = "gap", "alone", "unverified", "strangers", "bugsnag"
REFUSED, FAILED = "refused", "failed"

MENDS = {
    health.SENDER: (
        "Open Monitor > Errors in Twilio's console and mend what it names: one text is tried each minute, and all goes"
        " on by itself."
    ),
    health.TICK: (
        "See that the Cloud Scheduler job runs each minute and that /tick answers 200; on one machine, start bugglio"
        " again."
    ),
    health.LAST_RESORT: "Have that phone text START to the pager's number, or set ON_DUTY to another number.",
    health.PAGE: "Look among the texts for those that wait; python -m bugglio doctor checks what sending needs.",
    health.STEP: "Look at the log of the tick, which did not get so far; python -m bugglio tick makes one more pass.",
    health.SELF_TEST: (
        "Open BUGGLIO_PUBLIC_URL from outside and compare BUGSNAG_WEBHOOK_TOKEN: the webhook's door did not take the"
        " test; it is sent again in 10 minutes."
    ),
    NEVER: "Start the ticks: deploy the Cloud Scheduler job, or start bugglio with run, which ticks by itself.",
    NOBODY: "Let somebody take the time on the schedule, or change the rotation; until then the last resort is paged.",
    UNREACHABLE: "Have them text START to the pager's number from that phone.",
    REFUSED: "Correct the number in the roster: Twilio will not deliver to this one.",
    FAILED: "Have them text anything to the pager's number: that shows that the phone is reached again.",
    BUDGET: "See what pages so often, or raise BUGGLIO_SMS_PER_DAY; past it a phone gets one digest in 10 minutes.",
    MUTED: "It ends by itself; the text unmute and the project's name end it at once.",
    QUIET: "It ends by itself; the text quiet 0 from that phone ends it at once.",
    GAP: "Let somebody take the time on the schedule, or change the rotation's hours.",
    ALONE: "Name somebody else in one of these steps.",
    UNVERIFIED: "Have them text anything to the pager's number, once: only that shows that the phone is theirs.",
    STRANGERS: "Nothing, unless it was one of yours: then add that phone to the roster.",
    BUGSNAG: "Mend what it names; what people do here is told to Bugsnag for a day, again and again.",
}
"""By the kind of an ailment, of a worry, or of what is told besides."""


def of_phone(phone: Phone) -> str:
    """The kind of what keeps a phone from being reached."""
    return UNREACHABLE if phone.opted_out else REFUSED if phone.refused else FAILED
