"""Logging in: a number, and the code that is texted to it; or a link of the command line."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, session, url_for

from bugglio.admin import callers
from bugglio.admin.pacing import Pace
from bugglio.admin.returning import own_page
from bugglio.admin.viewing import current
from bugglio.logins.hashes import is_code
from bugglio.pager.kit import Deadline
from bugglio.pager.logins import Entered
from bugglio.phone import phone_id
from bugglio.redact import short
from bugglio.rosterfile.faults import Unfit
from bugglio.rosterfile.phones import meant

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from bugglio.admin.office import Office

ASKED = 2.5
"""Seconds after which whoever asks for a code is answered, ..."""
SENDING = 2.0
"""... within which the text goes out, or is left to the tick, ..."""
TRIED = 1.0
"""... and after which whoever tries one is."""
CHALLENGES = 3
"""So many codes that one browser asked for may be on their way: whichever arrives is good."""
WRONG = "That code does not let you in. A code is good for 10 minutes and 5 tries, in the browser that asked for it."
SPENT = "This link does not let you in: it is good once, for 10 minutes."
NO_NUMBER = "That is no phone number. Write it as the roster has it, like +14155550101."
NO_CODE = "A code has 6 digits."


def address(there: str = "") -> str:
    """The login's address; `there`: the path to which it leads back."""
    return f"{url_for('login.ask')}?{urlencode({'next': there})}" if there else url_for("login.ask")


def blueprint(office: "Office") -> Blueprint:
    """The pages below `/login`."""
    part = Blueprint("login", __name__)
    desk = _Desk(office)
    part.add_url_rule("/login", "ask", desk.ask, methods=["GET"])
    part.add_url_rule("/login", "asked", desk.asked, methods=["POST"])
    part.add_url_rule("/login/code", "code", desk.code, methods=["GET"])
    part.add_url_rule("/login/code", "tried", desk.tried, methods=["POST"])
    part.add_url_rule("/login/link/<key>", "link", desk.link, methods=["GET"])
    part.add_url_rule("/login/link/<key>", "spent", desk.spent, methods=["POST"])
    part.add_url_rule("/logout", "leave", desk.leave, methods=["POST"])
    return part


class _Desk:
    """Lets people in and out."""

    def __init__(self, office: "Office") -> None:
        self._office = office
        self._pace = Pace(office)

    def ask(self) -> "str | AnyResponse":
        """The form for a number; whoever is logged in goes on."""
        there = own_page(request.args.get("next", ""))
        if current() is not None:
            return _to(there)
        return render_template("login.html", next=there)

    def asked(self) -> "str | AnyResponse":
        """The answer is the same for any number, at the same moment."""
        typed, there = request.form.get("number", "")[:60], own_page(request.form.get("next", ""))
        caller = callers.caller(self._office)
        with self._pace.of(ASKED, known=bool(caller.device)):
            deadline = Deadline(SENDING, self._office.kit.uptime)
            number = self._number(typed)
            challenge = self._office.codes.ask(number, caller, deadline) if number else ""
        if not number:
            flash(NO_NUMBER, "error")
            return redirect(address(there), 303)
        _keep(number, challenge, there)
        return redirect(url_for("login.code"), 303)

    def code(self) -> "str | AnyResponse":
        """The form for the code."""
        held = _held()
        return render_template("login_code.html", said=held["said"]) if held else redirect(url_for("login.ask"), 303)

    def tried(self) -> "str | AnyResponse":
        """One sentence for a code that is wrong, spent, too old or another browser's, at the same moment."""
        held = _held()
        code = "".join(request.form.get("code", "")[:40].split()).replace("-", "")
        if not held:
            return redirect(url_for("login.ask"), 303)
        if not is_code(code):
            flash(NO_CODE, "error")
            return redirect(url_for("login.code"), 303)
        caller = callers.caller(self._office)
        with self._pace.of(TRIED, known=bool(caller.device)):
            entered = self._office.codes.enter(held["phone"], held["challenges"], code, caller)
        if entered is None:
            flash(WRONG, "error")
            return redirect(url_for("login.code"), 303)
        return self._let_in(entered, own_page(held["next"]))

    def link(self, key: str) -> str:
        """A button: whoever only looks at an address, as programs that show a preview do, has not used it."""
        return render_template("login_link.html", key=key)

    def spent(self, key: str) -> "str | AnyResponse":
        """The button was pressed."""
        entered = self._office.links.spend(key, callers.caller(self._office))
        if entered is None:
            flash(SPENT, "error")
            return redirect(url_for("login.ask"), 303)
        return self._let_in(entered, "/")

    def leave(self) -> "AnyResponse":
        """Log out, here."""
        self._end()
        flash("You are logged out.")
        return redirect(url_for("login.ask"), 303)

    def _number(self, typed: str) -> str:
        """The number that somebody wrote, or nothing."""
        try:
            return meant(typed, [one.phone for one in self._office.kit.roster().engineers.values()])
        except Unfit:
            return ""

    def _let_in(self, entered: Entered, there: str) -> "AnyResponse":
        """A session that nobody knows but this browser: what it had before does not go on."""
        self._end()
        session.permanent = True
        session["who"], session["id"] = entered.who.id, entered.secret
        answer = _to(there)
        callers.remember(self._office, answer, entered.device)
        return answer

    def _end(self) -> None:
        """The session that this browser may have had is over."""
        viewer = current()
        if viewer is not None:
            self._office.logins.end(viewer.who, str(session.get("id")))
        session.clear()


def _to(there: str) -> "AnyResponse":
    return redirect(f"{request.script_root}{there}", 303)


def _held() -> dict[str, Any]:
    """What this browser asked for, if it did."""
    found = session.get("login")
    return found if isinstance(found, dict) else {}


def _keep(number: str, challenge: str, there: str) -> None:
    phone, before = phone_id(number), _held()
    challenges = before["challenges"] if before.get("phone") == phone else []
    challenges = [*challenges, challenge][-CHALLENGES:]
    session["login"] = {"phone": phone, "said": short(number), "challenges": challenges, "next": there}
