"""The webhook that Bugsnag calls."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from werkzeug import Request, Response

from bugglio import journal
from bugglio.bugsnag import OWN, Event, decode, parse
from bugglio.doors import http
from bugglio.doors.caller import Network, brings_secret, comes_from
from bugglio.doors.http import Refused
from bugglio.pager.emergency import Emergency
from bugglio.pager.intake import Intake, alert_key
from bugglio.pager.kit import Deadline
from bugglio.pager.wellbeing.selftest import HEADER, Proof
from bugglio.store import StoreError

ANSWER_WITHIN = 3.5
"""Seconds; Bugsnag's last published client gave up after 4."""
LEFT_FOR_EMERGENCY = 1.0
LEFT_FOR_ALARM = 2.0
"""With less the alarm is left to the tick, which meets the same store."""


@dataclass(frozen=True)
class BugsnagDoor:
    """Takes Bugsnag's deliveries."""

    tokens: Sequence[str]
    networks: Sequence[Network]
    hops: int
    intake: Intake
    emergency: Emergency
    proof: Proof
    alarm: Callable[[BaseException, str], None]

    def __call__(self, request: Request) -> Response:
        """Answer 200 with what became of the event once it is stored."""
        deadline = Deadline(ANSWER_WITHIN)
        test = request.headers.get(HEADER, "")
        event = self._event(request, test)
        if test:
            return self._tested(test, event)
        try:
            answer = self.intake.take(event, deadline)
        except StoreError as error:
            return self._not_stored(event, error, deadline)
        return http.facts(200, {"outcome": answer.outcome, "code": answer.code, "reason": answer.reason})

    def _event(self, request: Request, test: str) -> Event:
        http.only(request, "POST")
        raw = http.body(request)
        if not brings_secret(request, self.tokens):
            raise Refused(401, "The secret is missing or wrong.", {"WWW-Authenticate": 'Basic realm="bugglio"'})
        if not test and not comes_from(request, self.networks, self.hops):
            raise Refused(403, "This address may not call.")
        if not http.is_json(request):
            raise Refused(415, "The body must be JSON.")
        payload = decode(raw)
        if payload is None:
            raise Refused(400, "The body is not a JSON object.")
        return parse(payload)

    def _tested(self, test: str, event: Event) -> Response:
        """The daily self-test, from whatever address bugglio has: its id proves it, and its event is not kept."""
        try:
            if not self.proof.take(test, event):
                raise Refused(403, "This self-test is not awaited.")
        except StoreError:
            return http.plain(503, "The self-test was not stored: the store cannot be reached.")
        return http.facts(200, {"outcome": "recorded", "code": None, "reason": "the daily self-test"})

    def _not_stored(self, event: Event, error: StoreError, deadline: Deadline) -> Response:
        journal.tell("webhook-not-stored", "An event was not stored.", journal.ERROR, alert=alert_key(event))
        self.emergency.tell(event, max(LEFT_FOR_EMERGENCY, min(2.0, deadline.left)))
        if event.app_type != OWN and deadline.left > LEFT_FOR_ALARM:
            self.alarm(error, "storing an event")
        return http.plain(503, "The event was not stored: the store cannot be reached.")
