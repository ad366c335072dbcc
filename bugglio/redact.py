"""Take secrets and phone numbers out of text before it goes to a log or an error report."""

import json
import logging
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus

MASK = "***"

_PLUS = r"(?:\+|%2[Bb]|\\u002[Bb]|&\#43;)"
_GAP = r"[ ().\-/\u00a0]{0,2}"
_PHONE = re.compile(
    rf"""
    (?=[+%\\&(\d])                                                # what one begins with: quickly no
    (?: {_PLUS}\d{{10,}}                                           # +14155550101, also as %2B14155550101
    | {_PLUS}{_GAP}\d(?:{_GAP}\d){{6,14}}                        # +44 20 7946 0958
    | (?<![0-9A-Za-z])(?<!\d\.)\d{{8,15}}(?![0-9A-Za-z])         # 14155550101; not a part of an id or of a fraction
    | (?<![\w\-])\(?\d{{3}}\)?[ .\-]{{1,2}}\d{{3}}[ .\-]\d{{4}}(?![\w\-])   # (415) 555-0101
    )
    """,
    re.VERBOSE,
)
_CREDENTIALS = re.compile(r"\b(Basic|Bearer)(\s+)[A-Za-z0-9+/=._~\-]{8,}", re.IGNORECASE)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """
    Replace each secret by `***` and each phone number by its last four digits: `+14155550101` becomes `...0101`.

    Secrets are found as they are and as URLs, JSON and Python's repr write them. What follows `Basic` or `Bearer` is
    masked whoever's it is. Any 8 to 15 digits by themselves count as a phone number, so times in milliseconds are cut
    too: better a time lost than a number told.
    """
    pattern = _secrets(frozenset(secrets))
    if pattern is not None:
        text = pattern.sub(MASK, text)
    text = _CREDENTIALS.sub(rf"\1\2{MASK}", text)
    return _PHONE.sub(lambda found: short(found[0]), text)


def _tells(text: str, secrets: frozenset[str]) -> bool:
    """Whether there may be anything to take out."""
    pattern = _secrets(secrets)
    own = pattern is not None and pattern.search(text) is not None
    return own or _CREDENTIALS.search(text) is not None or _PHONE.search(text) is not None


def redacted(value: Any, secrets: Iterable[str]) -> Any:
    """JSON's values, with each text in them, keys too, redacted; what they are put into as JSON stays JSON."""
    if isinstance(value, str):
        return redact(value, secrets)
    if isinstance(value, dict):
        return {redact(str(name), secrets): redacted(each, secrets) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(each, secrets) for each in value]
    return value


def short(number: str) -> str:
    """The last four digits of a phone number, as all logs and most pages show it: `...0101`."""
    digits = [char for char in number if char.isdigit()]
    return "..." + "".join(digits[-4:])


@lru_cache(maxsize=16)
def _secrets(secrets: frozenset[str]) -> re.Pattern[str] | None:
    """One pattern for all forms of all secrets, longest first, so that a secret inside another leaves no rest."""
    forms = {form for secret in secrets for form in _forms(secret)} - {""}
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    return re.compile("|".join(re.escape(form) for form in longest_first)) if forms else None


def _forms(secret: str) -> tuple[str, ...]:
    """A secret as it is, in a URL, in JSON, in Python's repr."""
    return secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1]


_LOGGINGS_OWN = frozenset(vars(logging.makeLogRecord({}))) - {"msg", "exc_text", "stack_info"}
"""What the library itself notes of a record: names of loggers, files and threads."""


class Redaction(logging.Filter):
    """
    Redacts each log record, its exception and stack included, before a handler writes it.

    A filter of a handler sees what child loggers pass up; a filter of a logger does not: put it on handlers, which
    `guard` does.
    """

    def __init__(self, secrets: Callable[[], Iterable[str]]) -> None:
        """`secrets` is asked for each record, so that a renewed secret is masked from its first moment."""
        super().__init__()
        self._secrets = secrets

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; always True: nothing is left out of the log."""
        secrets = frozenset(self._secrets())
        record.msg, record.args = _message(record), None
        if record.exc_info:
            record.exc_text = record.exc_text or logging.Formatter().formatException(record.exc_info)
            record.exc_info = None
        ours = {name: value for name, value in vars(record).items() if name not in _LOGGINGS_OWN and value is not None}
        # Nearly always there is nothing to take out: all texts are looked at as one.
        texts: list[str] = []
        _gather(ours, texts)
        whole = "\n".join(texts)
        if _tells(whole, secrets):
            vars(record).update(redacted(ours, secrets))
        return True


def _gather(value: Any, texts: list[str]) -> None:
    """Add every text in this value, however deep."""
    if isinstance(value, str):
        texts.append(value)
    elif isinstance(value, dict):
        for name, each in value.items():
            texts.append(str(name))
            _gather(each, texts)
    elif isinstance(value, list | tuple):
        for each in value:
            _gather(each, texts)


def _message(record: logging.LogRecord) -> str:
    """The record's text; arguments that do not fit would otherwise be printed raw by logging's own complaint."""
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - whatever an argument's own words come to
        return f"{record.msg} (its arguments do not fit)"


def guard(secrets: Callable[[], Iterable[str]], handlers: Iterable[logging.Handler]) -> None:
    """Put a `Redaction` on each handler, once: a second call replaces the first one's."""
    for handler in handlers:
        for old in [each for each in handler.filters if isinstance(each, Redaction)]:
            handler.removeFilter(old)
        handler.addFilter(Redaction(secrets))
