"""A load on servers: many connections that are kept open, one request after another on each, in one thread."""

import selectors
import socket
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

CUT = 0
"""The status of a request whose connection ended before its answer came."""
PATIENCE = 60.0
"""Seconds without any answer after which a load gives up."""


@dataclass
class Load:
    """What came of a load."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    """How often each HTTP status was answered; `CUT` counts requests without an answer."""
    milliseconds: list[float] = field(default_factory=list)
    """From each request to its answer."""
    numbers: dict[int, int] = field(default_factory=dict)
    """The status of each request, by its number."""

    @property
    def rate(self) -> float:
        """Answers a second."""
        return sum(self.statuses.values()) / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds within which so large a share (0 to 1) of the requests was answered."""
        ordered = sorted(self.milliseconds)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def request(path: str, body: bytes, *, kind: str = "application/json") -> bytes:
    """A POST as bytes."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def post(
    ports: Sequence[int],
    requests: Callable[[int], bytes],
    times: int,
    *,
    connections: int = 64,
    rate: float | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Load:
    """
    Send `requests(0)` to `requests(times - 1)` to servers on this machine, evenly, and wait for all answers.

    As fast as they are taken, or `rate` a second; `stop` ends it early. A connection that breaks is made again; its
    request counts as `CUT` and is not repeated.
    """
    return _Posting(ports, requests, times, rate, stop).run(connections)


class _Connection:
    """One connection: idle, or waiting for the answer to a request."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket: socket.socket | None = None
        self.number = -1
        self.sent = 0.0
        self.heard = b""

    def open(self) -> socket.socket:
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.socket

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None


class _Posting:
    def __init__(
        self,
        ports: Sequence[int],
        requests: Callable[[int], bytes],
        times: int,
        rate: float | None,
        stop: Callable[[], bool],
    ) -> None:
        self._ports, self._requests, self._times, self._rate, self._stop = ports, requests, times, rate, stop
        self._load = Load()
        self._waiting = selectors.DefaultSelector()
        self._next = 0

    def run(self, connections: int) -> Load:
        idle = deque(_Connection(port) for _, port in zip(range(connections), _around(self._ports), strict=False))
        began = heard = time.perf_counter()
        while self._due() or len(idle) < connections:
            while idle and self._due() and self._is_time(began):
                self._send(idle.popleft(), idle)
            for key, _ in self._waiting.select(self._patience(began)):
                heard = time.perf_counter()
                self._read(key.data, idle)
            if time.perf_counter() - heard > PATIENCE:
                raise TimeoutError("no answer came for a minute")
        self._load.seconds = time.perf_counter() - began
        for one in idle:
            one.close()
        self._waiting.close()
        return self._load

    def _due(self) -> bool:
        return self._next < self._times and not self._stop()

    def _is_time(self, began: float) -> bool:
        return self._rate is None or time.perf_counter() - began >= self._next / self._rate

    def _patience(self, began: float) -> float:
        if self._rate is None or not self._due():
            return 1.0
        return max(0.0, min(1.0, began + self._next / self._rate - time.perf_counter()))

    def _send(self, one: _Connection, idle: deque[_Connection]) -> None:
        one.number, one.heard, one.sent = self._next, b"", time.perf_counter()
        self._next += 1
        try:
            fresh = one.socket is None
            self._hand_over(one, fresh=fresh)
        except OSError:
            self._done(one, CUT, idle)
            return
        if one.socket is not None:
            self._waiting.register(one.socket, selectors.EVENT_READ, one)

    def _hand_over(self, one: _Connection, *, fresh: bool) -> None:
        if not fresh and one.socket is not None and _has_ended(one.socket):
            # A server closes connections that were idle for long; nothing of this request has been said on it.
            one.close()
        one.open().sendall(self._requests(one.number))

    def _read(self, one: _Connection, idle: deque[_Connection]) -> None:
        try:
            part = one.socket.recv(65_536) if one.socket is not None else b""
        except OSError:
            part = b""
        one.heard += part
        status = _status(one.heard)
        if part and status is None:
            return
        if one.socket is not None:
            self._waiting.unregister(one.socket)
        self._done(one, CUT if status is None else status, idle)

    def _done(self, one: _Connection, status: int, idle: deque[_Connection]) -> None:
        if status == CUT or b"connection: close" in one.heard.lower():
            one.close()
        self._load.statuses[status] += 1
        self._load.numbers[one.number] = status
        self._load.milliseconds.append((time.perf_counter() - one.sent) * 1000)
        idle.append(one)


def _around(ports: Sequence[int]) -> Iterator[int]:
    return (ports[number % len(ports)] for number in count())


def _has_ended(connection: socket.socket) -> bool:
    connection.setblocking(False)  # noqa: FBT003 - the library's own signature
    try:
        return connection.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        connection.settimeout(PATIENCE)


def _status(heard: bytes) -> int | None:
    """The status of an answer that is there whole."""
    head, found, body = heard.partition(b"\r\n\r\n")
    if not found:
        return None
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    return int(head[9:12]) if len(body) >= length else None
