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
        "seconds": (last["at"] - after["created"]) / 1000 if event == "page-claimed" else None,
        "waits": _waits(after) if event in ("page-created", "page-held") else None,
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
    # That it waits longer still is told by nobody: in a storm thousands do.
    if now == WAITING and _waits(after) and not _waits(before):
        return "page-held"
    return ""


def _waits(page: Fields) -> float | None:
    """Seconds from the decision until it may go; None: it may go at once."""
    return max(0, (page.get("due_at") or 0) - int(page["created"])) / 1000 or None
