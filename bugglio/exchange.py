"""One request to an HTTP service: how long it may take, how far it came, what was answered."""

import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

MAX_RETRY_AFTER = 3600.0
"""Seconds: what is asked beyond that is cut, so that a wrong header cannot silence a pager."""


@dataclass(frozen=True)
class Reply:
    """An answer as it came; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: str

    def json(self) -> Any:
        """The body as JSON, or None."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class Stopped(Exception):
    """The request is not to be written."""


@dataclass
class Exchange:
    """
    One request: how long it may take, and how far it came.

    It runs in a thread of its own, because names and connections can take longer than any timeout that sockets know.
    `give_up` and `leave` exclude each other: a request that was given up before it was written will never be written.
    """

    patience: float
    fresh: Callable[[], bool]
    began: float = 0.0
    written: bool = False
    void: bool = False
    reply: Reply | None = None
    trouble: str = ""
    _over: bool = False
    _socket: socket.socket | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def left(self) -> float:
        """Seconds that remain, never quite none: a timeout of zero would mean something else to sockets."""
        return max(0.001, self.patience - (time.monotonic() - self.began))

    def leave(self, connection: socket.socket) -> None:
        """Allow the request to be written on this connection, or raise."""
        fresh = self.fresh()
        with self._lock:
            self.void = not fresh
            if self._over or not fresh:
                raise Stopped
            connection.settimeout(self.left())
            self._socket = connection
            self.written = True

    def give_up(self) -> None:
        """End it: from now on nothing is written, and the thread that reads an answer is woken."""
        with self._lock:
            self._over = True
            if self._socket is not None:
                _shut(self._socket)

    def run(self, work: Callable[[], object]) -> None:
        """Do the work in a thread, for as long as patience lasts; what went wrong is noted in plain words."""
        done = threading.Event()
        self.began = time.monotonic()

        def act() -> None:
            try:
                work()
            # Everything that a library may raise ends as an outcome: a page must not be lost to a traceback.
            except Exception as fault:  # noqa: BLE001
                self.trouble = explain(fault)
            finally:
                done.set()

        threading.Thread(target=act, name="exchange", daemon=True).start()
        if not done.wait(self.left()):
            self.give_up()
            self.trouble = f"no answer within {self.patience:g} s"


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except (OSError, ValueError):
        return


_TROUBLES = {
    "NameResolutionError": "the name of the server could not be resolved",
    "ConnectTimeoutError": "no connection in time",
    "NewConnectionError": "no connection: refused or unreachable",
    "ProxyError": "the proxy gave no connection",
    "SSLCertVerificationError": "the server's certificate is not valid",
    "SSLError": "no TLS connection",
    "ReadTimeoutError": "no answer in time",
    "TimeoutError": "no answer in time",
    "ConnectionResetError": "the connection was reset",
    "RemoteDisconnected": "the connection was closed without an answer",
    "IncompleteRead": "the answer broke off",
    "ProtocolError": "the connection broke",
    "JSONDecodeError": "the answer could not be read",
}
"""What to say of an error, by its type. Their own texts are never shown: they hold addresses and numbers."""


def explain(fault: BaseException) -> str:
    """What went wrong, in our own words."""
    names = [type(one).__name__ for one in _causes(fault)]
    known = [name for name in _TROUBLES if name in names]
    return _TROUBLES[known[0]] if known else names[0]


def _causes(fault: BaseException) -> list[BaseException]:
    """An error with all that lies behind it: its causes, and the errors that libraries hand on as an argument."""
    found: list[BaseException] = []
    waiting: list[object] = [fault]
    while waiting and len(found) < 20:
        one = waiting.pop(0)
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return found


def retry_after(told: str | None, now: datetime) -> float | None:
    """Seconds to wait as a Retry-After header says them, in figures or as a date; None when it says nothing usable."""
    if told is None:
        return None
    try:
        seconds = float(told) if told.strip().replace(".", "", 1).isdigit() else _until(told, now)
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)


def _until(date: str, now: datetime) -> float:
    moment = parsedate_to_datetime(date)
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()
