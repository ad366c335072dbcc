"""The round trips of a new error and its page, and nothing else: Google's and Twilio's libraries as they come."""

import json
import os
import secrets
import time
from typing import Any

import flask
from google.cloud import firestore
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

TWILIO = "https://api.twilio.com"
CANDIDATES = 8
"""Codes that bugglio draws and looks at before it takes one of them."""
ROSTER = ("roster/current", "overrides/current")
KEPT = 10.0
"""Seconds."""

store = firestore.Client(project=os.environ["GOOGLE_CLOUD_PROJECT"])
known: dict[str, float] = {}


class Plain(TwilioHttpClient):
    """Twilio's own way to send, to another address and on a fresh connection."""

    def request(self, *args: Any, **kwargs: Any) -> Any:
        """Send one request."""
        method, url, *more = args
        return super().request(method, url.replace(TWILIO, os.environ["TWILIO_API_URL"]), *more, **kwargs)


def bare(request: flask.Request) -> flask.Response:
    """Read, commit, claim, text, commit; `to` in the address is the phone. Without it the page waits: read, commit."""
    error = json.loads(request.get_data())["error"]
    alert, page, number = error["errorId"], secrets.token_hex(16), request.args.get("to", "none")
    codes = [f"codes/{secrets.randbelow(10**9)}" for _ in range(CANDIDATES)]
    _read(f"alerts/{alert}")
    if time.monotonic() - known.get("roster", -KEPT) > KEPT:
        _read(*ROSTER)
        known["roster"] = time.monotonic()
    _read(f"phones/{number}", "pulse/sender", "projects/one", *codes)
    flat = {name: value for name, value in error.items() if isinstance(value, str | int | bool)}
    due = time.time_ns() // 1_000_000
    opened = {**flat, "open": f"shop|{due}", "due_at": due + 300_000}
    waits = {"due_at": due, "waiting": f"{number}|{due}", "created": due, "alert": alert, "number": number}
    _write({f"alerts/{alert}": opened, codes[0]: {"alert": alert}, f"pages/{page}": waits}, new=True)
    if number != "none":
        _send(page, alert, number, error["message"], due)
    return flask.Response('{"outcome": "opened", "code": 417, "reason": null}\n', mimetype="application/json")


def _send(page: str, alert: str, number: str, message: str, due: int) -> None:
    sending = {"due_at": due + 90_000, "waiting": firestore.DELETE_FIELD, "body": message}
    _write({f"pages/{page}": sending}, more={f"phones/{number}": {"last": alert, "at": due}})
    sid = _text(number, f"#{alert} {message}")
    _write({f"pages/{page}": {"sid": sid, "due_at": firestore.DELETE_FIELD, "state": "accepted"}})


def _read(*paths: str) -> None:
    list(store.get_all([store.document(path) for path in paths], retry=None, timeout=30))


def _write(documents: dict[str, Any], *, new: bool = False, more: dict[str, Any] | None = None) -> None:
    batch = store.batch()
    for path, fields in documents.items():
        (batch.create if new else batch.update)(store.document(path), fields)
    for path, fields in (more or {}).items():
        batch.set(store.document(path), fields)
    batch.commit(retry=None, timeout=30)


def _text(number: str, body: str) -> str:
    account = os.environ["TWILIO_ACCOUNT_SID"]
    http = Plain(pool_connections=False)
    client = Client(account, os.environ["TWILIO_AUTH_TOKEN"], http_client=http, environment={"": ""})
    sender, report = os.environ["TWILIO_CALLER_ID"], os.environ["BUGGLIO_PUBLIC_URL"] + "/sms-status"
    message = client.messages.create(to=number, body=body, from_=sender, validity_period=300, status_callback=report)
    return str(message.sid)
