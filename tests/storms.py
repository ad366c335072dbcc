"""A storm: many alerts that are open at once, stored as webhooks would have stored them, but in few commits."""

from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from bugglio import alert as alerts
from bugglio import codes, escalation
from bugglio.alert import Alert
from bugglio.crew import crew_of
from bugglio.document import present
from bugglio.pager import making
from bugglio.store import ABSENT, Write
from tests.stage import Stage

FIRST = 1_000
"""The code of the first alert; the others count up from it."""
AT_ONCE = 130
"""Alerts to a commit, each with its code and a page or two."""


def flood(
    stage: Stage,
    count: int,
    *,
    team: str = "default",
    first: int = FIRST,
    apart: int = 0,
    projects: Sequence[str] = ("checkout-api",),
    paged: bool = True,
) -> list[str]:
    """
    Open so many alerts of a team, the oldest `apart` milliseconds before the next; their ids, the oldest first.

    `paged`: their first pages wait, as they do for a phone without a token.
    """
    began = stage.clock.now() - (count - 1) * apart
    made = [_opened(team, first + n, began + n * apart, projects[n % len(projects)]) for n in range(count)]
    left = iter(made)
    while some := list(islice(left, AT_ONCE)):
        stage.store.commit([write for alert in some for write in _writes(stage, alert, paged=paged)])
    return [_key(alert) for alert in made]


def _key(alert: Alert) -> str:
    return alerts.alert_id("storm", str(alert.code))


def _opened(team: str, code: int, now: int, project: str) -> Alert:
    return Alert(
        mark=f"storm {code}",
        team=team,
        code=code,
        project=project,
        error_id=str(code),
        error_class=f"Error{code}",
        message="it broke",
        said={"error.exceptionClass": f"Error{code}", "project.name": project, "error.message": "it broke"},
        why="New unhandled error",
        events=1,
        opened=now,
        last_event=now,
        last_arrival=now,
    )


def _writes(stage: Stage, alert: Alert, *, paged: bool) -> Iterator[Write]:
    key, now = _key(alert), alert.opened
    begun, due = escalation.begin(alert, crew_of(stage.roster, alert.team), now)
    yield Write(alerts.path(key), ABSENT, put=present(alerts.dump(begun)))
    yield Write(codes.path(alert.code), ABSENT, put=present(codes.names(key, None)))
    for one in due if paged else ():
        page = making.for_step(key, begun, one, stage.roster, now)
        yield making.new(one.id, msgspec.structs.replace(page, due_at=now))
