"""The settings, read from their texts, all faults at once."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from bugglio import config_values as kind
from bugglio.config_table import NAMES, SETTINGS, Setting
from bugglio.config_values import Network, Unfit
from bugglio.redact import MASK, redact, short

__all__ = (
    "SETTINGS",
    "ConfigurationError",
    "Setting",
    "Settings",
    "read_settings",
    "secret_values",
    "wants_simulator",
)

_TWILIO = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_CALLER_ID", "TWILIO_MESSAGING_SERVICE_SID")
_NEEDED = (
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "ON_DUTY",
    "BUGSNAG_WEBHOOK_TOKEN",
    "FLASK_SECRET_KEY",
    "BUGGLIO_PUBLIC_URL",
)

_LISTS = (kind.tokens, kind.networks)


class ConfigurationError(Exception):
    """The configuration cannot be used; `faults` are plain sentences, without a secret or a full phone number."""

    def __init__(self, faults: Iterable[str]) -> None:
        """Keep the faults; the error's text is all of them, one a line."""
        self.faults = list(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True, repr=False)
class Settings:
    """All settings, checked. What is not set is empty, except where there is a default; names are the settings' own."""

    on_google_cloud: bool
    twilio_account_sid: str
    twilio_auth_token: str
    twilio_auth_token_secondary: str
    twilio_caller_id: str
    twilio_messaging_service_sid: str
    twilio_twiml_app_sid: str
    twilio_api_url: str
    on_duty: str
    bugsnag_webhook_token: tuple[str, ...]
    bugsnag_allowed_ips: tuple[Network, ...]
    bugsnag_auth_token: str
    bugsnag_api_url: str
    bugsnag_bugglio_key: str
    flask_secret_key: str
    flask_secret_key_previous: str
    bugglio_public_url: str
    bugglio_store: str
    """Empty on a laptop where nothing was said: the command line then puts a SQLite file into its `--data`."""
    bugglio_proxy_hops: int
    bugglio_firestore_database: str
    google_cloud_project: str
    firestore_emulator_host: str
    bugglio_scheduler_account: str
    bugglio_sms_price: Decimal
    bugglio_heartbeat_url: str
    bugglio_sms_per_day: int
    bugglio_secret: str

    def door_url(self, path: str) -> str:
        """The public address of a door, `/sms` for one, whatever path its requests arrive at."""
        return self.bugglio_public_url + path

    @property
    def sender(self) -> str:
        """The messaging service that sends, or else the number; the service wins when both are given."""
        return self.twilio_messaging_service_sid or self.twilio_caller_id

    @property
    def sqlite_path(self) -> str:
        """The file of a SQLite store; empty when state is not kept in one."""
        return self.bugglio_store.removeprefix("sqlite:") if self.bugglio_store.startswith("sqlite:") else ""

    @property
    def secrets(self) -> frozenset[str]:
        """Every secret value, for the redaction of logs and reports."""
        values = (getattr(self, setting.name.lower()) for setting in SETTINGS if setting.secret)
        return frozenset(each for value in values for each in ((value,) if isinstance(value, str) else value) if each)

    def __repr__(self) -> str:
        """All settings but their secrets, phone numbers by their last four digits."""
        return f"Settings({', '.join(f'{each.name}={self._shown(each.name)}' for each in fields(self))})"

    def _shown(self, name: str) -> str:
        """One attribute as `repr` may show it."""
        value = getattr(self, name)
        if name in _SECRET_ATTRIBUTES:
            return repr(MASK if value else "")
        return repr(short(value) if value and name in _PHONE_ATTRIBUTES else value)


_SECRET_ATTRIBUTES = frozenset(setting.name.lower() for setting in SETTINGS if setting.secret)
_PHONE_ATTRIBUTES = frozenset(setting.name.lower() for setting in SETTINGS if setting.phone)


def read_settings(values: Mapping[str, str], *, on_google_cloud: bool, simulator: bool = True) -> Settings:
    """
    Read the settings from their texts; an empty text is the same as none.

    `simulator` is whether there is one on a laptop, to stand in for Twilio when nothing of it is set. Raises
    `ConfigurationError` with every fault there is: malformed, missing, misspelt, or contradicting one another.
    """
    given = {name: text for name, text in values.items() if text}
    parsed, faults = _parse(given, on_google_cloud=on_google_cloud)
    if not (simulator and wants_simulator(given, on_google_cloud=on_google_cloud)):
        faults += _missing(given, on_google_cloud=on_google_cloud)
    faults += _contradictions(parsed, on_google_cloud=on_google_cloud)
    faults += _misspelt(given)
    if faults:
        raise ConfigurationError(faults)
    return Settings(on_google_cloud=on_google_cloud, **{name.lower(): value for name, value in parsed.items()})


def wants_simulator(values: Mapping[str, str], *, on_google_cloud: bool) -> bool:
    """Whether nothing of Twilio's is set, on a laptop: then `run` brings its own; half of it set is a fault instead."""
    return not on_google_cloud and not any(values.get(name) for name in _TWILIO)


def secret_values(values: Mapping[str, str]) -> frozenset[str]:
    """The secrets among texts that need not be right: what must not be told of a configuration with faults."""
    texts = [values.get(setting.name, "") for setting in SETTINGS if setting.secret]
    tokens = [token.strip() for token in values.get("BUGSNAG_WEBHOOK_TOKEN", "").split(",")]
    return frozenset(each for each in (*texts, *tokens) if each)


