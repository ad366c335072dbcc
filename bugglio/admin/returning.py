"""Where a login leads back to: one of our own pages, whatever the address says."""

import re
from urllib.parse import urlsplit

LONGEST = 1000
_PLAIN = re.compile(r"/(?![/\\])[!-\[\]-~]*")
"""Visible ASCII without a backslash, which browsers take for a slash; two slashes would begin a host."""
NOT_BACK = ("/login", "/logout")


def own_page(told: str) -> str:
    """A path below `/admin`, with its query; `/` for what is none of ours, or leads back to the login."""
    there = told.removesuffix("?")
    if len(there) > LONGEST or not _PLAIN.fullmatch(there) or "//" in there.partition("?")[0]:
        return "/"
    path = urlsplit(there).path
    return "/" if path.startswith(NOT_BACK) else there
