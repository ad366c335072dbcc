"""How pages say things: times by the viewer's clock, spans in words, numbers shortened."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask
from markupsafe import Markup, escape

from bugglio.admin.viewing import ADMINS_ONLY, current
from bugglio.redact import short
from bugglio.roster import DAY, HOUR, MINUTE
from bugglio.when import told
from bugglio.zones import zone_of

SECOND = 1000
NAVIGATION = (
    ("status", "Status"),
    ("alerts", "Alerts"),
    ("schedule", "Schedule"),
    ("roster", "Roster"),
    ("pages", "Pages"),
    ("figures", "Figures"),
)
TURNS = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
"""Characters that embed, override or isolate a direction; letters of either direction go their own way without them."""
FOR_ADMINS = frozenset({"roster"})
"""Of these every page is for admins alone; of the others, those that say so."""


def add(app: Flask) -> None:
    """Make them known to the templates."""
    app.jinja_env.filters.update(clock=clock, moment=moment, ago=ago, span=span, number=short, person=person)
    app.jinja_env.filters["capital"] = capital
    app.jinja_env.finalize = straight
    app.context_processor(lambda: {"viewer": current(), "navigation": _navigation(app)})


def straight(value: object) -> object:
    """
    What is put on a page, without what turns the rest of the line around.

    Such characters are invisible: an error's message with them would read otherwise than it is.
    """
    if not isinstance(value, str) or isinstance(value, Markup) or value.isascii():
        return value
    return value.translate(TURNS)


def _navigation(app: Flask) -> list[tuple[str, str]]:
    """The parts that whoever looks may open."""
    viewer = current()
    if viewer is None or viewer.who.admin:
        return list(NAVIGATION)
    free = [part for part in NAVIGATION if part[0] not in FOR_ADMINS]
    return [part for part in free if not hasattr(app.view_functions[f"{part[0]}.index"], ADMINS_ONLY)]


def capital(text: str) -> str:
    """With a capital letter at its beginning, and the rest as it is."""
    return text[:1].upper() + text[1:]


def clock(at: int | None) -> str:
    """An instant as a `<time>`: the time of day, with its date unless that is today's."""
    return _time(at, _short) if at is not None else ""


def moment(at: int | None) -> str:
    """An instant as a `<time>`, in full, with its zone."""
    return _time(at, told) if at is not None else ""


def ago(at: int | None) -> str:
    """How long ago: "3 min"; empty for none."""
    viewer = current()
    return span(viewer.now - at) if at is not None and viewer is not None else ""


def span(milliseconds: float | None) -> str:
    """A length in its largest whole unit: "40 s", "3 min", "2 h", "5 days"."""
    if milliseconds is None:
        return ""
    for unit, name in ((2 * DAY, "days"), (2 * HOUR, "h"), (MINUTE, "min")):
        if milliseconds >= unit:
            one = {"days": DAY, "h": HOUR, "min": MINUTE}[name]
            return f"{milliseconds // one:.0f} {name}"
    return f"{max(0, milliseconds) // SECOND:.0f} s"


def person(id_: str | None) -> str:
    """The name behind an engineer's id; the id of whoever is gone."""
    viewer = current()
    known = viewer.roster.engineers.get(id_ or "") if viewer is not None else None
    return known.name if known is not None else (id_ or "")


def _time(at: int, words: Callable[[int, int, str], str]) -> str:
    viewer = current()
    zone, now = (viewer.zone, viewer.now) if viewer is not None else ("UTC", at)
    exact = datetime.fromtimestamp(at / 1000, zone_of("UTC"))
    stamp = f"{exact:%Y-%m-%dT%H:%M:%SZ}"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(stamp, stamp, escape(words(at, now, zone)))


def _short(at: int, now: int, zone: str) -> str:
    when, today = (datetime.fromtimestamp(one / 1000, zone_of(zone)) for one in (at, now))
    if when.date() == today.date():
        return f"{when:%H:%M}"
    near = abs(when.date() - today.date()) < timedelta(days=300)
    return f"{when:%H:%M} {when:%a} {when.day} {when:%b}" + ("" if near else f" {when.year}")
