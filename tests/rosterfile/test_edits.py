"""Changes of a roster's tree: small, and laid on what others made of it meanwhile."""

import json
from typing import Any

import pytest
from hypothesis import given

from bugglio.roster import Book
from bugglio.rosterfile import Lost, NoEdits, edited, edits, read, tree_of
from tests.rosterfile.books import EXAMPLE, books


def example() -> Any:
    """The example's tree."""
    return tree_of(read(EXAMPLE).book)


def written(tree: Any) -> str:
    """A tree with the order of its keys."""
    return json.dumps(tree)


@pytest.mark.slow
@given(books(), books())
def test_what_is_between_two_rosters_makes_the_one_the_other_however_often(before: Book, after: Book) -> None:
    first, last = tree_of(before), tree_of(after)
    changes = json.loads(json.dumps(edits(first, last)))
    once = edited(first, changes)
    assert written(last) == written(once)
    assert written(last) == written(edited(once, changes))
    assert written(tree_of(before)) == written(first)


def test_only_what_changes_is_told() -> None:
    after = example()
    after["engineers"]["ben"]["name"] = "Ben Orr"
    del after["teams"]["shop"]["repeat"]
    after["engineers"]["cy"] = {"name": "Cy", "phone": "+14155550103"}
    assert [
        ["put", ["engineers", "ben", "name"], "Ben Orr"],
        ["put", ["engineers", "cy"], {"name": "Cy", "phone": "+14155550103"}],
        ["drop", ["teams", "shop", "repeat"]],
    ] == edits(example(), after)
    assert [] == edits(example(), example())


def test_another_order_is_a_change() -> None:
    after = example()
    after["engineers"] = {key: after["engineers"][key] for key in ("ben", "ana")}
    assert [["order", ["engineers"], ["ben", "ana"]]] == edits(example(), after)
    assert ["ben", "ana"] == list(edited(example(), edits(example(), after))["engineers"])


def test_what_others_changed_elsewhere_stays() -> None:
    mine, theirs = example(), example()
    mine["engineers"]["ben"]["name"] = "Ben Orr"
    theirs["engineers"]["ben"]["phone"] = "+14155550109"
    theirs["teams"]["shop"]["repeat"] = "3"

    found = edited(theirs, edits(example(), mine))

    assert {"name": "Ben Orr", "phone": "+14155550109"} == found["engineers"]["ben"]
    assert "3" == found["teams"]["shop"]["repeat"]


def test_what_is_gone_cannot_be_changed() -> None:
    mine, theirs = example(), example()
    mine["teams"]["shop"]["rotations"]["primary"]["turn"] = "2 weeks"
    del theirs["teams"]["shop"]["rotations"]["primary"]
    with pytest.raises(Lost) as caught:
        edited(theirs, edits(example(), mine))
    assert ("teams", "shop", "rotations", "primary") == caught.value.path


@pytest.mark.parametrize(
    "changes",
    [
        [1],
        [[]],
        [["put"]],
        [["put", [], 1]],
        [["put", [], "x"]],
        [["put", [0], 1]],
        [["put", ["engineers", 7], 1]],
        [["drop", []]],
        [["drop", [1]]],
        [["order", "engineers", []]],
        [["put", [["x"]], 1]],
        [["put", [["x"], "y"], 1]],
    ],
)
def test_what_are_no_changes_is_refused(changes: Any) -> None:
    with pytest.raises(NoEdits):
        edited(example(), changes)
