"""How the simulator reaches bugglio's doors: over HTTP, or straight into a WSGI app in the same process."""

import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 15.0
"""Seconds: Twilio's total for a webhook."""


@dataclass(frozen=True)
class Answer:
    """What a door answered; header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def text(self) -> str:
        """The body as text; bytes that are no UTF-8 are replaced."""
        return self.body.decode("utf-8", "replace")


Post = Callable[[str, bytes, Mapping[str, str]], Answer]
"""POST of a body with headers to an address; raises OSError when no answer came."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Twilio's answer is the redirect itself."""


_OPENER = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))


def over_http(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Post over the network, without proxies and without following redirects."""
    if urllib.parse.urlsplit(url).scheme not in {"http", "https"}:
        raise ValueError("not an address of the web")
    request = urllib.request.Request(  # noqa: S310 - the scheme has just been checked
        url, data=body, headers=dict(headers), method="POST"
    )
    try:
        with _OPENER.open(request, timeout=PATIENCE) as reply:
            return _answer(reply.status, reply.headers, reply.read())
    except urllib.error.HTTPError as fault:
        with fault:
            return _answer(fault.code, fault.headers, fault.read())
    except http.client.HTTPException as fault:
        raise OSError("no HTTP was spoken") from fault


def _answer(status: int, headers: Any, body: bytes) -> Answer:
    return Answer(status, {name.lower(): value for name, value in headers.items()}, body)


def through(app: Callable[..., Any], strip: str = "") -> Post:
    """
    Make a `Post` that calls a WSGI app in the same thread, without sockets.

    `strip` is the path of the public address which a front end takes off before the app sees it.
    """
    from werkzeug.test import Client

    def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        parts = urllib.parse.urlsplit(url)
        path = parts.path.removeprefix(strip) or "/"
        reply = Client(app).post(
            path,
            base_url=f"{parts.scheme}://{parts.netloc}/",
            query_string=parts.query,
            data=body,
            headers=dict(headers),
        )
        return _answer(reply.status_code, reply.headers, reply.get_data())

    return post
