"""New pages, as documents: for the steps, as reminders, as notices."""

from collections.abc import Iterable, Sequence

import msgspec

from bugglio import codes, wording
from bugglio import page as pages
from bugglio.alert import Alert, reminder_id
from bugglio.claims import SILENT
from bugglio.clockwork import noted_id
from bugglio.dialogue import Question
from bugglio.document import present
from bugglio.escalation import Due, call_to, nth
from bugglio.figures import COUNTED_AFTER
from bugglio.folding import News
from bugglio.logins.asking import LASTS as CODE_LASTS
from bugglio.page import Page, page_id, verdict_id
from bugglio.phone import phone_id
from bugglio.roster import MINUTE, Engineer, Roster
from bugglio.store import ABSENT, EXISTS, Write
from bugglio.times import Timed
from bugglio.upstream import Operation

TESTS = 10 * MINUTE
"""A test page that could not be sent for so long is given up."""
TALLY_AT = "tally_at"
"""Field of a page's document alone: when it is counted, there until it was."""
AFTER = 5
"""A notice looks at so many of the pages it follows, the latest ones."""


def new(key: str, page: Page) -> Write:
    """The write that creates a page, with the mark by which the figures find it."""
    return Write(pages.path(key), ABSENT, put={**present(pages.dump(page)), TALLY_AT: page.created + COUNTED_AFTER})


def code_closed(alert: Alert) -> list[Write]:
    """What is written about the code of an alert that was closed: from now on its rest counts."""
    if alert.is_open or not alert.code:
        return []
    return [Write(codes.path(alert.code), EXISTS, put={"closed_at": alert.closed_at})]


def for_step(alert_key: str, alert: Alert, due: Due, roster: Roster, now: int) -> Page:
    """A page that the steps call for; somebody who has left the roster leaves theirs to the last resort."""
    person = roster.engineers.get(due.to) or roster.engineers[roster.last_resort]
    kind = "call" if due.call else "page"
    mark = ", ".join(filter(None, (f"passed on by {due.passed_by}" if due.passed_by else "", nth(due.ordinal))))
    page = _about(alert_key, alert, person, kind, now, mark=mark, timed=alert.anew)
    return _replace(page, ordinal=due.ordinal, valid_until=due.valid_until)


def noted(alert_key: str, alert: Alert, name: str, roster: Roster, now: int) -> tuple[str, Page]:
    """The page that tells somebody of an alert that a rule left to the daily digest, and its id."""
    person = roster.engineers.get(name) or roster.engineers[roster.last_resort]
    key = noted_id(alert, person.id, now)
    return key, _about(alert_key, alert, person, "noted", now, timed=Timed(words="digest of", at=now))


def reminder(alert_key: str, alert: Alert, roster: Roster, now: int) -> tuple[str, Page]:
    """The page that reminds whoever acknowledged, and its id."""
    name = alert.acknowledged_by or roster.last_resort
    person = roster.engineers.get(name) or roster.engineers[roster.last_resort]
    key = reminder_id(alert, person.id, now)
    words = "came again since acked" if alert.quiet_until is None else "in your quiet since"
    since = Timed(words=words, at=alert.acknowledged_at or now)
    return key, _about(alert_key, alert, person, "reminder", now, timed=since)


def notices(alert_key: str, alert: Alert, news: News, roster: Roster, now: int) -> list[tuple[str, Page]]:
    """News of an alert for whoever it concerns, with the ids."""
    what = news.what
    made = []
    for person in _known(news.people, roster):
        key = page_id(alert.mark, alert.cycle, f"notice {what} {person.id}", alert.generation)
        name = wording.name_of(alert.project, alert.title, alert.kind)
        page = _about(alert_key, alert, person, "notice", now, note=wording.news(alert.code, name, what))
        before = tuple(_paged(alert, person.id)) if news.paged_only else ()
        brief = f"{alert.code} {what}"[:60]
        made.append((key, _replace(page, after=before, brief=brief)))
    return made


def failed_errand(
    alert_key: str, alert: Alert, person: Engineer, operation: Operation, text: str, now: int
) -> tuple[str, Page]:
    """The notice that Bugsnag was not told something, for whoever asked for it, and its id."""
    key = page_id(alert.mark, alert.cycle, f"errand {operation.id} {person.id}", 0)
    page = _about(alert_key, alert, person, "notice", now, note=wording.note(text))
    return key, _replace(page, brief=f"{alert.code} not told to Bugsnag")


