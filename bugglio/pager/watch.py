"""Is the pager itself well? What the tick leaves behind tells."""

import threading
from collections.abc import Callable

from bugglio import sender as senders
from bugglio.pager.kit import Kit
from bugglio.pager.reading import sender_in
from bugglio.roster import MINUTE
from bugglio.store import ABSENT, EXISTS, Conflict, Document, Reading, Unreachable, Write

PULSE = "pulse/tick"
LOOK_AT, FORESEEN_AT, ROSTER = "look_at", "foreseen_at", "roster"
"""Fields of it: when it is time to look ahead, when admins were last told, the roster's version that made it time."""
HANDOFF_AT = "handoff_at"
"""And when it is time to look for handoffs. 0 and less: turns have changed, each time with another number."""
LATE = 3 * MINUTE
KEPT = 10.0
"""Seconds for which an answer is kept."""
WRITE_EACH = 20_000


def last_tick(reading: Reading) -> int | None:
    """When the last tick did its work; None before the first."""
    pulse = reading.get(PULSE)
    return int(pulse.fields["at"]) if pulse is not None and "at" in pulse.fields else None


def trouble(reading: Reading) -> str:
    """What is wrong with the pager, in plain words; empty if nothing is. Before the first tick nothing is."""
    state = sender_in(reading)
    if state.down:
        return f"Twilio refuses texts: {state.cause}"
    last = last_tick(reading)
    if last is not None and reading.at - last > LATE:
        return "the tick has not come for over 3 minutes"
    return ""


def turns_changed(reading: Reading) -> list[Write]:
    """What has the next tick look for handoffs; before the first tick nothing is needed for that."""
    found = reading.get(PULSE)
    return [Write(PULSE, EXISTS, put={HANDOFF_AT: -reading.at})] if found is not None else []


def beat(kit: Kit, found: Document | None, now: int) -> None:
    """Leave the mark of a tick that did its work."""
    if found is not None and now - int(found.fields.get("at", 0)) < WRITE_EACH:
        return
    when = ABSENT if found is None else EXISTS
    try:
        kit.store.commit([Write(PULSE, when, put={"v": 1, "at": now})])
    except Conflict:
        # Another tick was first.
        return


class Health:
    """Answers `/health`, asking the store at most each 10 seconds."""

    def __init__(self, kit: Kit, clock: Callable[[], float] | None = None) -> None:
        """Keep what it works with."""
        self._kit = kit
        self._clock = clock or kit.uptime
        self._lock = threading.Lock()
        self._known: tuple[float, bool] | None = None

    def up(self) -> bool:
        """Whether pages go out, as far as can be told."""
        with self._lock:
            now = self._clock()
            if self._known is None or now - self._known[0] >= KEPT:
                self._known = (now, self._look())
            return self._known[1]

    def _look(self) -> bool:
        try:
            return not trouble(self._kit.store.get([PULSE, senders.PATH]))
        except Unreachable:
            return False
