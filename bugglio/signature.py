"""Whether a request comes from Twilio: its signature over the public address and the form."""

from collections.abc import Sequence

from werkzeug.datastructures import MultiDict


def signed(url: str, form: "MultiDict[str, str]", signature: str | None, tokens: Sequence[str]) -> bool:
    """
    Whether `X-Twilio-Signature` was made over this address and form with one of these tokens.

    `url` is the public address with path and query exactly as Twilio was given it, never one made of request headers.
    `form` must be the form as received: a plain dict would lose doubled fields, and with them the match. An empty token
    proves nothing and is passed over, so a missing setting refuses everybody.
    """
    from twilio.request_validator import RequestValidator

    if not signature:
        return False
    try:
        return any(RequestValidator(token).validate(url, form, signature) for token in tokens if token.strip())
    except ValueError:  # an address that cannot be taken apart (a port that is no number)
        return False
