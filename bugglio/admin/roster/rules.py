"""The rules of a team."""

from typing import TYPE_CHECKING

from flask import render_template, request, url_for

from bugglio.admin.roster import asking, sheets
from bugglio.admin.roster.drafts import Answer
from bugglio.admin.roster.sheets import Unfit
from bugglio.admin.shapes import rules
from bugglio.admin.shapes.rows import put, rows_in
from bugglio.roster import DEFAULT, Team
from bugglio.rosterfile import Path, Tree, deciding
from bugglio.rosterfile.plain import rule_tree
from bugglio.rosterfile.words import DAYS

if TYPE_CHECKING:
    from flask import Blueprint

    from bugglio.admin.office import Office

EXAMPLES = {
    "stage": "staging, test*",
    "severity": "warning, info",
    "class": "ActionController::*",
    "context": "cart#*",
    "message": "*timeout*",
    "project": "checkout-api",
    "version": "4.*",
    "trigger": "reopened",
}


def register(part: "Blueprint", office: "Office") -> None:
    """Add its page."""

    @part.route("/roster/teams/<team>/rules", methods=["GET", "POST"])
    def rules(team: str) -> Answer:
        return _rules(office, team)


def _rules(office: "Office", key: str) -> Answer:
    sheet = sheets.sheet(office)
    team = asking.team_in(sheet.book, key)
    rows = rows_in(request.form, "rule") if request.method == "POST" else rules.shown([*map(rule_tree, team.rules)])

    def change(tree: Tree) -> None:
        put(tree["teams"][key], "rules", rules.put(rows))

    def draw(unfit: Unfit | None) -> str:
        where = ("teams", key, "rules")
        return render_template(
            "roster/rules.html",
            team=team,
            rows_shown=rows,
            patterns=rules.PATTERNS,
            examples=EXAMPLES,
            outcomes=[(one, one) for one in _outcomes(team)],
            names={"severity": deciding.SEVERITIES, "trigger": deciding.TRIGGERS},
            days=DAYS,
            version=sheet.version,
            unfit=unfit,
            faults=asking.by_row(unfit, where, len(rows), ("then",)),
            asked=[_asked(unfit, where, at) for at in range(len(rows))],
        )

    if request.method == "GET" or not asking.asked({"rule": rows}, lambda: rules.tidied(rows)):
        return draw(None)
    done, then = f"The rules of {key} were changed.", url_for("roster.team", team=key)
    return asking.proposed(office, change, draw, done=done, then=then)


def _asked(unfit: Unfit | None, where: Path, at: int) -> dict[str, list[str]]:
    """The sentences about each condition of a rule."""
    return {key: asking.below(unfit, *where, at, "if", key) for key in rules.CONDITIONS}


def _outcomes(team: Team) -> list[str]:
    return [*deciding.OUTCOMES, *(f"{rules.STEPS}{name}" for name in (DEFAULT, *team.lists))]
