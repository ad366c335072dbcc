"""One team: who is on, whom it pages, and what it is set to; new teams, and those that go."""

from typing import TYPE_CHECKING, Any

from flask import render_template, url_for

from bugglio.admin.offhours import is_off
from bugglio.admin.roster import asking, sentences, sheets
from bugglio.admin.roster.drafts import Answer
from bugglio.admin.roster.sheets import Unfit
from bugglio.admin.viewing import viewer
from bugglio.roster import DEFAULT, Roster, Team
from bugglio.rosterfile import Tree, sample
from bugglio.schedule import timetable

if TYPE_CHECKING:
    from flask import Blueprint

    from bugglio.admin.office import Office


def register(part: "Blueprint", office: "Office") -> None:
    """Add its pages."""

    @part.get("/roster/teams/<team>")
    def team(team: str) -> str:
        return _page(office, team, None)

    @part.post("/roster/teams/<team>/remove")
    def remove_team(team: str) -> Answer:
        return _removed(office, team)


def _page(office: "Office", key: str, unfit: Unfit | None) -> str:
    sheet = sheets.sheet(office)
    team, roster = asking.team_in(sheet.book, key), sheets.roster_in(sheet.book, sheet.version)
    return render_template(
        "roster/team.html",
        team=team,
        duty=[_duty(roster, team, name) for name in team.rotations],
        rotations=[(name, sentences.rotation(roster, team, one)) for name, one in team.rotations.items()],
        lists=[(name, sentences.steps(roster, team, each)) for name, each in _lists(team).items()],
        rules=sentences.rules(team),
        settings=sentences.settings(team),
        sample=sample(team),
        person=lambda who: sentences.person(roster, who),
        version=sheet.version,
        unfit=unfit,
    )


def _lists(team: Team) -> dict[str, Any]:
    return {DEFAULT: team.steps, **team.lists}


def _duty(roster: Roster, team: Team, rotation: str) -> dict[str, Any]:
    """Who is on, until when, and who is next."""
    table, now = timetable(roster, team), viewer().now
    shift, following = table.shift(rotation, now), table.following(rotation, now)
    off = is_off(team, rotation, shift, now)
    return {"rotation": rotation, "shift": shift, "following": following, "off": off}


def _removed(office: "Office", team: str) -> Answer:
    def change(tree: Tree) -> None:
        del tree["teams"][team]

    def draw(unfit: Unfit | None) -> str:
        return _page(office, team, unfit)

    done, then = f"Team {team} was removed.", url_for("roster.index")
    return asking.proposed(office, change, draw, done=done, then=then, back=False)
