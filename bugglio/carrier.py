"""
Twilio, reached with its own library: the only module that sends texts.

A send says exactly how far it came. Whether the request was written is not guessed from the kind of error: the
connection asks for leave after it stands (TLS included) and immediately before the first byte of the request, and from
that moment on only an answer that can be read settles what became of the text.
"""

import urllib.parse
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from bugglio.delivery import (
    Accepted,
    Blame,
    Busy,
    Failure,
    Logged,
    NotSent,
    Outcome,
    Refused,
    Unknown,
    Void,
    classify,
)
from bugglio.exchange import Exchange, Reply
from bugglio.pager.ports import CarrierError, Outgoing

if TYPE_CHECKING:
    from twilio.rest.api.v2010.account.message import MessageList

LOG_PAGE = 100
"""How many of the newest messages to a number are looked through: one page of Twilio's log."""
MAX_RETRY_AFTER = 3600.0
"""Seconds: what Twilio asks beyond that is cut, so that a wrong header cannot silence a pager."""


class TwilioCarrier:
    """
    Sends texts through Twilio's API and reads its message log; safe to share between threads.

    `status_callback` is the public address of `/sms-status`. `api_url` replaces `https://api.twilio.com` and may hold a
    path. Exactly one of `caller_id` and `messaging_service_sid` is needed; ValueError otherwise.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        caller_id: str | None = None,
        messaging_service_sid: str | None = None,
        status_callback: str | None = None,
        api_url: str | None = None,
        log_patience: float = 5.0,
    ) -> None:
        if not account_sid or not auth_token or bool(caller_id) == bool(messaging_service_sid):
            raise ValueError("an account SID, a token and either a number or a messaging service are needed")
        self._account_sid, self._auth_token = account_sid, auth_token
        self._caller_id, self._service = caller_id, messaging_service_sid
        self._status_callback = status_callback
        self._api_url = (api_url or "").rstrip("/")
        self._log_patience = log_patience

    def send(self, text: Outgoing, *, patience: float, fresh: Callable[[], bool]) -> Outcome:
        """
        Hand one text to Twilio; see `Carrier.send`.

        `fresh` is asked in another thread. Nothing is retried here, and nothing that Twilio or the network says is
        repeated in a reason, because such texts hold numbers and addresses.
        """
        exchange = Exchange(patience, fresh)
        messages = self._messages(exchange)
        try:
            exchange.run(lambda: messages.create(**self._fields(text)))
        except RuntimeError:  # no thread to be had
            return NotSent("this machine has no thread left")
        return outcome(exchange)

    def find(self, to: str) -> Sequence[Logged]:
        """The newest 100 texts to this number in Twilio's log, newest first; see `Carrier.find`."""
        exchange = Exchange(self._log_patience, lambda: True)
        messages = self._messages(exchange)
        found: list[Logged] = []

        def read() -> None:
            found.extend(_logged(entry) for entry in messages.page(to=to, page_size=LOG_PAGE))

        try:
            exchange.run(read)
        except RuntimeError:  # no thread to be had
            raise CarrierError("this machine has no thread left") from None
        reply = exchange.reply
        if reply is not None and reply.status >= 300:
            raise CarrierError(f"Twilio's log: {_log_fault(reply)}")
        if reply is None or exchange.trouble:
            raise CarrierError(f"Twilio's log: {exchange.trouble or 'no answer'}")
        return found

    def _fields(self, text: Outgoing) -> dict[str, Any]:
        fields: dict[str, Any] = {"to": text.to, "body": text.body, "validity_period": text.validity}
        if self._service:
            fields["messaging_service_sid"] = self._service
        else:
            fields["from_"] = self._caller_id
        if self._status_callback and text.page:
            query = urllib.parse.urlencode({"page": text.page, "attempt": text.attempt})
            fields["status_callback"] = f"{self._status_callback}?{query}"
        return fields

    def _messages(self, exchange: Exchange) -> "MessageList":
        """Twilio's resource, ready to be asked: what has to be imported for it does not count as waiting."""
        from twilio.rest import Client

        from bugglio.connection import OneShotClient

        http = OneShotClient(exchange, self._api_url)
        # The empty environment keeps TWILIO_REGION and TWILIO_EDGE from changing the host behind our back.
        return Client(self._account_sid, self._auth_token, http_client=http, environment={"": ""}).messages


def outcome(exchange: Exchange) -> Outcome:
    """What a request to send came to, from how far it came and what was answered."""
    if exchange.void:
        return Void()
    if not exchange.written:
        return NotSent(exchange.trouble or "no connection")
    if exchange.reply is None:
        return Unknown(exchange.trouble or "no answer")
    return _answered(exchange.reply)


def _answered(reply: Reply) -> Outcome:
    body = reply.json()
    facts = body if isinstance(body, dict) else {}
    if 200 <= reply.status < 300:
        return _accepted(facts)
    if reply.status == 429:
        return Busy(retry_after(reply.headers.get("retry-after"), datetime.now(UTC)))
    if reply.status in {301, 302, 307, 308}:
        cause = f"the API's address answers with a redirect (HTTP {reply.status}): check TWILIO_API_URL"
        return Refused(Failure(0, cause, Blame.ACCOUNT))
    if 400 <= reply.status < 500:
        return Refused(classify(_code(facts.get("code")), reply.status))
    return Unknown(f"Twilio answered HTTP {reply.status}")


def _accepted(facts: Mapping[str, Any]) -> Outcome:
    sid, status = facts.get("sid"), facts.get("status")
    if not isinstance(sid, str) or not sid:
        return Unknown("Twilio's answer could not be read")
    return Accepted(sid, status if isinstance(status, str) else "queued")


def _code(told: object) -> int:
    """Twilio's error code; bodies without one of Twilio's own give 0."""
    return told if isinstance(told, int) and not isinstance(told, bool) and told >= 10_000 else 0


def retry_after(told: str | None, now: datetime) -> float | None:
    """Seconds to wait as a Retry-After header says them, in figures or as a date; None when it says nothing usable."""
    if told is None:
        return None
    try:
        seconds = float(told) if told.strip().replace(".", "", 1).isdigit() else _until(told, now)
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)


def _until(date: str, now: datetime) -> float:
    moment = parsedate_to_datetime(date)
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()


def _logged(entry: Any) -> Logged:
    created = entry.date_created
    return Logged(
        sid=str(entry.sid),
        body=entry.body or "",
        status=str(entry.status),
        created=round(created.timestamp() * 1000) if isinstance(created, datetime) else 0,
        error_code=entry.error_code,
    )


def _log_fault(reply: Reply) -> str:
    body = reply.json()
    code = _code(body.get("code")) if isinstance(body, dict) else 0
    return classify(code, reply.status).cause if 400 <= reply.status < 500 else f"HTTP {reply.status}"
