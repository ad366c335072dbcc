"""What the commands share: the pager they speak of, times that people write, and answers for people or programs."""

import argparse
import json
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bugglio import laptop
from bugglio.app import App, build

DATA = Path("data")
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9000, 1, 1, tzinfo=UTC)

Facts = dict[str, Any]
_built: list[App] = []


def command(commands: Any, name: str, do: Callable[[Any], int | None], text: str, *, facts: bool = False) -> Any:
    """A command's parser; one that prints facts takes `--json`."""
    made = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    made.set_defaults(do=do)
    said = "where the store and the settings of a laptop lie (default: ./data)"
    made.add_argument("--data", type=Path, metavar="DIR", help=said)
    if facts:
        made.add_argument("--json", action="store_true", help="for programs")
    return made


def environment(asked: Any) -> dict[str, str]:
    """The settings that a command finds; raises `Unusable`."""
    return laptop.environment(os.environ, asked.data or DATA, data_said=asked.data is not None)


def app(asked: Any) -> App:
    """The pager that a command speaks of; `main` closes it."""
    _built.append(build(environment(asked)))
    return _built[-1]


def close() -> None:
    """Let go of every pager that the command spoke of."""
    while _built:
        _built.pop().close()


def say(asked: Any, facts: Facts, lines: Sequence[str]) -> None:
    """Answer a program, or people."""
    print(json.dumps(facts, indent=2) if asked.json else "\n".join(lines))


def moment(text: str) -> int:
    """A time that was given, in milliseconds."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        given = None
    if given is None or given.tzinfo is None:
        raise argparse.ArgumentTypeError(
            "a time has an offset or Z, like 2026-02-02T09:00:00Z or 2026-02-02T10:00+01:00"
        )
    if not EARLIEST <= given < LATEST:
        raise argparse.ArgumentTypeError("a time lies between the years 1970 and 9000")
    return int(given.timestamp() * 1000)
