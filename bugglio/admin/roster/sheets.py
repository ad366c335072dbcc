"""What a form of the roster is made of, and what comes of it: a draft of a change, or why it cannot be."""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import abort, request, url_for

from bugglio.admin.keys import number
from bugglio.admin.viewing import viewer
from bugglio.roster import Book, Roster, roster_of
from bugglio.rosterfile import Edit, Path, Placed, place_of

if TYPE_CHECKING:
    from bugglio.admin.office import Office

AGAIN = "again"
SAID = 300
"""Characters of what is said once a change is made: it travels in a cookie, of which browsers take 4 KiB."""


@dataclass(frozen=True)
class Sheet:
    """The roster that a form is made of."""

    book: Book
    version: int
    """It goes along with the form, so that whoever saves later is told what others did meanwhile."""


@dataclass(frozen=True)
class Unfit:
    """Why a form cannot be taken as it is."""

    faults: tuple[Placed, ...]

    def at(self, *path: str | int) -> list[str]:
        """The sentences about this place and all below it."""
        return [sentence(one.said) for one in self.faults if one.path[: len(path)] == path]

    def exactly(self, *path: str | int) -> list[str]:
        """The sentences about this place alone."""
        return [sentence(one.said) for one in self.faults if one.path == path]

    @property
    def listed(self) -> list[tuple[str, str]]:
        """All of them: where, in words, and the sentence."""
        return [(place_of(one.path), sentence(one.said)) for one in self.faults]


class Unfitting(Exception):
    """A change cannot be made of what was typed: where, and a sentence that begins small."""

    def __init__(self, path: Path, said: str) -> None:
        self.fault = Placed(path, said)
        super().__init__(said)


@dataclass(frozen=True)
class Draft:
    """A change that was not made yet."""

    changes: list[Edit]
    done: str
    """What is said once it is made."""
    then: str
    """The address to go to afterwards."""
    typed: list[tuple[str, str]] = field(default_factory=list)
    """The form that it comes of, if there is a way back to it."""


def sheet(office: "Office") -> Sheet:
    """
    The roster as it is at this moment.

    The answer is 403 to whoever is no admin of it: who was one is known for some seconds more, which are enough to
    become one again.
    """
    book, version = office.applying.standing()
    who = roster_in(book, version).by_number(viewer().who.phone)
    return Sheet(book, version) if who is not None and who.admin else abort(403)


def roster_in(book: Book, version: int) -> Roster:
    """Everybody, as a book that was read afresh has them."""
    known = viewer().roster
    if known.version == version:
        return known
    return roster_of(book, known.engineers[known.last_resort].phone, known.covers, version)


def again() -> bool:
    """Whether somebody comes back from the preview to the form, with what they typed."""
    return AGAIN in request.form


def unfit(path: Path, said: str) -> Unfit:
    """One fault of the form's own."""
    return Unfit((Placed(path, said),))


def sentence(said: str) -> str:
    """With a capital letter."""
    return said[:1].upper() + said[1:]


def sent() -> Draft:
    """The draft as the preview sent it; it is only data."""
    try:
        changes: Any = json.loads(request.form.get("changes", ""))
    except (ValueError, RecursionError):
        abort(400)
    if not isinstance(changes, list):
        abort(400)
    return Draft(changes, request.form.get("done", "")[:SAID], _local(request.form.get("then", "")))


def _local(address: str) -> str:
    """One of the roster's own addresses."""
    home = url_for("roster.index")
    rest = address.removeprefix(home)
    return address if address.startswith(home) and rest[:1] in ("", "/", "?", "#") else home


def base_of(default: int) -> int:
    """The version that the form was made of."""
    return number(request.form.get("base", ""), default)
