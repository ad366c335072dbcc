"""What happened to a page."""

from bugglio.chronicle.happening import Fields, Happening
from bugglio.page import SENDING, WAITING


def of_page(key: str, before: Fields | None, after: Fields) -> Happening | None:
    """What somebody who follows the page has to know of a change; None: it is bookkeeping."""
    event = _event(before, after)
    if not event:
        return None
    last = (after.get("attempts") or [{}])[-1]
    cause = after.get("cause") if event != "page-created" else None
    facts = {
        "page": key,
        "alert": after.get("alert"),
        "code": after.get("code"),
        "codes": (after.get("count") or {}).get("codes"),
        "engineer": after["to"],
        "kind": after["kind"],
        "attempt": last.get("id"),
        "sid": after.get("sid"),
        "digest": after.get("digest"),
        "cause": cause,
        "twilio_code": last.get("code"),
        "seconds": _waited(after, last) if event == "page-claimed" else None,
    }
    done = event.removeprefix("page-").replace("-", " ")
    sentence = f"{after['kind'].capitalize()} to {after['to']}: {done}{f': {cause}' if cause else ''}."
    return Happening(event, sentence, facts, grave=event == "page-failed")


def _event(before: Fields | None, after: Fields) -> str:
    if before is None:
        return "page-created"
    was, now = before["state"], after["state"]
    if was != now:
        return {SENDING: "page-claimed", WAITING: "page-put-back"}.get(now, f"page-{now}")
    if now == SENDING and len(before.get("attempts") or ()) != len(after.get("attempts") or ()):
        return "page-claimed"
    if now == WAITING and _is_put_off(before, after):
        return "page-held"
    return ""


def _is_put_off(before: Fields, after: Fields) -> bool:
    """Whether a page that could have gone at once has to wait; that it waits longer still is told by nobody."""
    moment = before.get("due_at")
    return bool(moment == before["created"] and (after.get("due_at") or moment) > moment)


def _waited(page: Fields, attempt: Fields) -> float:
    """Seconds from the decision to this attempt."""
    return float((attempt["at"] - page["created"]) / 1000)
