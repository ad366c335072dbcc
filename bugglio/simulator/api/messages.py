"""Twilio's resource of texts, and the ways in which sending one can go wrong on purpose."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Response, jsonify, request

from bugglio.simulator.api import answers
from bugglio.simulator.api.checks import check_message
from bugglio.simulator.api.dates import spans
from bugglio.simulator.errors import ApiError
from bugglio.simulator.records import Message

if TYPE_CHECKING:
    from bugglio.simulator.core import Simulator

_REFUSING = ("500", "429", "refuse")
_SPOILING = ("accept-timeout", "accept-500", "accept-reset", "slow")


class Messages:
    """Create, list and fetch."""

    def __init__(self, simulator: "Simulator") -> None:
        self._simulator = simulator
        self._path = f"/2010-04-01/Accounts/{simulator.account_sid}/Messages"

    def post_message(self) -> Response:
        """Take a text, unless there is something wrong with it or Twilio is to misbehave."""
        self._refuse(request.form.get("To", ""))
        check_message(self._simulator, request.form)
        return self._spoiled(self._simulator.accept(request.form))

    def list_messages(self) -> Response:
        """Answer a page of the log, narrowed by To, From and DateSent."""
        if self._simulator.trouble(["no-log"], request.args.get("To", "")):
            raise ApiError(20503)
        found = self._simulator.listed(_Filter(request.args).fits)
        return answers.page(found, f"{self._path}.json", "messages", request.args)

    def fetch_message(self, sid: str) -> Response:
        """Answer one text."""
        message = self._simulator.message(sid)
        if message is None:
            raise ApiError(20404, f"{self._path}/{sid}.json")
        return jsonify(message.for_twilio())

    def _refuse(self, to: str) -> None:
        """Misbehave before the text is taken: nothing goes out."""
        trouble = self._simulator.trouble(_REFUSING, to)
        if trouble is None:
            return
        if trouble.kind == "429":
            raise ApiError(20429, headers={"Retry-After": f"{trouble.value():g}"})
        raise ApiError(20500 if trouble.kind == "500" else int(trouble.value()), to)

    def _spoiled(self, message: Message) -> Response:
        """Answer a text that was taken, or misbehave: it goes out, and the answer is late, wrong or missing."""
        trouble = self._simulator.trouble(_SPOILING, message.to)
        if trouble is None:
            return answers.created(message)
        if trouble.kind == "accept-500":
            raise ApiError(20500)
        if trouble.kind == "slow":
            self._simulator.hold(trouble.value() if self._simulator.running else 0)
            return answers.created(message)
        if trouble.kind == "accept-timeout":
            self._simulator.hold(trouble.value())
        return _cut()


class _Filter:
    """Which texts a request for the log wants."""

    def __init__(self, args: Mapping[str, str]) -> None:
        self._args = args
        self._spans = spans(args, "DateSent")

    def fits(self, message: Message) -> bool:
        if self._args.get("To", message.to) != message.to or self._args.get("From", message.sender) != message.sender:
            return False
        return all(message.sent is not None and start <= message.sent < end for start, end in self._spans)


def _cut() -> Response:
    """Break the answer off: its body ends before its declared length, and the server can only close the connection."""
    response = Response(iter([b"{"]), 201, mimetype="application/json")
    response.headers["Content-Length"] = "1000"
    return response
