"""Twilio: whether the account works, may text the roster's phones, and hands their answers to bugglio."""

from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation

from bugglio.account import APPROVED, VERIFIED, AccountError, Number, Recent, Service, TwilioAccount
from bugglio.cli.doctor.addresses import is_local
from bugglio.cli.doctor.checks import Check, Checks, good, told, unknown, wrong
from bugglio.config import Settings
from bugglio.delivery import Blame, classify
from bugglio.pager.kit import Kit
from bugglio.redact import short
from bugglio.remedies import of_code
from bugglio.rosterfile.phones import region_of

TOLL_FREE = ("+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888")
UNITED_STATES = "US"
MANY_FAIL = 10
"""One of so many texts that fail is too many."""
PROVE = "Copy TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN again, from the same account in Twilio's console."
SUSPENDED = "Open Twilio's console: it says why, mostly for want of money or a document."
MONEY = "Add money in Twilio's console under Billing, and switch Auto-recharge on."
TRIAL = (
    "Verify them in Twilio's console under Phone Numbers > Verified Caller IDs, or upgrade the account: a trial texts"
    " nobody else."
)
NO_NUMBER = "Set TWILIO_CALLER_ID to a number that Twilio's console lists under Phone Numbers > Active numbers."
NO_TEXTS = "Buy a number with the capability SMS, and set TWILIO_CALLER_ID to it."
NO_SERVICE = "Set TWILIO_MESSAGING_SERVICE_SID to a service that Twilio's console lists under Messaging > Services."
NO_SENDERS = "Add a number to the service: Messaging > Services > its name > Sender Pool."
POINT = (
    "Run python -m bugglio setup, or set it in Twilio's console: {where}: {url}, HTTP POST, and the same address as the"
    " fallback."
)
NUMBERS = "Phone Numbers > Active numbers > the number > Messaging > A message comes in"
SERVICES = "Messaging > Services > its name > Integration > Send a webhook"
APPLICATION = (
    "Take the TwiML app off the number's messaging in Twilio's console: its address counts, and not bugglio's."
)
RETRIES = "#rc=2&rp=ct,rt,5xx"
"""What is put behind the address so that Twilio posts a text again that was not taken."""
REGISTER = (
    "Register the number (10DLC): Twilio's console, Messaging > Regulatory compliance. It takes days; until then"
    " carriers in the United States refuse its texts (30034)."
)
VERIFY = "Have the toll-free number verified: Twilio's console, Phone Numbers > Toll-free verification. It takes days."


def of_twilio(settings: Settings, kit: Kit) -> Checks:
    """Ask Twilio, one question after another; without an account that answers nothing more is asked."""
    account = TwilioAccount(settings.twilio_account_sid, settings.twilio_auth_token, settings.twilio_api_url)
    phones = [person.phone for person in kit.roster().engineers.values()]
    try:
        state = account.state()
    except AccountError as error:
        yield _unasked(settings, error)
        return
    if state.status != "active":
        yield wrong("Twilio's account", f"it is {state.status}", SUSPENDED)
    else:
        yield good("Twilio's account", "it is active, and its token is right")
    yield from _guarded("Twilio's balance", lambda: [_balance(account, settings)])
    if state.trial:
        yield from _guarded("Twilio's trial", lambda: _trial(account, phones))
    yield from _guarded("Twilio's sender", lambda: _sender(account, settings, phones))
    yield from _guarded("recent texts", lambda: _recent(account.recent()))


def _guarded(name: str, ask: Callable[[], Iterable[Check]]) -> Checks:
    try:
        yield from ask()
    except AccountError as error:
        yield unknown(name, str(error))


def _unasked(settings: Settings, error: AccountError) -> Check:
    if error.status in (401, 403, 404):
        return wrong("Twilio's account", "Twilio does not know this account, or not this token", PROVE)
    if settings.twilio_api_url and is_local(settings.twilio_api_url):
        return unknown("Twilio's account", "the simulator is not running", "python -m bugglio run")
    return unknown("Twilio's account", str(error), "See whether this machine reaches api.twilio.com.")


def _balance(account: TwilioAccount, settings: Settings) -> Check:
    balance = account.balance()
    left = f"{balance.amount} {balance.currency}"
    try:
        amount = Decimal(balance.amount)
    except InvalidOperation:
        return unknown("Twilio's balance", "what Twilio says of it is no number")
    if amount <= 0:
        return wrong("Twilio's balance", f"nothing is left of it ({left})", MONEY)
    if amount < settings.bugglio_sms_per_day * settings.bugglio_sms_price:
        return wrong("Twilio's balance", f"{left} would not last for a day's budget of texts", MONEY)
    return good("Twilio's balance", left)


