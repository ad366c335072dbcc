"""Connections to the emulator, quickly made: one channel, a fresh project each."""

import uuid
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import grpc
    from google.cloud.firestore import Client

    from bugglio.store.firestore.connection import ChannelConnection


def firestore_connection(address: str, project: str | None = None) -> "ChannelConnection":
    """A connection to a project that nobody else uses, unless one is named."""
    from bugglio.store.firestore.connection import OWNER, ChannelConnection

    return ChannelConnection(_channel(address), project or f"test-{uuid.uuid4().hex[:20]}", token=OWNER)


def firestore_client(address: str, project: str | None = None) -> "Client":
    """Google's own client on the emulator, for comparison, with a connection of its own."""
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import firestore

    client = firestore.Client(project=project or f"test-{uuid.uuid4().hex[:20]}", credentials=AnonymousCredentials())
    client._emulator_host = address  # noqa: SLF001 - the environment would name it for the whole process
    return client


@cache
def _channel(address: str) -> "grpc.Channel":
    import grpc

    from bugglio.store.firestore.connection import OPTIONS

    return grpc.insecure_channel(address, OPTIONS)
