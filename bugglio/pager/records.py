"""What is kept of events that concern no open alert: why nothing was opened, the projects seen, their releases."""

import hashlib
import re
from typing import Any

from bugglio.bugsnag import Event
from bugglio.pager import making
from bugglio.pager.kit import Kit
from bugglio.roster import HOUR, Roster
from bugglio.store import ABSENT, EXISTS, Document, Write
from bugglio.store.change import change
from bugglio.store.retry import retrying
from bugglio.triage import DOUBLED

RELEASES = 20
TOLD_AGAIN = 2 * HOUR
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,99}")


def project_path(event: Event) -> str:
    """Where the event's Bugsnag project lies in the store."""
    name = event.project_id or event.project or "unknown"
    return f"projects/{name if _PLAIN.fullmatch(name) else _hash(name)}"


def project_seen(event: Event, now: int) -> Write:
    """The write that keeps a project of which nothing is known yet."""
    return Write(project_path(event), ABSENT, put={"v": 1, **_seen(event, now)})


class Records:
    """Keeps records."""

    def __init__(self, kit: Kit) -> None:
        """Keep what it works with."""
        self._kit = kit

    def nothing_opened(self, event: Event, reason: str, alert: str = "", *, tell: bool = False, times: int = 1) -> str:
        """
        Count the event among those that opened nothing for this reason; `tell`: the admins hear of it.

        `times`: so many of the same alert came at once.
        """
        return retrying(lambda: self._nothing_opened(event, reason, alert, tell, times))

    def _nothing_opened(self, event: Event, reason: str, alert: str, tell: bool, times: int) -> str:  # noqa: FBT001
        what = event.error_id or f"{event.trigger} {event.change}"
        where = f"unrouted/{_hash(f'{event.project_id} {event.project}', what, reason)}"
        reading = self._kit.store.get([where])
        now = reading.at
        if reading.get(where) is not None:
            more = {"untold": now} if tell else {}
            self._kit.store.commit([Write(where, EXISTS, put=more, increment={"count": times}, maximum={"last": now})])
            return reason
        found = {"alert": alert or None, "untold": now if tell else None}
        self._kit.store.commit([change(where, None, {**_described(event, reason, now), **found, "count": times})])
        return reason

    def release(self, event: Event) -> str:
        """Keep a release on its project; one that was told twice is kept once."""
        return retrying(lambda: self._release(event))

    def _release(self, event: Event) -> str:
        where = project_path(event)
        reading = self._kit.store.get([where])
        key = event.release_id or event.fingerprint
        known = _releases(reading.get(where))
        if any(one["id"] == key and (event.release_id or reading.at - one["at"] < DOUBLED) for one in known):
            return "the same release once more"
        fresh = {"id": key, "version": event.release_version, "stage": event.stage, "at": reading.at}
        self._kit.store.commit(
            [_on_project(event, reading.get(where), reading.at, releases=[*known, fresh][-RELEASES:])]
        )
        return f"release {event.release_version or 'without a version'}"

    def limits(self, event: Event, roster: Roster) -> tuple[str, list[str]]:
        """Tell the admins that Bugsnag limits a project, once in 2 hours; also the ids of the notices."""
        return retrying(lambda: self._limits(event, roster))

    def _limits(self, event: Event, roster: Roster) -> tuple[str, list[str]]:
        where = project_path(event)
        reading = self._kit.store.get([where])
        found = reading.get(where)
        told = dict(found.fields.get("told") or {}) if found else {}
        if reading.at - told.get(event.trigger, 0) < TOLD_AGAIN:
            return "the admins were told less than 2 hours ago", []
        told[event.trigger] = reading.at
        text = f"Bugsnag, {event.project or 'a project'}: {event.message or event.trigger}"
        made = making.for_admins(roster, f"{where} {event.trigger} {reading.at}", text, reading.at)
        kept = _on_project(event, found, reading.at, told=told)
        self._kit.store.commit([kept, *(making.new(key, page) for key, page in made)])
        return "the admins are told", [key for key, _ in made]


def _on_project(event: Event, found: Document | None, now: int, **fields: Any) -> Write:
    seen = {} if found else {"v": 1, **_seen(event, now)}
    return change(project_path(event), found, {**seen, **fields})


def _seen(event: Event, now: int) -> dict[str, Any]:
    account = {"account": event.account} if event.account else {}
    return {"id": event.project_id, "name": event.project, **account, "seen": now}


def _releases(found: Document | None) -> list[dict[str, Any]]:
    return list(found.fields.get("releases") or []) if found else []


def _described(event: Event, reason: str, now: int) -> dict[str, Any]:
    return {
        "v": 1,
        "reason": reason,
        "trigger": event.trigger,
        "change": event.change,
        "project_id": event.project_id,
        "project": event.project,
        "error_id": event.error_id,
        "error_class": event.error_class,
        "message": event.error_message[:300],
        "first": now,
        "last": now,
    }


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]
