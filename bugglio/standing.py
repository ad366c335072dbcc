"""How everything stands now: what has to be true for "all right", in a text and on a page alike."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bugglio import phone as phones
from bugglio.crew import crew_of
from bugglio.phone import Phone
from bugglio.roster import Roster


@dataclass(frozen=True)
class Duty:
    """Who is on duty in some teams."""

    people: tuple[str, ...] = ()
    """Whom the first steps name that name anybody: engineers' ids, each once."""
    uncovered: tuple[str, ...] = ()
    """Teams for which only the last resort is left."""


def duty(roster: Roster, teams: Iterable[str], now: int) -> Duty:
    """Who is on duty in these teams at an instant."""
    firsts = {team: crew_of(roster, team).first(now) for team in teams}
    people = dict.fromkeys(name for found in firsts.values() for name in found)
    return Duty(tuple(people), tuple(team for team, found in firsts.items() if not found))


def unreached(people: Iterable[str], known: Mapping[str, Phone], now: int) -> dict[str, str]:
    """Who of these people cannot be reached, and why; whose phone is not known counts as reachable."""
    found = {name: phones.unreachable(known[name], now) for name in people if name in known}
    return {name: why for name, why in found.items() if why}


def is_all_well(count: int, on_duty: Duty, besides: Sequence[object]) -> bool:
    """
    Whether the sentence is true: nothing is open, somebody is on duty in each team, and nothing besides is to be told.

    `count` are open; `besides` is what is wrong with the pager, muted or quiet, used up, and who cannot be reached.
    """
    return not count and bool(on_duty.people) and not on_duty.uncovered and not besides
