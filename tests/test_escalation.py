"""Whom to page next, and when."""

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bugglio import alert as alerts
from bugglio import escalation
from bugglio import phone as phones
from bugglio import times as clocks
from bugglio.alert import TRIGGERED, Alert
from bugglio.crew import Crew
from bugglio.escalation import Due, Outage, advance, begin, hurry, past_steps, stand
from bugglio.phone import Phone
from bugglio.roster import HOUR, MINUTE, ON_DUTY, Engineer, Roster, Step, Team
from bugglio.times import told
from tests.clock import Clock
from tests.zones import ZONES, at, instants

NOW = Clock().now()
UTC = clocks.Clock()
DAY = 24 * HOUR
ROSTER = Roster({name: Engineer(name, name, f"+1415555010{n}") for n, name in enumerate(("ana", "ben", ON_DUTY))})
TEAM = Team("shop", (Step(("ana",), wait=5 * MINUTE), Step(("ben", "ana"), wait=10 * MINUTE)))
CREW = Crew(ROSTER, TEAM)


def fresh() -> Alert:
    """An alert whose steps have not begun."""
    return Alert(mark="mark", team="shop", opened=NOW, last_arrival=NOW)


def begun(team: Team = TEAM) -> Alert:
    """One whose first people were paged now."""
    return begin(fresh(), Crew(ROSTER, team), NOW)[0]


def again(alert: Alert, clock: clocks.Clock = UTC) -> str:
    """What its pages say of its steps, by the clock of whoever reads them."""
    return told(alert.anew, alert.born, clock)


def said(pages: list[Due]) -> list[tuple[str, int]]:
    """Whom, and the how manieth page it is."""
    return [(page.to, page.ordinal) for page in pages]


def test_the_steps_begin_with_the_first_people_and_both_next_moments() -> None:
    alert, pages = begin(fresh(), CREW, NOW)

    assert [("ana", 1)] == said(pages)
    assert (TRIGGERED, 1, 0) == (alert.state, alert.cycle, alert.position)
    assert (NOW + 2 * MINUTE, NOW + 5 * MINUTE) == (alert.again_at, alert.next_at)
    assert (("ana",), (pages[0].id,)) == (alert.waits_for, alert.current)
    assert NOW + 5 * MINUTE == pages[0].valid_until


def test_nothing_is_due_before_its_time() -> None:
    alert = begun()
    assert (alert, []) == advance(alert, CREW, NOW + 2 * MINUTE - 1)


def test_a_second_page_is_of_the_same_step_and_valid_until_the_next() -> None:
    alert, pages = advance(begun(), CREW, NOW + 2 * MINUTE)

    assert [("ana", 2)] == said(pages)
    assert (None, NOW + 5 * MINUTE, 0) == (alert.again_at, alert.next_at, alert.position)
    assert NOW + 5 * MINUTE == pages[0].valid_until
    assert 2 == len(alert.current)


def test_the_next_step_counts_its_wait_from_its_own_decision() -> None:
    late = NOW + 7 * MINUTE
    alert, pages = advance(begun(), CREW, late)

    assert [("ben", 1), ("ana", 2)] == said(pages)
    assert (late + 2 * MINUTE, late + 10 * MINUTE, 1) == (alert.again_at, alert.next_at, alert.position)
    assert {page.id for page in pages} == set(alert.current)


def test_after_all_steps_the_last_resort_has_half_an_hour() -> None:
    alert = msgspec.structs.replace(begun(), position=1)
    assert not past_steps(alert, CREW)

    alert, pages = advance(alert, CREW, NOW + HOUR)

    assert [(ON_DUTY, 1)] == said(pages)
    assert past_steps(alert, CREW)
    assert (None, NOW + HOUR + 30 * MINUTE) == (alert.again_at, alert.next_at)


@pytest.mark.parametrize("repeat", [1, 2, 5])
def test_repeats_go_through_all_steps_again(repeat: int) -> None:
    team = msgspec.structs.replace(TEAM, repeat=repeat)
    alert, now, order = begun(team), NOW, ["ana"]
    while not past_steps(alert, Crew(ROSTER, team)):
        now += HOUR
        alert, pages = advance(alert, Crew(ROSTER, team), now)
        order.append(pages[0].to)

    assert [*["ana", "ben"] * repeat, ON_DUTY] == order


def test_a_new_cycle_numbers_its_pages_anew_and_says_when_it_began() -> None:
    first, before = begin(fresh(), CREW, NOW)
    second, after = begin(first, CREW, NOW + HOUR)

    assert ("", "again 10:00") == (again(first), again(second))
    assert (2, {"ana": 1}) == (second.cycle, second.paged)
    assert before[0].id != after[0].id


