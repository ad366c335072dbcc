"""Times as people write them, and what is asked where they are unclear."""

import zoneinfo
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bugglio.gsm import is_gsm
from bugglio.roster import DAY, HOUR, MINUTE
from bugglio.when import Span, Unclear, events, length, moment, readable, span, told
from bugglio.when.words import ZONES
from tests.zones import CHANGING, TURNS, at, instants
from tests.zones import ZONES as SOME

LONDON = "Europe/London"
NEW_YORK = "America/New_York"
NOW = at("2026-11-26T15:00Z")
"""A Thursday, three in the afternoon in London."""
WHEN = "When, for example 2h, until 6pm, fri, or fri 9am to sun?"
UNTIL = "When, for example 2h, 9am or fri?"


def spanned(text: str, now: int = NOW, zone: str = LONDON) -> str:
    """The span as it would be told, or the question."""
    found = span(text, now, zone)
    if isinstance(found, Unclear):
        return found.question
    start = "now" if found.start == now else told(found.start, now, zone)
    return f"{start} - {told(found.end, now, zone)}"


def ended(text: str, now: int = NOW, zone: str = LONDON) -> str:
    """The end as it would be told, or the question."""
    found = moment(text, now, zone)
    return found.question if isinstance(found, Unclear) else told(found, now, zone)


