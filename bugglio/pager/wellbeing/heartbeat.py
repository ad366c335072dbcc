"""The heartbeat: an address that is called each minute while all is well, so that somebody outside hears it stop."""

from collections.abc import Mapping

from bugglio import journal
from bugglio.pager.ports import Web
from bugglio.roster import MINUTE

PATIENCE = 3.0
"""Seconds; nothing is tried again, for another beat follows."""
BEAT_AT = "heartbeat_at"
"""Field of the tick's document: the latest beat."""


class Heartbeat:
    """Calls the address; without one it is never time to."""

    def __init__(self, web: Web, url: str) -> None:
        """Keep what it works with."""
        self._web = web
        self._url = url

    def is_time(self, pulse: Mapping[str, object], now: int) -> bool:
        """Whether this minute of the clock has had none; `pulse` are the fields of the tick's document."""
        latest = pulse.get(BEAT_AT)
        return bool(self._url) and (not isinstance(latest, int) or latest // MINUTE != now // MINUTE)

    def beat(self) -> None:
        """Call it; a failure is only told to the log, without the address, which is a secret."""
        trouble = self._web.ask("GET", self._url, patience=PATIENCE)
        if trouble:
            sentence = f"The heartbeat's address was not reached: {trouble}."
            journal.tell("heartbeat-failed", sentence, journal.WARNING)
