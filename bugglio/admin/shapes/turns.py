"""A rotation: who takes turns, and when; or whoever is next in another one."""

from dataclasses import dataclass, field
from typing import Any

from bugglio.admin.shapes import days
from bugglio.admin.shapes.rows import Form, Part, Row, row, rows_in
from bugglio.roster import Rotation
from bugglio.rosterfile import forms
from bugglio.rosterfile.values import TURN_UNITS

USUAL = forms.turn(Rotation(""))
"""A turn of which nothing is said."""
KEYS = ("engineers", "starts", "turn", "timezone", "hours", "next_of")
"""All that a form shows of a rotation."""


@dataclass
class Turns:
    """The fields of a rotation's form."""

    follows: bool = False
    """It has no engineers of its own."""
    next_of: str = ""
    engineers: list[Row] = field(default_factory=list)
    """`who`."""
    starts: str = ""
    number: str = "1"
    unit: str = "weeks"
    timezone: str = ""
    windows: list[Row] = field(default_factory=list)
    """`day`, several; `start` and `end`."""

    @property
    def rows(self) -> dict[str, list[Row]]:
        """Those that buttons change."""
        return {"engineer": self.engineers, "window": self.windows}


def shown(rotation: Part) -> Turns:
    """The fields that show it."""
    number, _, unit = str(rotation.get("turn", USUAL)).partition(" ")
    return Turns(
        follows="next_of" in rotation,
        next_of=rotation.get("next_of", ""),
        engineers=[row(who=each) for each in rotation.get("engineers", ())],
        starts=rotation.get("starts", ""),
        number=number,
        unit=f"{unit.removesuffix('s')}s",
        timezone=rotation.get("timezone", ""),
        windows=[_window(which, hours) for which, hours in rotation.get("hours", {}).items()],
    )


def filled(form: Form) -> Turns:
    """The fields as they were typed."""
    return Turns(
        follows=form.get("kind") == "next",
        next_of=form.get("next_of", ""),
        engineers=rows_in(form, "engineer"),
        starts=days.moment(form.get("starts", "")),
        number=form.get("number", "").strip(),
        unit=form.get("unit", ""),
        timezone=form.get("timezone", "").strip(),
        windows=rows_in(form, "window"),
    )


def tidied(fields: Turns) -> None:
    """Leave out the rows that say nothing, so that places in the part and among the rows are the same."""
    fields.engineers[:] = [one for one in fields.engineers if one.get("who")]
    fields.windows[:] = [one for one in fields.windows if one.all("day") or one.get("start") or one.get("end")]


def put(rotation: Part, fields: Turns) -> dict[str, Any]:
    """The rotation that tidied fields say; what no field is about stays."""
    said = {"next_of": fields.next_of} if fields.follows else _turns(fields)
    return {**{key: value for key, value in rotation.items() if key not in KEYS}, **said}


def _turns(fields: Turns) -> dict[str, Any]:
    said = {
        "engineers": [each.get("who") for each in fields.engineers],
        "starts": fields.starts,
        "turn": _turn(fields),
        "timezone": fields.timezone,
        "hours": hours(fields.windows),
    }
    return {key: value for key, value in said.items() if value or key in ("engineers", "starts")}


def _turn(fields: Turns) -> str:
    unit = fields.unit if fields.unit in TURN_UNITS else "weeks"
    turn = f"{fields.number} {unit.removesuffix('s') if fields.number == '1' else unit}".strip()
    return "" if turn == USUAL else turn


def _window(which: str, hours: str) -> Row:
    start, _, end = hours.partition("-")
    return row(day=days.boxes(which), start=start.strip(), end=end.strip())


def hours(windows: list[Row]) -> dict[str, str]:
    """The hours by days; a day that stands in two rows stays in both, which is a fault."""
    found: dict[str, str] = {}
    for one in windows:
        which = days.text(one.all("day"))
        while which in found:
            which += " "
        found[which] = f"{one.get('start')}-{one.get('end')}"
    return found
