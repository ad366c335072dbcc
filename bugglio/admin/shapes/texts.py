"""Several texts in one field, separated by commas; a text that has one itself stands in double quotes."""

import re
from collections.abc import Iterable

_ONE = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^,]*?))\s*(?:,|$)')


def joined(texts: Iterable[str]) -> str:
    """The field's text."""
    return ", ".join(map(_written, texts))


def split(text: str) -> list[str]:
    """The texts of a field. A comma at its end, or one too many, adds none; an empty text is `""`."""
    found, at = [], 0
    while at < len(text):
        one = _ONE.match(text, at)
        if one is None:  # pragma: no cover - the second alternative fits everything
            break
        at = one.end()
        if one[1] is not None:
            found.append(one[1].replace('""', '"'))
        elif one[2]:
            found.append(one[2])
    return found


def _written(text: str) -> str:
    plain = text and text == text.strip() and "," not in text and not text.startswith('"')
    return text if plain else '"' + text.replace('"', '""') + '"'
