"""Walks through the admin pages as somebody with much time would: each link, to a few pages of each kind."""

import re
from collections import Counter, deque
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from tests.browsing import Browser
from tests.stage import PUBLIC, Stage

LINK = re.compile(r'<a\b[^>]*\bhref="([^"]+)"')
EACH = 3
"""So many pages of a kind are looked at, with what follows the `?` as a kind of its own."""


def pages_of(stage: Stage) -> Flask:
    """The app behind the door."""
    door = stage.works.doors["admin"]
    found = door._pages().__self__  # type: ignore[attr-defined]
    assert isinstance(found, Flask)
    return found


def crawl(stage: Stage, browser: Browser, begin: str = "/admin", each: int = EACH) -> Iterator[str]:
    """Addresses of pages, each of which the browser shows at the moment."""
    adapter = pages_of(stage).url_map.bind(urlsplit(PUBLIC).netloc, script_name="/admin")
    waiting, seen, kinds = deque([begin]), {begin}, Counter[str]()
    while waiting:
        address = waiting.popleft()
        browser.get(address)
        assert browser.answer is not None
        yield browser.address
        if browser.answer.mimetype != "text/html":
            continue
        for link in LINK.findall(browser.html):
            there = _below(browser.address, unescape(link))
            if not there or there in seen or kinds[kind := _kind(adapter, there)] >= each:
                continue
            seen.add(there)
            kinds[kind] += 1
            waiting.append(there)


def _below(base: str, link: str) -> str:
    """The address of a page of ours, without the part of it that is meant."""
    there = urlsplit(urljoin(f"{PUBLIC}{base}", link))
    ours = there.netloc == urlsplit(PUBLIC).netloc and f"{there.path}/".startswith("/admin/")
    if not ours or there.path.startswith(("/admin/files/", "/admin/calendar/")):
        return ""
    return f"{there.path}?{there.query}" if there.query else there.path


def _kind(adapter: MapAdapter, address: str) -> str:
    path, _, query = address.partition("?")
    try:
        endpoint, _ = adapter.match(path.removeprefix("/admin") or "/", method="GET")
    except HTTPException as error:
        raise AssertionError(f"a link leads nowhere: {address}") from error
    return f"{endpoint} {' '.join(sorted(part.partition('=')[0] for part in query.split('&')))}"
