"""The ways in which a request to send, to call or to list can go wrong on purpose."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import Response

from bugglio.simulator.api import answers
from bugglio.simulator.errors import ApiError
from bugglio.simulator.records import Call, Message

if TYPE_CHECKING:
    from bugglio.simulator.core import Simulator

_REFUSING = ("500", "429", "refuse")
_SPOILING = ("accept-timeout", "accept-500", "accept-reset", "slow")


class Mischief:
    """What Twilio was told to do to texts, or to calls, whose misbehaviours have names that begin with `prefix`."""

    def __init__(self, simulator: "Simulator", prefix: str = "") -> None:
        self._simulator = simulator
        self._prefix = prefix

    def refuse(self, to: str) -> None:
        """Misbehave before anything is taken: nothing goes out."""
        trouble = self._simulator.trouble(self._named(_REFUSING), to)
        if trouble is None:
            return
        kind = trouble.kind.removeprefix(self._prefix)
        if kind == "429":
            raise ApiError(20429, headers={"Retry-After": f"{trouble.value():g}"})
        raise ApiError(20500 if kind == "500" else int(trouble.value()), to)

    def spoiled(self, taken: Message | Call) -> Response:
        """Answer what was taken, or misbehave: it goes out, and the answer is late, wrong or missing."""
        trouble = self._simulator.trouble(self._named(_SPOILING), taken.to)
        if trouble is None:
            return answers.created(taken)
        kind = trouble.kind.removeprefix(self._prefix)
        if kind == "accept-500":
            raise ApiError(20500)
        if kind == "slow":
            self._simulator.hold(trouble.value() if self._simulator.running else 0)
            return answers.created(taken)
        if kind == "accept-timeout":
            self._simulator.hold(trouble.value())
        return cut()

    def fail_log(self, to: str) -> None:
        """Misbehave when the log is asked for."""
        if self._simulator.trouble(self._named(["no-log"]), to):
            raise ApiError(20503)

    def _named(self, kinds: Sequence[str]) -> list[str]:
        return [self._prefix + kind for kind in kinds]


def cut() -> Response:
    """Break the answer off: its body ends before its declared length, and the server can only close the connection."""
    response = Response(iter([b"{"]), 201, mimetype="application/json")
    response.headers["Content-Length"] = "1000"
    return response
