"""What bugglio remembers of one phone: its throttle, whether it can be reached, which alerts it was told of."""

import hashlib
from collections.abc import Collection
from typing import Any

import msgspec

from bugglio import throttle
from bugglio.asking import Asked
from bugglio.document import document
from bugglio.page import CALLS, NOTICES, PAGES
from bugglio.roster import Mute, Quiet
from bugglio.throttle import Bucket, Budget

UNREACHABLE = 10 * 60_000
"""So long after a text to it failed, a phone counts as unreachable."""
LAST = 10
TOLD = 500


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A text about an alert that went to this phone."""

    alert: str
    code: int
    at: int
    many: bool = False
    """A digest, which stands for more than this one."""
    shown: bool = False
    """Its details, which this phone asked for; a page asks something itself."""


class Changed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What this phone changed last, so that it can take it back."""

    at: int
    verb: str
    alerts: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    """Ids of overrides, quiets and mutes that it made."""
    quiets: tuple[Quiet, ...] = ()
    """What ended by it ..."""
    mutes: tuple[Mute, ...] = ()
    """... and begins again when it is taken back."""


class Phone(msgspec.Struct, frozen=True, kw_only=True):
    """The document of one number. Times in milliseconds."""

    v: int = 1
    pages: Bucket = Bucket()
    notices: Bucket = Bucket()
    calls: Bucket = Bucket()
    held: dict[str, int] = {}
    """Per lane: until when pages were told to wait; while it is there, a free token goes to what waits."""
    last: tuple[Told, ...] = ()
    """The newest alerts texted to it, newest first."""
    told: tuple[int, ...] = ()
    """The newest codes it was told, newest last."""
    listed: tuple[int, ...] = ()
    """How far the latest list was told: the place in it of the last alert named."""
    asked: Asked | None = None
    """What it was asked in answer to its own text: this is answered first."""
    begun: tuple[Asked, ...] = ()
    """What it was asked of bugglio's own accord, newest first."""
    changed: Changed | None = None
    opted_out: bool = False
    stopped_at: int = 0
    """When it was last known to have opted out: what was sent later and arrived shows that it takes texts again."""
    refused: str = ""
    """Why Twilio will never deliver to it, in plain words."""
    failed_at: int = 0
    heard_at: int = 0
    """The latest text from it; 0: none ever came, and nobody knows whether it is theirs."""
    welcomed_at: int = 0
    """When its first text, which says who will page it, was made."""
    stamps: dict[str, tuple[int, int]] = {}
    """When a text that begins with its time last went, by lane, and how many of that second."""
    zone: str = ""
    """By whose clock it was last told the time: a zone's IANA name."""
    zoned_at: int = 0
    """When that took the place of another zone; 0: never."""
    misses: int = 0
    """Texts in a row that were not understood, or of which nothing came ..."""
    idle: int = 0
    """... and those that changed nothing, looks among them."""
    suspected_at: int = 0
    """When the admins were told that it seems to answer by itself."""
    day: int = 0
    """Strangers: the day (UTC) of ..."""
    answers: int = 0
    """... so many answers."""


def phone_id(number: str) -> str:
    """The id of a number's document: a hash, for document names appear in error messages."""
    return hashlib.sha256(f"phone {number}".encode()).hexdigest()[:24]


def path(key: str) -> str:
    """Where the phone with this id lies in the store."""
    return f"phones/{key}"


def load(fields: Any) -> Phone:
    """A phone from its document, or one that nothing is known of."""
    return msgspec.convert(fields, Phone) if fields else Phone()


def dump(phone: Phone) -> dict[str, Any]:
    """A phone as a document."""
    return document(phone)


def unreachable(phone: Phone, now: int) -> str:
    """Why pages to this phone would not arrive; empty if they would, as far as is known."""
    if phone.opted_out:
        return "opted out by STOP"
    if phone.refused:
        return phone.refused
    return "the last text to it failed" if phone.failed_at and now - phone.failed_at < UNREACHABLE else ""


def next_token(phone: Phone, lane: str, now: int) -> int:
    """When the next text, or call, of this lane may go by the phone's throttle."""
    burst = throttle.ONE if lane == CALLS else throttle.BURST
    return throttle.next_token(_bucket(phone, lane), now, hourly=lane != NOTICES, burst=burst)


def next_in_budget(phone: Phone, lane: str, now: int, budget: Budget) -> int:
    """When the next text of this lane may go by the day's budget; calls are no texts."""
    return now if lane == CALLS else throttle.next_in_budget(_bucket(phone, lane), now, budget)


def next_text(phone: Phone, lane: str, now: int, budget: Budget) -> int:
    """When the next text of this lane may go by both."""
    return max(next_token(phone, lane, now), next_in_budget(phone, lane, now, budget))


def went(phone: Phone, lane: str, now: int) -> Phone:
    """The phone after a text that takes no token."""
    return msgspec.structs.replace(phone, **{lane: throttle.went(_bucket(phone, lane), now)})


def take(phone: Phone, lane: str, now: int) -> Phone:
    """The phone after a token was used; nothing is held any more."""
    held = {name: until for name, until in phone.held.items() if name != lane}
    bucket = {lane: throttle.take(_bucket(phone, lane), now)}
    return msgspec.structs.replace(phone, held=held, **bucket)


def _bucket(phone: Phone, lane: str) -> Bucket:
    """The tokens of a lane, which are kept under its name."""
    return {PAGES: phone.pages, NOTICES: phone.notices, CALLS: phone.calls}[lane]


def hold(phone: Phone, lane: str, until: int) -> Phone:
    """The phone that has texts waiting for it."""
    return msgspec.structs.replace(phone, held={**phone.held, lane: until})


def in_zone(phone: Phone, zone: str, now: int) -> Phone:
    """The phone that is told the time of this zone."""
    if zone == phone.zone:
        return phone
    return msgspec.structs.replace(phone, zone=zone, zoned_at=now if phone.zone else 0)


def tell(phone: Phone, told: Told, codes: tuple[int, ...]) -> Phone:
    """The phone after a text about one alert that named these codes; details leave the page before them in place."""
    others = tuple(one for one in phone.last if one.alert != told.alert or (told.shown and not one.shown))
    return msgspec.structs.replace(name(phone, codes), last=(told, *others)[:LAST])


def untell(phone: Phone, alert: str, sent: Collection[int], codes: Collection[int]) -> Phone:
    """
    The phone after a text to it has failed that was the first to tell it of an alert, or of these codes.

    What nobody has seen is not meant by a word that leaves open which. `sent` are the times of its attempts.
    """
    last = tuple(one for one in phone.last if one.alert != alert or one.shown or one.at not in sent)
    # A list may have named the codes since.
    heard = phone.heard_at > min(sent, default=0)
    told = phone.told if heard else tuple(code for code in phone.told if code not in codes)
    return msgspec.structs.replace(phone, last=last, told=told)


def name(phone: Phone, codes: tuple[int, ...]) -> Phone:
    """The phone after a text named these codes."""
    named = set(codes)
    fresh = tuple(code for code in phone.told if code not in named)
    return msgspec.structs.replace(phone, told=(*fresh, *codes)[-TOLD:])
