"""What the scheduler calls each minute."""

from collections.abc import Callable
from dataclasses import dataclass

from werkzeug import Request, Response

from bugglio.doors import http
from bugglio.doors.http import Refused
from bugglio.doors.ports import SchedulersToken
from bugglio.pager.ticking import STAY, Ticking
from bugglio.store import StoreError


@dataclass(frozen=True)
class TickDoor:
    """Lets the scheduler tick."""

    token: SchedulersToken | None
    """None: no scheduler was named, so nobody may call."""
    ticking: Ticking
    alarm: Callable[[BaseException, str], None]

    def __call__(self, request: Request) -> Response:
        """Do what is due, stay for what falls due within the minute, and answer 200."""
        http.only(request, "POST")
        http.body(request)
        if self.token is None or not self.token.verify(request.headers.get("Authorization")):
            raise Refused(403, "Only the scheduler may call.")
        try:
            self.ticking.tick(stay=STAY, served=True)
        except StoreError as error:
            self.alarm(error, "tick")
            raise Refused(503, "The store cannot be reached.") from None
        return http.facts(200, {"ticked": True})
