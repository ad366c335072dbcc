"""Twilio's resource of phone calls."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Response, jsonify, request

from bugglio.simulator.api import answers
from bugglio.simulator.api.checks import check_call
from bugglio.simulator.api.mischief import Mischief
from bugglio.simulator.errors import ApiError
from bugglio.simulator.records import Call, new_sid

if TYPE_CHECKING:
    from bugglio.simulator.core import Simulator


class Calls:
    """Create, list and fetch."""

    def __init__(self, simulator: "Simulator") -> None:
        self._simulator = simulator
        self._mischief = Mischief(simulator, "call-")
        self._path = f"/2010-04-01/Accounts/{simulator.account_sid}/Calls"

    def post_call(self) -> Response:
        """Take a call, unless there is something wrong with it or Twilio is to misbehave."""
        self._mischief.refuse(request.form.get("To", ""))
        return self._mischief.spoiled(self._simulator.dial(make_call(self._simulator, request.form)))

    def list_calls(self) -> Response:
        """Answer a page of the log, newest first, narrowed by To, From and Status."""
        self._mischief.fail_log(request.args.get("To", ""))
        found = [call for call in reversed(self._simulator.calls()) if _fits(call, request.args)]
        return answers.page(found, f"{self._path}.json", "calls", request.args)

    def fetch_call(self, sid: str) -> Response:
        """Answer one call."""
        for call in self._simulator.calls():
            if call.sid == sid:
                return jsonify(call.for_twilio())
        raise ApiError(20404, f"{self._path}/{sid}.json")


def make_call(simulator: "Simulator", form: Mapping[str, str]) -> Call:
    """Make a call out of what was posted; raises what Twilio would answer to one that it does not accept."""
    check_call(simulator, form)
    now = simulator.clock()
    return Call(
        new_sid("CA"),
        form["From"],
        form["To"],
        "queued",
        created=now,
        updated=now,
        twiml=form.get("Twiml", ""),
        url=form.get("Url", ""),
        callback=form.get("StatusCallback", ""),
        callback_events=_events(form),
        account=simulator.account_sid,
    )


def _events(form: Mapping[str, str]) -> tuple[str, ...]:
    """Which events are to be reported: said several times, or in one text with spaces."""
    told = _every(form, "StatusCallbackEvent")
    return tuple(" ".join(told).split()) or ("completed",)


def _every(form: Mapping[str, str], name: str) -> list[str]:
    getlist = getattr(form, "getlist", None)
    return list(getlist(name)) if getlist else [form[name]] if name in form else []


def _fits(call: Call, args: Mapping[str, str]) -> bool:
    facts = {"To": call.to, "From": call.sender, "Status": call.for_twilio()["status"]}
    return all(args.get(name, fact) == fact for name, fact in facts.items())
