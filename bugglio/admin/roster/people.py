"""Who is on the roster: found by words, told with what is known of their phones, taken out of everything."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bugglio.pager.lookout import phones_of
from bugglio.phone import Phone, unreachable
from bugglio.roster import Book, Engineer, Roster
from bugglio.rosterfile import Lost, Tree

if TYPE_CHECKING:
    from bugglio.admin.office import Office

PAGE = 25
"""So many engineers are shown at a time: each one's phone is read."""


@dataclass(frozen=True)
class Person:
    """An engineer, as the list tells of them."""

    engineer: Engineer
    teams: list[str]
    phone: Phone
    trouble: str
    """Why pages would not arrive; empty if they would."""


def found(book: Book, wanted: str) -> list[Engineer]:
    """The engineers whose name or id has these words in it, or whose number ends so; by name."""
    words = wanted.casefold().split()
    fitting = [one for one in book.engineers.values() if all(_has(one, word) for word in words)]
    return sorted(fitting, key=lambda one: (one.name.casefold(), one.id))


def _has(one: Engineer, word: str) -> bool:
    return word in one.name.casefold() or word in one.id or (len(word) <= 4 and one.phone.endswith(word))


def people(office: "Office", book: Book, some: Sequence[Engineer], now: int) -> list[Person]:
    """These with all that the list tells."""
    number = office.kit.on_duty
    known = phones_of(office.kit.store, _roster(some, number), [one.id for one in some]) if some else {}
    return [Person(one, _teams(book, one.id), known[one.id], unreachable(known[one.id], now)) for one in some]


def _roster(some: Sequence[Engineer], number: str) -> Roster:
    """Nobody but these: the last resort's phone is read along with theirs."""
    last = next((one for one in some if one.phone == number), some[0])
    return Roster({one.id: one for one in some}, last_resort=last.id)


def _teams(book: Book, person: str) -> list[str]:
    return [team.id for team in book.teams.values() if person in team.people]


def named_in(book: Book, person: str) -> list[str]:
    """What names somebody, in words."""
    return list(_named(book, person))


def _named(book: Book, person: str) -> Iterator[str]:
    for team in book.teams.values():
        yield from (f"rotation {one.id} of {team.id}" for one in team.rotations.values() if person in one.engineers)
        for name, steps in {"": team.steps, **team.lists}.items():
            where = f"steps {name} of {team.id}" if name else f"{team.id}"
            yield from (f"step {at} of {where}" for at, step in enumerate(steps, 1) if person in step.page)
        count = sum(one.engineer == person for one in team.overrides)
        if count:
            yield f"{count} override{'s' if count > 1 else ''} of {team.id}"


def without(book: Book, person: str) -> list[str]:
    """The rotations in which nobody else takes turns."""
    return [
        f"{one.id} of {team.id}"
        for team in book.teams.values()
        for one in team.rotations.values()
        if one.engineers == (person,)
    ]


def dropped(tree: Tree, person: str) -> None:
    """Take somebody out of everything; steps that page nobody else go. Raises `Lost` when they are gone already."""
    if tree["engineers"].pop(person, None) is None:
        raise Lost(["engineers", person])
    for team in tree["teams"].values():
        for rotation in team.get("rotations", {}).values():
            if "engineers" in rotation:
                rotation["engineers"] = [one for one in rotation["engineers"] if one != person]
        if "steps" in team:
            team["steps"] = _steps(team["steps"], person)
        if "overrides" in team:
            team["overrides"] = [one for one in team["overrides"] if one["engineer"] != person]


def _steps(steps: Tree | list[Tree], person: str) -> Tree | list[Tree]:
    if isinstance(steps, dict):
        return {name: _steps(each, person) for name, each in steps.items()}
    left = [{**one, "page": [name for name in one["page"] if name != person]} for one in steps]
    return [one for one in left if one["page"]]
