"""SECURITY.md: each attack has its row, each row its tests, and each of these tests is there and says something."""

import ast
import re

import pytest

from tests.payloads import change, event
from tests.stage import Stage
from tests.test_promises import ROOT

PAGE = (ROOT / "SECURITY.md").read_text()
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| attack ", "| --- "))]
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE)))
INWARD = "http://169.254.169.254/computeMetadata/v1/"


def test_each_row_names_tests() -> None:
    assert len(ROWS) > 30
    assert [] == [row for row in ROWS if not re.search(r"\| `tests/[^|]+::test_[^|]+` \|$", row)]


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[name for _, name in NAMED])
def test_each_test_that_is_named_exists_and_says_something(file: str, name: str) -> None:
    found = {
        one.name: one for one in ast.walk(ast.parse((ROOT / file).read_text())) if isinstance(one, ast.FunctionDef)
    }

    assert name in found
    assert any(isinstance(one, ast.Assert | ast.With | ast.Call) for one in ast.walk(found[name]))
    assert [] == [mark for mark in found[name].decorator_list if re.search(r"mark\.(skip|xfail)", ast.unparse(mark))]


def test_each_door_has_its_part() -> None:
    parts = " ".join(re.findall(r"^## (.+)$", PAGE, re.MULTILINE))

    assert [] == [
        door for door in ("/bugsnag", "/sms", "/sms-status", "/tick", "/admin", "/health") if door not in parts
    ]


def test_no_address_that_comes_in_is_called(stage: Stage) -> None:
    """The stage's web writes down each address that is called, but for bugglio's own."""
    inward = {"url": INWARD, "message": INWARD, "context": INWARD}
    for payload in (
        event(error=inward, project={"url": INWARD}),
        change("fixed", error=inward),
        event("comment", error=inward),
    ):
        stage.webhook({**payload, "account": {"url": INWARD}, "release": {"url": INWARD}})
    stage.text(stage.settings.on_duty, f"note {INWARD}")
    stage.wait(minutes=10, step=60)

    assert [] == stage.web.asked
    assert [] == stage.troubles
