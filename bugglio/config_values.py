"""One small parser per kind of setting: the text as it was given in, a value out; `Unfit` says what was expected."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

import phonenumbers

Network = IPv4Network | IPv6Network

BUGSNAG_ADDRESSES = (
    "104.196.245.109",
    "104.196.254.247",
    "107.23.160.224",
    "34.231.155.113",
    "34.235.33.231",
    "52.207.146.211",
    "52.55.78.127",
)
"""Where Bugsnag's webhooks come from. Source: docs.bugsnag.com/security/firewall-rules, data forwarding."""


class Unfit(ValueError):
    """A value is not what its setting needs; the message says what was expected, never what was found."""


def words(text: str) -> str:
    """Any text."""
    return text


def secret(text: str) -> str:
    """Text without spaces, in ASCII, as headers and addresses can carry it."""
    if not re.fullmatch(r"[!-~]+", text):
        raise Unfit("ASCII characters without spaces")
    return text


def tokens(text: str) -> tuple[str, ...]:
    """Secrets separated by commas, all of them valid."""
    parts = tuple(part.strip() for part in text.split(","))
    if not all(re.fullmatch(r"[!-~]+", part) for part in parts):
        raise Unfit("tokens separated by commas, none of them empty, in ASCII characters without spaces")
    return parts


def sid(prefix: str, hint: str) -> Callable[[str], str]:
    """Make the parser of one of Twilio's ids: two letters that say what it names, and 32 hexadecimal digits."""

    def parse(text: str) -> str:
        if not re.fullmatch(prefix + "[0-9a-fA-F]{32}", text):
            raise Unfit(f"{prefix} and 32 hexadecimal digits ({hint})")
        return text

    return parse


def twiml_app_sid(text: str) -> str:
    """Kept for the sake of old settings, in which the account's SID was often put in its place."""
    if not text.startswith("AP"):
        raise Unfit("a SID that begins with AP (AC... is the account SID); without a TwiML app leave it out")
    return text


def sender(text: str) -> str:
    """A number that texts can be answered to."""
    if re.search("[A-Za-z]", text):
        raise Unfit("an E.164 number such as +14155550100: nobody could answer an alphanumeric sender")
    return phone(text)


def phone(text: str) -> str:
    """A number in E.164 form, of a length that its country has."""
    expected = "an E.164 number such as +14155550100: plus, country code, number, nothing between them"
    if not re.fullmatch(r"\+[1-9][0-9]{5,14}", text):
        raise Unfit(expected)
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        raise Unfit(f"{expected}; no country has this code") from None
    if not phonenumbers.is_possible_number(number):
        raise Unfit(f"{expected}; its country has no number of this length")
    return text


def mobile(text: str) -> str:
    """A number that can be texted: no landline, where a country's numbers tell the two apart."""
    number = phonenumbers.parse(phone(text))
    if phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.FIXED_LINE:
        raise Unfit("the number of a phone that takes texts; this is a landline's")
    return text


def address(text: str) -> str:
    """The base of a web address: paths are put after it, so it has no slash, question mark or hash at its end."""
    parts = _web_address(text)
    if text.endswith("/"):
        raise Unfit("an address without a slash at its end: take the slash away")
    if parts.query or "?" in text:
        raise Unfit("an address without a question mark and what follows it")
    return text


def public_address(text: str) -> str:
    """An address that Twilio calls back: it refuses host names with an underscore."""
    if "_" in (_web_address(address(text)).hostname or ""):
        raise Unfit("a host name without an underscore: Twilio refuses to call such a host back")
    return text


def full_address(text: str) -> str:
    """A web address that is called just as it is."""
    _web_address(text)
    return text


def _web_address(text: str) -> SplitResult:
    """What is said to be a web address, split; no user, no fragment, nothing that would have to be escaped."""
    expected = "an address such as https://pager.example.com/path"
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        raise Unfit(expected) from None
    if not usable or not re.fullmatch(r"[!-~]+", text):
        raise Unfit(f"{expected}: http or https, a host, ASCII without spaces")
    if "@" in parts.netloc or "#" in text:
        raise Unfit(f"{expected}, without a user or password and without #")
    return parts


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks separated by commas; `bugsnag` stands for the published seven."""
    found: list[Network] = []
    for part in (part.strip() for part in text.split(",")):
        found += [ip_network(each) for each in BUGSNAG_ADDRESSES] if part == "bugsnag" else [_network(part)]
    return tuple(found)


def _network(text: str) -> Network:
    """An address alone is a network of one."""
    try:
        meant = ip_network(text, strict=False)
    except ValueError:
        raise Unfit("addresses or networks separated by commas, such as 192.0.2.7, 10.0.0.0/8, or bugsnag") from None
    alone = ip_address(text.partition("/")[0])
    if "/" in text and alone != meant.network_address:
        raise Unfit(f"a network without bits beyond its mask: {meant} for all of it, or {alone} for this one address")
    return meant


def store(text: str) -> str:
    """Where state is kept: `firestore`, or `sqlite:` and the path of a file."""
    if text != "firestore" and not re.fullmatch(r"sqlite:.*\S.*", text):
        raise Unfit("firestore, or sqlite: and the path of a file, such as sqlite:/var/lib/bugglio/bugglio.db")
    return text


def whole(least: int) -> Callable[[str], int]:
    """Make the parser of a whole number that is not below `least`."""

    def parse(text: str) -> int:
        if not re.fullmatch("[0-9]{1,9}", text) or int(text) < least:
            raise Unfit(f"a whole number, {least} or more")
        return int(text)

    return parse


def price(text: str) -> Decimal:
    """Dollars."""
    try:
        dollars = Decimal(text)
    except InvalidOperation:
        raise Unfit("dollars with a point, such as 0.0083") from None
    if not dollars.is_finite() or dollars < 0:
        raise Unfit("dollars, 0 or more, such as 0.0083")
    return dollars


def email(text: str) -> str:
    """The e-mail address of a service account."""
    if not re.fullmatch(r"[^\s@:]+@[^\s@]+\.[^\s@]+", text):
        raise Unfit("the e-mail address of a service account, such as tick@my-project.iam.gserviceaccount.com")
    return text


def secret_name(text: str) -> str:
    """A secret of Secret Manager: its name alone, or its full resource name with or without a version."""
    name = r"[A-Za-z0-9_\-]{1,255}"
    if not re.fullmatch(rf"{name}|projects/[^/\s]+/secrets/{name}(/versions/{name})?", text):
        raise Unfit("a secret's name, such as bugglio, or projects/PROJECT/secrets/NAME/versions/latest")
    return text
