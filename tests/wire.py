"""A server of bare sockets that behaves as it is told and remembers every byte, for clients that must take anything."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


def whole(request: bytes) -> bool:
    """Whether a request has come with all of its body."""
    head, end, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return bool(end) and len(body) >= int(length[1] if length else 0)


class Raw:
    """A server that does with each connection what it is told, and remembers every byte it was sent."""

    def __init__(self, act: Callable[[socket.socket, "Raw"], None]) -> None:
        self._act = act
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.got = b""
        self.connections = 0
        self.ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def read_request(self, connection: socket.socket) -> None:
        while not whole(self.got):
            if not (more := connection.recv(65536)):
                return
            self.got += more

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with connection, suppress(OSError):
                self._act(connection, self)
            self.ended.set()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


@contextmanager
def raw(act: Callable[[socket.socket, Raw], None]) -> Iterator[Raw]:
    server = Raw(act)
    try:
        yield server
    finally:
        server.close()


def drain(connection: socket.socket, server: Raw) -> None:
    """Read until the other side closes, and say nothing."""
    while more := connection.recv(65536):
        server.got += more


def answering(answer: bytes) -> Callable[[socket.socket, Raw], None]:
    def act(connection: socket.socket, server: Raw) -> None:
        server.read_request(connection)
        connection.sendall(answer)

    return act


def response(status: str, body: str, *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body.encode())}", *headers, "", body]
    return "\r\n".join(head).encode()
