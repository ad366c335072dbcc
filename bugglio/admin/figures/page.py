"""The page of figures: for admins, of all teams or of one, over some weeks."""

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from bugglio.admin.figures import words
from bugglio.admin.figures.drawing import drawn
from bugglio.admin.figures.tables import NAMED, by_week
from bugglio.admin.viewing import admins_only, viewer
from bugglio.figures import weeks_until
from bugglio.pager.browsing.figured import MOST_OPEN, figured

if TYPE_CHECKING:
    from bugglio.admin.office import Office

SPANS = (4, 12, 26)
"""So many weeks can be looked at."""
USUAL = 12


def blueprint(office: "Office") -> Blueprint:
    """The pages below `/figures`."""
    part = Blueprint("figures", __name__)

    @part.get("/figures")
    @admins_only
    def index() -> str:
        who, count, team = viewer(), _count(), request.args.get("team", "")
        team = team if team in who.roster.teams else ""
        weeks = weeks_until(who.now, count)
        found = figured(office.kit.store, weeks, team)
        summary = found.summary
        money = words.Money(office.price)
        return render_template(
            "figures.html",
            spans=SPANS,
            count=count,
            team=team,
            teams=sorted(who.roster.teams),
            found=found,
            summary=summary,
            charts=drawn(summary, money),
            open_said=words.open_said(found.open, MOST_OPEN),
            projects=by_week(summary.projects),
            named=NAMED,
            money=money,
            say=words,
        )

    return part


def _count() -> int:
    asked = request.args.get("weeks", "")
    return next((count for count in SPANS if str(count) == asked), USUAL)
