"""
The phone numbers of a roster: which can be texted, and where an answer would never arrive.

Source of the countries: "Two-way SMS supported: No" on twilio.com/guidelines/CODE/sms, as far as those pages could be
read; India, Guatemala and Panama are one-way in GoAlert's notification/twilio. Others may be missing: a number without
a warning is no promise.
"""

import re
from collections.abc import Collection, Iterable

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType

from bugglio.redact import short
from bugglio.rosterfile.faults import Unfit

EXPECTED = "+14155550101: + and the country's code"
ONE_WAY = {
    "AE": "the United Arab Emirates",
    "AM": "Armenia",
    "AO": "Angola",
    "AS": "American Samoa",
    "AZ": "Azerbaijan",
    "BY": "Belarus",
    "CD": "the Democratic Republic of the Congo",
    "CN": "China",
    "CR": "Costa Rica",
    "DZ": "Algeria",
    "EG": "Egypt",
    "ER": "Eritrea",
    "GF": "French Guiana",
    "GM": "Gambia",
    "GN": "Guinea",
    "GT": "Guatemala",
    "HT": "Haiti",
    "IN": "India",
    "KR": "South Korea",
    "KY": "the Cayman Islands",
    "LY": "Libya",
    "NI": "Nicaragua",
    "NP": "Nepal",
    "OM": "Oman",
    "PA": "Panama",
    "PG": "Papua New Guinea",
    "PS": "Palestine",
    "QA": "Qatar",
    "RU": "Russia",
    "SB": "the Solomon Islands",
    "ST": "Sao Tome and Principe",
    "SV": "El Salvador",
    "TC": "the Turks and Caicos Islands",
    "TH": "Thailand",
    "TL": "Timor-Leste",
    "TO": "Tonga",
    "TR": "Turkey",
    "TV": "Tuvalu",
    "TW": "Taiwan",
    "VN": "Vietnam",
}
"""Countries from which texts to a foreign or rented number do not arrive."""

_WRITTEN = re.compile(r"\+[0-9][0-9 ().\-]*")
_DIALLED = re.compile(r"\+?[0-9 ().\-/]{4,40}")
_GAPS = re.compile(r"[\s\u2010-\u2015\u2060\u200b-\u200f\u202a-\u202e\ufeff]+")
"""What phones put between and around digits, where somebody copies a number."""
_MADE_UP = re.compile(r"\+1[2-9][0-9]{2}55501[0-9]{2}")
"""The numbers of films and manuals, in any area: the simulator's. Of some areas phonenumbers takes them for invalid."""
_REFUSED = {
    PhoneNumberType.FIXED_LINE: "a mobile's number: this is a landline's",
    PhoneNumberType.TOLL_FREE: "a mobile's number: this one is toll-free",
    PhoneNumberType.PREMIUM_RATE: "a mobile's number: this one has a premium rate",
    PhoneNumberType.SHARED_COST: "a mobile's number: this one shares its cost",
}
_SURE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def phone(text: str) -> str:
    """A number that can be texted, as E.164; spaces, dashes, dots and parentheses after the + do not matter."""
    number = _parsed(text)
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    kind = phonenumbers.number_type(number)
    if kind in _REFUSED:
        raise Unfit(_REFUSED[kind])
    if not phonenumbers.is_valid_number(number) and not _MADE_UP.fullmatch(written):
        raise Unfit(f"{EXPECTED}, then a number that the country has given out")
    return written


def meant(text: str, known: Collection[str]) -> str:
    """
    The number that somebody wrote of their own phone, in E.164; raises `Unfit` when it is none.

    Without a country's code it is of a country of those that are known (E.164), and one of them if it can be.
    """
    bare = _GAPS.sub(" ", text).strip()
    if not _DIALLED.fullmatch(bare):
        raise Unfit(EXPECTED)
    if bare.startswith(("+", "00")):
        return _parsable([(f"+{bare.removeprefix('+').removeprefix('00')}", None)])[0]
    regions = dict.fromkeys(phonenumbers.region_code_for_number(phonenumbers.parse(one)) for one in known)
    found = _parsable([*((bare, region) for region in regions if region), (f"+{bare}", None)])
    return next((one for one in found if one in known), found[0])


def _parsable(written: Iterable[tuple[str, str | None]]) -> list[str]:
    """Those in E.164 that can be numbers; raises `Unfit` when none can."""
    found = []
    for text, region in written:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            found.append(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    if not found:
        raise Unfit(EXPECTED)
    return found


def _parsed(text: str) -> PhoneNumber:
    if not _WRITTEN.fullmatch(text):
        raise Unfit(EXPECTED)
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        raise Unfit(f"{EXPECTED}; no country has this code") from None
    if not phonenumbers.is_possible_number(number):
        raise Unfit(f"{EXPECTED}; the country has no number of this length")
    return number


def doubts(number: str) -> list[str]:
    """What may go wrong with a number in E.164 that can be texted, as sentences."""
    parsed = phonenumbers.parse(number)
    found = []
    if phonenumbers.number_type(parsed) not in _SURE and not _MADE_UP.fullmatch(number):
        found.append(f"{short(number)} is no ordinary mobile number; texts may not reach it.")
    country = ONE_WAY.get(phonenumbers.region_code_for_number(parsed) or "")
    if country:
        found.append(f"texts from {country} cannot answer a page: {short(number)} needs somebody else to acknowledge.")
    return found


def shown(text: str) -> str:
    """What was written for a number, as a fault shows it: at most its last four digits."""
    return short(text) if sum(character.isdigit() for character in text) > 4 else text


def region_of(number: str) -> str:
    """The country that gave a number out, as `US`; empty: none, or it is no number."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number)) or ""
    except phonenumbers.NumberParseException:
        return ""
