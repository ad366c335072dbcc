"""What the pages about one team share."""

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

from flask import abort, request

from bugglio.admin.roster import drafts, sheets
from bugglio.admin.roster.drafts import Answer
from bugglio.admin.roster.sheets import Unfit
from bugglio.admin.shapes.rows import Row, pressed
from bugglio.roster import Book, Team
from bugglio.rosterfile import Path, Tree

if TYPE_CHECKING:
    from bugglio.admin.office import Office

SAMPLE = "sample"
"""The button that shows a page with the text that was typed."""
Draw = Callable[[Unfit | None], str]
"""Shows a form with what is in its fields, and what is wrong with them."""


def team_in(book: Book, team: str) -> Team:
    """The team of that id; without one, 404."""
    return book.teams.get(team) or abort(404)


def asked(rows: Mapping[str, list[Row]], tidied: Callable[[], object]) -> bool:
    """
    Whether a form that was sent asks for what it says to be shown, and no button of its rows was pressed.

    What such a button does is done, and otherwise rows that say nothing are left out.
    """
    if sheets.again() or request.form.get("do") == SAMPLE or pressed(request.form, rows):
        return False
    tidied()
    return True


def proposed(
    office: "Office", change: Callable[[Tree], object], draw: Draw, *, done: str, then: str, back: bool = True
) -> Answer:
    """The preview of a change; or the form again, with what is wrong."""
    answer = drafts.propose(office, change, done=done, then=then, back=back)
    return (draw(answer), 422) if isinstance(answer, Unfit) else answer


def exactly(unfit: Unfit | None, *path: str | int) -> list[str]:
    """The sentences about a place, without what is below it."""
    return unfit.exactly(*path) if unfit else []


def below(unfit: Unfit | None, *path: str | int) -> list[str]:
    """The sentences about a place and all below it."""
    return unfit.at(*path) if unfit else []


def new(table: dict[str, Any], path: Path, key: str, value: Any) -> None:
    """Put what is new into a map of the tree; an id that stands there already is a fault of its field."""
    if key in table:
        raise sheets.Unfitting((*path, key), f"found `{key}`, which there is already, expected an id of its own.")
    table[key] = value


def by_row(unfit: Unfit | None, path: Path, rows: int, keys: Collection[str]) -> list[dict[str, list[str]]]:
    """The sentences about each field of each row of a list, and under `""` those about the row."""
    return [
        {"": exactly(unfit, *path, at), **{key: below(unfit, *path, at, key) for key in keys}} for at in range(rows)
    ]
