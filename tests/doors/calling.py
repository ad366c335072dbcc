"""How strangers and friends call the doors, and what there is to see afterwards."""

import base64
import hashlib
import hmac
import io
import json
import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from werkzeug import Request
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from bugglio.app import App, Parts
from bugglio.config import Settings
from tests.stage import PUBLIC, TOKEN, WEBHOOK_TOKEN, settings_for

if TYPE_CHECKING:
    from bugglio.store.sqlite import SqliteStore

Strings = Mapping[str, str]
Fields = Iterable[tuple[str, str]]
JSON = {"Content-Type": "application/json"}
WEBHOOK = f"/bugsnag?token={WEBHOOK_TOKEN}"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


class Body(io.BytesIO):
    """A request's body that remembers how much of it was read, and gives at most `piece` bytes at a time."""

    taken = 0
    piece = 1 << 30

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(self.piece if size is None or size < 0 else min(size, self.piece))
        self.taken += len(data)
        return data

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


@dataclass(frozen=True)
class Answer:
    """What a door answered."""

    status: int
    headers: Headers
    text: str

    @property
    def facts(self) -> dict[str, Any]:
        """The object that it is."""
        told: dict[str, Any] = json.loads(self.text)
        return told


def call(
    app: App,
    path: str,
    body: bytes | Body = b"",
    headers: Strings | None = None,
    *,
    method: str = "POST",
    entry: str = "bugglio",
    chunked: bool = False,
    declared: int | None = None,
    address: str = "192.0.2.1",
    **environ: str,
) -> Answer:
    """
    Call an entry point as its server does.

    `chunked` leaves out the body's length, `declared` lies about it; `address` is who holds the connection; `environ`
    adds to WSGI's.
    """
    stream = body if isinstance(body, Body) else Body(body)
    there = EnvironBuilder(
        path=path, base_url="http://internal.test", method=method, headers=Headers(dict(headers or {}))
    )
    environment = there.get_environ() | {"wsgi.input": stream, "REMOTE_ADDR": address, **environ}
    if chunked:
        environment |= {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    else:
        environment["CONTENT_LENGTH"] = str(stream.getbuffer().nbytes if declared is None else declared)

    def served(environ: Any, start_response: Any) -> Any:
        return app.serve(entry, Request(environ))(environ, start_response)

    parts, status, found = run_wsgi_app(served, environment)
    return Answer(int(status[:3]), found, b"".join(parts).decode())


def webhook(app: App, payload: Any, path: str = WEBHOOK, headers: Strings | None = None, **how: Any) -> Answer:
    """Bugsnag delivers any JSON value."""
    return call(app, path, json.dumps(payload).encode(), JSON if headers is None else headers, **how)


def signature(address: str, fields: Fields, token: str = TOKEN) -> str:
    """Twilio's signature as its documentation has it; of doubled fields each value counts once."""
    text = address + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def twilio(app: App, path: str, fields: Fields, *, signed: str | None = None, **how: Any) -> Answer:
    """Twilio posts a form to a door, rightly signed unless another signature is given."""
    fields = list(fields)
    proof = signature(PUBLIC + path, fields) if signed is None else signed
    return call(app, path, urlencode(fields).encode(), {**FORM, "X-Twilio-Signature": proof}, **how)


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def sentence(answer: Answer, status: int) -> str:
    """What a refusal says, which must have this status, be one plain sentence, and tell nothing of the inside."""
    assert status == answer.status, answer.text
    assert "text/plain; charset=utf-8" == answer.headers["Content-Type"]
    assert re.fullmatch(r"[^\n.]+\.\n", answer.text), answer.text
    assert not re.search(r"Traceback|Error\b|Exception|\.py", answer.text), answer.text
    return answer.text.strip()


def written(store: "SqliteStore") -> dict[str, dict[str, Any]]:
    """Everything that a store holds, by path."""
    found = {}
    with sqlite3.connect(store._path) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            rows = connection.execute(f"SELECT id, body FROM {table}").fetchall()  # noqa: S608 - our own names
            found.update({f"{table}/{key}": json.loads(body) for key, body in rows})
    connection.close()
    return found


def app_of(settings: Settings, parts: Parts | None = None) -> tuple[App, list[str]]:
    """A pager of these settings, and the list of the troubles that it will report."""
    troubles: list[str] = []
    return App(lambda: settings, lambda error, where: troubles.append(f"{where}: {error!r}"), parts), troubles


__all__ = [
    "FORM",
    "JSON",
    "METHODS",
    "PUBLIC",
    "TOKEN",
    "WEBHOOK",
    "WEBHOOK_TOKEN",
    "Body",
    "app_of",
    "call",
    "sentence",
    "settings_for",
    "signature",
    "twilio",
    "webhook",
    "written",
]
