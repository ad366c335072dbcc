"""A roster file to a book."""

from dataclasses import dataclass

import msgspec

from bugglio.roster import Book
from bugglio.rosterfile.faults import Findings
from bugglio.rosterfile.fields import Fields, keys_of, opened
from bugglio.rosterfile.people import engineers_in
from bugglio.rosterfile.teams import teams_in
from bugglio.rosterfile.tree import Node, grown

KEYS = ("engineers", "teams")
LARGEST = 900_000
"""Bytes of a book as it is kept: one document of Firestore's, which holds 1 MiB, has other fields too."""


@dataclass(frozen=True)
class Read:
    """A file without a fault."""

    book: Book
    warnings: tuple[str, ...]
    """Sentences, in the order of lines."""


def read(text: str | bytes) -> Read:
    """What a roster file says. With any fault: Faults, which has all of them."""
    findings = Findings()
    return book_of(grown(text, findings), findings)


def book_of(root: Node, findings: Findings) -> Read:
    """What a file says that has become a tree. With any fault: Faults."""
    fields = opened(findings, root, "a roster", KEYS)
    book = _book(fields) if fields else Book()
    size = len(msgspec.json.encode(book))
    if size > LARGEST and not findings.faults:
        findings.fault(1, f"a roster of {size // 1000} kB as it is kept", f"at most {LARGEST // 1000} kB")
    return Read(book, findings.finish())


def _book(fields: Fields) -> Book:
    people = fields.needed("engineers", "`engineers: {}` if there are none")
    teams = fields.needed("teams", "`teams: {}` if there are none")
    return Book(
        engineers=engineers_in(people, fields.findings) if people else {},
        teams=teams_in(teams, fields.findings, keys_of(people)) if teams else {},
    )
