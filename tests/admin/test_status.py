"""The first page: one sentence and one colour, and what they rest on."""

import re

import pytest

from bugglio.admin.status.headline import counted
from bugglio.remedies import of_code
from bugglio.simulator.trouble import Misbehaviour
from bugglio.store import ABSENT, EXISTS, Write
from bugglio.store.counting import CountingStore
from bugglio.store.sqlite import SqliteStore
from bugglio.wording import ALL_WELL
from tests.browsing import BEN, CID, DAN, ROSTER, Desk, apply, text_of
from tests.clock import Clock
from tests.payloads import event
from tests.stage import ANA, staged

SENTENCE = "Everything's perfectly all right now."


@pytest.fixture
def well(desk: Desk) -> Desk:
    """Everybody has texted from their phone, and a tick has come."""
    for number in (ANA, BEN, CID, DAN):
        desk.stage.text(number, "who")
    desk.stage.tick(served=True)
    return desk


def told(html: str) -> str:
    """What a part of a page says."""
    return re.sub(r" (?=[.,:)])", "", text_of(html))


def section(desk: Desk, label: str, person: str = "ana") -> str:
    """What the first page says under a heading; nothing, if that is not there."""
    browser = desk.browser(person)
    browser.get("")
    found = re.search(rf'<section aria-labelledby="{label}".*?</section>', browser.html, re.DOTALL)
    return told(found[0]) if found is not None else ""


def head(desk: Desk, person: str = "ana") -> str:
    """Its colour, and the sentence after the colour's word."""
    browser = desk.browser(person)
    browser.get("")
    found = re.search(r'<section class="banner (\w+)".*?</section>', browser.html, re.DOTALL)
    assert found is not None
    return f"{found[1]}: {told(found[0])}"


def put(desk: Desk, path: str, **fields: object) -> None:
    desk.stage.store.commit([Write(path, EXISTS, put=fields)])


# The sentence


def test_when_all_is_well_the_page_says_so_as_the_text_does(well: Desk) -> None:
    assert head(well).startswith(f"good: All right {SENTENCE} We're fine.")
    assert ALL_WELL == well.stage.text(ANA, "status")


def test_an_open_alert_is_named_with_whom_it_waits_for_and_since_when(well: Desk) -> None:
    code = well.stage.webhook(event())["code"]
    well.stage.wait(minutes=3, step=30)
    assert head(well) == f"bad: Act now 1 open: #{code} TypeError waits for Ben Ode since 04:00 (3 min)"
    assert head(well, "ben") == f"bad: Act now 1 open: #{code} TypeError waits for you since 09:00 (3 min)"


def test_of_several_the_longest_unanswered_is_named(well: Desk) -> None:
    first = well.stage.webhook(event())["code"]
    well.stage.wait(minutes=2, step=30)
    second = well.stage.webhook(event(error={"errorId": "other", "exceptionClass": "IOError"}))["code"]
    assert head(well).startswith(f"bad: Act now 2 open: #{first} TypeError waits for Ben Ode since 04:00")
    well.stage.text(BEN, f"ack {first}")
    assert head(well).startswith(f"bad: Act now 2 open, 1 unanswered: #{second} IOError waits for Ben Ode since 04:02")


def test_once_it_is_answered_the_sentence_says_who_has_it_and_is_less_loud(well: Desk) -> None:
    code = well.stage.webhook(event())["code"]
    well.stage.wait(minutes=1, step=30)
    well.stage.text(BEN, f"ack {code}")
    assert head(well) == f"warn: Look here 1 open: Ben Ode has #{code} TypeError since 04:01 (0 s)"
    assert "you have" in head(well, "ben")


def test_after_a_step_the_sentence_says_how_long_nobody_has_answered(well: Desk) -> None:
    code = well.stage.webhook(event())["code"]
    well.stage.wait(minutes=6, step=20)
    waits = f"#{code} TypeError waits for you and Dan Oak, unanswered since 04:00 (6 min)"
    assert head(well) == f"bad: Act now 1 open: {waits}"


