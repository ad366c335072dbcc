"""What every use case is handed."""

import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from bugglio.pager.ports import Carrier, Tracker
from bugglio.roster import Roster
from bugglio.store import Store
from bugglio.store.retry import running_time


@dataclass(frozen=True)
class Kit:
    """Store, carrier, people, and where trouble is told."""

    store: Store
    carrier: Carrier
    roster: Callable[[], Roster]
    alarm: Callable[[BaseException, str], None]
    """Tells bugglio's own trouble and where it arose; never raises."""
    forget_roster: Callable[[], None] = lambda: None
    """Lets the next asking for the roster see what the store says, however lately it was read."""
    uptime: Callable[[], float] = running_time
    """Seconds that go on while the process, or its machine, is frozen."""
    draw: random.Random = field(default_factory=random.SystemRandom)
    tracker: Tracker | None = None
    """Bugsnag, to be told what people make of errors; None: no token is set."""

    def token(self) -> str:
        """A name that nobody else will draw."""
        return secrets.token_hex(8)


class Deadline:
    """How much of a door's, or a tick's, time is left."""

    def __init__(self, seconds: float, clock: Callable[[], float] = running_time) -> None:
        """Begin now."""
        self._clock = clock
        self._end = clock() + seconds

    @property
    def left(self) -> float:
        """Seconds, never below 0."""
        return max(0.0, self._end - self._clock())
