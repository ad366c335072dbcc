"""The characters of a roster file, before anybody asks what they mean."""

import re

from bugglio.rosterfile.faults import Faults, Findings

LARGEST = 2_000_000
"""Characters of a file that is read at all: some seconds, and twice what a roster may come to as it is kept."""
MOST = 20
"""Lines with unfit characters that are told one by one."""

UNFIT = re.compile("[^\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""
Controls (also those that turn the direction of a line), separators that only some programs take for an end of line,
halves of characters: no text may hold them.
"""
_NOT_IN_A_LINE = re.compile(UNFIT.pattern.replace("[^", "[^\n\r"))


def decoded(raw: str | bytes) -> str:
    """The file's text; what is not UTF-8, or holds tabs or control characters, raises Faults."""
    findings = Findings()
    text = raw if isinstance(raw, str) else _utf8(raw, findings)
    if len(text) > LARGEST:
        findings.fault(1, f"a file of {len(text):,} characters", f"at most {LARGEST:,}")
    elif not findings.faults:
        _look_at_characters(text, findings)
    findings.finish()
    return text


def _utf8(raw: bytes, findings: Findings) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        findings.fault(line, f"the byte {raw[error.start]:#04x}, which is not UTF-8", "a text file in UTF-8")
        return ""


def _look_at_characters(text: str, findings: Findings) -> None:
    last, line, at = 0, 1, 0
    for found in _NOT_IN_A_LINE.finditer(text):
        line += text.count("\n", at, found.start())
        at = found.start()
        if line > last:
            last = line
            findings.fault(line, *_told(found[0]))
        if len(findings.faults) >= MOST:
            raise Faults(findings.faults)


def _told(character: str) -> tuple[str, str]:
    if character == "\t":
        return "a tab", "spaces"
    return f"the control character U+{ord(character):04X}", "text without control characters"
