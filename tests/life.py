"""
A few hours of a small company's life, which leave documents of every kind, and how it goes on afterwards.

What `live` leaves is kept, version by version, in `tests/recorded/`, and `go_on` is played on each of them: the next
version meets what this one left. Whoever records an older version plays `live` with that version's code, so it uses
only what every version's stage has.
"""

from importlib.util import find_spec

from bugglio.pager.applying import Applying
from bugglio.pager.feeds import ENGINEER, TEAM, Feeds
from bugglio.pager.reports import iso
from bugglio.rosterfile import read
from bugglio.simulator import Misbehaviour
from tests.payloads import change, event
from tests.stage import ANA, Stage

BEN, CY, DEE, EVE = "+14155550102", "+14155550103", "+14155550104", "+14155550105"
STRANGER = "+14155550177"
ROSTER = """
engineers:
  ana: {name: Ana Lima, phone: "+14155550101", timezone: America/New_York, admin: true}
  ben: {name: Ben Ode, phone: "+14155550102", timezone: Europe/London}
  cy: {name: Cy Aoki, phone: "+14155550103"}
  dee: {name: Dee Ray, phone: "+14155550104", admin: true}
  eve: {name: Eve Ng, phone: "+14155550105"}
teams:
  shop:
    timezone: Europe/London
    projects: [checkout-api]
    digest_at: "10:00"
    rotations:
      primary: {engineers: [ana, ben, cy], starts: 2026-01-11T09:00, turn: 1 week}
    steps:
      - {page: [primary], wait: 5 minutes}
      - {page: [ben, dee], wait: 10 minutes, call: true}
    rules:
      - {if: {stage: [staging]}, then: digest}
      - {if: {severity: [info]}, then: ignore}
      - {if: {severity: [warning], between: "08:00-23:30"}, then: hold}
  web:
    timezone: Europe/Berlin
    projects: ["*"]
    steps:
      - {page: [eve], wait: 5 minutes}
"""


def live(stage: Stage) -> None:
    """Let it happen. The stage's clock is at its beginning, and its store is empty."""
    _settle_in(stage)
    _arrange(stage)
    _end_some(stage)
    _keep_some(stage)
    _fail_to_send(stage)
    if find_spec("bugglio.admin"):
        _use_the_pages(stage)
    _leave_some_waiting(stage)


def happens(stage: Stage, number: int, trigger: str = "firstException", **error: object) -> int:
    """One of several errors happens; the code of its alert, 0 if it opened none."""
    at = iso(stage.clock.now())
    more = {"errorId": f"e-{number}", "id": f"ev-{number}-{at}", "receivedAt": at, "exceptionClass": f"Error{number}"}
    return int(stage.webhook(event(trigger, error={**more, **error}))["code"] or 0)


def says(stage: Stage, number: str, text: str, answer: str) -> None:
    """Somebody texts, and is answered with these words among others."""
    got = stage.text(number, text)
    assert answer in got, (text, got)


def pass_time(stage: Stage, minutes: float, step: int = 20) -> None:
    """Let so many minutes pass, with what Twilio reports at their end."""
    stage.wait(minutes=minutes, step=step)
    stage.new_texts(ANA)
    stage.tick()


def _settle_in(stage: Stage) -> None:
    stage.use_the_store()
    for text, how in ((ROSTER.replace("wait: 10 minutes", "wait: 9 minutes"), "apply"), (ROSTER, "admin page")):
        applying = Applying(stage.works.kit)
        applying.apply(applying.plan(read(text.encode()).book), "ana", how)
        stage.use_the_store()
    for number in (ANA, BEN, CY, DEE):
        stage.text(number, "ok")
    for kind, one in ((ENGINEER, "ana"), (TEAM, "shop")):
        Feeds(stage.works.kit).address_path(kind, one)
    happens(stage, 8, releaseStage="staging")
    stage.tick(served=True)
    pass_time(stage, 2)


def _arrange(stage: Stage) -> None:
    stage.text(ANA, "cover ben fri")
    stage.text(BEN, "ok")
    stage.text(CY, "take shop tomorrow 1h")
    stage.text(ANA, "cover cy thu")
    stage.text(EVE, "STOP")
    stage.text(ANA, "mute web 8h")
    stage.text(STRANGER, "hello?")


def _end_some(stage: Stage) -> None:
    """Alerts 1 to 4: closed by hand, fixed from a phone, fixed in Bugsnag, opened again."""
    closed = happens(stage, 1)
    pass_time(stage, 7)
    stage.text(ANA, f"ack {closed}")
    stage.text(ANA, f"note {closed} rolled back")
    happens(stage, 1, "comment")
    stage.text(ANA, f"close {closed}")
    fixed = happens(stage, 2)
    pass_time(stage, 1)
    stage.text(ANA, f"fix {fixed}")
    happens(stage, 3)
    pass_time(stage, 1)
    stage.webhook(change("fixed", error={"errorId": "e-3", "receivedAt": iso(stage.clock.now())}))
    again = happens(stage, 4)
    stage.text(ANA, f"close {again}")
    stage.text(ANA, "undo")
    pass_time(stage, 80, step=120)