SPANS = [
    ("2h", "now - Thu 26 Nov 17:00 GMT"),
    ("2 hours", "now - Thu 26 Nov 17:00 GMT"),
    ("90 min", "now - Thu 26 Nov 16:30 GMT"),
    ("1h30", "now - Thu 26 Nov 16:30 GMT"),
    ("1h 30m", "now - Thu 26 Nov 16:30 GMT"),
    ("1 hour and 30 minutes", "now - Thu 26 Nov 16:30 GMT"),
    ("1.5h", "now - Thu 26 Nov 16:30 GMT"),
    ("half an hour", "now - Thu 26 Nov 15:30 GMT"),
    ("an hour", "now - Thu 26 Nov 16:00 GMT"),
    ("for the next 2h", "now - Thu 26 Nov 17:00 GMT"),
    ("3 days", "now - Sun 29 Nov 15:00 GMT"),
    ("1w", "now - Thu 3 Dec 15:00 GMT"),
    ("\uff12h", "now - Thu 26 Nov 17:00 GMT"),
    ("2\u00a0h", "now - Thu 26 Nov 17:00 GMT"),
    ("2H", "now - Thu 26 Nov 17:00 GMT"),
    ("until 6pm", "now - Thu 26 Nov 18:00 GMT"),
    ("till 6 pm", "now - Thu 26 Nov 18:00 GMT"),
    ("until 6p.m.", "now - Thu 26 Nov 18:00 GMT"),
    ("until 18:00", "now - Thu 26 Nov 18:00 GMT"),
    ("until 18.30", "now - Thu 26 Nov 18:30 GMT"),
    ("until 1830", "now - Thu 26 Nov 18:30 GMT"),
    ("until 18", "now - Thu 26 Nov 18:00 GMT"),
    ("until 06:30", "now - Fri 27 Nov 06:30 GMT"),
    ("until 2pm", "now - Fri 27 Nov 14:00 GMT"),
    ("until noon", "now - Fri 27 Nov 12:00 GMT"),
    ("until 12am", "now - Fri 27 Nov 00:00 GMT"),
    ("until 12pm", "now - Fri 27 Nov 12:00 GMT"),
    ("until midnight", "now - Fri 27 Nov 00:00 GMT"),
    ("until 24:00", "now - Fri 27 Nov 00:00 GMT"),
    ("until fri", "now - Fri 27 Nov 00:00 GMT"),
    ("to fri", "now - Sat 28 Nov 00:00 GMT"),
    ("until tomorrow 9am", "now - Fri 27 Nov 09:00 GMT"),
    ("until 9am tomorrow", "now - Fri 27 Nov 09:00 GMT"),
    ("now until 6pm", "now - Thu 26 Nov 18:00 GMT"),
    ("until 6pm GMT", "now - Thu 26 Nov 18:00 GMT"),
    ("fri", "Fri 27 Nov 00:00 GMT - Sat 28 Nov 00:00 GMT"),
    ("Friday", "Fri 27 Nov 00:00 GMT - Sat 28 Nov 00:00 GMT"),
    ("on Fri.", "Fri 27 Nov 00:00 GMT - Sat 28 Nov 00:00 GMT"),
    ("this fri", "Fri 27 Nov 00:00 GMT - Sat 28 Nov 00:00 GMT"),
    ("tues", "Tue 1 Dec 00:00 GMT - Wed 2 Dec 00:00 GMT"),
    ("today", "now - Fri 27 Nov 00:00 GMT"),
    ("tomorrow", "Fri 27 Nov 00:00 GMT - Sat 28 Nov 00:00 GMT"),
    ("27 nov", "Fri 27 Nov 00:00 GMT - Sat 28 Nov 00:00 GMT"),
    ("Nov 27th", "Fri 27 Nov 00:00 GMT - Sat 28 Nov 00:00 GMT"),
    ("the 27th of November", "Fri 27 Nov 00:00 GMT - Sat 28 Nov 00:00 GMT"),
    ("2026-11-27", "Fri 27 Nov 00:00 GMT - Sat 28 Nov 00:00 GMT"),
    ("26 nov", "now - Fri 27 Nov 00:00 GMT"),
    ("fri 27 nov 2026", "Fri 27 Nov 00:00 GMT - Sat 28 Nov 00:00 GMT"),
    ("fri 9am to sun", "Fri 27 Nov 09:00 GMT - Mon 30 Nov 00:00 GMT"),
    ("fri 9am until sun", "Fri 27 Nov 09:00 GMT - Sun 29 Nov 00:00 GMT"),
    ("9am fri to 5pm sun", "Fri 27 Nov 09:00 GMT - Sun 29 Nov 17:00 GMT"),
    ("fri-sun", "Fri 27 Nov 00:00 GMT - Mon 30 Nov 00:00 GMT"),
    ("FRI \u2013 SUN", "Fri 27 Nov 00:00 GMT - Mon 30 Nov 00:00 GMT"),
    ("sat to thu", "Sat 28 Nov 00:00 GMT - Fri 4 Dec 00:00 GMT"),
    ("fri 9am to fri 5pm", "Fri 27 Nov 09:00 GMT - Fri 27 Nov 17:00 GMT"),
    ("fri 22:00-06:00", "Fri 27 Nov 22:00 GMT - Sat 28 Nov 06:00 GMT"),
    ("fri to midnight", "Fri 27 Nov 00:00 GMT - Sat 28 Nov 00:00 GMT"),
    ("from 16:00 to 18:00", "Thu 26 Nov 16:00 GMT - Thu 26 Nov 18:00 GMT"),
    ("16-18", "Thu 26 Nov 16:00 GMT - Thu 26 Nov 18:00 GMT"),
    ("16 - 18", "Thu 26 Nov 16:00 GMT - Thu 26 Nov 18:00 GMT"),
    ("8-14", "Fri 27 Nov 08:00 GMT - Fri 27 Nov 14:00 GMT"),
    ("9am-1pm", "Fri 27 Nov 09:00 GMT - Fri 27 Nov 13:00 GMT"),
    ("10pm to 6am", "Thu 26 Nov 22:00 GMT - Fri 27 Nov 06:00 GMT"),
    ("today 9am-5pm", "now - Thu 26 Nov 17:00 GMT"),
    ("tomorrow 9am-5pm", "Fri 27 Nov 09:00 GMT - Fri 27 Nov 17:00 GMT"),
    ("27 nov 9am - 29 nov", "Fri 27 Nov 09:00 GMT - Mon 30 Nov 00:00 GMT"),
    ("9am to sun", "Fri 27 Nov 09:00 GMT - Mon 30 Nov 00:00 GMT"),
    ("fri 18:00 for 2h", "Fri 27 Nov 18:00 GMT - Fri 27 Nov 20:00 GMT"),
    ("18:00 for 90 min", "Thu 26 Nov 18:00 GMT - Thu 26 Nov 19:30 GMT"),
    ("6pm 2h", "Thu 26 Nov 18:00 GMT - Thu 26 Nov 20:00 GMT"),
    ("from now for 2h", "now - Thu 26 Nov 17:00 GMT"),
    ("fri 24:00 to sat 9am", "Sat 28 Nov 00:00 GMT - Sat 28 Nov 09:00 GMT"),
    ("2027-11-01", "Mon 1 Nov 2027 00:00 GMT - Tue 2 Nov 2027 00:00 GMT"),
    ("1 mar", "Mon 1 Mar 00:00 GMT - Tue 2 Mar 00:00 GMT"),
]

