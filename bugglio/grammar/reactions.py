"""Thumbs: alone, with codes, or put on a page, which phones turn into a text."""

import re
import unicodedata
from collections.abc import Sequence

from bugglio.grammar.commands import Command
from bugglio.grammar.tokens import QUOTES, Token, seen

THUMB = "\N{THUMBS UP SIGN}"
THUMB_DOWN = "\N{THUMBS DOWN SIGN}"
"""Whatever else such a text says, nothing is done."""

_LIKED = re.compile(
    rf"\s*(?:liked|(?:reacted\s+)?{THUMB}+\s+to)\s*[{QUOTES}]\s*(?:[^#{QUOTES}]{{1,40}}unanswered:\s+)?#([1-9][0-9]{{0,8}})\b",
    re.IGNORECASE,
)
"""A thumb up on a page: `Liked “#417 checkout-api ...”`, `👍 to “#417 ...”`. No other heart, laugh or mark acts."""
_QUESTION = re.compile(rf"[\s#.!{QUOTES}]*[?\uff1f][\s#.!?\uff1f{QUOTES}]*")


def liked(text: str) -> Command | None:
    """The page that was liked is acknowledged."""
    found = _LIKED.match(seen(text))
    return Command("ack", (int(found[1]),)) if found else None


def is_question(text: str) -> bool:
    """Whether it is a question mark and nothing else."""
    return _QUESTION.fullmatch(seen(text)) is not None


def is_thumb(text: str, tokens: Sequence[Token]) -> bool:
    """Whether it is thumbs up, alone or with codes."""
    if THUMB not in text or not all(token.is_number or token.text == "all" for token in tokens):
        return False
    return {c for c in text if unicodedata.category(c) == "So"} == {THUMB}
