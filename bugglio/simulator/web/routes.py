"""The simulator's own addresses, below `/simulator`."""

from typing import TYPE_CHECKING

from flask import Blueprint, Response, send_from_directory
from flask.typing import RouteCallable

from bugglio.simulator.web.errors import Errors
from bugglio.simulator.web.events import Events
from bugglio.simulator.web.misbehaviours import Misbehaviours
from bugglio.simulator.web.page import Page
from bugglio.simulator.web.phones import Phones
from bugglio.style import FOLDER

if TYPE_CHECKING:
    from bugglio.simulator.core import Simulator


def blueprint(simulator: "Simulator") -> Blueprint:
    """Build the routes; each endpoint is named as its view."""
    routes = Blueprint(
        "simulator", __name__, template_folder="templates", static_folder="static", static_url_path="/static"
    )
    for method, path, view in _views(simulator):
        routes.add_url_rule(path, view_func=view, methods=[method])
    return routes


def _views(simulator: "Simulator") -> tuple[tuple[str, str, RouteCallable], ...]:
    page, phones = Page(simulator), Phones(simulator)
    misbehaviours, events = Misbehaviours(simulator), Events(simulator)
    return (
        ("GET", "", page.page),
        ("GET", "/", page.page),
        ("GET", "/style.css", style),
        ("GET", "/news", page.news),
        ("GET", "/messages", phones.messages),
        ("GET", "/calls", phones.calls),
        ("POST", "/texts", phones.post_text),
        ("POST", "/phones", phones.post_phone),
        ("GET", "/misbehave", misbehaviours.misbehaviours),
        ("POST", "/misbehave", misbehaviours.misbehave),
        ("GET", "/events", events.events),
        ("POST", "/events", events.post_event),
        ("GET", "/errors", Errors(simulator).errors),
    )


def style() -> Response:
    """Answer the style that the admin pages have too."""
    return send_from_directory(FOLDER, "base.css")
