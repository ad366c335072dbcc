"""The Flask app: what is mounted where, what every answer carries, and how faults are told."""

from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from bugglio.simulator import api
from bugglio.simulator.api import bugsnag
from bugglio.simulator.errors import ApiError
from bugglio.simulator.operations import BugsnagFault
from bugglio.simulator.web.forms import Rejected
from bugglio.simulator.web.guard import guard
from bugglio.simulator.web.routes import blueprint

if TYPE_CHECKING:
    from bugglio.simulator.core import Simulator

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer a form's own Origin would be "null"
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_SENTENCES = {
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
    413: "That is more than one MiB.",
}
_MOST = 1 << 20


def build(simulator: "Simulator") -> Flask:
    """Build the app. It answers below `/simulator` and at Twilio's and Bugsnag's own paths."""
    app = Flask(__name__, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config["MAX_CONTENT_LENGTH"] = _MOST
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    _mount(app, simulator)
    app.before_request(partial(guard, simulator))
    app.after_request(_secure)
    app.register_error_handler(ApiError, api.refusal)
    app.register_error_handler(BugsnagFault, bugsnag.refusal)
    app.register_error_handler(Rejected, _rejection)
    app.register_error_handler(HTTPException, _http_fault)
    return app


def _mount(app: Flask, simulator: "Simulator") -> None:
    twilio = api.blueprint(simulator)
    app.register_blueprint(twilio, url_prefix="/2010-04-01", name="twilio")
    app.register_blueprint(twilio, url_prefix="/simulator/twilio/2010-04-01", name="twilio_below")
    services = api.messaging(simulator)
    app.register_blueprint(services, url_prefix="/v1", name="messaging")
    app.register_blueprint(services, url_prefix="/simulator/twilio/v1", name="messaging_below")
    tracker = bugsnag.blueprint(simulator)
    app.register_blueprint(tracker, name="bugsnag")
    app.register_blueprint(tracker, url_prefix=bugsnag.BELOW, name="bugsnag_below")
    app.register_blueprint(blueprint(simulator), url_prefix="/simulator")


def _rejection(fault: Rejected) -> tuple[Response, int]:
    return jsonify(error=str(fault)), fault.status


def _http_fault(fault: HTTPException) -> Any:
    if "/2010-04-01/" in request.path and isinstance(fault, NotFound | MethodNotAllowed):
        return api.refusal(ApiError(20404 if isinstance(fault, NotFound) else 20004, request.path))
    if request.path.startswith(("/projects/", "/organizations/", "/user/", f"{bugsnag.BELOW}/")):
        return bugsnag.refusal(BugsnagFault(fault.code or 500, str(fault.name)))
    status = fault.code or 500
    return jsonify(error=_SENTENCES.get(status, str(fault.name))), status


def _secure(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response
