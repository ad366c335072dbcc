"""Who looks at a page: every request is refused, or sent to the login, before a page is asked anything."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from flask import abort, flash, g, redirect, request, session, url_for

from bugglio.roster import Engineer, Roster

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from bugglio.admin.office import Office

P = ParamSpec("P")
R = TypeVar("R")

FILES = ("static", "style")
"""Endpoints of what is not a page: nobody's session is asked for."""
ADMINS_ONLY = "admins_only"
"""Attribute by which the views of `admins_only` are known."""
LOST = "You are not logged in any more. Nothing was changed: log in, and do it once more."
"""To whoever sends a form after their session has ended, in another tab perhaps."""
OPEN = "login."
"""With what endpoints begin that may be asked for without a session."""


@dataclass(frozen=True)
class Viewer:
    """Who looks, and when."""

    who: Engineer
    roster: Roster
    now: int
    """In the store's time, milliseconds."""

    @property
    def zone(self) -> str:
        """By whose clock the page tells times."""
        return self.roster.zone_for(self.who.id) or "UTC"

    @property
    def teams(self) -> list[str]:
        """The ids of their teams; an admin has all."""
        return list(self.roster.teams) if self.who.admin else list(self.roster.teams_of(self.who.id))


def viewer() -> Viewer:
    """Who looks; only behind the guard."""
    found = current()
    if found is None:
        abort(403)
    return found


def current() -> Viewer | None:
    """Who looks, if anybody is logged in."""
    found: Viewer | None = g.get("viewer")
    return found


def look(office: "Office") -> "Callable[[], AnyResponse | None]":
    """Finds out who looks, before each request; whoever is not logged in is asked to."""

    def guard() -> "AnyResponse | None":
        g.viewer = None
        if request.endpoint in FILES:
            return None
        _find(office)
        if current() is not None or (request.endpoint or "").startswith(OPEN):
            return None
        if request.endpoint is None:
            abort(404)
        there = request.full_path if request.method == "GET" else None
        if there is None:
            flash(LOST, "error")
        return redirect(url_for("login.ask", next=there))

    return guard


def _find(office: "Office") -> None:
    held = session.get("id")
    found = office.logins.session(str(session.get("who", "")), str(held)) if held else None
    if found is None:
        return
    g.viewer = Viewer(found.who, found.roster, found.at)


def admins_only(page: Callable[P, R]) -> Callable[P, R]:
    """A page that only admins may ask for, or post to."""

    @wraps(page)
    def guarded(*values: P.args, **named: P.kwargs) -> R:
        if not viewer().who.admin:
            abort(403)
        return page(*values, **named)

    setattr(guarded, ADMINS_ONLY, True)
    return guarded
