"""The schedule as it is asked for: whose shifts, which teams, which weeks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request, url_for

from bugglio import phone as phones
from bugglio.admin.keys import number
from bugglio.admin.schedule import mine
from bugglio.admin.schedule.picture import sheet
from bugglio.admin.schedule.weeks import Weeks, weeks_of
from bugglio.admin.schedule.window import WEEKS, Window, window
from bugglio.admin.schedule.words import Teller
from bugglio.admin.viewing import Viewer, viewer
from bugglio.dialogue.dealing import takes_back
from bugglio.pager import covers
from bugglio.pager.overriding import Overriding
from bugglio.pager.reading import phone_in
from bugglio.roster import Roster

if TYPE_CHECKING:
    from bugglio.admin.office import Office

TEAMS = 10
"""So many teams are shown at once."""


@dataclass(frozen=True)
class Choice:
    """Which teams are shown, and which more there are."""

    teams: Sequence[str]
    mine: Sequence[str]
    one: str = ""
    """The team that was asked for alone."""
    all: bool = False
    page: int = 1
    pages: int = 1


def arranged(office: "Office", seen: Viewer) -> Roster:
    """The roster with what people arranged a moment ago, on whatever instance."""
    return covers.roster_with(seen.roster, office.kit.store.get([covers.PATH]))


def add(part: Blueprint, office: "Office") -> None:
    """The page of the schedule itself."""
    use = Overriding(office.kit)

    @part.get("/schedule")
    def index() -> str:
        seen = viewer()
        own = phones.phone_id(seen.who.phone)
        reading = office.kit.store.get([covers.PATH, phones.path(own)])
        roster = covers.roster_with(seen.roster, reading)
        weeks = window(request.args.get("from", ""), request.args.get("weeks", ""), seen.now, seen.zone)
        teller = Teller(roster, seen.now, seen.zone)
        choice = _choice(roster, seen)
        return render_template(
            "schedule.html",
            sheet=sheet(weeks, seen.now),
            choice=choice,
            shown=_shown(teller, choice, weeks),
            shifts=mine.coming(roster, seen.who.id, seen.now),
            latest=use.latest(choice.one) if choice.one else [],
            teams=list(roster.teams),
            undoing=takes_back(phone_in(reading, own), reading.at),
            once=office.kit.token(),
            teller=teller,
            address=_addresses(choice, weeks),
            lengths=WEEKS,
        )


def _shown(teller: Teller, choice: Choice, weeks: Window) -> list[Weeks]:
    return [weeks_of(teller, teller.roster.team(name), weeks) for name in choice.teams]


def _choice(roster: Roster, seen: Viewer) -> Choice:
    own, asked = roster.teams_naming(seen.who.id), request.args.get("team", "")
    if asked in roster.teams:
        return Choice([asked], own, one=asked)
    everything = request.args.get("show") == "all" or not own
    found = [*own, *(name for name in roster.teams if name not in own)] if everything else own
    pages = max(1, -(-len(found) // TEAMS))
    page = min(max(1, number(request.args.get("page", ""))), pages)
    return Choice(found[(page - 1) * TEAMS : page * TEAMS], own, all=everything, page=page, pages=pages)


class _Addresses:
    """The page's own address, with something else in it."""

    def __init__(self, kept: dict[str, Any]) -> None:
        self._kept = kept

    def __call__(self, **more: Any) -> str:
        kept = {name: value for name, value in {**self._kept, **more}.items() if value}
        return url_for("schedule.index", **kept)


def _addresses(choice: Choice, weeks: Window) -> _Addresses:
    kept = {"team": choice.one, "show": "all" if choice.all else "", "page": choice.page if choice.page > 1 else ""}
    asked = {"from": request.args.get("from") and weeks.first.isoformat()}
    return _Addresses({**kept, **asked, "weeks": weeks.weeks if weeks.weeks != WEEKS[0] else ""})
