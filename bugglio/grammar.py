"""What people text, as what they mean."""

import re
import unicodedata
from dataclasses import dataclass

STOP = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
START = frozenset({"start", "unstop"})
CARRIER_HELP = frozenset({"help", "info"})
"""Words that carriers take for themselves; Twilio answers them."""
YES = "yes"
"""To a phone that had stopped, Twilio takes this word as START; to any other it means `ok`."""

VERBS = {
    "ack": "ack",
    "a": "ack",
    "close": "close",
    "c": "close",
    "list": "list",
    "l": "list",
    "more": "more",
    "show": "show",
    "status": "status",
    "ok": "ok",
    "yes": "ok",
    "no": "no",
    "commands": "commands",
}
ALONE = {
    "on it": "ack",
    "got it": "ack",
    "mine": "ack",
    "looking": "ack",
    "awake": "ack",
}
NUMBERED = frozenset({"ack", "close", "show"})
WITH_ALL = frozenset({"ack", "close"})
FILLERS = frozenset({"please", "pls", "thanks", "alert", "and", "reply"})
"""Words that change nothing; `reply` is copied from a page along with what it asks for."""
MOST_CODES = 100
"""A text with more numbers than this is no list of codes."""
THUMB = "\N{THUMBS UP SIGN}"
THUMB_DOWN = "\N{THUMBS DOWN SIGN}"
"""Whatever else such a text says, nothing is done."""

_WORD = re.compile(r"[^\W\d_]+|\d+")
_CODE = re.compile(r"[1-9][0-9]{0,8}")
_QUESTION = re.compile(r"[\s'\"#.!]*\?[\s'\"#.!?]*")
_REACTION = re.compile(rf"\s*(?:liked|(?:reacted\s+)?{THUMB}+\s+to)\s*[\"\u201c\u201d\u00ab]\s*#([1-9][0-9]{{0,8}})\b")
"""How phones put a thumb up on a page into a text: `Liked “#417 checkout-api ...”`, `👍 to “#417 ...”`."""


@dataclass(frozen=True)
class Command:
    """What a text asks for. An empty `verb`: it was not understood. `number`: codes and nothing else."""

    verb: str = ""
    codes: tuple[int, ...] = ()
    all: bool = False

    @property
    def bare(self) -> bool:
        """Whether it leaves open which alert is meant."""
        return not self.codes and not self.all


def parse(text: str) -> Command:
    """
    What a text means; anything that is not clearly a command means nothing.

    Case, quotes, `#`, punctuation and spaces do not matter; either order will do (`ack 417`, `417 ack`, `417a`).
    """
    taken = _carriers_word(text)
    if taken:
        return Command(taken)
    plain = _plain(text)
    if THUMB_DOWN in plain:
        return Command()
    reaction = _REACTION.match(plain)
    if reaction:
        return Command("ack", (int(reaction[1]),))
    if _QUESTION.fullmatch(plain):
        return Command("show")
    words = _WORD.findall(plain)
    if _is_thumb(plain, words):
        return _command([*words, "ack"])
    words = [word for word in words if word not in FILLERS]
    command = _alone(words) or _command(words)
    return Command("show", command.codes) if command.verb == "number" and "?" in plain else command


def resubscribes(text: str) -> bool:
    """Whether Twilio takes this text of a phone that had stopped as START."""
    return text.strip().casefold() in START | {YES}


def _carriers_word(text: str) -> str:
    word = text.strip().casefold()
    if word in STOP:
        return "stop"
    if word in START:
        return "start"
    return "carrier" if word in CARRIER_HELP else ""


def _plain(text: str) -> str:
    """The text in small letters, its digits 0 to 9, without what is invisible (or joins, or colours, an emoji)."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    seen = (c for c in folded if unicodedata.category(c) not in ("Cf", "Sk") and c != "\ufe0f")
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in seen)


def _is_thumb(plain: str, words: list[str]) -> bool:
    """Whether it is thumbs up, alone or with codes."""
    signs = {c for c in plain if unicodedata.category(c) == "So"}
    return signs == {THUMB} and all(word.isdecimal() or word == "all" for word in words)


def _alone(words: list[str]) -> Command | None:
    verb = ALONE.get(" ".join(words))
    return Command(verb) if verb else None


def _command(words: list[str]) -> Command:
    numbers = [word for word in words if word.isdecimal()]
    if len(numbers) > MOST_CODES or not all(_CODE.fullmatch(number) for number in numbers):
        return Command()
    codes = tuple(dict.fromkeys(int(number) for number in numbers))
    rest = [word for word in words if not word.isdecimal()]
    if rest == ["all"] and not codes:
        return Command("all", all=True)
    everything = "all" in rest
    verbs = {VERBS.get(word, "") for word in rest if word != "all"}
    if not rest:
        return Command("number", codes) if codes else Command()
    return _whole(verbs, codes, everything=everything)


def _whole(verbs: set[str], codes: tuple[int, ...], *, everything: bool) -> Command:
    if len(verbs) != 1 or "" in verbs:
        return Command()
    verb = verbs.pop()
    if (codes and verb not in NUMBERED) or (everything and (codes or verb not in WITH_ALL)):
        return Command()
    return Command(verb, codes, everything)
