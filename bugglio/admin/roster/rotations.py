"""The rotations of a team: their forms, and removing one."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import abort, render_template, request, url_for

from bugglio.admin.roster import asking, sheets
from bugglio.admin.roster.drafts import Answer
from bugglio.admin.roster.sheets import Sheet, Unfit
from bugglio.admin.shapes import names, turns
from bugglio.admin.shapes.rows import Row
from bugglio.admin.shapes.turns import Turns
from bugglio.admin.viewing import viewer
from bugglio.roster import Team
from bugglio.rosterfile import Tree, forms
from bugglio.rosterfile.plain import rotation_tree
from bugglio.rosterfile.values import zones
from bugglio.rosterfile.words import DAYS
from bugglio.zones import zone_of

if TYPE_CHECKING:
    from flask import Blueprint

    from bugglio.admin.office import Office


def register(part: "Blueprint", office: "Office") -> None:
    """Add its pages."""

    @part.route("/roster/teams/<team>/new-rotation", methods=["GET", "POST"])
    def new_rotation(team: str) -> Answer:
        return _new(office, team)

    @part.route("/roster/teams/<team>/rotations/<rotation>", methods=["GET", "POST"])
    def rotation(team: str, rotation: str) -> Answer:
        return _edited(office, team, rotation)

    @part.post("/roster/teams/<team>/rotations/<rotation>/remove")
    def remove_rotation(team: str, rotation: str) -> Answer:
        return _removed(office, team, rotation)


def _new(office: "Office", team_id: str) -> Answer:
    sheet, key = sheets.sheet(office), request.form.get("id", "").strip()
    team = asking.team_in(sheet.book, team_id)
    fields = turns.filled(request.form) if request.method == "POST" else _fresh(team)

    def change(tree: Tree) -> None:
        rotations = tree["teams"][team_id].setdefault("rotations", {})
        asking.new(rotations, ("teams", team_id, "rotations"), key, turns.put({}, fields))

    def draw(unfit: Unfit | None) -> str:
        return _form(sheet, team, key, fields, unfit, new=True)

    return _answered(office, sheet, fields, change, draw, f"Rotation {key} was added.", team_id)


def _edited(office: "Office", team_id: str, key: str) -> Answer:
    sheet = sheets.sheet(office)
    team = asking.team_in(sheet.book, team_id)
    known = team.rotations.get(key) or abort(404)
    fields = turns.filled(request.form) if request.method == "POST" else turns.shown(rotation_tree(known))

    def change(tree: Tree) -> None:
        rotations = tree["teams"][team_id]["rotations"]
        rotations[key] = turns.put(rotations[key], fields)

    def draw(unfit: Unfit | None) -> str:
        return _form(sheet, team, key, fields, unfit)

    return _answered(office, sheet, fields, change, draw, f"Rotation {key} was changed.", team_id)


def _answered(
    office: "Office", sheet: Sheet, fields: Turns, change: Any, draw: asking.Draw, done: str, team: str
) -> Answer:
    known = names.known(sheet.book.engineers)

    def tidied() -> None:
        turns.tidied(fields)
        for one in fields.engineers:
            one.fields["who"] = [known(one.get("who"))]

    if request.method == "GET" or not asking.asked(fields.rows, tidied):
        return draw(None)
    return asking.proposed(office, change, draw, done=done, then=url_for("roster.team", team=team))


def _removed(office: "Office", team_id: str, key: str) -> Answer:
    sheet = sheets.sheet(office)
    team = asking.team_in(sheet.book, team_id)
    known = team.rotations.get(key) or abort(404)

    def change(tree: Tree) -> None:
        rotations = tree["teams"][team_id]["rotations"]
        del rotations[key]
        if not rotations:
            del tree["teams"][team_id]["rotations"]

    def draw(unfit: Unfit | None) -> str:
        return _form(sheet, team, key, turns.shown(rotation_tree(known)), unfit)

    done, then = f"Rotation {key} was removed.", url_for("roster.team", team=team_id)
    return asking.proposed(office, change, draw, done=done, then=then, back=False)


def _fresh(team: Team) -> Turns:
    """What stands in the form of a new rotation: turns change on Mondays at nine, and the first one is on at once."""
    today = datetime.fromtimestamp(viewer().now / 1000, zone_of(team.timezone))
    monday = (today - timedelta(days=today.weekday())).replace(hour=9, minute=0)
    return Turns(starts=forms.moment(monday), engineers=[Row()])


def _form(sheet: Sheet, team: Team, key: str, fields: Turns, unfit: Unfit | None, *, new: bool = False) -> str:
    where = ("teams", team.id, "rotations", key)
    return render_template(
        "roster/rotation.html",
        team=team,
        key=key,
        new=new,
        fields=fields,
        leaders=[name for name, one in team.rotations.items() if not one.next_of and name != key],
        people=sheet.book.engineers,
        days=DAYS,
        zones=sorted(zones()),
        version=sheet.version,
        unfit=unfit,
        id_faults=asking.exactly(unfit, *where),
        faults={name: asking.below(unfit, *where, name) for name in turns.KEYS},
        whole={name: asking.exactly(unfit, *where, name) for name in turns.KEYS},
        engineer_faults=[asking.below(unfit, *where, "engineers", at) for at in range(len(fields.engineers))],
        window_faults=[asking.below(unfit, *where, "hours", which) for which in turns.hours(fields.windows)],
    )
