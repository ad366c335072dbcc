"""Who stays logged in, where, and how it ends. Times in milliseconds."""

from collections.abc import Collection

import msgspec

from bugglio.logins.asking import LASTS as LINK_LASTS
from bugglio.logins.records import Device, Link, Login, Session
from bugglio.roster import HOUR

LASTS = 12 * HOUR
MOST = 20
"""So many sessions of one phone are kept, the newest ones ..."""
DEVICES = 10
"""... and so many known browsers."""


def begun(login: Login, session: Session, device: Device | None = None) -> Login:
    """The phone after somebody has logged in, in a browser that is known from then on."""
    sessions = (*(one for one in login.sessions if one.until > session.at), session)[-MOST:]
    devices = login.devices
    if device is not None:
        devices = (*(one for one in devices if one.id != device.id), device)[-DEVICES:]
    return msgspec.structs.replace(login, sessions=sessions, devices=devices)


def known(login: Login, fingerprint: str) -> Device | None:
    """The known browser of this fingerprint."""
    return next((one for one in login.devices if one.id == fingerprint), None)


def held(login: Login, names: Collection[str], now: int) -> tuple[Session, ...]:
    """The sessions that somebody of these names has, the newest last."""
    return tuple(one for one in login.sessions if one.who in names and one.until > now)


def ended(login: Login, id_: str) -> Login:
    """The phone without one session. Its browser stays known: somebody who logs out comes back."""
    return msgspec.structs.replace(login, sessions=tuple(one for one in login.sessions if one.id != id_))


def forgotten(login: Login, id_: str) -> Login:
    """The same, and its browser is a stranger's from then on: it may be lost."""
    devices = {one.device for one in login.sessions if one.id == id_}
    left = tuple(one for one in login.devices if one.id not in devices)
    return msgspec.structs.replace(ended(login, id_), devices=left)


def all_ended(login: Login) -> Login:
    """The phone with nobody logged in, no known browser, and no code or link that would do; what was asked counts."""
    return msgspec.structs.replace(login, sessions=(), devices=(), codes=(), link=None)


def only_after(login: Login, moment: int) -> Login:
    """The phone without all that began before its owner left the roster."""
    link = login.link if login.link is not None and login.link.at > moment else None
    return msgspec.structs.replace(
        login,
        sessions=tuple(one for one in login.sessions if one.at > moment),
        devices=tuple(one for one in login.devices if one.at > moment),
        codes=tuple(one for one in login.codes if one.at > moment),
        link=link,
    )


def linked(login: Login, id_: str, now: int) -> Link | None:
    """The link of this fingerprint, unless it is too old."""
    link = login.link
    return link if link is not None and link.id == id_ and now - link.at < LINK_LASTS else None
