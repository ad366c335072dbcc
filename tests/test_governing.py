"""What a team's rules make of an event that would page somebody, and of what they keep quiet."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bugglio import alert as alerts
from bugglio import bugsnag, clockwork
from bugglio.alert import ACKNOWLEDGED, CLOSED, TRIGGERED, Alert
from bugglio.clockwork import Moment
from bugglio.crew import crew_of
from bugglio.escalation import Outage, unanswered_again
from bugglio.folding import Folded, fold
from bugglio.pager.reports import iso
from bugglio.roster import DAY, HOUR, MINUTE, Conditions, Engineer, Roster, Rule, Step, Team
from bugglio.rules import ruling
from bugglio.triage import OPENING
from tests.clock import Clock
from tests.payloads import change, event

NOW = Clock().now()
PEOPLE = {name: Engineer(name, name, f"+1415555010{n}") for n, name in enumerate(("ana", "ben", "dee"))}
NIGHT = (8 * 60, 12 * 60)
IGNORE = Rule(Conditions(stage=("staging",)), "ignore")
DIGEST = Rule(Conditions(stage=("staging",)), "digest")
HOLD = Rule(Conditions(stage=("staging",), between=NIGHT), "hold")
STEPS = (Step(("ana",), wait=5 * MINUTE), Step(("ben",), wait=5 * MINUTE, again=0))


def shop(*rules: Rule, **more: Any) -> Roster:
    """A roster of one team with these rules."""
    team = Team("shop", STEPS, **{"projects": ("*",), "rules": rules, **more})
    return Roster(PEOPLE, {"shop": team}, "dee")


def takes(
    roster: Roster,
    alert: Alert | None,
    now: int = NOW,
    *,
    stage: str = "staging",
    trigger: str = "exception",
    **error: Any,
) -> Folded:
    """What one event comes to."""
    return folded(roster, alert, now, event(trigger, error={"releaseStage": stage, **error}))


def folded(roster: Roster, alert: Alert | None, now: int, *payloads: dict[str, Any]) -> Folded:
    """What these deliveries, all of one moment, come to."""
    for payload in payloads:
        payload["error"]["receivedAt"] = iso(now)
    return fold([bugsnag.parse(payload) for payload in payloads], alert, roster, "mark", now)


def of(found: Folded) -> Alert:
    """The alert that it came to."""
    assert found.alert is not None
    return found.alert


def said(found: Folded) -> list[tuple[str, str]]:
    """Outcome and reason of each event."""
    return [(verdict.outcome, verdict.reason) for verdict in found.verdicts]


def test_what_is_ignored_leaves_nothing() -> None:
    found = takes(shop(IGNORE), None)

    assert (None, [("recorded", "rule 1: ignore")], ()) == (found.alert, said(found), found.pages)


def test_what_is_left_to_the_digest_counts_as_acknowledged_by_nobody() -> None:
    found = takes(shop(DIGEST, timezone="Europe/London"), None)
    alert = of(found)

    assert [("opened", "rule 1: digest at 09:00")] == said(found)
    assert (ACKNOWLEDGED, None, None) == (alert.state, alert.acknowledged_by, alert.until)
    assert (NOW + DAY, NOW + DAY, ()) == (alert.noted_at, alert.due_at, found.pages)


def test_what_is_held_is_due_at_the_end_of_its_span_and_waits_for_nobody() -> None:
    found = takes(shop(HOLD), None)
    alert = of(found)

    assert [("opened", "rule 1: held until 12:00")] == said(found)
    assert (TRIGGERED, ()) == (alert.state, alert.waits_for)
    assert (NOW + 3 * HOUR, NOW + 3 * HOUR, ()) == (alert.held, alert.due_at, found.pages)


def test_events_of_one_group_that_begins_quiet_page_once() -> None:
    quiet, loud = event("firstException", error={"releaseStage": "staging"}), event("exception")
    found = folded(shop(DIGEST), None, NOW, quiet, loud, event("exception"))

    assert [
        ("opened", "rule 1: digest at 09:00"),
        ("changed", ""),
        ("counted", "counted on the open alert"),
    ] == said(found)
    assert ([("ana", 1)], "", 3) == (
        [(page.to, page.ordinal) for page in found.pages],
        of(found).rule,
        of(found).events,
    )


@pytest.mark.parametrize(
    ("first", "then", "kept"),
    [
        (DIGEST, DIGEST, "rule 1: digest at 09:00"),
        (HOLD, HOLD, "rule 1: held until 12:00"),
        (DIGEST, IGNORE, "rule 1: digest at 09:00"),
        (HOLD, IGNORE, "rule 1: held until 12:00"),
        (HOLD, DIGEST, "rule 1: held until 12:00"),
        (DIGEST, HOLD, "rule 1: held until 12:00"),
        (DIGEST, Rule(Conditions(), "page"), ""),
        (HOLD, Rule(Conditions(), "page"), ""),
        (HOLD, Rule(Conditions(), "steps", "night"), ""),
    ],
)
def test_the_loudest_of_what_rules_say_stands(first: Rule, then: Rule, kept: str) -> None:
    alert = of(takes(shop(first), None))

    found = takes(shop(then), alert, NOW + MINUTE)

    assert (kept, bool(not kept)) == (of(found).rule, bool(found.pages))
    assert 2 == of(found).events
    assert found.mere_count == (of(found).rule == alert.rule)


def test_a_later_end_does_not_lengthen_a_hold_and_a_sooner_one_shortens_it() -> None:
    other = Rule(Conditions(between=(8 * 60, 11 * 60)), "hold")
    alert = of(takes(shop(HOLD), None))

    sooner = of(takes(shop(other), alert, NOW + MINUTE))
    assert (NOW + 2 * HOUR, NOW + 2 * HOUR) == (sooner.held, sooner.due_at)
    assert NOW + 2 * HOUR == of(takes(shop(HOLD), sooner, NOW + 2 * MINUTE)).held


def test_what_is_paged_after_all_says_what_it_has_become() -> None:
    alert = of(takes(shop(DIGEST), None, message="odd", severity="info"))

    loud = of(takes(shop(DIGEST), alert, NOW + MINUTE, stage="production"))

    assert ("production", "cannot read 'id' of undefined", "error") == (loud.stage, loud.message, loud.severity)
    assert "production" == loud.said["error.releaseStage"]
    assert ("shop", NOW, NOW) == (loud.team, loud.opened, loud.born)


def test_a_comment_does_not_wake_what_is_kept_quiet() -> None:
    alert = of(takes(shop(HOLD), None))

    found = folded(shop(), alert, NOW, event("comment", error={"releaseStage": "production"}))

    assert ("rule 1: held until 12:00", ()) == (of(found).rule, found.pages)


def test_what_fits_no_rule_begins_the_usual_steps_and_another_list_its_own() -> None:
    night = {"night": (Step(("ben",)),)}
    roster = shop(Rule(Conditions(stage=("staging",)), "steps", "night"), lists=night)

    usual, other = takes(roster, None, stage="production"), takes(roster, None)

    assert (["ana"], ["ben"]) == ([page.to for page in usual.pages], [page.to for page in other.pages])
    plans = [of(found).plan for found in (usual, other)]
    assert ["default", "night"] == [plan.name for plan in plans if plan is not None]


@pytest.mark.parametrize("then", [IGNORE, DIGEST])
def test_a_lapsed_acknowledgement_is_not_reminded_of_by_what_a_rule_leaves_out(then: Rule) -> None:
    had = alerts.acknowledge(of(takes(shop(), None)), "ana", NOW, HOUR)
    lapsed = alerts.lapse(had, NOW + HOUR)

    found = takes(shop(then), lapsed, NOW + 90 * MINUTE)

    assert (False, True, NOW) == (found.reminds, of(found).lapsed, of(found).last_arrival)
    assert takes(shop(then), of(found), NOW + 2 * HOUR, stage="production").reminds


def test_what_is_left_out_is_counted_all_the_same() -> None:
    alert = of(takes(shop(), None, stage="production"))

    found = takes(shop(IGNORE), alert, NOW + MINUTE)

    assert (2, NOW + MINUTE, NOW) == (of(found).events, of(found).last_event, of(found).last_arrival)
    assert found.mere_count


# Whatever happens.

FINDS = st.builds(
    Rule,
    st.builds(
        Conditions,
        stage=st.sampled_from([("staging",), (), ("production",)]),
        severity=st.sampled_from([(), (), ("info",)]),
        between=st.sampled_from([(8 * 60, 12 * 60), (0, 0), (22 * 60, 7 * 60), None]),
        days=st.sampled_from([(), (), (0, 1, 2)]),
    ),
    st.sampled_from(["hold", "digest", "hold", "digest", "ignore", "page", "steps"]),
    st.sampled_from(["night", "none"]),
)
ROSTERS = st.builds(
    lambda rules, **more: shop(*rules, lists={"night": (Step(("ben", "dee")),)}, **more),
    st.lists(FINDS, min_size=1, max_size=4),
    timezone=st.sampled_from(["UTC", "Europe/London", "Australia/Lord_Howe"]),
    close_after=st.sampled_from([0, HOUR, 7 * DAY]),
    acknowledged_for=st.sampled_from([0, HOUR]),
)
HAPPENS = ("exception", "firstException", "powerTen", "reopened")
CHANGES = ("fixed", "ignored", "snoozed", *OPENING)
DEEDS = st.tuples(
    st.sampled_from([*HAPPENS, *HAPPENS, *CHANGES, "comment", *["clock"] * 5, "outage", "ack", "close", "roster"]),
    st.sampled_from(["staging", "production"]),
    st.sampled_from(["info", "error"]),
    st.one_of(st.integers(0, 3 * MINUTE), st.integers(0, DAY)),
)


@given(st.lists(DEEDS, min_size=10, max_size=40), ROSTERS, ROSTERS)
def test_what_a_rule_would_page_is_never_left_quiet(
    deeds: list[tuple[str, str, str, int]], roster: Roster, other: Roster
) -> None:
    alert: Alert | None = None
    now, ids = NOW, set[str]()
    for deed, stage, severity, later in deeds:
        # The tick comes when something is due, or later, or for nothing.
        wanted = alert.due_at if alert is not None and deed in ("clock", "outage") else None
        now = max(now, wanted or now) + later
        if deed == "roster":
            roster, other = other, roster
        before = alert
        alert, new = _after(deed, alert, roster, now, releaseStage=stage, severity=severity)
        assert ids.isdisjoint(new)
        assert len(set(new)) == len(new)
        ids |= set(new)
        if alert is not None:
            _check(alert, before, new)
            if (deed in HAPPENS or deed in OPENING) and _would_page(deed, roster, now, stage, severity):
                assert "" == alert.rule


def _payload(deed: str, now: int, **error: Any) -> dict[str, Any]:
    error["receivedAt"] = iso(now)
    if deed == "snoozed":
        rule = {"ruleType": "occurs_after", "ruleValue": 600}
        return change(deed, error=error, extra={"snoozeRule": rule})
    return change(deed, error=error) if deed in CHANGES else event(deed, "Every event", error=error)


def _would_page(deed: str, roster: Roster, now: int, stage: str, severity: str) -> bool:
    parsed = bugsnag.parse(_payload(deed, now, releaseStage=stage, severity=severity))
    return ruling(roster.teams["shop"], parsed, now).then == "page"


def _after(deed: str, alert: Alert | None, roster: Roster, now: int, **error: Any) -> tuple[Alert | None, list[str]]:
    """The alert after a deed, and the ids of new pages."""
    if deed in (*HAPPENS, *CHANGES, "comment"):
        found = folded(roster, alert, now, _payload(deed, now, **error))
        return found.alert, [page.id for page in found.pages]
    if alert is None or not alert.is_open:
        return alert, []
    if deed == "ack":
        return alerts.acknowledge(alert, "ana", now, roster.teams["shop"].acknowledged_for), []
    if deed == "close":
        return alerts.close(alert, "by hand", "ana", now), []
    outage = Outage(now - 30_000, None) if deed == "outage" else None
    moment = clockwork.due(alert, crew_of(roster, "shop"), outage, now)
    _told(alert, moment, now)
    after = unanswered_again(moment.alert, now) if moment.unanswered else moment.alert
    assert after.due_at is None or after.due_at > now or outage is not None
    return after, [page.id for page in moment.pages]


def _told(before: Alert, moment: Moment, now: int) -> None:
    """What was kept quiet until now is told now, and of nothing else is said so."""
    ended = before.held is not None and before.held <= now
    noted = before.noted_at is not None and before.noted_at <= now
    assert (ended or noted) == moment.together
    assert noted == bool(moment.noted)
    assert not ended or moment.pages


def _check(alert: Alert, before: Alert | None, new: list[str]) -> None:
    assert (alert.state == TRIGGERED) == (alert.next_at is not None)
    assert alert.state != TRIGGERED or alert.due_at is not None
    assert not (alert.rule and new)
    assert (alert.held is not None) == (alert.state == TRIGGERED and alert.rule != "")
    assert alert.held is None or (alert.held == alert.next_at and not alert.waits_for)
    assert alert.noted_at is None or (alert.state == ACKNOWLEDGED and alert.rule != "")
    assert not alert.rule or alert.until is None
    assert (
        alert.how != "quiet" or before is None or (before.held, before.noted_at) == (None, None) or not before.is_open
    )
    assert alert.state != CLOSED or alert.rule == ""
    assert alert == alerts.load({name: value for name, value in alerts.dump(alert).items() if value is not None})
