"""The log as Cloud Logging, or a person, is handed it, and the log's set-up put back as it was."""

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bugglio import logs
from bugglio.redact import guard

CLOUD = {"K_SERVICE": "bugglio", "K_REVISION": "bugglio-00042", "GOOGLE_CLOUD_PROJECT": "shop-pager"}
LAPTOP: Mapping[str, str] = {}


class Log:
    """What was written."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        """All of it."""
        return self._stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Each line, which must be one JSON object."""
        found = [json.loads(line) for line in self.text.split("\n") if line]
        assert all(isinstance(line, dict) for line in found)
        return found

    def events(self, **wanted: Any) -> list[str]:
        """The words of all lines with these facts or labels, in their order."""
        return [line["event"] for line in self.lines if wanted.items() <= {**line, **labels(line)}.items()]


def labels(line: Mapping[str, Any]) -> dict[str, str]:
    """A line's labels."""
    return dict(line.get("logging.googleapis.com/labels") or {})


@contextmanager
def restored() -> Iterator[None]:
    """Whatever is done to this process's log meanwhile is undone."""
    root, server = logging.getLogger(), logging.getLogger("gunicorn.error")
    before = list(root.handlers), root.level, list(server.filters), sys.excepthook, threading.excepthook
    filters = {handler: list(handler.filters) for handler in root.handlers}
    try:
        yield
    finally:
        root.handlers[:], _, server.filters[:], sys.excepthook, threading.excepthook = before
        root.setLevel(before[1])
        logging.captureWarnings(capture=False)
        for handler, kept in filters.items():
            handler.filters[:] = kept


@contextmanager
def logged(
    environ: Mapping[str, str] = CLOUD, secrets: frozenset[str] = frozenset(), *, net: bool = True
) -> Iterator[Log]:
    """Have this process's log written as in this environment, and read it; without the `net`, nothing is redacted."""
    stream, stderr = io.StringIO(), sys.stderr
    with restored():
        sys.stderr = stream
        try:
            logs.begin(environ)
            ours = [one for one in logging.getLogger().handlers if isinstance(one, logs.Lines)]
            guard(lambda: secrets, ours)
            if not net:
                ours[0].filters.clear()
            yield Log(stream)
        finally:
            sys.stderr = stderr
