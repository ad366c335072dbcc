"""Figures."""

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

if TYPE_CHECKING:
    from bugglio.admin.office import Office


def blueprint(office: "Office") -> Blueprint:  # noqa: ARG001 - begun
    """The pages below `/figures`."""
    part = Blueprint("figures", __name__)

    @part.get("/figures")
    def index() -> str:
        return render_template("empty.html", title="Figures")

    return part
