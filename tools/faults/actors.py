"""Who calls bugglio during a run: people with phones, and the scheduler; Bugsnag is in `deliveries`."""

import http.client
import json
import random
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tools.faults.people import Company
from tools.rig.certificates import bearer, mint
from tools.rig.phones import Phones

SCHEDULER_WAITS = 30.0
"""Then it calls again, and the tick of before goes on beside the new one."""
SCHEDULER = "scheduler@rig.iam.gserviceaccount.com"
SKEW = 600.0
"""Tokens of the scheduler are so old in seconds: an instance whose clock is slow takes them, too."""


class Actor:
    """Somebody who acts in threads of their own until told to stop."""

    def __init__(self, name: str) -> None:
        """Nothing is done yet."""
        self._name = name
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []

    def begin(self, *works: Callable[[], None]) -> None:
        """Do these, each in a thread."""
        for work in works:
            thread = threading.Thread(target=work, name=self._name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def rest(self) -> None:
        """Begin nothing new."""
        self._over.set()

    def end(self, patience: float) -> None:
        """Begin nothing new, and wait so long for what was begun."""
        self.rest()
        until = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))


class People(Actor):
    """Whoever gets a page may answer it, some seconds later."""

    def __init__(self, phones: Phones, company: Company, seed: int, share: float) -> None:
        """They answer this share of what they get."""
        super().__init__("people")
        self._phones = phones
        self._company = company
        self._known = set(company.phones.values())
        self._chance = random.Random(f"people {seed}")  # noqa: S311 - the same again from the same seed
        self._share = share
        self._hands = ThreadPoolExecutor(16, "people")
        self.texts = 0

    def start(self) -> None:
        """Begin."""
        self.begin(self._look)

    def _look(self) -> None:
        cursor, seen, later = "0", set[str](), list[tuple[float, str, str]]()
        while not self._over.wait(0.4):
            found, cursor = self._phones.news(cursor)
            for one in found:
                if one["status"] == "delivered" and one["direction"] == "outbound-api" and one["sid"] not in seen:
                    seen.add(one["sid"])
                    later += self._answers(one["to"], one["body"])
            due = [one for one in later if one[0] <= time.monotonic()]
            later = [one for one in later if one not in due]
            for _, number, body in due:
                self.texts += 1
                self._hands.submit(self._phones.text, number, body)
        self._hands.shutdown(wait=False, cancel_futures=True)

    def _answers(self, number: str, page: str) -> list[tuple[float, str, str]]:
        if number not in self._known or self._chance.random() > self._share:
            return []
        code = page.partition("#")[2].partition(" ")[0]
        colleague = self._company.colleague(number, self._chance.random())
        bodies = {
            f"ack {code}": 6,
            "ack": 5,
            "ack all": 1,
            f"close {code}": 2,
            f"snooze {code} 5m": 2,
            f"escalate {code}": 2,
            f"pass {code} {colleague}": 2,
            f"note {code} looking": 1,
            "list": 2,
            "status": 1,
            "who": 1,
            f"why {code}": 1,
            "ok": 1,
            "hm?": 1,
        }
        body = self._chance.choices(list(bodies), list(bodies.values()))[0]
        return [(time.monotonic() + self._chance.uniform(0.5, 20), number, body)]


class Scheduler(Actor):
    """Ticks, several at once."""

    def __init__(self, port: int, public_url: str, seed: int, at_once: int) -> None:
        """`at_once` calls are under way at all times."""
        super().__init__("scheduler")
        self._port = port
        self._token = bearer(mint(email=SCHEDULER, audience=f"{public_url}/tick", issued_ago=SKEW, expires_in=7200))
        self._chance = random.Random(f"scheduler {seed}")  # noqa: S311 - the same again from the same seed
        self._at_once = at_once
        self.answers: list[int] = []

    def start(self) -> None:
        """Begin."""
        self.begin(*[self._tick] * self._at_once)

    def _tick(self) -> None:
        while not self._over.wait(self._chance.uniform(0.05, 1.5)):
            status, _ = post(self._port, "/tick", {}, {"Authorization": self._token}, SCHEDULER_WAITS)
            self.answers.append(status)


def post(port: int, path: str, payload: Any, headers: Mapping[str, str], patience: float) -> tuple[int, bytes]:
    """POST JSON; the status, 0 without one, and the body, empty when it broke off."""
    status, connection = 0, http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
    try:
        connection.request("POST", path, json.dumps(payload), {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        status = answer.status
        return status, answer.read()
    except (OSError, http.client.HTTPException):
        return status, b""
    finally:
        connection.close()
