"""The sender, which comes first: a number that texts, and what the United States want of it, which takes days."""

from collections.abc import Mapping

from bugglio.account import APPROVED, VERIFIED, AccountError, Number, State, TwilioAccount
from bugglio.cli.doctor import carrying
from bugglio.cli.setup import asking
from bugglio.laptop import Unusable
from bugglio.rosterfile.phones import region_of

ACCOUNT, TOKEN, NUMBER = "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_CALLER_ID"
SERVICE, API = "TWILIO_MESSAGING_SERVICE_SID", "TWILIO_API_URL"
BUY = "The account has no number that can text: buy one in Twilio's console (Phone Numbers > Buy a number, SMS)."
TRIAL = (
    "The account is a trial: it texts only numbers that were verified in Twilio's console (Phone Numbers > Verified"
    " Caller IDs). Verify every engineer's, or upgrade it."
)
UNREGISTERED = (
    "The number is not registered for texts in the United States, and carriers there refuse what it sends (30034)."
    " The registration takes days: begin it now, in Twilio's console under Messaging > Regulatory compliance, and go on"
    " here meanwhile."
)


def gathered(known: Mapping[str, str]) -> dict[str, str]:
    """Twilio's settings, asked for as far as they are not known, and proved by asking Twilio."""
    told = {name: known[name] for name in (ACCOUNT, TOKEN, NUMBER, SERVICE, API) if known.get(name)}
    state = _proved(told)
    if state.status != "active":
        raise Unusable(f"Twilio's account is {state.status}. {carrying.SUSPENDED}")
    if state.trial:
        print(f"  {TRIAL}")
    if not told.get(SERVICE) and not told.get(NUMBER):
        told[NUMBER] = _chosen(account(told))
    _registered(told)
    return told


def account(settings: Mapping[str, str]) -> TwilioAccount:
    """The account that the settings name."""
    return TwilioAccount(settings[ACCOUNT], settings[TOKEN], settings.get(API, ""))


def point(settings: Mapping[str, str], public_url: str) -> bool:
    """Have what is texted to the sender posted to `/sms`; whether that had to be changed. Raises `Unusable`."""
    url, fallback = f"{public_url}/sms{carrying.RETRIES}", f"{public_url}/sms"
    twilio = account(settings)
    try:
        if settings.get(SERVICE):
            return _point_service(twilio, settings[SERVICE], url, fallback)
        return _point_number(twilio, settings[NUMBER], url, fallback)
    except AccountError as error:
        raise Unusable(
            f"Twilio could not be told where texts go: {error}. The same command goes on from here."
        ) from None


def _point_number(twilio: TwilioAccount, number: str, url: str, fallback: str) -> bool:
    found = twilio.number(number)
    if found is None:
        raise Unusable(carrying.NO_NUMBER)
    if (found.url, found.method, found.fallback, found.application) == (url, "POST", fallback, ""):
        return False
    twilio.point_number(found.sid, url, fallback)
    return True


def _point_service(twilio: TwilioAccount, sid: str, url: str, fallback: str) -> bool:
    found = twilio.service(sid)
    if found is None:
        raise Unusable(carrying.NO_SERVICE)
    if (found.url, found.method, found.fallback, found.own) == (url, "POST", fallback, False):
        return False
    twilio.point_service(sid, url, fallback)
    return True


def _proved(told: dict[str, str]) -> State:
    """The account's state; what is asked for is asked again when Twilio does not take it."""
    for _ in range(asking.TRIES):
        if not told.get(ACCOUNT):
            told[ACCOUNT] = asking.plain("Twilio's Account SID (AC…)", ACCOUNT)
        if not told.get(TOKEN):
            told[TOKEN] = asking.hidden("Twilio's auth token", TOKEN)
        try:
            return account(told).state()
        except AccountError as error:
            if error.status not in (401, 403, 404):
                raise Unusable(f"Twilio could not be asked: {error}.") from None
            print(f"  Twilio does not know this account, or not this token. {carrying.PROVE}")
            told[ACCOUNT] = told[TOKEN] = ""
    raise Unusable("That did not work three times; nothing was changed.")


def _chosen(twilio: TwilioAccount) -> str:
    try:
        found = [one.number for one in twilio.numbers() if one.texts]
    except AccountError as error:
        raise Unusable(f"Twilio could not be asked: {error}.") from None
    if not found:
        raise Unusable(BUY)
    if len(found) == 1:
        print(f"  The account's number is {found[0]}: texts go out by it.")
        return found[0]
    print(f"  The account's numbers: {', '.join(found)}")
    return asking.until(
        lambda: asking.plain("Which of them texts", NUMBER, found[0]),
        lambda answer: "" if answer in found else "It is none of them.",
    )


def _registered(told: Mapping[str, str]) -> None:
    """Say what is missing of the registration; setting up goes on."""
    number = told.get(NUMBER, "")
    if told.get(SERVICE) or region_of(number) != carrying.UNITED_STATES:
        return
    twilio = account(told)
    try:
        found = twilio.number(number)
        if not _is_registered(twilio, found):
            print(f"  {UNREGISTERED}")
    except AccountError:
        print("  Whether the number is registered could not be found out: python -m bugglio doctor tells later.")


def _is_registered(twilio: TwilioAccount, number: Number | None) -> bool:
    if number is None:
        raise Unusable(carrying.NO_NUMBER)
    if number.number.startswith(carrying.TOLL_FREE):
        return twilio.toll_free(number.sid) == APPROVED
    service = twilio.service_of(number.number)
    return service is not None and VERIFIED in service.campaigns