UNCLEAR_SPANS = [
    ("", WHEN),
    ("soon", WHEN),
    ("2h or so", WHEN),
    ("fri sat", WHEN),
    ("hours", WHEN),
    ("20x", WHEN),
    ("until 25:00", WHEN),
    ("9:75", WHEN),
    ("13pm", WHEN),
    ("in 2h", WHEN),
    ("2h 2026", WHEN),
    ("until now", "Until when, for example 2h, until 6pm, fri, or fri 9am to sun?"),
    ("fri until", "Until when, for example 2h, until 6pm, fri, or fri 9am to sun?"),
    ("2", "2 what, for example 2h, 2am or 2pm?"),
    ("30", "30 what, for example 30m, 30h or 30d?"),
    ("417", "417 what, for example 2h, 9am or 18:00?"),
    ("until 6", "Which 6: 6am or 6pm?"),
    ("until 6:30", "Which 6:30: 6:30am or 6:30pm?"),
    ("until 12", "Which 12: noon or midnight?"),
    ("till tomorrow 9", "Which 9: 9am or 9pm?"),
    ("9-5", "Which 9: 9am or 9pm?"),
    ("14 dec 9 to 10", "Which 9: 9am or 9pm?"),
    ("until 417", "What is 417, for example 9am, 18:00, 30m or 2h?"),
    ("until 0", "What is 0, for example 9am, 18:00, 30m or 2h?"),
    ("until fri midnight", "Which midnight: fri 00:00 or fri 24:00?"),
    ("thu", "Which thu: today, or 3 Dec?"),
    ("thu 6pm to sat", "Which thu: today, or 3 Dec?"),
    ("5/6", "Which day is 5/6, 5 Jun or 6 May?"),
    ("27/11", "Which day is 27/11, for example 27 Nov?"),
    ("1/1/27", "Which day is 1/1/27, for example 27 Nov?"),
    ("31 jun", "Which day is 31 jun, for example 27 Nov?"),
    ("2026-13-01", "Which day is 2026-13-01, for example 26 Nov?"),
    ("10 nov", "Which year: 10 nov 2027?"),
    ("sat 27 nov", "Which day: sat, or 27 Nov?"),
    ("next fri", "Which day is next fri, for example 27 Nov?"),
    ("next week", WHEN),
    ("tonight", "When is tonight, for example 18:00 to 22:00?"),
    ("tomorrow morning", "When is morning, for example 18:00 to 22:00?"),
    ("weekend", "Which days, for example sat to sun, or until mon 9am?"),
    ("6pm", "From 6pm or until 6pm, for example 6pm for 2h?"),
    ("fri 9am", "Until when, for example fri 9am for 2h?"),
    ("from 6pm", "Until when, for example 6pm to 18:00?"),
    ("for", "How long, for example 2h, until 6pm, fri, or fri 9am to sun?"),
    ("fri for 2h", "From what time, for example fri 9am for 2h?"),
    ("fri to fri", "Until which day, for example 4 dec 9am?"),
    ("14-18", "Which: until 18:00, or tomorrow 14 - 18?"),
    ("from 9am to 5pm", "Which: until 17:00, or tomorrow 9am to 5pm?"),
    ("today 9am to 10am", "That is over: when, for example 2h, until 6pm or tomorrow?"),
    ("400 days", "That is more than a year away: when, for example 2h, until 6pm or tomorrow?"),
    ("sat 9am to 28 nov 8am", f"That ends before it begins: {WHEN[0].lower()}{WHEN[1:]}"),
    ("0m", WHEN),
    ("until 6pm est", "When is that where you are (GMT), for example 18:00?"),
    ("until 6pm bst", "When is that where you are (GMT), for example 18:00?"),
    ("9" * 1_600, WHEN),
    ("fri " * 400, WHEN),
]


