"""The roster file: apply it, check it, print it."""

import getpass
import os
import sys
from pathlib import Path
from typing import Any

from bugglio import laptop
from bugglio.cli import common
from bugglio.cli.common import DATA, command
from bugglio.config import ConfigurationError
from bugglio.laptop import NeverRun, Unusable
from bugglio.pager.applying import Applying, Planned, Refused
from bugglio.pager.kit import Kit
from bugglio.rosterfile import Faults, Read, read, samples, write
from bugglio.secret import load
from bugglio.store import StoreError

LARGEST_FILE = 4 * 2**20
"""Bytes; what is kept of a file may be a quarter of it."""


def register(commands: Any) -> None:
    """Add the commands to the parser."""
    applying = command(commands, "apply", apply, "make the roster what a file says, and tell what changes")
    applying.add_argument("file", metavar="FILE", help="the roster file; - is standard input")
    applying.add_argument("--check", action="store_true", help="only tell what would change, and show a sample text")
    applying.add_argument("--yes", action="store_true", help="even if somebody changed the roster otherwise since")
    command(commands, "export", export, "print the roster as a file that can be applied")


def apply(asked: Any) -> None:
    """Apply a file, or only check it."""
    found = _read(asked.file)
    for warning in found.warnings:
        print(f"Warning: {warning}")
    if asked.check:
        _check(asked, found)
    else:
        laptop.prepare(os.environ, asked.data or DATA, data_said=asked.data is not None)
        _apply(asked, found)


def _read(file: str) -> Read:
    name = "standard input" if file == "-" else file
    content = _content(file, name)
    if len(content) > LARGEST_FILE:
        raise Unusable(f"{name} is larger than {LARGEST_FILE // 2**20} MiB: that is no roster file.")
    try:
        return read(content)
    except Faults as faults:
        raise Unusable("\n  ".join([f"{name} cannot be applied:", *map(str, faults.faults)])) from None


def _content(file: str, name: str) -> bytes:
    try:
        if file == "-":
            return sys.stdin.buffer.read(LARGEST_FILE + 1)
        with Path(file).open("rb") as opened:
            return opened.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise Unusable(f"{name} cannot be read ({reason}).") from None


def _apply(asked: Any, found: Read) -> None:
    applying = Applying(common.app(asked).works.kit)
    planned = _plan(applying, found)
    _say(planned)
    if planned.lines and planned.changed_since and not asked.yes:
        raise Unusable("Nothing was applied: with --yes the file takes the place of what others changed.")
    try:
        version = applying.apply(planned, _me())
    except Refused as refused:
        raise Unusable(str(refused)) from None
    print(f"Applied version {version}." if planned.lines else "Nothing changes.")


def _check(asked: Any, found: Read) -> None:
    for sample in samples(found.book):
        print(sample)
    try:
        planned = _plan(Applying(_there(asked)), found)
    except ConfigurationError as error:
        print("Compared with nothing: bugglio is not configured here.", *error.faults, sep="\n  ")
    except StoreError as error:
        print(f"Compared with nothing: the store cannot be reached ({error}).")
    except _Nothing as nothing:
        print(f"Compared with nothing: {nothing}")
    else:
        _say(planned)
        print("Nothing was applied: this was a check." if planned.lines else "Nothing changes.")


class _Nothing(Exception):
    """There is no roster to compare with, and why."""


def _there(asked: Any) -> Kit:
    """The pager that a file is compared with, if there is one: looking makes no store."""
    try:
        environ = common.environment(asked)
    except NeverRun:
        raise _Nothing(f"there is no pager in {asked.data or DATA} yet.") from None
    place = load(environ).current().sqlite_path
    if place and not Path(place).exists():
        raise _Nothing(f"there is no file {place} yet.")
    return common.app(asked).works.kit


def _plan(applying: Applying, found: Read) -> Planned:
    try:
        return applying.plan(found.book)
    except Refused as refused:
        raise Unusable(str(refused)) from None


def _say(planned: Planned) -> None:
    if planned.changed_since:
        print("Changed otherwise since the last apply:", *planned.changed_since, sep="\n  ")
    if planned.lines:
        print("What changes:", *planned.lines, sep="\n  ")


def _me() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        # A container's user may have no name.
        return "somebody on the command line"


def export(asked: Any) -> None:
    """Print the roster file."""
    text = write(Applying(common.app(asked).works.kit).current())
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())
