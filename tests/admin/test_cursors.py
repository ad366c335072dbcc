"""Where a long list goes on: what is in an address may be anybody's."""

import base64
import json
from typing import Any

import pytest

from bugglio.admin import cursors
from bugglio.store import Document
from bugglio.store.port import Version


@pytest.mark.parametrize("value", [1_700_000_000_000, "shop|*1700000000000|417", "Zoë|1"])
def test_a_cursor_leads_behind_the_document_that_made_it(value: int | str) -> None:
    document = Document("pages/a1b2", {"created": value, "body": "kept back"}, Version(7))
    text = cursors.to_text(document, "created")
    assert text.isascii()
    assert not set(text) & set("+/=&?#")
    found = cursors.from_text(text, "pages", "created")
    assert found is not None
    assert ("pages/a1b2", {"created": value}) == (found.path, found.fields)


def test_no_cursor_is_the_start() -> None:
    assert cursors.from_text("", "pages", "created") is None


def made(told: Any) -> str:
    """A cursor of somebody's own."""
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "!!!!",
        "ä",
        "A" * 5_000,
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        base64.urlsafe_b64encode(b"[" * 1_400).decode(),
        made({"pages/a": 1}),
        made(["pages/a"]),
        made(["alerts/a", 1]),
        made(["pages/", 1]),
        made(["pages/a/b", 1]),
        made(["pages/..", 1]),
        made(["pages/__a__", 1]),
        made(["pages/\ud800", 1]),
        made(["pages/a\0", 1]),
        made([7, 1]),
        made(["pages/a", None]),
        made(["pages/a", True]),
        made(["pages/a", 1.5]),
        made(["pages/a", 2**60]),
        made(["pages/a", "\0"]),
        made(["pages/a", "\ud800"]),
        made(["pages/a", [1]]),
    ],
)
def test_what_is_no_cursor_of_the_list_is_refused(text: str) -> None:
    with pytest.raises(cursors.Unreadable) as refused:
        cursors.from_text(text, "pages", "created")
    assert refused.value.code == 400
