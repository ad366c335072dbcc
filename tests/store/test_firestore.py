"""What is Firestore's own: its failures, its times, and never applying a commit twice."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import google.auth
import grpc
import pytest
from google.api_core import exceptions
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import DefaultCredentialsError, RefreshError

from bugglio.store import ABSENT, EXISTS, Conflict, Store, Unreachable, Write
from bugglio.store.firestore import FirestoreStore, messages, open_firestore
from bugglio.store.firestore.connection import Connection, to_emulator
from tests.store.proxy import Proxy
from tests.stores import PATIENCE
from tools.rig.clients import firestore_client, firestore_connection

ALERT = "alerts/a1"
TIMEOUT = 0.5

ASKS: dict[str, Callable[[Store], object]] = {
    "get": lambda store: store.get([ALERT]),
    "query": lambda store: store.query("alerts", "due_at"),
    "count": lambda store: store.count("alerts", "due_at"),
    "commit": lambda store: store.commit([Write(ALERT, ABSENT, put={"secret": "hush"})]),
}
ask = pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS.keys())


def project_of(connection: Connection) -> str:
    return connection.database.split("/")[1]


def events(store: Store) -> int:
    found = store.get([ALERT]).get(ALERT)
    return found.fields["events"] if found else 0


def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


# Nobody there


@pytest.fixture
def nobody() -> str:
    """An address at which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def silence() -> Iterator[str]:
    """An address at which somebody listens and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@ask
def test_where_nobody_listens_the_store_is_unreachable_at_once(ask: Callable[[Store], object], nobody: str) -> None:
    store = FirestoreStore(to_emulator(nobody, "somewhere"), timeout=2.0)
    begun = time.monotonic()
    with pytest.raises(Unreachable, match="ServiceUnavailable") as refusal:
        ask(store)
    assert time.monotonic() - begun < 10
    assert "hush" not in str(refusal.value)


@ask
def test_where_nobody_answers_the_store_is_unreachable_in_time(ask: Callable[[Store], object], silence: str) -> None:
    store = FirestoreStore(to_emulator(silence, "somewhere"), timeout=TIMEOUT)
    begun = time.monotonic()
    with pytest.raises(Unreachable, match="did not answer"):
        ask(store)
    assert time.monotonic() - begun < 10


@pytest.fixture
def slammed() -> Iterator[tuple[str, list[None]]]:
    """An address at which somebody takes each connection and ends it at once, and how often that was."""
    taken: list[None] = []

    def slam() -> None:
        with contextlib.suppress(OSError):
            while True:
                listener.accept()[0].close()
                taken.append(None)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=slam)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}", taken
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.slow
def test_a_store_that_was_away_for_long_is_looked_for_as_often_as_at_first(
    slammed: tuple[str, list[None]],
) -> None:
    address, taken = slammed
    store = FirestoreStore(to_emulator(address, "somewhere"), timeout=TIMEOUT)

    # With gRPC's own pauses, which grow to two minutes, it would be half a minute until then.
    until(lambda: answered(store) or len(taken) > 7)


# A reply that is lost


@pytest.fixture
def proxy(emulator: str) -> Iterator[Proxy]:
    with Proxy(emulator) as between:
        yield between


def test_a_commit_whose_reply_is_cut_off_is_unreachable_and_applied_once(emulator: str, proxy: Proxy) -> None:
    connection = firestore_connection(emulator)
    sure = FirestoreStore(connection, timeout=PATIENCE)
    sure.commit([Write(ALERT, ABSENT, put={"events": 0})])
    store = FirestoreStore(to_emulator(proxy.address, project_of(connection)), timeout=PATIENCE)
    assert 0 == events(store)
    proxy.keeps_back.set()
    with ThreadPoolExecutor(1) as pool:
        commit = pool.submit(store.commit, [Write(ALERT, EXISTS, increment={"events": 1})])
        until(lambda: events(sure) == 1)
        proxy.cut()
        with pytest.raises(Unreachable, match="did not answer a commit"):
            commit.result(timeout=60)
    proxy.keeps_back.clear()
    assert 1 == events(store)
    assert 1 == events(sure)


def test_a_commit_whose_reply_comes_too_late_is_unreachable_and_applied_once(emulator: str, proxy: Proxy) -> None:
    connection = firestore_connection(emulator)
    store = FirestoreStore(to_emulator(proxy.address, project_of(connection)), timeout=TIMEOUT)
    until(lambda: answered(store))
    proxy.keeps_back.set()
    with pytest.raises(Unreachable, match="DeadlineExceeded"):
        store.commit([Write(ALERT, ABSENT, increment={"events": 1})])
    sure = FirestoreStore(connection, timeout=PATIENCE)
    until(lambda: events(sure) == 1)
    proxy.cut()
    proxy.keeps_back.clear()
    with pytest.raises(Conflict):
        sure.commit([Write(ALERT, ABSENT, increment={"events": 1})])
    assert 1 == events(sure)


def answered(store: Store) -> bool:
    try:
        store.get([ALERT])
    except Unreachable:
        return False
    return True


def test_a_read_over_a_broken_connection_is_tried_again(emulator: str, proxy: Proxy) -> None:
    connection = firestore_connection(emulator)
    FirestoreStore(connection).commit([Write(ALERT, ABSENT, put={"events": 3})])
    store = FirestoreStore(to_emulator(proxy.address, project_of(connection)), timeout=PATIENCE)
    assert 3 == events(store)
    proxy.keeps_back.set()
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(events, store)
        assert proxy.kept_back.wait(timeout=10)
        proxy.keeps_back.clear()
        proxy.cut()
        assert 3 == reading.result(timeout=60)


# How Google's servers are asked

SAID: dict[str, list[Any]] = {
    "BatchGetDocuments": [messages.GetAnswer(missing=f"projects/shop/databases/(default)/documents/{ALERT}")],
    "RunQuery": [],
    "RunAggregationQuery": [],
    "Commit": [messages.CommitAnswer(write_results=[{}])],
}


class Addressed(grpc.GenericRpcHandler):
    """Google's server, as far as it notes how calls are addressed."""

    def __init__(self) -> None:
        self.headers: dict[str, dict[str, str]] = {}

    def service(self, call: grpc.HandlerCallDetails) -> Any:
        told = {name: str(value) for name, value in call.invocation_metadata or ()}
        known = ("x-goog-request-params", "google-cloud-resource-prefix")
        name = str(call.method).rpartition("/")[2]
        self.headers[name] = {one: told[one] for one in known if one in told}
        said = [answer.SerializeToString() for answer in SAID[name]]
        if name == "Commit":
            return grpc.unary_unary_rpc_method_handler(lambda *_: said[0])
        return grpc.unary_stream_rpc_method_handler(lambda *_: iter(said))


