"""The calendar feeds, where calendars fetch them: whoever knows an address may read it, and change nothing."""

import re
from dataclasses import dataclass

from werkzeug import Request, Response

from bugglio.doors import http
from bugglio.doors.http import Refused
from bugglio.pager.feeds import Body, Feeds
from bugglio.store import StoreError

_ADDRESS = re.compile(r".*/calendar/(engineer|team)/([^/]+)/([^/]+)\.ics")


@dataclass(frozen=True)
class CalendarDoor:
    """Hands out feeds."""

    feeds: Feeds

    def __call__(self, request: Request) -> Response:
        """Answer 200 with a feed, 304 to whoever has it already, and 404 to all who know no address."""
        http.only(request, "GET", "HEAD")
        named = _ADDRESS.fullmatch(request.path)
        body = self._body(*named.groups()) if named else None
        if named is None or body is None:
            raise Refused(404, "There is no calendar at this address.")
        return _answer(request, body, f"{named[2]}.ics")

    def _body(self, kind: str, id_: str, secret: str) -> Body | None:
        try:
            return self.feeds.body(kind, id_, secret)
        except StoreError:
            # No alarm: the tick raises it, and calendars ask again by themselves.
            raise Refused(503, "The store cannot be reached.") from None


def _answer(request: Request, body: Body, name: str) -> Response:
    answer = Response(body.content, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Cache-Control"] = "private, max-age=300"
    answer.headers["X-Robots-Tag"] = "noindex"
    # Weak: the same shifts are written at another time.
    answer.set_etag(body.tag, weak=True)
    return answer.make_conditional(request)
