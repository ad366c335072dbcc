"""What each of Bugsnag's triggers does, seen from the phone: every cell of the design's table."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bugglio import alert as alerts
from bugglio.alert import Alert, alert_id
from bugglio.pager.reports import iso
from bugglio.store import Store
from bugglio.store.change import change as changed
from tests.clock import Clock
from tests.payloads import change, event
from tests.stage import ANA, Stage, staged

Payload = dict[str, Any]
MINUTE = 60_000
ERROR = alert_id("p-1", "checkout-1")
SPIKE = alert_id("p-1", "", spike=True)


@pytest.fixture
def quick(sqlite: Store, clock: Clock) -> Iterator[Stage]:
    """The stage on one engine: what an event does is decided before any engine is asked."""
    with staged(sqlite, clock) as stage:
        yield stage


# What Bugsnag can send. Each is received two seconds before it arrives.


def fresh(stage: Stage, payload: Payload) -> Payload:
    """A payload whose event was received two seconds ago."""
    if "error" in payload:
        payload["error"]["receivedAt"] = iso(stage.clock.now() - 2_000)
    return payload


def spike(rate: int = 1240) -> Payload:
    """A project's spike, without any error."""
    payload = event("projectSpiking", "Spike in errors", extra={"rate": rate})
    del payload["error"]
    return payload


def comment(number: str = "c-1", words: str = "Rolling back") -> Payload:
    """Somebody comments."""
    user = {"id": "u-1", "name": "Dana Doe", "email": "dana@example.com"}
    return event("comment", "Comment added", top={"user": user, "comment": {"id": number, "message": words}})


def of_project(trigger: str, message: str, **top: Any) -> Payload:
    """What concerns a project and no error."""
    payload = event(trigger, message, top=top)
    del payload["error"]
    return payload


def snooze(rule: Payload | None) -> Payload:
    """Somebody snoozes the error in Bugsnag."""
    return change("snoozed", extra={} if rule is None else {"snoozeRule": rule})


RULES: dict[str, Payload | None] = {
    "occurs_after": {"ruleType": "occurs_after", "ruleValue": 21600},
    "occurrences": {"ruleType": "occurrences", "ruleValue": 10},
    "affected_users": {"ruleType": "affected_users", "ruleValue": 10},
    "per hour": {"ruleValue": 10},
    "no rule": None,
}
SENT: dict[str, Callable[[], Payload]] = {
    "firstException": lambda: event("firstException", "New handled error"),
    "exception": lambda: event("exception", "Every event"),
    "powerTen": lambda: event("powerTen", "100th event"),
    "errorEventFrequency": lambda: event("errorEventFrequency", "10 events in 1h"),
    "reopened": lambda: event("reopened", "Fixed error re-occurred"),
    "projectSpiking": spike,
    "fixed": lambda: change("fixed"),
    "ignored": lambda: change("ignored"),
    **{f"snoozed: {name}": lambda rule=rule: snooze(rule) for name, rule in RULES.items()},  # type: ignore[misc]
    "snoozeCancelled": lambda: change("snoozeCancelled"),
    "reopened by hand": lambda: change("reopened"),
    "unignored": lambda: change("unignored"),
    "comment": comment,
    "release": lambda: of_project("release", "New release", release={"id": "r-1", "version": "1.2"}),
    "projectSamplingStarted": lambda: of_project("projectSamplingStarted", "Project is being rate limited"),
    "projectApproachingRateLimit": lambda: of_project("projectApproachingRateLimit", "Close to its rate limit"),
    "unknown": lambda: event("somethingNew", "Something new"),
}
WHY = {
    "firstException": "New handled error",
    "exception": "Every event",
    "powerTen": "100th event",
    "errorEventFrequency": "10 events in 1h",
    "reopened": "Fixed error re-occurred",
    "snoozeCancelled": "Error snoozeCancelled by Dana Doe",
    "reopened by hand": "Error reopened by Dana Doe",
    "unignored": "Error unignored by Dana Doe",
    "unknown": "Something new",
}

# What there was before.


def open_(stage: Stage, what: str) -> int:
    """An alert that was paged."""
    code: int = stage.webhook(fresh(stage, spike(7) if what == "projectSpiking" else event()))["code"]
    stage.clock.advance(minutes=1)
    assert stage.page().startswith(f"#{code} ")
    return code


def acknowledge(stage: Stage, what: str) -> None:
    """... that somebody has."""
    code = open_(stage, what)
    assert stage.text(ANA, f"ack {code}").startswith(f"Acked {code} ")


def asleep(stage: Stage, what: str) -> None:
    """... that is snoozed for hours."""
    open_(stage, what)
    if what == "projectSpiking":
        found = stage.store.get([alerts.path(SPIKE)])
        snoozed = alerts.snooze(
            alerts.load(found.documents[alerts.path(SPIKE)].fields), "on-duty", found.at, None, None, ""
        )
        stage.store.commit([changed(alerts.path(SPIKE), found.get(alerts.path(SPIKE)), alerts.dump(snoozed))])
    else:
        stage.webhook(snooze(RULES["occurs_after"]))


