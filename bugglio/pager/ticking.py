"""The tick: what is due is done, and what falls due within the minute is waited for."""

import time
from collections.abc import Callable
from functools import partial

from bugglio import sender as senders
from bugglio.pager import logbook, unrouted
from bugglio.pager.departures import Departures, is_marked
from bugglio.pager.figuring import Figuring
from bugglio.pager.guarding import guarded
from bugglio.pager.handoffs import Handoffs
from bugglio.pager.kit import Deadline, Kit
from bugglio.pager.lookout import Lookout
from bugglio.pager.rounds import Rounds, Tally
from bugglio.pager.stopping import Stopping, marked
from bugglio.pager.wellbeing import pulse
from bugglio.pager.wellbeing.selftest import SelfTest
from bugglio.pager.wellbeing.watching import Watching
from bugglio.roster import MINUTE
from bugglio.store import Reading, StoreError

STAY = MINUTE
WORK = 100.0
"""Seconds after which a tick stops: the scheduler gives up after 120."""
FOLLOWS = 20.0
"""Seconds of it for alerts that waited for a phone which takes no texts: whatever else is due waits so long."""


class Ticking:
    """Does what is due."""

    def __init__(
        self,
        kit: Kit,
        rounds: Rounds,
        watching: Watching,
        selftest: SelfTest,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Keep what it works with."""
        self._kit = kit
        self._rounds = rounds
        self._watching = watching
        self._selftest = selftest
        self._departures = Departures(kit)
        self._stopping = Stopping(kit)
        self._lookout = Lookout(kit)
        self._handoffs = Handoffs(kit)
        self._figuring = Figuring(kit)
        self._sleep = sleep

    def tick(self, *, stay: int = 0, served: bool = False) -> None:
        """
        Do all that is due, and stay up to `stay` milliseconds for what falls due meanwhile.

        `served`: the doors are open at their public address, so that the daily self-test can come through there.
        Raises `StoreError` when the store cannot be asked. Ticks that overlap do no harm.
        """
        deadline, tally = Deadline(WORK, self._kit.uptime), Tally()
        reading = self._read()
        end = reading.at + stay
        self._tell_of_unrouted(reading)
        self._rounds.try_none(reading)
        while True:
            self._follow(reading, deadline)
            following = self._rounds.make(reading, end, deadline, tally)
            if following is None or deadline.left <= 0:
                break
            self._sleep(max(0, following - self._kit.store.get([senders.PATH]).at) / 1000)
            reading = self._read()
        reading = self._look_ahead(reading, deadline, tally, served=served)
        busy = tally.found > 0 or deadline.left <= 0
        self._watching.end(reading, busy=busy, tried=tally.tried)
        logbook.tick(tally.found, tally.late / 1000, spent=deadline.passed, stays=stay > 0)

    def _read(self) -> Reading:
        return self._kit.store.get([pulse.PULSE, senders.PATH])

    def _tell_of_unrouted(self, reading: Reading) -> None:
        try:
            unrouted.tell(self._kit, reading)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - what paged nobody must not keep anybody from what is due
            self._kit.alarm(error, "telling of events not understood")

    def _look_ahead(self, reading: Reading, deadline: Deadline, tally: Tally, *, served: bool) -> Reading:
        """What there is time for after all that was due; its texts go at once. What is known afterwards."""
        looks = [(self._lookout.look, "looking ahead"), (self._handoffs.look, "telling of handoffs")]
        looks += [(self._selftest.look, "the daily self-test")] if served else []
        for look, what in looks:
            try:
                if deadline.left > 0 and look(reading.get(pulse.PULSE), reading.at):
                    self._rounds.make(reading, reading.at, deadline, tally)
                    reading = self._read()
            except Exception as error:  # noqa: BLE001 - what is to come must not keep anybody from what is
                self._kit.alarm(error, what)
        return self._count(reading, deadline)

    def _count(self, reading: Reading, deadline: Deadline) -> Reading:
        """What is over is counted for the figures, last of all. What is known afterwards."""
        try:
            if deadline.left > 0 and self._figuring.look(reading.get(pulse.PULSE), reading.at, deadline):
                return self._read()
        except Exception as error:  # noqa: BLE001 - what was must not keep anybody from what is
            self._kit.alarm(error, "counting for the figures")
        return reading

    def _follow(self, reading: Reading, deadline: Deadline) -> None:
        """Somebody left the roster of late, or takes no texts any more: nobody waits for them."""
        found = reading.get(pulse.PULSE)
        if found is not None and is_marked(found):
            work = partial(self._departures.follow, lambda: deadline.left > 0)
            guarded(self._kit, work, found, deadline)
        if found is not None and marked(found):
            short = Deadline(min(FOLLOWS, deadline.left), self._kit.uptime)
            guarded(self._kit, partial(self._go_on, short), found, short)

    def _go_on(self, deadline: Deadline) -> None:
        """A phone takes no texts any more: alerts that waited for it go on. Those that are left are due."""
        for key in self._stopping.follow(lambda: deadline.left > 0):
            if deadline.left <= 0:
                return
            self._rounds.go_on(key, deadline)
