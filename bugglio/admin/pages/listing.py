"""A list of texts and calls, or some of them, the newest first."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bugglio import page as pages
from bugglio import remedies
from bugglio.admin import cursors
from bugglio.admin.pages import words
from bugglio.admin.viewing import Viewer
from bugglio.page import DROPPED, FAILED, WAITING, Page, shown_body
from bugglio.pager.browsing.sent import Some, Wanted, sent
from bugglio.remedies import Failing
from bugglio.roster import Roster

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from bugglio.store import Store

LONGEST = 100
"""Characters of what is searched for."""
NAMED = 6
"""So many codes of a digest are named in a list."""


@dataclass(frozen=True)
class Row:
    """One text or call, as the list shows it."""

    id: str
    page: Page
    kind: str
    state: str
    tone: str
    codes: Sequence[int]
    further: int
    """So many codes more."""
    body: str
    """Empty: it has no words, for this reason:"""
    unworded: str
    took: str
    why: str
    """Why it waits, failed or was dropped; empty where that says nothing more than the state."""


@dataclass(frozen=True)
class Listing:
    """What the page shows."""

    wanted: Wanted
    text: str
    """The words asked for, as they were typed."""
    rows: Sequence[Row]
    looked_at: int
    further: str
    """The address's part that leads on; empty at the end."""
    begins: bool
    """Whether it shows the newest."""

    admin: bool = True
    """Whether it is an admin's, who sees everybody's."""

    @property
    def narrowed(self) -> bool:
        """Whether only some were asked for."""
        return bool(self.wanted.narrows or self.wanted.state or (self.admin and self.wanted.person))

    @property
    def failing(self) -> Sequence[Failing]:
        """Why those that are shown failed, alike ones together; where failed ones were asked for."""
        return remedies.failing(one.page for one in self.rows) if self.wanted.state == FAILED else ()

    @property
    def live(self) -> bool:
        """Whether it keeps itself up to date."""
        return self.begins and not self.text


def listing(store: "Store", asked: "MultiDict[str, str]", me: Viewer) -> Listing:
    """What somebody asks for; whoever is no admin sees only what went to themselves."""
    text = asked.get("words", "")[:LONGEST].strip()
    wanted = Wanted(
        person=_known(asked.get("person", ""), me.roster.engineers) if me.who.admin else me.who.id,
        state=_known(asked.get("state", ""), words.STATES),
        kind=_known(asked.get("kind", ""), words.KINDS),
        words=tuple(text.casefold().split()),
    )
    after = cursors.from_text(asked.get("after", ""), "pages", wanted.field)
    some = sent(store, wanted, fitting(wanted, me.roster), after)
    found = [row(one.id, pages.load(one.fields)) for one in some.found]
    return Listing(wanted, text, found, some.looked_at, _further(some, wanted, text), after is None, me.who.admin)


def fitting(wanted: Wanted, roster: Roster) -> Callable[[Page], bool]:
    """Says of a page whether it is meant."""

    def fits(page: Page) -> bool:
        if (wanted.state and page.state != wanted.state) or (wanted.kind and page.kind != wanted.kind):
            return False
        said = _said(page, roster) if wanted.words else ""
        return all(word in said for word in wanted.words)

    return fits


def row(key: str, page: Page) -> Row:
    """How a list shows a page."""
    remedy = remedies.of_page(page) if page.state in (FAILED, DROPPED, WAITING) else None
    codes = words.codes(page)
    return Row(
        id=key,
        page=page,
        kind=words.kind(page),
        state=words.STATES.get(page.state, page.state),
        tone=words.TONES.get(page.state, ""),
        codes=codes[:NAMED],
        further=len(codes[NAMED:]),
        body=shown_body(page),
        unworded=words.UNWORDED.get(page.state, "Its words are not kept."),
        took=words.took(page),
        why=remedy.cause if remedy is not None else _waits(page),
    )


def _waits(page: Page) -> str:
    return remedies.SHORTLY.get(page.waited_for, "") if page.state == WAITING else ""


def _said(page: Page, roster: Roster) -> str:
    """All that may be searched in, casefolded."""
    person = roster.engineers.get(page.to)
    codes = " ".join(f"#{code}" for code in words.codes(page))
    parts = (shown_body(page), codes, page.cause, page.to, person.name if person else "", words.kind(page), page.sid)
    return " ".join(filter(None, parts)).casefold()


def _known(asked: str, known: Container[str]) -> str:
    """What is asked for, if there is such a thing."""
    return asked if asked in known else ""


def _further(some: Some, wanted: Wanted, text: str) -> str:
    if some.last is None:
        return ""
    asked = {"person": wanted.person, "state": wanted.state, "kind": wanted.kind, "words": text}
    kept = {name: value for name, value in asked.items() if value}
    return urlencode({**kept, "after": cursors.to_text(some.last, wanted.field)})
