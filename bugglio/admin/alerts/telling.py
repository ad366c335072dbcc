"""An alert's timeline and its steps, as they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from bugglio.admin.alerts.standing import people
from bugglio.admin.pages.words import STATES, TONES
from bugglio.admin.saying import person
from bugglio.alert import Alert, Entry
from bugglio.deeds import PAGE, TEXT
from bugglio.page import Page
from bugglio.pager.browsing.story import Story, Text
from bugglio.remedies import Remedy, of_page
from bugglio.roster import ON_DUTY, Step

HOW = {TEXT: "by text", PAGE: "on the admin pages", "Bugsnag": "in Bugsnag"}
PAGED = {"page": "Paged", "call": "Called"}
BY_ITSELF = "by itself"
BY_RULE = ("not paged", "not reminded")


@dataclass(frozen=True)
class Fate:
    """What became of a page that the timeline names."""

    page: Page
    words: str
    grade: str
    remedy: Remedy | None
    body: str
    """As it was sent, by itself or in a digest; empty: it was not."""


@dataclass(frozen=True)
class Line:
    """One line of the timeline."""

    at: int
    what: str
    who: str
    how: str
    detail: str
    fate: Fate | None
    page: str
    """Its id."""
    text: Text | None


@dataclass(frozen=True)
class Rung:
    """One step."""

    whom: str
    step: Step
    now: bool
    """It is the present one."""


def timeline(story: Story) -> list[Line]:
    """What happened to it, the newest first."""
    return [_line(entry, story) for entry in reversed(story.alert.timeline)]


def steps(alert: Alert) -> list[Rung]:
    """The steps that it goes through, if they have begun."""
    plan = alert.plan
    if plan is None:
        return []
    at = alert.position % len(plan.steps) if 0 <= alert.position < len(plan.steps) * plan.repeat else -1
    runs = alert.is_open and alert.next_at is not None and not alert.rule
    return [Rung(_whom(step.page), step, runs and number == at) for number, step in enumerate(plan.steps)]


def times_through(alert: Alert) -> int:
    """How often the steps were gone through before this time."""
    return alert.position // len(alert.plan.steps) if alert.plan is not None and alert.plan.steps else 0


def _whom(names: Sequence[str]) -> str:
    return ", ".join("the last resort" if name == ON_DUTY else person(name) for name in names)


def _line(entry: Entry, story: Story) -> Line:
    how = HOW.get(_how(entry), _by_itself(entry))
    what = PAGED.get(entry.what, entry.what[:1].upper() + entry.what[1:])
    who = entry.who if entry.how == "Bugsnag" else people(entry.who.split(", ") if entry.who else ())
    return Line(
        entry.at,
        what,
        who,
        how,
        _detail(entry),
        _fate(entry.page, story) if entry.page else None,
        entry.page,
        story.texts.get(entry.order),
    )


def _how(entry: Entry) -> str:
    """How it came about; of what an older version noted, as its detail tells."""
    return entry.how or (TEXT if entry.detail.endswith(f"by {TEXT}") else "")


def _by_itself(entry: Entry) -> str:
    if entry.page:
        return ""
    return "by a rule" if entry.what in BY_RULE else BY_ITSELF


def _detail(entry: Entry) -> str:
    """What is told besides whoever did it, and how."""
    bare = entry.detail.removesuffix(f"by {_how(entry)}").strip()
    if entry.what == "passed on" and bare.startswith("to "):
        return f"to {person(bare.removeprefix('to '))}"
    return bare


def _fate(key: str, story: Story) -> Fate | None:
    page = story.pages.get(key)
    if page is None:
        return None
    digest = story.pages.get(page.digest) if page.digest else None
    words, grade = STATES.get(page.state, page.state), TONES.get(page.state, "")
    body = page.body or (digest.body if digest is not None else "")
    return Fate(page, words, grade, of_page(page), body if page.attempts or digest is not None else "")
