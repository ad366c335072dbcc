"""How many segments a text takes on the air."""

_BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = set("\f^{}\\[~]|€")


def count(text: str) -> int:
    """Count segments: GSM 03.38 in 160 or 153 septets, anything else in 70 or 67 UTF-16 units."""
    if all(letter in _BASIC or letter in _EXTENDED for letter in text):
        return _fill([2 if letter in _EXTENDED else 1 for letter in text], 160, 153)
    return _fill([2 if ord(letter) > 0xFFFF else 1 for letter in text], 70, 67)


def _fill(widths: list[int], alone: int, part: int) -> int:
    if sum(widths) <= alone:
        return 1
    parts, used = 1, 0
    for width in widths:
        if used + width > part:
            parts, used = parts + 1, 0
        used += width
    return parts
