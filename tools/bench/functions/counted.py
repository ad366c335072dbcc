"""bugglio with the bill of its store kept, with or without group commit, and doors for the bill and a tick."""

import os
from dataclasses import asdict

import flask
from werkzeug import Response

from bugglio import app
from bugglio.config import Settings
from bugglio.doors import http
from bugglio.store.counting import CountingStore

if os.environ.get("BENCH_ALONE"):
    import tools.bench.functions.alone  # noqa: F401 - what it does to bugglio is wanted

ENGINE = app.open_store
STORES: list[CountingStore] = []


def _open(settings: Settings) -> CountingStore:
    STORES.append(CountingStore(ENGINE(settings)))
    return STORES[-1]


vars(app)["open_store"] = _open


def counted(request: flask.Request) -> Response:
    """All of bugglio's doors; `/bench/tick` ticks, and `/bench/bill` is what was billed since it was last asked."""
    match request.path:
        case "/bench/tick":
            app.app().works.ticking.tick()
            return http.streamed(http.facts(200, {}))
        case "/bench/bill":
            return http.streamed(http.facts(200, asdict(STORES[0].settle()) if STORES else {}))
        case _:
            return app.serve("bugglio", request)
