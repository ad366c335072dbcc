"""Where somebody is logged in, and ending it for all devices."""

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

if TYPE_CHECKING:
    from bugglio.admin.office import Office


def blueprint(office: "Office") -> Blueprint:  # noqa: ARG001 - begun
    """The pages below `/devices`."""
    part = Blueprint("devices", __name__)

    @part.get("/devices")
    def index() -> str:
        return render_template("empty.html", title="Where you are logged in")

    return part
