"""
Texts in GSM 03.38: what a character costs, how many segments a text is billed as, and how to make any text fit.

A text of GSM characters alone is sent in septets, 160 to a segment; one other character turns all of it into UCS-2, 70
units to a segment. Sources: 3GPP TS 23.038, and Twilio's own calculator (npm `sms-segments-calculator`).
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

EXTENSION = frozenset("^{}\\[~]|€\f")
"""Characters that cost two septets: an escape and another."""
BASIC = frozenset(
    "\n\r !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
    "¡£¤¥§¿ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùüΓΔΘΛΞΠΣΦΨΩ"
)
"""Characters that cost one septet. `ç`, the backtick and the tab are not among them."""
GSM = BASIC | EXTENSION

SEPTETS, SEPTETS_OF_PART = 160, 153
"""What one segment holds, alone, and as one of several (each then carries a header)."""
UNITS, UNITS_OF_PART = 70, 67
"""The same in UCS-2, in units of 16 bits."""
DOTS = "..."

_BREAKS = "\n\v\f\r\x85\u2028\u2029"


def _class(characters: Iterable[str], no: str = "") -> re.Pattern[str]:
    """A pattern of one of these characters; with `no="^"`, of one that is none of them."""
    return re.compile(f"[{no}{re.escape(''.join(sorted(characters)))}]")


_FOREIGN = _class(GSM, no="^")
_DOUBLE = _class(EXTENSION)
_NOT_ONE_LINE = _class(GSM - frozenset(_BREAKS), no="^")
_LINE_BREAK = re.compile(f"\r\n|[{_BREAKS}]")
_FRACTION = re.compile("(?<=[0-9])(?=[\u00bc-\u00be\u2150-\u215e])")
_PERHAPS_PICTURE = re.compile("[\u2194-\u21aa\u231a-\u2bff\u3030-\u3299\U0001f000-\U0001ffff]")
_SCHEME = re.compile(r"https?://(?=\S)", re.IGNORECASE)
_BEFORE_DOTS = " \r\n\f.,:;!?-/([{<\"'¿¡"

_PLAIN = {
    ord(character): plain
    for plain, characters in {
        "'": "\u2018\u2019\u201a\u201b\u2039\u203a\u2032\u2035\u02b9\u02bb\u02bc\u02bd\u02c8\u02ca\u02cb\u00b4\u0060",
        '"': "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u2036\u02ee",
        "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\u2022\u2023\u25e6\u25aa\u25ab\u00b7\u2219",
        " ": "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
        "/": "\u2044\u2215\u00f7",
        "...": "\u2026",
        "1/4": "\u00bc",
        "1/2": "\u00bd",
        "3/4": "\u00be",
        "x": "\u00d7",
        "u": "\u00b5\u03bc",
        "!=": "\u2260",
        "!<": "\u226e",
        "!>": "\u226f",
        "<=": "\u2264",
        ">=": "\u2265",
        "->": "\u2192",
        "<-": "\u2190",
        "<->": "\u2194",
        "=>": "\u21d2",
        "<=>": "\u21d4",
        "(C)": "\u00a9",
        "(R)": "\u00ae",
        "(TM)": "\u2122",
        "!!": "\u203c",
        "!?": "\u2049",
        "i": "\u2139",
        "¥": "\uffe5",
        "£": "\uffe1",
    }.items()
    for character in characters
}
"""Signs that error messages are full of. Where the transliteration would say less (`=` for ≠) or something else."""

_GRAPHEME = r"\r(?=\n)|\X"
"""What people see as one character, but CR LF as two."""
_PICTURE = (
    rf"(?:\p{{Regional_Indicator}}{{1,2}}|(?![{re.escape(''.join(map(chr, _PLAIN)))}])"
    r"[\p{Extended_Pictographic}\p{Emoji_Modifier}])"
    r"(?:[\p{M}\p{Emoji_Modifier}\U000e0020-\U000e007f]|\u200d\p{Extended_Pictographic}?)*"
)
"""One emoji with all that belongs to it: flags, skin tones, variants, and others that are joined to it."""


def is_gsm(text: str) -> bool:
    """Whether every character is one of GSM 03.38, so that the text is not sent as UCS-2."""
    return _FOREIGN.search(text) is None


def septets(text: str) -> int:
    """What a GSM text costs. A character that is not GSM counts as one, as the `?` it could become."""
    return len(text) + len(_DOUBLE.findall(text))


def segments(text: str) -> int:
    """How many segments Twilio's calculator counts for a text; an empty one is one."""
    if not is_gsm(text):
        return _ucs2_segments(text)
    used = septets(text)
    if used <= SEPTETS:
        return 1
    if used == len(text):
        return -(-used // SEPTETS_OF_PART)
    return _parts((2 if character in EXTENSION else 1 for character in text), SEPTETS, SEPTETS_OF_PART)


def _ucs2_segments(text: str) -> int:
    """Segments of a text that is not GSM. What people see as one character is not split between two."""
    if _units(text) <= UNITS:
        return 1
    return _parts(map(_units, _unicode_pattern(_GRAPHEME).findall(text)), UNITS, UNITS_OF_PART)


def _units(text: str) -> int:
    """Units of UTF-16: two for a character beyond the first 65,536."""
    return len(text) + sum(character > "\uffff" for character in text)


@cache
def _unicode_pattern(pattern: str) -> re.Pattern[str]:
    """A pattern that knows Unicode's properties. Importing `regex` takes 24 ms; most texts do without."""
    import regex  # type: ignore[import-untyped] # it ships no types; its patterns do what those of `re` do

    compiled: re.Pattern[str] = regex.compile(pattern)
    return compiled


def _parts(sizes: Iterable[int], alone: int, of_several: int) -> int:
    """
    How many parts hold pieces of these sizes, in their order, none of them split.

    The first part is filled as if it were alone. When that fails, the pieces for which its header leaves no room go
    to the second, together and without another look at its room: so does Twilio's calculator.
    """
    parts, used, stay = 1, 0, 0
    for size in sizes:
        if used + size > (alone if parts == 1 else of_several):
            used = used - stay if parts == 1 else 0
            parts += 1
        used += size
        if parts == 1 and used <= of_several:
            stay = used
    return parts


def to_gsm(text: str, *, lines: bool = False) -> str:
    """
    Say a text in GSM characters, on one line; with `lines`, its line breaks stay, as line feeds.

    GSM characters stay as they are. Typographic signs become plain ones, an emoji one `?` however many characters it
    is made of, other letters Latin ones, what has no width or is a control character nothing, and what is left `?`.
    """
    if _NOT_ONE_LINE.search(text) is None:
        return text
    text = _LINE_BREAK.sub("\n" if lines else " ", unicodedata.normalize("NFC", text))
    if _PERHAPS_PICTURE.search(text):
        text = _unicode_pattern(_PICTURE).sub("?", text)
    text = _FRACTION.sub(" ", text).translate(_PLAIN)
    return _FOREIGN.sub(_transliterated, text)


def _transliterated(found: re.Match[str]) -> str:
    """What a character that is not GSM becomes: letters lose their accents first, so that Ώ is Ω."""
    character = found[0]
    kind = unicodedata.category(character)
    if kind in {"Cc", "Cf"}:
        return ""
    base = unicodedata.normalize("NFD", character)[0]
    if base in GSM:
        return base
    return _latin(character) or ("" if kind.startswith("M") else "?")


def _latin(character: str) -> str:
    """The sound of a letter or the look of a sign in ASCII. Importing `anyascii` takes 24 ms; most texts do without."""
    from anyascii import anyascii

    return anyascii(character).replace("`", "'")


def cut(text: str, width: int) -> str:
    """
    Shorten a GSM text to at most `width` septets; one that was cut ends in `...`, without punctuation before it.

    With a width under 3 nothing of the text fits, and as many dots are left as do.
    """
    if septets(text) <= width:
        return text
    return (_beginning(text, width - len(DOTS)).rstrip(_BEFORE_DOTS) + DOTS)[: max(width, 0)]


def _beginning(text: str, room: int) -> str:
    """As much of a text as `room` septets hold."""
    used = 0
    for at, character in enumerate(text):
        used += 2 if character in EXTENSION else 1
        if used > room:
            return text[:at]
    return text


def without_scheme(text: str) -> str:
    """Take `https://` and `http://` off the addresses in a text: carriers filter texts with links."""
    while (shorter := _SCHEME.sub("", text)) != text:
        text = shorter
    return text
