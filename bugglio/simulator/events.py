"""Events from Bugsnag: samples and others, sent to bugglio's webhook."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bugglio.simulator.activity import Activities
from bugglio.simulator.doors import Doors
from bugglio.simulator.memory import Memory
from bugglio.simulator.samples import SAMPLES, Bugsnag


@dataclass(frozen=True)
class Event:
    """What bugglio answered to a Bugsnag event; `status` None means that there was no answer."""

    payload: Any
    status: int | None
    answer: str


class Events:
    """What Bugsnag sends; `learn` is handed each event that does not come from Bugsnag's own state of things."""

    def __init__(self, memory: Memory, doors: Doors, activities: Activities, learn: Callable[[object], None]) -> None:
        self._lock = memory.lock
        self._bugsnag = Bugsnag(memory.clock)
        self._doors = doors
        self._activities = activities
        self._learn = learn

    def sample(self, name: str) -> Event:
        """Send a sample. Raises KeyError for a name that is not in `SAMPLES`."""
        with self._lock:
            payload = self._bugsnag.make(name)
        return self.send(payload, SAMPLES[name].title)

    def send(self, payload: Any, title: str) -> Event:
        """Send any JSON value; `title` is its name in the list of activity."""
        self._learn(payload)
        return self.tell(payload, title)

    def tell(self, payload: Any, title: str) -> Event:
        """Send what has become so already."""
        answer = self._doors.bugsnag(payload)
        words = answer.text[:500] if answer else "no answer: is bugglio running?"
        self._activities.note(title, answer, words)
        return Event(payload, answer.status, answer.text) if answer else Event(payload, None, "")
