"""What Twilio's library sends with: each request on a connection of its own."""

import urllib.parse

from twilio.http import HttpClient
from twilio.http.response import Response

from bugglio import oneshot
from bugglio.exchange import Exchange


class OneShotClient(HttpClient):
    """
    No pool, no redirects, no logging, and the time that the exchange has left.

    `base` replaces scheme and host of Twilio's addresses; it may hold a path. Empty: Twilio's own.
    """

    def __init__(self, exchange: Exchange, base: str) -> None:
        self.is_async = False
        self._exchange, self._base = exchange, base

    def request(  # the names are those of twilio.http.HttpClient
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the exchange's own time counts
        allow_redirects: bool = False,  # noqa: ARG002, FBT001, FBT002 - never: a redirected POST could be sent twice
    ) -> Response:
        """Send one request, and leave the answer with the exchange too."""
        url = self._address(uri)
        got = oneshot.send(self._exchange, method, url, params=params, data=data, headers=headers, auth=auth)
        return Response(got.status_code, got.text, got.headers)

    def _address(self, uri: str) -> str:
        if not self._base:
            return uri
        parts = urllib.parse.urlsplit(uri)
        return self._base + parts.path + (f"?{parts.query}" if parts.query else "")
