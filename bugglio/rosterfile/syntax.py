"""PyYAML's complaints in plain words."""

import re

import yaml

from bugglio.rosterfile.faults import Fault, quoted

_BUT = re.compile(r"expected (?P<expected>.+?), but (?:got|found) (?P<found>.+)", re.DOTALL)
_SIGN = re.compile(r"found character (?P<sign>'.'|\".\") that cannot start any token", re.DOTALL)
_ESCAPE = re.compile(r"found unknown escape character (?P<sign>'.'|\".\")", re.DOTALL)

_FOUND = {
    "<stream end>": "the end of the file",
    "<document start>": "the start of a document",
    "<scalar>": "a text",
    "<block mapping start>": "a map that begins deeper or less deep",
    "<block sequence start>": "a list that begins deeper or less deep",
    "?": "a key",
    ":": "a colon",
    ",": "a comma",
    "-": "a dash",
    "\\n": "the end of the line",
}
_EXPECTED = {
    "',' or '}'": "a comma or `}` to end the map",
    "',' or ']'": "a comma or `]` to end the list",
    "<block end>": "the next entry, as deep as the others",
    "'<document start>'": "the roster",
    "the node content": "a text, a list or a map",
    "alphabetic or numeric character": "quotes around a text that begins with `*` or `&`",
}
_WHOLE = {
    "mapping values are not allowed here": (
        "a colon after what is no key",
        "one key a line, and quotes around a text that holds a colon and a space",
    ),
    "could not find expected ':'": ("a text without a colon", "a key and a colon"),
    "found unexpected end of stream": ("the end of the file inside a quoted text", "the quote that ends it"),
    "found unexpected document separator": ("`---` inside a quoted text", "the quote that ends it"),
}


def told(error: yaml.MarkedYAMLError) -> Fault:
    """What PyYAML could not read, as a fault: on the line where it gave up, naming the one where the thing began."""
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    found, expected = _in_words(error.problem or "")
    began = error.context_mark.line + 1 if error.context_mark else line
    return Fault(line, found, expected if began == line else f"{expected} (it began in line {began})")


def _in_words(problem: str) -> tuple[str, str]:
    if problem in _WHOLE:
        return _WHOLE[problem]
    if sign := _SIGN.fullmatch(problem):
        return quoted(sign["sign"][1]), "a text that begins otherwise, or quotes around it"
    if escape := _ESCAPE.fullmatch(problem):
        return quoted(f"\\{escape['sign'][1]}"), "two backslashes, or single quotes around the text"
    if pair := _BUT.fullmatch(problem):
        found = pair["found"].strip("'")
        return _FOUND.get(found, quoted(found)), _EXPECTED.get(pair["expected"], f"YAML's {pair['expected']}")
    return f"what is not YAML ({problem})", "the roster's form"
