"""A team's `text`: its paths, and whether a page of it fits."""

import re

from bugglio import wording
from bugglio.gsm import septets, to_gsm
from bugglio.rosterfile.faults import Findings, Unfit

ROOTS = ("account", "project", "trigger", "error", "user", "comment", "release")
"""What Bugsnag's payload has at its top."""
SHORT = 8
"""Characters of a short value."""
LONGEST = 1000

_PATH = re.compile(r"\{[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*\}")


def template(text: str) -> str:
    """The text of a team's pages: words, and dotted paths in braces."""
    if not text.strip() or len(text) > LONGEST:
        raise Unfit(f"a text of 1 to {LONGEST} characters, such as {{error.message}}")
    if "{" in (rest := _PATH.sub("", text)) or "}" in rest:
        raise Unfit("braces around dotted paths only, such as {error.message}")
    return text


def look_at(text: str, line: int, findings: Findings) -> None:
    """Warn of paths that Bugsnag does not send, and of a text that no page has room for."""
    for path in wording.paths(text):
        root = path.partition(".")[0]
        if root not in ROOTS:
            findings.doubt(line, root, "is nothing that Bugsnag sends", ROOTS)
    room = wording.SEGMENTS * wording.PART if "error.url" in wording.paths(text) else wording.ONE
    used = septets(f"#417 {to_gsm(_PATH.sub('x' * SHORT, text))}. Reply ack 417")
    if used > room:
        findings.warn(line, f"this text takes {used} of {room} septets even with short values: pages of it are cut.")
