"""What people text, as what they mean."""

from collections.abc import Sequence

from bugglio.grammar.commands import Command, put
from bugglio.grammar.free import CODE, MOST_CODES, freely, parted
from bugglio.grammar.nearness import near
from bugglio.grammar.reactions import THUMB_DOWN, is_question, is_thumb, liked
from bugglio.grammar.tokens import Token, tokens_of, unquoted
from bugglio.vocabulary import CARRIER_HELP, FILLERS, FORMS, FREE, PHRASES, SHORT, START, STOP, VOCABULARY, YES, Takes

__all__ = ["CARRIER_HELP", "START", "STOP", "YES", "Command", "parse", "parted", "put", "resubscribes"]

_TEXTS = frozenset(word.verb for word in VOCABULARY if Takes.TEXT in word.takes)


def parse(text: str) -> Command:
    """
    What a text means; anything that is not clearly a command means nothing, but may be near one.

    Case, quotes, `#`, punctuation and spaces do not matter; either order will do (`ack 417`, `417 ack`, `417a`).
    """
    taken = _carriers_word(text)
    if taken:
        return Command(taken)
    bare = unquoted(text)
    command = _read(bare)
    return command if command.verb else Command(near=near(bare, _read))


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


def _read(text: str) -> Command:
    """What a text asks for, without the quotes around it."""
    tokens = tokens_of(text)
    free = freely(text, tokens)
    if free is not None and (THUMB_DOWN not in text or free.verb in _TEXTS):
        return free
    if THUMB_DOWN in text:
        return Command()
    reaction = liked(text)
    if reaction:
        return reaction
    if is_question(text):
        return Command("show")
    words = [token for token in tokens if token.text not in FILLERS]
    if is_thumb(text, tokens):
        return _command([*words, Token("ack", is_number=False, start=0, end=0)])
    command = _alone(words) or _command(words)
    asks = command.verb == "number" and any(mark in text for mark in "?\uff1f")
    return Command("show", command.codes) if asks else command


def _alone(words: Sequence[Token]) -> Command | None:
    verb = PHRASES.get(" ".join(word.text for word in words))
    return Command(verb) if verb else None


def _command(words: Sequence[Token]) -> Command:
    """What words and numbers in any order ask for."""
    numbers = [word.text for word in words if word.is_number]
    if len(numbers) > MOST_CODES or not all(CODE.fullmatch(number) for number in numbers):
        return Command()
    codes = tuple(dict.fromkeys(int(number) for number in numbers))
    rest = {word.text for word in words if not word.is_number}
    if rest == {"all"} and not codes:
        return Command("all", all=True)
    if not rest:
        return Command("number", codes) if codes else Command()
    return _whole(rest - {"all"}, codes, everything="all" in rest)


def _whole(forms: set[str], codes: tuple[int, ...], *, everything: bool) -> Command:
    """One word, if that is what it takes."""
    found = {form: FORMS.get(form) for form in forms}
    verbs = {word.verb if word else "" for word in found.values()}
    word = next(iter(found.values()), None)
    if len(verbs) != 1 or word is None or word.takes & FREE or (not codes and forms & SHORT):
        return Command()
    if (codes and Takes.CODES not in word.takes) or (everything and (codes or Takes.ALL not in word.takes)):
        return Command()
    return Command(word.verb, codes, everything)
