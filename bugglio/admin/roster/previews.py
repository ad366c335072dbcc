"""What a preview tells of a change: what others did meanwhile, and what follows of it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bugglio.pager.applying import Planned
from bugglio.roster import Book
from bugglio.rosterfile import Checked

if TYPE_CHECKING:
    from bugglio.admin.office import Office


@dataclass(frozen=True)
class Facts:
    """What follows of a change."""

    lines: tuple[str, ...]
    warnings: list[str]


def facts(office: "Office", before: Book, checked: Checked, planned: Planned) -> Facts:  # noqa: ARG001 - begun
    """All that is told of it."""
    return Facts(planned.lines, [one.said for one in checked.warnings])


def meanwhile(office: "Office", base: int, version: int) -> list[dict[str, object]]:  # noqa: ARG001 - begun
    """What others changed since the form was made, newest first."""
    return []
