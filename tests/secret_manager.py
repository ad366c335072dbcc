"""A Secret Manager on this machine: it speaks Google's protocol over gRPC, so that the real client talks to it."""

import json
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from typing import Any

import google_crc32c
import grpc
from google.cloud.secretmanager_v1 import SecretManagerServiceClient
from google.cloud.secretmanager_v1.services.secret_manager_service.transports import SecretManagerServiceGrpcTransport
from google.cloud.secretmanager_v1.types import service

SERVICE = "google.cloud.secretmanager.v1.SecretManagerService"


@dataclass
class FakeSecretManager:
    """Versions by secret, what was asked for, and how to misbehave."""

    address: str = ""
    asked: list[str] = field(default_factory=list)
    """The resource names of all calls, in order."""
    failures: list[tuple[grpc.StatusCode, str]] = field(default_factory=list)
    """Answers for the next calls, one each, before anything else is looked at."""
    damaged: bool = False
    go_on: threading.Event = field(default_factory=threading.Event)
    """Set, except while calls are to hang."""
    arrived: threading.Event = field(default_factory=threading.Event)
    """Set by each call."""
    patience: list[float] = field(default_factory=list)
    """Seconds that each call still had when it came."""
    _versions: dict[str, list[bytes]] = field(default_factory=dict)

    def add(self, secret: str, data: bytes | Mapping[str, Any]) -> None:
        """Add a version, as `gcloud secrets versions add` does; `secret` is `projects/P/secrets/S`."""
        text = data if isinstance(data, bytes) else json.dumps(data).encode()
        self._versions.setdefault(secret, []).append(text)

    def fail(self, code: grpc.StatusCode, message: str, times: int = 1) -> None:
        """Refuse the next calls."""
        self.failures += [(code, message)] * times

    def client(self) -> SecretManagerServiceClient:
        """The real client, on a fresh plain connection to this server."""
        channel = grpc.insecure_channel(self.address)
        return SecretManagerServiceClient(transport=SecretManagerServiceGrpcTransport(channel=channel))

    def access(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Answer AccessSecretVersion."""
        self.asked.append(request.name)
        self.patience.append(context.time_remaining() or inf)
        self.arrived.set()
        self.go_on.wait(30)
        if self.failures:
            context.abort(*self.failures.pop(0))
        secret, _, wanted = request.name.partition("/versions/")
        versions = self._versions.get(secret, [])
        number = len(versions) if wanted == "latest" else int(wanted)
        if not 0 < number <= len(versions):
            context.abort(grpc.StatusCode.NOT_FOUND, f"Secret [{secret}] not found or has no versions.")
        data = versions[number - 1]
        checksum = google_crc32c.value(data) + self.damaged
        payload = {"data": data, "data_crc32c": checksum}
        return service.AccessSecretVersionResponse(name=f"{secret}/versions/{number}", payload=payload)


@contextmanager
def serving() -> Iterator[FakeSecretManager]:
    """Run the server on a free port of this machine."""
    fake = FakeSecretManager()
    fake.go_on.set()
    method = grpc.unary_unary_rpc_method_handler(
        fake.access,
        request_deserializer=service.AccessSecretVersionRequest.deserialize,
        response_serializer=service.AccessSecretVersionResponse.serialize,
    )
    server = grpc.server(ThreadPoolExecutor(8))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, {"AccessSecretVersion": method}),))
    fake.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        yield fake
    finally:
        fake.go_on.set()
        server.stop(None).wait()
