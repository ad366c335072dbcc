"""Who has left the roster, and what of all that waits, waits for nobody else."""

import msgspec

from bugglio.alert import ACKNOWLEDGED, TRIGGERED, Alert, Entry
from bugglio.page import Page
from bugglio.pager.rosters import KEPT
from bugglio.phone import phone_id
from bugglio.roster import Book
from bugglio.store.retry import STALE

LASTS = int((KEPT + STALE) * 1000)
"""Milliseconds after which no instance goes on with the roster as it was."""


class Left(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who is no longer where they were: ids, of phones too."""

    people: tuple[str, ...] = ()
    """Engineers who are gone or have another number."""
    phones: tuple[str, ...] = ()
    """The phones that were theirs."""
    teams: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anybody left."""
        return bool(self.people or self.teams)

    def along_with(self, others: "Left") -> "Left":
        """These and those."""
        return Left(
            people=_joined(self.people, others.people),
            phones=_joined(self.phones, others.phones),
            teams=_joined(self.teams, others.teams),
        )


def left(before: Book, after: Book) -> Left:
    """Whom a change of the book sends away."""
    gone = [one for one in before.engineers.values() if not _has(after, one.id, one.phone)]
    return Left(
        people=tuple(one.id for one in gone),
        phones=tuple(phone_id(one.phone) for one in gone),
        teams=tuple(name for name in before.teams if name not in after.teams),
    )


class Leaving(msgspec.Struct, frozen=True):
    """Who left, when, and what the book says at the moment of looking. Times in milliseconds."""

    left: Left
    at: int
    book: Book
    now: int

    @property
    def is_last(self) -> bool:
        """Whether every instance knows by now, so that nobody needs to look once more."""
        return self.now - self.at >= LASTS

    def unwanted(self, page: Page) -> str:
        """Why a waiting page must not go any more; empty if it may."""
        if page.to not in self.left.people or _has(self.book, page.to, page.number):
            return ""
        return f"{page.to} {'has another number' if page.to in self.book.engineers else 'is no longer on the roster'}"

    def in_vain(self, alert: Alert) -> bool:
        """
        Whether an alert waits for nobody but those who left.

        What was decided after they left was decided by an instance that did not know yet, or concerns a new number; it
        is looked at once everybody knows.
        """
        if alert.state != TRIGGERED or (alert.next_at is not None and alert.next_at <= self.now):
            return False
        waits = set(alert.waits_for)
        if alert.began < self.at:
            return self._has_lost_its_team(alert) or self._only(waits, set(self.left.people))
        return self.is_last and self._only(waits, set(self.left.people) - self.book.engineers.keys())

    def is_ghosts(self, alert: Alert) -> bool:
        """Whether somebody who left keeps an alert quiet by their word; a rule that leaves it to the digest stands."""
        who = alert.acknowledged_by
        if alert.state != ACKNOWLEDGED or who is None or alert.rule or alert.lapsed:
            return False
        # Who was reminded since they left was somebody else.
        lasts = (alert.until is None or alert.until > self.now) and (alert.reminded_at or 0) < self.at
        return lasts and who in self.left.people and who not in self.book.engineers

    def why(self, alert: Alert) -> list[Entry]:
        """What the timeline says of an alert that goes on."""
        if self._has_lost_its_team(alert):
            return [Entry(at=self.now, what="goes on: its team is gone", who=alert.team)]
        reasons: dict[str, list[str]] = {}
        for name in alert.waits_for:
            reasons.setdefault(self._reason(name), []).append(name)
        return [Entry(at=self.now, what=f"goes on: {what}", who=", ".join(names)) for what, names in reasons.items()]

    def _reason(self, name: str) -> str:
        return "has another number" if name in self.book.engineers else "no longer on the roster"

    def _has_lost_its_team(self, alert: Alert) -> bool:
        return alert.team in self.left.teams and alert.team not in self.book.teams

    def _only(self, waits: set[str], people: set[str]) -> bool:
        return bool(waits) and waits <= people


def _joined(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _has(book: Book, name: str, number: str) -> bool:
    return name in book.engineers and book.engineers[name].phone == number
