"""May a code go to this phone once more? Times in milliseconds."""

import msgspec

from bugglio.logins.records import Code, Device, Login
from bugglio.roster import DAY, HOUR, MINUTE

LASTS = 10 * MINUTE
"""So long a code, and a link, is good."""
CODES = 3
"""So many go in an hour to a phone, for all browsers that are not known together, and for each that is ..."""
CODES_A_DAY = 12
"""... and so many in 24 hours: nobody's phone rings all night because a stranger has its number."""


def asked(login: Login, code: Code, device: Device | None, now: int) -> Login | None:
    """The phone after it was sent this code; None: it has had its codes of this hour, or of this day."""
    spent = _within(device.asked if device is not None else login.asked, DAY, now)
    if len(spent) >= CODES_A_DAY or len(_within(spent, HOUR, now)) >= CODES:
        return None
    fresh = (*spent, now)
    login = msgspec.structs.replace(login, codes=(*live(login, now), code))
    if device is None:
        return msgspec.structs.replace(login, asked=fresh)
    after = msgspec.structs.replace(device, asked=fresh)
    devices = tuple(after if one.id == device.id else one for one in login.devices)
    return msgspec.structs.replace(login, devices=devices)


def live(login: Login, now: int) -> tuple[Code, ...]:
    """The codes that are not too old."""
    return tuple(code for code in login.codes if now - code.at < LASTS)


def _within(moments: tuple[int, ...], span: int, now: int) -> tuple[int, ...]:
    return tuple(at for at in moments if now - at < span)
