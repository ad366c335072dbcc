"""
Runs the checks and says at the end which passed: `python -m tools.check`, with names to run only those.

Every check runs even after one has failed, so that one run tells all there is to mend. Exit status 0: all passed.
"""

import argparse
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from os import environ
from pathlib import Path

from tools.audit import audit as asked_pypi
from tools.environment import ROOT, SetupError, prepare, say

SUPPORTED = ("3.11", "3.12", "3.13")
QUICK = ("-m", "not emulator and not browser and not gcloud and not slow and not story")
"""What needs no program beside Python, and no patience: the inner loop, and what the other Pythons run."""
FEW = "--hypothesis-profile=few"
"""Ten examples of each rule; the whole run looks at a hundred."""
WORKERS = ("-n", "3")
"""One more than the two cores that are reckoned with: tests wait for files, processes and the emulator."""
SAME = tuple(
    f"--ignore=tests/{name}"
    for name in (
        "simulator",
        "tools",
        "test_emulator.py",
        "test_repository.py",
    )
)
"""What the other Pythons leave out: tests of the tests' own tools, and long tables that other tests touch too."""
BETWEEN = ("--ignore=tests/admin",)
"""What a Python leaves out besides that is neither the oldest nor the newest."""
PYTHON = sys.executable


@dataclass(frozen=True)
class Result:
    """How one check ended; `passed` is None when it could not be run here, and `remark` says why."""

    name: str
    passed: bool | None
    seconds: float
    remark: str = ""


Check = Callable[[Sequence[str]], Iterator[Result]]


def run(name: str, *command: str) -> Result:
    """Run one command in the repository's folder, its output going straight to the terminal."""
    print(f"\n== {name}", flush=True)
    begun = time.monotonic()
    status = subprocess.run(command, cwd=ROOT, check=False).returncode
    return Result(name, status == 0, time.monotonic() - begun)


def lint(_: Sequence[str]) -> Iterator[Result]:
    """Ruff's rules, and its form."""
    yield run("ruff check", PYTHON, "-m", "ruff", "check", ".")
    yield run("ruff format", PYTHON, "-m", "ruff", "format", "--check", ".")


def types(_: Sequence[str]) -> Iterator[Result]:
    """Strict types of everything, tests and tools too."""
    yield run("mypy", PYTHON, "-m", "mypy")


def imports(_: Sequence[str]) -> Iterator[Result]:
    """Who may import whom (`[tool.importlinter]` in pyproject.toml)."""
    yield run("import rules", str(Path(PYTHON).with_name("lint-imports")))


def unit(more: Sequence[str]) -> Iterator[Result]:
    """All tests, with the emulator and the browser."""
    yield run(f"tests, Python {_version()}", PYTHON, "-m", "pytest", *WORKERS, *more)


def quick(more: Sequence[str]) -> Iterator[Result]:
    """The tests that need no emulator, browser, gcloud or patience."""
    yield run(f"quick tests, Python {_version()}", PYTHON, "-m", "pytest", *WORKERS, FEW, *QUICK, *more)


def pythons(more: Sequence[str]) -> Iterator[Result]:
    """The quick tests on each other supported Python that this machine has, in an environment of its own."""
    for version in SUPPORTED:
        if version == _version():
            continue
        name = f"quick tests, Python {version}"
        python = find(version)
        if python is None:
            yield Result(name, passed=None, seconds=0, remark="NOT TESTED: not installed here")
            continue
        folder = ROOT / f".venv-{version}"
        try:
            prepare(folder, "dev", python)
        except SetupError as error:
            say(str(error))
            yield Result(name, passed=False, seconds=0, remark="its environment could not be made")
            continue
        interpreter = str(folder / "bin" / "python")
        few = ("-q", "--durations=3", FEW)
        left_out = (*SAME, *(() if version in (SUPPORTED[0], SUPPORTED[-1]) else BETWEEN))
        yield run(name, interpreter, "-m", "pytest", *WORKERS, *few, *left_out, *QUICK, *more)


def audit(_: Sequence[str]) -> Iterator[Result]:
    """
    Whether a pinned package has a known vulnerability, as far as PyPI can be asked.

    News of a package turn no commit red: whatever mends something else must not wait for it. They are said at the end.
    """
    begun = time.monotonic()
    found = asked_pypi()
    passed = True if found.whole and not found.vulnerable else None
    yield Result("known vulnerabilities", passed, time.monotonic() - begun, found.remark)


CHECKS: dict[str, Check] = {
    "lint": lint,
    "types": types,
    "imports": imports,
    "unit": unit,
    "quick": quick,
    "pythons": pythons,
    "audit": audit,
}
ALL = ("lint", "types", "imports", "unit", "pythons", "audit")


def find(version: str) -> str | None:
    """A Python of this version that runs: by its name on the path, or among pyenv's."""
    roots = Path(environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    named = shutil.which(f"python{version}")
    for candidate in ([named] if named else []) + [str(p) for p in roots.glob(f"versions/{version}.*/bin/python3")]:
        # pyenv puts a python3.12 on the path that only says that it is not switched on, so each is asked its version.
        asked = subprocess.run(
            [candidate, "-c", "import sys, ensurepip, venv; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=False,
        )
        if asked.stdout.strip() == version:
            return candidate
    return None


def report(results: Sequence[Result]) -> str:
    """Everything that ran with its time; the last line is the count, in a form that CI reads."""
    words = {True: "passed", False: "FAILED", None: "skipped"}
    lines = [f"{words[r.passed]:8} {r.seconds:6.1f} s  {r.name}  {r.remark}".rstrip() for r in results]
    counts = [sum(result.passed is passed for result in results) for passed in (True, False, None)]
    last = "checks: {} passed, {} failed".format(*counts) + (f", {counts[2]} skipped" if counts[2] else "")
    return "\n".join(["", f"== all checks, {sum(r.seconds for r in results):.0f} s", *lines, last])


def _version() -> str:
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def main(arguments: Sequence[str]) -> int:
    """Run as a command; what stands after `--` goes to pytest."""
    own, more = list(arguments), []
    if "--" in own:
        cut = own.index("--")
        own, more = own[:cut], own[cut + 1 :]
    parser = argparse.ArgumentParser(prog="tools.check", description="Run the checks; without names: all of them.")
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(CHECKS))
    names = parser.parse_args(own).names or ALL
    if unknown := set(names) - set(CHECKS):
        parser.error(f"no check is called {', '.join(sorted(unknown))}; there are {', '.join(CHECKS)}")
    results = [result for name in names for result in CHECKS[name](more)]
    print(report(results), flush=True)
    return 1 if any(result.passed is False for result in results) else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        say("interrupted")
        sys.exit(130)
