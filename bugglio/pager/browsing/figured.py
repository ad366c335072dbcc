"""The weeks' figures as they are kept, and until when they are counted."""

from collections.abc import Sequence
from dataclasses import dataclass

from bugglio.alert import span_of
from bugglio.figures.summary import Summary, summed
from bugglio.pager.figuring import COUNTED_UNTIL
from bugglio.pager.weekly import path, week_in
from bugglio.pager.wellbeing.pulse import PULSE
from bugglio.store import Store

MOST_OPEN = 1_000
"""So many open alerts are counted; of more it is said that there are more."""


@dataclass(frozen=True)
class Figured:
    """What is known of some weeks."""

    summary: Summary
    until: int | None
    """All that was over by then is in it; None: nothing was ever counted."""
    open: int
    """Alerts that are open, and are counted once they are closed: at most one more than `MOST_OPEN`."""


def figured(store: Store, weeks: Sequence[str], team: str = "") -> Figured:
    """Read these weeks, of all teams or of one: a document for each, and two reads more."""
    reading = store.get([PULSE, *map(path, weeks)])
    found = [(week, week_in(reading.get(path(week)))) for week in weeks]
    pulse = reading.get(PULSE)
    until = int(pulse.fields.get(COUNTED_UNTIL, 0)) if pulse is not None else 0
    start, end = span_of(team) if team else (None, None)
    still = store.count("alerts", "open", start=start, end=end, most=MOST_OPEN + 1)
    return Figured(summed(found, team), until or None, still)
