"""A connection to one Firestore database: Google's channel and credentials, and four calls."""

from collections.abc import Callable, Mapping, Sequence
from os import environ
from typing import Any, Protocol

import google.auth
import grpc
from google.api_core.exceptions import from_grpc_error
from google.api_core.gapic_v1.routing_header import to_grpc_metadata
from google.cloud.firestore_v1.services.firestore.transports.grpc import FirestoreGrpcTransport

from bugglio.store.firestore import messages

SERVICE = "/google.firestore.v1.Firestore/"
DEFAULT_DATABASE = "(default)"
OWNER = "owner"
"""What an emulator takes for a token of whoever may do everything."""
KEEPALIVE = 30_000
"""Milliseconds of silence after which a connection is tried while a call is under way, as Google's client does."""
AGAIN = 500
"""Milliseconds between two tries to connect. gRPC's own pauses grow to two minutes, for which a store that is back is
still away: each webhook of them would be lost."""
LOST = 5_000
"""Milliseconds without an answer after which a connection counts as lost; gRPC would wait for 20 seconds."""
OPTIONS = (
    ("grpc.keepalive_time_ms", KEEPALIVE),
    ("grpc.keepalive_timeout_ms", LOST),
    ("grpc.initial_reconnect_backoff_ms", AGAIN),
    ("grpc.max_reconnect_backoff_ms", AGAIN),
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
    # Answers are taken by the thread that asked; through a thread of gRPC's own each takes three times as long.
    (grpc.experimental.ChannelOptions.SingleThreadedUnaryStream, 1),
)


Metadata = Sequence[tuple[str, str]]


class Connection(Protocol):
    """Asks one database; raises `google.api_core.exceptions.GoogleAPICallError`. `timeout` is in seconds."""

    database: str
    """Its whole name: `projects/shop/databases/(default)`."""

    def get(self, request: Any, timeout: float) -> list[Any]:
        """Answers to `messages.get`."""
        ...

    def query(self, request: Any, timeout: float) -> list[Any]:
        """Answers to `messages.query_page`."""
        ...

    def count(self, request: Any, timeout: float) -> list[Any]:
        """Answers to `messages.count`."""
        ...

    def commit(self, request: Any, timeout: float) -> Any:
        """The answer to `messages.commit`."""
        ...


class ChannelConnection:
    """A database behind a gRPC channel."""

    def __init__(self, channel: grpc.Channel, project: str, database: str = "", token: str = "") -> None:
        """Nothing is asked yet; `token` goes with each call, where the channel has no credentials of its own."""
        self.database = f"projects/{project}/databases/{database or DEFAULT_DATABASE}"
        own = (("authorization", f"Bearer {token}"),) if token else ()
        prefix = (("google-cloud-resource-prefix", self.database), *own)
        # Google's front end routes by these, and each method has its own: what the request itself names first.
        self._whole = (_routing("database", self.database), *prefix)
        self._below = (_routing("parent", messages.root(self.database)), *prefix)
        self._get = _streaming(channel, "BatchGetDocuments", messages.Get, messages.GetAnswer)
        self._query = _streaming(channel, "RunQuery", messages.Query, messages.QueryAnswer)
        self._count = _streaming(channel, "RunAggregationQuery", messages.Count, messages.CountAnswer)
        self._commit = channel.unary_unary(
            f"{SERVICE}Commit", messages.Commit.SerializeToString, messages.CommitAnswer.FromString
        )

    def get(self, request: Any, timeout: float) -> list[Any]:
        """Answers to `messages.get`."""
        return _all(self._get, request, timeout, self._whole)

    def query(self, request: Any, timeout: float) -> list[Any]:
        """Answers to `messages.query_page`."""
        return _all(self._query, request, timeout, self._below)

    def count(self, request: Any, timeout: float) -> list[Any]:
        """Answers to `messages.count`."""
        return _all(self._count, request, timeout, self._below)

    def commit(self, request: Any, timeout: float) -> Any:
        """The answer to `messages.commit`."""
        try:
            return self._commit(request, timeout=timeout, metadata=self._whole)
        except grpc.RpcError as error:
            raise from_grpc_error(error) from None  # type: ignore[no-untyped-call] # the library's


def _all(call: Callable[..., Any], request: Any, timeout: float, metadata: Metadata) -> list[Any]:
    try:
        return list(call(request, timeout=timeout, metadata=metadata))
    except grpc.RpcError as error:
        raise from_grpc_error(error) from None  # type: ignore[no-untyped-call] # the library's


def _routing(name: str, value: str) -> tuple[str, str]:
    header: tuple[str, str] = to_grpc_metadata(((name, value),))  # type: ignore[no-untyped-call] # the library's
    return header


def _streaming(channel: grpc.Channel, name: str, asked: Any, answered: Any) -> Callable[..., Any]:
    call: Callable[..., Any] = channel.unary_stream(SERVICE + name, asked.SerializeToString, answered.FromString)
    return call


def to_emulator(address: str, project: str, database: str = "") -> ChannelConnection:
    """A connection to an emulator (`host:port`), whose rules let its owner do everything."""
    return ChannelConnection(grpc.insecure_channel(address, OPTIONS), project, database, OWNER)


def connect(project: str | None, database: str | None, env: Mapping[str, str] = environ) -> ChannelConnection:
    """
    A connection to this project's database, or to those that the environment names.

    FIRESTORE_EMULATOR_HOST, GOOGLE_CLOUD_PROJECT and GOOGLE_APPLICATION_CREDENTIALS count as with Google's own client.
    Raises `GoogleAuthError` without credentials, `OSError` without a project.
    """
    emulator = env.get("FIRESTORE_EMULATOR_HOST")
    named = project or env.get("GOOGLE_CLOUD_PROJECT")
    if emulator:
        return to_emulator(emulator, _some(named), database or "")
    credentials, own = google.auth.default(scopes=FirestoreGrpcTransport.AUTH_SCOPES)
    channel = FirestoreGrpcTransport.create_channel(credentials=credentials, options=OPTIONS)
    return ChannelConnection(channel, _some(named or own), database or "")


def _some(project: str | None) -> str:
    if not project:
        raise OSError("no project is named: set GOOGLE_CLOUD_PROJECT")
    return project
