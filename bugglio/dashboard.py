"""What Bugsnag shows to the user whose token bugglio has: their organizations and projects, and what they may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bugglio.exchange import Exchange, Reply
from bugglio.tracker import API, HEADERS, NO_THREAD, proof

PATIENCE = 10.0
"""Seconds for one question."""
ORGANIZATIONS = 20
PAGE = 100
PAGES = 10


class DashboardError(Exception):
    """Bugsnag could not be asked, or refused; its text repeats nothing of what Bugsnag said."""

    def __init__(self, reason: str, status: int = 0) -> None:
        super().__init__(reason)
        self.status = status
        """As HTTP has it; 0: there was no answer."""


@dataclass(frozen=True)
class Project:
    """A project of Bugsnag's."""

    id: str
    name: str


class Dashboard:
    """Asks Bugsnag's Data Access API; each question raises `DashboardError` when there is no answer to it."""

    def __init__(self, token: str, api_url: str = API, patience: float = PATIENCE) -> None:
        """`token` is a user's personal token."""
        self._token = token
        self._base = api_url.rstrip("/")
        self._patience = patience

    def projects(self) -> list[Project]:
        """All that the user sees, of every organization, the first thousand of each."""
        return [one for organization in self._organizations() for one in self._projects(organization)]

    def _organizations(self) -> list[str]:
        found = self._ask(f"/user/organizations?per_page={ORGANIZATIONS}")
        return [str(one["id"]) for one in found if isinstance(one, Mapping) and one.get("id")]

    def _projects(self, organization: str) -> list[Project]:
        found: list[Project] = []
        for page in range(PAGES):
            some = self._ask(f"/organizations/{organization}/projects?per_page={PAGE}&offset={page * PAGE}")
            found += [Project(str(one.get("id", "")), str(one.get("name", ""))) for one in some if _is_map(one)]
            if len(some) < PAGE:
                break
        return found

    def _ask(self, path: str) -> list[Any]:
        from bugglio import oneshot

        exchange = Exchange(self._patience, lambda: True)
        url = self._base + path
        try:
            exchange.run(lambda: oneshot.send(exchange, "GET", url, headers=HEADERS, auth=proof(self._token)))
        except RuntimeError:
            raise DashboardError(NO_THREAD) from None
        if exchange.reply is None:
            raise DashboardError(exchange.trouble or "no answer")
        return _list_in(exchange.reply)


def _list_in(reply: Reply) -> list[Any]:
    if not 200 <= reply.status < 300:
        raise DashboardError(f"Bugsnag answered HTTP {reply.status}", reply.status)
    found = reply.json()
    if not isinstance(found, list):
        raise DashboardError("the answer could not be read")
    return found


def _is_map(one: object) -> bool:
    return isinstance(one, Mapping)
