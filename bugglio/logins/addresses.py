"""
How much one client's address may ask and try in an hour. Times in milliseconds.

Addresses are spread over a fixed number of documents, each of which has room for so many: strangers cannot fill the
store. Where there are more, the oldest give way; then the limits of the phones hold alone, as they do anyway.
"""

from ipaddress import IPv6Address, ip_address
from typing import Any

import msgspec

from bugglio import fading
from bugglio.document import document
from bugglio.roster import HOUR

DOCUMENTS = 64
ROOM = 200
ASKS = 20
"""So many codes may be asked for from one address ..."""
TRIES = 60
"""... and so often be tried."""
NETWORK = 64
"""Bits of an IPv6 address that are told apart: the rest is the caller's to choose."""


class Count(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one address has done in the hour that began with its first."""

    id: str
    """A hash."""
    at: int
    asks: int = 0
    tries: int = 0


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """A document of some addresses."""

    v: int = 1
    counts: tuple[Count, ...] = ()


def network(address: str) -> str:
    """What of an address is counted as one; what is no address is counted together."""
    try:
        found = ip_address(address.strip().strip("[]").partition("%")[0])
    except ValueError:
        return ""
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped) if found.ipv4_mapped is not None else f"{int(found) >> (128 - NETWORK):x}/64"


def path(id_: str) -> str:
    """Where the address of this hash is counted."""
    return f"logins/addresses-{int(id_, 16) % DOCUMENTS:02}"


def load(fields: Any) -> Counts:
    """A document's counts, or none."""
    return msgspec.convert(fields, Counts) if fields else Counts()


def dump(counts: Counts) -> dict[str, Any]:
    """The counts as a document."""
    return {**document(counts), fading.FIELD: fading.after(max((one.at for one in counts.counts), default=None))}


def asks_once_more(counts: Counts, id_: str, now: int) -> Counts | None:
    """The counts after this address has asked for a code; None: it may not."""
    mine = _mine(counts, id_, now)
    return None if mine.asks >= ASKS else _with(counts, msgspec.structs.replace(mine, asks=mine.asks + 1), now)


def tries_once_more(counts: Counts, id_: str, now: int) -> Counts | None:
    """The counts after this address has tried a code; None: it may not."""
    mine = _mine(counts, id_, now)
    return None if mine.tries >= TRIES else _with(counts, msgspec.structs.replace(mine, tries=mine.tries + 1), now)


def _mine(counts: Counts, id_: str, now: int) -> Count:
    return next((one for one in counts.counts if one.id == id_ and now - one.at < HOUR), Count(id=id_, at=now))


def _with(counts: Counts, mine: Count, now: int) -> Counts:
    others = [one for one in counts.counts if one.id != mine.id and now - one.at < HOUR]
    others.sort(key=lambda one: one.at)
    kept = tuple(others[-(ROOM - 1) :])
    return msgspec.structs.replace(counts, counts=(*kept, mine))
