"""Who is on duty, and how it changes hands by text."""

from dataclasses import replace
from datetime import datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bugglio.dialogue import stints
from bugglio.gsm import segments, septets
from bugglio.phone import Phone
from bugglio.roster import DAY, HOUR, MINUTE, Cover, Engineer, Rotation, Step, Team, Window
from bugglio.schedule import timetable
from tests.dialogue.crews import NINE, PEOPLE, SECOND, WEEKS, Crew, roster, team

WALL = datetime.fromisoformat
DAYS = Rotation("primary", ("ana", "ben", "cy"), WALL("2026-02-02T09:00"), 1, "days")
WORK = (Window((0, 1, 2, 3, 4), 9 * 60, 18 * 60),)
STOPPED = Phone(opted_out=True)


@pytest.fixture
def crew() -> Crew:
    return Crew()


# who, shifts.


@pytest.mark.parametrize(
    ("who", "answer"),
    [
        ("ana", "shop primary: you until Mon 9 Feb 04:00 EST, then Ben Ode"),
        ("ben", "shop primary: Ana Lima until Mon 9 Feb 09:00 GMT, then you"),
        ("dee", "shop primary: Ana Lima until Mon 9 Feb 09:00 GMT, then Ben Ode"),
        ("cy", "You are in no team. Teams: shop."),
    ],
)
def test_who_is_told_by_the_readers_clock(crew: Crew, who: str, answer: str) -> None:
    assert answer == crew.text(who, "who")


def test_who_names_each_rotation_and_a_team_without_any() -> None:
    crew = Crew(roster(team("shop", WEEKS, SECOND), replaced("web")))

    assert (
        "shop primary: Ana Lima until Mon 9 Feb 09:00 GMT, then you; "
        "shop secondary: you until Mon 9 Feb 09:00 GMT, then Ana Lima; web: Cy Aoki, you" == crew.text("ben", "who")
    )
    assert "web: you, Ben Ode" == crew.text("cy", "who web")


def replaced(name: str) -> Team:
    """A team that pages Cy and Ben, without a rotation."""
    return msgspec.structs.replace(team(name, steps=(Step(("cy", "ben")),)), rotations={})


def test_who_says_that_nobody_is_on_duty_loudly() -> None:
    hours = msgspec.structs.replace(WEEKS, hours=WORK)
    crew = Crew(roster(team("shop", hours)), now=NINE - HOUR)

    assert "shop primary: NOBODY until Mon 2 Feb 09:00 GMT, then Ana Lima" == crew.text("ben", "who")


def test_many_teams_end_with_how_to_ask_for_the_next_one() -> None:
    crew = Crew(roster(*(team(f"team-{n}") for n in range(9))))

    told = crew.text("ben", "who")

    assert told.endswith("; team-3 primary: Ana Lima until Mon 9 Feb 09:00 GMT, then you. More: who team-4")
    assert 2 == segments(told)
    assert "team-4 primary: Ana Lima until Mon 9 Feb 09:00 GMT, then you" == crew.text("ben", "who team-4")


def test_who_of_a_team_that_there_is_not(crew: Crew) -> None:
    assert "No team is called web. Teams: shop." == crew.text("cy", "who web")
    assert "shop primary: Ana Lima until Mon 9 Feb 09:00 GMT, then Ben Ode" == crew.text("cy", "Who SHOP?")


def test_the_next_five_shifts_by_ones_own_clock_through_a_change_of_clocks(crew: Crew) -> None:
    assert (
        "Your shifts: shop primary until Mon 9 Feb 04:00 EST; shop primary Mon 16 Feb 04:00 to Mon 23 Feb 04:00 EST; "
        "shop primary Mon 2 Mar 04:00 EST to Mon 9 Mar 05:00 EDT; "
        "shop primary Mon 16 Mar 05:00 to Mon 23 Mar 05:00 EDT; shop primary Mon 30 Mar 04:00 to Mon 6 Apr 04:00 EDT"
        == crew.text("ana", "shifts")
    )


