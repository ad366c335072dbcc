"""The roster file of the design: every value of it, as its comments say."""

from datetime import datetime

from bugglio.roster import (
    DAY,
    DEFAULT_TEXT,
    HOUR,
    MINUTE,
    Book,
    Conditions,
    Engineer,
    Override,
    Rotation,
    Rule,
    Step,
    Team,
    Window,
)
from bugglio.rosterfile import differences, read, write
from tests.rosterfile.books import EXAMPLE

SHOP = Team(
    id="shop",
    timezone="Europe/London",
    projects=("checkout-api", "5f73031fb91aad0014229623"),
    rotations={
        "primary": Rotation(
            id="primary",
            engineers=("ana", "ben"),
            starts=datetime(2026, 1, 5, 9, 0),  # noqa: DTZ001 - wall time has no zone
            turn=1,
            unit="weeks",
            timezone="Europe/London",
            hours=(Window((0, 1, 2, 3, 4), 9 * 60, 18 * 60), Window((5,), 0, 24 * 60)),
        ),
        "secondary": Rotation(id="secondary", next_of="primary"),
    },
    overrides=(
        Override(
            "primary",
            datetime(2026, 2, 1, 9, 0),  # noqa: DTZ001 - wall time has no zone
            datetime(2026, 2, 2, 9, 0),  # noqa: DTZ001 - wall time has no zone
            "ben",
        ),
    ),
    steps=(
        Step(page=("primary",), wait=5 * MINUTE, again=2 * MINUTE),
        Step(page=("secondary", "ana"), wait=10 * MINUTE, again=2 * MINUTE, call=True),
    ),
    repeat=2,
    acknowledged_for=HOUR,
    close_after=7 * DAY,
    digest_at=9 * 60,
    text=DEFAULT_TEXT,
    rules=(
        Rule(Conditions(stage=("staging", "development")), "ignore"),
        Rule(Conditions(severity=("info",)), "digest"),
        Rule(Conditions(severity=("warning",), between=(22 * 60, 7 * 60)), "hold"),
        Rule(Conditions(error_class=("ActionController::*",)), "page"),
    ),
)
BOOK = Book(
    engineers={
        "ana": Engineer("ana", "Ana Lima", "+14155550101", admin=True, timezone="America/New_York"),
        "ben": Engineer("ben", "Ben Ode", "+14155550102"),
    },
    teams={"shop": SHOP},
)


def test_the_example_means_what_its_comments_say() -> None:
    found = read(EXAMPLE)

    assert BOOK.engineers == found.book.engineers
    assert SHOP == found.book.teams["shop"]
    assert () == found.warnings


def test_its_export_is_applied_to_the_same_meaning() -> None:
    exported = write(read(EXAMPLE).book)

    assert BOOK == read(exported).book
    assert exported == write(read(exported).book)
    assert [] == differences(BOOK, read(exported).book)


def test_bytes_with_a_mark_of_their_order_and_windows_line_ends_mean_the_same() -> None:
    raw = b"\xef\xbb\xbf" + EXAMPLE.replace("\n", "\r\n").encode()
    assert BOOK == read(raw).book


def test_without_steps_the_first_rotation_is_paged_and_without_rotations_the_last_resort() -> None:
    text = """\
engineers:
  ana: {name: Ana, phone: +14155550101}
teams:
  one:
    rotations:
      late: {engineers: [ana], starts: 2026-01-05T09:00}
      early: {engineers: [ana], starts: 2026-01-05T09:00}
  two: {}
"""
    teams = read(text).book.teams

    assert (Step(("late",), wait=5 * MINUTE),) == teams["one"].steps
    assert () == teams["two"].steps
    assert Team("two") == teams["two"]


def test_lists_of_steps_have_names_and_rules_choose_them() -> None:
    text = """\
engineers: {ana: {name: Ana, phone: +14155550101}}
teams:
  shop:
    steps:
      default: [{page: [ana]}]
      night: [{page: [ana], again: 0}]
    rules: [{if: {days: [mon, sat-sun], unhandled: true}, then: {steps: night}}, {then: {steps: default}}]
"""
    shop = read(text).book.teams["shop"]

    assert (Step(("ana",)),) == shop.steps
    assert {"night": (Step(("ana",), again=0),)} == shop.lists
    assert (
        Rule(Conditions(days=(0, 5, 6), unhandled=True), "steps", "night"),
        Rule(Conditions(), "steps", "default"),
    ) == shop.rules


def test_nobody_and_the_end_of_the_day() -> None:
    text = """\
engineers: {}
teams:
  shop:
    overrides: [{from: 2026-02-01T09:00, to: 2026-02-02T00:00, engineer: nobody}]
    rules:
      - {if: {between: "22:00-24:00"}, then: hold}
      - {if: {between: "00:00-24:00"}, then: hold}
"""
    shop = read(text).book.teams["shop"]

    first, midnight = datetime(2026, 2, 1, 9), datetime(2026, 2, 2)  # noqa: DTZ001 - wall time has no zone
    assert (Override("", first, midnight, None),) == shop.overrides
    assert [(22 * 60, 0), (0, 0)] == [rule.conditions.between for rule in shop.rules]


def test_scalars_stay_what_was_written() -> None:
    text = """\
engineers:
  ana: {name: yes, phone: +1 (415) 555-0101}
teams:
  shop:
    projects: [0123, 22:00, no, 1e3, 2026-01-05, ~]
    digest_at: 06:30
    text: >
      {error.message}
      right now
    rules: [{if: {stage: "", version: [1.10, "007"]}, then: page}]
"""
    book = read(text).book
    shop = book.teams["shop"]

    assert Engineer("ana", "yes", "+14155550101") == book.engineers["ana"]
    assert ("0123", "22:00", "no", "1e3", "2026-01-05", "~") == shop.projects
    assert 6 * 60 + 30 == shop.digest_at
    assert "{error.message} right now" == shop.text
    assert Conditions(stage=("",), version=("1.10", "007")) == shop.rules[0].conditions
