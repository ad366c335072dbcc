"""Where state lives: a narrow port with two engines, Firestore and SQLite."""

from bugglio.store.port import (
    ABSENT,
    BY_ID,
    EXISTS,
    Conflict,
    Document,
    Fields,
    Reading,
    Store,
    StoreError,
    Unreachable,
    Version,
    When,
    Write,
    Written,
)

__all__ = [
    "ABSENT",
    "BY_ID",
    "EXISTS",
    "Conflict",
    "Document",
    "Fields",
    "Reading",
    "Store",
    "StoreError",
    "Unreachable",
    "Version",
    "When",
    "Write",
    "Written",
]
