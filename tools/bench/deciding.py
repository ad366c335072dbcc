"""All that is decided about an event and its page, without store or network: read, decide, compose."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from bugglio.alert import Alert
from bugglio.bugsnag import Event, decode, parse
from bugglio.claims import Claim, View, decide
from bugglio.folding import Folded, fold
from bugglio.page import Page
from bugglio.pager import making
from bugglio.phone import Phone
from bugglio.roster import Roster, lone_roster
from bugglio.sender import SenderState
from bugglio.wording import template_of
from tools.bench.deliveries import body
from tools.bench.means import Means
from tools.bench.table import Bench, Goal, Row
from tools.bench.timing import microseconds
from tools.rig.phones import ON_DUTY

NOW = 1_770_022_800_000
MARK = "0123456789abcdef"
GOAL = Goal(200)


@dataclass(frozen=True)
class Given:
    """A webhook's body, and what is read from the store to decide about it."""

    raw: bytes
    roster: Roster
    alert: Alert | None = None


def rows(_: Means) -> Iterator[Row]:
    """From the bytes of a webhook to the words of its page."""
    new = Given(body(1), lone_roster(ON_DUTY))
    opened = msgspec.structs.replace(_decided(new).alert or _missing(), code=417)
    repeated = Given(new.raw, new.roster, opened)
    baseline = microseconds(lambda: json.loads(new.raw))
    yield Row("new error, with its page's words", microseconds(lambda: texts(new)), "us", baseline, GOAL)
    yield Row("repeated event", microseconds(lambda: texts(repeated)), "us", baseline, GOAL)
    yield Row("of these: reading what Bugsnag says", microseconds(lambda: _event(new)), "us", baseline)


def texts(given: Given) -> Sequence[str]:
    """The words of each page that an event calls for."""
    folded = _decided(given)
    alert = msgspec.structs.replace(folded.alert or _missing(), code=417)
    made = [making.for_step("alert", alert, due, given.roster, NOW) for due in folded.pages]
    return [_composed(page, alert, given.roster) for page in made]


def _event(given: Given) -> Event:
    return parse(decode(given.raw) or {})


def _decided(given: Given) -> Folded:
    return fold([_event(given)], given.alert, given.roster, MARK, NOW)


def _composed(page: Page, alert: Alert, roster: Roster) -> str:
    template = template_of(alert.kind, roster.team(alert.team).text)
    zone = roster.zone_for(page.to, alert.team)
    claim = decide(View(NOW, page, Phone(), alert, SenderState(), template, {}, zone), "attempt")
    if not isinstance(claim, Claim):
        raise TypeError(f"the page was not to go: {claim}")
    return claim.page.body


def _missing() -> Alert:
    raise ValueError("the event opened nothing")


BENCH = Bench("reading the same body with Python's json", rows)
