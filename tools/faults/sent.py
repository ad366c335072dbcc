"""Whether each page went out, and once."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from tools.faults import causes
from tools.faults.counts import ENTRIES
from tools.faults.evidence import Arrival, Evidence, Fields

EMERGENCY = "bugglio cannot reach its store"
"""How the text begins that needs no store."""


BACKED = {"acknowledged by": "acknowledged", "snoozed meanwhile": "snoozed", "closed meanwhile": "closed"}
"""How the cause of a dropped page begins, and the line that its alert must then have."""


def unsent(evidence: Evidence) -> Iterator[str]:
    """Pages of before the calm that neither went out nor say why not."""
    taken = {one.page for one in evidence.arrivals}
    for key, page in evidence.pages.items():
        fault = _fault(evidence, key, page, taken)
        if fault:
            yield f"page {key} to {page['to']}: {fault}"


def _fault(evidence: Evidence, key: str, page: Fields, taken: set[str]) -> str:
    match page["state"]:
        case "waiting" | "sending" as state if page["created"] < evidence.calm_since:
            return f"still {state}"
        case "accepted" | "sent" | "delivered" if key not in taken:
            return "is said to have gone out, and Twilio never took it"
        case "failed" | "dropped" if not page.get("cause"):
            return f"{page['state']} without a cause"
        case "failed" | "dropped" if not causes.known(page):
            return f"{page['state']} for a reason that nothing planned explains: {page['cause']}"
        case "dropped" if _is_unfounded(evidence, page):
            return f"was dropped because of something that never was: {page['cause']}"
        case "digested" if page.get("digest") not in evidence.pages:
            return "went into a digest that is not there"
        case _:
            return ""


def _is_unfounded(evidence: Evidence, page: Fields) -> bool:
    """Whether nothing on the alert's timeline bears out why its page was dropped."""
    lines = evidence.alerts[page["alert"]]["timeline"] if page.get("alert") in evidence.alerts else []
    wanted = next((line for cause, line in BACKED.items() if page["cause"].startswith(cause)), "")
    return len(lines) < ENTRIES and bool(wanted) and not any(one["what"].startswith(wanted) for one in lines)


def doubles(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """What arrived more than once: its page, if it is one page's, and a sentence; the emergency's text is apart."""
    there = [one for one in evidence.arrivals if one.arrived and not is_emergency(one)]
    pages = Counter(one.page for one in there)
    yield from ((page, f"page {page} arrived {times} times") for page, times in pages.items() if page and times > 1)
    texts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in there:
        if not one.spoken:
            texts[one.to, one.body].append(one.page)
    for (to, body), of in texts.items():
        # Twice the same page is told already.
        if len(of) > 1 and (len(set(of)) > 1 or not of[0]):
            yield "", f"{to} had {len(of)} times: {body}"


def is_emergency(arrival: Arrival) -> bool:
    """Whether it is the text that goes straight to the last resort when the store cannot be reached."""
    return arrival.body.startswith(EMERGENCY)
