"""Twilio's REST API: Messages and Calls, create, list and fetch, with Basic authentication and Twilio's errors."""

import hmac
import re
import urllib.parse
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, request

from bugglio.simulator.errors import ApiError
from bugglio.simulator.records import Call, Message, new_sid

if TYPE_CHECKING:
    from bugglio.simulator.core import Simulator

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_REFUSING = ("500", "429", "refuse")
_SPOILING = ("accept-timeout", "accept-500", "accept-reset", "slow")


def blueprint(simulator: "Simulator") -> Blueprint:
    """Build the routes; they are mounted under `/2010-04-01` and `/simulator/twilio/2010-04-01`."""
    routes = Blueprint("twilio", __name__)

    def authorize() -> None:
        account = (request.view_args or {}).get("account", simulator.account_sid)
        told = request.authorization
        given = f"{told.username}:{told.password}" if told is not None and told.type == "basic" else ""
        wanted = f"{simulator.account_sid}:{simulator.auth_token}"
        if not hmac.compare_digest(given.encode(), wanted.encode()):
            raise ApiError(20003, headers={"WWW-Authenticate": 'Basic realm="Twilio API"'})
        if account != simulator.account_sid:
            raise ApiError(20003)

    routes.before_request(authorize)

    def post_message(account: str) -> Response:  # noqa: ARG001 - in the address, checked by `authorize`
        to = request.form.get("To", "")
        _refuse(simulator, to)
        check_message(simulator, request.form)
        return _spoiled(simulator, simulator.accept(request.form))

    def list_messages(account: str) -> Response:
        if simulator.trouble(["no-log"], request.args.get("To", "")):
            raise ApiError(20503)
        return jsonify(
            _page(simulator.listed(_filter(request.args)), f"/2010-04-01/Accounts/{account}/Messages.json", "messages")
        )

    def fetch_message(account: str, sid: str) -> Response:
        message = simulator.message(sid)
        if message is None:
            raise ApiError(20404, f"/2010-04-01/Accounts/{account}/Messages/{sid}.json")
        return jsonify(message.for_twilio())

    def post_call(account: str) -> Response:  # noqa: ARG001 - in the address, checked by `authorize`
        return _json(simulator.dial(make_call(simulator, request.form)).for_twilio(), 201)

    def list_calls(account: str) -> Response:
        wanted = {name: request.args[name] for name in ("To", "From", "Status") if name in request.args}
        found = [call for call in reversed(simulator.calls()) if _call_fits(call, wanted)]
        return jsonify(_page(found, f"/2010-04-01/Accounts/{account}/Calls.json", "calls"))

    def fetch_call(account: str, sid: str) -> Response:
        for call in simulator.calls():
            if call.sid == sid:
                return jsonify(call.for_twilio())
        raise ApiError(20404, f"/2010-04-01/Accounts/{account}/Calls/{sid}.json")

    views: tuple[tuple[str, str, Callable[..., Response]], ...] = (
        ("POST", "/Accounts/<account>/Messages.json", post_message),
        ("GET", "/Accounts/<account>/Messages.json", list_messages),
        ("GET", "/Accounts/<account>/Messages/<sid>.json", fetch_message),
        ("POST", "/Accounts/<account>/Calls.json", post_call),
        ("GET", "/Accounts/<account>/Calls.json", list_calls),
        ("GET", "/Accounts/<account>/Calls/<sid>.json", fetch_call),
    )
    for method, path, view in views:
        routes.add_url_rule(path, view_func=view, methods=[method])
    return routes


def refusal(fault: ApiError) -> Response:
    """Write an error as Twilio does."""
    response = _json(fault.body(), fault.status)
    response.headers.extend(fault.headers)
    return response


def _json(body: Any, status: int) -> Response:
    response = jsonify(body)
    response.status_code = status
    return response


def _refuse(simulator: "Simulator", to: str) -> None:
    trouble = simulator.trouble(_REFUSING, to)
    if trouble is None:
        return
    if trouble.kind == "429":
        raise ApiError(20429, headers={"Retry-After": f"{trouble.value():g}"})
    raise ApiError(20500 if trouble.kind == "500" else int(trouble.value()), to)


def check_message(simulator: "Simulator", form: Mapping[str, str]) -> None:
    """Raise what Twilio would answer to a text that it does not accept."""
    to, sender, service = form.get("To", ""), form.get("From", ""), form.get("MessagingServiceSid", "")
    faults = (
        (not to, 21604, ""),
        (not sender and not service, 21603, ""),
        (not form.get("Body"), 21602, ""),
        (not _NUMBER.fullmatch(to), 21211, to),
        (bool(service) and service != simulator.messaging_service_sid, 21705, service),
        (bool(sender) and sender != simulator.sender, 21606, sender),
        (to == simulator.sender, 21266, to),
        (len(form.get("Body", "")) > 1600, 21617, ""),
        (not _is_address(form.get("StatusCallback")), 21609, form.get("StatusCallback", "")),
        (not _is_validity(form.get("ValidityPeriod")), 21624, ""),
        (simulator.opted_out(to), 21610, ""),
    )
    for wrong, code, value in faults:
        if wrong:
            raise ApiError(code, value)


