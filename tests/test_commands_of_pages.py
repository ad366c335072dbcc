"""
Every block of commands in README.md, docs/ and the other pages is run by a test, or says why none can.

A block is run here, or belongs to what somebody's account or machine is needed for (its commands alone tell), or has a
line before it: `<!-- run by tests/FILE.py::NAME -->`, or `<!-- not run: the reason -->`.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.gcloud import ROOT
from tests.life import ROSTER
from tests.running import environment

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(
    r"(?:^ *<!-- ([^\n]*) -->\n+)?^( *)```(?:sh|bash|shell|console)\n(.*?)^\2```$", re.DOTALL | re.MULTILINE
)
HERE = re.compile(r"<<-?'?(\w+)'?\n.*?^\1$", re.DOTALL | re.MULTILINE)
SETTING = re.compile(r"(?:export )?(?:[A-Z_]+=\S+ ?)+$")
PLAIN = re.compile(r"umask \d+$|cat > \S+$")
OURS = re.compile(r"(?:\.venv/bin/)?python -m bugglio (?P<rest>.+)$")
MAKE = re.compile(r"make (?P<target>[a-z]+)(?: ARGS=.*)?$")
AWAY = {
    # tests/test_deployment.py asks the installed gcloud about each command and flag.
    "gcloud": "a project of Google Cloud",
    "curl": "an account of Twilio",
    "docker": "Docker",
    "systemctl": "a machine with systemd",
    "systemd-run": "a machine with systemd",
}
"""Commands that nobody can run on a machine of the tests, and what they need."""
HELD = {
    ("docs/operating.md", r"\b(?:change|secret)\b.*[A-Z_]{8}"): "tests/test_rotations.py",
    ("docs/deploy.md", r"^\.venv/bin/python -m bugglio setup"): "tests/cli/test_setup.py",
    ("README.md", r"^\.venv/bin/python -m bugglio setup"): "tests/cli/test_setup.py",
}
"""Blocks of a page that a test of its own reads, or plays, by what stands in them."""


@dataclass(frozen=True)
class Block:
    """A block of commands."""

    page: str
    line: int
    mark: str
    text: str

    @property
    def lines(self) -> list[str]:
        """Its commands, one a line, without comments and the documents that they are given."""
        joined = HERE.sub("", self.text).replace("\\\n", " ")
        bare = (re.sub(r"\s+#.*$", "", line).strip() for line in joined.splitlines())
        return [line for line in bare if line and not line.startswith("#")]

    @property
    def words(self) -> set[str]:
        """The first word of each command, inside of `$(…)` and behind `&&` and pipes too."""
        return {
            found for line in self.lines for found in re.findall(r"(?:^|\$\(|[|&;]+ |\bdo )\s*([a-z][\w./-]*)", line)
        }


def blocks(page: Path) -> Iterator[Block]:
    """All blocks of a page."""
    text = page.read_text()
    for found in FENCE.finditer(text):
        name = str(page.relative_to(ROOT))
        yield Block(name, text[: found.start(3)].count("\n"), found[1] or "", found[3])


ALL = [block for page in PAGES for block in blocks(page)]


def kind(block: Block) -> str:
    """How a block is dealt with; empty: nobody runs it, and it does not say why."""
    if block.mark.startswith(("run by ", "not run: ")):
        return block.mark.partition(" ")[0]
    if any(block.page == page and re.search(holds, block.text, re.MULTILINE) for page, holds in HELD):
        return "held"
    if block.words & AWAY.keys():
        return "away"
    for name, form in (("settings", SETTING), ("make", MAKE), ("ours", OURS)):
        if all(form.match(line) for line in block.lines):
            return name
    return "plain" if all(SETTING.match(line) or PLAIN.match(line) for line in block.lines) else ""


def of(*kinds: str) -> list[Any]:
    """The blocks of these kinds, as cases."""
    return [pytest.param(one, id=f"{one.page}:{one.line}") for one in ALL if kind(one) in kinds]


def test_every_block_is_run_or_says_why_not() -> None:
    assert len(ALL) > 30
    assert [] == [(one.page, one.line, one.lines) for one in ALL if not kind(one)]


def test_a_block_that_nobody_runs_would_be_found() -> None:
    assert "" == kind(Block("README.md", 1, "", "rm -rf data\n"))
    assert "" == kind(Block("README.md", 1, "as everybody knows", "make run\nrm -rf data\n"))
    assert "away" == kind(Block("README.md", 1, "", 'X="$(gcloud config get project)"\n'))
    assert "plain" == kind(Block("README.md", 1, "", "umask 077\ncat > a.json <<END\nrm -rf data\nEND\n"))
    assert "" == kind(Block("README.md", 1, "", "PROJECT=a; rm -rf data\n"))


@pytest.mark.parametrize("block", of("run", "not"))
def test_what_a_mark_says_is_so(block: Block) -> None:
    tells = block.mark.partition(": ")[2]
    if kind(block) == "not":
        assert len(tells) > len("account")
        return
    file, _, name = block.mark.removeprefix("run by ").partition("::")
    assert f"def {name}(" in (ROOT / file).read_text()


def test_blocks_that_a_test_of_their_own_plays_are_read_by_it() -> None:
    assert [] == [file for (page, _), file in HELD.items() if Path(page).name not in (ROOT / file).read_text() + page]
    assert {page for page, _ in HELD} == {one.page for one in ALL if kind(one) == "held"}


@pytest.mark.parametrize("block", of("settings", "plain"))
def test_settings_are_taken_by_a_shell(block: Block, tmp_path: Path) -> None:
    ran = subprocess.run(["sh", "-eu", "-c", block.text], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (0, "") == (ran.returncode, ran.stderr)


@pytest.mark.parametrize("block", of("make"))
def test_make_knows_what_it_is_told_to_make(block: Block) -> None:
    """Not made: that takes minutes, or the network. CI makes `test`; `tests/tools/` tests what the others run."""
    for line in block.lines:
        found = MAKE.match(line)
        assert found
        ran = subprocess.run(["make", "-n", found["target"]], cwd=ROOT, capture_output=True, text=True, check=False)
        assert 0 == ran.returncode, ran.stderr


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a pager of a small company, and a dump of it."""
    folder = tmp_path_factory.mktemp("company")
    (folder / "oncall.yaml").write_text(ROSTER)
    for command in ("apply oncall.yaml", "dump backup.jsonl"):
        assert 0 == ours(folder, command).returncode
    return folder


def ours(folder: Path, rest: str) -> "subprocess.CompletedProcess[str]":
    """Run a command of the page as it stands there, but for the Python and the folder."""
    known = environment(PYTHONPATH=os.fspath(ROOT))
    command = ["sh", "-eu", "-c", f'exec "{sys.executable}" -m bugglio {rest}']
    return subprocess.run(command, cwd=folder, env=known, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("block", of("ours"))
def test_commands_of_bugglio_do_what_the_page_says(block: Block, company: Path, tmp_path: Path) -> None:
    here = tmp_path / "here"
    shutil.copytree(company, here)
    for line in block.lines:
        found = OURS.match(line)
        assert found
        if found["rest"].startswith("load "):
            # What is loaded goes into an empty store.
            shutil.rmtree(here / "data")
        ran = ours(here, found["rest"])
        assert 0 == ran.returncode, ran.stderr + ran.stdout
