"""Twilio's side of a pager: what it says of the account, and of the number or service that texts go out by."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from bugglio.exchange import Exchange

if TYPE_CHECKING:
    from twilio.rest import Client

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds for one question."""
RECENT = 200
"""So many of the newest texts are looked through for failures."""
MOST = 1_000
VERIFIED = "VERIFIED"
"""A campaign of registered texts (10DLC) that carriers take."""
APPROVED = "TWILIO_APPROVED"
"""A toll-free number that carriers take texts from."""


class AccountError(Exception):
    """Twilio could not be asked, or refused; its text says which, and repeats nothing of what Twilio said."""

    def __init__(self, reason: str, status: int = 0) -> None:
        super().__init__(reason)
        self.status = status
        """As HTTP has it; 0: there was no answer."""


@dataclass(frozen=True)
class State:
    """The account as a whole."""

    status: str
    """`active`, `suspended` or `closed`."""
    trial: bool
    """It texts only numbers that were verified in Twilio's console."""


@dataclass(frozen=True)
class Balance:
    """What is left to be spent."""

    amount: str
    currency: str


@dataclass(frozen=True)
class Number:
    """A number of the account."""

    sid: str
    number: str
    texts: bool
    """Whether it can text at all."""
    url: str
    """Where texts to it go."""
    method: str
    fallback: str
    application: str = ""
    """Where this is set, its addresses count and the number's own do not."""


@dataclass(frozen=True)
class Service:
    """A messaging service of the account."""

    sid: str
    url: str
    method: str
    fallback: str
    own: bool
    """Texts go where each of its numbers sends them, not to `url`."""
    numbers: frozenset[str] = frozenset()
    campaigns: tuple[str, ...] = ()
    """How its registrations for texts in the United States stand."""


@dataclass(frozen=True)
class Recent:
    """What became of the newest texts."""

    texts: int = 0
    failures: Mapping[int, int] = field(default_factory=dict)
    """How many failed, by Twilio's error code."""


class TwilioAccount:
    """Asks Twilio, with its own library; each question raises `AccountError` when there is no answer to it."""

    def __init__(self, account_sid: str, auth_token: str, api_url: str = "", patience: float = PATIENCE) -> None:
        """`api_url` replaces Twilio's own addresses, of all its services."""
        self._sid, self._token = account_sid, auth_token
        self._api_url = api_url.rstrip("/")
        self._patience = patience

    def state(self) -> State:
        """How the account stands."""
        found = self._ask(lambda client: client.api.v2010.accounts(self._sid).fetch())
        return State(str(found.status), str(found.type).casefold() == "trial")

    def balance(self) -> Balance:
        """What is left of the money."""
        found = self._ask(lambda client: client.api.v2010.account.balance.fetch())
        return Balance(str(found.balance), str(found.currency))

    def number(self, number: str) -> Number | None:
        """One of the account's numbers; None: it has no such number."""
        found = self._ask(lambda client: list(client.incoming_phone_numbers.page(phone_number=number, page_size=50)))
        return next((_number(one) for one in found if one.phone_number == number), None)

    def numbers(self) -> list[Number]:
        """All of the account's numbers, the first thousand."""
        found = self._ask(lambda client: list(client.incoming_phone_numbers.page(page_size=MOST)))
        return [_number(one) for one in found]

    def service(self, sid: str) -> Service | None:
        """A messaging service with its numbers and campaigns; None: the account has no such service."""
        try:
            found = self._ask(lambda client: client.messaging.v1.services(sid).fetch())
        except AccountError as error:
            if error.status == 404:
                return None
            raise
        return self._whole(found)

    def service_of(self, number: str) -> Service | None:
        """The messaging service that a number is in, if it is in one."""
        for found in self._ask(lambda client: list(client.messaging.v1.services.page(page_size=50))):
            whole = self._whole(found)
            if number in whole.numbers:
                return whole
        return None

    def toll_free(self, number_sid: str) -> str:
        """How the verification of a toll-free number stands; empty: none was asked for."""
        found = self._ask(
            lambda client: list(
                client.messaging.v1.tollfree_verifications.page(tollfree_phone_number_sid=number_sid, page_size=20)
            )
        )
        states = [str(one.status) for one in found]
        return APPROVED if APPROVED in states else next(iter(states), "")

    def verified(self) -> frozenset[str]:
        """The numbers that a trial account may text."""
        found = self._ask(lambda client: list(client.outgoing_caller_ids.page(page_size=MOST)))
        return frozenset(str(one.phone_number) for one in found)

    def recent(self) -> Recent:
        """What became of the newest texts."""
        found = self._ask(lambda client: list(client.messages.page(page_size=RECENT)))
        sent = [one for one in found if str(one.direction).startswith("outbound")]
        failed = [one for one in sent if str(one.status) in ("failed", "undelivered")]
        return Recent(len(sent), Counter(int(one.error_code or 0) for one in failed))

    def point_number(self, sid: str, url: str, fallback: str) -> None:
        """Have texts to a number posted to `url`, and to `fallback` when that fails."""
        told = {"sms_url": url, "sms_method": "POST", "sms_fallback_url": fallback, "sms_fallback_method": "POST"}
        self._ask(lambda client: client.incoming_phone_numbers(sid).update(**told, sms_application_sid=""))

    def point_service(self, sid: str, url: str, fallback: str) -> None:
        """The same for all numbers of a messaging service."""
        told: dict[str, Any] = {"inbound_request_url": url, "inbound_method": "POST"}
        told |= {"fallback_url": fallback, "fallback_method": "POST", "use_inbound_webhook_on_number": False}
        self._ask(lambda client: client.messaging.v1.services(sid).update(**told))

    def _whole(self, found: Any) -> Service:
        service = str(found.sid)
        numbers = self._ask(
            lambda client: list(client.messaging.v1.services(service).phone_numbers.page(page_size=MOST))
        )
        campaigns = self._ask(
            lambda client: list(client.messaging.v1.services(service).us_app_to_person.page(page_size=20))
        )
        return Service(
            service,
            found.inbound_request_url or "",
            found.inbound_method or "POST",
            found.fallback_url or "",
            own=bool(found.use_inbound_webhook_on_number),
            numbers=frozenset(str(one.phone_number) for one in numbers),
            campaigns=tuple(str(one.campaign_status) for one in campaigns),
        )

    def _ask(self, question: "Callable[[Client], T]") -> T:
        """One request, with all that has to be imported for it before its time begins."""
        from twilio.rest import Client

        from bugglio.connection import OneShotClient

        exchange = Exchange(self._patience, lambda: True)
        http = OneShotClient(exchange, self._api_url)
        client = Client(self._sid, self._token, http_client=http, environment={"": ""})
        found: list[T] = []
        try:
            exchange.run(lambda: found.append(question(client)))
        except RuntimeError:  # no thread to be had
            raise AccountError("this machine has no thread left") from None
        if found:
            return found[0]
        reply = exchange.reply
        if reply is not None and reply.status >= 300:
            raise AccountError(f"Twilio answered HTTP {reply.status}", reply.status)
        raise AccountError(exchange.trouble or "no answer")


def _number(one: Any) -> Number:
    can = one.capabilities if isinstance(one.capabilities, Mapping) else vars(one.capabilities or object())
    return Number(
        sid=str(one.sid),
        number=str(one.phone_number),
        texts=bool(can.get("sms")),
        url=one.sms_url or "",
        method=one.sms_method or "POST",
        fallback=one.sms_fallback_url or "",
        application=one.sms_application_sid or "",
    )