def test_what_an_error_is_called_is_shown_as_text(well: Desk) -> None:
    well.stage.webhook(event(error={"exceptionClass": "<script>alert(1)</script>"}))
    browser = well.browser("ana")
    assert "<script>alert(1)</script>" in browser.get("")
    assert "<script>alert" not in browser.html


# Troubles, each with how it is mended


def test_a_tick_that_is_dead_is_told_with_how_to_mend_it(well: Desk) -> None:
    well.stage.clock.advance(minutes=4)
    assert head(well).startswith("bad: Act now The pager is not well: the tick has not come for over 3 minutes (since")
    assert "Cloud Scheduler" in section(well, "troubles")


def test_a_tick_that_never_came_is_told(desk: Desk) -> None:
    assert "warn: Look here No tick has come yet" in head(desk)


def test_a_sender_that_twilio_refuses_is_told_with_its_cause(well: Desk) -> None:
    well.simulator.misbehave(Misbehaviour("refuse", code=20003))
    well.stage.webhook(event())
    said = head(well)
    assert said.startswith("bad: Act now The pager is not well: Twilio refuses texts: ")
    assert "; 1 open: #" in said
    assert of_code(20003).mend in section(well, "troubles")
    assert "refuses texts since 04:00" in section(well, "pager")


@pytest.mark.parametrize(
    ("used", "said"), [(170, "170 of today's 200 texts are used"), (200, "Today's 200 texts are used up")]
)
def test_a_budget_that_is_nearly_or_wholly_spent_is_told(well: Desk, used: int, said: str) -> None:
    put(well, "pulse/budget", used=used)
    assert head(well) == f"warn: Look here {said}"
    assert "BUGGLIO_SMS_PER_DAY" in section(well, "troubles")
    assert f"{used} of 200" in section(well, "pager")


def test_a_last_resort_that_opted_out_is_told(well: Desk) -> None:
    well.stage.text(ANA, "STOP")
    assert "the last resort's phone (ON_DUTY) takes no texts: opted out by STOP" in head(well)
    assert "Have that phone text START" in section(well, "troubles")


def test_whoever_is_on_duty_and_cannot_be_reached_is_named_as_the_text_names_them(well: Desk) -> None:
    well.stage.text(BEN, "STOP")
    assert head(well).startswith(
        "warn: Look here Ben Ode is on duty and cannot be reached: opted out by STOP (since 04:00)"
    )
    assert "ben cannot be reached" in well.stage.text(ANA, "status")


def test_what_is_muted_and_who_is_quiet_is_told_until_when(well: Desk) -> None:
    well.stage.text(BEN, "mute checkout-api 2h")
    assert head(well) == "warn: Look here checkout-api is muted by Ben Ode until 06:00"
    well.stage.text(CID, "quiet 30m")
    assert "and 1 more" in head(well)
    assert "Cid Roe is quiet until 04:30." in section(well, "troubles")


def test_a_team_without_anybody_on_duty_is_named_with_who_is_paged_instead(well: Desk) -> None:
    well.stage.clock.advance(hours=9)
    well.stage.tick()
    assert "warn: Look here Nobody is on duty in web: pages go to Ana Lima, the last resort" in head(well)
    assert "nobody on duty" in section(well, "duty")
    assert "NOBODY for web" in well.stage.text(ANA, "status")


def test_outside_a_rotations_hours_nobody_is_missed_where_somebody_else_is_paged(well: Desk) -> None:
    nights = "      nights: {engineers: [cid], starts: 2026-01-05T09:00, turn: 1 week}\n"
    apply(well.stage, ROSTER + nights + "    steps: [{page: [days]}, {page: [nights]}]\n")
    well.stage.clock.advance(hours=9)
    well.stage.tick()
    assert "web days off hours until 03:00 Tue 3 Feb then Cid Roe nights Cid Roe" in section(well, "duty")
    browser = well.browser("ana")
    assert "days off hours until 03:00 Tue 3 Feb" in told(browser.html if browser.get("/roster") else "")
    assert "days off hours 03:00 Tue 3 Feb" in told(browser.html if browser.get("/roster/teams/web") else "")


