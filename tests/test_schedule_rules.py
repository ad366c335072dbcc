"""What holds for every rotation, in zones whose clocks change in every way that clocks do."""

from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bugglio.roster import DAY, HOUR
from bugglio.schedule import Shift, Timetable
from tests import chance
from tests.chance import Case
from tests.slow_timetable import SlowTimetable, comes, shown

PICKS = st.randoms(use_true_random=False)
SPAN = 5 * DAY


def around(case: Case, name: str) -> list[Shift]:
    """All shifts of the days around the change."""
    table = Timetable(case.team, case.covers)
    return list(table.shifts(name, case.change - SPAN, case.change + SPAN))


def agrees(case: Case, instant: int) -> None:
    """Fail unless both ways name the same at an instant."""
    table, slow = Timetable(case.team, case.covers), SlowTimetable(case.team, case.covers)
    for name in chance.NAMES:
        assert slow.on_duty(name, instant) == table.on_duty(name, instant), (name, instant, case)


@given(PICKS)
def test_from_its_first_handoff_on_exactly_one_person_is_named(pick: Random) -> None:
    case = chance.turns(pick)
    rotation = case.team.rotations["primary"]
    assert rotation.starts is not None
    begins = comes(rotation.starts, case.team.timezone) * 1000
    table = Timetable(case.team)

    for instant in [begins, *chance.instants(pick, case, 20)]:
        assert (instant >= begins) == (table.on_duty("primary", instant) in rotation.engineers)
        assert (instant < begins) == (table.on_duty("primary", instant) is None)


@given(PICKS)
def test_shifts_meet_and_gaps_are_one(pick: Random) -> None:
    case = chance.everything(pick)

    for name in chance.NAMES:
        shifts = around(case, name)
        assert (case.change - SPAN, case.change + SPAN) == (shifts[0].start, shifts[-1].end)
        for one, other in pairwise(shifts):
            assert one.end == other.start
            assert (one.engineer, other.engineer) != (None, None)
        assert all(one.start is not None and one.end is not None and one.start < one.end for one in shifts)


@given(PICKS)
def test_handoffs_are_at_the_configured_wall_time(pick: Random) -> None:
    case = chance.turns(pick)
    rotation, zone = case.team.rotations["primary"], case.team.timezone
    assert rotation.starts is not None
    length = timedelta(**{rotation.unit: rotation.turn})

    for shift in around(case, "primary")[1:]:
        assert shift.start is not None
        moment = datetime.fromtimestamp(shift.start / 1000, ZoneInfo(zone))
        late = (moment.replace(tzinfo=None) - rotation.starts) % length
        before = shown(shift.start // 1000 - 1, zone)
        jumped = moment.replace(tzinfo=None) - before - timedelta(seconds=1)
        assert moment.fold == 0
        assert not late or late <= jumped


@given(PICKS)
def test_who_is_on_duty_is_whose_shift_it_is(pick: Random) -> None:
    case = chance.everything(pick)
    table = Timetable(case.team, case.covers)

    for name in chance.NAMES:
        for cut in around(case, name):
            assert cut.start is not None
            assert cut.end is not None
            for instant in (cut.start, pick.randint(cut.start, cut.end - 1), cut.end - 1):
                assert cut.engineer == table.on_duty(name, instant)
                whole = table.shift(name, instant)
                assert cut.engineer == whole.engineer
                assert whole.start is None or whole.start <= cut.start
                assert whole.end is None or whole.end >= cut.end


@given(PICKS)
def test_a_shift_is_the_same_whoever_asks(pick: Random) -> None:
    case = chance.everything(pick)
    table = Timetable(case.team, case.covers)

    for name in chance.NAMES:
        shifts = around(case, name)
        for shift in shifts[1:-1]:
            assert shift.start is not None
            assert shift == table.shift(name, shift.start)
        for shift, later in zip(shifts, [shifts[n + 1 :] for n in range(len(shifts) - 1)], strict=False):
            named = next((one for one in later[:-1] if one.engineer is not None), None)
            assert shift.end is not None
            assert named is None or named == table.following(name, shift.end - 1)


@given(PICKS)
def test_the_slow_way_agrees(pick: Random) -> None:
    case = chance.everything(pick)

    for instant in chance.instants(pick, case, 5):
        agrees(case, instant)


def test_the_slow_way_agrees_where_anything_changes() -> None:
    pick = Random(20260329)
    for _ in range(20):
        case = chance.everything(pick)
        edges = {shift.start for name in chance.NAMES for shift in around(case, name)} - {None}
        for edge in pick.sample(sorted(edges, key=str), min(len(edges), 6)):
            assert edge is not None
            agrees(case, edge)
            agrees(case, edge - 1)


@pytest.mark.slow
def test_the_slow_way_agrees_at_ten_thousand_instants() -> None:
    pick = Random(3)
    checked, zones = 0, set()
    while checked < 10_000:
        case = chance.everything(pick)
        zones.add(chance.zone_of(case.team))
        for instant in chance.instants(pick, case, 20):
            agrees(case, instant)
            checked += 1

    assert set(chance.ZONES) == zones


@pytest.mark.slow
@pytest.mark.parametrize("zone", chance.ZONES)
def test_the_slow_way_agrees_at_each_quarter_of_an_hour_around_a_change(zone: str) -> None:
    pick = Random(zone)
    cases = [case for case in (chance.everything(pick) for _ in range(300)) if chance.zone_of(case.team) == zone]
    assert cases
    for case in cases[:3]:
        table, slow = Timetable(case.team, case.covers), SlowTimetable(case.team, case.covers)
        for instant in range(case.change - 30 * HOUR, case.change + 30 * HOUR, HOUR // 4):
            for name in chance.NAMES:
                assert slow.on_duty(name, instant) == table.on_duty(name, instant), (name, instant, case)
