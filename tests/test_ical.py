"""The file that a calendar fetches: what RFC 5545 asks of it, checked by hand and by reading it back."""

import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from bugglio.calendars import LATE, Appointment, Feed
from bugglio.ical import write

NOW = 1_770_022_800_000
"""2026-02-02T09:00:00Z."""
SHIFT = Appointment("ana.shop.primary.1770022800000@bugglio", 1_770_022_800, 1_770_627_600, "On call: shop primary")
ONE = """\
BEGIN:VCALENDAR
PRODID:-//bugglio//on call//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:PUBLISH
NAME:On call: Ana Lima
X-WR-CALNAME:On call: Ana Lima
DESCRIPTION:Calendars show changes hours late: text who to learn who is on
  duty now.
X-WR-CALDESC:Calendars show changes hours late: text who to learn who is o
 n duty now.
X-PUBLISHED-TTL:PT1H
REFRESH-INTERVAL;VALUE=DURATION:PT1H
BEGIN:VEVENT
UID:ana.shop.primary.1770022800000@bugglio
DTSTAMP:20260202T090000Z
LAST-MODIFIED:20260202T090000Z
SEQUENCE:29500380
DTSTART:20260202T090000Z
DTEND:20260209T090000Z
SUMMARY:On call: shop primary
TRANSP:TRANSPARENT
END:VEVENT
END:VCALENDAR
"""
NAMES = st.text(st.characters(codec="utf-8"), max_size=120) | st.text('äß😀👩‍💻,;:\\"\r\n\t ', max_size=120)
PROPERTY = re.compile(r"[A-Z-]+(;[A-Z]+=[A-Z]+)?:[^\x00-\x08\x0a-\x1f\x7f]*")


def lines(file: bytes) -> list[str]:
    """The unfolded lines of a file that keeps the rules for lines (RFC 5545, 3.1)."""
    assert file.endswith(b"\r\n")
    folded = file.split(b"\r\n")[:-1]
    for line in folded:
        assert len(line) <= 75
        assert not re.search(rb"[\r\n]", line)
        line.decode()
    return re.sub("\r\n[ \t]", "", file.decode()).split("\r\n")[:-1]


def properties(told: list[str], component: str) -> list[list[str]]:
    """The names of the properties in each component of this kind that has no other in it."""
    found = re.findall(rf"BEGIN:{component}\n(.*?)END:{component}", "\n".join(told), re.DOTALL)
    return [re.findall(r"^[A-Z-]+", one, re.MULTILINE) for one in found]


def plain(text: str) -> str:
    """A text on one line, as a calendar shows it."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text)


def test_a_feed_as_it_is_written() -> None:
    file = write(Feed("On call: Ana Lima", (SHIFT,)), NOW)

    assert ONE.replace("\n", "\r\n") == file.decode()


@given(NAMES, NAMES)
def test_whatever_people_are_called_the_file_keeps_the_rules(name: str, summary: str) -> None:
    feed = Feed(name, (Appointment("a@bugglio", 0, 60, summary), Appointment("b@bugglio", 60, 120, name)))

    told = lines(write(feed, NOW))

    assert [] == [line for line in told if not PROPERTY.fullmatch(line)]
    for event in properties(told, "VEVENT"):
        assert len(event) == len(set(event))
        assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "TRANSP", "LAST-MODIFIED"} == set(event)
    named = [re.sub(r"\\(.)", r"\1", line.partition(":")[2]) for line in told if re.match("NAME|X-WR-CALNAME", line)]
    assert [plain(name), plain(name)] == named
    events = Calendar.from_ical(write(feed, NOW)).walk("VEVENT")
    assert [plain(summary), plain(name)] == [str(event["SUMMARY"]) for event in events]


def test_commas_semicolons_backslashes_and_emoji_are_escaped_in_every_text() -> None:
    name = "Lima, Ana; \\ \U0001f469‍\U0001f4bb"

    told = lines(write(Feed(name, (Appointment("a@bugglio", 0, 60, name),)), NOW))

    written = "Lima\\, Ana\\; \\\\ \U0001f469‍\U0001f4bb"
    assert {"NAME", "X-WR-CALNAME", "SUMMARY"} == {line.partition(":")[0] for line in told if line.endswith(written)}


def test_read_back_the_shift_is_the_one_that_was_written() -> None:
    read = Calendar.from_ical(write(Feed("x", (SHIFT,)), NOW))

    (event,) = read.walk("VEVENT")
    assert isinstance(event, Event)
    start = datetime(2026, 2, 2, 9, tzinfo=UTC)
    assert (start, start + timedelta(days=7)) == (event.start, event.end)
    assert [] == [broken for component in read.walk() for broken in component.errors]


def test_without_shifts_it_holds_one_component_that_shows_nothing() -> None:
    told = lines(write(Feed("On call: Ana Lima", ()), NOW))

    assert [] == properties(told, "VEVENT")
    assert ["DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME"] == properties(told, "STANDARD")[0]
    assert ["BEGIN:VCALENDAR", "BEGIN:VTIMEZONE", "BEGIN:STANDARD"] == [one for one in told if one.startswith("BEGIN")]
    assert 1 == len(Calendar.from_ical(write(Feed("x", ()), NOW)).subcomponents)


def test_what_is_written_later_goes_before_what_was_written_earlier() -> None:
    def sequence(now: int) -> int:
        (event,) = Calendar.from_ical(write(Feed("x", (SHIFT,)), now)).walk("VEVENT")
        assert isinstance(event, Event)
        return int(str(event["SEQUENCE"]))

    assert sequence(NOW) < sequence(NOW + 60_000) < 2**31


def test_a_feed_that_ends_early_says_so_to_every_calendar() -> None:
    told = lines(write(Feed("x", (SHIFT,), until=1_772_690_400), NOW))

    note = f"{LATE} There are too many shifts to show any from 2026-03-05 on."
    assert [f"DESCRIPTION:{note}", f"X-WR-CALDESC:{note}"] == [one for one in told if one.endswith(note)]


def test_a_full_feed_is_no_larger_than_calendars_take() -> None:
    many = tuple(
        Appointment(
            f"ana.some-longish-team.some-rotation.{n}@bugglio", n, n + 60, "Somebody With A Name: a-team a-rotation"
        )
        for n in range(1_800)
    )

    assert len(write(Feed("x", many), NOW)) < 600_000
