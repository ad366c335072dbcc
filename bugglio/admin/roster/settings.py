"""What a team is set to: its form, which also adds a team."""

from typing import TYPE_CHECKING

import msgspec
from flask import redirect, render_template, request, url_for

from bugglio.admin.roster import asking, sheets
from bugglio.admin.roster.drafts import Answer
from bugglio.admin.roster.sheets import Sheet, Unfit
from bugglio.admin.shapes import settings
from bugglio.roster import DEFAULT_TEXT, Team
from bugglio.rosterfile import Tree, sample
from bugglio.rosterfile.faults import Unfit as NoText
from bugglio.rosterfile.plain import team_tree
from bugglio.rosterfile.template import template
from bugglio.rosterfile.values import zones

if TYPE_CHECKING:
    from flask import Blueprint

    from bugglio.admin.office import Office


def register(part: "Blueprint", office: "Office") -> None:
    """Add its pages."""

    @part.route("/roster/new-team", methods=["GET", "POST"])
    def new_team() -> Answer:
        return _new(office)

    @part.get("/roster/new-team/<team>")
    def added_team(team: str) -> Answer:
        """Where the preview of a new team leads: to its page, once there is one."""
        known = team in sheets.sheet(office).book.teams
        return redirect(url_for("roster.team", team=team) if known else url_for("roster.index"), 303)

    @part.route("/roster/teams/<team>/settings", methods=["GET", "POST"])
    def settings(team: str) -> Answer:
        return _settings(office, team)


def _new(office: "Office") -> Answer:
    sheet, key = sheets.sheet(office), request.form.get("id", "").strip()
    fields = settings.filled(request.form)

    def draw(unfit: Unfit | None) -> str:
        return _form(sheet, key, None, fields, unfit)

    def change(tree: Tree) -> None:
        asking.new(tree["teams"], ("teams",), key, settings.put({}, fields))

    if request.method == "GET" or not asking.asked({}, str):
        return draw(None)
    return asking.proposed(office, change, draw, done=f"Team {key} was added.", then=_added(key))


def _added(team: str) -> str:
    """Where to go when it is there; without an id, with which no preview agrees, to the roster."""
    return url_for("roster.added_team", team=team) if team else url_for("roster.index")


def _settings(office: "Office", key: str) -> Answer:
    sheet = sheets.sheet(office)
    team = asking.team_in(sheet.book, key)
    sent = request.method == "POST"
    fields = settings.filled(request.form) if sent else settings.shown(team_tree(team))

    def draw(unfit: Unfit | None) -> str:
        return _form(sheet, key, team, fields, unfit)

    def change(tree: Tree) -> None:
        tree["teams"][key] = settings.put(tree["teams"][key], fields)

    if not sent or not asking.asked({}, str):
        return draw(None)
    return asking.proposed(office, change, draw, done=f"Team {key} was changed.", then=url_for("roster.team", team=key))


def _form(sheet: Sheet, key: str, team: Team | None, fields: dict[str, str], unfit: Unfit | None) -> str:
    """The form of a team's settings; of a new one, with its id."""
    return render_template(
        "roster/settings.html",
        key=key,
        team=team,
        fields=fields,
        faults={**{name: asking.below(unfit, "teams", key, name) for name in settings.KEYS}, **_projects(unfit)},
        id_faults=asking.exactly(unfit, "teams", key),
        unfit=unfit,
        version=sheet.version,
        zones=sorted(zones()),
        plain=settings.plain(),
        sample=_sample(team or Team(key), fields["text"]),
    )


def _projects(unfit: Unfit | None) -> dict[str, list[str]]:
    """Faults of projects; of one that two teams have, the later one is at fault, whoever typed it."""
    found = [one for one in unfit.faults if one.path[2:3] == ("projects",)] if unfit else []
    return {"projects": [sheets.sentence(one.said) for one in found]}


def _sample(team: Team, text: str) -> str:
    """A page with the text that was typed; empty where it is none."""
    try:
        return sample(msgspec.structs.replace(team, text=template(text) if text else DEFAULT_TEXT))
    except NoText:
        return ""
