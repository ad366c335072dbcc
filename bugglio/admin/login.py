"""Logging in: a number, and the code that is texted to it."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, session, url_for

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from bugglio.admin.office import Office


def address(there: str = "") -> str:
    """The login's address; `there`: the path to which it leads back."""
    return f"{url_for('login.ask')}?{urlencode({'next': there})}" if there else url_for("login.ask")


def blueprint(office: "Office") -> Blueprint:  # noqa: ARG001 - begun
    """The pages below `/login`."""
    part = Blueprint("login", __name__)

    @part.get("/login")
    def ask() -> str:
        return render_template("login.html")

    @part.post("/logout")
    def leave() -> "AnyResponse":
        session.clear()
        return redirect(url_for("login.ask"))

    return part