def test_shifts_of_several_teams_come_in_their_order() -> None:
    late = Rotation("late", ("ben",), WALL("2026-02-04T09:00"), 1, "days", hours=WORK)
    crew = Crew(roster(team("web", late), team("shop", DAYS)))

    assert crew.text("ben", "shifts").startswith(
        "Your shifts: shop primary Tue 3 Feb 09:00 to Wed 4 Feb 09:00 GMT; web late Wed 4 Feb 09:00 to 18:00 GMT; "
        "web late Thu 5 Feb 09:00 to 18:00 GMT"
    )
    assert "You have no shift in the next year." == crew.text("dee", "shifts")


# take.


def test_take_says_until_when_and_the_one_relieved_hears_it_by_their_own_clock(crew: Crew) -> None:
    assert "You are on for shop until Mon 2 Feb 11:00 GMT instead of Ana Lima. Nothing open." == crew.text(
        "ben", "take 2h"
    )

    assert ["Ben Ode is on for shop primary until Mon 2 Feb 06:00 EST instead of you."] == crew.heard("ana")
    assert [Cover("SM1.0", "shop", "primary", NINE, NINE + 2 * HOUR, "ben", NINE, "ben")] == crew.covers
    assert "shop primary: you until Mon 2 Feb 11:00 GMT, then Ana Lima" == crew.text("ben", "who")


def test_take_of_a_span_to_come_is_told_with_both_ends(crew: Crew) -> None:
    crew.alert()

    assert "You are on for shop Fri 6 Feb 18:00 to 22:00 GMT instead of Ana Lima. 1 open: list" == crew.text(
        "ben", "take fri 18:00 to 22:00"
    )


def test_whoever_is_on_anyway_changes_nothing(crew: Crew) -> None:
    assert "Nothing changed: you are on for shop primary until Mon 2 Feb 06:00 EST already." == crew.text(
        "ana", "take 2h"
    )
    assert [] == crew.covers


def test_whoever_is_on_for_a_part_takes_the_rest(crew: Crew) -> None:
    said = crew.text("ana", "take sun to mon 6am")

    assert "You are on for shop Sun 8 Feb 00:00 to Mon 9 Feb 06:00 EST instead of Ben Ode. Nothing open." == said
    assert ["Ana Lima is on for shop primary Mon 9 Feb 09:00 to 11:00 GMT instead of you."] == crew.heard("ben")


def test_with_several_teams_take_asks_and_does_nothing() -> None:
    crew = Crew(roster(team("shop"), team("web")))

    assert "Nothing changed: say take shop 2h. Your teams: shop, web." == crew.text("ben", "take 2h")
    assert [] == crew.covers
    assert crew.text("ben", "take web 2h").startswith("You are on for web until Mon 2 Feb 11:00 GMT")


def test_an_admin_of_one_team_takes_that_one_and_may_take_any() -> None:
    crew = Crew(roster(team("shop"), team("web", Rotation("primary", ("cy", "dee"), WEEKS.starts))))

    assert crew.text("dee", "take 2h").startswith("You are on for web until ")
    assert crew.text("dee", "take shop 2h").startswith("You are on for shop until ")
    assert "Nothing changed: web is no team of yours. Yours: shop." == crew.text("ben", "take web 2h")
    assert "Nothing changed: no team is called wab. Yours: shop." == crew.text("ben", "take wab 2h")


def test_a_team_whose_step_one_names_no_rotation_says_so() -> None:
    crew = Crew(roster(team("shop", WEEKS, steps=(Step(("ben",)), Step(("primary",))))))

    assert "Nothing changed: step 1 of shop names no rotation." == crew.text("ben", "take 2h")


def test_what_is_unclear_is_asked(crew: Crew) -> None:
    assert "Which 6: 6am or 6pm?" == crew.text("ben", "take until 6")
    assert "When, for example 2h, until 6pm, fri, or fri 9am to sun?" == crew.text("ben", "take")
    assert "2 what, for example 2h, 2am or 2pm?" == crew.text("ana", "off 2")
    assert [] == crew.covers


# off.


def test_off_gives_it_to_the_next_in_the_rotation_who_is_told(crew: Crew) -> None:
    assert "You are off for shop primary until Mon 2 Feb 06:00 EST: Ben Ode is on. Nothing open." == crew.text(
        "ana", "off 2h"
    )
    assert ["You are on for shop primary until Mon 2 Feb 11:00 GMT: Ana Lima is off."] == crew.heard("ben")