def for_admins(roster: Roster, name: str, text: str, now: int) -> list[tuple[str, Page]]:
    """A text for the admins, about the pager or Bugsnag itself; the same `name` makes the same pages."""
    made = []
    for admin in roster.admins:
        page = _to(admin, "notice", now)
        made.append((page_id(name, 0, admin.id, 0), _replace(page, note=wording.note(text), brief=text[:60])))
    return made


def tell(person: Engineer, name: str, text: str, now: int) -> tuple[str, Page]:
    """A notice for somebody about no alert, and its id; the same `name` makes the same one."""
    page = _to(person, "notice", now)
    return page_id(f"tell {name}", 0, person.id, 0), _replace(page, note=wording.note(text), brief=text[:60])


def question(asked: Question, name: str, now: int) -> tuple[str, Page]:
    """A question to somebody, and the page's id. It goes by itself, whatever else waits: merged it could not be put."""
    page = _replace(_to(asked.to, "notice", now), note=wording.note(asked.text), asks=asked.asked, token=True)
    return page_id(f"question {name}", 0, asked.to.id, 0), page


def test(person: Engineer, name: str, now: int) -> list[tuple[str, Page]]:
    """
    A test page, and the text that will tell what became of it, with their ids.

    Both go by themselves, whatever else waits: the first has paid its token, the second comes once for it.
    """
    key = page_id(f"test {name}", 0, person.id, 0)
    page = _replace(_to(person, "test", now), note=wording.TEST, token=True, valid_until=now + TESTS)
    told = _replace(_to(person, "tested", now), after=(key,), token=True, due_at=now + SILENT)
    return [(key, page), (verdict_id(key), told)]


def login_id(person: Engineer, name: str) -> str:
    """The id of the text that brings somebody a code; `name` is its asker's."""
    return page_id(f"login {name}", 0, person.id, 0)


def login(person: Engineer, name: str, code: str, now: int) -> tuple[str, Page]:
    """A text with a code to log in, and its id. It goes by itself, at once, and not when the code is too old."""
    page = _to(person, "login", now)
    page = _replace(page, note=wording.login(code), token=True, valid_until=now + CODE_LASTS)
    return login_id(person, name), page


def welcome(person: Engineer, whose: str, now: int) -> tuple[str, Page]:
    """The first text of somebody new, and its id: one for each phone. It goes by itself, whatever else waits."""
    page = _to(person, "welcome", now)
    return page_id("welcome", 0, page.phone, 0), _replace(page, note=wording.welcome(whose), token=True)


def foretold(admin: Engineer, worries: Sequence[str], now: int) -> tuple[str, Page]:
    """What will go wrong, for one admin, and the page's id; without worries it says nothing."""
    page = _to(admin, "notice", now)
    note = wording.foretold(worries) if worries else ""
    return page_id("foretold", 0, admin.id, now), _replace(page, note=note, brief=note[:60])


def _known(people: Iterable[str], roster: Roster) -> list[Engineer]:
    return [roster.engineers[name] for name in dict.fromkeys(people) if name in roster.engineers]


def _paged(alert: Alert, person: str) -> list[str]:
    """The ids of this cycle's latest pages to somebody, and of the calls beside them."""
    count = alert.paged.get(person, 0)
    numbers = range(max(1, count - AFTER + 1), count + 1)
    return [page_id(alert.mark, alert.cycle, whom, n) for n in numbers for whom in (person, call_to(person))]


def _about(alert_key: str, alert: Alert, person: Engineer, kind: str, now: int, **more: object) -> Page:
    about = {"alert": alert_key, "code": alert.code, "cycle": alert.cycle, "position": alert.position, "own": alert.own}
    about["team"] = alert.team
    return _replace(_to(person, kind, now), **about, **more)


def _to(person: Engineer, kind: str, now: int) -> Page:
    return Page(kind=kind, to=person.id, number=person.phone, phone=phone_id(person.phone), created=now, due_at=now)


def _replace(page: Page, **changes: object) -> Page:
    return msgspec.structs.replace(page, **changes)
