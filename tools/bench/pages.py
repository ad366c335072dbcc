"""How long an admin page takes in a large company: 200 teams, 1,000 engineers, 100,000 alerts and as many texts."""

import http.client
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from bugglio import alert as alerts
from bugglio.pager.kit import Kit
from bugglio.pager.rosters import Rosters
from bugglio.store import Store
from tests.entry import begin
from tools.bench import company, servers, stores
from tools.bench.means import Means
from tools.bench.servers import SQLITE
from tools.bench.table import Bench, Goal, Row, paired
from tools.bench.timing import by_turns

ADMIN = "e0"
LITTLE = "/admin/devices"
"""The baseline: one document, and hardly anything on it."""
PAGES = {
    "status": "/admin",
    "open alerts": "/admin/alerts",
    "open alerts, some words": "/admin/alerts?words=empty",
    "past alerts": "/admin/alerts?past=1",
    "past alerts of a team": "/admin/alerts?past=1&team=team-7",
    "one alert": "/admin/alerts/{alert}",
    "schedule": "/admin/schedule",
    "schedule, all teams": "/admin/schedule?show=all",
    "roster": "/admin/roster",
    "engineers": "/admin/roster/engineers",
    "one team": "/admin/roster/teams/team-7",
    "a rotation's form": "/admin/roster/teams/team-7/rotations/primary",
    "steps": "/admin/roster/teams/team-7/steps/default",
    "projects": "/admin/roster/projects",
    "events that opened nothing": "/admin/roster/unrouted",
    "changes": "/admin/roster/changes",
    "pages": "/admin/pages",
    "pages, failed": "/admin/pages?state=failed",
    "why was nobody paged": "/admin/pages/why?words=cart",
    "texts received": "/admin/pages/received",
    "figures, 26 weeks": "/admin/figures?weeks=26",
}
SOON = Goal(300)
ROUNDS = 5
"""Visits of each page, at least."""


def rows(means: Means) -> Iterator[Row]:
    """Each page is asked for by an admin who is logged in."""
    with _large(means) as (port, cookie, alert):
        measures: dict[str, Callable[[], float]] = {"little": partial(_visited, port, cookie, LITTLE)}
        for name, address in PAGES.items():
            measures[name] = partial(_visited, port, cookie, address.format(alert=alert))
        for measure in measures.values():
            measure()
        found = by_turns(max(means.rounds, 1 if means.share < 1 else ROUNDS), measures)
    for name in PAGES:
        yield paired(name, "ms", found[name], found["little"], SOON)


def _visited(port: int, cookie: str, address: str) -> float:
    """Milliseconds until the whole page is there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    began = time.perf_counter()
    connection.request("GET", address, headers={"Cookie": f"bugglio={cookie}"})
    answer = connection.getresponse()
    page = answer.read()
    took = (time.perf_counter() - began) * 1000
    connection.close()
    if answer.status != 200 or b"<main" not in page:
        raise RuntimeError(f"{address} was answered {answer.status}")
    return took


@contextmanager
def _large(means: Means) -> Iterator[tuple[int, str, str]]:
    """A server's port, the cookie of an admin's session, and the id of one of the alerts."""
    port = servers.free_port()
    public = f"http://127.0.0.1:{port}"
    known = servers.stored(means, SQLITE, public, BUGGLIO_PUBLIC_URL=public)
    with stores.opened(known) as store:
        many = means.of(company.ALERTS, 200)
        company.fill(stores.sqlite_path(known), time.time_ns() // 1_000_000, many)
        cookie = _cookie(store, known["FLASK_SECRET_KEY"], known["ON_DUTY"])
        last = store.query("alerts", "closed_at", limit=1, descending=True)[0]
    with servers.bugglio(means, known, port=port) as server:
        yield server.port, cookie, last.path.removeprefix(alerts.path(""))


def _cookie(store: Store, key: str, number: str) -> str:
    """As the login would set it."""
    rosters = Rosters(store, number)
    kit = Kit(store, _Nobody(), rosters, lambda *_: None)  # type: ignore[arg-type]  # nothing is sent
    secret = begin(kit, rosters().engineers[ADMIN])
    app = Flask(__name__)
    app.secret_key = key
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    if signer is None:
        raise RuntimeError("sessions cannot be signed without a key")
    return str(signer.dumps({"_permanent": True, "who": ADMIN, "id": secret}))


class _Nobody:
    """A carrier that is never asked."""


BENCH = Bench("the page that shows where one is logged in", rows)
