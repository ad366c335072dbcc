"""One alert whole: with its pages, and the texts that changed it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bugglio import alert as alerts
from bugglio import codes
from bugglio import page as pages
from bugglio import phone as phones
from bugglio.alert import Alert
from bugglio.deeds import TEXT
from bugglio.page import Page
from bugglio.pager.reading import alert_in, page_in, phone_in, read_with
from bugglio.phone import Phone, phone_id
from bugglio.roster import Engineer
from bugglio.store import Reading, Store

PAGES = 34
"""Of so many of its pages, the latest ones, it is told what became of them; ..."""
DIGESTS = 6
"""... and of so many digests that some of them went into."""
TEXTS = 12
"""So many of the texts that changed it are told as they came, the latest ones."""


@dataclass(frozen=True)
class Text:
    """A text that came in about it."""

    body: str
    answer: str


@dataclass(frozen=True)
class Story:
    """All that is shown of it, as far as it was read."""

    key: str
    alert: Alert
    at: int
    pages: Mapping[str, Page]
    """By id, also of the digests that pages went into."""
    texts: Mapping[str, Text]
    """By the id that its timeline names."""
    phone: Phone
    """Of whoever looks: what it changed last, they can take back."""


def story(store: Store, key: str, viewer: Engineer) -> Story | None:
    """The alert of this id, in at most three round trips; None: there is none."""
    own = phone_id(viewer.phone)
    reading = store.get([alerts.path(key), phones.path(own)])
    alert = alert_in(reading, key)
    if alert is None:
        return None
    named = _latest((entry.page for entry in alert.timeline), PAGES)
    texts = _latest((entry.order for entry in alert.timeline if entry.how == TEXT), TEXTS)
    reading = read_with(store, reading, [*map(pages.path, named), *map(_text_path, texts)])
    some = _pages(named, reading)
    digests = _latest((page.digest for page in some.values()), DIGESTS)
    reading = read_with(store, reading, map(pages.path, digests))
    return Story(
        key,
        alert,
        reading.at,
        {**some, **_pages(digests, reading)},
        {one: text for one in texts if (text := _text(one, reading)) is not None},
        phone_in(reading, own),
    )


def by_code(store: Store, code: int) -> str:
    """The id of the alert that a code names; empty: none."""
    found = store.get([codes.path(code)]).get(codes.path(code))
    return str(found.fields.get("alert", "")) if found is not None else ""


def _latest(names: Iterable[str], most: int) -> list[str]:
    return list(dict.fromkeys(name for name in names if name))[-most:]


def _pages(names: Iterable[str], reading: Reading) -> dict[str, Page]:
    return {name: page for name in names if (page := page_in(reading, name)) is not None}


def _text_path(sid: str) -> str:
    return f"texts/{sid}"


def _text(sid: str, reading: Reading) -> Text | None:
    found = reading.get(_text_path(sid))
    return Text(str(found.fields.get("body", "")), str(found.fields.get("answer", ""))) if found is not None else None
