"""What will go wrong in the coming days, told while there is time to mend it."""

from collections.abc import Iterator, Mapping

from bugglio.foresight.clocks import changing
from bugglio.foresight.gaps import missing
from bugglio.foresight.outlook import Outlook, Worry
from bugglio.foresight.people import alone, first_called, strangers
from bugglio.phone import Phone
from bugglio.roster import DAY, Roster

__all__ = ["Worry", "coming", "turns", "worries"]


def worries(roster: Roster, known: Mapping[str, Phone], now: int, days: int = 14) -> list[Worry]:
    """
    What there is to worry about from `now` until so many days later, the next to come first.

    `known` holds phones by engineer; of one that is not in it nothing was ever heard. A team without steps leaves
    everything to the last resort, which is no worry by itself. Who keeps the keys of what was told forgets those that
    are no longer among the worries: what comes back is told again.
    """
    end = now + days * DAY
    outlooks = [Outlook(roster, team, now, end) for team in roster.teams.values()]
    found = [worry for outlook in outlooks for worry in _of_team(outlook)]
    found += strangers(roster, outlooks, known, now)
    found += changing(outlooks)
    return sorted(found, key=lambda worry: worry.at)


def turns(roster: Roster, now: int, days: int = 14) -> list[Worry]:
    """Those about turns and steps alone, whatever is known of phones: gaps, and who is alone in several steps."""
    end = now + days * DAY
    outlooks = (Outlook(roster, team, now, end) for team in roster.teams.values())
    return sorted((worry for outlook in outlooks for worry in _of_team(outlook)), key=lambda worry: worry.at)


def coming(roster: Roster, start: int, end: int) -> dict[str, int]:
    """
    The engineers who can be paged from `start` to `end`, each with when that begins, in milliseconds.

    They are on a shift of some rotation, or a step of any list names them; who can be paged already begins at `start`.
    """
    called = first_called(Outlook(roster, team, start, end) for team in roster.teams.values())
    return {person: at for person, (at, _) in called.items()}


def _of_team(outlook: Outlook) -> Iterator[Worry]:
    yield from missing(outlook)
    yield from alone(outlook)
