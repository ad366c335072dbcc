"""Who changed the roster, when, and what."""

from typing import TYPE_CHECKING

from flask import render_template, request

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
        first = min(newest, _asked() or newest)
        return render_template(
            "roster/changes.html",
            revisions=revisions(office.kit.store, first),
            older=max(0, first - SOME),
            newer=first < newest,
        )


def _asked() -> int:
    """The version to begin with; 0: the newest."""
    asked = request.args.get("from", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 12 else 0
