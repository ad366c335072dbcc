"""
Makes a virtual environment what the requirements files say: `python3 tools/environment.py run` or `dev`.

`run` holds what bugglio needs, `dev` also what the checks need. Standard library only. A stamp inside, written last,
tells what was installed in full: an environment without it (interrupted, or made by hand) is made anew, one whose stamp
names the files as they are is left alone, and of two at once the second waits for the first.
"""

import argparse
import contextlib
import fcntl
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = {"run": ("requirements.txt",), "dev": ("requirements.txt", "requirements-dev.txt")}
"""The files an environment must match; the last of them names all there is to install."""
STAMP = "bugglio.json"
LEAKS = ("PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV", "PIP_TARGET", "PIP_USER", "PYTHONHOME", "PYTHONPATH")
"""Variables by which a machine's own habits would put packages somewhere else."""

Stamp = dict[str, str]


class SetupError(Exception):
    """The environment could not be made; says why, and what mends it."""


def wanted(kind: str, root: Path = ROOT) -> Stamp:
    """What the stamp must say: the hash of each file that this kind is made from."""
    return {name: hashlib.sha256((root / name).read_bytes()).hexdigest() for name in FILES[kind]}


def stamped(folder: Path) -> Stamp:
    """What was installed in full; empty when nothing was, or when the environment's Python no longer runs."""
    try:
        found = json.loads((folder / STAMP).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and _runs(folder / "bin" / "python") else {}


def prepare(folder: Path, kind: str, python: str, root: Path = ROOT) -> bool:
    """Make `folder` match; False when it did already. Safe to interrupt at any moment, and to run twice at once."""
    with locked(folder) as lock:
        want, have = wanted(kind, root), stamped(folder)
        if want.items() <= have.items():
            return False
        # Whatever follows may be interrupted: until the new stamp is written, this environment counts as unfinished.
        (folder / STAMP).unlink(missing_ok=True)
        if not have or any(have.get(name, digest) != digest for name, digest in want.items()):
            _create(folder, python, lock)
        _install(folder, root / FILES[kind][-1], lock)
        _stamp(folder, want)
        return True


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[int]:
    """
    Hold the lock beside `folder`; yields its descriptor.

    The system frees it when the last process that has the descriptor ends, however it ends. pip is given it too: a pip
    whose parent was killed goes on writing, and has to be waited for.
    """
    with folder.with_name(folder.name + ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"another set-up of {folder.name} is under way; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def say(text: str) -> None:
    """Tell the person in front of the terminal, without mixing into what the command itself prints."""
    print(text, file=sys.stderr, flush=True)


def _runs(python: Path) -> bool:
    return python.exists() and subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


def _create(folder: Path, python: str, lock: int) -> None:
    say(f"making {folder.name} with {python}")
    done = _run([python, "-m", "venv", "--clear", str(folder)], lock)
    if done.returncode:
        raise SetupError(
            f"{python} could not make a virtual environment:\n{_last_lines(done)}\n"
            f"Debian, Ubuntu: sudo apt-get install python{sys.version_info[0]}.{sys.version_info[1]}-venv; "
            "elsewhere install Python from https://www.python.org/downloads/. Then run the same command again."
        )


def _install(folder: Path, file: Path, lock: int) -> None:
    say(f"installing what {file.name} lists (about half a minute) ...")
    begun = time.monotonic()
    # pip also compiles what it installs: where PYTHONDONTWRITEBYTECODE is set, nothing would ever do it later, and each
    # start of Python would pay a second for it.
    options = ["--no-input", "--disable-pip-version-check", "--progress-bar=off", "--require-hashes"]
    done = _run([str(folder / "bin" / "python"), "-m", "pip", "install", *options, "-r", str(file)], lock)
    if done.returncode:
        raise SetupError(
            f"pip could not install {file.name}:\n{_last_lines(done)}\n"
            "If it is the network or a proxy, run the same command again; nothing half installed is taken as good."
        )
    say(f"installed in {time.monotonic() - begun:.0f} s")


def _stamp(folder: Path, stamp: Stamp) -> None:
    """Write it whole or not at all."""
    unfinished = folder / (STAMP + ".new")
    unfinished.write_text(json.dumps(stamp))
    unfinished.replace(folder / STAMP)


def _run(command: list[str], lock: int) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in LEAKS}
    return subprocess.run(command, env=clean, pass_fds=[lock], capture_output=True, text=True, check=False)


def _last_lines(done: subprocess.CompletedProcess[str], count: int = 15) -> str:
    return "\n".join((done.stdout + done.stderr).strip().splitlines()[-count:])


def main(arguments: list[str]) -> int:
    """Run as a command; exit status 0 when the environment is ready."""
    parser = argparse.ArgumentParser(prog="tools/environment.py", description="Make .venv what the files say.")
    parser.add_argument("kind", choices=list(FILES), help="run: what bugglio needs; dev: also what the checks need")
    parser.add_argument("--at", type=Path, default=ROOT / ".venv", help="the environment's folder")
    parser.add_argument("--python", default=sys.executable, help="the Python to make it with")
    options = parser.parse_args(arguments)
    try:
        prepare(options.at.absolute(), options.kind, options.python)
    except SetupError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("interrupted; run the same command again")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
