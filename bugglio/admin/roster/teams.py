"""Teams."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Blueprint

    from bugglio.admin.office import Office


def register(part: "Blueprint", office: "Office") -> None:
    """Add its pages."""
