"""
Bugsnag's payload in our words.

Source of the fields: docs.bugsnag.com/product/integrations/webhook and real payloads of 2021 and 2022.
"""

import hashlib
import json
import re
from array import array
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import accumulate
from typing import Any

TRIGGERS = frozenset(
    {
        "firstException",
        "errorEventFrequency",
        "powerTen",
        "exception",
        "reopened",
        "projectSpiking",
        "release",
        "projectSamplingStarted",
        "projectApproachingRateLimit",
        "comment",
        "errorStateManualChange",
    }
)
"""Every `trigger.type` that Bugsnag documents."""
STATE_CHANGES = frozenset({"fixed", "reopened", "snoozed", "snoozeCancelled", "ignored", "unignored"})
"""Every `trigger.stateChange` that Bugsnag documents."""

OWN = "bugglio"
"""The app type of bugglio's own errors: trouble with one of these is not reported, it would only make another."""

MAX_DEPTH = 200
"""Objects and lists inside each other; a body that nests deeper is not read."""
MAX_MESSAGE, MAX_NAME, MAX_ID = 1000, 300, 200
"""Characters kept of a message or comment, of any other text, of an id."""
MAX_COUNT = 10**15
"""Greater numbers are as good as unreadable: they must fit 64 bits even after a multiplication."""
LONGEST_SNOOZE = 10**9
"""What a snooze rule's value is lowered to: 31 years, or as many events or users."""


@dataclass(frozen=True)
class SnoozeRule:
    """Until when a person snoozed an error in Bugsnag."""

    kind: str
    """`seconds`, `occurrences`, `users` or `per_hour`."""
    value: int


Box = dict[str, Any]


@dataclass(frozen=True)
class Event:
    """One webhook delivery. What could not be read is empty, 0 or None."""

    trigger: str
    """`trigger.type`, as it came."""
    message: str
    """`trigger.message`: "New handled error", "100th event"."""
    change: str = ""
    """`trigger.stateChange`."""
    snooze: SnoozeRule | None = None
    rate: int | None = None
    account: str = ""
    """The name of Bugsnag's account: whose errors these are."""
    project_id: str = ""
    project: str = ""
    error_id: str = ""
    """Bugsnag's group, `error.errorId`."""
    event_id: str = ""
    """`error.id`: this one event."""
    error_class: str = ""
    error_message: str = ""
    context: str = ""
    stage: str = ""
    version: str = ""
    severity: str = ""
    unhandled: bool | None = None
    occurrences: int | None = None
    received: int | None = None
    """`error.receivedAt` in milliseconds, Bugsnag's clock."""
    url: str = ""
    app_type: str = ""
    actor: str = ""
    """Who changed the state or commented."""
    comment_id: str = ""
    comment: str = ""
    release_id: str = ""
    release_version: str = ""
    raw: Box = field(default_factory=dict, compare=False, repr=False)
    """The decoded body. What is made of it below is made when it is asked for: few events are ever asked."""

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the whole body: by this a delivery without any id is known."""
        return _hash(_CANONICAL.encode(self.raw))

    @cached_property
    def payload(self) -> Box:
        """The cleaned payload, for the dotted paths of a team's text."""
        return _kept(self.raw, _told(self.raw, _box(self.raw, "error")))


_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEPS = bytes.maketrans(b"[]{}", b"\x01\xff\x01\xff")
_SURROGATE = re.compile(r"\\u[dD](?:([89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|[89a-fA-F][0-9a-fA-F]{2})")


def decode(body: bytes) -> Box | None:
    """
    Read the JSON object of a webhook; None when the body is not one, or nests over 200 deep.

    Bytes that are no UTF-8 and halves of surrogate pairs become U+FFFD, NULs vanish, of doubled keys the last counts.
    Numbers that are not whole, or longer than 18 characters, come as the text that was written: so a version of 1.10
    is not 1.1, and no number is too great to be kept.
    """
    if _too_deep(body):
        return None
    text = body.decode("utf-8-sig", "replace").replace("\0", "")
    try:
        payload = _JSON.decode(_mended(text) if _suspect(text) else text)
    except ValueError:
        return None
    return payload if isinstance(payload, dict) else None


