"""Decisions about whom to page, made in the knowledge of who can be reached."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from bugglio import phone as phones
from bugglio.pager.reading import phone_in, read_with
from bugglio.phone import Phone, phone_id
from bugglio.roster import Roster
from bugglio.store import Reading, Store

T = TypeVar("T")
Known = Mapping[str, Phone]


def reaching(
    store: Store,
    reading: Reading,
    roster: Roster,
    first: T,
    decide: Callable[[Known], T],
    people: Callable[[T], Iterable[str]],
    *,
    seen: bool = False,
) -> tuple[T, Reading]:
    """
    The decision that pages only people who can be reached, and the reading with their phones.

    `first` was decided knowing nothing of any phone, `decide` decides with what is known, `people` are the engineers
    whom a decision pages. One round trip tells of them (none where they were `seen`, so that `reading` has them), and
    one more of those in the place of people who cannot be reached.
    """
    decided, known, fresh = first, dict[str, Phone](), list(people(first))
    while True:
        numbers = {name: phone_id(roster.engineers[name].phone) for name in fresh if name in roster.engineers}
        if not seen:
            reading = read_with(store, reading, [phones.path(key) for key in numbers.values()])
        known |= {name: phone_in(reading, key) for name, key in numbers.items()}
        if not any(phones.unreachable(known[name], reading.at) for name in numbers):
            return decided, reading
        decided, seen = decide(known), False
        fresh = [name for name in people(decided) if name not in known]
