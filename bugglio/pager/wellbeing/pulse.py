"""What the tick leaves behind: that it came, and what it is to look at again."""

from collections.abc import Mapping
from typing import Any

from bugglio.pager.kit import Kit
from bugglio.store import ABSENT, EXISTS, Conflict, Document, Reading, Write

PULSE = "pulse/tick"
LOOK_AT, FORESEEN_AT, ROSTER = "look_at", "foreseen_at", "roster"
"""Fields of it: when it is time to look ahead, when admins were last told, the roster's version that made it time."""
HANDOFF_AT = "handoff_at"
"""And when it is time to look for handoffs. 0 and less: turns have changed, each time with another number."""
LAST_RESORT = "last_resort"
"""Since when the last resort's phone may take no texts, so that each tick looks at it."""
LAST_RESORT_OF = "last_resort_of"
"""Id of the phone that was the last resort's when a tick looked; another one is looked at."""
VAIN, VAIN_SINCE = "vain", "vain_since"
"""Ids of texts that have been tried for long and may not have gone out, and since when the first of them."""
MOST = 10
"""So many texts that are tried in vain are looked at again."""
WRITE_EACH = 20_000


def last_tick(reading: Reading) -> int | None:
    """When the last tick did its work; None before the first."""
    pulse = reading.get(PULSE)
    return int(pulse.fields["at"]) if pulse is not None and "at" in pulse.fields else None


def turns_changed(reading: Reading) -> list[Write]:
    """What has the next tick look for handoffs; before the first tick nothing is needed for that."""
    found = reading.get(PULSE)
    return [Write(PULSE, EXISTS, put={HANDOFF_AT: -reading.at})] if found is not None else []


def last_resort_lost(reading: Reading) -> list[Write]:
    """What has each tick look at the last resort's phone until that takes texts."""
    return [Write(PULSE, EXISTS, put={LAST_RESORT: reading.at})] if reading.get(PULSE) is not None else []


def put_off(reading: Reading, key: str) -> list[Write]:
    """What has each tick look at a text that the carrier wants to have much later: none finds it due before."""
    found = reading.get(PULSE)
    names = [*dict.fromkeys((*(found.fields.get(VAIN) or ()), key))][:MOST] if found is not None else []
    return [Write(PULSE, found.version, put={VAIN: names})] if found is not None else []


def beat(
    kit: Kit, found: Document | None, now: int, seen: Mapping[str, Any] | None = None, *, alone: bool = False
) -> bool:
    """
    Leave the mark of a tick that did its work, at most each 20 seconds unless there is more to say.

    `seen` are other fields as this tick leaves them; None: absent. `alone`: only if nobody has written since the
    document was found. Whether the mark is there.
    """
    before = found.fields if found is not None else {}
    fresh = {name: value for name, value in (seen or {}).items() if before.get(name) != value}
    if found is not None and 0 <= now - int(before.get("at", 0)) < WRITE_EACH and not fresh:
        return True
    put = {name: value for name, value in fresh.items() if value is not None}
    gone = tuple(name for name, value in fresh.items() if value is None)
    when = ABSENT if found is None else found.version if alone else EXISTS
    try:
        kit.store.commit([Write(PULSE, when, put={"v": 1, "at": now, **put}, delete=gone)])
    except Conflict:
        # Another tick was first.
        return False
    return True
