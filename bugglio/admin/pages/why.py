"""Why was nobody paged? By an alert's code, by an error of Bugsnag's, or by words; and what opened nothing lately."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bugglio import remedies
from bugglio.admin import cursors
from bugglio.admin.saying import person
from bugglio.alert import Alert
from bugglio.pager.browsing import why
from bugglio.pager.browsing.why import Told
from bugglio.remedies import Remedy
from bugglio.roster import UNOWNED, Roster

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from bugglio.store import Document, Store

LONGEST = 300
"""Characters of what is asked."""
CODE = re.compile(r"#?([1-9][0-9]{0,8})")
ADDRESS = re.compile(r"/errors/([A-Za-z0-9_-]{1,200})")
ERROR = re.compile(r"[A-Za-z0-9_-]{8,200}")
TRIGGERS = {
    "firstException": "A new error",
    "exception": "An error",
    "powerTen": "An error's 10th, 100th, ... event",
    "errorEventFrequency": "An error that is frequent",
    "reopened": "An error that is open again",
    "projectSpiking": "A spike",
    "errorStateManualChange": "Changed in Bugsnag:",
    "comment": "A comment in Bugsnag",
    "release": "A release",
}
"""Bugsnag's triggers in words."""


@dataclass(frozen=True)
class Row:
    """Events of one error that opened nothing, all for one reason."""

    project: str
    error: str
    """Its class."""
    message: str
    what: str
    """The trigger."""
    count: int
    first: int | None
    last: int | None
    remedy: Remedy
    unowned: bool
    """Whether no team answers for its project."""


@dataclass(frozen=True)
class Story:
    """What happened to one alert."""

    key: str
    alert: Alert
    reasons: Sequence[tuple[int, str, str]]
    """When, what, and more of it; the oldest first."""


@dataclass(frozen=True)
class Asked:
    """What was asked, and what was found."""

    text: str
    code: int = 0
    told: Sequence[Story] = ()
    """The alerts that it names."""
    rows: Sequence[Row] = ()
    looked_at: int = 0
    further: str = ""
    """The address's part that leads on; empty at the end."""
    begins: bool = True
    exact: Sequence[Row] = field(default=())
    """Events of the error that it names."""

    @property
    def nothing(self) -> bool:
        """Whether nothing at all is known of it."""
        return bool(self.text) and not (self.told or self.rows or self.exact or self.further)


def asked(store: "Store", given: "MultiDict[str, str]", roster: Roster) -> Asked:
    """What somebody asks, answered."""
    text = given.get("q", "")[:LONGEST].strip()
    after = cursors.from_text(given.get("after", ""), "unrouted", "last")
    code = CODE.fullmatch(text)
    if code is not None and after is None:
        found = why.of_code(store, int(code[1]))
        return Asked(text, int(code[1]), [_story(found)] if found is not None else [])
    error = _error(text) if after is None else ""
    told = [_story(one) for one in why.of_error(store, error)] if error else []
    exact = [row(one, roster) for one in why.unrouted_of(store, error)] if error else []
    if told or exact:
        return Asked(text, told=told, exact=exact)
    some = why.unrouted(store, text.casefold().split(), after)
    further = {"q": text, "after": cursors.to_text(some.last, "last")} if some.last is not None else {}
    return Asked(
        text,
        rows=[row(one, roster) for one in some.found],
        looked_at=some.looked_at,
        further=urlencode({name: value for name, value in further.items() if value}),
        begins=after is None,
    )


def row(document: "Document", roster: Roster) -> Row:
    """How the list shows events that opened nothing."""
    said = {name: str(value) for name, value in document.fields.items() if isinstance(value, str)}
    times = {name: value for name, value in document.fields.items() if isinstance(value, int)}
    name, key, trigger = said.get("project", ""), said.get("project_id", ""), said.get("trigger") or "no trigger"
    return Row(
        project=name or key,
        error=said.get("error_class", ""),
        message=said.get("message", ""),
        what=f"{TRIGGERS.get(trigger, trigger)} {said.get('change', '')}".strip(),
        count=times.get("count", 1),
        first=times.get("first"),
        last=times.get("last"),
        remedy=remedies.of_event(said.get("reason", "")),
        unowned=roster.team_of(name, key).id == UNOWNED.id,
    )


def _story(told: Told) -> Story:
    return Story(told.key, told.alert, [(one["at"], one["reason"], _named(one["detail"])) for one in told.reasons])


def _named(detail: str) -> str:
    """What is told of somebody, by their name."""
    who, colon, rest = detail.partition(": ")
    return f"{person(who)}{colon}{rest}"


def _error(text: str) -> str:
    """Bugsnag's id of an error, alone or in the address of its page."""
    named = ADDRESS.search(text)
    if named is not None:
        return named[1]
    return text if ERROR.fullmatch(text) else ""
