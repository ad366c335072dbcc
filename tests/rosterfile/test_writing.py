"""A book to a file: one form, that reads back to the same book."""

from datetime import datetime

import msgspec
import pytest
from hypothesis import given

from bugglio.roster import DAY, HOUR, MINUTE, Book, Conditions, Engineer, Override, Rotation, Rule, Step, Team, Window
from bugglio.rosterfile import read, write
from bugglio.rosterfile.forms import days, span, text
from tests.rosterfile.books import EXAMPLE, NASTY, books

MONDAY = datetime(2026, 1, 5, 9)  # noqa: DTZ001 - wall time has no zone


@pytest.mark.slow
@given(books())
def test_what_was_written_reads_as_the_same_book_and_is_written_with_the_same_bytes(book: Book) -> None:
    written = write(book)
    again = read(written).book

    assert book == again
    assert written == write(again)


@pytest.mark.slow
@given(books())
def test_a_book_that_was_kept_is_written_with_the_same_bytes(book: Book) -> None:
    kept = msgspec.json.decode(msgspec.json.encode(book), type=Book)
    assert write(book) == write(kept)


def test_the_example_is_written_without_its_comments_and_defaults() -> None:
    expected = """\
engineers:
  ana: {name: Ana Lima, phone: "+14155550101", timezone: America/New_York, admin: true}
  ben: {name: Ben Ode, phone: "+14155550102"}
teams:
  shop:
    timezone: Europe/London
    projects: [checkout-api, 5f73031fb91aad0014229623]
    rotations:
      primary:
        engineers: [ana, ben]
        starts: 2026-01-05T09:00
        timezone: Europe/London
        hours: {mon-fri: "09:00-18:00", sat: "00:00-24:00"}
      secondary: {next_of: primary}
    overrides:
      - {rotation: primary, from: 2026-02-01T09:00, to: 2026-02-02T09:00, engineer: ben}
    steps:
      - {page: [primary]}
      - {page: [secondary, ana], wait: 10 minutes, call: true}
    repeat: 2
    rules:
      - {if: {stage: [staging, development]}, then: ignore}
      - {if: {severity: info}, then: digest}
      - {if: {severity: warning, between: "22:00-07:00"}, then: hold}
      - {if: {class: "ActionController::*"}, then: page}
"""
    assert expected == write(read(EXAMPLE).book)


def test_everything_that_is_not_a_default_is_written() -> None:
    night = (Step(("ana",), wait=HOUR, again=0),)
    team = Team(
        "web",
        steps=(),
        repeat=3,
        acknowledged_for=0,
        close_after=14 * DAY,
        text='{error.message} "now"',
        projects=("*", "0123", "a: b"),
        rotations={"late": Rotation("late", ("ana",), MONDAY, 12, "hours", hours=(Window((0, 4, 5, 6), 1320, 420),))},
        overrides=(Override("", MONDAY, datetime(2026, 1, 6), None),),  # noqa: DTZ001 - wall time has no zone
        lists={"night": night},
        digest_at=18 * 60 + 30,
        rules=(
            Rule(Conditions(unhandled=False, days=(5, 6), trigger=("powerTen", "")), "steps", "night"),
            Rule(Conditions(between=(0, 0)), "hold"),
            Rule(Conditions(), "page"),
        ),
    )
    expected = """\
engineers:
  ana: {name: "yes", phone: "+14155550101"}
teams:
  web:
    projects: ["*", "0123", "a: b"]
    rotations:
      late:
        engineers: [ana]
        starts: 2026-01-05T09:00
        turn: 12 hours
        hours: {"mon, fri-sun": "22:00-07:00"}
    overrides:
      - {from: 2026-01-05T09:00, to: 2026-01-06T00:00, engineer: nobody}
    steps:
      default: []
      night:
        - {page: [ana], wait: 1 hour, again: 0}
    repeat: 3
    acknowledged_for: 0
    close_after: 2 weeks
    digest_at: "18:30"
    text: "{error.message} \\"now\\""
    rules:
      - {if: {trigger: [powerTen, ""], unhandled: false, days: "sat, sun"}, then: {steps: night}}
      - {if: {between: "00:00-24:00"}, then: hold}
      - {then: page}
"""
    written = write(Book({"ana": Engineer("ana", "yes", "+14155550101")}, {"web": team}))
    assert expected == written


def test_nobody_and_nothing_is_written_so_that_it_can_be_applied() -> None:
    assert "engineers: {}\nteams: {}\n" == write(Book())
    assert Book() == read(write(Book())).book


def test_a_team_that_says_nothing_keeps_its_line() -> None:
    assert "engineers: {}\nteams:\n  shop: {}\n" == write(Book(teams={"shop": Team("shop")}))


def test_steps_are_left_out_only_if_they_are_what_a_team_has_without_them() -> None:
    rotations = {"primary": Rotation("primary", ("ana",), MONDAY)}
    alone = Book(teams={"shop": Team("shop", (Step(("primary",)),), rotations=rotations)})
    none = Book(teams={"shop": Team("shop", (), rotations=rotations)})

    assert "steps" not in write(alone)
    assert "    steps: []\n" in write(none)


@pytest.mark.parametrize("value", NASTY)
def test_a_text_that_yaml_would_take_for_something_else_is_quoted(value: str) -> None:
    assert text(value).startswith('"')


@pytest.mark.parametrize("value", ["Ana Lima", "checkout-api", "5f73031fb91aad0014229623", "v1.2.3", "a@example.com"])
def test_an_ordinary_text_has_no_quotes(value: str) -> None:
    assert value == text(value)


@pytest.mark.parametrize(
    ("milliseconds", "expected"),
    [
        (0, "0"),
        (1000, "1 second"),
        (90_000, "90 seconds"),
        (MINUTE, "1 minute"),
        (90 * MINUTE, "90 minutes"),
        (HOUR, "1 hour"),
        (36 * HOUR, "36 hours"),
        (DAY, "1 day"),
        (8 * DAY, "8 days"),
        (14 * DAY, "2 weeks"),
    ],
)
def test_a_span_is_written_in_its_largest_unit(milliseconds: int, expected: str) -> None:
    assert expected == span(milliseconds)


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        ((0,), "mon"),
        ((5, 6), "sat, sun"),
        ((0, 1, 2, 3, 4), "mon-fri"),
        ((0, 1, 3, 4, 5), "mon, tue, thu-sat"),
        ((0, 1, 2, 3, 4, 5, 6), "mon-sun"),
    ],
)
def test_three_days_in_a_row_are_a_range(which: tuple[int, ...], expected: str) -> None:
    assert expected == days(which)
