"""What somebody can do to an alert: only what would not be refused."""

from dataclasses import dataclass

from bugglio import deeds
from bugglio.alert import Alert
from bugglio.crew import crew_of
from bugglio.deeds import Order
from bugglio.dialogue.acting import WORDS
from bugglio.dialogue.retracting import is_apart
from bugglio.pager.browsing.story import Story
from bugglio.phone import Phone
from bugglio.roster import HOUR, Engineer, Roster

MOST_UNDONE = 40
"""What changed more alerts at once is taken back by text."""


@dataclass(frozen=True)
class Undoing:
    """What can be taken back."""

    at: int
    verb: str
    alerts: tuple[str, ...]
    """Ids of what it changed."""

    @property
    def others(self) -> int:
        """How many it changed besides one."""
        return len(self.alerts) - 1


def offered(alert: Alert, who: Engineer, roster: Roster, now: int) -> frozenset[str]:
    """The words that would change this alert, were they theirs to say."""
    if not deeds.is_theirs(alert, who, roster):
        return frozenset()
    crew = crew_of(roster, alert.team)
    orders = (Order(verb, who, now, to=who, until=now + HOUR, text="x") for verb in WORDS)
    return frozenset(order.verb for order in orders if deeds.done(order, alert, crew) is not None)


def undoing(story: Story, who: Engineer) -> Undoing | None:
    """What they changed last, if it was this alert too and can be taken back."""
    last = latest(story.phone, story.at)
    if last is None or story.key not in last.alerts or not deeds.is_undoable(story.alert, who.id, story.at):
        return None
    return last


def latest(phone: Phone, now: int) -> Undoing | None:
    """What they changed last, if it was alerts and not long ago; others may have changed these since."""
    last = phone.changed
    if last is None or is_apart(last) or not 0 < len(last.alerts) <= MOST_UNDONE or now - last.at > deeds.UNDO:
        return None
    return Undoing(last.at, last.verb, last.alerts)
