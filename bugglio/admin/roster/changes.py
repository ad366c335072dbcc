"""Who changed the roster, when, and what."""

from typing import TYPE_CHECKING

from flask import render_template, request

from bugglio.admin.keys import number
from bugglio.admin.roster import drafts
from bugglio.pager.revisions import SOME, revisions

if TYPE_CHECKING:
    from flask import Blueprint

    from bugglio.admin.office import Office


def register(part: "Blueprint", office: "Office") -> None:
    """Add its page."""

    @part.get("/roster/changes")
    def changes() -> str:
        newest = drafts.sheet(office).version
        first = min(newest, number(request.args.get("from", "")) or newest)
        return render_template(
            "roster/changes.html",
            revisions=revisions(office.kit.store, first),
            older=max(0, first - SOME),
            newer=first < newest,
        )