def test_off_is_refused_when_nobody_follows_and_says_whom_to_ask() -> None:
    alone = Rotation("primary", ("ana",), WEEKS.starts)
    crew = Crew(roster(team("shop", alone, steps=(Step(("primary",)), Step(("cy",))))))

    answer = "Nothing changed. Nobody follows you in primary: ask somebody with cover cy 2h"
    assert answer == crew.text("ana", "off 2h")
    assert [] == crew.covers


def test_off_passes_over_whoever_cannot_be_reached() -> None:
    crew = Crew(roster(team("shop", DAYS)))
    crew.phones["ben"] = STOPPED

    assert crew.text("ana", "off 2h").endswith(": Cy Aoki is on. Nothing open.")
    assert ["cy"] == list(crew.told)


def test_off_is_refused_when_nobody_who_follows_can_be_reached(crew: Crew) -> None:
    crew.phones["ben"] = STOPPED

    assert (
        "Nothing changed. Nobody who follows you in primary can be reached: ask somebody with cover ben 2h"
        == crew.text("ana", "off 2h")
    )
    assert [] == crew.covers


def test_off_is_of_every_rotation_in_which_one_is_on_and_of_no_other_span() -> None:
    crew = Crew(roster(team("shop", DAYS), team("web")))

    assert (
        "You are off for shop primary until Mon 2 Feb 11:00 EST: Ben Ode is on; "
        "web primary until Mon 2 Feb 11:00 EST: Ben Ode is on. Nothing open." == crew.text("ana", "off until 11:00")
    )
    assert ["You are on for shop primary until Mon 2 Feb 16:00 GMT and 1 more: Ana Lima is off."] == crew.heard("ben")
    assert {("shop", NINE + 7 * HOUR), ("web", NINE + 7 * HOUR)} == {(one.team, one.end) for one in crew.covers}


def test_off_of_one_team_leaves_the_others() -> None:
    crew = Crew(roster(team("shop"), team("web")))

    crew.text("ana", "off web 2h")

    assert ["web"] == [one.team for one in crew.covers]
    assert "Nothing changed: no team is called wab." == crew.text("ana", "off wab 2h")


def test_off_without_a_shift_in_the_span_says_so(crew: Crew) -> None:
    assert "Nothing changed: you are not on duty then." == crew.text("ben", "off 2h")


def test_off_of_the_second_rotation_never_names_whoever_the_first_one_names() -> None:
    three = Rotation("primary", ("ana", "ben", "cy"), WEEKS.starts)
    crew = Crew(roster(team("shop", three, SECOND)), now=NINE)
    second = timetable(crew.roster, crew.roster.team("shop")).on_duty("secondary", NINE)
    first = timetable(crew.roster, crew.roster.team("shop")).on_duty("primary", NINE)
    assert second is not None

    crew.text(second, "off 2h")

    [cover] = crew.covers
    assert "secondary" == cover.rotation
    assert cover.engineer not in (first, second, None)


def test_hours_without_duty_stay_so() -> None:
    crew = Crew(roster(team("shop", msgspec.structs.replace(WEEKS, hours=WORK))))

    crew.text("ana", "off tue to wed")

    tuesday = NINE + DAY
    assert [(tuesday, tuesday + 9 * HOUR), (tuesday + DAY, tuesday + DAY + 9 * HOUR)] == [
        (one.start, one.end) for one in crew.covers
    ]


# cover, ok, no.


RETURN = "(nothing is given in return). Reply ok or no"
ASKS = f"Ana Lima asks you to take shop primary Fri 6 Feb 09:00 to 18:00 GMT {RETURN}"


@pytest.fixture
def asked(crew: Crew) -> Crew:
    """Ana asks Ben to take her Friday."""
    said = crew.text("ana", "cover ben fri 4am to 1pm")
    assert (
        "Asked Ben Ode to take shop primary Fri 6 Feb 04:00 to 13:00 EST. Until Ben Ode says ok it stays yours." == said
    )
    assert [ASKS] == crew.heard("ben")
    return crew