def close(stage: Stage, what: str) -> None:
    """... that somebody closed."""
    code = open_(stage, what)
    assert stage.text(ANA, f"close {code}").startswith(f"Closed {code} ")


def ignore(stage: Stage, what: str) -> None:
    """... that is ignored."""
    open_(stage, what)
    if what == "projectSpiking":
        found = stage.store.get([alerts.path(SPIKE)])
        gone = alerts.close(alerts.load(found.documents[alerts.path(SPIKE)].fields), "ignored", "on-duty", found.at)
        stage.store.commit([changed(alerts.path(SPIKE), found.get(alerts.path(SPIKE)), alerts.dump(gone))])
    else:
        stage.webhook(change("ignored"))
        assert stage.page().endswith("Ignored in Bugsnag by Dana Doe")


BEFORE: dict[str, Callable[[Stage, str], object]] = {
    "none": lambda *_: None,
    "triggered": open_,
    "acknowledged": acknowledge,
    "snoozed": asleep,
    "closed": close,
    "ignored": ignore,
}

# What comes of it: the answer's outcome, the alert's state, and what the phone gets.

SILENT = {"triggered": "counted triggered -", "acknowledged": "counted acknowledged -", "snoozed": "counted snoozed -"}
OPENS = {"none": "opened triggered page", "closed": "opened triggered page", "ignored": "opened triggered page"}
NOTHING_OPEN = {"none": "recorded - -", "closed": "recorded closed -", "ignored": "recorded closed -"}
HAPPENS = {**OPENS, **SILENT, "ignored": "recorded closed -"}
AWAKENS = {
    **OPENS,
    "triggered": "changed triggered -",
    "acknowledged": "changed triggered page",
    "snoozed": "changed triggered page",
}
ENDS = {**NOTHING_OPEN, **dict.fromkeys(SILENT, "changed closed notice")}
SLEEPS = {**NOTHING_OPEN, **dict.fromkeys(SILENT, "changed snoozed -")}
COMMENTS = {
    **NOTHING_OPEN,
    **{state: f"changed {state} -" for state in SILENT},
    "acknowledged": "changed acknowledged notice",
}
APART = {
    "none": "- -",
    "triggered": "triggered -",
    "acknowledged": "acknowledged -",
    "snoozed": "snoozed -",
    "closed": "closed -",
    "ignored": "closed -",
}
TABLE: dict[str, dict[str, str]] = {
    **dict.fromkeys(("firstException", "exception", "powerTen", "errorEventFrequency", "unknown"), HAPPENS),
    "projectSpiking": HAPPENS,
    "reopened": {**AWAKENS, "triggered": "counted triggered -"},
    "fixed": ENDS,
    "ignored": ENDS,
    **{f"snoozed: {name}": SLEEPS for name in RULES},
    **dict.fromkeys(("snoozeCancelled", "reopened by hand", "unignored"), AWAKENS),
    "comment": COMMENTS,
    "release": {state: f"recorded {rest}" for state, rest in APART.items()},
    **{
        trigger: {state: f"recorded {rest[:-1]}notice" for state, rest in APART.items()}
        for trigger in ("projectSamplingStarted", "projectApproachingRateLimit")
    },
}
CELLS = [pytest.param(sent, before, id=f"{sent}-{before}") for sent in SENT for before in BEFORE]


def test_the_table_is_whole() -> None:
    assert set(SENT) == set(TABLE)
    assert {len(BEFORE)} == {len(row) for row in TABLE.values()}


@pytest.mark.parametrize(("sent", "before"), CELLS)
def test_each_cell_of_the_table(quick: Stage, sent: str, before: str) -> None:
    BEFORE[before](quick, sent)
    quick.clock.advance(minutes=1)

    answer = quick.webhook(fresh(quick, SENT[sent]()))

    came = [_kind(text, answer["code"]) for text in quick.new_texts()]
    alert = stored(quick, SPIKE if sent == "projectSpiking" else ERROR)
    assert TABLE[sent][before] == f"{answer['outcome']} {alert.state if alert else '-'} {' '.join(came) or '-'}"
    if came == ["page"]:
        _check_page(quick, sent, before, answer["code"])
    if answer["outcome"] == "recorded":
        assert answer["reason"]


def _kind(text: str, code: int | None) -> str:
    return "page" if text.startswith(f"#{code} ") else "notice"


def _check_page(stage: Stage, sent: str, before: str, code: int) -> None:
    """Bugsnag's reason is in the page, and of a page after others the time at which it began again."""
    again = "" if before == "none" else ", again 09:02"
    what = "checkout-api production: TypeError: cannot read 'id' of undefined in cart#create. "
    why = WHY.get(sent, "")
    expected = f"#{code} checkout-api. 1240 events{again}. Reply ack {code}"
    if sent != "projectSpiking":
        expected = f"#{code} {what}{why}{again}. Reply ack {code}"
    if len(expected) > 160:
        expected = expected.replace(" in cart#create", "")
    assert expected == stage.simulator.texts(ANA)[-1]


def stored(stage: Stage, key: str) -> Alert | None:
    """An alert as the store has it."""
    found = stage.store.get([alerts.path(key)]).get(alerts.path(key))
    return alerts.load(found.fields) if found else None
