"""What all doors do with a request before it is theirs: method, size, and plain answers."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from werkzeug import Request, Response
from werkzeug.datastructures import MultiDict

MAX_BODY = 1024 * 1024
"""Bytes."""


class Refused(Exception):
    """A request that a door does not take, with the answer it gets."""

    def __init__(self, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.headers = dict(headers or {})

    def answer(self) -> Response:
        """The answer: one plain sentence."""
        answer = plain(self.status, self.sentence)
        answer.headers.update(self.headers)
        return answer


def plain(status: int, sentence: str) -> Response:
    """An answer of one sentence."""
    return Response(f"{sentence}\n", status, mimetype="text/plain")


def facts(status: int, values: Mapping[str, Any]) -> Response:
    """An answer in JSON."""
    return Response(json.dumps(values) + "\n", status, mimetype="application/json")


def only(request: Request, *methods: str) -> None:
    """Refuse other methods."""
    if request.method not in methods:
        allowed = ", ".join(methods)
        raise Refused(405, f"This address takes {allowed} only.", {"Allow": allowed})


def body(request: Request) -> bytes:
    """The request's body; one that is too large is refused before it is read whole, declared or not."""
    declared = request.content_length
    if declared is not None and declared > MAX_BODY:
        raise TooLarge
    read = request.stream.read(MAX_BODY + 1)
    if len(read) > MAX_BODY:
        raise TooLarge
    return bytes(read)


class TooLarge(Refused):
    """
    A body over 1 MiB.

    Its answer is streamed and the connection ends: otherwise the server would first wait for the rest of the body.
    """

    def __init__(self) -> None:
        super().__init__(413, "The body is larger than 1 MiB.", {"Connection": "close"})

    def answer(self) -> Response:
        """The answer, streamed."""

        def sentence() -> Iterator[bytes]:
            yield f"{self.sentence}\n".encode()

        return Response(sentence(), self.status, self.headers, mimetype="text/plain")


def form(raw: bytes) -> MultiDict[str, str]:
    """The fields of a form; a name may come more than once."""
    pairs = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=None)
    return MultiDict(pairs)


def is_json(request: Request) -> bool:
    """Whether the body says that it is JSON, or does not say what it is."""
    kind = request.mimetype
    return not kind or kind == "application/json" or kind.endswith("+json")
