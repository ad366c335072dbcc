"""What versions of bugglio left in their stores, as `python -m tools.record` wrote it down."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bugglio import __version__
from tools.record import FOLDER

RECORDED = sorted(FOLDER.glob("*.jsonl"))
PRESENT = FOLDER / f"{__version__}.jsonl"


def documents(file: Path) -> dict[str, dict[str, Any]]:
    """All that is in a record, by path."""
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    return {line["path"]: line["fields"] for line in lines if "path" in line}


def left_at(file: Path) -> datetime:
    """A little later than its last tick."""
    return datetime.fromtimestamp(documents(file)["pulse/tick"]["at"] / 1000 + 20, UTC)
