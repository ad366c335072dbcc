"""Whether the public address leads to this very deployment, under each door, and refuses who does not belong there."""

import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from bugglio import probe
from bugglio.cli.doctor.checks import Check, Checks, good, unknown, wrong
from bugglio.config import Settings
from bugglio.exchange import Reply
from bugglio.laptop import Unusable
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
    yield from of_doors(settings, {door: settings.door_url(f"/{door}") for door in DOORS})


def of_doors(settings: Settings, doors: Mapping[str, str]) -> Checks:
    """The same of doors at these addresses, by which a version is asked that gets no traffic yet."""
    found = {door: _of_door(settings, door, address) for door, address in doors.items()}
    yield from found.values()
    if "bugsnag" in found:
        yield _of_secret(doors["bugsnag"], reached=found["bugsnag"].ok is True)


def read(file: Path) -> dict[str, str]:
    """Doors and their addresses, one a line, as `sms https://…`. Raises `Unusable`."""
    try:
        lines = [line.split() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise Unusable(f"{file} cannot be read ({type(error).__name__}).") from None
    strange = [line for line in lines if len(line) != 2 or line[0] not in DOORS or not line[1].startswith("http")]
    if strange or not lines:
        raise Unusable(f"{file} must name doors and their addresses, one a line, as: sms https://…")
    return dict(lines)


def is_local(address: str) -> bool:
    """Whether an address is this machine's own."""
    return (urlsplit(address).hostname or "") in ("127.0.0.1", "localhost", "::1")


def _of_door(settings: Settings, door: str, address: str) -> Check:
    name, question = f"/{door}", secrets.token_hex(16)
    reply = asked("GET", address, patience=PATIENCE, headers={probe.HEADER: question})
    if isinstance(reply, str):
        return _unreached(settings, door, reply)
    answer = reply.headers.get(probe.HEADER.lower())
    # While the key is being changed, a function may have read the one or the other.
    keys = filter(None, (settings.flask_secret_key, settings.flask_secret_key_previous))
    if reply.status == 405 and any(probe.proves(key, door, question, answer) for key in keys):
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


def _of_secret(door: str, *, reached: bool) -> Check:
    name = "a wrong secret"
    if not reached:
        return unknown(name, "/bugsnag was not reached")
    address = f"{door}?token={secrets.token_hex(16)}"
    kind = {"Content-Type": "application/json"}
    reply = asked("POST", address, patience=PATIENCE, body=b"{}", headers=kind)
    if isinstance(reply, Reply) and reply.status in (401, 403):
        return good(name, "it is refused at /bugsnag")
    if isinstance(reply, Reply) and reply.status < 400:
        return wrong(name, "it is taken at /bugsnag", OPEN)
    return unknown(name, reply if isinstance(reply, str) else f"/bugsnag answered HTTP {reply.status}")
