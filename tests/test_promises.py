"""Each promise in README.md is tied to tests: its row names the files in which tests are marked with it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROMISES = ("P1", "P2", "P3", "P4", "P5", "P6")
ROW = re.compile(r"^\| (P\d) \| (.+) \| (.+) \|$", re.MULTILINE)
SAYS_SO = ("raises", "play")
"""Calls by which a test asserts something without the word: what a machine of stories plays, it checks at each step."""


@dataclass(frozen=True)
class Marked:
    """A test that is marked with promises."""

    file: str
    name: str
    promises: tuple[str, ...]
    asserts: bool
    skipped: bool


def marked(source: str, file: str) -> Iterator[Marked]:
    """The marked tests of a file."""
    for one in ast.walk(ast.parse(source)):
        if not isinstance(one, ast.FunctionDef) or not one.name.startswith("test_"):
            continue
        marks = [mark for mark in one.decorator_list if isinstance(mark, ast.Call)]
        promises = [ast.literal_eval(mark.args[0]) for mark in marks if ast.unparse(mark.func) == "pytest.mark.promise"]
        if promises:
            yield Marked(file, one.name, tuple(promises), _asserts(one), _skipped(one))


def _asserts(test: ast.FunctionDef) -> bool:
    calls = [ast.unparse(one.func) for one in ast.walk(test) if isinstance(one, ast.Call)]
    return any(isinstance(one, ast.Assert) for one in ast.walk(test)) or any(
        call.rpartition(".")[2].startswith(SAYS_SO) for call in calls
    )


def _skipped(test: ast.FunctionDef) -> bool:
    return any("skip" in ast.unparse(mark) or "xfail" in ast.unparse(mark) for mark in test.decorator_list)


@pytest.fixture(scope="module")
def shown() -> dict[str, list[Marked]]:
    """The tests of each promise."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    found = [one for file in files for one in marked(file.read_text(), str(file.relative_to(ROOT)))]
    return {promise: [one for one in found if promise in one.promises] for promise in PROMISES}


def rows() -> dict[str, tuple[str, str]]:
    """What README.md promises, and what it says shows it."""
    return {name: (words, by) for name, words, by in ROW.findall((ROOT / "README.md").read_text())}


def test_the_readme_promises_six_things() -> None:
    assert list(PROMISES) == list(rows())
    assert all(len(words) > 40 for words, _ in rows().values())


@pytest.mark.parametrize("promise", PROMISES)
def test_each_promise_is_tied_to_tests_and_its_row_names_their_files(
    shown: dict[str, list[Marked]], promise: str
) -> None:
    tests = shown[promise]

    assert len(tests) >= 2
    assert [] == [one for one in tests if not one.asserts or one.skipped]
    assert {one.file for one in tests} == set(re.findall(r"`(tests/[^`]+)`", rows()[promise][1]))


def test_no_test_is_marked_with_what_nobody_promises(shown: dict[str, list[Marked]]) -> None:
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    found = [one for file in files for one in marked(file.read_text(), str(file))]

    assert {name for one in found for name in one.promises} == {name for name, tests in shown.items() if tests}


def test_a_test_that_says_nothing_or_is_skipped_is_found() -> None:
    hollow = '@pytest.mark.promise("P1")\ndef test_a():\n    print("well")\n'
    skipped = '@pytest.mark.promise("P1")\n@pytest.mark.skip\ndef test_b():\n    assert 1 == one()\n'

    (first,), (second,) = marked(hollow, "a"), marked(skipped, "b")
    assert (False, False, True, True) == (first.asserts, first.skipped, second.asserts, second.skipped)