# What is to come


def test_a_gap_ahead_is_told_and_all_is_well_as_yet(well: Desk) -> None:
    assert SENTENCE in head(well)
    assert "web: nobody is on duty Mon 2 Feb 18:00 to Tue 3 Feb 09:00 (Europe/Berlin)" in section(well, "coming")


def test_phones_from_which_no_text_ever_came_are_named(desk: Desk) -> None:
    desk.stage.tick()
    assert "No text has ever come from the phones of Ben Ode and Cid Roe." in section(desk, "coming")
    assert SENTENCE in head(desk)


def test_that_bugsnag_refuses_is_told_as_long_as_it_is_new(well: Desk) -> None:
    well.stage.store.commit(
        [Write("pulse/bugsnag", ABSENT, put={"v": 1, "at": well.stage.clock.now(), "cause": "HTTP 500"})]
    )
    assert "Bugsnag did not do what somebody here asked for: HTTP 500 (since 04:00)." in section(well, "coming")
    well.stage.clock.advance(minutes=16)
    assert "HTTP 500" not in section(well, "coming")
    assert "HTTP 500" in section(well, "pager") or "not used" in section(well, "pager")


def test_what_bugsnag_refuses_is_kept_for_the_page(sqlite: SqliteStore, clock: Clock) -> None:
    with staged(sqlite, clock, BUGSNAG_AUTH_TOKEN="simulated-bugsnag-token") as stage:
        stage.use_the_store()
        apply(stage, ROSTER)
        desk = Desk(stage)
        assert "Bugsnag's API no trouble known" in section(desk, "pager")
        code = stage.webhook(event())["code"]
        stage.simulator.misbehave(Misbehaviour("bugsnag-refuse", code=401))
        stage.text(BEN, f"fix {code}")
        assert "asked for: Bugsnag does not accept BUGSNAG_AUTH_TOKEN" in section(desk, "coming")
        assert "Bugsnag's API last trouble 04:00: Bugsnag does not accept" in section(desk, "pager")


def test_whom_the_look_ahead_worried_about_is_looked_at_again(desk: Desk) -> None:
    for number in (ANA, BEN, CID):
        desk.stage.text(number, "who")
    desk.stage.text(DAN, "STOP")
    desk.stage.tick()
    said = "Dan Oak can be paged in the coming days and cannot be reached: opted out by STOP (since 04:00)."
    assert said in section(desk, "coming")
    assert SENTENCE in head(desk)
    desk.stage.text(DAN, "START")
    assert "Dan Oak" not in section(desk, "coming")


def test_that_strangers_met_their_limit_is_told(well: Desk) -> None:
    for _ in range(11):
        well.stage.text("+14155550177", "hello")
    assert "get no answer today (since 04:00)." in section(well, "coming")


# The lists


def test_each_open_alert_leads_to_its_page(well: Desk) -> None:
    code = well.stage.webhook(event())["code"]
    browser = well.browser("cid")
    browser.get("")
    said = f"#{code} TypeError checkout-api production unanswered since 10:00 (0 s), waits for Ben Ode"
    assert said in told(browser.html)
    key = well.stage.store.query("alerts", "open")[0].id
    assert f'href="/admin/alerts/{key}"' in browser.html
    assert f"#{code} TypeError" in browser.get(f"/alerts/{key}")


def test_what_nobody_has_answered_comes_first_and_of_many_the_rest_is_counted(well: Desk) -> None:
    codes = []
    for n in range(17):
        codes.append(well.stage.webhook(event(error={"errorId": f"e{n}"}))["code"])
        well.stage.clock.advance(seconds=1)
    well.stage.text(DAN, f"ack {codes[0]}")
    said = section(well, "open")
    assert said.startswith(f"Open 17 #{codes[1]} ")
    assert f"#{codes[0]} " not in said
    assert "All 17 open alerts" in said


