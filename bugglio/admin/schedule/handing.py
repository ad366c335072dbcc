"""Admins put somebody on, or take an override away: first what that comes to, then a second press makes it so."""

import re
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from bugglio.admin.schedule import spans
from bugglio.admin.schedule.consequences import NOBODY, done, shown
from bugglio.admin.schedule.looking import arranged
from bugglio.admin.viewing import Viewer, admins_only, viewer
from bugglio.pager.overriding import Overriding, Refused
from bugglio.roster import Cover, Roster

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from bugglio.admin.office import Office

_TOKEN = re.compile(r"[0-9a-f]{16}")
_KEY = re.compile(r"[A-Za-z0-9._-]{1,100}")


def add(part: Blueprint, office: "Office") -> None:
    """The pages of admins."""
    use = Overriding(office.kit)

    @part.get("/schedule/override")
    @admins_only
    def override() -> str:
        return _form(arranged(office, viewer()), "")

    @part.post("/schedule/override")
    @admins_only
    def preview() -> "str | tuple[str, int]":
        seen = viewer()
        span = spans.asked(request.form, seen.now, seen.zone)
        if isinstance(span, str):
            return _form(arranged(office, seen), span), 422
        cover = _cover(seen, span.start, span.end, office.kit.token())
        try:
            return shown(use.plan(cover), seen, url_for("schedule.put"))
        except Refused as refused:
            return _form(arranged(office, seen), str(refused)), 422

    @part.post("/schedule/override/put")
    @admins_only
    def put() -> "str | AnyResponse":
        seen = viewer()
        start, end, key = (request.form.get(name, "") for name in ("start", "end", "id"))
        if not spans.INSTANT.fullmatch(start) or not spans.INSTANT.fullmatch(end) or not _TOKEN.fullmatch(key):
            abort(400)
        cover = _cover(seen, int(start), int(end), key)
        return done(lambda mark: use.put(cover, seen.who, mark), lambda: use.plan(cover), seen, url_for("schedule.put"))

    @part.get("/schedule/override/remove")
    @admins_only
    def removal() -> "str | AnyResponse":
        key = _key(request.args.get("id", ""))
        try:
            return shown(use.plan_removal(key), viewer(), url_for("schedule.remove"), removes=True)
        except Refused as refused:
            flash(str(refused), "error")
            return redirect(url_for("schedule.index"), 303)

    @part.post("/schedule/override/remove")
    @admins_only
    def remove() -> "str | AnyResponse":
        seen, key = viewer(), _key(request.form.get("id", ""))
        return done(
            lambda mark: use.remove(key, seen.who, mark),
            lambda: use.plan_removal(key),
            seen,
            url_for("schedule.remove"),
            removes=True,
        )


def _key(text: str) -> str:
    return text if _KEY.fullmatch(text) else abort(400)


def _cover(seen: Viewer, start: int, end: int, key: str) -> Cover:
    form = request.form
    engineer = form.get("engineer", "")
    whom = None if engineer == NOBODY else engineer
    return Cover(key, form.get("team", ""), form.get("rotation", ""), start, end, whom, seen.now, seen.who.id)


def _form(roster: Roster, fault: str) -> str:
    """The form, with what is in it already."""
    seen, given = viewer(), request.values
    team = roster.teams.get(given.get("team", "")) or next(iter(roster.teams.values()), None)
    members = sorted((team.people if team is not None else frozenset()) & roster.engineers.keys())
    return render_template(
        "schedule_override.html",
        roster=roster,
        team=team,
        members=members,
        others=[one for one in roster.engineers if one not in members],
        given=spans.prefilled(given, seen.now, seen.zone),
        fault=fault,
        nobody=NOBODY,
    )
