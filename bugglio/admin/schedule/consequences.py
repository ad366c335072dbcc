"""What a change of the turns comes to: shown before it is made, and told once it is."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for

from bugglio.admin.schedule.words import Teller
from bugglio.admin.viewing import Viewer
from bugglio.dialogue import overriding as told
from bugglio.pager.overriding import Planned, Refused

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

NOBODY = "-"
"""In the form: nobody is to be on duty."""
MEANWHILE = "Somebody has changed the schedule meanwhile. This is what it comes to by now."
SHOWN = 12
"""So many parts of what a change comes to are told."""


def shown(planned: Planned, seen: Viewer, action: str, *, removes: bool = False, warning: str = "") -> str:
    """What it would come to."""
    cover, teller = planned.cover, Teller(planned.after, seen.now, seen.zone)
    lines = [_line(planned, place, seen) for place in range(min(SHOWN, len(planned.effects)))]
    return render_template(
        "schedule_effect.html",
        planned=planned,
        cover=cover,
        lines=lines,
        more=len(planned.effects) - len(lines),
        gaps=[one for one in planned.effects if one.after is None],
        teller=teller,
        action=action,
        removes=removes,
        warning=warning,
        nobody=NOBODY,
    )


def _line(planned: Planned, place: int, seen: Viewer) -> str:
    return told.sentence(planned.after, planned.cover.team, planned.effects[place], planned.at, seen.zone)


def done(
    make: Callable[[str], Planned | None],
    again: Callable[[], Planned],
    seen: Viewer,
    action: str,
    *,
    removes: bool = False,
) -> "str | AnyResponse":
    """Make it so; where it comes to something else by now, that is shown instead."""
    try:
        made = make(request.form.get("seen", ""))
        if made is None:
            return shown(again(), seen, action, removes=removes, warning=MEANWHILE)
    except Refused as refused:
        flash(str(refused), "error")
        return redirect(url_for("schedule.index"), 303)
    flash(_answer(made, seen, removes=removes))
    return redirect(url_for("schedule.index", team=made.cover.team), 303)


def _answer(made: Planned, seen: Viewer, *, removes: bool) -> str:
    if made.again:
        return "That is done already."
    if not made.effects:
        return "The override is removed; nobody's turn changes." if removes else "It is kept; nobody's turn changes."
    others = len(made.effects) - 1
    more = f" And {others} more {'change' if others == 1 else 'changes'}." if others else ""
    return f"{_line(made, 0, seen)}.{more} Those whom it concerns are told by text."
