"""What is sent to the simulator, as JSON or as a browser's form, and what is answered to it."""

from typing import Any

from flask import jsonify, redirect, request, url_for
from werkzeug.wrappers import Response


class Rejected(Exception):
    """What was asked of the simulator cannot be done; the text is the one sentence that says why."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def body() -> dict[str, Any]:
    """Read the request's JSON object or form."""
    if not request.is_json:
        return dict(request.form.items())
    told = request.get_json(silent=True)
    if not isinstance(told, dict):
        raise Rejected(400, "The body must be a JSON object.")
    return told


def done(**facts: Any) -> Response:
    """Answer a request that changed something: JSON, or the page again for a form sent by a browser without scripts."""
    if not request.is_json and request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html":
        return redirect(url_for("simulator.page"), 303)
    return jsonify(facts)


def cursor() -> int:
    """Read the number of the last change that whoever asks has seen; 0 for nothing."""
    told = request.args.get("since", "")
    if told == "":
        return 0
    if not (told.isascii() and told.isdigit() and len(told) < 16):
        raise Rejected(400, "“since” must be a cursor from an earlier answer.")
    return int(told)


def text(told: dict[str, Any], name: str) -> str:
    """Read a text that must be there."""
    value = told.get(name)
    if not isinstance(value, str):
        raise Rejected(400, f"“{name}” is missing.")
    return value


def whole(told: dict[str, Any], name: str, most: int) -> int | None:
    """Read a whole number, if it is said; a form says it as a text."""
    value = told.get(name)
    if value in (None, ""):
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise Rejected(400, f"“{name}” must be a whole number from 0 to {most:,}.")
    return value


def seconds(told: dict[str, Any]) -> float | None:
    """Read a span of up to an hour, if it is said."""
    value = told.get("seconds")
    if value in (None, ""):
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = -1
    if isinstance(value, bool) or not 0 <= found <= 3600:
        raise Rejected(400, "“seconds” must be a number from 0 to 3,600.")
    return found
