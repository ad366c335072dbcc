"""Alerts: what is open and what is past, one of them with all that happened to it, and what can be done to them."""

from typing import TYPE_CHECKING

from flask import Blueprint

from bugglio.admin.alerts import acting, looking

if TYPE_CHECKING:
    from bugglio.admin.office import Office


def blueprint(office: "Office") -> Blueprint:
    """The pages below `/alerts`."""
    part = Blueprint("alerts", __name__)
    for some in (looking, acting):
        some.add(part, office)
    return part
