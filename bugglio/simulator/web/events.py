"""The events that Bugsnag sends: samples, and those of one's own."""

import json
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from bugglio.simulator.events import Event
from bugglio.simulator.samples import SAMPLES
from bugglio.simulator.web import forms
from bugglio.simulator.web.forms import Rejected

if TYPE_CHECKING:
    from bugglio.simulator.core import Simulator


class Events:
    """Which samples there are, and the sending."""

    def __init__(self, simulator: "Simulator") -> None:
        self._simulator = simulator

    def events(self) -> Response:
        """Answer the samples' names."""
        return jsonify(events=[{"name": one.name, "title": one.title, "group": one.group} for one in SAMPLES.values()])

    def post_event(self) -> AnyResponse:
        """Send an event to bugglio; the answer says what bugglio answered."""
        sent = self._send(forms.body())
        return forms.done(status=sent.status, answer=_parsed(sent.answer), payload=sent.payload)

    def _send(self, told: dict[str, Any]) -> Event:
        if "payload" in told:
            return self._simulator.send_event(_payload(told["payload"]))
        sample = told.get("sample")
        if isinstance(sample, str) and sample in SAMPLES:
            return self._simulator.event(sample)
        raise Rejected(400, "“sample” must be a name from GET /simulator/events, or “payload” a JSON value.")


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
