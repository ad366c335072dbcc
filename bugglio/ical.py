"""
A calendar feed as an iCalendar file, as Google's, Apple's and Microsoft's calendars read it.

RFC 5545, with the names and hints of RFC 7986 and their older twins (`X-WR-CALNAME`; `X-PUBLISHED-TTL` of MS-OXCICAL).
"""

import unicodedata
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bugglio.calendars import Appointment, Feed
from bugglio.roster import MINUTE

if TYPE_CHECKING:
    from icalendar import Event, Timezone, vText

NOT_ON_A_LINE = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Categories of characters: controls, halves of a character, separators of lines and paragraphs."""


def write(feed: Feed, now: int) -> bytes:
    """The feed as a file; `now` in milliseconds since 1970 (UTC)."""
    from icalendar import Calendar

    calendar = Calendar()
    fixed = {"PRODID": "-//bugglio//on call//EN", "VERSION": "2.0", "CALSCALE": "GREGORIAN", "METHOD": "PUBLISH"}
    named = {"NAME": feed.name, "X-WR-CALNAME": feed.name, "DESCRIPTION": feed.note, "X-WR-CALDESC": feed.note}
    for field, value in {**fixed, **named, "X-PUBLISHED-TTL": "PT1H"}.items():
        calendar.add(field, _text(value))
    calendar.add("REFRESH-INTERVAL", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for one in feed.appointments:
        calendar.add_component(_event(one, now))
    if not feed.appointments:
        calendar.add_component(_utc())
    return bytes(calendar.to_ical(sorted=False))


def _event(one: Appointment, now: int) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("UID", one.uid)
    event.add("DTSTAMP", _moment(now // 1000))
    event.add("LAST-MODIFIED", _moment(now // 1000))
    # Google's leaves an event that it knows as it was unless this has grown. Minutes grow by themselves, also where an
    # override is taken back; a count of changes would have to be kept somewhere.
    event.add("SEQUENCE", now // MINUTE)
    event.add("DTSTART", _moment(one.start))
    event.add("DTEND", _moment(one.end))
    event.add("SUMMARY", _text(one.summary))
    event.add("TRANSP", "TRANSPARENT")
    return event


def _utc() -> "Timezone":
    """What stands in a file without events: RFC 5545 (3.6) wants at least one component, and this one shows nothing."""
    from icalendar import Timezone, TimezoneStandard

    always = TimezoneStandard()
    always.add("DTSTART", datetime(1970, 1, 1))  # noqa: DTZ001 - a zone's own beginning is told in wall time
    always.add("TZOFFSETFROM", timedelta(0))
    always.add("TZOFFSETTO", timedelta(0))
    always.add("TZNAME", "UTC")
    zone = Timezone()
    zone.add("TZID", "Etc/UTC")
    zone.add_component(always)
    return zone


def _text(text: str) -> "vText":
    """On one line, as the format has no control characters; the library escapes only what it is told to be a text."""
    from icalendar import vText

    return vText("".join(" " if unicodedata.category(char) in NOT_ON_A_LINE else char for char in text))


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
