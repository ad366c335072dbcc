"""
Twilio, reached with its own library: the only module that sends texts and makes calls.

A send says exactly how far it came. Whether the request was written is not guessed from the kind of error: the
connection asks for leave after it stands (TLS included) and immediately before the first byte of the request, and from
that moment on only an answer that can be read settles what became of the text.
"""

import urllib.parse
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bugglio.delivery import (
    NO_CALLER,
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
    classify_call,
)
from bugglio.exchange import Exchange, Reply, retry_after
from bugglio.pager.ports import CarrierError, Outgoing
from bugglio.speech import twiml

if TYPE_CHECKING:
    from twilio.rest import Client

LOG_PAGE = 100
"""How many of the newest messages to a number are looked through: one page of Twilio's log."""
RING = 30
"""Seconds for which a phone rings before nobody has answered; Twilio may add 5."""
CALL_EVENTS = ("initiated", "answered", "completed")
"""What Twilio reports of a call: that it has it, that somebody is listening, how it ended."""


class TwilioCarrier:
    """
    Sends texts and makes calls through Twilio's API, and reads its logs; safe to share between threads.

    `status_callback` is the public address of `/sms-status`. `api_url` replaces `https://api.twilio.com` and may hold a
    path. `caller_id` or `messaging_service_sid` is needed, ValueError otherwise: texts go through the service where
    there is one, calls come from the number.
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
        if not account_sid or not auth_token or not (caller_id or messaging_service_sid):
            raise ValueError("an account SID, a token and either a number or a messaging service are needed")
        self._account_sid, self._auth_token = account_sid, auth_token
        self._caller_id, self._service = caller_id, messaging_service_sid
        self._status_callback = status_callback
        self._api_url = (api_url or "").rstrip("/")
        self._log_patience = log_patience

    def send(self, text: Outgoing, *, patience: float, fresh: Callable[[], bool]) -> Outcome:
        """
        Hand one text to Twilio, or let it call; see `Carrier.send`.

        `fresh` is asked in another thread. Nothing is retried here, and nothing that Twilio or the network says is
        repeated in a reason, because such texts hold numbers and addresses.
        """
        if text.spoken and not self._caller_id:
            return Refused(NO_CALLER)
        exchange = Exchange(patience, fresh)
        account = self._api(exchange)
        create: Callable[..., object] = account.calls.create if text.spoken else account.messages.create
        fields = self._call_fields(text) if text.spoken else self._fields(text)
        try:
            exchange.run(lambda: create(**fields))
        except RuntimeError:  # no thread to be had
            return NotSent("this machine has no thread left")
        return outcome(exchange, classify_call if text.spoken else classify)

    def find(self, to: str, *, spoken: bool = False) -> Sequence[Logged]:
        """The newest 100 texts to this number in Twilio's log, or calls of ours; see `Carrier.find`."""
        if spoken and not self._caller_id:
            return []
        exchange = Exchange(self._log_patience, lambda: True)
        account = self._api(exchange)
        found: list[Logged] = []

        def read() -> None:
            if spoken:
                calls = account.calls.page(to=to, from_=self._caller_id, page_size=LOG_PAGE)
                found.extend(_logged_call(entry) for entry in calls)
            else:
                found.extend(_logged(entry) for entry in account.messages.page(to=to, page_size=LOG_PAGE))

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
        return {**fields, **self._reporting(text)}

    def _call_fields(self, call: Outgoing) -> dict[str, Any]:
        fields: dict[str, Any] = {"to": call.to, "from_": self._caller_id, "twiml": twiml(call.body), "timeout": RING}
        reporting = self._reporting(call)
        return {**fields, **reporting, "status_callback_event": list(CALL_EVENTS)} if reporting else fields

    def _reporting(self, text: Outgoing) -> dict[str, str]:
        """Where its statuses are to be told."""
        if not self._status_callback or not text.page:
            return {}
        query = urllib.parse.urlencode({"page": text.page, "attempt": text.attempt})
        return {"status_callback": f"{self._status_callback}?{query}"}

    def _api(self, exchange: Exchange) -> "Client":
        """Twilio's API, ready to be asked: what has to be imported for it does not count as waiting."""
        from twilio.rest import Client

        from bugglio.connection import OneShotClient

        http = OneShotClient(exchange, self._api_url)
        # The empty environment keeps TWILIO_REGION and TWILIO_EDGE from changing the host behind our back.
        return Client(self._account_sid, self._auth_token, http_client=http, environment={"": ""})


def outcome(exchange: Exchange, why: Callable[[int, int], Failure] = classify) -> Outcome:
    """What a request to send came to, from how far it came and what was answered; `why` explains a refusal's code."""
    if exchange.void:
        return Void()
    if not exchange.written:
        return NotSent(exchange.trouble or "no connection")
    if exchange.reply is None:
        return Unknown(exchange.trouble or "no answer")
    return _answered(exchange.reply, why)


def _answered(reply: Reply, why: Callable[[int, int], Failure]) -> Outcome:
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
        return Refused(why(_code(facts.get("code")), reply.status))
    return Unknown(f"Twilio answered HTTP {reply.status}")


def _accepted(facts: Mapping[str, Any]) -> Outcome:
    sid, status = facts.get("sid"), facts.get("status")
    if not isinstance(sid, str) or not sid:
        return Unknown("Twilio's answer could not be read")
    return Accepted(sid, status if isinstance(status, str) else "queued")


def _code(told: object) -> int:
    """Twilio's error code; bodies without one of Twilio's own give 0."""
    return told if isinstance(told, int) and not isinstance(told, bool) and told >= 10_000 else 0


def _logged(entry: Any) -> Logged:
    return Logged(
        sid=str(entry.sid),
        body=entry.body or "",
        status=str(entry.status),
        created=_milliseconds(entry.date_created),
        error_code=entry.error_code,
    )


def _logged_call(entry: Any) -> Logged:
    return Logged(str(entry.sid), "", str(entry.status), _milliseconds(entry.date_created), None)


def _milliseconds(created: object) -> int:
    """Twilio dates in whole seconds, and a call not before it leaves the queue."""
    return round(created.timestamp() * 1000) if isinstance(created, datetime) else 0


def _log_fault(reply: Reply) -> str:
    body = reply.json()
    code = _code(body.get("code")) if isinstance(body, dict) else 0
    return classify(code, reply.status).cause if 400 <= reply.status < 500 else f"HTTP {reply.status}"
