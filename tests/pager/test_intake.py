"""Events come in: what one group of them makes of an alert."""

from typing import Any

from bugglio.bugsnag import parse
from bugglio.doors.bugsnag import BugsnagDoor
from bugglio.pager.intake import alert_key
from bugglio.pager.reports import iso
from bugglio.roster import Engineer, Roster, Step, Team
from bugglio.store import Store
from tests.clock import Clock
from tests.payloads import change, event
from tests.stage import ANA, staged

PEOPLE = {
    "on-duty": Engineer("on-duty", "Ana Lima", ANA, admin=True),
    "ben": Engineer("ben", "Ben Ode", "+14155550102"),
}


def on_duty(*names: str) -> Roster:
    """The roster while it is their turn."""
    return Roster(PEOPLE, {"shop": Team("shop", (Step(names),))})


def test_the_same_news_twice_in_one_group_is_told_once_to_each(sqlite: Store, clock: Clock) -> None:
    def at(payload: dict[str, Any]) -> dict[str, Any]:
        clock.advance(seconds=61)
        payload["error"]["receivedAt"] = iso(clock.now())
        return payload

    with staged(sqlite, clock, on_duty("on-duty")) as stage:
        first = stage.webhook(event())
        stage.roster = on_duty("on-duty", "ben")
        door = stage.works.doors["bugsnag"]
        assert isinstance(door, BugsnagDoor)
        group = [parse(at(one)) for one in (change("fixed"), change("reopened"), change("fixed"))]

        answers = door.intake._together(alert_key(group[0]), group)

        assert ["changed", "opened", "changed"] == [one.answer.outcome for one in answers]
        assert {first["code"]} == {one.answer.code for one in answers}
        told = [page.fields["to"] for page in sqlite.query("pages", "created") if page.fields["kind"] == "notice"]
        assert len(told) == len(set(told))
