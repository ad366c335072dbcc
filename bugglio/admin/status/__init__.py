"""The first page: one sentence that says whether all is well, and what it rests on."""

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from bugglio.admin.status.coming import coming
from bugglio.admin.status.duty import board, next_people
from bugglio.admin.status.headline import Row, counted, headline
from bugglio.admin.status.troubles import present
from bugglio.admin.viewing import Viewer, viewer
from bugglio.pager.browsing.status import look
from bugglio.standing import duty
from bugglio.throttle import next_day

if TYPE_CHECKING:
    from bugglio.admin.office import Office


def blueprint(office: "Office") -> Blueprint:
    """The page at `/`."""
    part = Blueprint("status", __name__)

    @part.get("/")
    def index() -> str:
        me, words, after = viewer(), request.args.get("team", "")[:60], request.args.get("after", "")[:80]
        roster, mine = me.roster, _own(me)
        on_duty = duty(roster, roster.teams, me.now)
        ours = duty(roster, mine, me.now).people
        seen = look(office.kit, roster, me.now, [*ours, *on_duty.people, *next_people(roster, mine, me.now)])
        wrong = present(seen, roster, on_duty)
        return render_template(
            "status.html",
            seen=seen,
            head=headline(seen, on_duty, wrong),
            troubles=wrong,
            coming=coming(seen, roster, on_duty),
            rows=[Row(key, alert) for key, alert in seen.alerts],
            counted=counted,
            board=board(roster, mine, me.now, words, after),
            words=words,
            looked=sum(person in seen.phones for person in on_duty.people),
            on_duty=on_duty.people,
            last_resort=roster.last_resort,
            upstream=office.kit.tracker is not None,
            new_day=next_day(seen.at),
        )

    return part


def _own(me: Viewer) -> list[str]:
    """The ids of the viewer's teams; being an admin makes none theirs."""
    covers = {cover.team for cover in me.roster.covers if cover.engineer == me.who.id and cover.end > me.now}
    return [team.id for team in me.roster.teams.values() if me.who.id in team.people or team.id in covers]