@pytest.mark.parametrize(
    ("later", "label"),
    [
        (MINUTE, "again 09:01"),
        (59_000, "again 09:00:59"),
        (999, "again 09:00:00 no. 2"),
        (15 * HOUR - 1, "again 23:59"),
        (15 * HOUR, "again 00:00 3 Feb"),
        (24 * HOUR, "again 09:00 3 Feb"),
    ],
)
def test_what_sets_a_cycle_apart(later: int, label: str) -> None:
    assert label == again(begin(begun(), CREW, NOW + later)[0])


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3 * DAY) | st.sampled_from([0, 1, 999, 1_000, 30 * MINUTE, HOUR, DAY, 7 * DAY]),
            st.none() | st.sampled_from(ZONES),
        ),
        max_size=30,
    ),
    st.sampled_from(ZONES),
    instants(),
)
@example([(HOUR, None)] * 3, "Europe/London", at("2026-10-24T23:30Z"))
@example([(30 * MINUTE, None)] * 4, "Australia/Lord_Howe", at("2026-04-04T14:00Z"))
@example([(HOUR, None), (HOUR, "UTC"), (DAY, None)], "Europe/London", at("2026-04-04T14:00Z"))
def test_no_two_cycles_are_called_alike(cycles: list[tuple[int, str | None]], zone: str, now: int) -> None:
    """Neither when clocks are put back, nor when the phone that is told of them goes to another zone in between."""
    alert, phone, called = begin(fresh(), CREW, now)[0], phones.in_zone(Phone(), zone, now), [""]
    for gap, other in cycles:
        now += gap
        alert, _ = begin(alert, CREW, now)
        phone = phones.in_zone(phone, other or phone.zone, now)
        called.append(again(alert, clocks.Clock(phone.zone, phone.zoned_at)))

    assert len(called) == len(set(called))


def test_a_step_whose_every_page_failed_is_over_at_once() -> None:
    alert = hurry(begun(), NOW + 3_000)
    assert (NOW + 3_000, None) == (alert.due_at, alert.again_at)

    moved, pages = advance(alert, CREW, NOW + 3_000)
    assert [("ben", 1), ("ana", 2)] == said(pages)
    assert NOW + 3_000 + 10 * MINUTE == moved.next_at


# While nobody can be texted, the clock of the steps stands.


def test_the_clock_stands_for_as_long_as_an_outage_lasts() -> None:
    outage = Outage(NOW + MINUTE, None)

    alert = stand(begun(), outage, NOW + 4 * MINUTE)

    assert (NOW + 5 * MINUTE, NOW + 8 * MINUTE) == (alert.again_at, alert.next_at)


def test_it_does_not_stand_twice_for_the_same_time() -> None:
    outage = Outage(NOW + MINUTE, None)
    alert = stand(begun(), outage, NOW + 4 * MINUTE)

    assert alert is stand(alert, outage, NOW + 4 * MINUTE)
    assert NOW + 9 * MINUTE == stand(alert, outage, NOW + 5 * MINUTE).next_at
    over = stand(alert, Outage(NOW + MINUTE, NOW + 6 * MINUTE), NOW + HOUR)
    assert NOW + 10 * MINUTE == over.next_at
    assert NOW + 11 * MINUTE == stand(over, Outage(NOW + 7 * MINUTE, NOW + 8 * MINUTE), NOW + HOUR).next_at


def test_only_the_part_of_an_outage_within_the_step_counts() -> None:
    assert NOW + 6 * MINUTE == stand(begun(), Outage(NOW - HOUR, NOW + MINUTE), NOW + 5 * MINUTE).next_at
    untouched = begun()
    assert untouched is stand(untouched, Outage(NOW - HOUR, NOW), NOW + 5 * MINUTE)
    assert untouched is stand(untouched, None, NOW + 5 * MINUTE)
    answered = alerts.acknowledge(untouched, "ana", NOW, HOUR)
    assert answered is stand(answered, Outage(NOW, None), NOW + 5 * MINUTE)


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(1, 600)), min_size=1, max_size=8), st.data())
def test_however_often_it_is_looked_at_it_stands_for_the_sum_of_outages(
    spans: list[tuple[int, int]], data: st.DataObject
) -> None:
    alert, now, total = begun(), NOW, 0
    for gap, length in spans:
        since = now + gap * 1_000
        looks = sorted(data.draw(st.lists(st.integers(0, length), max_size=4)))
        for look in looks:
            alert = stand(alert, Outage(since, None), since + look * 1_000)
        now, total = since + length * 1_000, total + length * 1_000
        alert = stand(alert, Outage(since, now), now)

    assert NOW + 5 * MINUTE + total == alert.next_at


@pytest.mark.parametrize(
    ("ordinal", "words"),
    [
        (1, ""),
        (2, "2nd page"),
        (3, "3rd page"),
        (4, "4th page"),
        (11, "11th page"),
        (12, "12th page"),
        (13, "13th page"),
        (21, "21st page"),
        (22, "22nd page"),
        (112, "112th page"),
        (123, "123rd page"),
    ],
)
def test_a_page_says_which_it_is(ordinal: int, words: str) -> None:
    assert words == escalation.nth(ordinal)
