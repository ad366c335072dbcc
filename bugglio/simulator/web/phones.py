"""The phones: what they got, and what they text to bugglio."""

import re
from typing import TYPE_CHECKING

from flask import Response, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from bugglio.simulator.numbers import is_number
from bugglio.simulator.web import forms
from bugglio.simulator.web.forms import Rejected

if TYPE_CHECKING:
    from bugglio.simulator.core import Simulator


class Phones:
    """Texts and calls of all phones, a text from one, and another phone."""

    def __init__(self, simulator: "Simulator") -> None:
        self._simulator = simulator

    def messages(self) -> Response:
        """Answer texts in both directions, oldest first, narrowed by `to` and `since`."""
        since, to = forms.cursor(), _number()
        cursor = self._simulator.change
        found = self._simulator.messages(to=to, since=since)
        return jsonify(messages=[message.for_page() for message in found], cursor=cursor)

    def calls(self) -> Response:
        """Answer calls, oldest first, narrowed by `to` and `since`."""
        since, to = forms.cursor(), _number()
        cursor = self._simulator.change
        found = self._simulator.calls(to, since=since)
        return jsonify(calls=[call.for_page() for call in found], cursor=cursor)

    def post_text(self) -> AnyResponse:
        """Let a phone text bugglio; the answer says what bugglio replied."""
        got = self._simulator.receive(*self._text())
        return forms.done(sid=got.sid, replies=list(got.replies), status=got.status, error_code=got.error_code)

    def post_phone(self) -> AnyResponse:
        """Show another phone."""
        number = re.sub(r"[\s().-]", "", forms.text(forms.body(), "number"))
        if not is_number(number) or number == self._simulator.sender:
            raise Rejected(400, "That is not a phone number such as +14155550101.")
        self._simulator.add_phone(number)
        return forms.done(number=number)

    def _text(self) -> tuple[str, str]:
        """Whose text was posted, and what it says."""
        told = forms.body()
        sender, body = forms.text(told, "from"), forms.text(told, "body")
        if not is_number(sender):
            raise Rejected(400, "“from” must be a phone number such as +14155550101.")
        if sender == self._simulator.sender:
            raise Rejected(400, "“from” is bugglio's own number.")
        if not body.strip() or len(body) > 1600:
            raise Rejected(400, "“body” must be a text of 1 to 1,600 characters.")
        return sender, body


def _number() -> str | None:
    """Whose texts or calls are asked for; a plus may have come as a space."""
    to = request.args.get("to")
    return to.replace(" ", "+", 1) if to else None
