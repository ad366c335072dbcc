"""
What each server process of a fault run serves: the same app as main.py's, on a store and a carrier with traps.

functions-framework loads this file in gunicorn's master, which forks the process that serves. What takes long to
import is imported here, so that a process which was killed is followed by another within milliseconds.
"""

# ruff: noqa: E402 - the clock is set before anybody looks at it
import os
import time

SKEW = int(os.environ.get("FAULTS_SKEW", "0"))
"""Seconds by which this process's clock is wrong."""
BLIND = bool(os.environ.get("FAULTS_BLIND"))
"""Whether a text is sent again whenever nobody knows whether it went out: a fault that a run has to find."""
_true, _true_ns = time.time, time.time_ns
time.time = lambda: _true() + SKEW
time.time_ns = lambda: _true_ns() + SKEW * 10**9

import ctypes
import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import twilio.rest.api.v2010  # noqa: F401 - see above
from flask import Request
from werkzeug import Response

from bugglio.app import App, Parts, open_store
from bugglio.app import twilio as real_twilio
from bugglio.delivery import Logged, Outcome, Unknown
from bugglio.exchange import Exchange
from bugglio.pager.ports import Outgoing
from bugglio.secret import load
from bugglio.store import Document, Reading, Store, Unreachable, Write, Written
from bugglio.store.late import LateStore
from tools.faults import steps
from tools.faults.traps import AFTER, BEFORE, FAIL, LONG, LOSE, Traps, suffer

if os.environ["BUGGLIO_STORE"] == "firestore":
    import_module("bugglio.store.firestore")
    # Deadlines are made of Python's clock and kept by gRPC's own, which stays right.
    vars(import_module("grpc._channel"))["time"] = SimpleNamespace(time=_true, perf_counter=time.perf_counter)

PR_SET_PDEATHSIG = 1
# A server does not outlive whoever started it, however they end.
ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
if os.getppid() != int(os.environ["FAULTS_PARENT"]):
    sys.exit(1)
_log = logging.getLogger(__name__)

DOORS = {"/bugsnag": "webhook", "/sms": "sms", "/sms-status": "sms-status", "/tick": "tick"}
"""What the doors are called in the names of steps."""


class Place(threading.local):
    """Where a thread is: at which door, and with which attempt."""

    door = ""
    page = ""
    attempt = ""


class Perils:
    """The traps that a process may step into."""

    def __init__(self, traps: Traps) -> None:
        """Share these with other processes."""
        self._traps = traps
        self.place = Place()
        self._idle = threading.Condition()
        self._commits = 0

    @contextmanager
    def commits(self) -> Iterator[None]:
        """While a commit is under way."""
        with self._idle:
            self._commits += 1
        try:
            yield
        finally:
            with self._idle:
                self._commits -= 1
                self._idle.notify_all()

    def at(self, step: str, side: str) -> str:
        """Come to a step; the deed that is left to the caller, if a trap lay there."""
        if not self.place.door:
            return ""
        trap = self._traps.take(f"{self.place.door} {step} {side}")
        if trap is None:
            return ""
        with self._idle:
            # Whoever stands still inside a commit to SQLite's file keeps every process from writing: not for minutes.
            self._idle.wait_for(lambda: trap.seconds < LONG or not self._commits)
            suffer(self._traps, trap, {"page": self.place.page, "attempt": self.place.attempt})
        return trap.deed


class PerilousStore:
    """The port on another store: before and after each commit there may be a trap."""

    def __init__(self, store: Store, perils: Perils) -> None:
        """Keep what it works with."""
        self._store = store
        self._perils = perils

    def get(self, paths: Sequence[str]) -> Reading:
        """Read."""
        return self._store.get(paths)

    def query(self, collection: str, field: str, **how: Any) -> list[Document]:
        """Ask."""
        return self._store.query(collection, field, **how)

    def count(self, collection: str, field: str, **how: Any) -> int:
        """Count."""
        return self._store.count(collection, field, **how)

    def commit(self, writes: Sequence[Write]) -> list[Written]:
        """Commit, unless something happens."""
        step = steps.commit()
        if self._perils.at(step, BEFORE) == FAIL:
            raise Unreachable("the connection broke before the commit")
        with self._perils.commits():
            done = self._store.commit(writes)
        if self._perils.at(step, AFTER) == LOSE:
            raise Unreachable("the answer to the commit was lost")
        return done

    def close(self) -> None:
        """Let go."""
        self._store.close()


class PerilousCarrier:
    """Another carrier: before and after each call, and at the moment of writing, there may be a trap."""

    def __init__(self, settings: Callable[[], Any], perils: Perils) -> None:
        """Keep what it works with."""
        self._carrier = real_twilio(settings())
        self._perils = perils

    def send(self, text: Outgoing, *, patience: float, fresh: Callable[[], bool]) -> Outcome:
        """Send, unless something happens."""
        perils, door = self._perils, self._perils.place.door

        def asked() -> bool:
            """In the thread that writes the request."""
            place = perils.place
            place.door, place.page, place.attempt = door, text.page, text.attempt
            perils.at("write", BEFORE)
            return fresh()

        self._perils.at("call", BEFORE)
        outcome = self._carrier.send(text, patience=patience, fresh=asked)
        if BLIND and isinstance(outcome, Unknown):
            outcome = self._carrier.send(text, patience=patience, fresh=asked)
        return Unknown("the answer was lost") if self._perils.at("call", AFTER) == LOSE else outcome

    def find(self, to: str, *, spoken: bool = False) -> Sequence[Logged]:
        """Look into the log, unless something happens."""
        self._perils.at("log", BEFORE)
        found = self._carrier.find(to, spoken=spoken)
        self._perils.at("log", AFTER)
        return found


def _stop_at_the_write(perils: Perils) -> None:
    """Have a trap between an exchange's leave to write and its first byte."""
    leave = Exchange.leave

    def leave_and_stop(self: Exchange, connection: Any) -> None:
        leave(self, connection)
        perils.at("write", AFTER)

    setattr(Exchange, "leave", leave_and_stop)  # noqa: B010 - mypy forbids the assignment


def _build() -> App:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    configuration = load(os.environ, alarm=_log.error)
    certificates = {"key-1": Path(os.environ["FAULTS_CERTIFICATE"]).read_text()}
    late = LateStore(lambda: open_store(configuration.current()))
    parts = Parts(
        store=PerilousStore(late, PERILS),
        carrier=PerilousCarrier(configuration.current, PERILS),
        certificates=lambda: certificates,
    )
    return App(configuration.current, _alarm, parts)


def _alarm(error: BaseException, where: str) -> None:
    _log.error("%s: %r", where, error)


PERILS = Perils(Traps(Path(os.environ["FAULTS_TRAPS"])))
_stop_at_the_write(PERILS)
APP = _build()


def bugglio(request: Request) -> Response:
    """All doors under one address."""
    PERILS.place.door = DOORS.get(request.path, "")
    PERILS.place.page = PERILS.place.attempt = ""
    return APP.serve("bugglio", request)
