"""What a preview tells of a change: what others did meanwhile, and what follows of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from bugglio.admin.roster import following
from bugglio.admin.roster.following import Change
from bugglio.admin.viewing import Viewer, viewer
from bugglio.foresight import coming, worries
from bugglio.foresight.turnover import Move, moves, touched
from bugglio.pager import covers
from bugglio.pager.applying import Planned
from bugglio.pager.lookout import phones_of
from bugglio.pager.revisions import Revision, revisions
from bugglio.phone import Phone
from bugglio.roster import DAY, Book, Roster, lone_roster, roster_of
from bugglio.rosterfile import Checked, check, place_of, tree_of

if TYPE_CHECKING:
    from bugglio.admin.office import Office

WEEKS = 4
DAYS = 14
"""So far ahead worries are looked for."""
SHOWN = 20
"""So many spans are told one by one."""
TEAMS = 20
"""Of more teams that change at once nobody asks what will go wrong in them ..."""
PHONES = 15
"""... nor, where more people can be paged, whether they can be reached."""
MEANWHILE = 10
"""So many changes of others are told, the newest ones."""


@dataclass(frozen=True)
class Facts:
    """What follows of a change."""

    lines: tuple[str, ...]
    moves: list[Move]
    """Of the coming weeks, the first ones."""
    more_moves: int
    names: Mapping[str, str]
    """What people are called, those who leave too."""
    follows: list[str]
    """What happens once it is saved."""
    warnings: list[str]
    worries: list[str]
    """What will go wrong, and would not without the change."""


def facts(office: "Office", before: Book, checked: Checked, planned: Planned) -> Facts:
    """All that is told of it."""
    change = _change(office, before, planned, viewer())
    found = moves(change.before, change.after, change.now, change.now + WEEKS * 7 * DAY)
    people = {**change.before.engineers, **change.after.engineers}
    return Facts(
        lines=planned.lines,
        moves=found[:SHOWN],
        more_moves=max(0, len(found) - SHOWN),
        names={key: one.name for key, one in people.items()},
        follows=following.sentences(office, change, viewer()),
        warnings=_warnings(before, checked),
        worries=_worries(office, change),
    )


class Others(NamedTuple):
    """What others changed since a form was made."""

    shown: list[Revision]
    """The newest first."""
    earlier: int
    """So many more, before those."""


def meanwhile(office: "Office", base: int, version: int) -> Others:
    """What made the roster another one than the form was made of."""
    return Others(revisions(office.kit.store, version, base, MEANWHILE), max(0, version - base - MEANWHILE))


def _change(office: "Office", before: Book, planned: Planned, looks: Viewer) -> Change:
    """The rosters as the pager would know them, each with what people arranged themselves."""
    number, arranged = office.kit.on_duty, looks.roster.covers
    standing = tuple(one for one in arranged if not covers.dangling(one, planned.book))
    was = roster_of(before, number, version=planned.version) if planned.version else lone_roster(number)
    becomes = roster_of(planned.book, number, standing, planned.version + 1)
    return Change(replace(was, covers=arranged), becomes, before, planned.book, looks.now)


def _warnings(before: Book, checked: Checked) -> list[str]:
    """What the reading doubts, and did not doubt before."""
    if not checked.warnings:
        return []
    known = {one.said for one in check(tree_of(before)).warnings}
    return [f"{place_of(one.path)}: {one.said}" for one in checked.warnings if one.said not in known]


def _worries(office: "Office", change: Change) -> list[str]:
    """What will go wrong in the teams that change; clocks change whatever anybody saves."""
    teams = _teams(change)
    if not teams or len(teams) > TEAMS:
        return []
    before, after = _only(change.before, teams), _only(change.after, teams)
    known = _known(office, change, before, after)
    seen = {key for worry in worries(before, known or {}, change.now) for key in worry.matters}
    fresh = [one for one in worries(after, known or {}, change.now) if not seen.issuperset(one.matters)]
    newcomers = {f"unverified {person}" for person in change.newcomers}
    untold = {"clock", "unverified", "unreachable"} if known is None else {"clock"}
    return [one.text for one in fresh if one.kind not in untold and one.key not in newcomers]


def _teams(change: Change) -> list[str]:
    """The teams that change, and those of people who are new or have a new number."""
    found = touched(change.before, change.after)
    newcomers = set(change.newcomers)
    return found + [key for key, team in change.after.teams.items() if key not in found and team.people & newcomers]


def _only(roster: Roster, teams: Iterable[str]) -> Roster:
    return replace(roster, teams={key: roster.teams[key] for key in teams if key in roster.teams})


def _known(office: "Office", change: Change, before: Roster, after: Roster) -> dict[str, Phone] | None:
    """The phones of those who can be paged, by their numbers afterwards; None: there are too many."""
    people = {person for one in (before, after) for person in coming(one, change.now, change.now + DAYS * DAY)}
    there = [person for person in people if person in after.engineers]
    return phones_of(office.kit.store, after, there) if len(there) <= PHONES else None
