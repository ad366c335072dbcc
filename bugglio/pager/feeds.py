"""The addresses of calendar feeds, each with a secret that can be renewed, and what is found there."""

import hmac
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from bugglio.calendars import Feed, engineer_feed, team_feed
from bugglio.ical import write
from bugglio.pager.kit import Kit
from bugglio.roster import Roster
from bugglio.store import Document, Reading, Store, Write
from bugglio.store.change import change
from bugglio.store.port import MAX_WRITES
from bugglio.store.retry import retrying

ENGINEER = "engineer"
TEAM = "team"
PATH = "/admin/calendar"
SECRET_BYTES = 24
_SECRET = re.compile(r"[A-Za-z0-9_-]{32}")
_ID = re.compile(r"[a-z][a-z0-9-]{0,99}")
_NOBODY = "-"
"""Read in place of an id that no roster could have."""
_COLLECTIONS = {ENGINEER: "engineers", TEAM: "teams"}


@dataclass(frozen=True)
class Owner:
    """Whose shifts a feed shows."""

    kind: str
    """`engineer` or `team`."""
    id: str

    @property
    def path(self) -> str:
        """Where the secret is kept."""
        return f"{_COLLECTIONS[self.kind]}/{self.id if _ID.fullmatch(self.id) else _NOBODY}"

    def address(self, secret: str) -> str:
        """The address below the public one."""
        return f"{PATH}/{self.kind}/{self.id}/{secret}.ics"


@dataclass(frozen=True)
class Body:
    """What is found at an address."""

    content: bytes
    tag: str
    """Equal as long as a calendar would show the same."""


class Feeds:
    """Gives addresses out, renews them, and answers there."""

    def __init__(self, kit: Kit) -> None:
        """Keep what it works with."""
        self._kit = kit

    def owners(self) -> list[Owner]:
        """Everybody on the roster, then the teams."""
        roster = self._kit.roster()
        return [*(Owner(ENGINEER, one) for one in roster.engineers), *(Owner(TEAM, one) for one in roster.teams)]

    def address_path(self, kind: str, id_: str) -> str:
        """The address below the public one, made when it is first asked for; `KeyError`: not on the roster."""
        return self.address_paths([Owner(kind, id_)])[0]

    def address_paths(self, owners: Sequence[Owner]) -> list[str]:
        """The addresses of many, in their order; `KeyError`: one is not on the roster."""
        _must_be_there(self._kit.roster(), owners)
        found: list[str] = []
        for start in range(0, len(owners), MAX_WRITES):
            some = owners[start : start + MAX_WRITES]
            found += retrying(partial(self._known_or_made, some))
        return found

    def given(self, owners: Sequence[Owner]) -> list[str | None]:
        """The addresses of some (400 at most) as far as there are any: looking makes none."""
        reading = self._kit.store.get([owner.path for owner in owners])
        known = ((owner, _secret_in(reading.get(owner.path))) for owner in owners)
        return [owner.address(secret) if secret else None for owner, secret in known]

    def renew(self, kind: str, id_: str) -> str:
        """Another address; the one before leads nowhere from then on. `KeyError`: not on the roster."""
        owner = Owner(kind, id_)
        _must_be_there(self._kit.roster(), [owner])
        return retrying(lambda: self._renewed(owner))

    def body(self, kind: str, id_: str, secret: str) -> Body | None:
        """
        What is found at an address; None when nothing is, whatever the reason.

        An id that nobody has costs what one with another secret costs, so that asking does not tell who is there.
        """
        if kind not in _COLLECTIONS or not _SECRET.fullmatch(secret):
            return None
        owner = Owner(kind, id_)
        roster = self._kit.roster()
        reading = self._kit.store.get([owner.path])
        known = _secret_in(reading.get(owner.path)) or _fresh()
        if not hmac.compare_digest(secret.encode(), known.encode()) or not _is_there(roster, owner):
            return None
        feed = _feed(roster, owner, reading.at)
        return Body(write(feed, reading.at), feed.tag)

    def _known_or_made(self, owners: Sequence[Owner]) -> list[str]:
        reading = self._kit.store.get([owner.path for owner in owners])
        known = {owner: _secret_in(reading.get(owner.path)) for owner in owners}
        made = {owner: _fresh() for owner, secret in known.items() if not secret}
        if made:
            self._kit.store.commit([_kept(reading, owner, secret) for owner, secret in made.items()])
        return [owner.address(made.get(owner) or known[owner]) for owner in owners]

    def _renewed(self, owner: Owner) -> str:
        reading = self._kit.store.get([owner.path])
        secret = _fresh()
        self._kit.store.commit([_kept(reading, owner, secret)])
        return owner.address(secret)


def close(store: Store, owners: Sequence[Owner]) -> None:
    """Addresses of those who have left lead nowhere, whoever comes by the same id after them."""
    for start in range(0, len(owners), MAX_WRITES):
        retrying(partial(_close_some, store, owners[start : start + MAX_WRITES]))


def _close_some(store: Store, owners: Sequence[Owner]) -> None:
    reading = store.get([owner.path for owner in owners])
    writes = [
        Write(one.path, one.version, delete=("calendar",))
        for one in reading.documents.values()
        if "calendar" in one.fields
    ]
    if writes:
        store.commit(writes)


def _fresh() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


def _secret_in(found: Document | None) -> str:
    return str(found.fields.get("calendar") or "") if found else ""


def _kept(reading: Reading, owner: Owner, secret: str) -> Write:
    return change(owner.path, reading.get(owner.path), {"v": 1, "calendar": secret})


def _is_there(roster: Roster, owner: Owner) -> bool:
    return owner.id in (roster.engineers if owner.kind == ENGINEER else roster.teams)


def _must_be_there(roster: Roster, owners: Iterable[Owner]) -> None:
    for owner in owners:
        if not _is_there(roster, owner):
            raise KeyError(owner.id)


def _feed(roster: Roster, owner: Owner, now: int) -> Feed:
    return (engineer_feed if owner.kind == ENGINEER else team_feed)(roster, owner.id, now)
