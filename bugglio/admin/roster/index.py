"""The roster at a glance: the teams, who is on, and where all of it is changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template, request

from bugglio.admin.keys import number
from bugglio.admin.offhours import is_off
from bugglio.admin.roster import sheets
from bugglio.admin.viewing import viewer
from bugglio.roster import Roster, Team
from bugglio.schedule import Shift, timetable

if TYPE_CHECKING:
    from flask import Blueprint

    from bugglio.admin.office import Office

PAGE = 50
"""So many teams are shown at a time."""


def register(part: "Blueprint", office: "Office") -> None:
    """Add its page."""

    @part.get("/roster")
    def index() -> str:
        sheet, now = sheets.sheet(office), viewer().now
        # Whoever has just saved sees what they made.
        roster = sheets.roster_in(sheet.book, sheet.version)
        wanted, page = request.args.get("q", "").strip(), max(1, number(request.args.get("page", ""))) - 1
        matching = [team for team in roster.teams.values() if _fits(team, wanted.casefold())]
        return render_template(
            "roster/index.html",
            teams=rows(roster, matching[page * PAGE : (page + 1) * PAGE], now),
            count=len(matching),
            all=len(roster.teams),
            wanted=wanted,
            page=page,
            pages=max(1, -(-len(matching) // PAGE)),
            engineers=len(sheet.book.engineers),
            last=roster.engineers[roster.last_resort],
            version=roster.version,
        )


@dataclass(frozen=True)
class Row:
    """A team, and who is on in each of its rotations."""

    team: Team
    duty: list[tuple[str, Shift, bool]]
    """Rotations, their shifts, and whether nobody is meant to be on."""


def rows(roster: Roster, teams: Sequence[Team], now: int) -> list[Row]:
    """These teams with who is on."""
    return [Row(team, [_duty(roster, team, key, now) for key in team.rotations]) for team in teams]


def _duty(roster: Roster, team: Team, key: str, now: int) -> tuple[str, Shift, bool]:
    shift = timetable(roster, team).shift(key, now)
    return key, shift, is_off(team, key, shift, now)


def _fits(team: Team, wanted: str) -> bool:
    return wanted in team.id or any(wanted in project.casefold() for project in team.projects)
