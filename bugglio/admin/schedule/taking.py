"""What somebody does about shifts: takes a span over, is off, asks a colleague. It does the same as by text."""

import re
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from bugglio.admin.schedule import mine, spans
from bugglio.admin.schedule.looking import arranged
from bugglio.admin.schedule.words import Teller
from bugglio.admin.viewing import Viewer, viewer
from bugglio.dialogue.stints import Stint, stints
from bugglio.dialogue.trading import rotation_of_step_one
from bugglio.grammar import Command
from bugglio.pager.presses import Press
from bugglio.roster import DAY, Roster

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from bugglio.admin.office import Office

ASKED = 40
"""So many colleagues are listed."""
YEAR = 365 * DAY
"""Nothing is arranged for later."""
_TOKEN = re.compile(r"[0-9a-f]{16}")


def add(part: Blueprint, office: "Office") -> None:
    """The pages of everybody."""

    @part.get("/schedule/take")
    def take() -> str:
        return _form(office, arranged(office, viewer()), "")

    @part.post("/schedule/take")
    def taken() -> "AnyResponse | tuple[str, int]":
        seen, team = viewer(), request.form.get("team", "")
        roster = arranged(office, seen)
        if team not in roster.teams_naming(seen.who.id):
            abort(403)
        zone = _zone(roster, seen, team)
        span = spans.asked(request.form, seen.now, zone)
        if isinstance(span, str):
            return _form(office, roster, span), 422
        words = spans.words(request.form, seen.now, zone)
        return _pressed(office, seen, Command("take", rest=f"{team} {words}"), team)

    @part.get("/schedule/hand")
    def hand() -> str:
        seen = viewer()
        roster = arranged(office, seen)
        shift = _shift(roster, seen)
        people = mine.candidates(roster, shift, seen.who.id)
        return render_template(
            "schedule_hand.html",
            shift=shift,
            owner=_owner(roster, shift),
            people=people[:ASKED],
            more=len(people) - ASKED,
            teller=Teller(roster, seen.now, seen.zone),
            once=office.kit.token(),
        )

    @part.post("/schedule/hand")
    def handed() -> "AnyResponse":
        """Ask a colleague to take it, or leave it to whoever follows."""
        seen = viewer()
        roster = arranged(office, seen)
        shift, to = _shift(roster, seen), request.form.get("to", "")
        if to and to not in roster.engineers:
            abort(404)
        words = spans.between(max(shift.start, seen.now), shift.end, seen.now, _zone(roster, seen, shift.team))
        command = Command("cover", rest=f"{to} {words}") if to else Command("off", rest=f"{shift.team} {words}")
        return _pressed(office, seen, command, shift.team)

    @part.post("/schedule/undo")
    def undo() -> "AnyResponse":
        """Take back what they changed last about shifts."""
        team, at = request.form.get("team", ""), request.form.get("undoes", "")
        if not spans.INSTANT.fullmatch(at):
            abort(400)
        return _pressed(office, viewer(), Command("undo"), team, int(at))


def _form(office: "Office", roster: Roster, fault: str) -> str:
    seen, own = viewer(), roster.teams_naming(viewer().who.id)
    places = {name: rotation_of_step_one(roster.team(name)) for name in own}
    return render_template(
        "schedule_take.html",
        places={name: rotation for name, rotation in places.items() if rotation},
        given=spans.prefilled(request.values, seen.now, seen.zone),
        fault=fault,
        zone=roster.zone_for(seen.who.id) or "the team",
        once=office.kit.token(),
    )


def _pressed(office: "Office", seen: Viewer, command: Command, team: str, undoes: int = 0) -> "AnyResponse":
    """Do it, once for each form that was shown, and tell what came of it."""
    once = request.form.get("once", "")
    if not _TOKEN.fullmatch(once):
        abort(400)
    answer = office.conversation.press(Press(once, seen.who.id, command, undoes=undoes))
    flash(answer.said, "message" if answer.changed else "error")
    return redirect(url_for("schedule.index", team=team or None), 303)


def _shift(roster: Roster, seen: Viewer) -> Stint:
    """The shift that is asked about, as far as it is not over."""
    given = request.values
    team, rotation, start, end = (given.get(name, "") for name in ("team", "rotation", "start", "end"))
    if team not in roster.teams or rotation not in roster.team(team).rotations:
        abort(404)
    if not spans.INSTANT.fullmatch(start) or not spans.INSTANT.fullmatch(end) or int(end) <= max(int(start), seen.now):
        abort(404)
    return Stint(team, rotation, max(int(start), seen.now), min(int(end), seen.now + YEAR), seen.who.id)


def _owner(roster: Roster, shift: Stint) -> str | None:
    """Whose it is, at its beginning."""
    first = next(stints(roster, shift.team, shift.rotation, shift.start, shift.end), None)
    return first.engineer if first is not None else None


def _zone(roster: Roster, seen: Viewer, team: str) -> str:
    """By whose clock a time is understood, as in a text: their own, else the team's."""
    return roster.zone_for(seen.who.id) or roster.team(team).timezone
