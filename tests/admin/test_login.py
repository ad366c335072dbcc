"""Logging in as people do it: the number, the code on the phone, and where that leads."""

import re
from typing import TYPE_CHECKING

import pytest

from bugglio.admin.login import NO_CODE, NO_NUMBER, SPENT, WRONG
from bugglio.pager.logins import Links
from bugglio.pager.reports import all_pages
from bugglio.roster import ON_DUTY
from bugglio.simulator.trouble import Misbehaviour
from bugglio.store import EXISTS, Write
from tests.browsing import BEN, ROSTER, Browser, Desk, apply
from tests.clock import Clock
from tests.payloads import event
from tests.stage import ANA, staged

if TYPE_CHECKING:
    from bugglio.store.sqlite import SqliteStore


def ask(browser: Browser, number: str = BEN) -> str:
    """Ask for a code; what the page says."""
    browser.get("/login")
    return browser.send(number=number)


def code_on(desk: Desk, number: str = BEN) -> str:
    """The code that came by the one text."""
    return desk.stage.page(number)[:6]


def test_somebody_logs_in_by_a_number_and_the_code_on_the_phone(desk: Desk) -> None:
    browser = desk.browser()
    ask(browser)

    said = browser.send(code=code_on(desk))

    assert "Ben Ode" in said
    assert "/admin" == browser.address.rstrip("/")
    assert [] == desk.stage.troubles


@pytest.mark.parametrize("number", ["+1 (415) 555-0102", "415 555 0102", "1.415.555.0102", " 0014155550102 "])
def test_the_number_may_be_written_as_people_do(desk: Desk, number: str) -> None:
    browser = desk.browser()
    ask(browser, number)

    assert "Ben Ode" in browser.send(code=code_on(desk))


@pytest.mark.parametrize("form", ["{0} {1}", " {0}-{1} ", "{0}\u00a0{1}"])
def test_the_code_may_be_written_as_people_do(desk: Desk, form: str) -> None:
    browser = desk.browser()
    ask(browser)
    code = code_on(desk)

    assert "Ben Ode" in browser.send(code=form.format(code[:3], code[3:]))


def test_a_login_leads_back_to_the_page_that_was_wanted(desk: Desk) -> None:
    browser = desk.browser()
    browser.get("/alerts?team=shop")
    browser.send(number=BEN)
    browser.send(code=code_on(desk))

    assert "/admin/alerts?team=shop" == browser.address


def test_whoever_is_logged_in_already_goes_on(desk: Desk) -> None:
    browser = desk.browser("ana")
    browser.get("/login?next=/alerts")

    assert "/admin/alerts" == browser.address


def test_a_wrong_code_is_told_and_the_right_one_still_lets_in(desk: Desk) -> None:
    browser = desk.browser()
    ask(browser)
    code = code_on(desk)

    assert WRONG in browser.send(code=f"{(int(code) + 1) % 1_000_000:06}")
    assert NO_CODE in browser.send(code="12345")
    assert "Ben Ode" in browser.send(code=code)


def test_of_two_codes_that_one_browser_asked_for_the_first_is_good_too(desk: Desk) -> None:
    browser = desk.browser()
    ask(browser)
    first = code_on(desk)
    ask(browser)

    assert "Ben Ode" in browser.send(code=first)


def test_whoever_asked_for_nothing_is_asked_for_a_number(desk: Desk) -> None:
    browser = desk.browser()

    assert "Your phone number" in browser.get("/login/code")


def test_a_code_goes_out_though_the_days_budget_is_used_up_and_uses_nothing_of_it(desk: Desk) -> None:
    desk.stage.webhook(event())
    assert 1 == len(desk.stage.new_texts(BEN))
    desk.stage.store.commit([Write("pulse/budget", EXISTS, put={"used": 1_000, "told": desk.stage.clock.now()})])
    browser = desk.browser()
    ask(browser)

    assert "Ben Ode" in browser.send(code=code_on(desk))
    found = desk.stage.store.get(["pulse/budget"]).get("pulse/budget")
    assert found is not None
    assert 1_000 == found.fields["used"]


def test_a_code_is_not_throttled_by_pages(desk: Desk) -> None:
    browsers = [desk.browser() for _ in range(3)]
    for browser in browsers:
        ask(browser)

    assert 3 == len(desk.stage.new_texts(BEN))


def test_a_code_that_could_not_go_out_for_ten_minutes_never_does(desk: Desk) -> None:
    desk.simulator.misbehave(Misbehaviour("refuse", code=20003))
    ask(desk.browser())
    desk.stage.wait(minutes=11, step=30)
    desk.simulator.misbehave(None)

    desk.stage.wait(minutes=5, step=30)

    assert [] == [text for text in desk.stage.new_texts(BEN) if "bugglio code" in text]
    assert [("dropped", "the code is too old")] == [
        (one["state"], one["cause"]) for one in all_pages(desk.stage.store) if "bugglio code" in one["body"]
    ]


def test_a_code_that_twilio_refuses_for_a_minute_comes_late(desk: Desk) -> None:
    desk.simulator.misbehave(Misbehaviour("refuse", code=20003))
    browser = desk.browser()
    ask(browser)
    desk.simulator.misbehave(None)

    desk.stage.wait(minutes=3, step=30)

    codes = [text for text in desk.stage.new_texts(BEN) if "bugglio code" in text]
    assert "Ben Ode" in browser.send(code=codes[0][:6])


