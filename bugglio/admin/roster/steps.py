"""The lists of steps of a team: their forms, and removing one."""

from typing import TYPE_CHECKING

from flask import abort, render_template, request, url_for

from bugglio.admin.roster import asking, sheets
from bugglio.admin.roster.drafts import Answer
from bugglio.admin.roster.sheets import Sheet, Unfit
from bugglio.admin.shapes import names, steps
from bugglio.admin.shapes.rows import Row, rows_in
from bugglio.roster import DEFAULT, Team
from bugglio.rosterfile import Path, Tree
from bugglio.rosterfile.plain import team_tree

if TYPE_CHECKING:
    from flask import Blueprint

    from bugglio.admin.office import Office


def register(part: "Blueprint", office: "Office") -> None:
    """Add its pages."""

    @part.route("/roster/teams/<team>/new-steps", methods=["GET", "POST"])
    def new_steps(team: str) -> Answer:
        return _new(office, team)

    @part.route("/roster/teams/<team>/steps/<name>", methods=["GET", "POST"])
    def steps(team: str, name: str) -> Answer:
        return _edited(office, team, name)

    @part.post("/roster/teams/<team>/steps/<name>/remove")
    def remove_steps(team: str, name: str) -> Answer:
        return _removed(office, team, name)


def _new(office: "Office", key: str) -> Answer:
    sheet, name = sheets.sheet(office), request.form.get("id", "").strip()
    team = asking.team_in(sheet.book, key)
    rows = rows_in(request.form, "step") if request.method == "POST" else [Row()]
    known = names.known(sheet.book.engineers, team.rotations)

    def change(tree: Tree) -> None:
        found = steps.lists(tree["teams"][key])
        asking.new(found, ("teams", key, "steps"), name, steps.put(rows, known))
        tree["teams"][key] = steps.with_lists(tree["teams"][key], found)

    def draw(unfit: Unfit | None) -> str:
        return _form(sheet, team, name, rows, unfit, new=True)

    if request.method == "GET" or not asking.asked({"step": rows}, lambda: steps.tidied(rows)):
        return draw(None)
    then = url_for("roster.team", team=key)
    return asking.proposed(office, change, draw, done=f"The steps {name} were added.", then=then)


def _edited(office: "Office", key: str, name: str) -> Answer:
    sheet = sheets.sheet(office)
    team = asking.team_in(sheet.book, key)
    shown = steps.lists(team_tree(team)).get(name)
    if shown is None:
        abort(404)
    rows = rows_in(request.form, "step") if request.method == "POST" else steps.shown(shown)
    known = names.known(sheet.book.engineers, team.rotations)

    def change(tree: Tree) -> None:
        found = steps.lists(tree["teams"][key])
        found[name] = steps.put(rows, known)
        tree["teams"][key] = steps.with_lists(tree["teams"][key], found)

    def draw(unfit: Unfit | None) -> str:
        return _form(sheet, team, name, rows, unfit)

    if request.method == "GET" or not asking.asked({"step": rows}, lambda: steps.tidied(rows)):
        return draw(None)
    then = url_for("roster.team", team=key)
    return asking.proposed(office, change, draw, done=f"The steps of {key} were changed.", then=then)


def _removed(office: "Office", key: str, name: str) -> Answer:
    sheet = sheets.sheet(office)
    team = asking.team_in(sheet.book, key)
    if name not in team.lists:
        abort(404)

    def change(tree: Tree) -> None:
        found = steps.lists(tree["teams"][key])
        del found[name]
        tree["teams"][key] = steps.with_lists(tree["teams"][key], found)

    def draw(unfit: Unfit | None) -> str:
        return _form(sheet, team, name, steps.shown(steps.lists(team_tree(team))[name]), unfit)

    then = url_for("roster.team", team=key)
    return asking.proposed(office, change, draw, done=f"The steps {name} were removed.", then=then, back=False)


def _form(sheet: Sheet, team: Team, name: str, rows: list[Row], unfit: Unfit | None, *, new: bool = False) -> str:
    whole = ("teams", team.id, "steps")
    where: Path = (*whole, name) if new or team.lists else whole
    return render_template(
        "roster/steps.html",
        team=team,
        name=name,
        new=new,
        rows_shown=rows,
        people=sheet.book.engineers,
        version=sheet.version,
        unfit=unfit,
        removable=name in team.lists and not new,
        default=DEFAULT,
        id_faults=asking.exactly(unfit, *whole, name),
        faults=asking.by_row(unfit, where, len(rows), steps.KEYS),
    )
