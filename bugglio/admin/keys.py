"""Ids of documents, and numbers, as they come in addresses and forms: anybody may write anything there."""

import re

_KEY = re.compile(r"(?!__)[A-Za-z0-9_-]{1,64}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,11}", re.ASCII)


def is_key(text: str) -> bool:
    """Whether a document could have this id. Those with two underscores first are the engine's own."""
    return _KEY.fullmatch(text) is not None


def number(text: str, otherwise: int = 0) -> int:
    """A whole number from 0 on; what is none, or has more than 11 digits, counts as the other one."""
    return int(text) if _NUMBER.fullmatch(text) else otherwise
