"""Lines of the log about logging in: no code, no secret, and of a number the last four digits."""

from collections.abc import Iterator
from contextlib import contextmanager

from bugglio import journal
from bugglio.pager.logins.looking import Crowded
from bugglio.redact import short
from bugglio.roster import Engineer


def asked(person: Engineer | None, number: str, *, sent: bool, how: str = "code") -> None:
    """A code, or a link, was asked for."""
    who = person.id if person is not None else ""
    what = f"a {how} is on its way" if sent else "none is sent"
    journal.tell(
        "login-asked",
        f"{who or 'A stranger'} asked to log in: {what}.",
        engineer=who,
        sender=short(number),
        how=how,
        sent=sent,
    )


def done(person: Engineer, how: str) -> None:
    """Somebody has logged in."""
    journal.tell("login-done", f"{person.id} has logged in by a {how}.", engineer=person.id, how=how)


def refused(person: Engineer | None, reason: str) -> None:
    """What was tried does not let anybody in."""
    who = person.id if person is not None else ""
    journal.tell("login-refused", f"Log-in as {who or 'a stranger'} refused: {reason}.", engineer=who, reason=reason)


@contextmanager
def crowds() -> Iterator[None]:
    """What is refused meanwhile, because an address has done so much that it is not heard for an hour, is told."""
    try:
        yield
    except Crowded:
        refused(None, "too much from one address")
        raise


def full() -> None:
    """So many log in at the same moment that one more is not waited for."""
    refused(None, "too many at once")