def _too_deep(body: bytes) -> bool:
    """
    Whether brackets outside strings nest over 200 deep.

    It is found before the body is parsed: how deep a parser can go without harm depends on the interpreter.
    """
    if body.count(b"[") + body.count(b"{") <= MAX_DEPTH:
        return False
    brackets = _STRING.sub(b"", body).translate(_STEPS, _NOT_BRACKETS)
    return max(accumulate(array("b", brackets)), default=0) > MAX_DEPTH


def _suspect(text: str) -> bool:
    """Whether escapes of NULs or surrogates may be in it; most payloads have none, or only such as those of `&`."""
    return "\\u0000" in text or "\\ud" in text or "\\uD" in text


def _mended(text: str) -> str:
    """
    JSON without escaped NULs and without escaped surrogates that have no partner.

    Once each escaped backslash is written otherwise, every backslash that is left begins an escape.
    """
    text = text.replace("\\\\", "\\u005c").replace("\\u0000", "")
    return _SURROGATE.sub(lambda found: found[0] if found[1] else "\\ufffd", text)


def _whole(digits: str) -> int | str:
    """An integer, or its text when it is longer than any number that we count with."""
    return int(digits) if len(digits) <= 18 else digits


_JSON = json.JSONDecoder(strict=False, parse_int=_whole, parse_float=str, parse_constant=str)
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"))

_CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
_CONTROLS = re.compile(rf"(?<! ) *+[{_CONTROL}][ {_CONTROL}]*+")
_LONE = re.compile("[\ud800-\udfff]")
_ID = re.compile(r"(?!\.\.?$|__.*__$)[A-Za-z0-9._:-]+", re.ASCII)
_IN_URL = re.compile(r"/errors/([^/?#]+)")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_DROPPED = frozenset({"apiKey", "stackTrace", "stacktrace", "breadcrumbs", "metaData"})
_SNOOZES = {
    "occurs_after": "seconds",
    "occurrences": "occurrences",
    "affected_users": "users",
    "occurrence_per_hour": "per_hour",
    "": "per_hour",
}


def parse(payload: Box) -> Event:
    """
    Say what a decoded payload means; every part of it may be missing or of another type, which counts as missing.

    It knows three shapes: that of 2014 to 2016, that of 2021, and one that tells class and message in `exceptions`.
    """
    trigger, project, error, release, user, comment = (
        _box(payload, name) for name in ("trigger", "project", "error", "release", "user", "comment")
    )
    told = _told(payload, error)
    return Event(
        trigger=_line(trigger.get("type")),
        message=_line(trigger.get("message")),
        change=_line(trigger.get("stateChange")),
        snooze=_snooze(_box(trigger, "snoozeRule")),
        rate=_count(trigger.get("rate")),
        account=_line(_box(payload, "account").get("name")),
        project_id=_id(project.get("id")),
        project=_line(project.get("name")),
        error_id=_error_id(error),
        event_id=_id(error.get("id")),
        error_class=told["exceptionClass"],
        error_message=told["message"],
        context=_line(error.get("context")),
        stage=told["releaseStage"] or _line(release.get("releaseStage")),
        version=told["appVersion"] or _line(release.get("version")),
        severity=_line(_text(error.get("severity")).lower()),
        unhandled=error["unhandled"] if isinstance(error.get("unhandled"), bool) else None,
        occurrences=_count(error.get("occurrences")),
        received=_moment(error.get("receivedAt")),
        url=_url(error.get("url")) or _url(release.get("url")) or _url(project.get("url")),
        app_type=_line(_box(error, "app").get("type")),
        actor=_line(user.get("name")) or _line(user.get("email")),
        comment_id=_id(comment.get("id")),
        comment=spoken(comment.get("message")),
        release_id=_id(release.get("id")),
        release_version=_line(release.get("version")),
        raw=payload,
    )


def spoken(message: Any) -> str:
    """A comment as an event has it: one line, of a sane length."""
    return _line(message, MAX_MESSAGE)


def at_path(payload: Box, path: str) -> str:
    """
    The text at a dotted path, "error.device.osName", of an event's `payload`; "" when nothing that has a text is there.

    What `Event` reads from more than one place is found under its usual name: `error.releaseStage`, `error.appVersion`,
    `error.exceptionClass`, `error.message`.
    """
    value: Any = payload
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return str(value).lower() if isinstance(value, bool) else _line(value, MAX_MESSAGE)


