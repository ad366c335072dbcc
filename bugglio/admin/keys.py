"""Ids of documents, as they come in addresses and forms: anybody may write anything there."""

import re

_KEY = re.compile(r"(?!__)[A-Za-z0-9_-]{1,64}", re.ASCII)


def is_key(text: str) -> bool:
    """Whether a document could have this id. Those with two underscores first are the engine's own."""
    return _KEY.fullmatch(text) is not None
