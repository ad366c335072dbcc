"""Who calls: the secret they bring, and the address they come from."""

import hmac
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from werkzeug import Request

from bugglio.doors import http
from bugglio.hops import client

Network = IPv4Network | IPv6Network


def brings_secret(request: Request, tokens: Sequence[str]) -> bool:
    """Whether `?token=` or the password of HTTP Basic is one of these; compared in constant time."""
    # No token has a space in it: one that came was a plus, as base64 writes it and an address does not.
    brought = [token.replace(" ", "+") for token in http.query(request).getlist("token")[:1]] + _password(request)
    # All are compared, so that the time does not tell which one fits.
    same = [_same(one, token) for one in brought for token in tokens if token]
    return any(same)


def _password(request: Request) -> list[str]:
    told = request.authorization
    return [told.password] if told is not None and told.type == "basic" and told.password else []


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode())


def comes_from(request: Request, networks: Iterable[Network], hops: int) -> bool:
    """Whether the caller's address, behind so many proxies, is in one of these networks; without networks any is."""
    allowed = list(networks)
    if not allowed:
        return True
    told = client(request.remote_addr or "", request.headers.getlist("X-Forwarded-For"), hops)
    try:
        address = ip_address(told)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return any(address.ipv4_mapped in network for network in allowed)
    return any(address in network for network in allowed)
