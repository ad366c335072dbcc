"""Twilio's messaging services, which have an address of their own: `https://messaging.twilio.com/v1`."""

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, jsonify, request

from bugglio.simulator.console import OwnService
from bugglio.simulator.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bugglio.simulator.core import Simulator


def blueprint(simulator: "Simulator", authorize: "Callable[[Simulator], None]") -> Blueprint:
    """Build the routes; they are mounted under `/v1` and `/simulator/twilio/v1`."""
    routes = Blueprint("messaging", __name__)
    services = Services(simulator)

    def proved() -> None:
        g.account = simulator.account_sid
        authorize(simulator)

    routes.before_request(proved)
    for method, path, view in (
        ("GET", "/Services", services.list_services),
        ("GET", "/Services/<sid>", services.fetch_service),
        ("POST", "/Services/<sid>", services.update_service),
        ("GET", "/Services/<sid>/PhoneNumbers", services.list_numbers),
        ("GET", "/Services/<sid>/Compliance/Usa2p", services.list_campaigns),
        ("GET", "/Tollfree/Verifications", services.list_toll_free),
    ):
        routes.add_url_rule(path, view_func=view, methods=[method])
    return routes


class Services:
    """Fetch, list and update."""

    def __init__(self, simulator: "Simulator") -> None:
        self._simulator = simulator
        self._console = simulator.console

    def list_services(self) -> Response:
        """Answer all services."""
        return _listed("services", [self._service(one) for one in self._console.services])

    def fetch_service(self, sid: str) -> Response:
        """Answer one service."""
        return jsonify(self._service(self._known(sid)))

    def update_service(self, sid: str) -> Response:
        """Set where its texts go."""
        service, form = self._known(sid), request.form
        service.inbound_request_url = form.get("InboundRequestUrl", service.inbound_request_url)
        service.inbound_method = form.get("InboundMethod", service.inbound_method)
        service.fallback_url = form.get("FallbackUrl", service.fallback_url)
        own = form.get("UseInboundWebhookOnNumber")
        service.use_inbound_webhook_on_number = own == "true" if own else service.use_inbound_webhook_on_number
        return jsonify(self._service(service))

    def list_numbers(self, sid: str) -> Response:
        """Answer the numbers in a service."""
        service = self._known(sid)
        known = [one for one in self._console.numbers if one.number in service.numbers]
        found = [{"sid": one.sid, "phone_number": one.number, "service_sid": sid} for one in known]
        return _listed("phone_numbers", found)

    def list_campaigns(self, sid: str) -> Response:
        """Answer its registrations for texts in the United States."""
        told = enumerate(self._known(sid).campaigns)
        found = [{"sid": f"QE{n:032d}", "messaging_service_sid": sid, "campaign_status": one} for n, one in told]
        return _listed("compliance", found)

    def list_toll_free(self) -> Response:
        """Answer the verifications of a toll-free number."""
        number = self._console.number(request.args.get("TollfreePhoneNumberSid", ""))
        states = [number.toll_free] if number is not None and number.toll_free else []
        return _listed("verifications", [{"sid": f"HH{n:032d}", "status": one} for n, one in enumerate(states)])

    def _known(self, sid: str) -> OwnService:
        service = self._console.service(sid)
        if service is None:
            raise ApiError(20404, f"/Services/{sid}")
        return service

    def _service(self, one: OwnService) -> dict[str, Any]:
        return {
            "sid": one.sid,
            "account_sid": self._simulator.account_sid,
            "friendly_name": "bugglio",
            "inbound_request_url": one.inbound_request_url,
            "inbound_method": one.inbound_method,
            "fallback_url": one.fallback_url,
            "fallback_method": "POST",
            "use_inbound_webhook_on_number": one.use_inbound_webhook_on_number,
        }


def _listed(key: str, found: list[dict[str, Any]]) -> Response:
    meta = {"key": key, "page": 0, "page_size": max(len(found), 1), "next_page_url": None, "previous_page_url": None}
    return jsonify({key: found, "meta": meta})