def _trial(account: TwilioAccount, phones: Iterable[str]) -> Checks:
    verified = account.verified()
    others = [phone for phone in phones if phone not in verified]
    if others:
        named = ", ".join(short(phone) for phone in others[:10])
        yield wrong("Twilio's trial", f"the account is a trial, and may not text {named}", TRIAL)
    else:
        yield told("Twilio's trial", "the account is a trial: its texts begin with a line of Twilio's", "Upgrade it.")


def _sender(account: TwilioAccount, settings: Settings, phones: Iterable[str]) -> Checks:
    american = any(region_of(phone) == UNITED_STATES for phone in phones)
    if settings.twilio_messaging_service_sid:
        service = account.service(settings.twilio_messaging_service_sid)
        yield from _of_service(settings, service, american=american)
    if settings.twilio_caller_id:
        number = account.number(settings.twilio_caller_id)
        yield from _of_number(account, settings, number, american=american)


def _of_service(settings: Settings, service: Service | None, *, american: bool) -> Checks:
    name = "TWILIO_MESSAGING_SERVICE_SID"
    if service is None:
        yield wrong(name, "the account has no such messaging service", NO_SERVICE)
        return
    if not service.numbers:
        yield wrong(name, "the messaging service has no number to send from", NO_SENDERS)
    else:
        yield good(name, f"it sends from {len(service.numbers)} number{'s' if len(service.numbers) > 1 else ''}")
    if service.own:
        yield unknown(
            "texts to bugglio", "the service leaves it to each of its numbers where texts go", _point(settings)
        )
    else:
        yield _pointed(settings, service.url, service.method, service.fallback, SERVICES)
    if american:
        yield _registered(service)


def _of_number(account: TwilioAccount, settings: Settings, number: Number | None, *, american: bool) -> Checks:
    name = "TWILIO_CALLER_ID"
    if number is None:
        yield wrong(name, f"the account has no number {short(settings.twilio_caller_id)}", NO_NUMBER)
        return
    if not number.texts:
        yield wrong(name, "the number cannot text", NO_TEXTS)
    else:
        yield good(name, "the number can text")
    if settings.twilio_messaging_service_sid:
        return  # texts go out, and come in, by the service
    if number.application:
        yield wrong("texts to bugglio", "a TwiML app takes the number's texts", APPLICATION)
    else:
        yield _pointed(settings, number.url, number.method, number.fallback, NUMBERS)
    if american and number.number.startswith(TOLL_FREE):
        yield _verified(account.toll_free(number.sid))
    elif american and region_of(number.number) == UNITED_STATES:
        yield _registered(account.service_of(number.number))


def _pointed(settings: Settings, url: str, method: str, fallback: str, where: str) -> Check:
    name, wanted = "texts to bugglio", settings.door_url("/sms")
    plain, _, overrides = url.partition("#")
    mend = POINT.format(where=where, url=wanted + RETRIES)
    if plain != wanted:
        return wrong(name, f"Twilio posts them to {plain or 'nowhere'}, not to {wanted}", mend)
    if method.upper() != "POST":
        return wrong(name, f"Twilio sends them by {method.upper()}, and not by POST", mend)
    if not overrides or not fallback:
        return told(name, "Twilio posts them to /sms, and does not try again where that fails", mend)
    return good(name, "Twilio posts them to /sms, and tries again where that fails")


def _point(settings: Settings) -> str:
    return POINT.format(where=NUMBERS, url=settings.door_url("/sms") + RETRIES)


def _registered(service: Service | None) -> Check:
    name = "texts in the United States"
    if service is not None and VERIFIED in service.campaigns:
        return good(name, "the sender is registered")
    state = ", ".join(service.campaigns) if service is not None and service.campaigns else "no registration"
    return wrong(name, f"the sender is not registered for them ({state})", REGISTER)


def _verified(state: str) -> Check:
    name = "texts in the United States"
    if state == APPROVED:
        return good(name, "the toll-free number is verified")
    return wrong(name, f"the toll-free number is not verified ({state or 'nobody asked for it'})", VERIFY)


def _recent(recent: Recent) -> Checks:
    name, failed = "recent texts", sum(recent.failures.values())
    if not failed:
        yield good(name, f"none of the last {recent.texts} failed" if recent.texts else "there were none")
        return
    bad = failed * MANY_FAIL > recent.texts or any(_is_ours(code) for code in recent.failures)
    for code, count in sorted(recent.failures.items(), key=lambda pair: -pair[1]):
        remedy = of_code(code)
        found = f"{count} of the last {recent.texts} failed: {remedy.cause}{f' ({code})' if code else ''}"
        yield wrong(name, found, remedy.mend) if bad else told(name, found, remedy.mend)


def _is_ours(code: int) -> bool:
    return classify(code).blame is Blame.ACCOUNT
