"""What the last lines of a run say."""

import sys
from collections.abc import Iterator, Sequence

from tools.check import CHECKS, Check, Result, find, main, report


def test_the_last_line_counts_in_a_form_that_ci_reads() -> None:
    results = [Result("lint", passed=True, seconds=1.2), Result("tests", passed=False, seconds=61)]

    lines = report(results).splitlines()

    assert "checks: 1 passed, 1 failed" == lines[-1]
    assert "passed      1.2 s  lint" == lines[-3]
    assert "FAILED     61.0 s  tests" == lines[-2]


def test_a_python_that_is_not_here_is_said_loudly() -> None:
    results = [Result("quick tests, Python 3.13", passed=None, seconds=0, remark="NOT TESTED: not installed here")]

    lines = report(results).splitlines()

    assert "skipped     0.0 s  quick tests, Python 3.13  NOT TESTED: not installed here" == lines[-2]
    assert "checks: 0 passed, 0 failed, 1 skipped" == lines[-1]


def test_each_check_runs_though_one_failed() -> None:
    ran: list[list[str]] = []

    def good(more: Sequence[str]) -> Iterator[Result]:
        ran.append(list(more))
        yield Result("good", passed=True, seconds=0)

    mine: dict[str, Check] = {"bad": lambda _: iter([Result("bad", passed=False, seconds=0)]), "good": good}
    CHECKS.update(mine)
    try:
        assert main(["bad", "good", "--", "-k", "phone"]) == 1
        assert main(["good"]) == 0
    finally:
        for name in mine:
            del CHECKS[name]

    assert [["-k", "phone"], []] == ran


def test_a_python_is_found_by_its_version() -> None:
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"

    assert find(version) is not None
    assert find("3.2") is None