@pytest.mark.parametrize(("text", "meaning"), [*SPANS, *UNCLEAR_SPANS])
def test_a_span(text: str, meaning: str) -> None:
    assert meaning == spanned(text)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("2h", "Thu 26 Nov 17:00 GMT"),
        ("for 2h", "Thu 26 Nov 17:00 GMT"),
        ("in 2h", "Thu 26 Nov 17:00 GMT"),
        ("9am", "Fri 27 Nov 09:00 GMT"),
        ("until 9am", "Fri 27 Nov 09:00 GMT"),
        ("at 6pm", "Thu 26 Nov 18:00 GMT"),
        ("by noon", "Fri 27 Nov 12:00 GMT"),
        ("fri", "Fri 27 Nov 00:00 GMT"),
        ("fri 9am", "Fri 27 Nov 09:00 GMT"),
        ("today", "Fri 27 Nov 00:00 GMT"),
        ("tomorrow", "Fri 27 Nov 00:00 GMT"),
        ("tomorrow at 18", "Fri 27 Nov 18:00 GMT"),
        ("27 nov 9am", "Fri 27 Nov 09:00 GMT"),
        ("1 jan", "Fri 1 Jan 00:00 GMT"),
        ("Fri 27 Nov 18:00 GMT", "Fri 27 Nov 18:00 GMT"),
        ("fri 24:00", "Sat 28 Nov 00:00 GMT"),
        ("", UNTIL),
        ("later", UNTIL),
        ("fri-sun", UNTIL),
        ("from 6pm", UNTIL),
        ("now", UNTIL),
        ("6", "6 what, for example 6h, 6am or 6pm?"),
        ("until 6", "Which 6: 6am or 6pm?"),
        ("tonight", "When is tonight, for example 9am or 18:00?"),
        ("thu", "Which thu: today, or 3 Dec?"),
        ("thu 6pm", "Which thu: today, or 3 Dec?"),
        ("3/4", "Which day is 3/4, 3 Apr or 4 Mar?"),
        ("today 9am", f"That is over: {UNTIL[0].lower()}{UNTIL[1:]}"),
        ("0m", UNTIL),
        ("400d", f"That is more than a year away: {UNTIL[0].lower()}{UNTIL[1:]}"),
    ],
)
def test_an_end(text: str, meaning: str) -> None:
    assert meaning == ended(text)


def test_what_is_asked_can_be_answered_with_its_own_examples() -> None:
    """The parts of a question after "for example" and around "or" are times themselves."""
    assert "now - Thu 26 Nov 18:00 GMT" == spanned("until 18:00")
    assert "Fri 27 Nov 14:00 GMT - Fri 27 Nov 18:00 GMT" == spanned("tomorrow 14 - 18")
    assert "Thu 26 Nov 18:00 GMT - Thu 26 Nov 20:00 GMT" == spanned("6pm for 2h")
    assert "now - Sat 28 Nov 00:00 GMT" == spanned("until fri 24:00")
    assert "Thu 3 Dec 00:00 GMT - Fri 4 Dec 00:00 GMT" == spanned("3 Dec")


def test_a_span_under_way_asks_which_at_night_too() -> None:
    night = at("2026-11-26T02:00Z")

    assert "Which: until 06:00, or today 22:00 to 06:00?" == spanned("22:00 to 06:00", night)
    assert "Thu 26 Nov 22:00 GMT - Fri 27 Nov 06:00 GMT" == spanned("today 22:00 to 06:00", night)


