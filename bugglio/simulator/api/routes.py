"""The addresses of Twilio's API, and who may use them."""

import hmac
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, g, request

from bugglio.simulator.api import services
from bugglio.simulator.api.account import Accounts
from bugglio.simulator.api.calls import Calls
from bugglio.simulator.api.messages import Messages
from bugglio.simulator.errors import ApiError

if TYPE_CHECKING:
    from bugglio.simulator.core import Simulator


def blueprint(simulator: "Simulator") -> Blueprint:
    """Build the routes; they are mounted under `/2010-04-01` and `/simulator/twilio/2010-04-01`."""
    routes = Blueprint("twilio", __name__)
    routes.url_value_preprocessor(_take_account)
    routes.before_request(partial(_authorize, simulator))
    messages, calls, accounts = Messages(simulator), Calls(simulator), Accounts(simulator)
    for method, path, view in (
        ("POST", "Messages.json", messages.post_message),
        ("GET", "Messages.json", messages.list_messages),
        ("GET", "Messages/<sid>.json", messages.fetch_message),
        ("POST", "Calls.json", calls.post_call),
        ("GET", "Calls.json", calls.list_calls),
        ("GET", "Calls/<sid>.json", calls.fetch_call),
        ("GET", "Balance.json", accounts.fetch_balance),
        ("GET", "IncomingPhoneNumbers.json", accounts.list_numbers),
        ("GET", "IncomingPhoneNumbers/<sid>.json", accounts.fetch_number),
        ("POST", "IncomingPhoneNumbers/<sid>.json", accounts.update_number),
        ("GET", "OutgoingCallerIds.json", accounts.list_verified),
    ):
        routes.add_url_rule(f"/Accounts/<account>/{path}", view_func=view, methods=[method])
    routes.add_url_rule("/Accounts/<account>.json", view_func=accounts.fetch_account, methods=["GET"])
    return routes


def messaging(simulator: "Simulator") -> Blueprint:
    """Build those of messaging services, which the same account opens."""
    return services.blueprint(simulator, _authorize)


def _take_account(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Keep the account that the address names for `_authorize`: no view is reached with another than ours."""
    g.account = values.pop("account") if values else None


def _authorize(simulator: "Simulator") -> None:
    told = request.authorization
    given = f"{told.username}:{told.password}" if told is not None and told.type == "basic" else ""
    tokens = filter(None, (simulator.auth_token, simulator.spare_token))
    wanted = [f"{simulator.account_sid}:{token}" for token in tokens]
    if not any(hmac.compare_digest(given.encode(), one.encode()) for one in wanted):
        raise ApiError(20003, headers={"WWW-Authenticate": 'Basic realm="Twilio API"'})
    if g.account != simulator.account_sid:
        raise ApiError(20003)
