"""Sessions that begin without a code, for tests of what comes after."""

import secrets

from bugglio.logins import lasting
from bugglio.logins.hashes import fingerprint
from bugglio.logins.records import Login, Session
from bugglio.pager.kit import Kit
from bugglio.pager.logins.sessions import change_login
from bugglio.roster import Engineer


def begin(kit: Kit, person: Engineer, browser: str = "") -> str:
    """A new session; its secret."""
    secret = secrets.token_urlsafe(24)

    def begun(login: Login, now: int) -> Login:
        until = now + lasting.LASTS
        return lasting.begun(
            login, Session(id=fingerprint(secret), who=person.id, at=now, until=until, browser=browser)
        )

    change_login(kit.store, person, begun)
    return secret
