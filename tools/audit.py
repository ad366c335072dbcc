"""
Asks PyPI whether a pinned package has a known vulnerability: `python -m tools.audit`, exit status 1 if one has.

A package that PyPI's list does not have is not taken for a sound one: a mirror may have the files and not the list.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tools.environment import ROOT

PATIENCE = 90
"""Seconds for all of it."""
COMMAND = (
    *("pip_audit", "--requirement", "requirements-dev.txt", "--require-hashes", "--disable-pip"),
    *("--format", "json", "--progress-spinner", "off", "--timeout", "10"),
)


@dataclass(frozen=True)
class Audit:
    """What was found out: of how many packages, which are vulnerable, and of how many nothing is known."""

    packages: int = 0
    vulnerable: tuple[str, ...] = ()
    unknown: int = 0
    failed: str = ""
    """Why nothing could be asked."""

    @property
    def whole(self) -> bool:
        """Whether every package was looked up."""
        return not self.failed and not self.unknown and self.packages > 0

    @property
    def remark(self) -> str:
        """What came of it, in a few words."""
        if self.vulnerable:
            return f"VULNERABLE: {'; '.join(self.vulnerable)}. Raise it: make pins ARGS=NAME"
        if self.failed:
            return f"NOT AUDITED: {self.failed}"
        if not self.whole:
            return f"NOT AUDITED: PyPI's list was not there for {self.unknown} of {self.packages} packages"
        return f"{self.packages} packages"


def audit(command: Sequence[str] = (sys.executable, "-m", *COMMAND)) -> Audit:
    """Ask about all that is pinned."""
    try:
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return Audit(failed=f"no answer within {PATIENCE} seconds")
    try:
        return read(json.loads(ran.stdout))
    except (ValueError, KeyError, TypeError):
        lines = ran.stderr.strip().splitlines()
        return Audit(failed=lines[-1][:200] if lines else f"it ended with {ran.returncode}")


def read(told: Mapping[str, Any]) -> Audit:
    """What pip-audit has written."""
    packages = told["dependencies"]
    vulnerable = [
        f"{one['name']} {one['version']} {', '.join(bug['id'] for bug in one['vulns'])}"
        for one in packages
        if one.get("vulns")
    ]
    return Audit(len(packages), tuple(vulnerable), sum("skip_reason" in one for one in packages))


def main() -> int:
    """Run as a command."""
    found = audit()
    print(found.remark)
    return 1 if found.vulnerable else 0


if __name__ == "__main__":
    sys.exit(main())
