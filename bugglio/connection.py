"""One HTTP request to Twilio on a connection of its own, which asks for leave before the request is written."""

import ipaddress
import logging
import urllib.parse
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from twilio.http import HttpClient
from twilio.http.response import Response
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from bugglio.exchange import Exchange, Reply

# Its debug lines hold addresses, and those of the message log hold phone numbers.
logging.getLogger("urllib3").setLevel(logging.INFO)


class OneShotClient(HttpClient):
    """
    What Twilio's library sends with: no pool, no redirects, no logging, and the time that the exchange has left.

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
        with requests.Session() as session:
            session.trust_env = not _is_loopback(url)
            session.mount("http://", _Adapter(self._exchange))
            session.mount("https://", _Adapter(self._exchange))
            timeouts = (self._exchange.left(), self._exchange.left())
            got = session.request(
                method,
                url,
                params=params,  # type: ignore[arg-type]  # Twilio's library serializes to text before it gets here
                data=data,
                headers={**(headers or {}), "Connection": "close"},
                auth=auth,
                timeout=timeouts,
                allow_redirects=False,
            )
        names = {name.lower(): value for name, value in got.headers.items()}
        self._exchange.reply = Reply(got.status_code, names, got.text)
        return Response(got.status_code, got.text, got.headers)

    def _address(self, uri: str) -> str:
        if not self._base:
            return uri
        parts = urllib.parse.urlsplit(uri)
        return self._base + parts.path + (f"?{parts.query}" if parts.query else "")


def _is_loopback(url: str) -> bool:
    """Whether the address is this machine: a proxy meant for the world does not lead there."""
    host = urllib.parse.urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Adapter(HTTPAdapter):
    """Makes connections that ask the exchange for leave, directly or through a proxy."""

    def __init__(self, exchange: Exchange) -> None:
        self._pools = _pools(exchange)
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager


def _pools(exchange: Exchange) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            exchange.leave(self.sock)

    class Secure(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            exchange.leave(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
