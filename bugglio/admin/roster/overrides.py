"""The overrides that the roster file plans for a team."""

from typing import TYPE_CHECKING

from flask import render_template, request, url_for

from bugglio.admin.roster import asking, sheets
from bugglio.admin.roster.drafts import Answer
from bugglio.admin.roster.sheets import Unfit
from bugglio.admin.shapes import names, overrides
from bugglio.admin.shapes.rows import put, rows_in
from bugglio.rosterfile import Tree
from bugglio.rosterfile.plain import override_tree

if TYPE_CHECKING:
    from flask import Blueprint

    from bugglio.admin.office import Office


def register(part: "Blueprint", office: "Office") -> None:
    """Add its page."""

    @part.route("/roster/teams/<team>/overrides", methods=["GET", "POST"])
    def overrides(team: str) -> Answer:
        return _overrides(office, team)


def _overrides(office: "Office", key: str) -> Answer:
    sheet = sheets.sheet(office)
    team, people = asking.team_in(sheet.book, key), sheet.book.engineers
    rows = (
        rows_in(request.form, "override")
        if request.method == "POST"
        else overrides.shown([*map(override_tree, team.overrides)])
    )

    def change(tree: Tree) -> None:
        put(tree["teams"][key], "overrides", overrides.put(rows, names.known(people)))

    def draw(unfit: Unfit | None) -> str:
        where = ("teams", key, "overrides")
        return render_template(
            "roster/overrides.html",
            team=team,
            rows_shown=rows,
            choices=[("", "all of the team's"), *((name, name) for name in team.rotations)],
            people=people,
            version=sheet.version,
            unfit=unfit,
            faults=asking.by_row(unfit, where, len(rows), overrides.KEYS),
        )

    if request.method == "GET" or not asking.asked({"override": rows}, lambda: overrides.tidied(rows)):
        return draw(None)
    done, then = f"The overrides of {key} were changed.", url_for("roster.team", team=key)
    return asking.proposed(office, change, draw, done=done, then=then)
