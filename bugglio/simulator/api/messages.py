"""Twilio's resource of texts."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Response, jsonify, request

from bugglio.simulator.api import answers
from bugglio.simulator.api.checks import check_message
from bugglio.simulator.api.dates import spans
from bugglio.simulator.api.mischief import Mischief
from bugglio.simulator.errors import ApiError
from bugglio.simulator.records import Message

if TYPE_CHECKING:
    from bugglio.simulator.core import Simulator


class Messages:
    """Create, list and fetch."""

    def __init__(self, simulator: "Simulator") -> None:
        self._simulator = simulator
        self._mischief = Mischief(simulator)
        self._path = f"/2010-04-01/Accounts/{simulator.account_sid}/Messages"

    def post_message(self) -> Response:
        """Take a text, unless there is something wrong with it or Twilio is to misbehave."""
        self._mischief.refuse(request.form.get("To", ""))
        check_message(self._simulator, request.form)
        return self._mischief.spoiled(self._simulator.accept(request.form))

    def list_messages(self) -> Response:
        """Answer a page of the log, narrowed by To, From and DateSent."""
        self._mischief.fail_log(request.args.get("To", ""))
        found = self._simulator.listed(_Filter(request.args).fits)
        return answers.page(found, f"{self._path}.json", "messages", request.args)

    def fetch_message(self, sid: str) -> Response:
        """Answer one text."""
        message = self._simulator.message(sid)
        if message is None:
            raise ApiError(20404, f"{self._path}/{sid}.json")
        return jsonify(message.for_twilio())


class _Filter:
    """Which texts a request for the log wants."""

    def __init__(self, args: Mapping[str, str]) -> None:
        self._args = args
        self._spans = spans(args, "DateSent")

    def fits(self, message: Message) -> bool:
        if self._args.get("To", message.to) != message.to or self._args.get("From", message.sender) != message.sender:
            return False
        return all(message.sent is not None and start <= message.sent < end for start, end in self._spans)
