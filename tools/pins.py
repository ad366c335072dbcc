"""
Raises the pins: `python -m tools.pins` writes requirements.txt and requirements-dev.txt anew from the .in files.

With `--keep` nothing is raised that need not be: after a name was added to, or removed from, an .in file. With names,
only those are raised. Resolved for every Python from 3.11 and every system at once, with the hashes that PyPI states:
it does not matter which Python runs this, and this machine's pip settings are left out, since everybody installs these.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence

from tools.environment import ROOT

FILES = ("requirements", "requirements-dev")
COMPILE = (
    *("uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-config", "--default-index", "https://pypi.org/simple", "--custom-compile-command", "make pins"),
)


def main(arguments: Sequence[str]) -> int:
    """Run as a command; exit status of the first file that could not be resolved."""
    parser = argparse.ArgumentParser(prog="tools.pins", description="Raise the pins of both requirements files.")
    parser.add_argument("names", nargs="*", help="raise only these packages")
    parser.add_argument("--keep", action="store_true", help="raise nothing that need not be")
    options = parser.parse_args(arguments)
    raised = [f"--upgrade-package={name}" for name in options.names]
    if not raised and not options.keep:
        raised = ["--upgrade"]
    for name in FILES:
        # requirements-dev.in is held to requirements.txt, so the deployed versions decide.
        command = [sys.executable, "-m", *COMPILE, *raised, "-o", f"{name}.txt", f"{name}.in"]
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        if status:
            return status
    subprocess.run(["git", "diff", "--stat", "--", "requirements.txt", "requirements-dev.txt"], cwd=ROOT, check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
