"""Who is told of which handoff, and when: decided without store and phone."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bugglio import wording
from bugglio.gsm import segments
from bugglio.handoffs.answering import Pending, Verdict, concerned, unanswered, verdict
from bugglio.handoffs.telling import Came, Due, Known, Went, due
from bugglio.handoffs.texts import Text, texts
from bugglio.handoffs.turns import Rota
from bugglio.page import DELIVERED, DROPPED, FAILED, SENDING, SENT, WAITING, Attempt, Page
from bugglio.phone import Phone
from bugglio.roster import DAY, HOUR, MINUTE, Cover, Engineer, Override, Roster, Rotation, Team, Window
from bugglio.schedule import timetable
from bugglio.times import LONGEST_STAMP
from tests import chance
from tests.turns import ms

WALL = datetime.fromisoformat
OFFICE = (Window((0, 1, 2, 3, 4), 540, 1080),)
PEOPLE = ("ana", "ben", "cleo", "dan")
PICKS = st.randoms(use_true_random=False)


def shop(*people: str, starts: str = "2026-01-05T09:00", covers: tuple[Cover, ...] = (), **more: Any) -> Roster:
    """A team in London whose rotation changes each Monday; what else is said is the team's, or the rotation's."""
    zones = more.pop("zones", {})
    engineers = {
        name: Engineer(name, name.title(), f"+{at}", timezone=zones.get(name, "")) for at, name in enumerate(PEOPLE)
    }
    overrides, follows = more.pop("overrides", ()), more.pop("follows", False)
    rotations = {"primary": Rotation("primary", people, WALL(starts), **more)}
    rotations |= {"secondary": Rotation("secondary", next_of="primary")} if follows else {}
    team = Team("shop", timezone="Europe/London", rotations=rotations, overrides=overrides)
    return Roster(engineers, {"shop": team}, "ana", covers, version=1)


def override(start: str, end: str, engineer: str | None) -> Override:
    return Override("primary", WALL(start), WALL(end), engineer)


def looks(roster: Roster, start: int, end: int, *, rotation: str = "primary") -> Iterator[tuple[int, Due]]:
    """What is due at each look: at the moments that the last one named."""
    rota = Rota(roster, roster.teams["shop"], rotation)
    known, before, now = None, 0, start
    while now < end:
        found = due(rota, known, before, now)
        yield now, found
        assert found.next_at > now
        known, before = found.known, now
        now = found.next_at


def told(roster: Roster, start: str, end: str, rotation: str = "primary") -> list[str]:
    """Who is told what, and when (UTC), from one moment to another."""
    found = []
    for now, one in looks(roster, ms(start), ms(end), rotation=rotation):
        found += [f"{iso(now)} {line(event)}" for event in (one.came, one.went) if event is not None]
    return found


def iso(at: int | None) -> str:
    return "?" if at is None else f"{datetime.fromtimestamp(at / 1000, UTC):%a %d %H:%M}"


def line(event: Came | Went) -> str:
    if isinstance(event, Came):
        return f"{event.who} has it from {iso(event.start)} until {iso(event.until)}"
    return f"{event.who} gives it to {event.to} at {iso(event.start)}"


def test_at_the_start_of_a_week_both_are_told() -> None:
    assert [
        "Mon 09 09:00 ben has it from Mon 09 09:00 until Mon 16 09:00",
        "Mon 09 09:00 ana gives it to ben at Mon 09 09:00",
        "Mon 16 09:00 ana has it from Mon 16 09:00 until Mon 23 09:00",
        "Mon 16 09:00 ben gives it to ana at Mon 16 09:00",
    ] == told(shop("ana", "ben"), "2026-02-02T09:00", "2026-02-17T00:00")


def test_what_begins_at_night_is_told_in_the_evening_before() -> None:
    assert [
        "Sun 08 18:00 ben has it from Mon 09 00:00 until Mon 16 00:00",
        "Sun 08 18:00 ana gives it to ben at Mon 09 00:00",
    ] == told(shop("ana", "ben", starts="2026-01-05T00:00"), "2026-02-02T09:00", "2026-02-10T00:00")


@pytest.mark.parametrize(
    ("starts", "moment"),
    [
        ("20:59", "Mon 09 20:59"),
        ("21:00", "Mon 09 18:00"),
        ("23:59", "Mon 09 18:00"),
        ("00:00", "Sun 08 18:00"),
        ("07:59", "Sun 08 18:00"),
        ("08:00", "Mon 09 08:00"),
    ],
)
def test_night_is_from_nine_to_eight(starts: str, moment: str) -> None:
    roster = shop("ana", "ben", starts=f"2026-01-05T{starts}")

    assert [moment, moment] == [one[:12] for one in told(roster, "2026-02-07T00:00", "2026-02-10T12:00")]


def test_night_is_each_ones_own() -> None:
    roster = shop("ana", "ben", starts="2026-01-05T00:00", zones={"ben": "Asia/Tokyo", "ana": "America/New_York"})

    # In Tokyo the turn begins at nine in the morning, in New York at seven in the evening.
    assert [
        "Mon 09 00:00 ben has it from Mon 09 00:00 until Mon 16 00:00",
        "Mon 09 00:00 ana gives it to ben at Mon 09 00:00",
    ] == told(roster, "2026-02-02T09:00", "2026-02-15T12:00")


def test_who_has_had_it_is_told_by_their_own_night() -> None:
    roster = shop("ana", "ben", starts="2026-01-05T00:00", zones={"ben": "Asia/Tokyo"})

    assert [
        "Sun 08 18:00 ana gives it to ben at Mon 09 00:00",
        "Mon 09 00:00 ben has it from Mon 09 00:00 until Mon 16 00:00",
        "Sun 15 18:00 ana has it from Mon 16 00:00 until Mon 23 00:00",
        "Mon 16 00:00 ben gives it to ana at Mon 16 00:00",
    ] == told(roster, "2026-02-02T09:00", "2026-02-17T00:00")


def test_an_override_of_less_than_a_day_is_told_to_nobody() -> None:
    taken = override("2026-02-04T09:00", "2026-02-05T08:59", "ben")

    assert [] == told(shop("ana", "ben", overrides=(taken,)), "2026-02-02T09:00", "2026-02-09T00:00")


def test_an_override_of_a_day_is_a_shift_and_so_is_what_follows_it() -> None:
    taken = override("2026-02-04T09:00", "2026-02-05T09:00", "ben")

    assert [
        "Wed 04 09:00 ben has it from Wed 04 09:00 until Thu 05 09:00",
        "Wed 04 09:00 ana gives it to ben at Wed 04 09:00",
        "Thu 05 09:00 ana has it from Thu 05 09:00 until Mon 09 09:00",
        "Thu 05 09:00 ben gives it to ana at Thu 05 09:00",
    ] == told(shop("ana", "ben", overrides=(taken,)), "2026-02-02T09:00", "2026-02-09T00:00")


def test_a_short_override_across_a_handoff_lets_it_come_later() -> None:
    taken = override("2026-02-09T07:00", "2026-02-09T11:00", "cleo")

    assert [
        "Mon 09 11:00 ben has it from Mon 09 11:00 until Mon 16 09:00",
        "Mon 09 11:00 ana gives it to ben at Mon 09 11:00",
    ] == told(shop("ana", "ben", overrides=(taken,)), "2026-02-02T09:00", "2026-02-10T00:00")


def test_an_override_that_names_whoever_has_it_anyway_is_quiet() -> None:
    same = override("2026-02-04T09:00", "2026-02-06T09:00", "ana")

    assert [] == told(shop("ana", "ben", overrides=(same,)), "2026-02-02T09:00", "2026-02-09T00:00")


def test_whoever_has_two_turns_in_a_row_is_told_once_until_the_end_of_both() -> None:
    assert [
        "Mon 02 09:00 ben has it from Mon 02 09:00 until Mon 16 09:00",
        "Mon 02 09:00 ana gives it to ben at Mon 02 09:00",
    ] == told(shop("ana", "ben", "ben"), "2026-01-27T09:00", "2026-02-16T00:00")


def test_turns_of_less_than_a_day_tell_nothing() -> None:
    assert [] == told(shop("ana", "ben", turn=12, unit="hours"), "2026-02-02T09:00", "2026-02-09T09:00")


def test_a_long_override_of_short_turns_is_told_each_time() -> None:
    taken = (
        override("2026-02-04T09:00", "2026-02-06T09:00", "cleo"),
        override("2026-02-10T09:00", "2026-02-12T09:00", "cleo"),
    )

    assert [
        "Wed 04 09:00 cleo has it from Wed 04 09:00 until Fri 06 09:00",
        "Tue 10 09:00 cleo has it from Tue 10 09:00 until Thu 12 09:00",
    ] == told(shop("ana", "ben", turn=12, unit="hours", overrides=taken), "2026-02-02T09:00", "2026-02-16T00:00")


def test_hours_of_each_day_tell_nothing_until_another_has_them() -> None:
    assert [
        "Mon 09 09:00 ben has it from Mon 09 09:00 until Fri 13 18:00",
        "Mon 09 09:00 ana gives it to ben at Mon 09 09:00",
    ] == told(shop("ana", "ben", starts="2026-01-05T00:00", hours=OFFICE), "2026-02-02T12:00", "2026-02-14T00:00")


def test_one_who_is_alone_with_the_hours_of_each_day_hears_nothing() -> None:
    roster = shop("ana", turn=1, unit="days", hours=OFFICE)

    assert [] == told(roster, "2026-02-02T12:00", "2026-02-23T00:00")


def test_turns_of_a_day_that_hours_leave_nothing_of_are_nobodys() -> None:
    roster = shop("ana", "ben", turn=1, unit="days", hours=OFFICE)

    # Saturday is Ben's turn and Sunday Ana's, and both are closed.
    assert [
        "Fri 06 09:00 ana has it from Fri 06 09:00 until Fri 06 18:00",
        "Fri 06 09:00 ben gives it to ana at Fri 06 09:00",
        "Mon 09 09:00 ben has it from Mon 09 09:00 until Mon 09 18:00",
        "Mon 09 09:00 ana gives it to ben at Mon 09 09:00",
    ] == told(roster, "2026-02-05T12:00", "2026-02-09T10:00")


def test_who_has_the_day_before_a_weekend_and_the_one_after_it_goes_on() -> None:
    roster = shop("ana", "ben", "cleo", turn=1, unit="days", hours=OFFICE)

    assert [
        "Fri 06 09:00 cleo has it from Fri 06 09:00 until Mon 09 18:00",
        "Fri 06 09:00 ben gives it to cleo at Fri 06 09:00",
    ] == told(roster, "2026-02-05T12:00", "2026-02-10T09:00")


def test_after_a_span_with_nobody_the_shift_begins_anew() -> None:
    nobody = override("2026-02-04T09:00", "2026-02-06T09:00", None)

    assert ["Fri 06 09:00 ana has it from Fri 06 09:00 until ?"] == told(
        shop("ana", overrides=(nobody,)), "2026-02-02T09:00", "2026-03-06T00:00"
    )


def test_the_first_turn_ever_has_nobody_before_it() -> None:
    assert ["Mon 09 09:00 ana has it from Mon 09 09:00 until Mon 16 09:00"] == told(
        shop("ana", "ben", starts="2026-02-09T09:00"), "2026-02-02T09:00", "2026-02-10T00:00"
    )


def test_who_is_second_is_told_too_and_a_short_override_of_the_first_changes_nothing() -> None:
    taken = override("2026-02-04T09:00", "2026-02-04T19:00", "ben")
    roster = shop("ana", "ben", "cleo", follows=True, overrides=(taken,), starts="2026-01-12T09:00")

    assert [
        "Mon 09 09:00 cleo has it from Mon 09 09:00 until Mon 16 09:00",
        "Mon 09 09:00 ben gives it to cleo at Mon 09 09:00",
    ] == told(roster, "2026-02-02T09:00", "2026-02-10T00:00", "secondary")


@pytest.mark.parametrize(
    ("start", "moments"),
    [
        # The clocks jump from 01:00 to 02:00 on 29 March, and come back to 01:00 on 25 October.
        ("2026-03-23T01:30", ["Sat 28 18:00", "Sat 28 18:00"]),
        ("2026-10-19T01:30", ["Sat 24 17:00", "Sat 24 17:00"]),
        ("2026-03-23T09:00", ["Sun 29 08:00", "Sun 29 08:00"]),
        ("2026-10-19T09:00", ["Sun 25 09:00", "Sun 25 09:00"]),
    ],
)
def test_when_clocks_change_each_is_told_once_by_the_clock_on_the_wall(start: str, moments: list[str]) -> None:
    roster = shop("ana", "ben", starts=start, turn=6, unit="days")
    first = ms(start)

    found = [
        f"{iso(now)}"
        for now, one in looks(roster, first + DAY, first + 7 * DAY)
        for event in (one.came, one.went)
        if event is not None
    ]

    assert moments == found


def test_a_day_in_which_the_clocks_jump_is_a_day() -> None:
    taken = override("2026-03-28T09:00", "2026-03-29T09:00", "ben")

    assert "Sat 28 09:00 ben has it from Sat 28 09:00 until Sun 29 08:00" in told(
        shop("ana", "cleo", overrides=(taken,)), "2026-03-27T00:00", "2026-03-29T07:00"
    )


def cover(start: str, end: str, made: str) -> Cover:
    return Cover("c", "shop", "primary", ms(start), ms(end), "ben", ms(made), "ben")


def test_who_takes_a_shift_at_once_is_not_told_of_it_but_of_its_end() -> None:
    taken = cover("2026-02-04T10:00", "2026-02-06T10:00", "2026-02-04T10:00")

    assert [
        "Fri 06 10:00 ana has it from Fri 06 10:00 until Mon 09 09:00",
        "Fri 06 10:00 ben gives it to ana at Fri 06 10:00",
    ] == told(shop("ana", "ben", covers=(taken,)), "2026-02-02T09:00", "2026-02-09T00:00")


def test_who_took_a_shift_days_before_is_told() -> None:
    taken = cover("2026-02-04T10:00", "2026-02-06T10:00", "2026-02-02T10:00")

    assert [
        "Wed 04 10:00 ben has it from Wed 04 10:00 until Fri 06 10:00",
        "Wed 04 10:00 ana gives it to ben at Wed 04 10:00",
    ] == told(shop("ana", "ben", covers=(taken,)), "2026-02-02T09:00", "2026-02-06T00:00")


def now_due(roster: Roster, known: Known | None, now: str, looked_at: int = 0) -> Due:
    return due(Rota(roster, roster.teams["shop"], "primary"), known, looked_at, ms(now))


def test_a_turn_that_began_before_anybody_looked_is_no_news() -> None:
    found = now_due(shop("ana", "ben"), None, "2026-02-09T09:00")

    assert (Known("ben", "ben"), None, None) == (found.known, found.came, found.went)


def test_a_rotation_that_is_new_is_told_of_the_turn_that_began_since_the_last_look() -> None:
    found = now_due(shop("ana", "ben"), None, "2026-02-09T10:00", ms("2026-02-09T08:59"))

    assert (True, None) == (found.came is not None, found.went)


def test_a_roster_that_gives_the_turn_to_another_tells_both() -> None:
    found = now_due(shop("cleo", "ben"), Known("ana", "ana"), "2026-02-04T12:00")

    assert Came("primary", "cleo", ms("2026-02-02T09:00"), ms("2026-02-09T09:00"), "ana") == found.came
    assert Went("primary", "ana", "cleo", ms("2026-02-02T09:00")) == found.went


def test_who_was_told_in_the_evening_hears_that_the_night_is_anothers() -> None:
    evening = now_due(shop("ana", "ben", starts="2026-01-05T00:00"), Known("ana", "ana"), "2026-02-08T18:00")
    assert Known("ben", "ben") == evening.known

    changed = now_due(shop("ana", "cleo", starts="2026-01-05T00:00"), evening.known, "2026-02-08T20:00")

    assert changed.came is not None
    assert ("cleo", "ben") == (changed.came.who, changed.came.before)
    assert Went("primary", "ben", "cleo", ms("2026-02-09T00:00")) == changed.went


def test_who_has_left_the_roster_is_told_nothing() -> None:
    found = now_due(shop("ana", "ben"), Known("gone", "gone"), "2026-02-09T09:00")

    assert (True, None) == (found.came is not None, found.went)


def test_who_is_not_on_the_roster_gets_nothing() -> None:
    found = now_due(shop("ana", "eva"), Known("ana", "ana"), "2026-02-09T09:00")

    assert (None, None) == (found.came, found.went)


@pytest.mark.slow
@given(PICKS)
def test_between_the_moments_that_a_look_names_there_is_nothing_to_tell(pick: Random) -> None:
    roster, start = by_chance(pick)

    for name in roster.teams["shop"].rotations:
        rota = Rota(roster, roster.teams["shop"], name)
        for now, one in looks(roster, start, start + 6 * DAY, rotation=name):
            for between in (pick.randrange(now, one.next_at), one.next_at - 1):
                found = due(rota, one.known, now, between)
                assert (one.known, None, None) == (found.known, found.came, found.went)


@given(PICKS)
def test_nobody_is_told_twice_in_a_row_that_they_have_it(pick: Random) -> None:
    roster, start = by_chance(pick)

    for rotation in roster.teams["shop"].rotations:
        found = [one for _, one in looks(roster, start, start + 6 * DAY, rotation=rotation)]
        has = ""
        for one in found:
            assert one.came is None or one.came.who != has
            has = one.known.has


@given(PICKS)
def test_who_is_told_that_they_have_it_is_on_duty_when_it_begins(pick: Random) -> None:
    roster, start = by_chance(pick)

    for rotation in roster.teams["shop"].rotations:
        table = timetable(roster, roster.teams["shop"])
        came = [one.came for _, one in looks(roster, start, start + 6 * DAY, rotation=rotation) if one.came]
        assert all(one.who == table.on_duty(rotation, one.start) for one in came)
        assert all(one.until is None or one.until > one.start for one in came)


def by_chance(pick: Random) -> tuple[Roster, int]:
    """A team with everything, all at quarters of an hour, and a moment a few days before its clock changes."""
    case = chance.everything(pick)
    zones = [pick.choice(("", "Asia/Tokyo", "America/New_York")) for _ in chance.PEOPLE]
    people = {name: Engineer(name, name.title(), f"+{at}", timezone=zones[at]) for at, name in enumerate(chance.PEOPLE)}
    roster = Roster(people, {"shop": case.team}, "ana", case.covers, version=1)
    return roster, case.change // (15 * MINUTE) * 15 * MINUTE - 5 * DAY


def said(dues: list[Due], roster: Roster, now: str, count: int = 0) -> list[tuple[str, str]]:
    return [(one.who, one.text) for one in texts(roster, roster.teams["shop"], dues, count, ms(now))]


MONDAY, NEXT = ms("2026-02-09T09:00"), ms("2026-02-16T09:00")


def test_one_of_one_rotation() -> None:
    came = Came("primary", "ben", MONDAY, NEXT, "ana")
    one = Due(Known(), 0, came, Went("primary", "ana", "ben", MONDAY))
    roster = shop("ana", "ben")

    assert [
        ("ben", "Your shift for shop has begun, until Mon 16 Feb 09:00 GMT; 2 open: list. Reply ok"),
        ("ana", "Ben has the shop shift now"),
    ] == said([one], roster, "2026-02-09T09:00", 2)
    assert [
        ("ben", "Your shift for shop begins Mon 9 Feb 09:00 GMT, until Mon 16 Feb 09:00 GMT. Reply ok"),
        ("ana", "Ben has the shop shift from Mon 9 Feb 09:00 GMT"),
    ] == said([one], roster, "2026-02-08T18:00", 2)


def test_several_rotations_at_once_are_one_text_to_each() -> None:
    first = Due(Known(), 0, Came("primary", "ben", MONDAY, NEXT, "ana"), Went("primary", "ana", "ben", MONDAY))
    second = Due(Known(), 0, Came("secondary", "cleo", MONDAY, NEXT, "ben"), Went("secondary", "ben", "cleo", MONDAY))
    third = Due(Known(), 0, Came("third", "cleo", MONDAY, None, ""), Went("third", "ana", "cleo", MONDAY))

    assert [
        (
            "ben",
            (
                "Your shift for shop primary has begun, until Mon 16 Feb 09:00 GMT; Cleo has secondary; "
                "nothing open. Reply ok"
            ),
        ),
        ("cleo", "Your shift for shop secondary and third has begun; nothing open. Reply ok"),
        ("ana", "Ben has the shop primary shift now; Cleo has third"),
    ] == said([first, second, third], shop("ana", "ben", follows=True), "2026-02-09T09:00")


def test_times_are_told_by_the_readers_clock() -> None:
    one = Due(Known(), 0, Came("primary", "ben", MONDAY, NEXT, ""), Went("primary", "ana", "ben", MONDAY))
    roster = shop("ana", "ben", zones={"ben": "Asia/Tokyo", "ana": "America/New_York"})

    assert [
        ("ben", "Your shift for shop begins Mon 9 Feb 18:00 JST, until Mon 16 Feb 18:00 JST. Reply ok"),
        ("ana", "Ben has the shop shift from Mon 9 Feb 04:00 EST"),
    ] == said([one], roster, "2026-02-08T23:00")


def test_those_who_had_it_are_known_with_the_question() -> None:
    first = Due(Known(), 0, Came("primary", "ben", MONDAY, NEXT, "ana"))
    second = Due(Known(), 0, Came("secondary", "ben", MONDAY, NEXT, "cleo"))

    assert [
        Text(
            "ben",
            "shop primary and secondary",
            MONDAY,
            "Your shift for shop primary and secondary has begun, until Mon 16 Feb 09:00 GMT; nothing open. Reply ok",
            asks=True,
            before=("ana", "cleo"),
        )
    ] == texts(shop("ana", "ben", follows=True), shop("ana", follows=True).teams["shop"], [first, second], 0, MONDAY)


ASKED = Pending("p", "ben", "shop", "shop", MONDAY, MONDAY, ("ana",))
LATER = MONDAY + 30 * MINUTE


def page(state: str, cause: str | None = None, sent: int = MONDAY) -> Page:
    attempts = () if state in (WAITING, DROPPED) else (Attempt(id="a", n=1, at=sent),)
    return Page(
        kind="notice", to="ben", number="+1", phone="b", created=MONDAY, state=state, attempts=attempts, cause=cause
    )


def silent(days: float) -> Phone:
    return Phone(heard_at=int(MONDAY - days * DAY))


@pytest.mark.parametrize(
    ("of", "phone", "now", "expected"),
    [
        (page(DELIVERED), silent(6.9), MONDAY + MINUTE, Verdict()),
        (page(DELIVERED), silent(7), MONDAY + MINUTE, Verdict(again_at=LATER)),
        (page(DELIVERED), silent(7), LATER - 1, Verdict(again_at=LATER)),
        (page(DELIVERED), silent(7), LATER, Verdict(told=True)),
        (page(DELIVERED), Phone(), LATER, Verdict(told=True)),
        (page(DELIVERED), silent(-1 / 1440), LATER, Verdict()),
        (page(SENT), silent(6), MONDAY + MINUTE, Verdict(again_at=MONDAY + 2 * MINUTE)),
        (page(SENT), silent(6), LATER, Verdict()),
        (page(SENT), silent(8), LATER, Verdict(told=True)),
        (page(FAILED, "no service"), silent(1), MONDAY + MINUTE, Verdict(told=True, cause="no service")),
        (page(WAITING), silent(8), LATER, Verdict(again_at=LATER + MINUTE)),
        (page(SENDING), silent(8), LATER, Verdict(again_at=LATER + MINUTE)),
        (page(DELIVERED, sent=MONDAY + HOUR), silent(8), LATER + HOUR - 1, Verdict(again_at=LATER + HOUR)),
        (page(WAITING), silent(8), MONDAY + DAY, Verdict()),
        (page(DROPPED, "has left"), silent(8), LATER, Verdict()),
        (None, silent(8), LATER, Verdict()),
    ],
)
def test_what_is_known_of_an_answer(of: Page | None, phone: Phone, now: int, expected: Verdict) -> None:
    assert expected == verdict(ASKED, of, phone, now)


def names(*admins: str, people: tuple[str, ...] = ("ana", "ben")) -> list[str]:
    roster = shop(*people)
    engineers = {name: msgspec.structs.replace(one, admin=name in admins) for name, one in roster.engineers.items()}
    return [one.id for one in concerned(Roster(engineers, roster.teams, "dan", version=1), ASKED)]


def test_the_teams_admins_hear_of_it_and_whoever_had_it() -> None:
    assert ["ana"] == names()
    assert ["cleo", "ana"] == names("cleo")
    assert ["ana"] == names("ana", "cleo")
    assert ["cleo", "ana"] == names("cleo", "ben")


def test_who_does_not_answer_and_who_was_not_reached() -> None:
    roster = shop("ana", "ben")
    ana = roster.engineers["ana"]

    assert "No answer from Ben: shift for shop began Mon 9 Feb 09:00 GMT" == unanswered(roster, ASKED, ana, "", LATER)
    assert "Not delivered to Ben: shift for shop begins Mon 9 Feb 09:00 GMT (no service)" == unanswered(
        roster, ASKED, ana, "no service", MONDAY - HOUR
    )


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80), st.integers(0, 999))
def test_whatever_things_are_called_each_text_is_one_segment_with_its_time(
    what: str, name: str, more: str, count: int
) -> None:
    moment = "Wed 25 Nov 2026 22:30 +1030"
    asked = [
        wording.shift(what, "", moment, more, count),
        wording.shift(what, moment, moment, more),
    ]
    told = [wording.shift_of(name, what, moment, more), wording.shift_unanswered(name, what, moment, more)]

    assert [1] * 4 == [segments(LONGEST_STAMP + text) for text in (*asked, *told)]
    assert [True] * 2 == [text.endswith(". Reply ok") for text in asked]


def test_a_long_name_gives_way_to_what_has_to_be_said() -> None:
    assert (
        "Your shift for the-team-of-the-checkout-and-the-cart primary has begun, until Mon 16 Feb 09:00 GMT; "
        "2 open: list. Reply ok"
    ) == wording.shift("the-team-of-the-checkout-and-the-cart primary", "", "Mon 16 Feb 09:00 GMT", "Cleo has it", 2)
