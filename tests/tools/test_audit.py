"""What is said of the pinned packages, and that all of them are held to hashes."""

import json
import re
import sys

import pytest

from tools import check
from tools.audit import Audit, audit, read
from tools.environment import ROOT

PINNED = re.compile(r"[\w.-]+(\[[\w,]+\])?==\S+.*--hash=sha256:[0-9a-f]{64}")
SOUND = {"name": "flask", "version": "3.1.3", "vulns": []}
BAD = {"name": "werkzeug", "version": "3.1.2", "vulns": [{"id": "PYSEC-2026-1"}, {"id": "PYSEC-2026-2"}]}
UNKNOWN = {"name": "yarl", "skip_reason": "Dependency not found on PyPI and could not be audited: yarl (1.25.1)"}


@pytest.mark.parametrize(
    ("packages", "remark"),
    [
        ([SOUND, SOUND], "2 packages"),
        ([SOUND, BAD], "VULNERABLE: werkzeug 3.1.2 PYSEC-2026-1, PYSEC-2026-2. Raise it: make pins ARGS=NAME"),
        ([UNKNOWN, BAD], "VULNERABLE: werkzeug 3.1.2 PYSEC-2026-1, PYSEC-2026-2. Raise it: make pins ARGS=NAME"),
        ([SOUND, UNKNOWN], "NOT AUDITED: PyPI's list was not there for 1 of 2 packages"),
        ([], "NOT AUDITED: PyPI's list was not there for 0 of 0 packages"),
    ],
)
def test_an_audit_says_what_it_knows_and_that_it_knows_nothing(packages: list[object], remark: str) -> None:
    assert remark == read({"dependencies": packages}).remark


@pytest.mark.parametrize(
    ("program", "failed"),
    [
        ("import sys; sys.exit('ConnectionError: no route to pypi.org')", "ConnectionError: no route to pypi.org"),
        ("import sys; sys.exit(3)", "it ended with 3"),
        ("print('[]')", "it ended with 0"),
    ],
)
def test_a_list_that_cannot_be_reached_is_said(program: str, failed: str) -> None:
    assert Audit(failed=failed) == audit((sys.executable, "-c", program))


def test_what_it_writes_is_read() -> None:
    told = json.dumps({"dependencies": [SOUND, BAD], "fixes": []})

    assert 1 == len(audit((sys.executable, "-c", f"print({told!r})")).vulnerable)


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (Audit(2), "passed"),
        (Audit(2, ("x 1 Y",)), "skipped"),
        (Audit(2, (), 1), "skipped"),
        (Audit(failed="-"), "skipped"),
    ],
)
def test_news_of_a_package_turn_no_commit_red_and_are_said_loudly(
    found: Audit, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "asked_pypi", lambda: found)

    told = check.report(list(check.CHECKS["audit"]([])))

    assert f"\n{word} " in told
    assert f"known vulnerabilities  {found.remark}\n" in told
    assert "audit" in check.ALL


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_is_pinned_with_its_hashes(name: str) -> None:
    text = re.sub(r"\\\n\s*", "", (ROOT / name).read_text())
    packages = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]

    assert len(packages) > 30
    assert [] == [
        one for one in packages if not re.match(r"[\w.-]+(\[[\w,]+\])?==\S+.*--hash=sha256:[0-9a-f]{64}", one)
    ]
