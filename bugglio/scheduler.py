"""Whether a call of the tick is Cloud Scheduler's: Google's signature, our audience, the scheduler's account."""

import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

GOOGLE_CERTIFICATES = "https://www.googleapis.com/oauth2/v1/certs"
"""Certificates in PEM by key id, with which Google signs identity tokens. Source: google.oauth2.id_token."""
ISSUERS = frozenset({"accounts.google.com", "https://accounts.google.com"})
PATIENCE = 2.0
"""Seconds to wait for the certificates."""
KEPT = 60 * 60_000
"""Milliseconds after which they are fetched again."""
USABLE = 24 * KEPT
"""Milliseconds for which they serve while Google cannot be reached: no tick is worse than a key of yesterday."""
UNKNOWN_AGAIN = 60_000
"""Milliseconds between two fetches for the sake of a key that is unknown: anybody can make one up."""
FAILED_AGAIN = 5_000
"""Milliseconds between two fetches while they fail."""
SKEW = 10
"""Seconds by which Google's clock and ours may differ."""

_log = logging.getLogger(__name__)
_BEARER = re.compile(r"(?i:Bearer) ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)")

Certificates = Mapping[str, str]
"""PEM by key id."""


def fetch_certificates(url: str = GOOGLE_CERTIFICATES, patience: float = PATIENCE) -> Certificates:
    """Fetch the certificates; raises what requests raises, and ValueError for an answer that is something else."""
    import requests

    answer = requests.get(url, timeout=patience, allow_redirects=False)
    answer.raise_for_status()
    found = answer.json()
    if answer.status_code != requests.codes.ok or not isinstance(found, dict) or not found:
        raise ValueError("not certificates by key id")
    return {str(key): str(pem) for key, pem in found.items()}


def _milliseconds() -> int:
    """A clock that nobody sets back."""
    return time.monotonic_ns() // 1_000_000


@dataclass
class _Kept:
    """The certificates fetched last, and when; nothing yet at first."""

    certificates: Certificates = field(default_factory=dict)
    fetched: int = 0
    again: int | None = None
    """No fetch before this moment; None: none has been tried."""


class SchedulerTokens:
    """Verifies the tokens of one service account for one audience; one object serves all threads of a process."""

    def __init__(
        self,
        account: str,
        audience: str,
        fetch: Callable[[], Certificates] | None = None,
        *,
        clock: Callable[[], int] = _milliseconds,
    ) -> None:
        """`account` is an e-mail address; without one, or without an audience, every token is refused."""
        self._account = account
        self._audience = audience
        self._fetch = fetch or fetch_certificates
        self._clock = clock
        self._lock = threading.Lock()
        self._kept = _Kept()

    def verify(self, authorization_header: str | None) -> bool:
        """
        Whether the header holds a token of the scheduler, right now.

        Never raises: a check that cannot be made is a refusal. The log says why, and nothing of the token.
        """
        match = _BEARER.fullmatch(authorization_header or "")
        if not match or not self._account or not self._audience:
            return False
        try:
            refusal = self._refusal(match[1])
        except Exception as error:  # noqa: BLE001 - whatever a stranger's token sets off in a library is a refusal
            refusal = f"it cannot be checked ({type(error).__name__})"
        if refusal:
            _log.warning("A token for the tick was refused: %s.", refusal)
        return not refusal

    def _refusal(self, token: str) -> str:
        """Why a token is refused; empty: it is good."""
        from google.auth import jwt

        key = jwt.decode_header(token).get("kid")
        certificates = self._certificates(key)
        if key not in certificates:
            return "its key is none of Google's, or Google's keys could not be fetched"
        claims = jwt.decode(token, certs={key: certificates[key]}, audience=self._audience, clock_skew_in_seconds=SKEW)
        return _wrong_claim(claims, self._account)

    def _certificates(self, key: object) -> Certificates:
        """The certificates, fetched anew if they are old, or if they lack this key and may have it by now."""
        if self._is_due(key):
            with self._lock:
                if self._is_due(key):
                    self._renew()
        kept = self._kept
        return kept.certificates if self._clock() - kept.fetched < USABLE else {}

    def _is_due(self, key: object) -> bool:
        """Whether to fetch now."""
        kept, now = self._kept, self._clock()
        fresh = key in kept.certificates and now - kept.fetched < KEPT
        return not fresh and (kept.again is None or now >= kept.again)

    def _renew(self) -> None:
        """Fetch; a failure leaves the old certificates and is tried again soon."""
        try:
            found = self._fetch()
        except Exception as error:  # noqa: BLE001 - a library's, the network's, or JSON's: there are no new ones
            _log.warning("The certificates of Google's tokens could not be fetched (%s).", type(error).__name__)
            self._kept = _Kept(self._kept.certificates, self._kept.fetched, self._clock() + FAILED_AGAIN)
        else:
            self._kept = _Kept(found, self._clock(), self._clock() + UNKNOWN_AGAIN)


def _wrong_claim(claims: Mapping[str, Any], account: str) -> str:
    """What of a rightly signed token is not the scheduler's."""
    if claims.get("iss") not in ISSUERS:
        return "its issuer is not Google"
    if claims.get("email") != account:
        return "it is another account's"
    if claims.get("email_verified") is not True:
        return "its e-mail address is not verified"
    return ""
