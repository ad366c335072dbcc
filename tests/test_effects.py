"""What a change to a schedule comes to, found by comparing instant by instant."""

from dataclasses import replace
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bugglio.roster import DAY, Cover
from bugglio.schedule import Effect, Timetable, effects
from tests import chance
from tests.turns import NOW, PRIMARY, SECONDARY, team

PICKS = st.randoms(use_true_random=False)
SHOP = team(PRIMARY, SECONDARY)


def cover(start: int, end: int, engineer: str | None) -> Cover:
    return Cover("c", "shop", "primary", NOW + start, NOW + end, engineer, NOW)


@given(PICKS)
def test_what_is_told_is_all_that_differs_and_each_part_once(pick: Random) -> None:
    case = chance.everything(pick)
    before, after = Timetable(case.team, case.covers[1:]), Timetable(case.team, case.covers)
    start, end = case.change - 5 * DAY, case.change + 5 * DAY
    for name in chance.NAMES:
        found = list(effects(before, after, name, start, end))
        for one, other in pairwise(found):
            assert one.end <= other.start
            assert one.end < other.start or (one.before, one.after) != (other.before, other.after)
        for at in [pick.randint(start, end - 1) for _ in range(20)] + [one.start for one in found]:
            told = next(((one.before, one.after) for one in found if one.start <= at < one.end), None)
            named = (before.on_duty(name, at), after.on_duty(name, at))
            assert told == (named if named[0] != named[1] else None)


def test_who_follows_changes_along_with_the_rotation_that_is_followed() -> None:
    before, after = Timetable(SHOP), Timetable(SHOP, [cover(DAY, 2 * DAY, "ben")])
    assert [Effect("primary", NOW + DAY, NOW + 2 * DAY, "ana", "ben")] == list(
        effects(before, after, "primary", NOW, NOW + 9 * DAY)
    )
    assert [Effect("secondary", NOW + DAY, NOW + 2 * DAY, "ben", "ana")] == list(
        effects(before, after, "secondary", NOW, NOW + 9 * DAY)
    )


def test_an_override_that_says_what_the_turns_say_changes_nothing() -> None:
    same = Timetable(SHOP, [cover(0, DAY, "ana")])
    assert [] == list(effects(Timetable(SHOP), same, "primary", NOW, NOW + DAY))


def test_a_gap_is_nobody() -> None:
    found = list(effects(Timetable(SHOP), Timetable(SHOP, [cover(0, DAY, None)]), "primary", NOW - DAY, NOW + 2 * DAY))
    assert [replace(found[0], after=None)] == found
