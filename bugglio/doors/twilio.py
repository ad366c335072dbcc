"""What Twilio calls: a text came in, or the status of a text or a phone call of ours changed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from werkzeug import Request, Response
from werkzeug.datastructures import MultiDict

from bugglio.delivery import RANK
from bugglio.doors import http
from bugglio.doors.http import Refused
from bugglio.doors.ports import Signed
from bugglio.pager.conversation import Conversation
from bugglio.pager.kit import Deadline
from bugglio.pager.statuses import Statuses
from bugglio.store import StoreError

STATUS_WITHIN = 10.0
"""Seconds; Twilio waits 15."""


@dataclass(frozen=True)
class TwilioCaller:
    """Proves that a request is Twilio's: its signature over the public address, made with one of our tokens."""

    address: str
    """The door's public address."""
    tokens: Sequence[str]
    signed: Signed

    def form(self, request: Request) -> MultiDict[str, str]:
        """The form that Twilio signed; anything else is refused."""
        http.only(request, "POST")
        raw = http.body(request)
        query = request.query_string.decode("latin-1")
        address = f"{self.address}?{query}" if query else self.address
        form = http.form(raw)
        if form is None or not self.signed(address, form, request.headers.get("X-Twilio-Signature"), self.tokens):
            raise Refused(403, "The signature is missing or wrong.")
        return form


@dataclass(frozen=True)
class SmsDoor:
    """Takes texts."""

    caller: TwilioCaller
    conversation: Conversation

    def __call__(self, request: Request) -> Response:
        """Answer with TwiML: one message, or none."""
        form = self.caller.form(request)
        number = form.get("From", "")
        if not number:
            return _twiml("")
        try:
            answer = self.conversation.take(_sid(form), number, form.get("Body", ""))
        except StoreError:
            # Twilio is told to come again; nothing was done.
            raise Refused(503, "The text was not stored: the store cannot be reached.") from None
        return _twiml(answer)


@dataclass(frozen=True)
class StatusDoor:
    """Takes statuses of texts that went out, and of calls."""

    caller: TwilioCaller
    statuses: Statuses

    def __call__(self, request: Request) -> Response:
        """Answer 204; a page that is not known is none of Twilio's concern."""
        form = self.caller.form(request)
        query = http.query(request)
        page, attempt = query.get("page", ""), query.get("attempt", "")
        status = form.get("MessageStatus") or form.get("SmsStatus") or form.get("CallStatus") or ""
        if _is_id(page) and status in RANK:
            self._keep(page, attempt, status, form)
        return Response(status=204)

    def _keep(self, page: str, attempt: str, status: str, form: MultiDict[str, str]) -> None:
        sid = form.get("MessageSid") or form.get("SmsSid") or form.get("CallSid") or ""
        told = form.get("ErrorCode", "")
        code = int(told) if told.isascii() and told.isdecimal() and len(told) < 10 else 0
        try:
            self.statuses.take(page, attempt, status, sid, code, Deadline(STATUS_WITHIN), spoken="CallStatus" in form)
        except StoreError:
            raise Refused(503, "The status was not stored: the store cannot be reached.") from None


def _sid(form: MultiDict[str, str]) -> str:
    """By what a text delivered twice is known."""
    sid = form.get("MessageSid") or form.get("SmsSid") or ""
    if _is_id(sid):
        return sid
    return hashlib.sha256(repr(sorted(form.items(multi=True))).encode()).hexdigest()[:34]


def _is_id(text: str) -> bool:
    """Whether a document can be named so."""
    return text.isascii() and text.isalnum() and len(text) <= 64


def _twiml(answer: str) -> Response:
    message = f"<Message>{escape(answer)}</Message>" if answer else ""
    text = f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>'
    return Response(text, 200, mimetype="text/xml")
