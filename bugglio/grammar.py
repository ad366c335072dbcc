"""What people text, as what they mean."""

import re
import unicodedata
from dataclasses import dataclass

STOP = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
START = frozenset({"start", "unstop"})
CARRIER_HELP = frozenset({"help", "info"})
"""Words that carriers take for themselves; Twilio answers them."""

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
POLITE = frozenset({"please", "pls", "thanks", "alert"})
THUMB = "\N{THUMBS UP SIGN}"
_WORD = re.compile(r"[^\W\d_]+|\d+")
_CODE = re.compile(r"[1-9]\d{0,8}")


@dataclass(frozen=True)
class Command:
    """What a text asks for. An empty `verb`: it was not understood."""

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
    if _is_thumb(text):
        return Command("ack")
    if text.strip(" \t\r\n\u00a0'\"#.!") == "?":
        return Command("show")
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    words = [word for word in words if word not in POLITE]
    return _alone(words) or _command(words)


def _carriers_word(text: str) -> str:
    word = text.strip().casefold()
    if word in STOP:
        return "stop"
    if word in START:
        return "start"
    return "carrier" if word in CARRIER_HELP else ""


def _is_thumb(text: str) -> bool:
    bare = "".join(c for c in text.strip() if unicodedata.category(c) not in ("Sk", "Mn", "Cf"))
    return bare != "" and set(bare) == {THUMB}


def _alone(words: list[str]) -> Command | None:
    verb = ALONE.get(" ".join(words))
    return Command(verb) if verb else None


def _command(words: list[str]) -> Command:
    numbers = [word for word in words if word.isdecimal()]
    if not all(_CODE.fullmatch(number) for number in numbers):
        return Command()
    codes = tuple(dict.fromkeys(int(number) for number in numbers))
    rest = [word for word in words if not word.isdecimal()]
    if rest == ["all"] and not codes:
        return Command("all", all=True)
    everything = "all" in rest
    verbs = {VERBS.get(word, "") for word in rest if word != "all"}
    if not rest:
        return Command("show", codes) if codes else Command()
    return _whole(verbs, codes, everything=everything)


def _whole(verbs: set[str], codes: tuple[int, ...], *, everything: bool) -> Command:
    if len(verbs) != 1 or "" in verbs:
        return Command()
    verb = verbs.pop()
    if (codes and verb not in NUMBERED) or (everything and (codes or verb not in WITH_ALL)):
        return Command()
    return Command(verb, codes, everything)
