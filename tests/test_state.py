"""`docs/state.md` names each field that is kept."""

import re
from pathlib import Path

import msgspec
import pytest

from bugglio.alert import WANTED, Alert, dump, load
from bugglio.document import present
from bugglio.logins import addresses, records
from bugglio.page import Attempt, Page
from bugglio.pager.leaving import Left
from bugglio.phone import Phone
from bugglio.roster import Cover, Mute, Quiet
from bugglio.sender import SenderState
from bugglio.store.fields import QUERIED

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "state.md").read_text()


def named(heading: str) -> set[str]:
    """What stands in code marks in one section."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return set(re.findall(r"`([a-z_]+)`", section))


@pytest.mark.parametrize(
    ("heading", "kept"),
    [
        ("`alerts/{id}`", Alert),
        ("`pages/{id}`", Page),
        ("`phones/{id}`", Phone),
        ("`logins/{phone id}`", records.Login),
        ("`logins/{phone id}`", records.Session),
        ("`logins/{phone id}`", records.Device),
        ("`logins/{phone id}`", records.Code),
        ("`logins/{phone id}`", records.Link),
        ("`logins/{phone id}`", addresses.Counts),
        ("`logins/{phone id}`", addresses.Count),
        ("The others", SenderState),
        ("The others", Cover),
        ("The others", Quiet),
        ("The others", Mute),
        ("The others", Left),
    ],
)
def test_each_field_of_a_document_is_described(heading: str, kept: type[msgspec.Struct]) -> None:
    assert set() == {field.name for field in msgspec.structs.fields(kept)} - {"v"} - named(heading)


def test_fields_that_only_the_store_sees_are_described_too() -> None:
    assert {"due_at", "open", "stands", "open_since", "past", WANTED} <= named("`alerts/{id}`")
    assert {"waiting", *(field.name for field in msgspec.structs.fields(Attempt))} <= named("`pages/{id}`")


def test_each_collection_is_named() -> None:
    assert [] == [name for name in QUERIED if f"`{name}" not in PAGE]


def test_what_is_empty_is_not_kept_and_is_read_back_all_the_same() -> None:
    alert = Alert(mark="m", team="shop", code=417, project="web", acknowledged_by="ana")

    kept = present(dump(alert))

    assert {
        "v",
        "mark",
        "kind",
        "team",
        "state",
        "code",
        "project",
        "acknowledged_by",
        "open",
        "stands",
        "open_since",
    } == set(kept)
    assert alert == load(kept)
    assert {"project": None, "code": None} == {
        name: value for name, value in dump(Alert(mark="m", team="shop")).items() if name in ("project", "code")
    }
