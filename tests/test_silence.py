"""What becomes of events while somebody is quiet, or a project is muted."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bugglio import alert as alerts
from bugglio import bugsnag, clockwork, escalation, silence
from bugglio.alert import ACKNOWLEDGED, CLOSED, SNOOZED, TRIGGERED, Alert
from bugglio.clockwork import Moment
from bugglio.crew import crew_of
from bugglio.folding import Folded, News, fold
from bugglio.pager.reports import iso
from bugglio.roster import (
    HOUR,
    MINUTE,
    ON_DUTY,
    UNOWNED,
    Conditions,
    Cover,
    Engineer,
    Mute,
    Quiet,
    Roster,
    Rule,
    Step,
    Team,
    lone_roster,
)
from tests.clock import Clock
from tests.payloads import change, event

NOW = Clock().now()
HALF = NOW + 30 * MINUTE
PEOPLE = {name: Engineer(name, name.title(), f"+1415555010{n}") for n, name in enumerate(("ana", "ben", "cy", "dee"))}
BOTH = (Step(("ana", "ben"), again=0), Step(("cy",), again=0))
MUTED = Mute("m", "checkout-api", "shop", NOW, HALF, "ana")


def shop(*steps: Step, **more: Any) -> Roster:
    """A roster of one team, in London."""
    fields: dict[str, Any] = {"projects": ("*",), "timezone": "Europe/London", **more}
    return Roster(PEOPLE, {"shop": Team("shop", steps or BOTH, **fields)}, "dee")


def while_quiet(*people: str, roster: Roster | None = None, until: int = HALF) -> Roster:
    """The same while these people are quiet, each a minute longer than the one before."""
    quiets = tuple(Quiet(f"q{n}", name, NOW, until + n * MINUTE) for n, name in enumerate(people))
    return replace(roster or shop(), quiets=quiets)


def takes(roster: Roster, alert: Alert | None = None, now: int = NOW, *payloads: dict[str, Any]) -> Folded:
    """What deliveries, one unless told otherwise, come to."""
    some = payloads or (event(),)
    for payload in some:
        payload["error"]["receivedAt"] = iso(now)
    return fold([bugsnag.parse(payload) for payload in some], alert, roster, "mark", now)


def of(found: Folded) -> Alert:
    """The alert that it came to."""
    assert found.alert is not None
    return found.alert


def said(found: Folded) -> list[tuple[str, str]]:
    """Outcome and reason of each event."""
    return [(verdict.outcome, verdict.reason) for verdict in found.verdicts]


def due(alert: Alert, roster: Roster, now: int) -> Moment:
    """What is due of an alert."""
    return clockwork.due(alert, crew_of(roster, alert.team), None, now)


# Quiet.


def test_a_new_alert_counts_as_acknowledged_and_the_others_of_step_one_hear_of_it() -> None:
    found = takes(while_quiet("ana"))
    alert = of(found)

    assert [("opened", "quiet: ana until 09:30")] == said(found)
    assert (ACKNOWLEDGED, "ana", HALF, HALF) == (alert.state, alert.acknowledged_by, alert.quiet_until, alert.due_at)
    assert ((), (News(("ben",), "Ana is quiet and has it", paged_only=False),)) == (found.pages, found.news)
    assert ["opened", "not paged"] == [entry.what for entry in alert.timeline]


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ((Step(("ana",)), Step(("ana", "cy"))), ("cy",)),
        ((Step(("ana",)),), ()),
        ((Step(("ana", "ben")), Step(("cy",))), ("ben",)),
    ],
)
def test_where_step_one_names_nobody_else_the_next_step_hears_of_it(
    steps: tuple[Step, ...], told: tuple[str, ...]
) -> None:
    found = takes(while_quiet("ana", roster=shop(*steps)))

    assert told == tuple(name for news in found.news for name in news.people)


def test_of_several_who_are_quiet_whose_end_is_first_has_it_and_none_of_them_is_told() -> None:
    found = takes(while_quiet("ben", "ana"))

    assert ("ben", HALF) == (of(found).acknowledged_by, of(found).until)
    assert [("cy",)] == [news.people for news in found.news]


def test_at_its_end_and_of_another_team_quiet_is_of_no_moment() -> None:
    other = while_quiet("dee")

    assert ["ana", "ben"] == [page.to for page in takes(while_quiet("ana"), None, HALF).pages]
    assert ["ana", "ben"] == [page.to for page in takes(other).pages]


def test_whoever_covers_for_the_team_counts_only_while_it_lasts() -> None:
    def covered(start: int, end: int) -> Roster:
        return replace(while_quiet("dee"), covers=(Cover("c", "shop", "primary", start, end, "dee", NOW),))

    assert "dee" == of(takes(covered(NOW - HOUR, NOW + HOUR))).acknowledged_by
    assert () == takes(covered(NOW - HOUR, NOW + HOUR)).pages
    assert None is of(takes(covered(NOW - 2 * HOUR, NOW))).acknowledged_by


def test_the_last_resort_is_quiet_of_what_belongs_to_no_team() -> None:
    assert "dee" == of(takes(while_quiet("dee", roster=Roster(PEOPLE, {}, "dee")))).acknowledged_by
    assert ON_DUTY == of(takes(while_quiet(ON_DUTY, roster=lone_roster("+14155550101")))).acknowledged_by
    assert {"dee"} == silence.members(Roster(PEOPLE, {}, "dee"), UNOWNED, NOW)


def test_events_meanwhile_are_counted_and_say_so() -> None:
    roster = while_quiet("ana")
    found = takes(roster, of(takes(roster)), NOW + MINUTE, event("exception"))

    assert [("counted", "counted; ana is quiet")] == said(found)
    assert found.mere_count


def test_what_is_triggered_by_hand_in_bugsnag_waits_too() -> None:
    closed = alerts.close(of(takes(shop())), "fixed", "", NOW)
    found = takes(while_quiet("ana"), closed, NOW, change("reopened"))

    assert [("opened", "quiet: ana until 09:30")] == said(found)
    assert (ACKNOWLEDGED, ()) == (of(found).state, found.pages)


def test_what_is_open_goes_on() -> None:
    roster = shop(Step(("ana",), wait=5 * MINUTE, again=0), Step(("ben",)))
    alert = of(takes(roster))

    moment = due(alert, while_quiet("ana", "ben", roster=roster), NOW + 5 * MINUTE)

    assert ["ben"] == [page.to for page in moment.pages]


def test_at_the_end_whoever_has_it_is_reminded_together_and_five_minutes_later_the_steps_begin() -> None:
    roster = while_quiet("ana")
    reminded = due(of(takes(roster)), roster, HALF)

    assert (True, True, ()) == (reminded.reminds, reminded.together, reminded.pages)
    assert HALF + 5 * MINUTE == reminded.alert.due_at
    begun = due(reminded.alert, roster, HALF + 5 * MINUTE)
    assert (TRIGGERED, ["ana", "ben"]) == (begun.alert.state, [page.to for page in begun.pages])
    assert None is begun.alert.quiet_until


def test_the_list_of_steps_that_a_rule_chose_begins() -> None:
    rule = Rule(Conditions(stage=("production",)), "steps", "night")
    roster = while_quiet("ana", roster=shop(rules=(rule,), lists={"night": (Step(("cy", "ana")),)}))
    found = takes(roster)
    assert [("cy",)] == [news.people for news in found.news]

    begun = due(due(of(found), roster, HALF).alert, roster, HALF + 5 * MINUTE)

    assert ["cy", "ana"] == [page.to for page in begun.pages]


def test_an_answer_ends_it() -> None:
    alert = of(takes(while_quiet("ana")))

    taken = alerts.acknowledge(alert, "ben", NOW, HOUR)

    assert ("ben", NOW + HOUR, None) == (taken.acknowledged_by, taken.until, taken.quiet_until)


def test_whom_it_pages_in_the_end_are_pages_unlike_those_of_its_earlier_life() -> None:
    before = takes(shop(Step(("ben",), again=0)))
    closed = alerts.close(of(before), "fixed", "", NOW)
    roster = while_quiet("ana", roster=shop(Step(("ana",), again=0), Step(("ben",), again=0)))
    left = of(takes(roster, closed, NOW, change("reopened")))

    moved, pages = escalation.escalate(left, crew_of(roster, "shop"), NOW + MINUTE)

    assert (["ben"], TRIGGERED, None) == ([page.to for page in pages], moved.state, moved.quiet_until)
    assert {page.id for page in before.pages}.isdisjoint(page.id for page in pages)


def test_what_nobody_has_been_told_of_does_not_close_by_itself() -> None:
    roster = while_quiet("ana", roster=shop(close_after=10 * MINUTE))
    alert = of(takes(roster))
    assert HALF == alert.due_at

    reminded = due(alert, roster, HALF).alert

    assert HALF + 10 * MINUTE == reminded.quiet_at


def test_what_a_rule_has_held_waits_for_the_end_of_a_quiet_too() -> None:
    rule = Rule(Conditions(between=(8 * 60, 9 * 60 + 10)), "hold")
    roster = shop(rules=(rule,))
    held = of(takes(roster))
    at = NOW + 10 * MINUTE

    moment = due(held, while_quiet("ana", roster=roster), at)

    assert ((), "ana", HALF) == (moment.pages, moment.alert.acknowledged_by, moment.alert.due_at)
    assert ("ben",) == moment.news[0].people
    assert None is moment.alert.held


@given(
    st.lists(st.sampled_from(["firstException", "exception", "reopened"]), min_size=1, max_size=4),
    st.integers(1, 120),
    st.sampled_from([("ana",), ("ben", "ana"), ("cy",)]),
)
def test_an_open_alert_is_never_without_a_next_moment(
    triggers: list[str], length: int, people: tuple[str, ...]
) -> None:
    roster = while_quiet(*people, until=NOW + length * MINUTE)
    alert: Alert | None = None
    now = NOW
    for trigger in triggers:
        alert = of(takes(roster, alert, now, event(trigger)))
        assert now < (alert.due_at or 0) <= now + 2 * HOUR
        now = alert.due_at or now
        alert = due(alert, roster, now).alert
    assert alert is not None
    assert alert.goes_on_at is not None


# Mute.


def muted(roster: Roster | None = None, **more: Any) -> Roster:
    """The same while a project is muted."""
    return replace(roster or shop(), mutes=(msgspec.structs.replace(MUTED, **more),))


def test_an_event_of_a_muted_project_is_recorded_and_opens_nothing() -> None:
    found = takes(muted())

    assert (None, [("recorded", "muted until 09:30 by ana")], ()) == (found.alert, said(found), found.pages)


@pytest.mark.parametrize("name", ["Checkout-API", "515fb9337c1074f6fd000001"])
def test_name_and_id_of_a_project_mean_it(name: str) -> None:
    payload = event()
    payload["project"]["id"] = "515fb9337c1074f6fd000001"

    assert None is takes(muted(project=name), None, NOW, payload).alert


def test_at_its_end_and_of_another_project_a_mute_is_of_no_moment() -> None:
    assert 2 == len(takes(muted(), None, HALF).pages)
    assert 2 == len(takes(muted(project="web")).pages)


def test_the_reason_names_the_day_of_an_end_that_is_not_today() -> None:
    assert [("recorded", "muted until 09:00 3 Feb by ana")] == said(takes(muted(until=NOW + 24 * HOUR)))


def test_an_open_alert_is_counted_and_goes_on() -> None:
    alert = of(takes(shop()))
    found = takes(muted(), alert, NOW + MINUTE, event("exception"))

    assert [("counted", "counted; muted until 09:30 by ana")] == said(found)
    assert (TRIGGERED, alert.next_at, 2) == (of(found).state, of(found).next_at, of(found).events)


@pytest.mark.parametrize("state", [ACKNOWLEDGED, SNOOZED])
@pytest.mark.parametrize("payload", [event("reopened"), change("reopened"), event("exception")])
def test_nothing_triggers_again_what_somebody_has_seen_to(state: str, payload: dict[str, Any]) -> None:
    alert = msgspec.structs.replace(of(takes(shop())), state=state, acknowledged_by="ana", next_at=None, lapsed=True)

    found = takes(muted(), alert, NOW + MINUTE, payload)

    assert (state, (), False) == (of(found).state, found.pages, found.reminds)


def test_what_is_closed_stays_closed_while_it_is_muted() -> None:
    closed = alerts.close(of(takes(shop())), "by hand", "ana", NOW)

    found = takes(muted(), closed, NOW + MINUTE)

    assert (CLOSED, [("recorded", "muted until 09:30 by ana")]) == (of(found).state, said(found))


def test_a_muted_project_that_is_fixed_in_bugsnag_is_closed_all_the_same() -> None:
    found = takes(muted(), of(takes(shop())), NOW + MINUTE, change("fixed"))

    assert CLOSED == of(found).state


def test_a_mute_goes_before_a_rule_and_before_a_quiet() -> None:
    rule = Rule(Conditions(), "digest")
    roster = muted(while_quiet("ana", roster=shop(rules=(rule,))))

    assert [("recorded", "muted until 09:30 by ana")] == said(takes(roster))