def _parse(given: Mapping[str, str], *, on_google_cloud: bool) -> tuple[dict[str, Any], list[str]]:
    """The values that could be read, by name, and a fault for each that could not."""
    parsed: dict[str, Any] = {}
    faults = []
    for setting in SETTINGS:
        try:
            parsed[setting.name] = _value(setting, given.get(setting.name, ""), on_google_cloud=on_google_cloud)
        except Unfit as unfit:
            found = _found(setting, given[setting.name], secret_values(given))
            faults.append(f"{setting.name} is {found}; expected {unfit}.")
    return parsed, faults


def _value(setting: Setting, text: str, *, on_google_cloud: bool) -> Any:
    """One setting's value. A stray space or line break at its ends would otherwise become part of a secret."""
    if text != text.strip() and setting.parse not in _LISTS:
        raise Unfit("no space or line break before or after it (printf '%s' writes none, echo does)")
    here = setting.default_on_google_cloud if on_google_cloud else ""
    text = text or here or setting.default
    if not text:
        return () if setting.parse in _LISTS else ""
    return setting.parse(text)


def _found(setting: Setting, text: str, secrets: frozenset[str]) -> str:
    """What a fault may tell of what was found: nothing of secrets, four digits of phones, no long run of characters."""
    if setting.secret:
        return f"{len(text)} characters long and secret"
    if setting.phone:
        return short(text) if re.fullmatch(r"[\d\s()+.\-/]+", text) else f"{len(text)} characters, no phone number"
    cut = re.sub(r"(//)[^/@]*@", rf"\1{MASK}@", redact(text, secrets))
    return repr(re.sub(r"([0-9A-Za-z]{2})[0-9A-Za-z]{18,}", r"\1...", cut)[:80])


def _missing(given: Mapping[str, str], *, on_google_cloud: bool) -> Iterator[str]:
    """What a pager with real Twilio needs and nobody said."""
    needed = (*_NEEDED, "BUGGLIO_SCHEDULER_ACCOUNT" if on_google_cloud else "BUGGLIO_STORE")
    for setting in SETTINGS:
        if setting.name in needed and setting.name not in given:
            yield f"{setting.name} is missing; expected {setting.meaning}."
    if not given.keys() & {"TWILIO_CALLER_ID", "TWILIO_MESSAGING_SERVICE_SID"}:
        yield "TWILIO_CALLER_ID and TWILIO_MESSAGING_SERVICE_SID are both missing; expected one of them, to send with."


def _contradictions(parsed: Mapping[str, Any], *, on_google_cloud: bool) -> Iterator[str]:
    """What is wrong only together with something else, or only on Google Cloud."""
    on_duty = parsed.get("ON_DUTY")
    if on_duty and on_duty == parsed.get("TWILIO_CALLER_ID"):
        yield f"ON_DUTY is {short(on_duty)}, the same as TWILIO_CALLER_ID; expected a person's phone, not the sender."
    if on_google_cloud:
        yield from _unfit_for_google_cloud(parsed)


def _unfit_for_google_cloud(parsed: Mapping[str, Any]) -> Iterator[str]:
    """What a laptop may have, and what is in the open may not."""
    if parsed.get("BUGGLIO_STORE", "").startswith("sqlite:"):
        yield "BUGGLIO_STORE is a SQLite file; expected firestore: on Google Cloud a file vanishes with its instance."
    if any(len(token) < 16 for token in parsed.get("BUGSNAG_WEBHOOK_TOKEN", ())):
        yield "BUGSNAG_WEBHOOK_TOKEN has a token of less than 16 characters; expected 16 or more on Google Cloud."
    for name in ("FLASK_SECRET_KEY", "FLASK_SECRET_KEY_PREVIOUS"):
        if 0 < len(parsed.get(name, "")) < 16:
            yield f"{name} has less than 16 characters; expected 16 or more on Google Cloud."
    for name in ("BUGGLIO_PUBLIC_URL", "TWILIO_API_URL", "BUGSNAG_API_URL", "BUGGLIO_HEARTBEAT_URL"):
        address = parsed.get(name, "")
        if address.startswith("http:") and not (name != "BUGGLIO_PUBLIC_URL" and _is_loopback(address)):
            yield f"{name} begins with http:; expected https: on Google Cloud."


def _is_loopback(address: str) -> bool:
    """Whether an address stays on this machine, so that nobody can listen on its way."""
    return re.match(r"http://(127\.[0-9.]+|localhost|\[::1\])(:|/|$)", address) is not None


def _misspelt(given: Mapping[str, str]) -> Iterator[str]:
    """Settings that begin like ours and are none of ours; they would otherwise be passed over in silence."""
    for name in sorted(given):
        if name.startswith("BUGGLIO_") and name not in NAMES:
            yield f"{name} is no setting of bugglio{_nearest(name)}."


def _nearest(name: str) -> str:
    """The known name that is most like this one, as the end of a sentence."""
    from difflib import get_close_matches

    nearest = get_close_matches(name, sorted(NAMES), n=1)
    return f"; expected perhaps {nearest[0]}" if nearest else "; see the README for those there are"
