"""Bugsnag's projects that were seen, and which team answers for each; events that opened nothing, and why."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template, request, url_for

from bugglio import remedies
from bugglio.admin import cursors
from bugglio.admin.roster import asking, sheets
from bugglio.admin.roster.drafts import Answer
from bugglio.admin.roster.sheets import Unfit
from bugglio.admin.shapes import projects
from bugglio.roster import EVERY_PROJECT, Roster
from bugglio.rosterfile import Tree
from bugglio.store import Document

if TYPE_CHECKING:
    from flask import Blueprint

    from bugglio.admin.office import Office

AT_ONCE = 50
"""Documents that a page lists."""
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,99}")


@dataclass(frozen=True)
class Seen:
    """A project that was seen."""

    key: str
    """Of its document."""
    id: str
    name: str
    account: str
    since: int | None
    """When it was first seen."""
    team: str
    """Which team answers for it; empty: none, so the last resort does."""
    named: bool
    """The team names it; otherwise it takes what no team names."""


def register(part: "Blueprint", office: "Office") -> None:
    """Add its pages."""

    @part.get("/roster/projects")
    def projects() -> str:
        return _projects(office, None)

    @part.post("/roster/projects")
    def assign() -> Answer:
        return _assigned(office)

    @part.get("/roster/unrouted")
    def unrouted() -> str:
        found, more = _listed(office, "unrouted", "last")
        told = [(one.fields, remedies.of_event(str(one.fields.get("reason", "")))) for one in found]
        return render_template("roster/unrouted.html", found=told, more=more)


def _listed(office: "Office", collection: str, field: str) -> tuple[list[Document], str]:
    """The newest, from where the address says; and where the list goes on."""
    after = cursors.from_text(request.args.get("after", ""), collection, field)
    found = office.kit.store.query(collection, field, limit=AT_ONCE, after=after, descending=True)
    more = cursors.to_text(found[-1], field) if len(found) == AT_ONCE else ""
    return found, more


def _projects(office: "Office", unfit: Unfit | None, listed: tuple[list[Document], str] | None = None) -> str:
    sheet = sheets.sheet(office)
    roster = sheets.roster_in(sheet.book, sheet.version)
    found, more = listed or _listed(office, "projects", "seen")
    return render_template(
        "roster/projects.html",
        projects=[_seen(roster, sheet.book.teams, one) for one in found],
        more=more,
        teams=sheet.book.teams,
        others=next((key for key, team in sheet.book.teams.items() if EVERY_PROJECT in team.projects), ""),
        last_resort=roster.last_resort,
        ticked=request.form.getlist("project"),
        typed=request.form,
        version=sheet.version,
        unfit=unfit,
        faults={name: asking.exactly(unfit, name) for name in ("teams", "projects")},
    )


def _seen(roster: Roster, teams: Collection[str], one: Document) -> Seen:
    id_, name = _called(one)
    team = roster.team_of(name, id_)
    return Seen(
        key=one.id,
        id=id_,
        name=name,
        account=str(one.fields.get("account", "")),
        since=one.fields.get("seen"),
        team=team.id if team.id in teams else "",
        named=id_ in team.projects or name in team.projects,
    )


def _called(one: Document) -> tuple[str, str]:
    """The id and the name of a project; either may be empty."""
    return str(one.fields.get("id") or ""), str(one.fields.get("name") or "")


def _assigned(office: "Office") -> Answer:
    listed = _listed(office, "projects", "seen")
    if sheets.again():
        return _projects(office, None, listed)
    team, by_id = request.form.get("team", "").strip(), request.form.get("by") == "id"
    chosen = _chosen(office, listed[0])

    def change(tree: Tree) -> None:
        _check(tree, team, chosen)
        for one in chosen:
            projects.give(tree["teams"], one, team, by_id=by_id)

    then = url_for("roster.projects")
    done = f"{_counted(len(chosen))} given to {team or 'no team'}."
    return asking.proposed(office, change, lambda unfit: _projects(office, unfit, listed), done=done, then=then)


def _counted(projects: int) -> str:
    return "1 project was" if projects == 1 else f"{projects} projects were"


def _chosen(office: "Office", shown: Sequence[Document]) -> list[tuple[str, str]]:
    """Ids and names of the projects that were ticked; what the page no longer shows is read."""
    keys = [key for key in dict.fromkeys(request.form.getlist("project")) if _KEY.fullmatch(key)][:AT_ONCE]
    found = {one.id: one for one in shown}
    missing = [f"projects/{key}" for key in keys if key not in found]
    found |= {one.id: one for one in office.kit.store.get(missing).documents.values()} if missing else {}
    return [_called(found[key]) for key in keys if key in found]


def _check(tree: Tree, team: str, chosen: Sequence[tuple[str, str]]) -> None:
    if not chosen:
        raise sheets.Unfitting(("projects",), "found no project that is ticked, expected at least one.")
    if team and team not in tree["teams"]:
        raise sheets.Unfitting(("teams",), f"found `{team}`, expected the id of a team, or nothing.")