def _keep_some(stage: Stage) -> None:
    """Alerts 5 to 9: acknowledged, snoozed, held, left to the digest, opened by hand; 10 opens nothing."""
    acked, snoozed = happens(stage, 5), happens(stage, 6)
    pass_time(stage, 1)
    stage.text(ANA, f"ack {acked}")
    stage.text(ANA, f"snooze {snoozed} 20x")
    happens(stage, 7, severity="warning")
    happens(stage, 9, releaseStage="staging")
    happens(stage, 10, severity="info")
    stage.webhook(event("somethingNew", error={"errorId": None}))
    project = {"id": "p-1", "name": "checkout-api"}
    stage.webhook({"trigger": {"type": "release"}, "project": project, "release": {"version": "1"}})
    stage.text(BEN, "page shop checkout is down")
    pass_time(stage, 2)
    stage.text(ANA, "list")


def _fail_to_send(stage: Stage) -> None:
    """Texts that Twilio refuses, of which nobody knows, and that were not delivered; a call that nobody answers."""
    stage.simulator.misbehave(Misbehaviour("undelivered", times=1, number=ANA))
    happens(stage, 11)
    pass_time(stage, 2)
    stage.simulator.misbehave(Misbehaviour("call-no-answer", times=1, number=BEN))
    stage.simulator.misbehave(Misbehaviour("refuse", times=1, number=DEE))
    pass_time(stage, 7)
    stage.text(ANA, "ack")
    stage.text(CY, "test")
    stage.text(BEN, "quiet 30m")
    stage.simulator.misbehave(Misbehaviour("refuse", times=2, code=20003))
    happens(stage, 13)
    pass_time(stage, 4)


def _use_the_pages(stage: Stage) -> None:
    from tests.admin.alerting import say
    from tests.browsing import Browser

    asking, dee = Browser(stage), Browser(stage)
    asking.get("/login")
    asking.send(number=DEE)
    dee.log_in("dee")
    dee.get(f"/alerts/code/{happens(stage, 12)}")
    say(dee, "ack")


def _leave_some_waiting(stage: Stage) -> None:
    """As it is left: some wait for their turn, one is being sent and nobody knows what became of it."""
    pass_time(stage, 61, step=60)
    for number in range(20, 26):
        happens(stage, number)
    happens(stage, 2, "errorEventFrequency")
    stage.simulator.misbehave(Misbehaviour("accept-500", times=1, number=CY))
    stage.text(CY, "test")


def go_on(stage: Stage) -> None:
    """How it goes on, whichever version left it; the stage's clock is a little later than the last tick of then."""
    stage.use_the_store()
    known = {one.get("error_id", ""): int(one["code"]) for one in stage.alerts()}
    pass_time(stage, 3)
    _ask(stage, known)
    _count(stage, known)
    _answer(stage, known)
    pass_time(stage, 20, step=60)
    _close_all(stage)
    pass_time(stage, 24 * 60, step=1200)
    _all_is_done(stage)


def _ask(stage: Stage, known: dict[str, int]) -> None:
    """What was kept is found, and told in words."""
    says(stage, ANA, "status", f"{len(known)} open")
    says(stage, ANA, f"show {known['e-5']}", f"#{known['e-5']} checkout-api production: Error5")
    says(stage, ANA, f"why {known['e-5']}", "acknowledged: you, by text")
    says(stage, ANA, "who shop", "then Ben Ode")
    says(stage, BEN, "shifts", "Your shifts: shop primary Fri 6 Feb")
    says(stage, ANA, "unmute web", "web is muted no more")


def _count(stage: Stage, known: dict[str, int]) -> None:
    """Its events are its own still; what was closed opens, and a snooze ends, as was agreed."""
    assert known["e-5"] == happens(stage, 5)
    assert known["e-6"] == happens(stage, 6, occurrences=40)
    assert known["e-7"] == happens(stage, 7, severity="warning")
    assert 0 != happens(stage, 1)
    assert 0 == happens(stage, 14, severity="info")
    stage.tick()
    states = {one.get("error_id", ""): one["state"] for one in stage.alerts()}
    assert ("acknowledged", "triggered", "triggered") == (states["e-5"], states["e-6"], states["e-1"])


def _answer(stage: Stage, known: dict[str, int]) -> None:
    code = known["e-20"]
    says(stage, ANA, f"ack {code}", f"Acked {code} Error20 checkout-api")
    says(stage, ANA, f"close {code}", f"Closed {code} Error20 checkout-api")
    says(stage, ANA, "undo", f"Took back close: {code} Error20")
    says(stage, BEN, f"snooze {known['e-22']} 30m", f"Snoozed {known['e-22']} Error22")
    stage.webhook(change("fixed", error={"errorId": "e-21", "receivedAt": iso(stage.clock.now())}))
    says(stage, CY, "take shop 1h", "You are on for shop until")
    says(stage, CY, "test", "Test page on its way")


def _close_all(stage: Stage) -> None:
    for one in stage.alerts():
        says(stage, ANA, f"close {one['code']}", f"Closed {one['code']} ")


def _all_is_done(stage: Stage) -> None:
    """Nothing is open, nothing waits, and nothing went wrong on the way."""
    assert [] == stage.alerts()
    assert [] == [page.fields for page in stage.store.query("pages", "due_at", limit=400)]
    assert [] == stage.troubles
