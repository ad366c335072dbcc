"""Whether the public address leads to this very deployment, under each door, and refuses who does not belong there."""

import secrets
from urllib.parse import urlsplit

from bugglio import probe
from bugglio.cli.doctor.checks import Check, Checks, good, unknown, wrong
from bugglio.config import Settings
from bugglio.exchange import Reply
from bugglio.web import asked

DOORS = ("bugsnag", "sms", "sms-status", "tick", "admin")
PATIENCE = 15.0
"""Seconds; a function that slept starts first."""
NOT_RUNNING = "nothing answers there: python -m bugglio run is not running"
REACH = (
    "Deploy the function {door} (docs/deploy.md), or correct BUGGLIO_PUBLIC_URL: it is the address before /bugsnag,"
    " without a slash at its end."
)
ANOTHER = "Correct BUGGLIO_PUBLIC_URL, or deploy that function again with the settings and the secret of this one."
HTTPS = "Set BUGGLIO_PUBLIC_URL to an address that begins with https://: what goes to it can be read on the way."
OPEN = "Deploy again: /bugsnag takes deliveries with a wrong secret, so that anybody can page you."


def of_addresses(settings: Settings) -> Checks:
    """Ask each door which deployment it belongs to, then knock with a wrong secret."""
    public = settings.bugglio_public_url
    if urlsplit(public).scheme != "https" and not is_local(public):
        yield wrong("BUGGLIO_PUBLIC_URL", "it does not begin with https://", HTTPS)
    found = [_of_door(settings, door) for door in DOORS]
    yield from found
    yield _of_secret(settings, reached=found[0].ok is True)


def is_local(address: str) -> bool:
    """Whether an address is this machine's own."""
    return (urlsplit(address).hostname or "") in ("127.0.0.1", "localhost", "::1")


def _of_door(settings: Settings, door: str) -> Check:
    name, question = f"/{door}", secrets.token_hex(16)
    reply = asked("GET", settings.door_url(name), patience=PATIENCE, headers={probe.HEADER: question})
    if isinstance(reply, str):
        return _unreached(settings, door, reply)
    answer = reply.headers.get(probe.HEADER.lower())
    if reply.status == 405 and probe.proves(settings.flask_secret_key, door, question, answer):
        return good(name, "it leads here")
    if answer:
        return wrong(name, "another deployment, or one with another FLASK_SECRET_KEY, answers there", ANOTHER)
    return wrong(name, f"bugglio does not answer there, but something else (HTTP {reply.status})", _reach(door))


def _unreached(settings: Settings, door: str, trouble: str) -> Check:
    if settings.twilio_api_url and is_local(settings.bugglio_public_url):
        return unknown(f"/{door}", NOT_RUNNING, "python -m bugglio run")
    return wrong(f"/{door}", f"the public address does not lead there: {trouble}", _reach(door))


def _reach(door: str) -> str:
    return REACH.format(door=door)


def _of_secret(settings: Settings, *, reached: bool) -> Check:
    name = "a wrong secret"
    if not reached:
        return unknown(name, "/bugsnag was not reached")
    address = f"{settings.door_url('/bugsnag')}?token={secrets.token_hex(16)}"
    kind = {"Content-Type": "application/json"}
    reply = asked("POST", address, patience=PATIENCE, body=b"{}", headers=kind)
    if isinstance(reply, Reply) and reply.status in (401, 403):
        return good(name, "it is refused at /bugsnag")
    if isinstance(reply, Reply) and reply.status < 400:
        return wrong(name, "it is taken at /bugsnag", OPEN)
    return unknown(name, reply if isinstance(reply, str) else f"/bugsnag answered HTTP {reply.status}")
