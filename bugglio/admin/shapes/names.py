"""Whom somebody means who typed an id, or a name."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping

from bugglio.roster import Engineer


def known(engineers: Mapping[str, Engineer], others: Collection[str] = ()) -> Callable[[str], str]:
    """
    Make what turns a typed name into an id, if exactly one engineer is called so.

    Ids, also the `others`, and what nobody is called stay as they are: whether they will do is found out by whoever
    reads them.
    """
    counted = Counter(person.name.casefold() for person in engineers.values())
    ids = {person.name.casefold(): key for key, person in engineers.items() if counted[person.name.casefold()] == 1}

    def find(typed: str) -> str:
        return typed if typed in engineers or typed in others else ids.get(typed.casefold(), typed)

    return find
