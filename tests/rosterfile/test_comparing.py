"""What changes from one book to another, in lines."""

from datetime import datetime

import msgspec
import pytest
from hypothesis import given

from bugglio.roster import DAY, HOUR, Book, Conditions, Engineer, Override, Rotation, Rule, Step, Team, Window
from bugglio.rosterfile import differences
from tests.rosterfile.books import books

MONDAY = datetime(2026, 1, 5, 9)  # noqa: DTZ001 - wall time has no zone
TUESDAY = datetime(2026, 1, 6, 9)  # noqa: DTZ001 - wall time has no zone
BEN = Engineer("ben", "Ben Ode", "+14155550102")
SHOP = Team(
    "shop",
    (Step(("primary",)), Step(("ben",))),
    rotations={"primary": Rotation("primary", ("ana", "ben"), MONDAY)},
    overrides=(Override("primary", MONDAY, TUESDAY, "ben"),),
    projects=("checkout-api",),
    rules=(Rule(Conditions(stage=("staging",)), "ignore"), Rule(Conditions(severity=("info",)), "digest")),
)


def person(**changes: object) -> list[str]:
    """The lines of one changed engineer."""
    return differences(Book({"ben": BEN}), Book({"ben": msgspec.structs.replace(BEN, **changes)}))


def team(**changes: object) -> list[str]:
    """The lines of one changed team."""
    return differences(Book({}, {"shop": SHOP}), Book({}, {"shop": msgspec.structs.replace(SHOP, **changes)}))


def turns(**changes: object) -> list[str]:
    """The lines of one changed rotation."""
    rotation = msgspec.structs.replace(SHOP.rotations["primary"], **changes)
    return team(rotations={"primary": rotation})


def without_order(book: Book) -> Book:
    """The book with what has no order in one."""
    teams = {
        key: msgspec.structs.replace(
            team, projects=tuple(sorted(team.projects)), overrides=tuple(sorted(team.overrides, key=repr))
        )
        for key, team in book.teams.items()
    }
    return Book(book.engineers, teams)


@pytest.mark.slow
@given(books(), books())
def test_there_are_lines_unless_both_mean_the_same(before: Book, after: Book) -> None:
    assert [] == differences(before, before)
    assert (without_order(before) == without_order(after)) == (differences(before, after) == [])


def test_an_engineer_who_comes_or_goes() -> None:
    admin = msgspec.structs.replace(BEN, admin=True, timezone="Europe/London")

    assert ["engineer ben: new, Ben Ode, phone ...0102"] == differences(Book(), Book({"ben": BEN}))
    assert ["engineer ben: new, Ben Ode, phone ...0102, Europe/London, admin"] == differences(
        Book(), Book({"ben": admin})
    )
    assert ["engineer ben: gone"] == differences(Book({"ben": BEN}), Book())


def test_an_engineer_who_changes() -> None:
    assert ["engineer ben: phone ...0102 -> ...0103"] == person(phone="+14155550103")
    assert ["engineer ben: phone ...0102 -> another that ends so"] == person(phone="+12125550102")
    assert ["engineer ben: name Ben Ode -> Ben Oder", "engineer ben: admin false -> true"] == person(
        name="Ben Oder", admin=True
    )
    assert ["engineer ben: timezone none -> Europe/London"] == person(timezone="Europe/London")


def test_a_team_that_comes_says_all_that_it_has() -> None:
    small = Team("web", (Step(("ben",)),), projects=("web",), repeat=3)
    assert [
        "team web: new",
        "team web: project web: new",
        "team web: step 1: {page: [ben]} new",
        "team web: repeat 1 -> 3",
    ] == differences(Book(), Book({}, {"web": small}))


def test_a_team_that_goes() -> None:
    assert ["team shop: gone"] == differences(Book({}, {"shop": SHOP}), Book())


def test_settings_of_a_team() -> None:
    assert [
        "team shop: timezone UTC -> Europe/London",
        "team shop: repeat 1 -> 2",
        "team shop: acknowledged_for 1 hour -> 0",
        "team shop: close_after 1 week -> 1 day",
        "team shop: digest_at 09:00 -> 18:30",
    ] == team(timezone="Europe/London", repeat=2, acknowledged_for=0, close_after=DAY, digest_at=18 * 60 + 30)
    (text,) = team(text="{error.message}")
    assert text.startswith('team shop: text "{project.name}')
    assert text.endswith(' in {error.context}" -> "{error.message}"')


def test_projects_and_overrides_have_no_order() -> None:
    assert [] == team(projects=("checkout-api",), overrides=(Override("primary", MONDAY, TUESDAY, "ben", made=5),))
    assert ["team shop: project checkout-api: gone", "team shop: project web: new"] == team(projects=("web",))
    override = "from: 2026-01-05T09:00, to: 2026-01-06T09:00, engineer"
    assert [
        f"team shop: override {{rotation: primary, {override}: ben}}: gone",
        f"team shop: override {{{override}: nobody}}: new",
    ] == team(overrides=(Override("", MONDAY, TUESDAY, None),))


def test_a_rotation() -> None:
    assert ["team shop: rotation primary: engineers ana, ben -> ben, ana"] == turns(engineers=("ben", "ana"))
    assert [
        "team shop: rotation primary: starts 2026-01-05T09:00 -> 2026-01-06T09:00",
        "team shop: rotation primary: turn 1 week -> 12 hours",
        "team shop: rotation primary: timezone the team's -> UTC",
        'team shop: rotation primary: hours always -> {mon-fri: "09:00-18:00"}',
    ] == turns(starts=TUESDAY, turn=12, unit="hours", timezone="UTC", hours=(Window((0, 1, 2, 3, 4), 540, 1080),))
    assert [
        "team shop: rotation primary: gone",
        "team shop: rotation late: new",
        "team shop: rotation late: next_of none -> primary",
    ] == team(rotations={"late": Rotation("late", next_of="primary")})


def test_a_rule_put_in_front_is_one_line() -> None:
    front = Rule(Conditions(error_class=("*Timeout",)), "page")
    assert ['team shop: rule 1: {if: {class: "*Timeout"}, then: page} new'] == team(rules=(front, *SHOP.rules))


def test_rules_and_steps_that_change_or_go() -> None:
    assert ["team shop: rule 1 of before: {if: {stage: staging}, then: ignore} gone"] == team(rules=SHOP.rules[1:])
    assert ["team shop: step 2: {page: [ben]} -> {page: [ben], wait: 1 hour}"] == team(
        steps=(SHOP.steps[0], Step(("ben",), wait=HOUR))
    )


def test_lists_of_steps() -> None:
    night = {"night": (Step(("ben",)),)}
    with_night = msgspec.structs.replace(SHOP, lists=night)

    assert ["team shop: steps night: new", "team shop: steps night, step 1: {page: [ben]} new"] == team(lists=night)
    assert ["team shop: steps night: gone"] == differences(Book({}, {"shop": with_night}), Book({}, {"shop": SHOP}))
