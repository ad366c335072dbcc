"""The texts that came in, and what they were answered."""

from bugglio.pager.browsing.sent import SHOWN, Some, some_of
from bugglio.store import Document, Store


def received(store: Store, after: Document | None = None) -> Some:
    """Texts received, the newest first."""
    found = store.query("texts", "at", limit=SHOWN + 1, after=after, descending=True)
    return some_of(found, SHOWN, lambda _: True)
