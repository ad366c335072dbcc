"""
As much of Cloud Logging's query language, and of its extractors, as the manual uses, asked of lines of our log.

A field that an entry does not have makes a comparison false; of a list, any element may fit. What is not understood is
an error: then the manual has become cleverer than this.
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

TOKEN = re.compile(
    r"""
    \s* (?: "(?:[^"\\]|\\.)*"  |  !=|>=|<=|=~|:\*|[=<>()]  |  [\w./-]+ )
    """,
    re.VERBOSE,
)
SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=~": lambda found, pattern: re.search(str(pattern), str(found)) is not None,
}
SEVERITIES = ("DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL")
SPECIAL = ("severity", "time")
Entry = Mapping[str, Any]


def entry(line: Entry) -> dict[str, Any]:
    """What Cloud Logging makes of a line."""
    ours = {name: value for name, value in line.items() if name not in SPECIAL and "googleapis.com" not in name}
    return {
        "jsonPayload": ours,
        "labels": line.get("logging.googleapis.com/labels", {}),
        "severity": line["severity"],
        "timestamp": line["time"],
        "resource": {"type": "cloud_run_revision"},
    }


def value(entry: Entry, field: str) -> Any:
    """A field of an entry; None: it has none."""
    found: Any = entry
    for name in field.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def extracted(entry: Entry, extractor: str) -> str | None:
    """What an extractor takes from an entry."""
    matched = re.fullmatch(r'(?:REGEXP_)?EXTRACT\(([\w.]+)(?:, "(.+)")?\)', extractor)
    assert matched, extractor
    found = value(entry, matched[1])
    if found is None or matched[2] is None:
        return None if found is None else str(found)
    part = re.search(matched[2], str(found))
    return part[1] if part else None


def fields(query: str) -> set[str]:
    """Every field that a query names."""
    return set(re.findall(r"\b((?:jsonPayload|labels|resource)\.\w+|severity|timestamp)\b", query))


def fits(entry: Entry, query: str) -> bool:
    """Whether the query finds the entry."""
    return _Parser(list(_tokens(query)), entry).all()


def _tokens(query: str) -> Iterator[str]:
    """The query's tokens, and one for each end of a line."""
    for number, line in enumerate(query.strip().splitlines()):
        if number:
            yield "\n"
        at, told = 0, line.rstrip()
        while at < len(told):
            found = TOKEN.match(told, at)
            assert found, told[at:]
            at = found.end()
            yield found[0].strip()


class _Parser:
    """Evaluates as it reads: lines, or AND, of alternatives, of which each is a comparison or in parentheses."""

    def __init__(self, tokens: Sequence[str], entry: Entry) -> None:
        self._tokens = list(tokens)
        self._entry = entry

    def all(self) -> bool:
        found = self._lines()
        assert not self._tokens, self._tokens
        return found

    def _next(self, *wanted: str) -> bool:
        if self._tokens and self._tokens[0] in wanted:
            self._tokens.pop(0)
            return True
        return False

    def _lines(self) -> bool:
        """OR binds tighter than AND in this language; a line's end is an AND."""
        found = self._either()
        while self._next("AND", "\n"):
            found = self._either() and found
        return found

    def _either(self) -> bool:
        found = self._one()
        while self._next("OR"):
            found = self._one() or found
        return found

    def _one(self) -> bool:
        if self._next("("):
            found = self._lines()
            assert self._next(")"), self._tokens
            return found
        return self._compared(self._tokens.pop(0), self._tokens.pop(0))

    def _compared(self, field: str, sign: str) -> bool:
        found = value(self._entry, field)
        if sign == ":*":
            return found is not None
        wanted = self._values()
        elements = found if isinstance(found, list) else [] if found is None else [found]
        return any(_is(field, sign, element, one) for element in elements for one in wanted)

    def _values(self) -> list[Any]:
        """One value, or several in parentheses with OR between them."""
        if not self._next("("):
            return [_value(self._tokens.pop(0))]
        found = [_value(self._tokens.pop(0))]
        while self._next("OR"):
            found.append(_value(self._tokens.pop(0)))
        assert self._next(")"), self._tokens
        return found


def _value(token: str) -> Any:
    if token.startswith('"'):
        return token[1:-1].replace('\\"', '"')
    if token in ("true", "false"):
        return token == "true"
    return token if token in SEVERITIES else float(token)


def _is(field: str, sign: str, found: Any, wanted: Any) -> bool:
    if field == "severity":
        return SIGNS[sign](SEVERITIES.index(found), SEVERITIES.index(wanted))
    if sign in ("=", "!=") and isinstance(found, str) != isinstance(wanted, str):
        found, wanted = str(found), str(wanted)
    return SIGNS[sign](found, wanted)
