"""Who plays in the property test of the conversation: people, teams, errors; a store and a chance of their own."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from bugglio.pager.reports import iso
from bugglio.roster import MINUTE, UNOWNED, Engineer, Roster, Rotation, Step, Team
from bugglio.store import Document, Reading, Store, Write, Written
from tests.payloads import change, event
from tests.stage import ANA

PEOPLE = {
    "ana": Engineer("ana", "Ana Lima", ANA),
    "ben": Engineer("ben", "Ben Ode", "+14155550102"),
    "eve": Engineer("eve", "Eve Ng-Łukasiewicz", "+14155550104", timezone="America/New_York"),
    "cy": Engineer("cy", "Cy Aoki", "+14155550103", admin=True),
}
STRANGER = "stranger"
PHONES = {name: person.phone for name, person in PEOPLE.items()} | {STRANGER: "+14155550177"}
STEPS = (Step(("primary",), wait=5 * MINUTE), Step(("ben", "ana"), wait=10 * MINUTE))
WEEKS = {"primary": Rotation("primary", ("ana", "ben"), datetime(2026, 1, 5, 9))}  # noqa: DTZ001 - wall time
SHOP = Team("shop", STEPS, projects=("checkout-api",), rotations=WEEKS)
WEB = Team("web", (Step(("eve",)),), projects=("web",), acknowledged_for=10 * MINUTE, timezone="Europe/London")
LASTS = {"web": 10 * MINUTE}
"""For how long an acknowledgement holds where it is not an hour."""


def _roster(*people: str, **teams: Team) -> Roster:
    return Roster({name: PEOPLE[name] for name in people}, teams, last_resort="cy", version=1)


WHOLE = "whole"
ROSTERS = {
    WHOLE: _roster("ana", "ben", "eve", "cy", shop=SHOP, web=WEB),
    "without ben": _roster(
        "ana", "eve", "cy", shop=msgspec.structs.replace(SHOP, steps=(Step(("ana",)),), rotations={}), web=WEB
    ),
    "without web": _roster("ana", "ben", "eve", "cy", shop=SHOP),
    "eve in shop": _roster(
        *("ana", "ben", "eve", "cy"),
        shop=msgspec.structs.replace(SHOP, steps=(Step(("ana", "eve")),), rotations={}),
        web=WEB,
    ),
}
MEMBERS: dict[str, dict[str, tuple[str, ...]]] = {
    WHOLE: {"shop": ("ana", "ben"), "web": ("eve",), UNOWNED.id: ("cy",)},
    "without ben": {"shop": ("ana",), "web": ("eve",), UNOWNED.id: ("cy",)},
    "without web": {"shop": ("ana", "ben"), UNOWNED.id: ("cy",)},
    "eve in shop": {"shop": ("ana", "eve"), "web": ("eve",), UNOWNED.id: ("cy",)},
}
PROJECTS = {"checkout-api": "shop", "web": "web", "lab": UNOWNED.id}
"""Bugsnag's projects, and whose each is."""
ERRORS = ("checkout-api/1", "checkout-api/2", "checkout-api/3", "web/1", "web/2", "lab/1")
CLASSES = {
    "checkout-api/2": "ActiveRecord::ConnectionAdapters::PostgreSQL::ConnectionTimeoutErrorOfTheLongestKind",
    "web/1": "Błąd“Syntax”Error🛒",
    "lab/1": "java.lang.IllegalStateException",
}


class CrossingStore:
    """The port on another store; something else may happen just before a commit."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.between: Callable[[], None] | None = None
        self.fault: BaseException | None = None
        """What went wrong there; a door would answer it."""

    def get(self, paths: Sequence[str]) -> Reading:
        return self._store.get(paths)

    def query(self, collection: str, field: str, **how: Any) -> list[Document]:
        return self._store.query(collection, field, **how)

    def count(self, collection: str, field: str, **how: Any) -> int:
        return self._store.count(collection, field, **how)

    def commit(self, writes: Sequence[Write]) -> list[Written]:
        happens, self.between = self.between, None
        if happens is not None:
            self._let(happens)
        return self._store.commit(writes)

    def _let(self, happens: Callable[[], None]) -> None:
        try:
            happens()
        except BaseException as fault:
            self.fault = fault
            raise

    def close(self) -> None:
        self._store.close()


class Narrow(random.Random):
    """Chance that draws few codes, so that they meet."""

    def randint(self, a: int, b: int) -> int:
        return super().randint(a, min(b, a + 9))


def payload(key: str, trigger: str, changed: str, count: int, moment: int, **extra: Any) -> Any:
    project, _, number = key.partition("/")
    error = {
        "errorId": f"{project}-{number}",
        "exceptionClass": CLASSES.get(key, "TypeError"),
        "occurrences": count,
        "receivedAt": iso(moment),
    }
    more: dict[str, Any] = {"error": error, "project": {"id": project, "name": project}}
    if changed:
        return change(changed, extra=extra, **more)
    if trigger == "comment":
        more["top"] = {"comment": {"id": f"{moment}", "message": "looks odd"}, "user": {"name": "Dana Doe"}}
    return event(trigger, f"{trigger} of it", **more)
