"""What happened to an alert."""

import re
from collections.abc import Sequence
from typing import Any

from bugglio.alert import CLOSED
from bugglio.chronicle.happening import Fields, Happening

MOST = 200
"""Characters of what is said of one change."""
QUIETLY = ("not paged", "not reminded")
"""Entries of a timeline whose detail is a reason of ours."""
_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")


def of_alert(key: str, before: Fields | None, after: Fields) -> Happening | None:
    """What somebody who follows the alert has to know of a change; None: it is bookkeeping."""
    entries = _new_entries(before, after)
    event = _event(before or {"state": CLOSED}, after, entries)
    if not event:
        return None
    what = "; ".join(dict.fromkeys(entry["what"] for entry in entries))[:MOST]
    facts = {
        "alert": key,
        "code": after.get("code"),
        "team": after.get("team"),
        "engineer": _who(entries),
        "state": after["state"],
        "what": what,
        "reason": _reason(entries),
        "step": after.get("position", 0) + 1,
        "events": after.get("occurrences") or after.get("events", 0),
    }
    return Happening(event, _sentence(event, after, what, facts["engineer"]), facts)


def _event(before: Fields, after: Fields, entries: Sequence[Fields]) -> str:
    was, now = before["state"], after["state"]
    if any(entry["what"] == "undone" for entry in entries):
        return "alert-undone"
    if was != now:
        return "alert-opened" if was == CLOSED else f"alert-{now}"
    if any(entry["what"] in ("page", "call") for entry in entries):
        same = all(before.get(name, 0) == after.get(name, 0) for name in ("position", "cycle"))
        return "alert-paged-again" if same else "alert-escalated"
    return "alert-changed" if entries else ""


def _new_entries(before: Fields | None, after: Fields) -> list[dict[str, Any]]:
    """What the change has put at the timeline's end; of a long one the beginning was cut off."""
    line = list(after.get("timeline") or ())
    known = list((before or {}).get("timeline") or ())
    if not known:
        return line
    last = next((at for at in range(len(line), 0, -1) if line[at - 1] == known[-1]), 0)
    return line[last:]


def _who(entries: Sequence[Fields]) -> str:
    """Who did it, or is paged: an engineer's id. Names that Bugsnag tells are no ids."""
    return next((one["who"] for one in entries if _ID.fullmatch(one.get("who") or "")), "")


def _reason(entries: Sequence[Fields]) -> str:
    return "; ".join(one["detail"] for one in entries if one["what"] in QUIETLY and one.get("detail"))[:MOST]


def _sentence(event: str, after: Fields, what: str, who: Any) -> str:
    waits = ", ".join(after.get("waits_for") or ())
    said = {
        "alert-opened": f"opened for {after.get('team')}",
        "alert-closed": f"closed: {after.get('how')}",
        "alert-acknowledged": f"acknowledged by {who}" if who else "counts as acknowledged",
        "alert-snoozed": "snoozed",
        "alert-triggered": "triggered again",
        "alert-undone": "a change was taken back",
        "alert-escalated": "goes on",
        "alert-paged-again": "paged once more",
        "alert-changed": what,
    }[event]
    said = said[:1].upper() + said[1:]
    return f"{said}; waits for {waits}." if waits else f"{said}."
