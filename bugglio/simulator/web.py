"""The simulator over HTTP: Twilio's API, the page of phones, and what drives both."""

import ipaddress
import json
import re
import urllib.parse
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.wrappers import Response as AnyResponse

from bugglio.simulator import api
from bugglio.simulator.errors import ApiError
from bugglio.simulator.records import Call, Message
from bugglio.simulator.samples import SAMPLES
from bugglio.simulator.trouble import KINDS, Misbehaviour

if TYPE_CHECKING:
    from bugglio.simulator.core import Simulator

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
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
_MOST = 1 << 20


class Rejected(Exception):
    """What was asked of the simulator cannot be done; the text is the one sentence that says why."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def build(simulator: "Simulator") -> Flask:
    """Build the app. It answers below `/simulator` and at Twilio's own paths."""
    app = Flask(__name__, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config["MAX_CONTENT_LENGTH"] = _MOST
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    twilio = api.blueprint(simulator)
    app.register_blueprint(twilio, url_prefix="/2010-04-01", name="twilio")
    app.register_blueprint(twilio, url_prefix="/simulator/twilio/2010-04-01", name="twilio_below")
    app.register_blueprint(_routes(simulator), url_prefix="/simulator")
    app.before_request(lambda: _guard(simulator))
    app.after_request(_secure)
    app.register_error_handler(ApiError, api.refusal)
    app.register_error_handler(Rejected, lambda fault: (jsonify(error=str(fault)), fault.status))
    app.register_error_handler(HTTPException, _http_fault)
    return app


def _http_fault(fault: HTTPException) -> Any:
    if "/2010-04-01/" in request.path and isinstance(fault, NotFound | MethodNotAllowed):
        return api.refusal(ApiError(20404 if isinstance(fault, NotFound) else 20004, request.path))
    sentences = {404: "There is nothing at this address.", 405: "This address does not take this method."}
    sentences[413] = "That is more than one MiB."
    return jsonify(error=sentences.get(fault.code or 500, str(fault.name))), fault.code or 500


def _secure(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _guard(simulator: "Simulator") -> None:
    """
    Keep other sites' pages from driving the simulator through somebody's browser.

    A foreign Host is a name that was pointed at this machine; a foreign Origin is another site's form or script.
    """
    ours = urllib.parse.urlsplit(simulator.public_url).hostname
    host = _hostname(f"//{request.host}")
    if not _is_loopback(host) and host != ours:
        raise Rejected(403, "This address is not the simulator's.")
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "none")
    if site not in {"same-origin", "none"} or (origin is not None and _netloc(origin) != request.host):
        raise Rejected(403, "Another site may not do this.")


def _hostname(url: str) -> str:
    try:
        return (urllib.parse.urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _netloc(url: str) -> str:
    try:
        return urllib.parse.urlsplit(url).netloc
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _routes(simulator: "Simulator") -> Blueprint:
    routes = Blueprint(
        "simulator", __name__, template_folder="templates", static_folder="static", static_url_path="/static"
    )

    def page() -> str:
        return render_template("simulator.html", **_view(simulator))

    def messages() -> Response:
        since, to = _cursor(request.args.get("since")), request.args.get("to")
        cursor = simulator.change
        found = simulator.messages(to=to.replace(" ", "+", 1) if to else None, since=since)
        return jsonify(messages=[message.for_page() for message in found], cursor=cursor)

    def news() -> Response:
        since = _cursor(request.args.get("since"))
        cursor = simulator.change
        return jsonify(
            cursor=cursor,
            messages=[message.for_page() for message in simulator.messages(since=since)],
            calls=[call.for_page() for call in simulator.calls(since=since)],
            activity=[line.for_page() for line in simulator.activity(since) if line.change <= cursor],
            phones=simulator.phones(),
            misbehaving=[_told(one) for one in simulator.misbehaviours()],
        )

    def calls() -> Response:
        return jsonify(calls=[call.for_page() for call in simulator.calls()])

    def post_text() -> AnyResponse:
        told = _body()
        sender, body = _text(told, "from"), _text(told, "body")
        if not _NUMBER.fullmatch(sender):
            raise Rejected(400, "“from” must be a phone number such as +14155550101.")
        if sender == simulator.sender:
            raise Rejected(400, "“from” is bugglio's own number.")
        if not body.strip() or len(body) > 1600:
            raise Rejected(400, "“body” must be a text of 1 to 1,600 characters.")
        got = simulator.receive(sender, body)
        return _done(sid=got.sid, replies=list(got.replies), status=got.status, error_code=got.error_code)

    def post_phone() -> AnyResponse:
        number = re.sub(r"[\s().-]", "", _text(_body(), "number"))
        if not _NUMBER.fullmatch(number) or number == simulator.sender:
            raise Rejected(400, "That is not a phone number such as +14155550101.")
        simulator.add_phone(number)
        return _done(number=number)

    def misbehaviours() -> Response:
        active = [_told(one) for one in simulator.misbehaviours()]
        kinds = [
            {
                "kind": kind.name,
                "title": kind.title,
                "hint": kind.hint,
                "takes": kind.takes or None,
                "default": kind.default,
            }
            for kind in KINDS.values()
        ]
        return jsonify(active=active, kinds=kinds)

    def misbehave() -> AnyResponse:
        simulator.misbehave(_wanted(_body()))
        return _done(active=[_told(one) for one in simulator.misbehaviours()])

    def events() -> Response:
        return jsonify(events=[{"name": one.name, "title": one.title, "group": one.group} for one in SAMPLES.values()])

    def post_event() -> AnyResponse:
        told = _body()
        if "payload" in told:
            sent = simulator.send_event(_payload(told["payload"]))
        elif isinstance(told.get("sample"), str) and told["sample"] in SAMPLES:
            sent = simulator.event(told["sample"])
        else:
            raise Rejected(400, "“sample” must be a name from GET /simulator/events, or “payload” a JSON value.")
        return _done(status=sent.status, answer=_parsed(sent.answer), payload=sent.payload)

    routes.add_url_rule("", view_func=page)
    routes.add_url_rule("/", view_func=page, endpoint="page_below")
    routes.add_url_rule("/messages", view_func=messages)
    routes.add_url_rule("/news", view_func=news)
    routes.add_url_rule("/calls", view_func=calls)
    routes.add_url_rule("/texts", view_func=post_text, methods=["POST"])
    routes.add_url_rule("/phones", view_func=post_phone, methods=["POST"])
    routes.add_url_rule("/misbehave", view_func=misbehaviours)
    routes.add_url_rule("/misbehave", view_func=misbehave, methods=["POST"])
    routes.add_url_rule("/events", view_func=events)
    routes.add_url_rule("/events", view_func=post_event, methods=["POST"])
    return routes


def _view(simulator: "Simulator") -> dict[str, Any]:
    """What the page's template needs."""
    cursor = simulator.change
    phones = simulator.phones()
    threads: dict[str, list[dict[str, Any]]] = {number: [] for number in phones}
    records: list[Message | Call] = [*simulator.messages(), *simulator.calls()]
    for record in sorted(records, key=lambda one: one.created):
        inbound = isinstance(record, Message) and record.direction == "inbound"
        threads.setdefault(record.sender if inbound else record.to, []).append(record.for_page())
    return {
        "cursor": cursor,
        "phones": [(number, phones.get(number, ""), thread) for number, thread in threads.items()],
        "samples": _grouped(SAMPLES.values()),
        "kinds": _grouped(KINDS.values()),
        "active": {one.kind: one for one in simulator.misbehaviours()},
        "activity": [line.for_page() for line in reversed(simulator.activity()) if line.change <= cursor],
        "sender": simulator.sender,
    }


def _grouped(things: Any) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for thing in things:
        groups.setdefault(thing.group, []).append(thing)
    return groups


def _done(**facts: Any) -> AnyResponse:
    """Answer a request that changed something: JSON, or the page again for a form sent by a browser without scripts."""
    if not request.is_json and request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html":
        return redirect(url_for("simulator.page"), 303)
    return jsonify(facts)


def _body() -> dict[str, Any]:
    if not request.is_json:
        return dict(request.form.items())
    told = request.get_json(silent=True)
    if not isinstance(told, dict):
        raise Rejected(400, "The body must be a JSON object.")
    return told


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str):
        raise Rejected(400, f"“{name}” is missing.")
    return value


def _cursor(told: str | None) -> int:
    if told is None or told == "":
        return 0
    if not (told.isascii() and told.isdigit() and len(told) < 16):
        raise Rejected(400, "“since” must be a cursor from an earlier answer.")
    return int(told)


def _payload(told: Any) -> Any:
    """A form sends the payload as text."""
    if request.is_json:
        return told
    try:
        return json.loads(told)
    except ValueError:
        raise Rejected(400, "The payload is not JSON.") from None


def _parsed(answer: str) -> Any:
    try:
        return json.loads(answer)
    except ValueError:
        return answer


def _told(one: Misbehaviour) -> dict[str, Any]:
    return {"kind": one.kind, "times": one.times, "number": one.number, "code": one.code, "seconds": one.seconds}


def _wanted(told: dict[str, Any]) -> Misbehaviour | None:
    kind = told.get("kind")
    if "kind" in told and kind in (None, ""):
        return None
    if not isinstance(kind, str) or kind not in KINDS:
        raise Rejected(400, "“kind” must be a name from GET /simulator/misbehave, or null for none.")
    number = told.get("number") or None
    if number is not None and (not isinstance(number, str) or not _NUMBER.fullmatch(number)):
        raise Rejected(400, "“number” must be a phone number such as +14155550101.")
    times, code = _whole(told, "times", 1000), _whole(told, "code", 999_999)
    return Misbehaviour(kind, times, number, code, _seconds(told))


def _whole(told: dict[str, Any], name: str, most: int) -> int | None:
    value = told.get(name)
    if value in (None, ""):
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise Rejected(400, f"“{name}” must be a whole number from 0 to {most:,}.")
    return value


def _seconds(told: dict[str, Any]) -> float | None:
    value = told.get("seconds")
    if value in (None, ""):
        return None
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        seconds = -1
    if isinstance(value, bool) or not 0 <= seconds <= 3600:
        raise Rejected(400, "“seconds” must be a number from 0 to 3,600.")
    return seconds
