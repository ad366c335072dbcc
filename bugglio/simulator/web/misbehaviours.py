"""The switches that make Twilio and Bugsnag misbehave."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify
from werkzeug.wrappers import Response as AnyResponse

from bugglio.simulator.numbers import is_number
from bugglio.simulator.trouble import KINDS, Kind, Misbehaviour
from bugglio.simulator.web import forms
from bugglio.simulator.web.forms import Rejected

if TYPE_CHECKING:
    from bugglio.simulator.core import Simulator


class Misbehaviours:
    """What is switched on and what can be, and the switching."""

    def __init__(self, simulator: "Simulator") -> None:
        self._simulator = simulator

    def misbehaviours(self) -> Response:
        """Answer what is switched on, and every kind there is."""
        return jsonify(active=self._active(), kinds=[_kind(kind) for kind in KINDS.values()])

    def misbehave(self) -> AnyResponse:
        """Switch one on or off, or all off."""
        self._simulator.misbehave(_wanted(forms.body()))
        return forms.done(active=self._active())

    def _active(self) -> list[dict[str, Any]]:
        return [shown(one) for one in self._simulator.misbehaviours()]


def shown(one: Misbehaviour) -> dict[str, Any]:
    """One that is switched on, in JSON: kind, times, number, code, seconds."""
    return asdict(one)


def _kind(kind: Kind) -> dict[str, Any]:
    takes = kind.takes or None
    return {"kind": kind.name, "title": kind.title, "hint": kind.hint, "takes": takes, "default": kind.default}


def _wanted(told: dict[str, Any]) -> Misbehaviour | None:
    """What is to be switched; None is all, off."""
    kind = told.get("kind")
    if "kind" in told and kind in (None, ""):
        return None
    if not isinstance(kind, str) or kind not in KINDS:
        raise Rejected(400, "“kind” must be a name from GET /simulator/misbehave, or null for none.")
    number, times, code = _number(told), forms.whole(told, "times", 1000), forms.whole(told, "code", 999_999)
    return Misbehaviour(kind, times, number, code, forms.seconds(told))


def _number(told: dict[str, Any]) -> str | None:
    number = told.get("number") or None
    if number is None or (isinstance(number, str) and is_number(number)):
        return number
    raise Rejected(400, "“number” must be a phone number such as +14155550101.")
