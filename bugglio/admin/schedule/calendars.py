"""The addresses of calendar feeds: one's own, and those of teams. Looking makes none."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from bugglio.admin.viewing import Viewer, viewer
from bugglio.pager.feeds import ENGINEER, TEAM, Owner

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from bugglio.admin.office import Office

TEAMS = 10
"""So many teams' feeds are shown at once."""


@dataclass(frozen=True)
class Feed:
    """Whose feed it is, and where it is found."""

    owner: Owner
    name: str
    address: str
    """Empty: it has none yet."""

    @property
    def subscribing(self) -> str:
        """The same address, as calendars take it from a link."""
        return f"webcal:{self.address.partition(':')[2]}"


def add(part: Blueprint, office: "Office") -> None:
    """The page of the addresses."""

    @part.get("/schedule/calendars")
    def calendars() -> str:
        seen = viewer()
        owners = [Owner(ENGINEER, seen.who.id), *(Owner(TEAM, team) for team in _teams(seen))]
        found = zip(owners, office.feeds.given(owners), strict=True)
        feeds = [Feed(owner, _name(owner, seen), f"{office.public_url}{path}" if path else "") for owner, path in found]
        return render_template("schedule_calendars.html", feeds=feeds, teams=_allowed(seen))

    @part.post("/schedule/calendars")
    def make() -> "AnyResponse":
        seen = viewer()
        owner = Owner(request.form.get("kind", ""), request.form.get("owner", ""))
        if not _may(owner, seen):
            abort(403)
        if request.form.get("renew"):
            office.feeds.renew(owner.kind, owner.id)
            flash(f"{_name(owner, seen)} has a new address. The old one leads nowhere: subscribe again.")
        else:
            office.feeds.address_path(owner.kind, owner.id)
            flash(f"{_name(owner, seen)} has an address.")
        team = owner.id if owner.kind == TEAM else request.form.get("team") or None
        return redirect(url_for("schedule.calendars", team=team), 303)


def _allowed(seen: Viewer) -> list[str]:
    """The teams whose feeds somebody may see: their own; an admin any."""
    own = list(seen.roster.teams_naming(seen.who.id))
    return [*own, *(one for one in seen.roster.teams if one not in own)] if seen.who.admin else own


def _teams(seen: Viewer) -> list[str]:
    """The teams that are shown: the one asked for, or the first of them."""
    allowed, asked = _allowed(seen), request.args.get("team", "")
    return [asked] if asked in allowed else allowed[:TEAMS]


def _may(owner: Owner, seen: Viewer) -> bool:
    return owner == Owner(ENGINEER, seen.who.id) or (owner.kind == TEAM and owner.id in _allowed(seen))


def _name(owner: Owner, seen: Viewer) -> str:
    return "Your own calendar" if owner == Owner(ENGINEER, seen.who.id) else f"The calendar of {owner.id}"