@pytest.fixture
def addressed() -> Iterator[tuple[str, Addressed]]:
    """Where such a server listens, and what it notes."""
    asked = Addressed()
    server = grpc.server(ThreadPoolExecutor(2), handlers=[asked])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}", asked
    server.stop(None).wait()


def test_calls_are_addressed_as_googles_client_addresses_them(addressed: tuple[str, Addressed]) -> None:
    address, asked = addressed
    store = FirestoreStore(to_emulator(address, "shop"))
    for ask in ASKS.values():
        ask(store)
    ours, asked.headers = asked.headers, {}

    client: Any = firestore_client(address, "shop")
    list(client.get_all([client.document(ALERT)]))
    list(client.collection("alerts").stream())
    list(client.collection("alerts").count().stream())
    client.batch().commit()

    assert SAID.keys() == asked.headers.keys()
    assert asked.headers == ours


# What the library may say


class Failing:
    """Stands where a connection would, and fails."""

    database = "projects/somewhere/databases/(default)"

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.calls = 0

    def get(self, _: object, timeout: float) -> list[object]:
        assert 0 < timeout <= 3.0
        self.calls += 1
        raise self.error

    query = count = commit = get


def failing(error: Exception) -> tuple[Failing, FirestoreStore]:
    connection = Failing(error)
    return connection, FirestoreStore(connection)


def api_error(name: str, words: str) -> Exception:
    error: Exception = getattr(exceptions, name)(words, *[None] * (name == "RetryError"))
    return error


