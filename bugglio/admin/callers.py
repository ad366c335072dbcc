"""Whose browser asks: the client's address, the cookie by which a browser is known again, and roughly which it is."""

from typing import TYPE_CHECKING

from flask import request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug import Response as AnyResponse

from bugglio.hops import client
from bugglio.pager.logins import Caller

if TYPE_CHECKING:
    from bugglio.admin.office import Office

COOKIE = "bugglio_browser"
LASTS = 180 * 24 * 3600
"""Seconds since its latest login for which a browser is known."""
KINDS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("Chrom", "Chrome"))
MORE_KINDS = (("CriOS", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "an iPhone"), ("iPad", "an iPad"), ("Windows", "Windows"))
MORE_SYSTEMS = (("CrOS", "ChromeOS"), ("Mac OS", "a Mac"), ("Linux", "Linux"))


def caller(office: "Office") -> Caller:
    """Who asks to be let in."""
    address = client(request.remote_addr or "", request.headers.getlist("X-Forwarded-For"), office.hops)
    return Caller(address, _device(office), browser(request.headers.get("User-Agent", "")))


def is_known(office: "Office") -> bool:
    """Whether somebody has logged in in this browser before, as far as its cookie is ours."""
    return bool(_device(office))


def remember(office: "Office", answer: AnyResponse, device: str) -> None:
    """Let the browser be known by this secret from now on."""
    answer.set_cookie(
        COOKIE,
        str(_serializer(office).dumps(device)),
        max_age=LASTS,
        path=request.script_root or "/",
        secure=office.public_url.startswith("https:"),
        httponly=True,
        samesite="Lax",
    )


def browser(agent: str) -> str:
    """Which browser it is on what, roughly, by what it says of itself: "Firefox on Android"."""
    kind = next((name for mark, name in KINDS + MORE_KINDS if mark in agent), "A browser")
    system = next((name for mark, name in SYSTEMS + MORE_SYSTEMS if mark in agent), "")
    return f"{kind} on {system}" if system else kind


def _device(office: "Office") -> str:
    """The secret in the browser's cookie, if we have signed that."""
    try:
        return str(_serializer(office).loads(request.cookies.get(COOKIE, ""), max_age=LASTS))
    except BadSignature:
        return ""


def _serializer(office: "Office") -> URLSafeTimedSerializer:
    # It signs with the last of the keys, and takes any.
    return URLSafeTimedSerializer([*office.keys[1:], office.keys[0]], salt="bugglio browser")
