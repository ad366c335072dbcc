"""
The daily self-test: an event through the public address, up to the words of its page, which is never sent.

The tick stores a random id and posts the event with it; the door that is handed that id, within five minutes, leaves
the proof. Whoever else has the webhook's secret knows no such id: they can neither feign the proof nor do harm by it.
"""

import hmac
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from bugglio import journal
from bugglio.bugsnag import OWN, Event
from bugglio.gsm import septets
from bugglio.health import LATE
from bugglio.pager.kit import Kit
from bugglio.pager.ports import Web
from bugglio.pager.wellbeing.pulse import PULSE
from bugglio.pager.wellbeing.rehearsal import rehearse
from bugglio.roster import DAY, EVERY_PROJECT, MINUTE, Roster
from bugglio.store import Conflict, Document, Reading, Write
from bugglio.store.change import change
from bugglio.store.retry import retrying

PATH = "pulse/self-test"
HEADER = "X-Bugglio-Self-Test"
"""By this header the door knows it; its value is the id."""
AT, SENT, FAILED = "self_test_at", "self_test_sent", "self_test_failed"
"""Fields of the tick's document: when the next one is due, since when one is awaited, since when none came through."""
AGAIN = 10 * MINUTE
"""After one that did not come through another is sent so much later: who has mended it wants to see that soon."""
PATIENCE = 4.0
"""Seconds that a tick waits for the door, after all that was due."""


def missing_since(pulse: Mapping[str, Any]) -> int | None:
    """Since when one is waited for, as the tick's document tells; None: the last one came through."""
    failed = pulse.get(FAILED)
    return failed if failed is not None else pulse.get(SENT)


class SelfTest:
    """Sends it, from the tick."""

    def __init__(self, kit: Kit, web: Web, url: str, token: str) -> None:
        """`url` is the webhook's public address, `token` its secret."""
        self._kit = kit
        self._web = web
        self._url = url
        self._token = token

    def look(self, pulse: Document | None, now: int) -> bool:
        """
        Send one if it is time, or see what became of the last; whether there was anything to do.

        Ticks that overlap do it once.
        """
        fields = pulse.fields if pulse is not None else {}
        if SENT not in fields and int(fields.get(AT, 0)) > now:
            return False
        # Where another tick was first, or the door has just left the proof, the next tick sees it.
        with suppress(Conflict):
            self._go_on(self._kit.store.get([PATH, PULSE]))
        return True

    def _go_on(self, reading: Reading) -> None:
        test, fields = _fields(reading, PATH), _fields(reading, PULSE)
        sent = fields.get(SENT)
        if sent is None:
            if int(fields.get(AT, 0)) <= reading.at:
                self._send(reading, {"id": self._kit.token(), "sent": reading.at, "back": None})
        elif "back" in test:
            self._conclude(reading)
        elif reading.at - sent > LATE:
            failed = fields.get(FAILED, sent)
            self._note(reading, {SENT: None, FAILED: failed, AT: sent + AGAIN})
        elif reading.at - int(test.get("tried", 0)) >= MINUTE:
            self._send(reading, {})

    def _send(self, reading: Reading, fresh: Mapping[str, Any]) -> None:
        """Store what it is known by, post it, and keep what came of it."""
        found = reading.get(PATH)
        test = {"v": 1, **_fields(reading, PATH), **fresh, "tried": reading.at}
        begun = _pulse(reading, {SENT: reading.at}) if fresh else []
        self._kit.store.commit([change(PATH, found, test), *begun])
        headers = {HEADER: str(test["id"]), "Content-Type": "application/json"}
        body = json.dumps(payload(self._kit.roster(), reading.at)).encode()
        trouble = self._web.ask(
            "POST", self._url, patience=PATIENCE, body=body, headers=headers, auth=("bugsnag", self._token)
        )
        if trouble:
            sentence = f"The self-test was not taken at BUGGLIO_PUBLIC_URL: {trouble}."
            journal.tell("self-test-failed", sentence, journal.WARNING)
        self._conclude(self._kit.store.get([PATH, PULSE]))

    def _conclude(self, reading: Reading) -> None:
        """It came through: the next one is due in a day."""
        sent = _fields(reading, PULSE).get(SENT)
        if sent is not None and "back" in _fields(reading, PATH):
            self._note(reading, {SENT: None, FAILED: None, AT: sent + DAY})

    def _note(self, reading: Reading, put: Mapping[str, Any]) -> None:
        self._kit.store.commit(_pulse(reading, put))


class Proof:
    """Takes it, at the door."""

    def __init__(self, kit: Kit) -> None:
        """Keep what it works with."""
        self._kit = kit

    def take(self, test: str, event: Event) -> bool:
        """
        Rehearse the event's page and leave the proof; whether this test is awaited at all.

        Raises `StoreError` when that cannot be kept.
        """
        return retrying(lambda: self._once(test, event))

    def _once(self, test: str, event: Event) -> bool:
        reading = self._kit.store.get([PATH])
        found = _fields(reading, PATH)
        if not hmac.compare_digest(test.encode(), str(found.get("id", "")).encode()) or not found.get("id"):
            return False
        if "back" in found:
            return True
        if reading.at - int(found["sent"]) > LATE:
            return False
        page = rehearse(self._kit, event, reading)
        kept = {"to": page.to, "team": page.team, "length": septets(page.body), "kept_quiet": page.kept_quiet or None}
        self._kit.store.commit([change(PATH, reading.get(PATH), {"back": reading.at, **kept})])
        return True


def payload(roster: Roster, now: int) -> dict[str, Any]:
    """An event as Bugsnag would tell of it, in a project of a team that takes its turn by the day."""
    project = _project(roster, now)
    error = {
        "id": "self-test",
        "errorId": "self-test",
        "exceptionClass": "SelfTest",
        "message": "the daily self-test of the pager",
        "context": "self-test",
        "releaseStage": "production",
        "severity": "error",
        "unhandled": True,
        "receivedAt": datetime.fromtimestamp(now / 1000, UTC).isoformat(),
        "app": {"type": OWN},
    }
    trigger = {"type": "firstException", "message": "New unhandled error"}
    return {"project": {"id": project, "name": project}, "trigger": trigger, "error": error}


def _project(roster: Roster, now: int) -> str:
    named = [project for team in roster.teams.values() for project in team.projects if project != EVERY_PROJECT]
    return named[now // DAY % len(named)] if named else OWN


def _fields(reading: Reading, path: str) -> Mapping[str, Any]:
    found = reading.get(path)
    return found.fields if found is not None else {}


def _pulse(reading: Reading, put: Mapping[str, Any]) -> list[Write]:
    pulse = reading.get(PULSE)
    fresh = {} if pulse is not None else {"v": 1, "at": reading.at}
    return [change(PULSE, pulse, {**fresh, **put})]