def _told(payload: Box, error: Box) -> dict[str, str]:
    """What the shapes tell in different places, by the names under `error` that teams use in their text."""
    app, thrown = _box(error, "app"), _exception(error) or _exception(payload)
    return {
        "exceptionClass": _line(error.get("exceptionClass")) or _line(thrown.get("errorClass")),
        "message": _line(error.get("message"), MAX_MESSAGE) or _line(thrown.get("message"), MAX_MESSAGE),
        "releaseStage": _line(error.get("releaseStage")) or _line(app.get("releaseStage")),
        "appVersion": _line(error.get("appVersion")) or _line(app.get("version")),
    }


def _exception(holder: Box) -> Box:
    """The outermost of the exceptions: it was caused by those after it."""
    exceptions = holder.get("exceptions")
    first = exceptions[0] if isinstance(exceptions, list) and exceptions else None
    return first if isinstance(first, dict) else {}


def _error_id(error: Box) -> str:
    """
    Bugsnag's group of an error, from its address where no `errorId` is told.

    Bugsnag's own paging plugins took the address up to its `?`. `error.id` names the one event, and each would page.
    """
    address = _text(error.get("url")).partition("?")[0]
    named = _IN_URL.search(address)
    return _id(error.get("errorId")) or _id(named[1] if named else address)


def _snooze(rule: Box) -> SnoozeRule | None:
    """
    A snooze rule, by the documented or the real names of its fields; None when it has no value.

    Real rules by events an hour name no type. The documentation has `occurs_after` in minutes: real ones are seconds.
    """
    kind = _SNOOZES.get(_line(rule.get("ruleType")) or _line(rule.get("type")))
    value = _count(rule.get("ruleValue"))
    return SnoozeRule(kind, min(value, LONGEST_SNOOZE)) if kind and value else None


def _box(holder: Box, name: str) -> Box:
    """The object of this name, or an empty one."""
    value = holder.get(name)
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    """A text or a number as one line of text that any system takes; "" for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if not isinstance(value, str):
        return str(value)
    return (value if value.isprintable() else _LONE.sub("\ufffd", _CONTROLS.sub(" ", value))).strip()


def _line(value: Any, longest: int = MAX_NAME) -> str:
    """`_text` of a sane length."""
    if value is None:
        return ""
    text = _text(value)
    return text if len(text) <= longest else text[:longest].rstrip()


def _id(value: Any) -> str:
    """An id as it came, if it can be part of a document's path; else its hash, so that it stays the only one."""
    text = _text(value) if value is not None else ""
    return text if not text or (len(text) <= MAX_ID and _ID.fullmatch(text)) else _hash(text)


def _url(value: Any) -> str:
    """An address of the web. A long one loses its query; cut elsewhere it would lead nowhere."""
    text = _text(value)
    if len(text) > MAX_NAME:
        text = text.partition("?")[0]
    return text if len(text) <= MAX_NAME and text.lower().startswith(("https://", "http://")) else ""


def _count(value: Any) -> int | None:
    """A whole number from nothing up, or the text of one."""
    if isinstance(value, str) and len(value) <= 18 and value.isascii() and value.strip().isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= MAX_COUNT else None


def _moment(value: Any) -> int | None:
    """Milliseconds since 1970 of an ISO 8601 date and time; without an offset it is UTC. A date alone is no moment."""
    if not isinstance(value, str) or not _MOMENT.match(value.strip()):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH) // timedelta(milliseconds=1)


def _hash(text: str) -> str:
    """32 hexadecimal digits that differ for different texts."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def _kept(payload: Box, told: dict[str, str]) -> Box:
    """The scalars of a payload that a team's text may name, with what was told elsewhere under its usual name."""
    kept = _scalars(payload)
    if isinstance(kept.get("error"), dict) or any(told.values()):
        kept["error"] = _box(kept, "error") | told
    return kept


def _scalars(holder: Box) -> Box:
    """A payload without lists, stack traces, breadcrumbs, metadata and keys: they are large, personal or secret."""
    kept: Box = {}
    for name, value in holder.items():
        if name in _DROPPED or isinstance(value, list):
            continue
        kept[name] = _scalars(value) if isinstance(value, dict) else value
    return kept
