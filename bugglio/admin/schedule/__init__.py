"""Who is on when, as a picture and in words; taking a span over, handing it on; the calendar feeds' addresses."""

from typing import TYPE_CHECKING

from flask import Blueprint

from bugglio.admin.schedule import calendars, handing, looking, taking

if TYPE_CHECKING:
    from bugglio.admin.office import Office


def blueprint(office: "Office") -> Blueprint:
    """The pages below `/schedule`."""
    part = Blueprint("schedule", __name__)
    for some in (looking, taking, handing, calendars):
        some.add(part, office)
    return part