def test_a_length_is_time_that_passes_and_a_time_of_day_is_the_clocks() -> None:
    """In London clocks go back at two in the morning of 25 October, and forward on 29 March."""
    evening = at("2026-10-24T23:00+01:00")
    assert "Sun 25 Oct 01:00 GMT" == ended("3h", evening)
    assert "Sun 25 Oct 01:00 BST" == ended("2h", evening)
    assert "Sun 25 Oct 03:00 GMT" == ended("3am", evening)
    assert 5 * HOUR == _long("until 3am", evening)
    assert "now - Sun 25 Oct 22:00 GMT" == spanned("1 day", evening)

    spring = at("2026-03-28T23:00Z")
    assert 3 * HOUR == _long("until 3am", spring)
    assert 23 * HOUR == _long("sun", spring)


def test_a_time_that_is_left_out_is_the_moment_after_and_one_that_comes_twice_the_first() -> None:
    assert "Sun 29 Mar 02:00 BST" == ended("01:30", at("2026-03-28T23:00Z"))
    evening = at("2026-10-24T23:00+01:00")
    assert "Sun 25 Oct 01:30 BST" == ended("01:30", evening)
    assert "Sun 25 Oct 01:30 GMT" == ended("01:30 gmt", evening)
    assert "Sun 25 Oct 01:30 GMT" == ended("01:30", at("2026-10-25T01:45+01:00"))
    gone = span("sun 01:10 to 01:50", at("2026-03-28T23:00Z"), LONDON)
    assert Unclear(f"That ends before it begins: {WHEN[0].lower()}{WHEN[1:]}") == gone


def _long(text: str, now: int) -> int:
    found = span(text, now, LONDON)
    assert isinstance(found, Span)
    return found.end - found.start


def test_times_are_the_senders() -> None:
    assert "Thu 26 Nov 18:00 EST" == ended("6pm", zone=NEW_YORK)
    assert "Fri 27 Nov 06:00 +1345" == ended("6am", zone="Pacific/Chatham")
    assert "Fri 27 Nov 18:00 +1345" == ended("fri 6pm", NOW - DAY, "Pacific/Chatham")
    assert "Thu 26 Nov 18:00 UTC" == ended("6pm", zone="Mars/Olympus_Mons")


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("2h", 2 * HOUR),
        ("30m", 30 * MINUTE),
        ("1h30", 90 * MINUTE),
        ("3 d", 3 * DAY),
        ("0", 0),
        ("0m", 0),
        (" 90 MIN ", 90 * MINUTE),
    ]
    + [(text, None) for text in ("", "2", "until 6pm", "2h fri", "20x", "2s", "h", "-2h", "2h 417")],
)
def test_a_length_alone(text: str, milliseconds: int | None) -> None:
    assert milliseconds == length(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("20x", 20), ("20 X", 20), ("20 times", 20), ("1 event", 1), ("20\u00d7", 20), ("100 events", 100)]
    + [(text, None) for text in ("", "x", "0x", "20", "20x 30x", "20 x fri", "2h", "x20", "9999999x")],
)
def test_a_number_of_events(text: str, number: int | None) -> None:
    assert number == events(text)


def test_an_instant_is_told_in_full() -> None:
    assert "Fri 27 Nov 18:00 GMT" == told(at("2026-11-27T18:00Z"), NOW, LONDON)
    assert "Fri 27 Nov 13:00 EST" == told(at("2026-11-27T18:00Z"), NOW, NEW_YORK)
    assert "Wed 1 Sep 13:05 BST" == told(at("2027-09-01T12:05Z"), NOW, LONDON)
    assert "Fri 1 Oct 2027 13:05 BST" == told(at("2027-10-01T12:05Z"), NOW, LONDON)


def test_words_of_time_are_known_one_by_one() -> None:
    assert all(readable(word) for text, _ in SPANS for word in text.split())
    assert [] == [word for word in ("shop", "ben", "web-2", "2x4", "", "417y", "soon", "lunch", "a1") if readable(word)]


