"""What happened, one line an event, for whoever looks into the log; the request in hand is known to each line."""

import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

from bugglio.chronicle import Happening

DEBUG = logging.DEBUG
INFO = logging.INFO
WARNING = logging.WARNING
ERROR = logging.ERROR

_log = logging.getLogger("bugglio")


@dataclass(frozen=True)
class Whence:
    """The request in hand: the door it came to, and its trace as Google's front end named it."""

    door: str = ""
    trace: str = ""
    """32 hexadecimal digits ..."""
    span: str = ""
    """... and 16; empty where the request named none."""
    arrived: float = 0.0
    """Seconds, by a clock that nobody sets back."""


class Headers(Protocol):
    """A request's headers."""

    def get(self, name: str, /) -> str | None:
        """The value of one, or None."""
        ...


NOWHERE = Whence()
_whence: ContextVar[Whence] = ContextVar("bugglio_whence", default=NOWHERE)


def tell(event: str, sentence: str, level: int = INFO, **facts: Any) -> None:
    """
    Write one line.

    Of facts, what is None or empty is left out. No text's words, no error's message and no phone number are facts:
    codes and ids are.
    """
    if not _log.isEnabledFor(level):
        return
    # Made here: logging would look through the stack first, for a place in the program that no line names.
    record = logging.LogRecord(_log.name, level, "", 0, sentence, (), None)
    vars(record).update(event=event, facts=facts)
    _log.handle(record)


def write(told: Happening) -> None:
    """Write one line of what was found to have happened."""
    tell(told.event, told.sentence, WARNING if told.grave else INFO, **told.facts)


def whence() -> Whence:
    """The request in hand; outside of one, nothing is known of it."""
    return _whence.get()


def passed(door: str) -> float:
    """Seconds since the request in hand arrived, if that was at this door; otherwise 0."""
    now = _whence.get()
    return time.monotonic() - now.arrived if now.door == door else 0.0


@contextmanager
def request(headers: Headers) -> Iterator[None]:
    """Lines written meanwhile, by this thread, belong to this request."""
    token = _whence.set(Whence("", *_traced(headers), time.monotonic()))
    try:
        yield
    finally:
        _whence.reset(token)


def enter(door: str) -> None:
    """The request in hand has come to this door."""
    now = _whence.get()
    _whence.set(Whence(door, now.trace, now.span, now.arrived))


_PARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?")
_CONTEXT = re.compile(r"([0-9a-fA-F]{32})(?:/([0-9]{1,20}))?(?:;.*)?")


def _traced(headers: Headers) -> tuple[str, str]:
    """Trace and span: W3C's header, else Google's older one, whose span is a decimal number. Anybody may send both."""
    if (told := headers.get("traceparent")) and (found := _PARENT.fullmatch(told)):
        return found[1], found[2]
    if (told := headers.get("X-Cloud-Trace-Context")) and (found := _CONTEXT.fullmatch(told)):
        span = int(found[2] or 0)
        return found[1].lower(), f"{span:016x}" if 0 < span < 1 << 64 else ""
    return "", ""
