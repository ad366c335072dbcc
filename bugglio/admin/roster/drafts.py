"""From a form to a change of the roster: it is read as `apply` reads a file, shown, and saved by a second press."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from bugglio.admin.roster import previews
from bugglio.admin.roster.sheets import Draft, Sheet, Unfit, Unfitting, again, base_of, sent, sentence, sheet, unfit
from bugglio.admin.viewing import viewer
from bugglio.pager.applying import Planned, Refused
from bugglio.rosterfile import Checked, Lost, NoEdits, Tree, check, edited, edits, place_of, tree_of

if TYPE_CHECKING:
    from flask import Blueprint

    from bugglio.admin.office import Office

HOW = "admin page"
"""What `changes` says of how the roster changed; the next `apply` warns of it."""

__all__ = ["Answer", "Sheet", "Unfit", "Unfitting", "again", "propose", "sentence", "sheet", "unfit"]

Answer = str | tuple[str, int] | AnyResponse
"""What a page hands to Flask."""


def register(part: "Blueprint", office: "Office") -> None:
    """Add the page that saves."""

    @part.post("/roster/save")
    def save() -> Answer:
        draft, base = sent(), base_of(0)
        return _saved(office, draft, base) or _saved(office, draft, base) or abort(503)


def propose(
    office: "Office",
    change: Callable[[Tree], object],
    *,
    done: str,
    then: str,
    back: bool = True,
    whole: bool = False,
) -> Unfit | Answer:
    """
    The preview of a change, or why it cannot be.

    `back`: the preview leads back to the form. `whole`: all of the roster is to be as it is afterwards, whatever
    others change meanwhile; else the change alone is laid on what they made.
    """
    now = sheet(office)
    before = tree_of(now.book)
    after = deepcopy(before)
    try:
        change(after)
    except Unfitting as unfitting:
        return Unfit((unfitting.fault,))
    except LookupError as lost:
        return _lost(office, lost, now, base_of(now.version))
    typed = [(key, value) for key, value in request.form.items(multi=True) if key not in ("csrf_token", "base")]
    draft = Draft([["put", [], after]] if whole else edits(before, after), done, then, typed if back else [])
    return _proposed(office, draft, now, check(after))


def _proposed(office: "Office", draft: Draft, now: Sheet, checked: Checked) -> Unfit | Answer:
    planned = _planned(office, checked)
    if isinstance(planned, Unfit):
        return planned
    if not planned.lines:
        flash("Nothing changes: it is so already.")
        return redirect(draft.then, 303)
    return _preview(office, draft, now, checked, planned, base_of(now.version))


def _planned(office: "Office", checked: Checked) -> Planned | Unfit:
    if checked.book is None:
        return Unfit(checked.faults)
    try:
        return office.applying.plan(checked.book)
    except Refused as refused:
        return unfit((), str(refused))


def _preview(
    office: "Office", draft: Draft, now: Sheet, checked: Checked, planned: Planned, base: int
) -> "str | tuple[str, int]":
    facts = previews.facts(office, now.book, checked, planned)
    html = render_template(
        "roster/preview.html",
        facts=facts,
        weeks=previews.WEEKS,
        draft=draft,
        changes=json.dumps(draft.changes, ensure_ascii=False, separators=(",", ":")),
        version=now.version,
        meanwhile=previews.meanwhile(office, base, now.version),
        form=f"{request.script_root}{request.full_path}".rstrip("?") if draft.typed else "",
    )
    return (html, 409) if base != now.version else html


def _lost(office: "Office", lost: LookupError, now: Sheet, base: int) -> tuple[str, int]:
    """What was to be changed is gone."""
    where = place_of(lost.path) if isinstance(lost, Lost) else ""
    meanwhile = previews.meanwhile(office, base, now.version)
    return render_template("roster/lost.html", where=where, meanwhile=meanwhile), 409


def _saved(office: "Office", draft: Draft, base: int) -> Answer | None:
    """What comes of pressing the button; None: somebody was quicker by a moment: look again."""
    now = sheet(office)
    try:
        checked = check(edited(tree_of(now.book), draft.changes))
    except Lost as lost:
        return _lost(office, lost, now, base)
    except (NoEdits, RecursionError):
        abort(400)
    found = _planned(office, checked)
    if isinstance(found, Unfit):
        others = previews.meanwhile(office, base, now.version)
        return render_template("roster/unfit.html", unfit=found, meanwhile=others), 422
    if found.lines and base != now.version:
        return _preview(office, draft, now, checked, found, base)
    return _applied(office, draft, now, found)


def _applied(office: "Office", draft: Draft, now: Sheet, planned: Planned) -> Answer | None:
    """Make it so. What is so already, for the button was pressed twice, is done."""
    if planned.version != now.version:
        return None
    if planned.lines:
        try:
            office.applying.apply(planned, viewer().who.id, HOW)
        except Refused:
            return None
    office.kit.forget_roster()
    flash(draft.done)
    return redirect(draft.then, 303)
