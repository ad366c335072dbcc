"""What every use case is handed."""

import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from bugglio.alert import Alert
from bugglio.pager.ports import Carrier, Tracker
from bugglio.roster import ON_DUTY, Roster
from bugglio.store import Store
from bugglio.store.retry import running_time
from bugglio.throttle import TEXTS_A_DAY


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
    texts_a_day: int = TEXTS_A_DAY
    """The budget, in UTC days."""
    on_duty: str = ""
    """The last resort's number."""

    def roster_for(self, alert: Alert) -> Roster:
        """
        The roster; one that lacks the alert's team, or anything that its steps name, is read again.

        It may be older than the alert: to others there would be nobody to page where there is somebody.
        """
        roster = self.roster()
        if not _knows(roster, alert):
            self.forget_roster()
            roster = self.roster()
        return roster

    def token(self) -> str:
        """A name that nobody else will draw."""
        return secrets.token_hex(8)


def _knows(roster: Roster, alert: Alert) -> bool:
    steps = alert.plan.steps if alert.plan is not None else ()
    known = {ON_DUTY, *roster.engineers, *roster.team(alert.team).rotations}
    return roster.has(alert.team) and all(known.issuperset(step.page) for step in steps)


class Deadline:
    """How much of a door's, or a tick's, time is left."""

    def __init__(self, seconds: float, clock: Callable[[], float] = running_time) -> None:
        """Begin now."""
        self._clock = clock
        self._began = clock()
        self._end = self._began + seconds

    @property
    def left(self) -> float:
        """Seconds, never below 0."""
        return max(0.0, self._end - self._clock())

    @property
    def passed(self) -> float:
        """Seconds since it began."""
        return self._clock() - self._began
