"""The one sentence at the top, and its colour with its word."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup, escape

from bugglio.admin.saying import clock, person
from bugglio.admin.status.troubles import BAD, Trouble, listed
from bugglio.admin.viewing import viewer
from bugglio.alert import Alert
from bugglio.pager.browsing.status import MOST, Seen
from bugglio.roster import MINUTE
from bugglio.standing import Duty, is_all_well

GOOD = "good"
WARN = "warn"
ALL_WELL = "Everything's perfectly all right now."
REST = "We're fine. We're all fine here, now, thank you. How are you?"
WORDS = {GOOD: "All right", WARN: "Look here", BAD: "Act now"}
"""Colour never tells alone."""


@dataclass(frozen=True)
class Headline:
    """What stands at the top."""

    grade: str
    sentence: Markup
    since: int | None = None
    """The age of what it ends with is told beside it, so that it changes only when something happens."""
    rest: str = ""

    @property
    def word(self) -> str:
        """The colour in words."""
        return WORDS[self.grade]


def headline(seen: Seen, duty: Duty, troubles: Sequence[Trouble]) -> Headline:
    """What is to be said first; `troubles` are those of now."""
    if is_all_well(seen.open, duty, troubles):
        return Headline(GOOD, Markup("{}").format(ALL_WELL), rest=REST)
    grave = [one for one in troubles if one.grade == BAD]
    said = [_of_pager(grave)] if grave else []
    said += [_of_alerts(seen)] if seen.open else []
    said += [_of_others(troubles)] if not said else []
    since = _since(seen.alerts[0][1]) if seen.alerts else (grave or troubles)[0].since
    return Headline(BAD if grave or seen.unanswered else WARN, Markup("; ").join(said), since)


def _of_pager(grave: Sequence[Trouble]) -> Markup:
    first = grave[0]
    more = f", and {len(grave) - 1} more" if len(grave) > 1 else ""
    what = f"{first.what[:1].lower()}{first.what[1:]}" if not first.what.startswith("Twilio") else first.what
    return Markup("The pager is not well: {}{}{}").format(what, _begun(first.since), more)


def _of_others(troubles: Sequence[Trouble]) -> Markup:
    first = troubles[0]
    until = Markup(" until {}").format(clock(first.until)) if first.until else ""
    more = f"; and {len(troubles) - 1} more" if len(troubles) > 1 else ""
    return Markup("{}{}{}{}").format(first.what, _begun(first.since), until, more)


def _of_alerts(seen: Seen) -> Markup:
    unanswered = seen.unanswered
    told = f"{counted(seen.open)} open"
    if not unanswered and seen.open > 1:
        told += ", none unanswered"
    elif unanswered and unanswered < seen.open:
        told += f", {counted(unanswered)} unanswered"
    if not seen.alerts:
        return escape(told)
    key, alert = seen.alerts[0]
    return Markup("{}: {}{}").format(told, _stands(key, alert), _from(_since(alert)))


@dataclass(frozen=True)
class Row:
    """An open alert in the list."""

    key: str
    alert: Alert

    @property
    def name(self) -> str:
        """What it is called."""
        return name(self.alert)

    @property
    def address(self) -> str:
        """Where it is shown."""
        return address(self.key)

    @property
    def grade(self) -> str:
        """Its colour."""
        return {"unanswered": BAD, "quiet": WARN, "held": WARN}.get(self.alert.stands, "")

    @property
    def whose(self) -> str:
        """Who has it, or is waited for."""
        who = self.alert.waits_for if self.alert.stands == "unanswered" else (self.alert.acknowledged_by,)
        return listed(_person(one) for one in who if one)

    @property
    def since(self) -> int:
        """Since when it stands so."""
        return _since(self.alert)


def _stands(key: str, alert: Alert) -> Markup:
    """What stands first, and who has it or is waited for."""
    called = Markup('<a href="{}">{}</a>').format(address(key), name(alert))
    if alert.stands == "unanswered":
        whom = [_person(one) for one in alert.waits_for]
        # The step that waits may have begun long after the first: what counts is how long nobody has answered.
        later = ", unanswered" if alert.began - alert.opened >= MINUTE else ""
        return Markup("{} waits for {}{}").format(called, listed(whom) if whom else "somebody to answer", later)
    if alert.stands == "quiet":
        return Markup("{} waits for the end of the quiet of {}").format(called, _person(alert.acknowledged_by or ""))
    if alert.stands == "acknowledged" and alert.acknowledged_by:
        mine = alert.acknowledged_by == viewer().who.id
        return Markup("{} {} {}").format(_person(alert.acknowledged_by), "have" if mine else "has", called)
    return Markup("{} is {}").format(called, "snoozed" if alert.stands == "snoozed" else "left alone by a rule")


def _since(alert: Alert) -> int:
    """Since when it stands so."""
    return alert.acknowledged_at or alert.opened


def _from(since: int | None) -> Markup:
    return Markup(" since {}").format(clock(since)) if since else Markup("")


def _begun(since: int | None) -> Markup:
    return Markup(" (since {})").format(clock(since)) if since else Markup("")


def _person(one: str) -> str:
    return "you" if one == viewer().who.id else person(one)


def name(alert: Alert) -> str:
    """What it is called: `#417 TypeError`."""
    return f"#{alert.code} {alert.title or alert.kind}"


def address(key: str) -> str:
    """Its page."""
    return f"{url_for('alerts.index')}/{key}"


def counted(count: int) -> str:
    """A number that was counted no further than `MOST`."""
    return f"{count:,}" if count < MOST else f"{MOST:,} or more"
