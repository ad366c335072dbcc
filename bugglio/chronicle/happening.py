"""What happened, as a value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Happening:
    """
    One event: its fixed word, a plain sentence, and its facts.

    Facts are codes, ids, figures and reasons of ours: nothing of what an error or a text says, and no phone number.
    """

    event: str
    sentence: str
    facts: Fields
    grave: bool = False
    """Somebody should look at it."""
