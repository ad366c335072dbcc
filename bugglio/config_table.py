"""Every setting: what it is called, means and defaults to. The one table that the README's is checked against."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bugglio import config_values as kind


@dataclass(frozen=True)
class Setting:
    """One setting, as the README's table shows it."""

    name: str
    meaning: str
    parse: Callable[[str], Any] = kind.words
    default: str = ""
    """What an unset one is read as; empty: it stays empty."""
    default_on_google_cloud: str = ""
    """The same on Google Cloud, where it differs."""
    secret: bool = False
    phone: bool = False


SETTINGS = (
    Setting(
        "TWILIO_ACCOUNT_SID",
        "Twilio's account",
        kind.sid("AC", "Twilio's console shows it as Account SID"),
    ),
    Setting("TWILIO_AUTH_TOKEN", "the account's primary auth token", kind.secret, secret=True),
    Setting(
        "TWILIO_AUTH_TOKEN_SECONDARY",
        "also accepted on what comes from Twilio, while the token is being rotated",
        kind.secret,
        secret=True,
    ),
    Setting(
        "TWILIO_CALLER_ID",
        "the number that texts and calls, in E.164 form; with a messaging service it only calls",
        kind.sender,
        phone=True,
    ),
    Setting(
        "TWILIO_MESSAGING_SERVICE_SID",
        "the messaging service that texts, in place of TWILIO_CALLER_ID; it cannot call",
        kind.sid("MG", "Twilio's console shows it beside the messaging service"),
    ),
    Setting(
        "TWILIO_TWIML_APP_SID",
        "accepted for the sake of old settings, and not used; begins with AP",
        kind.twiml_app_sid,
    ),
    Setting("TWILIO_API_URL", "base address of Twilio's API", kind.address, default="https://api.twilio.com"),
    Setting(
        "ON_DUTY",
        "E.164 number of the engineer of last resort, who is always an admin",
        kind.mobile,
        phone=True,
    ),
    Setting(
        "BUGSNAG_WEBHOOK_TOKEN",
        "secret of the address that Bugsnag calls; several, separated by commas, are all valid",
        kind.tokens,
        secret=True,
    ),
    Setting(
        "BUGSNAG_ALLOWED_IPS",
        "addresses or networks that webhooks may come from; bugsnag means the published seven; unset: any",
        kind.networks,
    ),
    Setting(
        "BUGSNAG_AUTH_TOKEN",
        "personal token of Bugsnag's Data Access API, to fix, snooze, ignore and comment in Bugsnag itself",
        kind.secret,
        secret=True,
    ),
    Setting("BUGSNAG_API_URL", "base address of that API", kind.address, default="https://api.bugsnag.com"),
    Setting(
        "BUGSNAG_BUGGLIO_KEY",
        "API key of the Bugsnag project that bugglio's own errors go to",
        kind.secret,
        secret=True,
    ),
    Setting("FLASK_SECRET_KEY", "the key that signs the sessions of the admin pages", kind.words, secret=True),
    Setting(
        "FLASK_SECRET_KEY_PREVIOUS",
        "the key before that one: sessions signed with it stay valid, while the key is being rotated",
        kind.words,
        secret=True,
    ),
    Setting(
        "BUGGLIO_PUBLIC_URL",
        "the address under which the outside world reaches the doors; may hold a path",
        kind.public_address,
    ),
    Setting(
        "BUGGLIO_STORE",
        "where state is kept: firestore, or sqlite:PATH",
        kind.store,
        default_on_google_cloud="firestore",
    ),
    Setting(
        "BUGGLIO_PROXY_HOPS",
        "how many hops at the end of X-Forwarded-For to trust",
        kind.whole(0),
        default="0",
        default_on_google_cloud="1",
    ),
    Setting("BUGGLIO_FIRESTORE_DATABASE", "the Firestore database", default="(default)"),
    Setting("GOOGLE_CLOUD_PROJECT", "the Google Cloud project, where Google's libraries cannot tell"),
    Setting("FIRESTORE_EMULATOR_HOST", "host:port of a Firestore emulator, for tests"),
    Setting(
        "BUGGLIO_SCHEDULER_ACCOUNT",
        "e-mail of the service account with which Cloud Scheduler calls /tick; unset: /tick is closed",
        kind.email,
    ),
    Setting("BUGGLIO_SMS_PRICE", "dollars a segment, for the figures", kind.price, default="0.0083"),
    Setting(
        "BUGGLIO_HEARTBEAT_URL",
        "called by the tick only when all is well: a dead man's switch, watched from outside",
        kind.full_address,
        secret=True,
    ),
    Setting("BUGGLIO_SMS_PER_DAY", "budget of pages a day (UTC)", kind.whole(1), default="200"),
    Setting(
        "BUGGLIO_SECRET",
        "the secret in Secret Manager that holds what the environment does not say, as a JSON object",
        kind.secret_name,
        default="bugglio",
    ),
)
"""Every setting there is, in the order in which faults are listed."""

NAMES = frozenset(setting.name for setting in SETTINGS)
