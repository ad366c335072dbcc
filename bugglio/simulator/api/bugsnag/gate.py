"""Who may use Bugsnag's API, how often, and the ways in which it can go wrong on purpose."""

import hmac
import threading
from typing import TYPE_CHECKING

from flask import Response, g, jsonify, request

from bugglio.simulator.api.mischief import cut
from bugglio.simulator.operations import BugsnagFault

if TYPE_CHECKING:
    from bugglio.simulator.core import Simulator
    from bugglio.simulator.trouble import Misbehaviour

LIMIT = 30
"""Requests in a minute. Bugsnag publishes no figure: 10 were seen in 2017, and 30 some years later."""
MINUTE = 60_000

_WORDS = {
    400: "Bad request",
    401: "Bad credentials",
    403: "You are not permitted to do this",
    404: "Error not found",
    422: "Unprocessable",
}


def refusal(fault: BugsnagFault) -> Response:
    """Write an error as Bugsnag does."""
    response = jsonify(fault.body())
    response.status_code = fault.status
    response.headers.extend(dict(fault.headers))
    return response


class Gate:
    """What every request passes before something is done, and every answer before it goes out."""

    def __init__(self, simulator: "Simulator") -> None:
        self._simulator = simulator
        self._lock = threading.Lock()
        self._began = self._used = 0

    def enter(self) -> Response | None:
        """Prove who asks, count, and misbehave where nothing is to be done; an answer ends the request."""
        given = request.headers.get("Authorization", "").encode()
        tokens = filter(None, (self._simulator.bugsnag_token, self._simulator.spare_bugsnag_token))
        if not any(hmac.compare_digest(given, f"token {token}".encode()) for token in tokens):
            raise BugsnagFault(401, _WORDS[401])
        self._count()
        trouble = self._trouble("bugsnag-500", "bugsnag-429", "bugsnag-refuse", "bugsnag-timeout")
        if trouble is None:
            return None
        if trouble.kind == "bugsnag-timeout":
            self._simulator.hold(trouble.value())
            return cut()
        raise self._fault(trouble)

    def _count(self) -> None:
        """Use up one request of this minute's."""
        now = self._simulator.clock()
        with self._lock:
            if not 0 <= now - self._began < MINUTE:
                self._began, self._used = now, 0
            self._used += 1
            g.remaining = max(LIMIT - self._used, 0)
            if self._used > LIMIT:
                raise self._busy((self._began + MINUTE - now) / 1000)

    def _fault(self, trouble: "Misbehaviour") -> BugsnagFault:
        if trouble.kind == "bugsnag-500":
            return BugsnagFault(500, "Internal server error")
        if trouble.kind == "bugsnag-429":
            g.remaining = 0
            return self._busy(trouble.value())
        status = int(trouble.value())
        return BugsnagFault(status if 400 <= status < 600 else 400, _WORDS.get(status, f"Error {status}"))

    def _busy(self, seconds: float) -> BugsnagFault:
        return BugsnagFault(429, "Rate limit exceeded", {"Retry-After": f"{seconds:g}"})

    def leave(self, response: Response) -> Response:
        """Say how many requests are left."""
        if "remaining" in g:
            response.headers["X-RateLimit-Limit"] = str(LIMIT)
            response.headers["X-RateLimit-Remaining"] = str(g.remaining)
        return response

    def spoiled(self, answer: Response) -> Response:
        """Answer what was done, or misbehave: it is so, and the answer is late, wrong or missing."""
        trouble = self._trouble("bugsnag-accept-timeout", "bugsnag-accept-500", "bugsnag-slow")
        if trouble is None:
            return answer
        if trouble.kind == "bugsnag-accept-500":
            raise BugsnagFault(500, "Internal server error")
        if trouble.kind == "bugsnag-slow":
            self._simulator.hold(trouble.value() if self._simulator.running else 0)
            return answer
        self._simulator.hold(trouble.value())
        return cut()

    def slowed(self, answer: Response) -> Response:
        """Answer what was asked, late if Bugsnag is to be slow."""
        trouble = self._trouble("bugsnag-slow")
        if trouble is not None and self._simulator.running:
            self._simulator.hold(trouble.value())
        return answer

    def _trouble(self, *kinds: str) -> "Misbehaviour | None":
        return self._simulator.trouble(kinds, "")
