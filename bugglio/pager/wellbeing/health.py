"""What anybody may ask: whether the pager is up."""

import threading
from collections.abc import Callable

from bugglio.health import ailments
from bugglio.pager.kit import Kit
from bugglio.pager.wellbeing import vitals
from bugglio.pager.wellbeing.alarms import Alarms
from bugglio.store import StoreError

KEPT = 10.0
"""Seconds for which an answer is kept."""
PATIENCE = 6.0
"""Seconds after which a store that says nothing counts as one that cannot be reached."""


class Health:
    """Answers `/health`, asking the store at most each 10 seconds; raises the alarm, for a dead tick cannot."""

    def __init__(self, kit: Kit, clock: Callable[[], float] | None = None, patience: float = PATIENCE) -> None:
        """Keep what it works with."""
        self._kit = kit
        self._alarms = Alarms(kit)
        self._clock = clock or kit.uptime
        self._patience = patience
        self._lock = threading.Lock()
        self._known: tuple[float, bool] | None = None
        self._looking: threading.Thread | None = None

    def up(self) -> bool:
        """Whether pages go out, as far as can be told within seconds."""
        known = self._known
        if not self._lock.acquire(blocking=known is None) and known is not None:
            # Somebody is looking. Whoever only asks must not take up the threads that events need.
            return known[1]
        try:
            now = self._clock()
            if self._known is None or now - self._known[0] >= KEPT:
                self._known = (now, self._look_in_time())
            return self._known[1]
        finally:
            self._lock.release()

    def _look_in_time(self) -> bool:
        """What a look finds; False when it takes too long, or one that took too long is not over yet."""
        if self._looking is not None and self._looking.is_alive():
            return False
        found: list[bool] = []
        self._looking = threading.Thread(target=lambda: found.append(self._look()), name="health", daemon=True)
        self._looking.start()
        self._looking.join(self._patience)
        return bool(found and found[0])

    def _look(self) -> bool:
        try:
            reading = self._kit.store.get(vitals.paths(self._kit.on_duty))
            late = vitals.late(self._kit.store, reading.at)
            found = ailments(vitals.vitals(reading, late, self._kit.on_duty))
            self._alarms.tell(found, reading)
        except StoreError:
            return False
        except Exception as error:  # noqa: BLE001 - a thread of its own has nobody else who would hear of it
            self._kit.alarm(error, "looking at the health")
            return False
        return not found
