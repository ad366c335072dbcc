"""Bugglio's doors as the two services see them: where they are, and how they are posted to."""

import json
import urllib.parse
from collections.abc import Callable, Mapping
from typing import Any

from bugglio.simulator.memory import Account
from bugglio.simulator.post import Answer, Post
from bugglio.simulator.signing import sign

Address = str | Callable[[], str]
"""An address, or a function that tells it when it is needed."""


class Doors:
    """The way to bugglio. No call of a method raises because nobody answered: that is None."""

    def __init__(self, account: Account, post: Post, public_url: Address, webhook_url: Address | None) -> None:
        self._account = account
        self._post = post
        self._public_url, self._webhook_url = public_url, webhook_url

    @property
    def public_url(self) -> str:
        """The public address, without a slash at its end."""
        return _told(self._public_url).rstrip("/")

    @property
    def webhook_url(self) -> str:
        """Where Bugsnag's events go."""
        told = _told(self._webhook_url) if self._webhook_url is not None else ""
        return told or self.public_url + "/bugsnag"

    def twilio(self, url: str, form: Mapping[str, str], token: str = "") -> Answer | None:
        """Post a form as Twilio does, signed; a `token` marks a retry."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": sign(url, form, self._account.token),
        }
        if token:
            headers["I-Twilio-Idempotency-Token"] = token
        try:
            return self._post(url, urllib.parse.urlencode(form).encode(), headers)
        except (OSError, ValueError):
            return None

    def bugsnag(self, payload: Any) -> Answer | None:
        """Post a JSON value to the webhook, as Bugsnag does."""
        headers = {"Content-Type": "application/json"}
        try:
            return self._post(self.webhook_url, json.dumps(payload).encode(), headers)
        except (OSError, ValueError):
            return None


def _told(address: Address) -> str:
    return address() if callable(address) else address
