"""Stores with many alerts in them, such as bugglio itself would have stored, of which nothing is due."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any

from msgspec.structs import replace

from bugglio import alert as alerts
from bugglio.alert import ACKNOWLEDGED, CLOSED, TRIGGERED, Alert
from bugglio.bugsnag import parse
from bugglio.document import present
from bugglio.folding import fold
from bugglio.roster import DAY, ON_DUTY, lone_roster
from bugglio.store import ABSENT, Store, Write
from bugglio.store.port import MAX_WRITES
from tools.bench.deliveries import SAMPLE
from tools.rig import phones

OPEN_EACH = 100
"""One of so many stored alerts is open."""
AT_ONCE = 20_000

Made = Callable[[int], Alert]
"""The alert of a number."""


def stored(number: int) -> Alert:
    """One of many: closed a while ago, or else acknowledged for long."""
    base = replace(_base(), next_at=None)
    if number % OPEN_EACH:
        return _numbered(number, replace(base, state=CLOSED, how="by hand", closed_at=base.opened))
    taken = replace(base, state=ACKNOWLEDGED, acknowledged_by=ON_DUTY, acknowledged_at=base.opened)
    return _numbered(number, replace(taken, until=_later(base)))


def unanswered(number: int) -> Alert:
    """One of many that nobody has acknowledged."""
    base = _base()
    return _numbered(number, replace(base, state=TRIGGERED, next_at=_later(base)))


def fill(store: Store, many: int, made: Made) -> None:
    """Put so many alerts into an empty store."""
    rows = _rows(many, made)
    while some := list(islice(rows, MAX_WRITES)):
        store.commit([Write(f"alerts/{name}", ABSENT, put=fields) for name, fields in some])


def fill_file(path: str, many: int, made: Made) -> None:
    """The same in a file of SQLite that bugglio has made, without its care for each commit."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    rows = ((name, 1, json.dumps(fields, separators=(",", ":"))) for name, fields in _rows(many, made))
    while some := list(islice(rows, AT_ONCE)):
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO alerts VALUES (?, ?, ?)", some)
        connection.execute("COMMIT")
    connection.close()


def _rows(many: int, made: Made) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number in range(many):
        alert = made(number)
        yield alerts.alert_id(alert.project_id, alert.error_id), present(alerts.dump(alert))


def _numbered(number: int, alert: Alert) -> Alert:
    return replace(alert, code=100 + number, error_id=f"{number:024x}", opened=alert.opened + number)


def _later(alert: Alert) -> int:
    return alert.opened + 100 * DAY


@cache
def _base() -> Alert:
    """An alert that was opened yesterday, with nothing that falls due."""
    yesterday = time.time_ns() // 1_000_000 - DAY
    alert = fold([parse(SAMPLE)], None, lone_roster(phones.ON_DUTY), "0123456789abcdef", yesterday).alert
    if alert is None:
        raise ValueError("the event opened nothing")
    return replace(alert, again_at=None, quiet_after=100 * DAY, current=(), waits_for=())
