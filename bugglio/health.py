"""
What is wrong with the pager itself, in plain words with since when.

It is told in one way wherever it is told: by `/health`, `status`, the heartbeat that stops, the alarm, the admin page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from bugglio.phone import Phone
from bugglio.roster import HOUR, MINUTE
from bugglio.sender import SenderState

SILENT = 3 * MINUTE
"""So long after the last tick it is taken for dead."""
LATE = 5 * MINUTE
"""So long after it was due a step or a page is late, and a self-test has not come through."""
AGAIN = HOUR
"""The alarm is raised so often while something is wrong."""

SENDER, TICK, LAST_RESORT, PAGE, STEP, SELF_TEST = "sender", "tick", "last resort", "page", "step", "self-test"
"""What may be wrong, in the order in which it is told: what causes other things comes first."""


@dataclass(frozen=True)
class Vitals:
    """What was read of the pager. Times in milliseconds; None: there is no such thing, or it was not read."""

    at: int
    tick: int | None = None
    """The last tick."""
    awaited_since: int | None = None
    """Since when a first tick is waited for, where that is known; elsewhere the pager is well before it."""
    sender: SenderState = field(default_factory=SenderState)
    last_resort: Phone = field(default_factory=Phone)
    step: int | None = None
    """When the step that is latest was due ..."""
    page: int | None = None
    """... and the page."""
    vain: int | None = None
    """Since when the longest of the texts is tried of which nobody knows yet that it went out."""
    self_test: int | None = None
    """Since when the daily self-test is waited for, or failed."""


@dataclass(frozen=True)
class Ailment:
    """One thing that is wrong."""

    kind: str
    what: str
    since: int
    told: int | None = None
    """When whoever found it told of it."""


def ailments(vitals: Vitals) -> tuple[Ailment, ...]:
    """All that is wrong, the causes first; empty: the pager is well."""
    found = (_sender(vitals), _tick(vitals), _last_resort(vitals), _page(vitals), _step(vitals), _self_test(vitals))
    return tuple(one for one in found if one is not None)


def _sender(vitals: Vitals) -> Ailment | None:
    state = vitals.sender
    if not state.down:
        return None
    return Ailment(SENDER, f"Twilio refuses texts: {state.cause}", state.since, told=state.since)


def _tick(vitals: Vitals) -> Ailment | None:
    if vitals.tick is None:
        waited = vitals.awaited_since
        never = waited is not None and vitals.at - waited > SILENT
        return Ailment(TICK, "the tick has never come", waited or 0) if never else None
    dead = vitals.at - vitals.tick > SILENT
    return Ailment(TICK, "the tick has not come for over 3 minutes", vitals.tick) if dead else None


def _last_resort(vitals: Vitals) -> Ailment | None:
    phone = vitals.last_resort
    why = lost_for_good(phone)
    since = phone.stopped_at if phone.opted_out else phone.failed_at
    return Ailment(LAST_RESORT, f"the last resort's phone (ON_DUTY) takes no texts: {why}", since) if why else None


def lost_for_good(phone: Phone) -> str:
    """Why a phone takes no texts until somebody mends it; empty if it does."""
    return "opted out by STOP" if phone.opted_out else phone.refused


def _page(vitals: Vitals) -> Ailment | None:
    """While nobody can be texted that is what is told, and what waited for it is given its time afterwards."""
    if vitals.sender.down:
        return None
    since = _earliest(vitals.page, vitals.vain)
    return _late(PAGE, since, vitals)


def _step(vitals: Vitals) -> Ailment | None:
    return _late(STEP, vitals.step, vitals)


def _late(kind: str, since: int | None, vitals: Vitals) -> Ailment | None:
    if since is None or vitals.at - max(since, vitals.sender.until or 0) <= LATE:
        return None
    return Ailment(kind, f"a {kind} is over 5 minutes late", since)


def _self_test(vitals: Vitals) -> Ailment | None:
    since = vitals.self_test
    if since is None or vitals.at - since <= LATE:
        return None
    return Ailment(SELF_TEST, "the daily self-test did not come through", since)


def _earliest(*moments: int | None) -> int | None:
    return min((moment for moment in moments if moment is not None), default=None)


class Raised(msgspec.Struct, frozen=True):
    """An alarm that is on: since when what it tells is wrong, and when it was told last."""

    since: int
    told: int


@dataclass(frozen=True)
class Bulletin:
    """What is to be told now, and what is remembered of it."""

    raised: Mapping[str, Raised]
    """By the ailments' kinds."""
    tell: tuple[Ailment, ...] = ()
    over: tuple[str, ...] = ()
    """Kinds of which it is well again."""


def bulletin(raised: Mapping[str, Raised], found: Sequence[Ailment], now: int, *, whole: bool = True) -> Bulletin:
    """
    What is told once as it begins, and again each hour while it lasts.

    `whole`: all that may be wrong was looked at, so what was not found is well again.
    """
    over = tuple(kind for kind in raised if whole and kind not in {one.kind for one in found})
    after, tell = {kind: one for kind, one in raised.items() if kind not in over}, list[Ailment]()
    for one in found:
        told = raised[one.kind].told if one.kind in raised else one.told
        if told is None or now - told >= AGAIN:
            tell.append(one)
            told = now
        after[one.kind] = Raised(raised[one.kind].since if one.kind in raised else one.since, told)
    return Bulletin(after, tuple(tell), over)