def test_the_short_names_of_zones_are_known() -> None:
    names = {
        (datetime.fromtimestamp(NOW / 1000 + month * 30 * 86_400, ZoneInfo(zone)).tzname() or "").casefold()
        for zone in zoneinfo.available_timezones()
        for month in range(12)
    }

    words = {name for name in names if name.isalpha()}
    assert {"cat", "eat", "met", "wit", "west", "wet"} >= words - {*ZONES.split(), "zzz"}


DAYS = st.sampled_from(
    ["", "today ", "tomorrow ", "fri ", "Monday ", "27 nov ", "dec 3 ", "2027-03-28 ", "29 mar ", "25 oct "]
)
CLOCKS = st.sampled_from(["", "9am", "6pm", "18:00", "01:30", "02:30", "00:30", "noon", "6", "24:00", "0030"])
POINTS = st.builds(str.__add__, DAYS, CLOCKS)
LENGTHS = st.sampled_from(["2h", "30m", "1h30", "3 days", "1w", "for 90 min", "0m"])
WRITTEN = st.one_of(
    LENGTHS,
    POINTS,
    st.builds("until {}".format, POINTS),
    st.builds("{} {} {}".format, POINTS, st.sampled_from(["to", "-", "until", "for"]), st.one_of(POINTS, LENGTHS)),
    st.lists(
        st.sampled_from(["fri", "to", "9am", "6", "2h", "for", "nov", "27", "until", "next", "-", "x", "gmt"])
    ).map(" ".join),
    st.text(max_size=40),
)
NOWS = st.one_of(instants(), st.integers(TURNS[0], TURNS[0] + 700 * DAY))


@given(WRITTEN, NOWS, st.sampled_from(SOME))
@example("01:30 to 02:30", at("2026-10-25T00:45+01:00"), LONDON)
@example("today", at("2026-11-01T00:30-05:00"), "America/Havana")
def test_a_span_begins_before_it_ends_and_is_not_over(text: str, now: int, zone: str) -> None:
    found = span(text, now, zone)

    if isinstance(found, Span):
        assert now <= found.start < found.end <= now + 368 * DAY
    else:
        assert found.question.endswith("?")


@given(WRITTEN, NOWS, st.sampled_from(SOME))
def test_an_end_is_to_come(text: str, now: int, zone: str) -> None:
    found = moment(text, now, zone)

    if isinstance(found, int):
        assert now < found <= now + 368 * DAY
    else:
        assert found.question.endswith("?")


@given(st.sampled_from(["9am", "18:00", "01:30", "02:30", "00:00"]), NOWS, st.sampled_from(SOME))
def test_a_time_of_day_is_the_next_that_the_clock_shows(clock: str, now: int, zone: str) -> None:
    found = moment(clock, now, zone)

    assert isinstance(found, int)
    assert found - now <= DAY + HOUR
    shown = datetime.fromtimestamp(found / 1000, ZoneInfo(zone) if zone in CHANGING else None)
    if zone in CHANGING and not _jumped(found, zone):
        assert {"9am": "09:00"}.get(clock, clock) == f"{shown:%H:%M}"


def _jumped(instant: int, zone: str) -> bool:
    """Whether the clock is put forward just then."""
    shown = datetime.fromtimestamp(instant / 1000, ZoneInfo(zone))
    before = datetime.fromtimestamp(instant / 1000 - 1, ZoneInfo(zone))
    return shown.replace(tzinfo=None) - before.replace(tzinfo=None) > timedelta(seconds=2)


@given(NOWS, st.integers(1, 365 * 24 * 60), st.sampled_from(SOME))
@example(at("2026-10-25T00:45Z"), 30, LONDON)
@example(at("2026-04-04T14:00Z"), 60, "Australia/Lord_Howe")
def test_what_is_told_is_read_back(now: int, minutes: int, zone: str) -> None:
    later = now + minutes * MINUTE
    later -= later % MINUTE
    text = told(later, now, zone)

    assert is_gsm(text)
    if later > now:
        assert later == moment(text, now, zone)
