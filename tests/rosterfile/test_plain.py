"""A book as a plain tree: it says what the file says, reads as the same book, and its faults are told by place."""

from typing import Any

import pytest
import yaml
from hypothesis import given

from bugglio.roster import Book
from bugglio.rosterfile import Faults, Placed, check, place_of, read, text_of, tree_of, write
from tests.rosterfile.books import EXAMPLE, NASTY, books

EXAMPLE_BOOK = read(EXAMPLE).book


@pytest.mark.slow
@given(books())
def test_a_book_s_tree_reads_as_the_same_book(book: Book) -> None:
    tree = tree_of(book)
    assert book == read(text_of(tree)).book
    assert book == check(tree).book


@pytest.mark.slow
@given(books())
def test_a_tree_says_what_the_file_says(book: Book) -> None:
    assert yaml.load(write(book), yaml.BaseLoader) == tree_of(book)  # noqa: S506 - it makes texts only


@pytest.mark.slow
@given(books())
def test_a_tree_is_doubted_where_its_text_is(book: Book) -> None:
    tree = tree_of(book)
    assert len(read(text_of(tree)).warnings) == len(check(tree).warnings)


def test_the_example_s_tree_has_texts_in_the_form_of_the_file() -> None:
    tree = tree_of(EXAMPLE_BOOK)
    assert {"name": "Ana Lima", "phone": "+14155550101", "timezone": "America/New_York", "admin": "true"} == (
        tree["engineers"]["ana"]
    )
    shop = tree["teams"]["shop"]
    assert {"next_of": "primary"} == shop["rotations"]["secondary"]
    assert [{"page": ["primary"]}, {"page": ["secondary", "ana"], "wait": "10 minutes", "call": "true"}] == shop[
        "steps"
    ]
    assert {"if": {"severity": "warning", "between": "22:00-07:00"}, "then": "hold"} == shop["rules"][2]


@pytest.mark.parametrize("text", NASTY)
def test_no_text_is_read_as_anything_else(text: str) -> None:
    tree = tree_of(EXAMPLE_BOOK)
    tree["teams"]["shop"]["rules"] = [{"if": {"stage": ["x", text]}, "then": "page"}]
    expected = ("x", text)
    for found in (read(text_of(tree)).book, check(tree).book):
        assert found is not None
        assert expected == found.teams["shop"].rules[0].conditions.stage


def faults(change: Any) -> tuple[Placed, ...]:
    """What is wrong with the example's tree once it was changed."""
    tree = tree_of(EXAMPLE_BOOK)
    change(tree)
    found = check(tree)
    assert (found.book is None) == bool(found.faults)
    return found.faults


def test_a_fault_is_told_at_its_place_without_a_line() -> None:
    def change(tree: Any) -> None:
        tree["engineers"]["ben"]["phone"] = "+14155550101"
        tree["teams"]["shop"]["rotations"]["primary"]["engineers"] = ["ana", "bem"]

    assert (
        Placed(
            ("engineers", "ben", "phone"),
            "found the phone of `ana` (engineer ana), expected a number that nobody else has.",
        ),
        Placed(
            ("teams", "shop", "rotations", "primary", "engineers", 1),
            "found `bem`, expected an engineer; did you mean `ben`?",
        ),
    ) == faults(change)


def test_what_is_missing_is_told_where_it_should_be() -> None:
    found = faults(lambda tree: tree["engineers"]["ben"].pop("phone"))
    assert (("engineers", "ben", "phone"),) == tuple(one.path for one in found)


def test_a_doubt_is_told_at_its_place_too() -> None:
    tree = tree_of(EXAMPLE_BOOK)
    tree["teams"]["shop"]["rules"] = [{"then": "page"}, {"then": "ignore"}]
    expected = "this rule is never asked: the one at team shop, rule 1 fits every event."
    assert (Placed(("teams", "shop", "rules", 1), expected),) == check(tree).warnings


@pytest.mark.parametrize("value", [7, None, True, 1.5, "two\nlines", "\x00", ["x"] * 0])
def test_what_no_file_could_say_is_a_fault(value: Any) -> None:
    found = faults(lambda tree: tree["engineers"]["ben"].update(name=value))
    assert ("engineers", "ben", "name") == found[0].path


def test_a_key_with_a_line_s_end_is_a_fault() -> None:
    assert faults(lambda tree: tree["engineers"].update({"a\nb": {"name": "A", "phone": "+14155550109"}}))


def test_what_lies_too_deep_is_a_fault_and_no_crash() -> None:
    deep: Any = "x"
    for _ in range(300):
        deep = [deep]
    found = faults(lambda tree: tree["teams"].update(shop=deep))
    assert "more than 20 lists and maps" in " ".join(one.said for one in found)


def test_a_roster_without_its_two_parts_is_a_fault() -> None:
    assert 2 == len(check({}).faults)
    with pytest.raises(Faults):
        read(text_of({}))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), ""),
        (("engineers", "ana", "phone"), "engineer ana, phone"),
        (("teams", "shop", "rotations", "primary", "starts"), "team shop, rotation primary, starts"),
        (("teams", "shop", "steps", 0, "wait"), "team shop, step 1, wait"),
        (("teams", "shop", "overrides", 2), "team shop, override 3"),
        (("teams",), "teams"),
    ],
)
def test_a_place_in_words(path: Any, expected: str) -> None:
    assert expected == place_of(path)
