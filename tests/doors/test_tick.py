"""The tick's door opens to the scheduler's token and to nothing else."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from bugglio.app import App, Parts
from bugglio.scheduler import fetch_certificates
from bugglio.store import Store, Unreachable
from tests.doors.calling import METHODS, PUBLIC, Body, app_of, call, sentence, settings_for, written
from tests.stage import Inside
from tools.rig import certificates
from tools.rig.certificates import ACCOUNT, CertificateServer, bearer, mint

if TYPE_CHECKING:
    from bugglio.store.sqlite import SqliteStore

AUDIENCE = f"{PUBLIC}/tick"
FORBIDDEN = "Only the scheduler may call."


@pytest.fixture
def google() -> Iterator[CertificateServer]:
    """Where the certificates are."""
    with certificates.serving() as there:
        yield there


def ticking(store: Store, google: CertificateServer, account: str = ACCOUNT) -> tuple[App, list[str]]:
    """A pager that fetches certificates from there."""
    web = Inside(lambda: app.wsgi)
    parts = Parts(store=store, certificates=lambda: fetch_certificates(google.url), web=web)
    app, troubles = app_of(settings_for(BUGGLIO_SCHEDULER_ACCOUNT=account), parts)
    return app, troubles


def good(**how: Any) -> dict[str, str]:
    return {"Authorization": bearer(mint(**{"audience": AUDIENCE, **how}))}


@pytest.mark.parametrize("entry", ["bugglio", "tick"])
def test_the_scheduler_ticks(sqlite: "SqliteStore", google: CertificateServer, entry: str) -> None:
    app, troubles = ticking(sqlite, google)

    answer = call(app, "/tick", b"{}", good(), entry=entry)

    assert (200, {"ticked": True}) == (answer.status, answer.facts)
    # The first tick tests itself, too.
    assert ["pulse/self-test", "pulse/tick"] == sorted(written(sqlite))
    assert [] == troubles


REFUSED: dict[str, dict[str, str]] = {
    "no token": {},
    "an empty one": {"Authorization": ""},
    "no scheme": {"Authorization": mint(audience=AUDIENCE)},
    "another scheme": {"Authorization": f"Basic {mint(audience=AUDIENCE)}"},
    "no token after the scheme": {"Authorization": "Bearer "},
    "nonsense": {"Authorization": "Bearer a.b.c"},
    "expired": good(expires_in=-60, issued_ago=3660),
    "for another audience": good(audience="https://elsewhere.test/tick"),
    "for the address without the door": good(audience=PUBLIC),
    "for another door": good(audience=f"{PUBLIC}/sms"),
    "of another account": good(email="somebody@my-project.iam.gserviceaccount.com"),
    "of nobody": good(email=None),
    "not verified": good(email_verified=False),
    "of another issuer": good(issuer="https://evil.test"),
    "with another key": good(kid="key-1", signed_with="key-2"),
    "with an unknown key": good(kid="key-2"),
    "unsigned": good(algorithm="none"),
    "signed with the certificate": good(algorithm="HS256"),
    "another header": {"X-CloudScheduler": "true"},
}


@pytest.mark.promise("P4")
@pytest.mark.parametrize("headers", REFUSED.values(), ids=REFUSED)
def test_nobody_else_ticks(sqlite: "SqliteStore", google: CertificateServer, headers: dict[str, str]) -> None:
    app, troubles = ticking(sqlite, google)

    answer = call(app, "/tick", b"", headers)

    assert FORBIDDEN == sentence(answer, 403)
    assert {} == written(sqlite)
    assert [] == troubles


@pytest.mark.promise("P4")
def test_a_token_that_cannot_be_checked_is_refused(sqlite: "SqliteStore", google: CertificateServer) -> None:
    app, _ = ticking(sqlite, google)
    google.status = 500

    assert FORBIDDEN == sentence(call(app, "/tick", b"", good()), 403)
    assert {} == written(sqlite)


def test_without_a_scheduler_nobody_ticks(sqlite: "SqliteStore", google: CertificateServer) -> None:
    app, _ = ticking(sqlite, google, account="")

    assert FORBIDDEN == sentence(call(app, "/tick", b"", good()), 403)
    assert {} == written(sqlite)
    assert 0 == google.asked


@pytest.mark.parametrize("method", [method for method in METHODS if method != "POST"])
def test_only_post_is_taken(sqlite: "SqliteStore", google: CertificateServer, method: str) -> None:
    app, _ = ticking(sqlite, google)

    answer = call(app, "/tick", b"", good(), method=method)

    assert (405, "POST") == (answer.status, answer.headers["Allow"])
    assert {} == written(sqlite)


@pytest.mark.parametrize("chunked", [False, True])
def test_two_mebibytes_are_refused_unread(sqlite: "SqliteStore", google: CertificateServer, *, chunked: bool) -> None:
    app, _ = ticking(sqlite, google)
    body = Body(b"a" * 2 * 1024 * 1024)

    assert 413 == call(app, "/tick", body, good(), chunked=chunked).status
    assert body.taken == (1024 * 1024 + 1 if chunked else 0)


class Lost:
    """A store that cannot be reached."""

    def __getattr__(self, name: str) -> object:
        raise Unreachable("the network is down")


def test_without_the_store_the_scheduler_is_told_503(google: CertificateServer) -> None:
    app, troubles = ticking(Lost(), google)  # type: ignore[arg-type] # it has no other way to answer

    assert "The store cannot be reached." == sentence(call(app, "/tick", b"", good()), 503)
    assert ["tick: Unreachable('the network is down')"] == troubles