ERRORS = [
    api_error("ServiceUnavailable", "down"),
    api_error("DeadlineExceeded", "late"),
    api_error("InternalServerError", "hush"),
    api_error("Unknown", "hush"),
    api_error("InvalidArgument", "hush"),
    api_error("ResourceExhausted", "hush"),
    api_error("PermissionDenied", "Missing or insufficient permissions."),
    api_error("Unauthenticated", "no token"),
    api_error("Cancelled", "hush"),
    api_error("RetryError", "hush"),
    RefreshError("reauthentication is needed"),
    ConnectionResetError("reset"),
]
CONFLICTS = [
    api_error("AlreadyExists", "hush"),
    api_error("FailedPrecondition", "hush"),
    api_error("NotFound", "hush"),
    api_error("Aborted", "hush"),
]


def kind(error: Exception) -> str:
    return type(error).__name__


@pytest.mark.parametrize("error", ERRORS, ids=kind)
def test_any_other_failure_of_a_commit_is_unreachable_is_not_repeated_and_tells_nothing(error: Exception) -> None:
    client, store = failing(error)
    with pytest.raises(Unreachable, match=kind(error)) as refusal:
        store.commit([Write(ALERT, ABSENT)])
    assert 1 == client.calls
    assert "hush" not in str(refusal.value)
    assert refusal.value.__suppress_context__


@pytest.mark.parametrize("error", CONFLICTS, ids=kind)
def test_a_condition_that_does_not_hold_is_a_conflict(error: Exception) -> None:
    client, store = failing(error)
    with pytest.raises(Conflict, match=kind(error)) as refusal:
        store.commit([Write(ALERT, ABSENT)])
    assert 1 == client.calls
    assert "hush" not in str(refusal.value)


@pytest.mark.parametrize("error", [*ERRORS, *CONFLICTS], ids=kind)
def test_any_failure_of_a_read_is_unreachable(error: Exception) -> None:
    client, store = failing(error)
    with pytest.raises(Unreachable, match=kind(error)):
        store.get([ALERT])
    assert (
        3 if isinstance(error, exceptions.ServiceUnavailable | exceptions.InternalServerError) else 1
    ) == client.calls


def test_a_database_that_is_missing_is_named() -> None:
    _, store = failing(api_error("NotFound", "The database (default) does not exist for project shop."))
    with pytest.raises(Unreachable, match=r"The database \(default\) does not exist"):
        store.get([ALERT])


def test_without_credentials_or_a_project_the_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def without(**_: object) -> object:
        raise DefaultCredentialsError("Your default credentials were not found.")

    monkeypatch.setattr(google.auth, "default", without)
    with pytest.raises(Unreachable, match=r"cannot be asked: Your default credentials were not found\."):
        open_firestore("shop")

    monkeypatch.setattr(google.auth, "default", lambda **_: (AnonymousCredentials(), None))
    with pytest.raises(Unreachable, match="cannot be asked: no project is named: set GOOGLE_CLOUD_PROJECT"):
        open_firestore()


# Times


def test_opened_by_the_environment_it_finds_the_emulator(emulator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", emulator)
    store = open_firestore("opened", "a-database", timeout=PATIENCE)
    (written,) = store.commit([Write(f"alerts/{time.time_ns()}", ABSENT, increment={"n": 1})])
    assert {"n": 1} == written.increments


def test_increments_maxima_and_stamps_are_told_apart_whatever_their_names(live_firestore: Store) -> None:
    names = ["b", "a.c", "Z", "é", "z", "`", "1", "_"]
    write = Write(
        ALERT,
        ABSENT,
        increment={name: at for at, name in enumerate(names)},
        maximum={f"{name}!": -1 for name in names},
        stamp=[f"{name}?" for name in names],
    )
    (written,) = live_firestore.commit([write])
    assert {name: at for at, name in enumerate(names)} == written.increments


def test_firestores_own_stamp_is_milliseconds_in_a_query_too(live_firestore: Store) -> None:
    live_firestore.commit([Write(ALERT, ABSENT, put={"due_at": 1}, stamp=["at"])])
    (found,) = live_firestore.query("alerts", "due_at")
    assert int is type(found.fields["at"])
    assert abs(live_firestore.get([]).at - found.fields["at"]) < 60_000
