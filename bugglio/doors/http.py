"""What all doors do with a request before it is theirs: method, size, and plain answers."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import IO, Any
from urllib.parse import parse_qsl

from werkzeug import Request, Response
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

MAX_BODY = 1024 * 1024
"""Bytes."""
SHORT = 256
"""Bytes of an address's query that is remembered with its fields."""
MAX_FIELDS = 1_000
"""Fields of a form; Twilio sends some thirty, and a stranger's million would keep the processor busy for seconds."""


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


class TooLarge(Refused):
    """A body over 1 MiB; the connection ends with the answer, where the server lets it."""

    def __init__(self) -> None:
        super().__init__(413, "The body is larger than 1 MiB.", {"Connection": "close"})


class CutShort(Refused):
    """A body whose end never came."""

    def __init__(self) -> None:
        super().__init__(400, "The body did not arrive whole.")


def plain(status: int, sentence: str) -> Response:
    """An answer of one sentence."""
    return Response(f"{sentence}\n", status, mimetype="text/plain")


def facts(status: int, values: Mapping[str, Any]) -> Response:
    """An answer in JSON."""
    return Response(json.dumps(values) + "\n", status, content_type="application/json")


def streamed(answer: Response) -> Response:
    """
    The same answer as a stream, whose length the server is still told.

    Of a request that gets any other answer, functions-framework first reads the whole body into memory, however much
    of it there is and whether or not it was refused.
    """
    if not answer.is_streamed:
        answer.response = answer.iter_encoded()
    return answer


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
    read = _read(request.stream)
    if len(read) > MAX_BODY:
        raise TooLarge
    if declared is not None and len(read) < declared:
        raise CutShort
    return read


def _read(stream: IO[bytes]) -> bytes:
    """A body, of one that is too large only as much as shows it; a server may hand it out in pieces."""
    read = bytearray()
    try:
        while len(read) <= MAX_BODY and (part := stream.read(MAX_BODY + 1 - len(read))):
            read += part
    except Exception:  # noqa: BLE001 - each server has errors of its own about lost callers and malformed chunks
        raise CutShort from None
    return bytes(read)


def query(request: Request) -> MultiDict[str, str]:
    """The fields of the address; bytes that are no UTF-8 become U+FFFD. More than 1,000 count as none."""
    raw = request.query_string
    return _short(raw) if len(raw) <= SHORT else form(raw) or ImmutableMultiDict()


@lru_cache(maxsize=64)
def _short(raw: bytes) -> MultiDict[str, str]:
    """Bugsnag's webhooks all have the same."""
    return ImmutableMultiDict(form(raw) or ())


def form(raw: bytes) -> MultiDict[str, str] | None:
    """The fields of a form, where a name may come more than once; None when there are over 1,000."""
    text = raw.decode("utf-8", "replace")
    try:
        return MultiDict(parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError:
        return None


def is_json(request: Request) -> bool:
    """Whether the body says that it is JSON, or does not say what it is."""
    kind = request.mimetype
    return not kind or kind == "application/json" or kind.endswith("+json")