def _is_address(url: str | None) -> bool:
    if not url:
        return True
    try:
        parts = urllib.parse.urlsplit(url)
        return parts.scheme in {"http", "https"} and "_" not in (parts.hostname or "_") and len(url) <= 4000
    except ValueError:
        return False


def _is_validity(told: str | None) -> bool:
    return told is None or (told.isascii() and told.isdigit() and 1 <= int(told[:6]) <= 36_000)


def _spoiled(simulator: "Simulator", message: Message) -> Response:
    trouble = simulator.trouble(_SPOILING, message.to)
    answer = _json(message.for_twilio(), 201)
    if trouble is None:
        return answer
    if trouble.kind == "accept-500":
        raise ApiError(20500)
    if trouble.kind == "slow":
        simulator.hold(trouble.value() if simulator.running else 0)
        return answer
    if trouble.kind == "accept-timeout":
        simulator.hold(trouble.value())
    return _cut()


def _cut() -> Response:
    """Break the answer off: its body ends before its declared length, and the server can only close the connection."""
    response = Response(iter([b"{"]), 201, mimetype="application/json")
    response.headers["Content-Length"] = "1000"
    return response


def make_call(simulator: "Simulator", form: Mapping[str, str]) -> Call:
    """Make a call out of what was posted; raises what Twilio would answer to one that it does not accept."""
    to, sender, twiml, url = (form.get(name, "") for name in ("To", "From", "Twiml", "Url"))
    faults = (
        (not to, 21201, ""),
        (not sender, 21213, ""),
        (not _NUMBER.fullmatch(to), 21211, to),
        (sender != simulator.sender, 21210, sender),
        (not twiml and (not url or not _is_address(url)), 21205, url),
        (not _is_address(form.get("StatusCallback")), 21609, form.get("StatusCallback", "")),
    )
    for wrong, code, value in faults:
        if wrong:
            raise ApiError(code, value)
    now = simulator.clock()
    events = tuple(" ".join(_every(form, "StatusCallbackEvent")).split()) or ("completed",)
    return Call(
        new_sid("CA"),
        sender,
        to,
        "queued",
        now,
        now,
        twiml=twiml,
        url=url,
        callback=form.get("StatusCallback", ""),
        callback_events=events,
        account=simulator.account_sid,
    )


def _every(form: Mapping[str, str], name: str) -> list[str]:
    getlist = getattr(form, "getlist", None)
    return list(getlist(name)) if getlist else [form[name]] if name in form else []


def _call_fits(call: Call, wanted: Mapping[str, str]) -> bool:
    return {"To": call.to, "From": call.sender, "Status": call.status} | dict(wanted) == {
        "To": call.to,
        "From": call.sender,
        "Status": call.status,
    }


def _filter(args: Mapping[str, str]) -> Callable[[Message], bool]:
    spans = [_span(name, args[name]) for name in ("DateSent", "DateSent<", "DateSent>") if args.get(name)]

    def fits(message: Message) -> bool:
        if args.get("To", message.to) != message.to or args.get("From", message.sender) != message.sender:
            return False
        return all(message.sent is not None and start <= message.sent < end for start, end in spans)

    return fits


def _span(name: str, told: str) -> tuple[float, float]:
    """
    Turn a filter by date or time into a half-open span of milliseconds.

    Midnight stands for its day: Twilio's libraries write a date so.
    """
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        raise ApiError(20001, name) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    start = moment.timestamp() * 1000
    length = timedelta(days=1) if moment.time() == time.min else timedelta(seconds=1)
    end = start + length.total_seconds() * 1000
    return {"DateSent": (start, end), "DateSent<": (float("-inf"), start + 1), "DateSent>": (start, float("inf"))}[name]


def _page(found: list[Any], path: str, key: str) -> dict[str, Any]:
    """One page of a list in Twilio's form. A page token names the last record seen, so that new ones shift nothing."""
    size = _number(request.args.get("PageSize"), 50, 1, 1000)
    number = _number(request.args.get("Page"), 0, 0, 10**6)
    after = request.args.get("PageToken", "").removeprefix("PA")
    sids = [record.sid for record in found]
    start = sids.index(after) + 1 if after in sids else number * size
    page = found[start : start + size]
    more = start + size < len(found)
    query = [(name, value) for name, value in request.args.items() if name not in {"Page", "PageToken", "PageSize"}]

    def uri(to: int, token: str = "") -> str:
        extra = [("PageSize", str(size)), ("Page", str(to)), *([("PageToken", "PA" + token)] if token else [])]
        return f"{path}?{urllib.parse.urlencode([*query, *extra])}"

    return {
        "end": start + max(len(page) - 1, 0),
        "first_page_uri": uri(0),
        "next_page_uri": uri(number + 1, page[-1].sid) if more else None,
        "page": number,
        "page_size": size,
        "previous_page_uri": uri(number - 1) if number else None,
        "start": start,
        "uri": uri(number),
        key: [record.for_twilio() for record in page],
    }


def _number(told: str | None, default: int, least: int, most: int) -> int:
    if told is None or not (told.isascii() and told.isdigit()):
        return default
    return min(max(int(told[:9]), least), most)
