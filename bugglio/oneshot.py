"""One HTTP request on a connection of its own, which asks for leave before the request is written."""

import ipaddress
import logging
import urllib.parse
from collections.abc import Callable, Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from bugglio.exchange import Exchange, Reply

# Its debug lines hold addresses, and those of Twilio's log hold phone numbers.
logging.getLogger("urllib3").setLevel(logging.INFO)

Auth = tuple[str, str] | Callable[[requests.PreparedRequest], requests.PreparedRequest]
"""
User and password, or what puts its proof into the request.

A proof that were merely among the headers would give way to what a .netrc file says of the host.
"""


def send(
    exchange: Exchange,
    method: str,
    url: str,
    *,
    params: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | bytes | None = None,
    headers: Mapping[str, str] | None = None,
    auth: Auth | None = None,
    heard: bool = True,
) -> requests.Response:
    """
    Send it once, in the time that the exchange has left and without redirects; the exchange gets the answer too.

    Unless it is to be `heard`, nothing is read of the answer's body, which may have no end.
    """
    with requests.Session() as session:
        session.trust_env = not _is_loopback(url)
        session.mount("http://", _Adapter(exchange))
        session.mount("https://", _Adapter(exchange))
        got = session.request(
            method,
            url,
            params=params,
            data=data,
            headers={**(headers or {}), "Connection": "close"},
            auth=auth,
            timeout=(exchange.left(), exchange.left()),
            allow_redirects=False,
            stream=not heard,
        )
        body = got.text if heard else ""
        got.close()
    names = {name.lower(): value for name, value in got.headers.items()}
    exchange.reply = Reply(got.status_code, names, body)
    return got


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
