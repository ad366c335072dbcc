"""Who can be paged now: names of a step as people, and which of them can be reached."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bugglio.alert import Alert
from bugglio.crew import Called, Crew, crew_of
from bugglio.escalation import advance, begin
from bugglio.phone import UNREACHABLE, Phone
from bugglio.roster import DAY, HOUR, MINUTE, ON_DUTY, Cover, Engineer, Override, Roster, Rotation, Step, Team
from tests.clock import Clock

NOW = Clock().now()
NAMES = ("ana", "ben", "cy", "dee")
PEOPLE = {name: Engineer(name, name, f"+1415555010{n}") for n, name in enumerate(NAMES)}
WALL = datetime.fromisoformat
STOPPED = Phone(opted_out=True)


def rotation(*people: str, **more: Any) -> Rotation:
    """A rotation called primary, in which the first is on duty now."""
    return Rotation("primary", people, WALL("2026-02-02T09:00"), **more)


def crew(
    *steps: Step, known: dict[str, Phone] | None = None, last: str = "dee", rotations: tuple[Rotation, ...] = ()
) -> Crew:
    """The crew of one team."""
    team = Team("shop", steps, rotations={one.id: one for one in rotations})
    return crew_of(Roster(PEOPLE, {"shop": team}, last), "shop", known)


def called(found: Crew, *names: str, now: int = NOW) -> Called:
    """Whom a step with these names pages."""
    return found.called(Step(names), now)


def test_names_of_rotations_are_people_and_people_are_themselves() -> None:
    found = crew(rotations=(rotation("ana", "ben"), Rotation("secondary", next_of="primary")))

    assert Called(("ana", "ben", "cy"), ()) == called(found, "primary", "secondary", "cy")


def test_nobody_is_called_twice_in_one_step() -> None:
    found = crew(rotations=(rotation("ana"), Rotation("secondary", next_of="primary")))

    assert Called(("ana", "dee"), ("secondary names nobody",)) == called(
        found, "ana", "primary", "ana", "secondary", "secondary", "dee", ON_DUTY
    )


def test_whoever_is_missing_is_told_with_the_reason() -> None:
    known = {"ben": STOPPED, "cy": Phone(refused="a landline"), "ana": Phone(failed_at=NOW - UNREACHABLE + 1)}

    assert Called(
        (),
        (
            "ana: the last text to it failed",
            "ben: opted out by STOP",
            "cy: a landline",
            "eve is not on the roster",
        ),
    ) == called(crew(known=known), "ana", "ben", "cy", "eve")
    assert ("ana",) == called(crew(known=known), "ana", now=NOW + 1).people


def test_a_rotation_of_somebody_who_has_left_says_so() -> None:
    assert Called((), ("eve is not on the roster",)) == called(crew(rotations=(rotation("eve"),)), "primary")


def test_whoever_is_on_duty_changes_with_the_clock_and_with_what_people_arranged() -> None:
    team = Team("shop", (Step(("primary",)),), rotations={"primary": rotation("ana", "ben", turn=1, unit="days")})
    cover = Cover("1", "shop", "primary", NOW + HOUR, NOW + 2 * HOUR, "cy", NOW)
    found = crew_of(Roster(PEOPLE, {"shop": team}, "dee", (cover,)), "shop")

    moments = (NOW, NOW + HOUR - 1, NOW + HOUR, NOW + 2 * HOUR, NOW + DAY)
    assert ["ana", "ana", "cy", "ana", "ben"] == [name for at in moments for name in found.first(at)]


def test_the_first_are_of_the_first_step_in_which_there_is_anybody() -> None:
    steps = (Step(("nobody",)), Step(("ana",)), Step(("ben",)))

    assert ("ana",) == crew(*steps).first(NOW)
    assert ("ben",) == crew(*steps, known={"ana": STOPPED}).first(NOW)
    assert () == crew(*steps, known={"ana": STOPPED, "ben": STOPPED}).first(NOW)


@pytest.mark.parametrize("last", ["dee", "ana"])
def test_the_last_resort_is_tried_whatever_is_known_of_its_phone(last: str) -> None:
    found = crew(known=dict.fromkeys(PEOPLE, STOPPED), last=last)

    assert Called((last,), ()) == called(found, ON_DUTY)
    assert (last,) == found.reachable([*NAMES, "eve"], NOW)


def test_a_team_that_is_gone_has_nobody() -> None:
    found = crew_of(Roster(PEOPLE, {}, "dee"), "shop")

    assert (True, ()) == (found.gone, found.first(NOW))


# Whatever the roster.

HOURS = 24
ROTATIONS = st.builds(
    rotation,
    st.sampled_from([*NAMES, "eve"]),
    st.sampled_from(NAMES),
    turn=st.integers(1, HOURS),
    unit=st.just("hours"),
    timezone=st.sampled_from(["UTC", "Europe/London", "Australia/Lord_Howe"]),
)
OVERRIDES = st.builds(
    lambda start, hours, who: Override(
        "primary", WALL(f"2026-02-02T{start:02}:00"), WALL(f"2026-02-03T{hours:02}:00"), who
    ),
    st.integers(0, HOURS - 1),
    st.integers(0, HOURS - 1),
    st.sampled_from([None, *NAMES, "eve"]),
)
STEPS = st.builds(
    Step,
    st.lists(st.sampled_from(["primary", "secondary", "gone", "eve", ON_DUTY, *NAMES]), max_size=6).map(tuple),
    wait=st.sampled_from([MINUTE, 5 * MINUTE]),
    again=st.sampled_from([0, 2 * MINUTE]),
    call=st.booleans(),
)
PHONES = st.builds(
    Phone,
    opted_out=st.booleans(),
    refused=st.sampled_from(["", "", "a landline"]),
    failed_at=st.sampled_from([0, NOW - MINUTE, NOW + HOUR]),
)
KNOWN = st.dictionaries(st.sampled_from(NAMES), PHONES)


@st.composite
def crews(draw: st.DrawFn) -> Crew:
    """Any crew."""
    rotations = {"primary": draw(ROTATIONS), "secondary": Rotation("secondary", next_of="primary")}
    overrides = tuple(draw(st.lists(OVERRIDES, max_size=3)))
    steps, repeat = tuple(draw(st.lists(STEPS, max_size=4))), draw(st.integers(1, 3))
    team = Team("shop", steps, repeat, rotations=rotations, overrides=overrides)
    teams = {} if draw(st.booleans()) and draw(st.booleans()) else {"shop": team}
    return crew_of(Roster(PEOPLE, teams, draw(st.sampled_from(NAMES))), "shop", draw(KNOWN))


@given(crews(), st.integers(0, 3 * DAY))
def test_nobody_is_twice_in_a_step_and_everybody_in_it_can_be_reached(found: Crew, later: int) -> None:
    now = NOW + later
    for step in found.team.steps:
        whom = found.called(step, now)
        assert len(set(whom.people)) == len(whom.people)
        assert len(set(whom.missing)) == len(whom.missing)
        assert list(whom.people) == [name for name in whom.people if name in PEOPLE]
        assert whom.people == found.reachable(whom.people, now)
        assert bool(step.page) == bool(whom.people or whom.missing)
        assert ON_DUTY not in step.page or found.roster.last_resort in whom.people
    assert found.roster.last_resort in found.reachable(NAMES, now)


@given(crews(), st.integers(0, 3 * DAY))
def test_whoever_is_on_the_roster_somebody_is_paged_until_the_last_resort(found: Crew, later: int) -> None:
    now = NOW + later
    alert, pages = begin(Alert(mark="mark", team="shop", opened=now, last_arrival=now), found, now)
    everybody = set[str]()
    for _ in range(2 * len(found.team.steps) * found.team.repeat + 2):
        texts = [page.to for page in pages if not page.call]
        assert len(set(texts)) == len(texts)
        assert all(page.call is False or page.to in texts for page in pages)
        assert alert.due_at is not None
        assert alert.due_at > now
        everybody.update(texts)
        now = alert.due_at
        alert, pages = advance(alert, found, now)
    assert found.roster.last_resort in everybody