def test_a_phone_that_has_texted_stop_gets_none_and_the_page_does_not_tell(desk: Desk) -> None:
    desk.stage.text(BEN, "STOP")
    before = desk.stage.new_texts(BEN)
    opted_out, stranger = desk.browser(), desk.browser()

    said = ask(opted_out), ask(stranger, "+14155550192")

    assert said[0] == said[1].replace("0192", "0102")
    assert [] == desk.stage.new_texts(BEN), before


def test_nobody_reads_the_code_in_the_list_of_pages(desk: Desk) -> None:
    ask(desk.browser())
    code = code_on(desk)

    bodies = [one["body"] for one in all_pages(desk.stage.store)]

    assert [] == [body for body in bodies if code in body]
    assert [True] == [body.startswith("****** is your bugglio code") for body in bodies]


# The command line's link.


def link(desk: Desk) -> str:
    works = desk.stage.works
    return Links(works.kit).make(works.kit.roster().engineers["ben"]).removeprefix("/admin")


def test_a_link_lets_in_when_its_button_is_pressed_and_not_when_it_is_looked_at(desk: Desk) -> None:
    address, browser = link(desk), desk.browser()
    for _ in range(3):
        desk.browser().get(address)
    browser.get(address)

    assert "Ben Ode" in browser.press("Log in here")

    other = desk.browser()
    other.get(address)
    assert SPENT in other.press("Log in here")


# Leaving.


def test_logging_out_ends_it(desk: Desk) -> None:
    browser = desk.browser("ben")
    browser.get("")

    assert "You are logged out." in browser.press("Log out")
    assert "Your phone number" in browser.get("/alerts")


@pytest.mark.parametrize(
    "roster",
    [
        ROSTER.replace(BEN, "+14155550122"),
        re.sub(r"  ben: .*\n", "", ROSTER).replace("[ben, ana]", "[ana]"),
    ],
    ids=["another number", "gone"],
)
def test_whoever_leaves_the_roster_is_logged_out_at_once_and_stays_so(desk: Desk, roster: str) -> None:
    browser = desk.browser("ben")
    apply(desk.stage, roster)
    assert "Your phone number" in browser.get("/alerts")

    desk.stage.clock.advance(minutes=1)
    apply(desk.stage, ROSTER)

    assert "Your phone number" in browser.get("/alerts")


# Where somebody is logged in.


def test_whoever_is_the_last_resort_may_add_themselves_and_stays_logged_in(sqlite: "SqliteStore", clock: Clock) -> None:
    with staged(sqlite, clock) as stage:
        stage.use_the_store()
        browser = Desk(stage).browser(ON_DUTY)
        assert "on-duty" in browser.get("/devices")

        apply(stage, f'{{engineers: {{ana: {{name: Ana Lima, phone: "{ANA}"}}}}, teams: {{}}}}')

        assert "Ana Lima" in browser.get("/devices")
        assert "since" in browser.get("/devices")
        assert "Log in" in browser.press("Log out everywhere")
        assert "Text me a code" in browser.get("/devices")


def test_sessions_are_listed_and_ended(desk: Desk) -> None:
    phone, laptop = desk.browser(), desk.browser("ben")
    ask(phone)
    phone.send(code=code_on(desk))

    said = laptop.get("/devices")

    assert 1 == said.count("(this one)")
    assert "That browser is logged out." in laptop.send(form="end", id=ids(laptop)[0])
    assert "Your phone number" in phone.get("/alerts")
    assert "Ben Ode" in laptop.get("/alerts")


def ids(browser: Browser) -> list[str]:
    return re.findall(r'name="id" value="([0-9a-f]{64})"', browser.html)


def test_all_of_them_are_ended(desk: Desk) -> None:
    first, second = desk.browser("ben"), desk.browser("ben")
    first.get("/devices")

    assert "You are logged out everywhere." in first.press("Log out everywhere")
    for browser in (first, second):
        assert "Your phone number" in browser.get("/alerts")


def test_nobody_ends_somebody_elses(desk: Desk) -> None:
    ana, ben = desk.browser("ana"), desk.browser("ben")
    desk.browser("ana")
    ana.get("/devices")
    theirs = ids(ana)[0]
    ben.get("/devices")
    token = re.findall(r'name="csrf_token" value="([^"]+)"', ben.html)[0]

    ben.post("/devices/end", {"id": theirs, "csrf_token": token})

    ana.get("/devices")
    assert [theirs] == ids(ana)


def test_a_known_browser_gets_a_code_when_strangers_have_used_up_the_others(desk: Desk) -> None:
    own = desk.browser()
    ask(own)
    own.send(code=code_on(desk))
    own.press("Log out")
    for _ in range(5):
        ask(desk.browser())
    desk.stage.new_texts(BEN)

    ask(own)

    assert "Ben Ode" in own.send(code=code_on(desk))


def test_a_browser_is_known_no_longer_once_all_were_ended(desk: Desk) -> None:
    own = desk.browser()
    ask(own)
    own.send(code=code_on(desk))
    own.get("/devices")
    own.press("Log out everywhere")
    for _ in range(5):
        ask(desk.browser())
    desk.stage.new_texts(BEN)

    ask(own)

    assert [] == desk.stage.new_texts(BEN)


def test_no_number_at_all_is_told_and_not_sought(desk: Desk) -> None:
    for typed in ("hello", "12", "+", "+1415555010299999", "٤١٥", "<script>", "+14155550102\r\nX: y", "9" * 10_000):
        browser = desk.browser()
        assert NO_NUMBER in ask(browser, typed), typed
    assert [] == desk.stage.new_texts(BEN)
    assert [] == desk.stage.troubles
