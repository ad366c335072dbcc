"""
Bugsnag's Data Access API: errors are fixed, ignored, snoozed, opened again and commented on at the source.

Each request has a connection of its own and one deadline for all of it, and says how far it came: what was never
written can be written again, what was written and not answered may have been done.
"""

import json
import re
import time
import urllib.parse
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bugglio import __version__
from bugglio.exchange import Exchange, Reply, retry_after
from bugglio.upstream import (
    COMMENT,
    MOVED,
    NO_ERROR,
    Done,
    Finding,
    Later,
    NotFound,
    Operation,
    Outcome,
    Refused,
    Unknown,
    body,
    identifier,
    look,
    refusal,
)

if TYPE_CHECKING:
    from requests import PreparedRequest

API = "https://api.bugsnag.com"
PAGES = 10
"""So many pages of 100 comments are read at most."""
NO_THREAD = "this machine has no thread left"

_NEWEST = "sort=created_at&direction=desc&per_page=100"
_NEXT = re.compile(r'<([^<>]*)>[^<>]*;\s*rel="?next"?', re.IGNORECASE)
HEADERS = {
    "Accept": "application/json",
    "Content-Type": "application/json",
    "User-Agent": f"bugglio/{__version__}",
    "X-Bugsnag-Api": "true",  # an installation of one's own takes it for the dashboard's otherwise
    "X-Version": "2",
}


class BugsnagTracker:
    """
    Changes errors through Bugsnag's API; safe to share between threads.

    `token` is a user's personal token, and may do what that user may. `api_url` may hold a path.
    """

    def __init__(self, token: str, *, api_url: str = API) -> None:
        if not token:
            raise ValueError("a token is needed")
        self._token = token
        self._base = api_url.rstrip("/")

    def do(self, project_id: str, error_id: str, operation: Operation, *, patience: float) -> Outcome:
        """Make it so in Bugsnag; see `Tracker.do`."""
        path = _path(project_id, error_id)
        if not path:
            return NO_ERROR
        told = json.dumps(body(operation)).encode()
        if operation.what == COMMENT:
            return _commented(self._ask("POST", f"{self._base}{path}/comments", patience, told))
        return _changed(self._ask("PATCH", self._base + path, patience, told))

    def commented(
        self, project_id: str, error_id: str, text: str, since: int, *, patience: float, besides: Collection[str] = ()
    ) -> Finding:
        """Look whether a comment was made; see `Tracker.commented`."""
        path = _path(project_id, error_id)
        if not path:
            return NO_ERROR
        end = time.monotonic() + patience
        url = f"{self._base}{path}/comments?{_NEWEST}"
        for _ in range(PAGES):
            page, url = self._page(url, round(end - time.monotonic(), 2))
            if not isinstance(page, list):
                return page
            found = look(page, text, since, besides) or (None if url else NotFound())
            if found:
                return found
        return Later(None, "there are more comments than are read")

    def _page(self, url: str, patience: float) -> tuple[list[Any] | Later | Refused, str]:
        """A page of a list, and the address of the next one; or why there is none."""
        if patience <= 0:
            return Later(None, "no time left"), ""
        exchange = self._ask("GET", url, patience)
        reply = exchange.reply
        if reply is None:
            return Later(None, exchange.trouble or "no answer"), ""
        if failed := _failed(reply):
            return failed, ""
        page = reply.json()
        if not isinstance(page, list):
            return Later(None, "the answer could not be read"), ""
        return page, self._next(reply.headers.get("link", ""))

    def _next(self, link: str) -> str:
        """
        Where the list goes on, or nothing.

        The token is sent nowhere but to the host that it is meant for, whatever host the answer names.
        """
        told = _NEXT.search(link)
        if told is None:
            return ""
        try:
            base, there = urllib.parse.urlsplit(self._base), urllib.parse.urlsplit(told[1])
        except ValueError:
            return ""
        return urllib.parse.urlunsplit((base.scheme, base.netloc, there.path, there.query, ""))

    def _ask(self, method: str, url: str, patience: float, told: bytes | None = None) -> Exchange:
        """One request and what became of it; what has to be imported for it does not count as waiting."""
        from bugglio import oneshot

        exchange = Exchange(patience, lambda: True)
        try:
            exchange.run(
                lambda: oneshot.send(exchange, method, url, data=told, headers=HEADERS, auth=proof(self._token))
            )
        except RuntimeError:
            exchange.trouble = NO_THREAD
        return exchange


def proof(token: str) -> "Callable[[PreparedRequest], PreparedRequest]":
    """Puts the token on a request."""

    def prove(request: "PreparedRequest") -> "PreparedRequest":
        request.headers["Authorization"] = f"token {token}"
        return request

    return prove


def _path(project_id: str, error_id: str) -> str:
    """Where an error is; nothing if an id is empty, or would lead elsewhere."""
    ids = [urllib.parse.quote(name, safe="", errors="replace") for name in (project_id, error_id)]
    if not all(name.strip(".") for name in ids):
        return ""
    return f"/projects/{ids[0]}/errors/{ids[1]}"


def _changed(exchange: Exchange) -> Outcome:
    """What a change of state came to: it can be asked for twice, so an error of Bugsnag's own leads to another try."""
    reply = exchange.reply
    if reply is None:
        return _unanswered(exchange)
    if failed := _failed(reply):
        return failed
    if reply.status == 204 or isinstance(reply.json(), dict):
        return Done()
    return Unknown("the answer could not be read")


def _commented(exchange: Exchange) -> Outcome:
    """What a comment came to: Bugsnag has no way to tell a second try from a second comment."""
    reply = exchange.reply
    if reply is None:
        return _unanswered(exchange)
    failed = _failed(reply)
    if failed and reply.status != 429 and not isinstance(failed, Refused):
        return Unknown(failed.reason)
    if failed:
        return failed
    name = _name(reply.json(), reply.headers)
    return Done(name) if name or reply.status == 201 else Unknown("the answer could not be read")


def _name(told: object, headers: Mapping[str, str]) -> str:
    """The id of a comment that was made, as its body or its address tells it."""
    named = identifier(told.get("id")) if isinstance(told, dict) else ""
    return named or identifier(headers.get("location", "").rpartition("/")[2])


def _unanswered(exchange: Exchange) -> Later | Unknown:
    trouble = exchange.trouble or "no answer"
    return Unknown(trouble) if exchange.written else Later(None, trouble)


def _failed(reply: Reply) -> Later | Refused | None:
    """What an answer that is no success means; None for a success."""
    if 200 <= reply.status < 300:
        return None
    if reply.status in {408, 425, 429} or reply.status >= 500:
        after = retry_after(reply.headers.get("retry-after"), datetime.now(UTC))
        return Later(after, f"Bugsnag answered HTTP {reply.status}")
    return MOVED if reply.status < 400 else refusal(reply.status)
