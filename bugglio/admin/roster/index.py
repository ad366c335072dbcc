"""The roster at a glance."""

from typing import TYPE_CHECKING

from flask import render_template

if TYPE_CHECKING:
    from flask import Blueprint

    from bugglio.admin.office import Office


def register(part: "Blueprint", office: "Office") -> None:  # noqa: ARG001 - begun
    """Add its page."""

    @part.get("/roster")
    def index() -> str:
        return render_template("empty.html", title="Roster")