def test_who_is_on_duty_now_and_next_is_told_of_each_team_ones_own_first(well: Desk) -> None:
    said = section(well, "duty", "cid")
    assert said.startswith(
        "On duty web days Cid Roe until 18:00 then Cid Roe from 09:00 Tue 3 Feb shop primary Ben Ode"
    )
    assert "primary Ben Ode until 10:00 Mon 9 Feb then Ana Lima" in said
    assert "step 2 Dan Oak" in said


def test_of_many_teams_ones_own_are_shown_and_the_others_are_found_by_name(well: Desk) -> None:
    teams = "".join(
        f"  team{n:02}: {{rotations: {{r: {{engineers: [dan], starts: 2026-01-05T09:00}}}}}}\n" for n in range(30)
    )
    apply(well.stage, ROSTER + teams)
    browser = well.browser("ben")
    said = browser.get("")
    assert "Other teams (31)" in said
    assert "team19 " in said
    assert "team20 " not in said
    assert "11 more" in said
    assert "team29 r Dan Oak" in browser.get("/?after=team19")
    assert "team29 r Dan Oak" in browser.send(team="M29")
    assert 'name has "x" in it' in browser.send(team="x")


def test_of_more_own_teams_than_fit_the_others_are_among_the_rest(well: Desk) -> None:
    teams = "".join(
        f"  own{n:02}: {{rotations: {{r: {{engineers: [ben], starts: 2026-01-05T09:00}}}}}}\n" for n in range(25)
    )
    apply(well.stage, ROSTER + teams)
    browser = well.browser("ben")
    assert all(f"own{n:02} r Ben Ode" in browser.get("") for n in range(25))


def test_an_engineer_sees_the_status_of_all(well: Desk) -> None:
    well.stage.webhook(event())
    assert "1 open" in head(well, "cid")
    assert "Self-test came through" in section(well, "pager", "cid")


def test_what_only_admins_may_open_is_not_offered_to_others(well: Desk) -> None:
    offered = {part: f'href="/admin/{part}"' for part in ("alerts", "schedule", "roster", "figures")}
    for person, parts in (("ana", offered), ("cid", ("alerts", "schedule"))):
        browser = well.browser(person)
        browser.get("")
        assert [*parts] == [part for part, link in offered.items() if link in browser.html]
    well.browser("cid").get("/figures", 403)
    well.browser("cid").get("/roster", 403)


@pytest.mark.parametrize(("count", "said"), [(0, "0"), (999, "999"), (1000, "1,000 or more")])
def test_a_number_that_was_counted_no_further_says_so(count: int, said: str) -> None:
    assert said == counted(count)


# What it costs


@pytest.mark.slow
def test_with_hundreds_of_alerts_it_reads_less_than_sixty_documents(sqlite: SqliteStore, clock: Clock) -> None:
    counting = CountingStore(sqlite)
    with staged(counting, clock) as stage:
        stage.use_the_store()
        people = "".join(f'  p{n}: {{name: P {n}, phone: "+1415556{n:04}"}}\n' for n in range(60))
        teams = "".join(
            f"  t{n:02}: {{rotations: {{r: {{engineers: [p{n}], starts: 2026-01-05T09:00}}}}}}\n" for n in range(60)
        )
        apply(stage, ROSTER.replace("teams:\n", f"{people}teams:\n") + teams)
        for n in range(200):
            stage.webhook(event(error={"errorId": f"e{n}"}))
        stage.tick()
        clock.advance(minutes=30)
        desk = Desk(stage)
        browser = desk.browser("ana")
        stage.works.kit.forget_roster()
        counting.settle()
        assert "200 open" in browser.get("")
        assert counting.settle().reads <= 60
