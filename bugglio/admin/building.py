"""Builds the Flask app: what is mounted where, what every answer carries, and how faults are told."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response, g, render_template, request, send_from_directory
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException

from bugglio.admin import alerts, devices, figures, headers, login, pages, roster, saying, schedule, status, viewing
from bugglio.admin.cursors import Unreadable
from bugglio.admin.viewing import current
from bugglio.pager.logins import Crowded
from bugglio.store import StoreError
from bugglio.style import FOLDER

if TYPE_CHECKING:
    from bugglio.admin.office import Office

LARGEST = 1024 * 1024
"""Bytes of a form; a roster file may be in it."""
HOURS = 12
"""A session lasts so long, and so do its forms."""
PARTS = (status, alerts, schedule, roster, pages, figures, devices, login)
FORGED = "This form is not of your session, or is over 12 hours old; nothing was changed. Load the page again."
STRANGE = "This form is too old, or your browser keeps no cookies. Load the page again."
SENTENCES = {
    400: "This form cannot be read. Go back, load the page again, and try once more.",
    403: "This is for admins.",
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
    413: "That is more than 1 MiB.",
    429: "Too much was asked or tried from your network. Wait an hour, or ask whoever deployed bugglio to let you in.",
    503: "Very many people are logging in at this moment. Try again in a few seconds.",
}


def build(office: "Office") -> Flask:
    """Build the app, which answers below `/admin`."""
    # functions-framework keeps /static for itself, and where `admin` is taken off the path it would answer.
    app = Flask(__name__, static_url_path="/files")
    app.config.from_mapping(
        SECRET_KEY=office.keys[0],
        SECRET_KEY_FALLBACKS=list(office.keys[1:]),
        SESSION_COOKIE_NAME="bugglio",
        SESSION_COOKIE_PATH=f"{urlsplit(office.public_url).path}/admin",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=office.public_url.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=HOURS * 3600,
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=LARGEST,
        MAX_FORM_MEMORY_SIZE=LARGEST,
        # It signs with the last of the keys, and takes any: a form of the time before a change of keys is still good.
        WTF_CSRF_SECRET_KEY=[*office.keys[1:], office.keys[0]],
        WTF_CSRF_TIME_LIMIT=HOURS * 3600,
        WTF_CSRF_SSL_STRICT=False,  # Referrer-Policy may keep the referrer back; the token proves the form
    )
    app.add_url_rule("/style.css", "style", lambda: send_from_directory(FOLDER, "base.css"))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    saying.add(app)
    # Who looks is found out first: what is said of a form that is not theirs depends on it.
    app.before_request(viewing.look(office))
    CSRFProtect(app)  # type: ignore[no-untyped-call]  # Flask-WTF has no types
    app.after_request(headers.secured(secure=office.public_url.startswith("https:")))
    for part in PARTS:
        app.register_blueprint(part.blueprint(office))
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(Unreadable, lambda error: _page(400, str(error.description)))
    app.register_error_handler(HTTPException, _fault)
    app.register_error_handler(Crowded, lambda _: _page(429, SENTENCES[429]))
    app.register_error_handler(StoreError, _unreachable)
    app.register_error_handler(Exception, _trouble(office))
    return app


def _forged(_: CSRFError) -> tuple[str, int]:
    """A form that is not this session's, or is too old; only the login's forms come from those without a session."""
    return _page(400, FORGED if current() is not None else STRANGE)


def _fault(error: HTTPException) -> "tuple[str, int] | Response":
    code = error.code or 500
    if code < 400:
        return error.get_response()  # type: ignore[return-value]  # a redirect that routing made
    return _page(code, SENTENCES.get(code, str(error.name)))


def _unreachable(_: StoreError) -> tuple[str, int]:
    g.viewer = None
    return _page(503, "The store cannot be reached. Nothing was changed, as far as is known; try again in a moment.")


def _trouble(office: "Office") -> Callable[[Exception], tuple[str, int]]:
    def tell(error: Exception) -> tuple[str, int]:
        office.kit.alarm(error, f"page {request.url_rule}")
        return _page(500, "Something went wrong in bugglio; it has been reported.")

    return tell


def _page(status: int, sentence: str) -> tuple[str, int]:
    return render_template("fault.html", status=status, sentence=sentence), status
