"""What is pressed on the pages of alerts does what the word does by text."""

import re
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, request, url_for

from bugglio.admin.alerts.asking import kept
from bugglio.admin.keys import is_key
from bugglio.admin.viewing import viewer
from bugglio.dialogue import PRESSED
from bugglio.grammar import Command
from bugglio.pager.browsing.alerts import SHOWN
from bugglio.pager.presses import Press

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from bugglio.admin.office import Office

LONGEST = {"note": 300, "snooze": 100, "pass": 100}
"""Characters of what a word takes besides: of a note, what the timeline keeps."""
TOGETHER = ("ack", "close", "undo")
"""Words for several at once."""
NO_NOTE = "Nothing changed: write what is to be noted."
TOO_LONG = "Nothing changed: a note has at most 300 characters, and this one has {}."
NONE_CHOSEN = "Nothing changed: choose the alerts first."
_TOKEN = re.compile(r"[0-9a-f]{16}", re.ASCII)


def add(part: Blueprint, office: "Office") -> None:
    """The addresses to which the pages' forms go."""

    @part.post("/alerts/<key>")
    def act(key: str) -> "AnyResponse":
        verb, rest = request.form.get("verb", ""), _rest(request.form.get("rest", ""))
        if verb not in PRESSED or not is_key(key):
            abort(400)
        fault = _fault(verb, rest)
        if fault:
            flash(fault, "error")
        else:
            _press(office, Press(_token(), viewer().who.id, Command(verb, rest=rest), (key,), _undoes()))
        return redirect(url_for("alerts.show", key=key), 303)

    @part.post("/alerts")
    def act_together() -> "AnyResponse":
        verb, keys = request.form.get("verb", ""), tuple(dict.fromkeys(request.form.getlist("alert")))
        if verb not in TOGETHER or len(keys) > SHOWN or not all(map(is_key, keys)):
            abort(400)
        if keys:
            _press(office, Press(_token(), viewer().who.id, Command(verb), keys, _undoes()))
        else:
            flash(NONE_CHOSEN, "error")
        return redirect(url_for("alerts.index", **kept(request.args)), 303)  # type: ignore[arg-type]  # no options of its


def _press(office: "Office", press: Press) -> None:
    answer = office.conversation.press(press)
    flash(answer.said, "good" if answer.changed else "error")


def _rest(text: str) -> str:
    """What a word takes besides, as a text has it: on one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _fault(verb: str, rest: str) -> str:
    if len(rest) > LONGEST.get(verb, 0):
        if verb != "note":
            abort(400)
        return TOO_LONG.format(len(rest))
    return NO_NOTE if verb == "note" and not rest else ""


def _token() -> str:
    token = request.form.get("token", "")
    if not _TOKEN.fullmatch(token):
        abort(400)
    return token


def _undoes() -> int:
    said = request.form.get("undoes", "0")
    if not re.fullmatch(r"[0-9]{1,15}", said, re.ASCII):
        abort(400)
    return int(said)
