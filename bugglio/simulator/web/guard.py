"""Whom the simulator answers: this machine, its public address, and its own page."""

import ipaddress
import urllib.parse
from typing import TYPE_CHECKING

from flask import request

from bugglio.simulator.web.forms import Rejected

if TYPE_CHECKING:
    from bugglio.simulator.core import Simulator


def guard(simulator: "Simulator") -> None:
    """
    Keep other sites' pages from driving the simulator through somebody's browser.

    A foreign Host is a name that was pointed at this machine; a foreign Origin is another site's form or script.
    """
    ours = urllib.parse.urlsplit(simulator.public_url).hostname
    host = _hostname(f"//{request.host}")
    if not _is_loopback(host) and host != ours:
        raise Rejected(403, "This address is not the simulator's.")
    if request.method not in {"GET", "HEAD", "OPTIONS"} and _comes_from_another_site():
        raise Rejected(403, "Another site may not do this.")


def _comes_from_another_site() -> bool:
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "none")
    return site not in {"same-origin", "none"} or (origin is not None and _netloc(origin) != request.host)


def _hostname(url: str) -> str:
    try:
        return (urllib.parse.urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _netloc(url: str) -> str:
    try:
        return urllib.parse.urlsplit(url).netloc
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
