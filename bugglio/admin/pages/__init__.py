"""What was sent, and what became of it; why nobody was paged; what came in; a test text to oneself."""

import secrets
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from bugglio import remedies
from bugglio.admin import cursors
from bugglio.admin.keys import is_key
from bugglio.admin.pages import words
from bugglio.admin.pages.history import lines
from bugglio.admin.pages.listing import listing, row
from bugglio.admin.pages.why import asked
from bugglio.admin.viewing import Viewer, admins_only, viewer
from bugglio.page import ACCEPTED, OUTAGE, SENDING, SENT, WAITING
from bugglio.pager.browsing.received import received as received_texts
from bugglio.pager.browsing.sent import Whole, whole
from bugglio.when import told

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from bugglio.admin.office import Office

LONGEST = 60
"""Characters of a test's token."""
MOVING = (WAITING, SENDING, ACCEPTED, SENT)
"""States in which more is to be heard of a text."""


def blueprint(office: "Office") -> Blueprint:
    """The pages below `/pages`."""
    part, store = Blueprint("pages", __name__), office.kit.store

    @part.get("/pages")
    def index() -> str:
        found = listing(store, request.args, viewer())
        return render_template("pages.html", found=found, words=words, token=secrets.token_urlsafe(12))

    @part.get("/pages/<key>")
    def show(key: str) -> str:
        found = whole(store, key) if is_key(key) else None
        if found is None or not _may_see(found, viewer()):
            abort(404)
        page = found.page
        waits = page.state == WAITING and page.waited_for == OUTAGE
        remedy = remedies.of_page(page) or (remedies.of_sender(found.sender) if waits else None)
        live = any(one.state in MOVING for one in (page, *found.before.values()))
        said = {"row": row(key, page), "remedy": remedy, "lines": lines(found), "live": live}
        return render_template("page.html", found=found, words=words, token=secrets.token_urlsafe(12), **said)

    @part.get("/pages/why")
    def why() -> str:
        return render_template(
            "pages_why.html", found=asked(store, request.args, viewer().roster), public_url=office.public_url
        )

    @part.get("/pages/received")
    @admins_only
    def received() -> str:
        after = cursors.from_text(request.args.get("after", ""), "texts", "at")
        some = received_texts(store, after)
        further = cursors.to_text(some.last, "at") if some.last is not None else ""
        return render_template("pages_received.html", found=some.found, further=further, begins=after is None)

    @part.post("/pages/test")
    def test() -> "AnyResponse":
        me = viewer()
        tested = office.conversation.try_out(me.who.id, request.form.get("token", "")[:LONGEST])
        if tested.page:
            flash("Your test text was made. This page keeps up with it; its result is texted to you, too.")
            return redirect(url_for("pages.show", key=tested.page), 303)
        again = f" Try again after {told(tested.until, me.now, me.zone)}." if tested.until else ""
        flash(f"No test text: {tested.why}.{again}", "error")
        return redirect(url_for("pages.index"), 303)

    return part


def _may_see(found: Whole, me: Viewer) -> bool:
    """Their own, and those about an alert, whose timeline shows them to everybody on the roster."""
    return me.who.admin or found.page.to == me.who.id or found.alert is not None
