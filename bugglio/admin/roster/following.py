"""What follows of a change of the roster for people: who is texted, who is logged out, what waits for whom."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from bugglio.foresight import coming
from bugglio.pager.leaving import left
from bugglio.pager.lookout import WELCOME, phones_of
from bugglio.phone import Phone
from bugglio.roster import Book, Roster

if TYPE_CHECKING:
    from bugglio.admin.office import Office
    from bugglio.admin.viewing import Viewer

SHOWN = 10
"""So many people are told of one by one."""
OPEN = 10
"""So many open alerts are looked at for whom they wait for."""


@dataclass(frozen=True)
class Change:
    """Two rosters, and when they are compared."""

    before: Roster
    after: Roster
    was: Book
    becomes: Book
    now: int

    @property
    def newcomers(self) -> list[str]:
        """Who is new, or has a new number."""
        return [one.id for one in self.becomes.engineers.values() if not self._has_phone(one.id, one.phone)]

    @property
    def leavers(self) -> list[str]:
        """Who is gone, or whose number is."""
        return list(left(self.was, self.becomes).people)

    def keeps_last(self, number: str) -> bool:
        """Whether this is the phone that is paged when nobody else is left, whoever is on the roster."""
        return self.after.engineers[self.after.last_resort].phone == number

    def _has_phone(self, person: str, number: str) -> bool:
        return person in self.was.engineers and self.was.engineers[person].phone == number


def sentences(office: "Office", change: Change, looks: "Viewer") -> list[str]:
    """All that happens once it is saved."""
    own = [*_of_yourself(change, looks), *_of_the_last_resort(change)]
    return [*own, *_of_leavers(office, change), *_of_newcomers(office, change)]


def _of_yourself(change: Change, looks: "Viewer") -> list[str]:
    if looks.who.id not in change.after.engineers:
        if change.keeps_last(looks.who.phone):
            return ["You are not on the roster afterwards: you are logged out. Your phone can log in again."]
        return ["You are not on the roster afterwards: you are logged out, and cannot log in again."]
    if not change.after.engineers[looks.who.id].admin:
        return ["You are no admin afterwards: these pages are closed to you."]
    return []


def _of_the_last_resort(change: Change) -> list[str]:
    """Whoever it is stays an admin."""
    was, becomes = (book.engineers.get(change.after.last_resort) for book in (change.was, change.becomes))
    if was is None or becomes is None or becomes.admin or not was.admin:
        return []
    return [f"{becomes.name} stays an admin all the same: the last resort is one."]


def _of_leavers(office: "Office", change: Change) -> list[str]:
    people = change.leavers
    if not people:
        return []
    told = [_leaves(person, change) for person in islice(people, SHOWN)]
    if len(people) > SHOWN:
        told.append(f"The same goes for {len(people) - SHOWN} more.")
    return [*told, *_waiting(office, people)]


def _leaves(person: str, change: Change) -> str:
    name, number = change.was.engineers[person].name, change.was.engineers[person].phone
    if change.keeps_last(number):
        return f"{name}'s phone stays the last resort, as ON_DUTY says: only what waits for it now is dropped."
    if person in change.becomes.engineers:
        return f"{name} has another number: texts that wait for the old one are dropped, and its sessions here end."
    return f"{name} is paged no more: texts that wait are dropped; sessions here and the calendar's address end."


def _waiting(office: "Office", people: Iterable[str]) -> list[str]:
    """The open alerts that wait for nobody but them."""
    some = office.kit.store.query("alerts", "open", limit=OPEN)
    gone = set(people)
    found = [one for one in some if one.fields.get("waits_for") and gone.issuperset(one.fields["waits_for"])]
    codes = [one.fields.get("code") for one in found]
    told = [f"Alert {code} waits for nobody else: it goes on to the next step at once." for code in codes]
    if len(some) == OPEN:
        told.append(f"Of the open alerts only the first {OPEN} were looked at: others may go on at once too.")
    return told


def _of_newcomers(office: "Office", change: Change) -> list[str]:
    """Whoever is on duty soon gets the first text at once, and whoever was never heard of is told how to be."""
    people = change.newcomers[:SHOWN]
    soon = coming(_only(change, people), change.now, change.now + WELCOME) if people else {}
    known = phones_of(office.kit.store, change.after, people) if people else {}
    told = [_greeted(change, person, soon.get(person), known.get(person, Phone())) for person in people]
    more = len(change.newcomers) - len(people)
    return (
        [*told, f"{more} more are new; each gets a first text 48 hours before the first shift, or at once."]
        if more
        else told
    )


def _only(change: Change, people: Iterable[str]) -> Roster:
    """The roster with the teams of these people alone."""
    wanted = set(people)
    arranged = {one.team for one in change.after.covers if one.engineer in wanted}
    teams = {key: team for key, team in change.after.teams.items() if team.people & wanted or key in arranged}
    return replace(change.after, teams=teams)


def _greeted(change: Change, person: str, at: int | None, phone: Phone) -> str:
    name = change.becomes.engineers[person].name
    if phone.heard_at:
        return f"{name}: texts have come from this phone before."
    if phone.welcomed_at:
        return f"{name}: a first text has gone to this phone; none has come from it yet."
    if at is None:
        return f"{name} gets a first text 48 hours before their first shift."
    return f"{name} is on duty within 48 hours: a first text goes to the phone within a minute."
