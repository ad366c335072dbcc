"""What is kept in place of a secret."""

import hashlib
import hmac
import re

_DIGITS = re.compile(r"[0-9]{6}")


def fingerprint(secret: str) -> str:
    """Of a long random secret, which nobody finds again by trying."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def of_code(key: str, phone: str, challenge: str, code: str) -> str:
    """Of a code, with the key that signs sessions: of a million codes the right one would soon be found without it."""
    told = f"login code/{phone}/{challenge}/{code}"
    return hmac.new(key.encode(), told.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def of_address(key: str, network: str) -> str:
    """Of a client's address, with the same key: who reads the store learns no addresses."""
    return hmac.new(key.encode(), f"login address/{network}".encode(), hashlib.sha256).hexdigest()[:24]


def is_code(text: str) -> bool:
    """Whether this may be a code at all."""
    return _DIGITS.fullmatch(text) is not None
