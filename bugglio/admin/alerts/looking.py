"""The lists of alerts, and the page of one."""

import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, render_template, request, url_for

from bugglio import deeds
from bugglio.admin import cursors
from bugglio.admin.alerts import offering, standing, telling
from bugglio.admin.alerts.asking import Asked, asked, kept
from bugglio.admin.keys import is_key
from bugglio.admin.saying import person
from bugglio.admin.viewing import Viewer, viewer
from bugglio.alert import STANDS, Alert
from bugglio.crew import crew_of
from bugglio.pager.browsing.alerts import CLOSINGS, Listed, listed, span
from bugglio.pager.browsing.story import by_code, story
from bugglio.pager.reading import phone_of
from bugglio.roster import UNOWNED, Roster

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from bugglio.admin.office import Office


OWN = 8
"""So many of their teams somebody is led to at once."""


def add(part: Blueprint, office: "Office") -> None:
    """What can be looked at."""
    store = office.kit.store

    @part.get("/alerts")
    def index() -> tuple[str, int]:
        looks = viewer()
        question = asked(request.args, looks.zone)
        if question.faults:
            return _index(question, Listed([], "", [], None, None), looks), 400
        field = span(question.wanted).field
        after, before = (cursors.from_text(request.args.get(name, ""), "alerts", field) for name in ("after", "before"))
        last = offering.latest(phone_of(store, looks.who), looks.now)
        return _index(question, listed(store, question.wanted, after, before), looks, last), 200

    @part.get("/alerts/<key>")
    def show(key: str) -> str:
        found = story(store, key, viewer().who) if is_key(key) else None
        if found is None:
            abort(404)
        looks, alert = viewer(), found.alert
        return render_template(
            "alert.html",
            key=key,
            alert=alert,
            state=standing.state(alert),
            said=standing.standing(alert, crew_of(looks.roster, alert.team)),
            lines=telling.timeline(found),
            steps=telling.steps(alert),
            times_through=telling.times_through(alert),
            offered=offering.offered(alert, looks.who, looks.roster, found.at),
            undoing=offering.undoing(found, looks.who),
            people=_people(alert, looks.roster),
            upstream=office.kit.tracker is not None and bool(alert.error_id),
            link=_link(alert.url),
            token=secrets.token_hex(8),
        )

    @part.get("/alerts/code/<int:code>")
    def find(code: int) -> "AnyResponse":
        key = by_code(store, code) if 0 < code < 10**9 else ""
        if not key:
            abort(404)
        return redirect(url_for("alerts.show", key=key))


def _index(question: Asked, found: Listed, looks: Viewer, undoing: offering.Undoing | None = None) -> str:
    moments = [question.wanted.moment(one) for one in found.looked_at]
    return render_template(
        "alerts.html",
        asked=question,
        found=found,
        rows=[(key, alert, standing.state(alert), _whose(alert)) for key, alert in found.rows],
        mine={key for key, one in found.rows if one.is_open and deeds.is_theirs(one, looks.who, looks.roster)},
        span=(min(moments), max(moments)) if moments else None,
        teams=_teams(looks.roster, question.wanted.team),
        own=[] if looks.who.admin else looks.teams[:OWN],
        states=_states(past=question.wanted.past),
        further=_address(question, "after", cursors.to_text(found.further, found.field)) if found.further else "",
        back=_address(question, "before", cursors.to_text(found.back, found.field)) if found.back else "",
        here=url_for("alerts.act_together", **kept(request.args)),  # type: ignore[arg-type]  # these are no options of its
        undoing=undoing,
        token=secrets.token_hex(8),
    )


def _address(question: Asked, name: str, cursor: str) -> str:
    given = {field: value for field, value in question.fields.items() if value}
    return url_for("alerts.index", **{**given, name: cursor})  # type: ignore[arg-type]  # these are no options of its


def _states(*, past: bool) -> list[tuple[str, str]]:
    if past:
        return [(one, standing.CLOSED_AS[one]) for one in CLOSINGS]
    return [(one, standing.STATES[one][0]) for one in STANDS]


def _teams(roster: Roster, chosen: str) -> list[tuple[str, str]]:
    """All teams, and what belongs to none; one that is gone while it is asked for."""
    known = {name: name for name in sorted(roster.teams)} | {UNOWNED.id: "no team"}
    return list((known | ({chosen: chosen} if chosen and chosen not in known else {})).items())


def _whose(alert: Alert) -> str:
    """Who has it, or whom it waits for."""
    if not alert.is_open:
        return f"by {person(alert.closed_by)}" if alert.closed_by else ""
    if alert.waits_for:
        return f"waits for {standing.people(alert.waits_for)}"
    return f"{person(alert.acknowledged_by)} has it" if alert.held_by else ""


def _people(alert: Alert, roster: Roster) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """To whom it can be passed: people of its team, and all others."""
    team = roster.team(alert.team).people
    known = sorted((one.name, one.id) for one in roster.engineers.values())
    return [pair for pair in known if pair[1] in team], [pair for pair in known if pair[1] not in team]


def _link(url: str) -> str:
    """An address that may be made a link: what came with an event is anybody's."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.hostname else ""
