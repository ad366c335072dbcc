"""What Bugsnag delivers during a run."""

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tools.faults.actors import Actor, post
from tools.faults.evidence import Webhook, why
from tools.faults.people import IGNORED, Company
from tools.faults.plan import Plan
from tools.rig.phones import WEBHOOK_TOKEN

WAITS = 4.0
UNOWNED = 999
"""A project of nobody's."""


class Bugsnag(Actor):
    """Delivers webhooks at a steady rate, waits 4 seconds for each answer, and repeats nothing."""

    def __init__(self, port: int, company: Company, plan: Plan) -> None:
        """`port` is where bugglio is reached."""
        super().__init__("bugsnag")
        self._sent: dict[int, Webhook] = {}
        self._port = port
        self._company = company
        self._chance = random.Random(f"bugsnag {plan.seed}")  # noqa: S311 - the same again from the same seed
        self._plan = plan
        self._errors: list[tuple[int, str]] = []
        self._hands = ThreadPoolExecutor(32, "bugsnag")

    @property
    def webhooks(self) -> list[Webhook]:
        """All that were sent, whatever became of them."""
        return list(self._sent.values())

    def start(self) -> None:
        """Begin."""
        self.begin(self._deliver)

    def _deliver(self) -> None:
        began, n = time.monotonic(), 0
        while not self._over.wait(max(0.0, began + n / self._plan.rate - time.monotonic())):
            team, error, trigger, payload = self._payload(n)
            hook = self._sent[n] = Webhook(n, self._company.project(team), error, trigger, time.time())
            if payload["error"]:
                # The audit knows by it which event is the newest that an alert has counted.
                payload["error"]["receivedAt"] = datetime.fromtimestamp(hook.sent, UTC).isoformat()
            self._hands.submit(self._post, hook, payload)
            n += 1
        self._hands.shutdown()

    def _post(self, hook: Webhook, payload: dict[str, Any]) -> None:
        path = f"/bugsnag?token={WEBHOOK_TOKEN}"
        status, body = post(self._port, path, payload, {}, WAITS)
        answered = replace(hook, answered=time.time(), status=status)
        self._sent[hook.n] = replace(answered, answer=_read(body)) if answered.taken else answered

    def _payload(self, n: int) -> tuple[int, str, str, dict[str, Any]]:
        team, error = self._error(n)
        kind = self._chance.random()
        if error in (one for _, one in self._errors[-2:]) or kind < 0.85:
            return team, error, "exception", self._event(team, error, n, "exception")
        if kind < 0.9:
            return team, error, "reopened", self._event(team, error, n, "reopened")
        if kind < 0.95:
            return team, error, "exception", self._event(team, error, n, "exception", releaseStage=IGNORED)
        if kind < 0.97:
            change = self._chance.choice(["fixed", "snoozed", "reopened"])
            return (
                team,
                error,
                f"{change} by hand",
                self._event(team, error, n, "errorStateManualChange", change=change),
            )
        return team, "", "somethingNew", self._event(team, "", n, "somethingNew")

    def _error(self, n: int) -> tuple[int, str]:
        """A new error, or one of before, mostly of late."""
        if len(self._errors) < 3 or self._chance.random() < self._plan.fresh:
            team = UNOWNED if self._chance.random() < 0.02 else self._chance.randrange(self._company.teams)
            self._errors.append((team, f"error-{n}"))
            return self._errors[-1]
        return self._chance.choice(self._errors[-12:] if self._chance.random() < 0.7 else self._errors)

    def _event(self, team: int, error: str, n: int, trigger: str, *, change: str = "", **more: str) -> dict[str, Any]:
        what = {
            "id": f"event-{n}",
            "errorId": error,
            "exceptionClass": f"Error{error.rpartition('-')[2]}",
            "message": "it broke",
            "context": "run#chaos",
            "releaseStage": "production",
            "severity": "error",
            **more,
        }
        name = self._company.project(team)
        reason = {"type": trigger, "message": why(n), **({"stateChange": change} if change else {})}
        return {"project": {"id": name, "name": name}, "trigger": reason, "error": what if error else {}}


def _read(body: bytes) -> dict[str, Any]:
    """What an answer says; nothing when it broke off."""
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