def test_a_cover_is_asked_for_and_only_ok_makes_it_so(asked: Crew) -> None:
    assert [] == asked.covers

    said = asked.text("ben", "ok")

    assert "You are on for shop Fri 6 Feb 09:00 to 18:00 GMT instead of Ana Lima. Nothing open." == said
    assert ["Ben Ode is on for shop primary Fri 6 Feb 04:00 to 13:00 EST instead of you."] == asked.heard("ana")
    friday = NINE + 4 * DAY
    assert [("shop", "primary", friday, friday + 9 * HOUR, "ben", "ben")] == [
        (one.team, one.rotation, one.start, one.end, one.engineer, one.by) for one in asked.covers
    ]


def test_ok_answers_it_once(asked: Crew) -> None:
    asked.text("ben", "ok")

    assert "Nothing was asked. Nothing open." == asked.text("ben", "ok")
    assert 1 == len(asked.covers)


def test_no_leaves_it_and_is_told_to_whoever_asked(asked: Crew) -> None:
    assert "Nothing changed: Ana Lima is told. Nothing open." == asked.text("ben", "no")

    told = "Ben Ode does not take shop primary Fri 6 Feb 04:00 to 13:00 EST: it stays yours."
    assert [told] == asked.heard("ana")
    assert [] == asked.covers
    assert "Nothing was asked. Nothing open." == asked.text("ben", "ok")


def test_half_an_hour_without_an_answer_and_it_has_lapsed(asked: Crew) -> None:
    asked.wait(minutes=30, hours=0.001)

    assert "Nothing was asked. Nothing open." == asked.text("ben", "ok")
    assert ([], []) == (asked.covers, asked.heard("ana"))


def test_ok_after_the_roster_has_changed_makes_nothing_so(asked: Crew) -> None:
    week = NINE + 7 * DAY
    asked.roster = replace(asked.roster, covers=(Cover("c", "shop", "", NINE, week, "cy", NINE, "dee"),))

    assert "Nothing changed: the shift is not Ana Lima's any more. Text who, or shifts." == asked.text("ben", "ok")
    assert ["c"] == [one.id for one in asked.covers]


def test_ok_after_the_rotation_is_gone_makes_nothing_so(asked: Crew) -> None:
    asked.roster = roster(replaced("shop"))

    assert "Nothing changed: the shift is not Ana Lima's any more. Text who, or shifts." == asked.text("ben", "ok")


def test_ok_in_the_middle_of_it_takes_what_is_left(crew: Crew) -> None:
    crew.text("ana", "swap ben ode 20m")
    crew.wait(minutes=15)

    assert crew.text("ben", "yes").startswith("You are on for shop until Mon 2 Feb 09:20 GMT instead of Ana Lima.")
    assert [(NINE + 15 * MINUTE, NINE + 20 * MINUTE)] == [(one.start, one.end) for one in crew.covers]


def test_ok_when_it_is_over_takes_nothing(crew: Crew) -> None:
    crew.text("ana", "cover ben 20m")
    crew.wait(minutes=25)

    assert "Nothing changed: that shift is over. Nothing open." == crew.text("ben", "ok")
    assert [] == crew.covers


def test_the_parts_of_several_days_are_asked_for_and_taken_together() -> None:
    crew = Crew(roster(team("shop", msgspec.structs.replace(WEEKS, hours=WORK))))
    crew.text("ana", "cover ben tue to wed")

    question = f"Ana Lima asks you to take shop primary Tue 3 Feb 09:00 to 18:00 GMT and 1 more {RETURN}"
    assert [question] == crew.heard("ben")
    crew.text("ben", "ok")
    assert [(NINE + DAY, NINE + DAY + 9 * HOUR), (NINE + 2 * DAY, NINE + 2 * DAY + 9 * HOUR)] == [
        (one.start, one.end) for one in crew.covers
    ]
    assert ["SM2.0", "SM2.1"] == [one.id for one in crew.covers]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("cover ana 2h", "Nothing changed: that is you."),
        ("cover zed 2h", "Nothing changed: nobody on the roster is called zed."),
        ("cover ben", "When, for example 2h, until 6pm, fri, or fri 9am to sun?"),
        ("cover cy 2h", "Nothing changed: Cy Aoki cannot be reached (opted out by STOP)."),
        ("cover ben mon 9 feb 10:00 to 11:00", "Nothing changed: you are not on duty then."),
    ],
)
def test_a_cover_that_cannot_be_asked_for(crew: Crew, text: str, answer: str) -> None:
    crew.phones["cy"] = STOPPED

    assert answer == crew.text("ana", text)
    assert {} == crew.told


