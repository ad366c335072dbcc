"""Twilio's resources of the account: its state, its money, its numbers, and whom a trial account may text."""

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request

from bugglio.simulator.console import OwnNumber
from bugglio.simulator.errors import ApiError

if TYPE_CHECKING:
    from bugglio.simulator.core import Simulator


class Accounts:
    """Fetch, list and update."""

    def __init__(self, simulator: "Simulator") -> None:
        self._simulator = simulator
        self._console = simulator.console
        self._path = f"/2010-04-01/Accounts/{simulator.account_sid}"

    def fetch_account(self) -> Response:
        """Answer the account."""
        sid, console = self._simulator.account_sid, self._console
        return jsonify(sid=sid, status=console.status, type=console.type, friendly_name="bugglio", uri=self._path)

    def fetch_balance(self) -> Response:
        """Answer what is left of the money."""
        sid, console = self._simulator.account_sid, self._console
        return jsonify(account_sid=sid, balance=console.balance, currency=console.currency)

    def list_numbers(self) -> Response:
        """Answer the numbers, or the one that is asked for."""
        wanted = request.args.get("PhoneNumber")
        found = [one for one in self._console.numbers if wanted in (None, one.number)]
        return self._listed("incoming_phone_numbers", [self._number(one) for one in found])

    def fetch_number(self, sid: str) -> Response:
        """Answer one number."""
        return jsonify(self._number(self._known(sid)))

    def update_number(self, sid: str) -> Response:
        """Set where its texts go."""
        number, form = self._known(sid), request.form
        number.sms_url = form.get("SmsUrl", number.sms_url)
        number.sms_method = form.get("SmsMethod", number.sms_method)
        number.sms_fallback_url = form.get("SmsFallbackUrl", number.sms_fallback_url)
        number.sms_application_sid = form.get("SmsApplicationSid", number.sms_application_sid)
        return jsonify(self._number(number))

    def list_verified(self) -> Response:
        """Answer the numbers that a trial account may text."""
        found = [{"sid": "PN" + f"{n:032d}", "phone_number": one} for n, one in enumerate(self._console.verified)]
        return self._listed("outgoing_caller_ids", found)

    def _known(self, sid: str) -> OwnNumber:
        number = self._console.number(sid)
        if number is None:
            raise ApiError(20404, f"{self._path}/IncomingPhoneNumbers/{sid}.json")
        return number

    def _number(self, one: OwnNumber) -> dict[str, Any]:
        return {
            "sid": one.sid,
            "account_sid": self._simulator.account_sid,
            "phone_number": one.number,
            "capabilities": {"voice": True, "sms": one.texts, "mms": one.texts, "fax": False},
            "sms_url": one.sms_url,
            "sms_method": one.sms_method,
            "sms_fallback_url": one.sms_fallback_url,
            "sms_fallback_method": "POST",
            "sms_application_sid": one.sms_application_sid,
            "uri": f"{self._path}/IncomingPhoneNumbers/{one.sid}.json",
        }

    def _listed(self, key: str, found: list[dict[str, Any]]) -> Response:
        size = max(len(found), 1)
        more = {"next_page_uri": None, "previous_page_uri": None, "page": 0, "page_size": size, "uri": self._path}
        return jsonify({key: found, **more})
