"""What the doors need to have proved for them."""

from collections.abc import Sequence
from typing import Protocol

from werkzeug.datastructures import MultiDict


class Signed(Protocol):
    """Whether Twilio signed this address and form with one of these tokens."""

    def __call__(self, url: str, form: MultiDict[str, str], signature: str | None, tokens: Sequence[str]) -> bool:
        """A signature that cannot be checked is not one."""
        ...


class SchedulersToken(Protocol):
    """Whether this `Authorization` header is the scheduler's."""

    def verify(self, authorization: str | None) -> bool:
        """A token that cannot be checked is not one."""
        ...
