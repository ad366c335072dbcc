"""The pages of texts that were sent, as tests look at them."""

import re
from html import unescape

from tests.browsing import Browser, Desk, text_of
from tests.payloads import event


def other(number: int, **error: str) -> dict[str, object]:
    """A delivery about an error of its own."""
    return event(error={"errorId": f"e-{number}", "exceptionClass": f"Error{number}", **error})


def settle(desk: Desk) -> None:
    """Let all that was sent arrive, or not."""
    desk.stage.simulator.settle()


def links(browser: Browser) -> list[str]:
    """Where the shown list leads: one text each, in its order."""
    return list(dict.fromkeys(re.findall(r'href="(/admin/pages/[0-9a-f]{24})"', browser.html)))


def newest(browser: Browser, which: int | str = 0) -> str:
    """Open a text of the shown list, by its place or its address; the words of its page."""
    browser.get(links(browser)[which] if isinstance(which, int) else which)
    return shown(browser)


def follow(browser: Browser, name: str) -> str:
    """Follow the link with this name; the words of the page it leads to."""
    found = re.findall(rf'<a [^>]*href="([^"]+)"[^>]*>{re.escape(name)}</a>', browser.html)
    assert found, name
    browser.get(unescape(found[0]))
    return shown(browser)


def shown(browser: Browser) -> str:
    """The words of the page's main part."""
    return text_of(browser.html[browser.html.index("<main") : browser.html.index("</main>")])
