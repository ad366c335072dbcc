"""Where somebody is logged in, and ending it: here, there, or everywhere."""

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, session, url_for

from bugglio.admin.viewing import viewer
from bugglio.logins.hashes import fingerprint

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from bugglio.admin.office import Office


def blueprint(office: "Office") -> Blueprint:
    """The pages below `/devices`."""
    part = Blueprint("devices", __name__)

    @part.get("/devices")
    def index() -> str:
        here = fingerprint(str(session.get("id")))
        return render_template("devices.html", sessions=office.logins.held(viewer().who), here=here)

    @part.post("/devices/end")
    def end() -> "AnyResponse":
        office.logins.forget(viewer().who, request.form.get("id", ""))
        flash("That browser is logged out.")
        return redirect(url_for("devices.index"), 303)

    @part.post("/devices/end-all")
    def end_all() -> "AnyResponse":
        office.logins.end_all(viewer().who)
        session.clear()
        flash("You are logged out everywhere.")
        return redirect(url_for("login.ask"), 303)

    return part