def test_a_question_with_the_longest_names_is_whole(crew: Crew) -> None:
    long = {"ana": Engineer("ana", "Anastasia Wilhelmina von Hohenlohe", PEOPLE["ana"].phone, timezone="Europe/Paris")}
    weeks = Rotation("primary-and-everything-else", WEEKS.engineers, WEEKS.starts)
    crew.roster = replace(roster(team("the-longest-team-name-there-is", weeks)), engineers={**PEOPLE, **long})
    crew.text("ana", "cover ben fri 23:00 to sun 7am")

    [question] = crew.heard("ben")
    assert question.endswith(f"Fri 6 Feb 22:00 to Sun 8 Feb 06:00 GMT {RETURN}")
    assert stints.ROOM >= septets(question)


# undo.


def test_take_is_taken_back_and_whoever_is_on_again_hears_it(crew: Crew) -> None:
    crew.text("ben", "take 2h")
    crew.heard("ana")
    crew.wait(minutes=5)

    said = crew.text("ben", "undo")

    assert "Took back: take. Ana Lima is on for shop primary until Mon 2 Feb 11:00 GMT." == said
    assert ["Ben Ode took back take: you are on for shop primary until Mon 2 Feb 06:00 EST."] == crew.heard("ana")
    assert [] == crew.covers


def test_off_is_taken_back(crew: Crew) -> None:
    crew.text("ana", "off 2h")
    crew.heard("ben")

    said = crew.text("ana", "undo")

    assert "Took back: off. You are on for shop primary until Mon 2 Feb 06:00 EST." == said
    assert ["Ana Lima took back off: Ana Lima is on for shop primary until Mon 2 Feb 11:00 GMT."] == crew.heard("ben")


def test_ok_to_a_cover_is_taken_back_by_whoever_said_it(asked: Crew) -> None:
    asked.text("ben", "ok")
    asked.heard("ana")

    assert asked.text("ben", "undo").startswith("Took back: cover. Ana Lima is on for shop primary Fri 6 Feb 09:00")
    assert ["Ben Ode took back cover: you are on for shop primary Fri 6 Feb 04:00 to 13:00 EST."] == asked.heard("ana")
    assert [] == asked.covers


def test_after_ten_minutes_it_stays(crew: Crew) -> None:
    crew.text("ben", "take 2h")
    crew.wait(minutes=11)

    crew.text("ben", "undo")

    assert 1 == len(crew.covers)


# Rules.


@given(
    st.sampled_from(["ana", "ben", "cy"]),
    st.sampled_from(["take {}", "off {}"]),
    st.integers(0, 20 * 24),
    st.sampled_from(["2h", "3d", "fri", "tomorrow 9am to sun"]),
)
def test_nobody_is_lost_and_what_is_told_is_what_is(who: str, text: str, hours: int, span: str) -> None:
    """Wherever somebody was on duty, somebody is afterwards; covers never reach beyond what was said."""
    crew = Crew(roster(team("shop", DAYS, SECOND)), now=NINE + hours * HOUR)
    before = crew.roster

    said = crew.reply(who, text.format(span))
    after = replace(before, covers=said.covers)

    for at in range(crew.now, crew.now + 8 * DAY, HOUR):
        was = timetable(before, before.team("shop")).on_duty("primary", at)
        now = timetable(after, after.team("shop")).on_duty("primary", at)
        covered = [one for one in said.covers if one.rotation == "primary" and one.start <= at < one.end]
        assert ([one.engineer for one in covered] or [was]) == [now]
        assert now is not None
        assert not covered or (now == who) == text.startswith("take")
    assert len({one.id for one in said.covers}) == len(said.covers)
    assert len({name for name, _ in said.tells}) == len(said.tells)
