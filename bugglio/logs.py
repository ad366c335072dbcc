"""How this process writes its log: as Cloud Logging reads it on Google Cloud, for people elsewhere. Always redacted."""

import json
import logging
import os
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import msgspec

from bugglio import journal
from bugglio.redact import guard
from bugglio.secret import is_on_google_cloud

LABELS = ("alert", "attempt", "code", "digest", "engineer", "page", "sid", "team", "text")
"""Facts that are names: Cloud Logging keeps them apart from the figures, and finds a line by them."""
REPORTED = "type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent"
"""What makes an error of a line that has no traceback."""
SERVERS = ("gunicorn.error",)
"""Loggers that write by handlers of their own unless they are kept from it."""

MOST_SAID, MOST_TRACED = 5_000, 30_000
"""
Characters of a sentence and of a traceback, of which each may take six bytes: a line of over 256 KiB is none to Cloud
Logging.
"""

_encode = msgspec.json.Encoder(enc_hook=str).encode


def begin(environ: Mapping[str, str], level: int = logging.INFO) -> None:
    """Have all lines of this process written so, on standard error; beginning again takes the place of the first."""
    handler = Lines()
    cloud = is_on_google_cloud(environ)
    handler.setFormatter(CloudLines(environ) if cloud else HumanLines())
    root = logging.getLogger()
    for old in [one for one in root.handlers if type(one) in (logging.StreamHandler, Lines)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    guard(tuple, [handler])
    if cloud:
        _take_over()


def _take_over() -> None:
    """Others' lines go the same way: the server's, warnings, and errors that nobody caught."""
    for name in SERVERS:
        server = logging.getLogger(name)
        if not any(isinstance(one, Handed) for one in server.filters):
            server.addFilter(Handed())
    logging.captureWarnings(capture=True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger(__name__).critical("Nobody caught an error.", exc_info=(kind, error, trace))


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and args.exc_type is not SystemExit:
        _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


class Handed(logging.Filter):
    """Hands a logger's records to the root's handlers, instead of to its own."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Nothing is left for the logger's own handlers."""
        logging.getLogger().handle(record)
        return False


class Lines(logging.Handler):
    """
    Writes to whatever is standard error at the moment, each line with one call of the system.

    Without a lock: whoever writes lets go of the interpreter meanwhile, and with a lock in hand each of many threads
    would wake only to wait for it.
    """

    def handle(self, record: logging.LogRecord) -> bool:
        """As logging's own, but for the lock. A line that cannot be made or written is nobody's failure."""
        try:
            if passes := bool(self.filter(record)):
                self.emit(record)
        except Exception as error:  # noqa: BLE001 - see above
            self._complain(error)
            return False
        return passes

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        _write(f"{self.format(record)}\n")

    def _complain(self, error: Exception) -> None:
        """Say that a line is missing, if that can be written; the error's words may be what must not be told."""
        said = f"A line of the log could not be written ({type(error).__name__})."
        with suppress(Exception):
            self.emit(logging.LogRecord(__name__, logging.ERROR, __file__, 0, said, (), None))


def _write(line: str) -> None:
    if sys.stderr is not sys.__stderr__:
        sys.stderr.write(line)
        return
    left = line.encode("utf-8", "backslashreplace")
    while left:
        # A pipe may take a long line in parts.
        left = left[os.write(2, left) :]


class CloudLines(logging.Formatter):
    """One JSON object a line, in the fields that Cloud Logging and Error Reporting know."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Traces are named by their project; errors are told apart by service and version."""
        super().__init__()
        project = environ.get("GOOGLE_CLOUD_PROJECT")
        self._traces = f"projects/{project}/traces/" if project else ""
        self._service = {"service": environ.get("K_SERVICE", ""), "version": environ.get("K_REVISION", "")}

    def format(self, record: logging.LogRecord) -> str:
        """The line; control characters and line breaks are escaped in it, so it stays one."""
        facts: dict[str, Any] = vars(record).get("facts") or {}
        line: dict[str, Any] = {
            "severity": record.levelname,
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "message": sentence(record),
            "event": vars(record).get("event", "log"),
        }
        line |= {name: value for name, value in facts.items() if value not in (None, "") and name not in LABELS}
        if "event" not in vars(record):
            line["logger"] = record.name
        line |= self._error(record, line) if record.levelno >= logging.ERROR else {}
        line |= self._place(facts)
        return _written(line)

    def _error(self, record: logging.LogRecord, line: Mapping[str, Any]) -> dict[str, Any]:
        """An error with a traceback is known by it, one without by its type."""
        stack = stack_of(record)
        known = {"stack_trace": stack} if stack else {"@type": REPORTED}
        return {**known, "serviceContext": self._service} if stack or line["event"] == "trouble" else {}

    def _place(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """What the line is about, and the request that it belongs to."""
        now = journal.whence()
        labels = {name: str(facts[name]) for name in LABELS if facts.get(name)}
        if now.door:
            labels["door"] = now.door
        place: dict[str, Any] = {"logging.googleapis.com/labels": labels} if labels else {}
        if now.trace and self._traces:
            place["logging.googleapis.com/trace"] = f"{self._traces}{now.trace}"
            if now.span:
                place["logging.googleapis.com/spanId"] = now.span
        return place


def _written(line: Mapping[str, Any]) -> str:
    """A line's JSON. Half a surrogate pair, which no UTF-8 can hold, is escaped as JSON has it."""
    try:
        return _encode(line).decode()
    except UnicodeEncodeError:
        return json.dumps(line, default=str)


class HumanLines(logging.Formatter):
    """The time of day, how bad it is, and the sentence."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; an error's traceback follows on lines of its own."""
        at = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        return "\n".join(filter(None, (f"{at} {record.levelname} {sentence(record)}", stack_of(record))))


def sentence(record: logging.LogRecord) -> str:
    """What a record says, with the code of the alert that it is about."""
    code, said = (vars(record).get("facts") or {}).get("code"), _short(record.getMessage(), MOST_SAID)
    return f"#{code} {said}" if code else said


def stack_of(record: logging.LogRecord) -> str:
    """A record's traceback; empty: it has none."""
    if record.exc_info and not record.exc_text:
        record.exc_text = logging.Formatter().formatException(record.exc_info)
    return _short(record.exc_text or (vars(record).get("facts") or {}).get("stack_trace") or "", MOST_TRACED)


def _short(text: str, most: int) -> str:
    """The text without its middle, if it is so long that Cloud Logging would not take the line whole."""
    return text if len(text) <= most else f"{text[: most // 2]}\n...\n{text[-most // 2 :]}"
