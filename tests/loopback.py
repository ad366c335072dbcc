"""
Keeps every test on this machine: a name looked up or an address called beyond loopback fails the test at once.

Loaded by pyproject.toml (`-p tests.loopback`). An audit hook sees what a patched `socket` would miss: other threads,
libraries that kept their own reference, sockets made before. gRPC's own sockets and other processes it does not see.
"""

import sys
from ipaddress import ip_address
from typing import Any

import pytest

CALLS = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1}
"""Audit events that carry an address, and where in their arguments it stands."""
LOOKUPS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})


def is_local(host: object) -> bool:
    """Whether a host is this machine itself: no host at all (listening), `localhost`, 127.0.0.0/8 or ::1."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host is None or host in {"", "localhost", "0.0.0.0", "::"}:
        return True
    try:
        return ip_address(str(host)).is_loopback
    except ValueError:
        return False


def guard(event: str, arguments: tuple[Any, ...]) -> None:
    """
    Refuse what leaves the machine.

    The refusal is no `Exception`: code under test that survives a failing network must not survive this.
    """
    if event in LOOKUPS:
        host = arguments[0]
    elif event in CALLS:
        address = arguments[CALLS[event]]
        if not isinstance(address, tuple):  # a Unix socket's path, or a datagram to whom it was connected before
            return
        host = address[0]
    else:
        return
    if not is_local(host):
        pytest.fail(f"a test reached for {host!r}: only loopback is allowed")


sys.addaudithook(guard)
