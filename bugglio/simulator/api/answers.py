"""Answers in Twilio's form: a record, a page of a list, a refusal."""

import urllib.parse
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from flask import Response, jsonify

from bugglio.simulator.errors import ApiError
from bugglio.simulator.records import Call, Message


def created(record: Message | Call) -> Response:
    """Answer what was made."""
    return _json(record.for_twilio(), 201)


def refusal(fault: ApiError) -> Response:
    """Write an error as Twilio does."""
    response = _json(fault.body(), fault.status)
    response.headers.extend(fault.headers)
    return response


def _json(body: Any, status: int) -> Response:
    response = jsonify(body)
    response.status_code = status
    return response


def page(found: Sequence[Message | Call], path: str, key: str, args: Mapping[str, str]) -> Response:
    """
    Answer one page of a list; `args` is the query, whose PageSize, Page and PageToken say which.

    A page token names the last record seen, so that new ones shift nothing.
    """
    size, number = _whole(args.get("PageSize"), 50, 1, 1000), _whole(args.get("Page"), 0, 0, 10**6)
    start = _after(args.get("PageToken", ""), found, number * size)
    records = found[start : start + size]
    uri = partial(_uri, path, args, size)
    return jsonify(
        {
            "end": start + max(len(records) - 1, 0),
            "first_page_uri": uri(0),
            "next_page_uri": uri(number + 1, records[-1].sid) if start + size < len(found) else None,
            "page": number,
            "page_size": size,
            "previous_page_uri": uri(number - 1) if number else None,
            "start": start,
            "uri": uri(number),
            key: [record.for_twilio() for record in records],
        }
    )


def _after(token: str, found: Sequence[Message | Call], otherwise: int) -> int:
    """The place after the record that the token names, or `otherwise` when it names none."""
    sids = [record.sid for record in found]
    last = token.removeprefix("PA")
    return sids.index(last) + 1 if last in sids else otherwise


def _uri(path: str, args: Mapping[str, str], size: int, page: int, token: str = "") -> str:
    query = [(name, value) for name, value in args.items() if name not in {"Page", "PageToken", "PageSize"}]
    query += [("PageSize", str(size)), ("Page", str(page)), *([("PageToken", "PA" + token)] if token else [])]
    return f"{path}?{urllib.parse.urlencode(query)}"


def _whole(told: str | None, default: int, least: int, most: int) -> int:
    if told is None or not (told.isascii() and told.isdigit()):
        return default
    return min(max(int(told[:9]), least), most)
