"""Whose phones have to be known before a word can be answered: those of whomever it may page, or tell of."""

from collections.abc import Sequence

from bugglio import phone as phones
from bugglio.dialogue import opening
from bugglio.grammar import Command
from bugglio.roster import Engineer, Roster

COLLEAGUES = 100
"""So many people's phones are looked at before a word pages somebody."""
CONCERNING = frozenset({"escalate", "pass", "reopen", "undo", "off", "cover", "status"})
"""Words that page people, hand them shifts, or tell whether they are on duty in vain."""


def paged_by(command: Command, roster: Roster, person: Engineer) -> dict[str, str]:
    """The ids of the phones of those whom a word may page, by engineer; `status` tells of them."""
    if command.verb == "page":
        return _phones_of(roster, [opening.addressed(command.rest, roster)[0]])
    return _phones_of(roster, roster.teams_of(person.id)) if command.verb in CONCERNING else {}


def _phones_of(roster: Roster, teams: Sequence[str]) -> dict[str, str]:
    """Of these teams, and of the last resort."""
    named = [roster.teams[name] for name in teams if name in roster.teams]
    names = dict.fromkeys((*(name for team in named for name in team.people), roster.last_resort))
    people = [roster.engineers[name] for name in names if name in roster.engineers][:COLLEAGUES]
    return {one.id: phones.phone_id(one.phone) for one in people}
