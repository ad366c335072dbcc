"""What will go wrong in the coming days."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bugglio import foresight
from bugglio.foresight import Worry, coming, worries
from bugglio.foresight.gaps import empty_spans
from bugglio.foresight.outlook import Outlook
from bugglio.phone import Phone
from bugglio.roster import DAY, HOUR, MINUTE, ON_DUTY, Cover, Engineer, Override, Roster, Rotation, Step, Team, Window
from bugglio.roster import lone_roster as lone
from bugglio.schedule import timetable
from tests.clock import Clock

NOW = Clock().now()
"""Monday 2 February 2026, 09:00, in London and UTC."""
END = NOW + 14 * DAY
PEOPLE = ("ana", "ben", "cy", ON_DUTY)
HEARD = {name: Phone(heard_at=NOW - DAY) for name in PEOPLE}
WORK = (Window((0, 1, 2, 3, 4), 9 * 60, 18 * 60),)


def wall(text: str) -> datetime:
    """What a clock shows."""
    return datetime.fromisoformat(text)


def at(text: str, zone: str = "UTC") -> int:
    """The instant at which a clock of a zone shows this."""
    return round(wall(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def turns(*engineers: str, name: str = "primary", hours: tuple[Window, ...] = (), starts: str = "") -> Rotation:
    """Weekly turns that have long begun."""
    return Rotation(name, engineers, wall(starts or "2026-01-05T09:00"), hours=hours)


def nobody(start: str, end: str, rotation: str = "primary") -> Override:
    """A planned gap."""
    return Override(rotation, wall(start), wall(end), None)


def shop(*rotations: Rotation, steps: tuple[tuple[str, ...], ...] = (("primary",),), **more: object) -> Team:
    """A team in London; a step for each of `steps`."""
    return Team(
        "shop",
        tuple(Step(names) for names in steps),
        timezone="Europe/London",
        rotations={one.id: one for one in rotations},
        **more,  # type: ignore[arg-type]  # any field of a team
    )


def roster(*teams: Team, covers: tuple[Cover, ...] = ()) -> Roster:
    """These teams and everybody."""
    engineers = {name: Engineer(name, name.title(), f"+1415555010{n}") for n, name in enumerate(PEOPLE)}
    return Roster(engineers, {team.id: team for team in teams}, covers=covers, version=1)


def told(people: Roster, kind: str = "", known: Mapping[str, Phone] = HEARD, now: int = NOW) -> list[str]:
    """The texts of a kind of worry."""
    return [worry.text for worry in worries(people, known, now) if kind in ("", worry.kind)]


def keys(*teams: Team, now: int = NOW) -> list[str]:
    """The keys of all worries of these teams."""
    return [worry.key for worry in worries(roster(*teams), HEARD, now)]


# Nobody.


def test_where_somebody_is_always_there_nothing_is_worried_about() -> None:
    secondary = Rotation("secondary", next_of="primary")
    assert [] == worries(roster(shop(turns("ana", "ben"), secondary, steps=(("primary",), ("secondary",)))), HEARD, NOW)


def test_a_planned_gap_is_a_worry() -> None:
    team = shop(turns("ana"), overrides=(nobody("2026-02-07T18:00", "2026-02-09T09:00"),))

    start = at("2026-02-07T18:00")
    text = "shop: nobody is on duty Sat 7 Feb 18:00 to Mon 9 Feb 09:00 (Europe/London)."
    assert [Worry("shop", "gap", f"gap shop {start}", text, start)] == worries(roster(team), HEARD, NOW)


def test_a_gap_that_people_made_themselves_is_one_too() -> None:
    covers = (
        Cover("c", "shop", "", NOW + HOUR, NOW + 3 * HOUR, None, NOW),
        Cover("d", "web", "", NOW, NOW + DAY, "ben", NOW),
    )
    people = roster(shop(turns("ana")), covers=covers)
    assert ["shop: nobody is on duty Mon 2 Feb 10:00 to 12:00 (Europe/London)."] == told(people)
    another = roster(shop(turns("ana"), steps=(("primary",), ("ben",))), covers=covers)
    assert ["shop: primary names nobody Mon 2 Feb 10:00 to 12:00 (Europe/London)."] == told(another)


def test_a_gap_keeps_its_key_and_its_ends_while_it_lasts_and_beyond_the_days_that_are_looked_at() -> None:
    team = shop(turns("ana"), overrides=(nobody("2026-02-03T09:00", "2026-03-03T09:00"),))

    first, second = (worries(roster(team), HEARD, now)[0] for now in (NOW, NOW + 20 * DAY))
    assert "shop: nobody is on duty Tue 3 Feb 09:00 to Tue 3 Mar 09:00 (Europe/London)." == first.text == second.text
    assert first.key == second.key
    assert (NOW + DAY, NOW + 20 * DAY) == (first.at, second.at)


def test_a_rotation_that_has_not_begun_leaves_a_gap_until_it_does() -> None:
    worry = worries(roster(shop(turns("ana", starts="2026-02-09T09:00"))), HEARD, NOW)[0]

    assert ("shop: nobody is on duty until Mon 9 Feb 09:00 (Europe/London).", NOW) == (worry.text, worry.at)
    assert "gap shop ever" == worry.key


def test_hours_leave_the_same_gaps_each_week_and_are_told_as_one() -> None:
    team = shop(turns("ana", hours=WORK))
    worry = worries(roster(team), HEARD, NOW)[0]

    text = "shop: nobody is on duty Mon 2 Feb 18:00 to Tue 3 Feb 09:00 (Europe/London), and 9 more until 16 Feb."
    assert text == worry.text
    assert "gap shop hours primary Mon+Tue+Wed+Thu+Fri 09:00-18:00" == worry.key
    later = [worries(roster(team), HEARD, NOW + day * DAY + 7 * HOUR) for day in range(60)]
    assert {worry.key} == {one.key for found in later for one in found if one.kind == "gap"}


def test_a_gap_that_hours_do_not_explain_is_told_apart_from_theirs() -> None:
    team = shop(turns("ana", hours=WORK), overrides=(nobody("2026-02-04T09:00", "2026-02-04T18:00"),))

    regular, single = worries(roster(team), HEARD, NOW)
    assert (
        "shop: nobody is on duty Mon 2 Feb 18:00 to Tue 3 Feb 09:00 (Europe/London), and 7 more until 16 Feb."
        == regular.text
    )
    assert "shop: nobody is on duty Tue 3 Feb 18:00 to Thu 5 Feb 09:00 (Europe/London)." == single.text
    assert keys(shop(turns("ana", hours=WORK))) == [regular.key]


def test_several_gaps_that_nothing_explains_are_one_worry_which_another_gap_makes_new() -> None:
    some = (nobody("2026-02-07T18:00", "2026-02-08T09:00"), nobody("2026-02-10T18:00", "2026-02-11T09:00"))
    team = shop(turns("ana"), overrides=some)

    text = "shop: nobody is on duty Sat 7 Feb 18:00 to Sun 8 Feb 09:00 (Europe/London), and 1 more until 11 Feb."
    assert [text] == told(roster(team))
    assert f"gap shop {at('2026-02-07T18:00')},{at('2026-02-10T18:00')}" == keys(team)[0]
    another = shop(turns("ana"), overrides=(*some, nobody("2026-02-12T18:00", "2026-02-13T09:00")))
    assert keys(team) != keys(another)


def test_of_several_gaps_the_last_is_told_no_further_than_is_looked() -> None:
    some = (nobody("2026-02-07T18:00", "2026-02-08T09:00"), nobody("2026-02-10T18:00", "2026-03-11T09:00"))

    text = "shop: nobody is on duty Sat 7 Feb 18:00 to Sun 8 Feb 09:00 (Europe/London), and 1 more until 16 Feb."
    assert [text] == told(roster(shop(turns("ana"), overrides=some)))


def test_rotations_whose_hours_meet_leave_no_gap() -> None:
    day = turns("ana", hours=(Window(tuple(range(7)), 9 * 60, 21 * 60),))
    night = turns("ben", name="night", hours=(Window(tuple(range(7)), 21 * 60, 9 * 60),))

    assert [] == told(roster(shop(day, night, steps=(("primary",), ("night",)))))


def test_only_what_all_steps_leave_open_is_a_gap() -> None:
    day = turns("ana", hours=(Window(tuple(range(7)), 9 * 60, 21 * 60),))
    evening = turns("ben", name="evening", hours=(Window(tuple(range(7)), 15 * 60, 24 * 60),))

    team = shop(day, evening, steps=(("primary",), ("evening",)))
    text = "shop: nobody is on duty Tue 3 Feb 00:00 to 09:00 (Europe/London), and 13 more until 16 Feb."
    assert [text] == told(roster(team))


def test_a_step_that_names_an_engineer_leaves_no_gap_but_an_empty_rotation_is_told() -> None:
    team = shop(
        turns("ana"),
        steps=(("primary",), ("ben",)),
        overrides=(nobody("2026-02-07T18:00", "2026-02-09T09:00"),),
    )
    assert ["shop: primary names nobody Sat 7 Feb 18:00 to Mon 9 Feb 09:00 (Europe/London)."] == told(roster(team))
    assert [f"gap shop primary {at('2026-02-07T18:00')}"] == keys(team)


def test_nor_is_a_rotation_told_for_its_hours_or_before_it_begins() -> None:
    late = turns("ana", hours=WORK, starts="2026-02-09T09:00")
    follower = Rotation("secondary", next_of="primary")

    assert [] == told(roster(shop(late, steps=(("primary",), ("ben",)))))
    pair = turns("ana", "cy", hours=WORK, starts="2026-02-09T09:00")
    assert [] == told(roster(shop(pair, follower, steps=(("primary",), ("secondary", "ben")))))


def test_a_rotation_with_nobody_to_follow_is_told() -> None:
    team = shop(turns("ana"), Rotation("secondary", next_of="primary"), steps=(("primary",), ("secondary",)))

    assert ["shop: secondary names nobody at any time (Europe/London)."] == told(roster(team))


def test_a_rotation_of_another_list_is_told_even_while_nobody_is_in_the_first() -> None:
    night = turns("ben", name="night")
    over = nobody("2026-02-04T20:00", "2026-02-04T22:00", "night")
    team = shop(turns("ana", hours=WORK), night, lists={"night": (Step(("night",)),)}, overrides=(over,))

    assert "shop: night names nobody Wed 4 Feb 20:00 to 22:00 (Europe/London)." == told(roster(team))[1]


def test_a_gap_is_told_in_the_rotations_zone_when_it_is_the_rotations() -> None:
    away = Rotation("primary", ("ana",), wall("2026-01-05T09:00"), timezone="Asia/Tokyo")
    team = shop(away, steps=(("primary",), ("ben",)), overrides=(nobody("2026-12-31T09:00", "2027-01-02T09:00"),))

    expected = ["shop: primary names nobody Thu 31 Dec 09:00 to Sat 2 Jan 2027 09:00 (Asia/Tokyo)."]
    assert expected == told(roster(team), now=at("2026-12-20T00:00"))


def test_a_step_that_names_somebody_who_has_left_names_nobody() -> None:
    team = shop(steps=(("gone",),))

    assert ["shop: nobody is on duty at any time (Europe/London)."] == told(roster(team))
    assert ["gap shop ever"] == keys(team)


def test_a_team_without_steps_or_rotations_leaves_everything_to_the_last_resort() -> None:
    assert [] == worries(roster(shop(steps=())), HEARD, NOW)
    assert [] == worries(roster(shop(turns("ana"), steps=())), HEARD, NOW)


# The same person twice.


def test_whoever_is_alone_in_two_steps_is_a_worry_of_those_turns() -> None:
    team = shop(turns("ana", "ben"), steps=(("primary",), ("ben",)))

    text = "shop: steps 1 and 2 page nobody but ben from Mon 9 Feb 09:00 (Europe/London) on."
    assert [Worry("shop", "alone", "alone shop default 1+2 ben", text, NOW + 7 * DAY)] == worries(
        roster(team), HEARD, NOW
    )
    assert keys(team) == keys(team, now=NOW + 3 * DAY) == keys(team, now=NOW + 8 * DAY)


def test_whoever_has_company_in_one_of_them_is_not() -> None:
    assert [] == told(roster(shop(turns("ana"), steps=(("primary", "cy"), ("ana",)))))
    assert [] == told(roster(shop(turns("ana"), steps=(("primary",), ("ana", "ben")))))


def test_a_rotation_in_several_steps_is_one_matter_whoever_has_the_turn() -> None:
    team = shop(turns("ana", "ben"), steps=(("primary",), ("primary",), ("primary",)))

    assert ["shop: steps 1, 2 and 3 page nobody but ana."] == told(roster(team))
    assert ["alone shop default 1+2+3"] == keys(team)


def test_an_engineer_whom_two_steps_name_is_told_without_any_rotation() -> None:
    assert ["shop: steps 1 and 3 page nobody but ana."] == told(roster(shop(steps=(("ana",), ("ben",), ("ana",)))))


def test_the_same_is_told_of_other_lists() -> None:
    team = shop(turns("ana"), lists={"night": (Step(("primary",)), Step(("ana",)))})

    assert ["shop: steps 1 and 2 of night page nobody but ana."] == told(roster(team))


def test_an_override_can_leave_one_alone() -> None:
    over = Override("", wall("2026-02-04T09:00"), wall("2026-02-05T09:00"), "cy")
    team = shop(
        turns("ana", "ben"),
        Rotation("secondary", next_of="primary"),
        steps=(("primary",), ("secondary",)),
        overrides=(over,),
    )
    assert ["shop: steps 1 and 2 page nobody but cy from Wed 4 Feb 09:00 (Europe/London) on."] == told(roster(team))


# People.


def test_who_comes_and_when_that_begins() -> None:
    team = shop(turns("ana", "ben"), lists={"night": (Step(("cy",)),)})

    assert {"cy": NOW, "ana": NOW, "ben": NOW + 7 * DAY} == coming(roster(team), NOW, END)
    assert {"cy": NOW, "ana": NOW} == coming(roster(team), NOW, NOW + 7 * DAY)


def test_who_is_on_duty_at_two_places_comes_at_the_first() -> None:
    web = Team("web", (Step(("ben",)),), timezone="Europe/London")

    for teams in ((shop(turns("ana", "ben")), web), (web, shop(turns("ana", "ben")))):
        assert {"ana": NOW, "ben": NOW} == coming(roster(*teams), NOW, END)


def test_whose_phone_never_sent_a_text_is_a_worry_once_a_shift_is_near() -> None:
    people = roster(shop(turns("ana", "ben")))
    texts = [
        "shop: ana is paged, and no text has ever come from that phone.",
        "shop: ben is paged from Mon 9 Feb 09:00 (Europe/London) on, and no text has ever come from that phone.",
    ]
    assert texts == told(people, known={"ben": Phone(), "cy": Phone()})
    found = [(worry.key, worry.at) for worry in worries(people, {}, NOW)]
    assert [("unverified ana", NOW), ("unverified ben", NOW + 7 * DAY)] == found


def test_a_phone_of_several_teams_is_one_worry() -> None:
    web = Team("web", (Step(("ben",)),))

    assert ["web: ben is paged, and no text has ever come from that phone."] == told(
        roster(shop(turns("ana", "ben")), web), known={"ana": HEARD["ana"]}
    )


@pytest.mark.parametrize(
    ("phone", "reason"),
    [
        (Phone(heard_at=1, opted_out=True), "opted out by STOP"),
        (Phone(heard_at=1, refused="the number is a landline"), "the number is a landline"),
        (Phone(refused="the number is a landline"), "the number is a landline"),
        (Phone(heard_at=1, failed_at=NOW - 1), "the last text to it failed"),
    ],
)
def test_who_cannot_be_reached_is_a_worry(phone: Phone, reason: str) -> None:
    texts = [f"shop: ben is paged from Mon 9 Feb 09:00 (Europe/London) on, and cannot be reached: {reason}."]
    people = roster(shop(turns("ana", "ben")))

    assert texts == told(people, known={**HEARD, "ben": phone})
    assert "unreachable ben" == worries(people, {**HEARD, "ben": phone}, NOW)[0].key
    assert [] == told(people, known={**HEARD, "cy": phone})


def test_a_last_resort_who_cannot_be_reached_is_a_worry_without_any_shift() -> None:
    people = roster(shop(turns("ana")))
    stopped = {**HEARD, ON_DUTY: Phone(opted_out=True)}

    text = "on-duty is the last resort, and cannot be reached: opted out by STOP."
    assert [Worry(ON_DUTY, "unreachable", "unreachable on-duty", text, NOW)] == worries(people, stopped, NOW)
    assert [] == told(people, known={"ana": HEARD["ana"]})


def test_before_there_is_a_roster_file_the_last_resort_is_no_worry() -> None:
    assert [] == worries(lone("+14155550100"), {}, NOW)
    assert {ON_DUTY: NOW} == coming(lone("+14155550100"), NOW, END)


def test_a_step_can_name_the_last_resort_whoever_that_is() -> None:
    people = replace(roster(shop(turns("ben"), steps=((ON_DUTY,),))), last_resort="ana")

    assert {"ana": NOW, "ben": NOW} == coming(people, NOW, END)


def test_who_has_left_the_roster_does_not_come() -> None:
    cover = Cover("c", "shop", "primary", NOW, NOW + HOUR, "gone", NOW)

    assert {"ana": NOW + HOUR} == coming(roster(shop(turns("ana")), covers=(cover,)), NOW, END)


# Clocks.


def test_clocks_that_go_back_make_a_shift_longer() -> None:
    team = shop(turns("ana"))
    worry = worries(roster(team), HEARD, at("2026-10-20T12:00"))[0]

    change = at("2026-10-25T01:00")
    text = (
        "Europe/London: clocks go back Sun 25 Oct 02:00 to 01:00; "
        "primary's shift of ana in shop then lasts 1 hour longer."
    )
    assert Worry("shop", "clock", f"clock Europe/London {change}", text, change) == worry


def test_clocks_that_go_forward_make_it_shorter_by_what_they_jump() -> None:
    howe = Rotation("primary", ("ana",), wall("2026-01-05T09:00"), timezone="Australia/Lord_Howe")
    text = (
        "Australia/Lord_Howe: clocks go forward Sun 4 Oct 02:00 to 02:30; "
        "primary's shift of ana in shop then lasts 30 minutes less."
    )
    assert [text] == told(roster(shop(howe)), now=at("2026-09-28T12:00"))


def test_a_change_is_told_once_for_all_teams_of_its_zone() -> None:
    teams = (shop(turns("ana", "ben")), Team("web", rotations={"day": turns("cy", name="day")}, timezone="Asia/Tokyo"))
    more = Team("more", rotations={"primary": turns("cy")}, timezone="Europe/London")
    text = (
        "Europe/London: clocks go back Sun 25 Oct 02:00 to 01:00; "
        "primary's shift of ben in shop (and 1 more) then lasts 1 hour longer."
    )
    assert [text] == told(roster(*teams, more), "clock", now=at("2026-10-20T12:00"))


def test_a_shift_that_the_change_does_not_touch_is_not_named() -> None:
    for rotation in (turns("ana", hours=WORK), turns("ana", starts="2026-11-02T09:00")):
        team = shop(rotation, steps=(("ben",),))
        text = "Europe/London: clocks go back Sun 25 Oct 02:00 to 01:00."
        assert [text] == told(roster(team), now=at("2026-10-20T12:00"))


def test_nor_is_one_of_another_zone_or_by_an_override() -> None:
    change = at("2026-10-25T01:00")
    cover = Cover("c", "shop", "primary", change - HOUR, change + HOUR, "ana", NOW)
    tokyo = Rotation("tokyo", ("cy",), wall("2026-01-05T09:00"), timezone="Asia/Tokyo")
    people = roster(shop(turns("ben"), tokyo, steps=(("tokyo",),)), covers=(cover,))

    assert ["Europe/London: clocks go back Sun 25 Oct 02:00 to 01:00."] == told(people, now=change - DAY)


def test_nor_is_one_that_begins_with_it() -> None:
    people = roster(shop(turns("ben", starts="2026-03-29T02:00"), steps=(("ana",),)))

    text = "Europe/London: clocks go forward Sun 29 Mar 01:00 to 02:00."
    assert [text] == told(people, now=at("2026-03-28T12:00"))


def test_no_clock_changes_where_none_do() -> None:
    assert [] == told(roster(shop(turns("ana"))), now=at("2026-10-25T01:00"))
    assert [] == told(roster(shop(turns("ana"))), now=at("2026-10-25T01:00") - 15 * DAY)


# Against stepping through time.

QUARTER = 15
SPANS = st.tuples(st.integers(0, 400), st.integers(1, 60), st.sampled_from([None, "ana", "ben"]))
QUARTERS = st.integers(0, 95).map(lambda count: count * QUARTER)
WINDOWS = st.builds(Window, st.sets(st.integers(0, 6), min_size=1).map(tuple), QUARTERS, QUARTERS)


@given(st.lists(SPANS, max_size=4), st.lists(WINDOWS, max_size=2), st.lists(WINDOWS, max_size=2), st.integers(1, 2))
def test_the_gaps_are_where_no_step_names_anybody(
    spans: list[tuple[int, int, str | None]], windows: list[Window], others: list[Window], count: int
) -> None:
    covers = tuple(
        Cover(f"c{n}", "shop", "primary", NOW + start * HOUR, NOW + (start + length) * HOUR, who, n)
        for n, (start, length, who) in enumerate(spans)
    )
    rotations = (turns("ana", "cy", hours=tuple(windows)), turns("ben", name="other", hours=tuple(others)))
    team = shop(*rotations, steps=(("primary",), ("other",))[:count])
    people = roster(team, covers=covers)

    found = empty_spans(Outlook(people, team, NOW, END))
    assert stepping(people, team) == [(max(start, NOW), min(end, END)) for start, end in found]


def stepping(people: Roster, team: Team) -> list[tuple[int, int]]:
    """The spans in which nobody is on duty, looked for in each quarter of an hour."""
    table = timetable(people, team)
    found: list[tuple[int, int]] = []
    for now in range(NOW, END, QUARTER * MINUTE):
        if not any(table.on_duty(name, now) for step in team.steps for name in step.page):
            start = found.pop()[0] if found and found[-1][1] == now else now
            found.append((start, now + QUARTER * MINUTE))
    return found


def test_what_turns_and_steps_leave_open_is_told_without_knowing_any_phone() -> None:
    team = shop(turns("ana", hours=WORK), turns("ana", name="late", hours=WORK), steps=(("primary",), ("late",)))
    found = worries(roster(team), {}, NOW)
    assert {"gap", "alone"} < {worry.kind for worry in found}
    assert [worry for worry in found if worry.kind in ("gap", "alone")] == foresight.turns(roster(team), NOW)
