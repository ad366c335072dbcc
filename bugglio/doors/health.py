"""What anybody may ask: whether the pager is up."""

from dataclasses import dataclass

from werkzeug import Request, Response

from bugglio.doors import http
from bugglio.pager.wellbeing.health import Health


@dataclass(frozen=True)
class HealthDoor:
    """Says only up or not."""

    health: Health

    def __call__(self, request: Request) -> Response:
        """Answer 200 or 503."""
        http.only(request, "GET", "HEAD")
        up = self.health.up()
        return http.facts(200 if up else 503, {"up": up})
