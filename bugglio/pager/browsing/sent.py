"""The texts and calls that were sent, and one of them with what belongs to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bugglio import alert as alerts
from bugglio import page as pages
from bugglio import sender as senders
from bugglio.alert import Alert
from bugglio.page import FAILED, Page, verdict_id
from bugglio.pager.reading import alert_in, page_in, read_with, sender_in
from bugglio.sender import SenderState
from bugglio.store import Document, Store

SHOWN = 25
"""So many are shown at once ..."""
LOOKED_AT = 50
"""... and so many are looked at for them, where only some are wanted."""
FOLLOWED = 5
"""So many of the pages before a notice are read."""


@dataclass(frozen=True)
class Wanted:
    """Which of them are asked for; what is empty asks nothing."""

    person: str = ""
    """Engineer's id."""
    state: str = ""
    kind: str = ""
    words: tuple[str, ...] = ()
    """Casefolded; each has to be in what is shown."""

    @property
    def field(self) -> str:
        """By which field they are found; all such lists go from the newest to the oldest."""
        if self.person:
            return "whose"
        return "failed" if self.state == FAILED else "created"

    @property
    def narrows(self) -> bool:
        """Whether what is found has to be looked through."""
        return bool(self.kind or self.words or (self.state and self.field != "failed"))


@dataclass(frozen=True)
class Some:
    """Some documents of a long list, ..."""

    found: Sequence[Document]
    looked_at: int
    """... of so many that were looked at, ..."""
    last: Document | None
    """... and the last one of these; None: there are no more."""


@dataclass(frozen=True)
class Whole:
    """A page with what belongs to it, as far as it is there."""

    page: Page
    alert: Alert | None
    digest: Page | None
    before: dict[str, Page]
    """A notice: the pages that it follows; of a test, the text that tells what became of it."""
    sender: SenderState = field(default_factory=SenderState)


def sent(store: Store, wanted: Wanted, fits: Callable[[Page], bool], after: Document | None = None) -> Some:
    """Texts and calls, the newest first; `fits` says of one that is found whether it is meant."""
    start = pages.whose_key(wanted.person) if wanted.person else None
    end = f"{start}~" if start else None
    limit = LOOKED_AT if wanted.narrows else SHOWN

    def suits(document: Document) -> bool:
        return not wanted.narrows or fits(pages.load(document.fields))

    found = store.query("pages", wanted.field, start=start, end=end, limit=limit + 1, after=after, descending=True)
    return some_of(found, limit, suits)


def some_of(found: Sequence[Document], limit: int, suits: Callable[[Document], bool]) -> Some:
    """Of documents that were read, one more than are looked at, those that are shown."""
    shown: list[Document] = []
    for count, document in enumerate(found[:limit], 1):
        shown += [document] if suits(document) else []
        if len(shown) == SHOWN:
            return Some(shown, count, document if count < len(found) else None)
    return Some(shown, min(limit, len(found)), found[limit - 1] if len(found) > limit else None)


def whole(store: Store, key: str) -> Whole | None:
    """One page, with its alert, its digest and what it follows; None: there is none of this id."""
    reading = store.get([pages.path(key), senders.PATH])
    page = page_in(reading, key)
    if page is None:
        return None
    follows = [verdict_id(key)] if page.kind == "test" else list(page.after[-FOLLOWED:])
    besides = [alerts.path(page.alert)] if page.alert else []
    besides += [pages.path(one) for one in (*([page.digest] if page.digest else []), *follows)]
    reading = read_with(store, reading, besides)
    found = {one: before for one in follows if (before := page_in(reading, one)) is not None}
    alert = alert_in(reading, page.alert) if page.alert else None
    digest = page_in(reading, page.digest) if page.digest else None
    return Whole(page, alert, digest, found, sender_in(reading))
