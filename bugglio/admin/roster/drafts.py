"""From a form to a change of the roster: it is read as `apply` reads a file, shown, and saved by a second press."""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bugglio.admin.roster import previews
from bugglio.admin.viewing import viewer
from bugglio.pager.applying import Planned, Refused
from bugglio.roster import Book
from bugglio.rosterfile import Checked, Edit, Lost, NoEdits, Path, Placed, Tree, check, edited, edits, place_of, tree_of

if TYPE_CHECKING:
    from flask import Blueprint

    from bugglio.admin.office import Office

HOW = "admin page"
"""What `changes` says of how the roster changed; the next `apply` warns of it."""
AGAIN = "again"

Answer = str | tuple[str, int] | AnyResponse
"""What a page hands to Flask."""


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


def register(part: "Blueprint", office: "Office") -> None:
    """Add the page that saves."""

    @part.post("/roster/save")
    def save() -> Answer:
        return _saved(office)


def sheet(office: "Office") -> Sheet:
    """The roster as it is at this moment."""
    return Sheet(*office.applying.standing())


def again() -> bool:
    """Whether somebody comes back from the preview to the form, with what they typed."""
    return AGAIN in request.form


def unfit(path: Path, said: str) -> Unfit:
    """One fault of the form's own."""
    return Unfit((Placed(path, said),))


def sentence(said: str) -> str:
    """With a capital letter."""
    return said[:1].upper() + said[1:]


def propose(
    office: "Office", change: Callable[[Tree], object], *, done: str, then: str, back: bool = True
) -> Unfit | Answer:
    """The preview of a change, or why it cannot be; `back`: the preview leads back to the form."""
    now = sheet(office)
    before = tree_of(now.book)
    after = deepcopy(before)
    try:
        change(after)
    except Unfitting as unfitting:
        return Unfit((unfitting.fault,))
    except LookupError as lost:
        return _lost(office, lost, now, _base(now.version))
    typed = [(key, value) for key, value in request.form.items(multi=True) if key not in ("csrf_token", "base")]
    draft = Draft(edits(before, after), done, then, typed if back else [])
    return _proposed(office, draft, now, check(after))


def _proposed(office: "Office", draft: Draft, now: Sheet, checked: Checked) -> Unfit | Answer:
    if checked.book is None:
        return Unfit(checked.faults)
    planned = _planned(office, checked.book)
    if isinstance(planned, Unfit):
        return planned
    if not planned.lines:
        flash("Nothing changes: it is so already.")
        return redirect(draft.then, 303)
    return _preview(office, draft, now, checked, planned, _base(now.version))


def _planned(office: "Office", book: Book) -> Planned | Unfit:
    try:
        return office.applying.plan(book)
    except Refused as refused:
        return unfit((), str(refused))


def _preview(
    office: "Office", draft: Draft, now: Sheet, checked: Checked, planned: Planned, base: int
) -> "str | tuple[str, int]":
    facts = previews.facts(office, now.book, checked, planned)
    html = render_template(
        "roster/preview.html",
        facts=facts,
        draft=draft,
        changes=json.dumps(draft.changes, ensure_ascii=False, separators=(",", ":")),
        version=now.version,
        meanwhile=previews.meanwhile(office, base, now.version),
        form=request.full_path.rstrip("?") if draft.typed else "",
    )
    return (html, 409) if base != now.version else html


def _lost(office: "Office", lost: LookupError, now: Sheet, base: int) -> tuple[str, int]:
    """What was to be changed is gone."""
    where = place_of(lost.path) if isinstance(lost, Lost) else ""
    meanwhile = previews.meanwhile(office, base, now.version)
    return render_template("roster/lost.html", where=where, meanwhile=meanwhile), 409


def _saved(office: "Office") -> Answer:
    draft, now = _sent(), sheet(office)
    base = _base(0)
    try:
        checked = check(edited(tree_of(now.book), draft.changes))
    except Lost as lost:
        return _lost(office, lost, now, base)
    except (NoEdits, RecursionError):
        abort(400)
    found = _planned(office, checked.book) if checked.book is not None else Unfit(checked.faults)
    if isinstance(found, Unfit):
        meanwhile = previews.meanwhile(office, base, now.version)
        return render_template("roster/unfit.html", unfit=found, meanwhile=meanwhile), 422
    if found.lines and base != now.version:
        return _preview(office, draft, now, checked, found, base)
    return _applied(office, draft, now, found) or _again(office, draft, base)


def _applied(office: "Office", draft: Draft, now: Sheet, planned: Planned) -> "AnyResponse | None":
    """Make it so. What is so already, for the button was pressed twice, is done."""
    if planned.version != now.version:
        return None
    try:
        office.applying.apply(planned, viewer().who.id, HOW)
    except Refused:
        return None
    office.kit.forget_roster()
    flash(draft.done)
    return redirect(draft.then, 303)


def _again(office: "Office", draft: Draft, base: int) -> Answer:
    """Somebody was quicker by a moment: the same draft on what they made."""
    now = sheet(office)
    checked = check(edited(tree_of(now.book), draft.changes))
    found = _planned(office, checked.book) if checked.book is not None else Unfit(checked.faults)
    if isinstance(found, Unfit):
        meanwhile = previews.meanwhile(office, base, now.version)
        return render_template("roster/unfit.html", unfit=found, meanwhile=meanwhile), 422
    return _preview(office, draft, now, checked, found, base)


def _sent() -> Draft:
    """The draft as the preview sent it; it is only data."""
    try:
        changes: Any = json.loads(request.form.get("changes", ""))
    except (ValueError, RecursionError):
        abort(400)
    if not isinstance(changes, list):
        abort(400)
    return Draft(changes, request.form.get("done", ""), _local(request.form.get("then", "")))


def _local(address: str) -> str:
    """One of the roster's own addresses."""
    home = url_for("roster.index")
    rest = address.removeprefix(home)
    return address if address.startswith(home) and rest[:1] in ("", "/", "?", "#") else home


def _base(default: int) -> int:
    """The version that the form was made of."""
    found = request.form.get("base", "")
    return int(found) if found.isascii() and found.isdecimal() and len(found) < 12 else default
