"""Shifts change hands on the schedule's page: by engineers as by text, by admins directly."""

import re

import pytest

from bugglio.pager.covers import PATH, covers_in
from bugglio.roster import HOUR, Cover
from tests.browsing import BEN, CID, ROSTER, Browser, Desk, apply
from tests.stage import ANA


def kept(desk: Desk) -> list[Cover]:
    return list(covers_in(desk.stage.store.get([PATH])))


def token(browser: Browser) -> str:
    found = re.search(r'name="once" value="([0-9a-f]{16})"', browser.html)
    assert found
    return found[1]


def hidden(browser: Browser, behind: str = "<h1>") -> dict[str, str]:
    """The hidden fields of the first form that follows."""
    form = browser.html[browser.html.index(behind) :].partition("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def handing(desk: Desk, person: str, place: int = 0) -> Browser:
    """The page of who can take one of somebody's next shifts."""
    browser = desk.browser(person)
    browser.get("/schedule")
    links = re.findall(r'href="([^"]*/schedule/hand\?[^"]*)"', browser.html)
    browser.get(links[place].replace("&amp;", "&"))
    return browser


def put_on(desk: Desk, person: str = "dan", **fields: str) -> Browser:
    """The page that says what an override would come to."""
    browser = desk.browser(person)
    browser.get("/schedule/override?team=shop")
    filled = {"rotation": "primary", "engineer": "ana", **fields}
    browser.send("Show what changes", 200, **filled)
    return browser


def test_a_shift_taken_on_the_page_is_theirs_and_the_phone_says_so(desk: Desk) -> None:
    browser = desk.browser("ana")
    browser.get("/schedule/take")
    text = browser.send("I take it", team="shop", when="2h")
    assert "You are on for shop until Mon 2 Feb 06:00 EST instead of Ben Ode." in text
    assert "open" not in text.partition("Your next shifts")[0].rpartition("Log out")[2]
    assert "primary now Ana Lima" in text
    assert "shop primary: Ana Lima until Mon 2 Feb 11:00 GMT" in desk.stage.text(BEN, "who")


def test_whoever_is_relieved_is_told_at_once(desk: Desk) -> None:
    browser = desk.browser("ana")
    browser.get("/schedule/take")
    browser.send("I take it", team="shop", when="2h")
    assert "Ana Lima is on for shop primary until Mon 2 Feb 11:00 GMT instead of you." in desk.stage.page(BEN)


def test_a_double_press_takes_once(desk: Desk) -> None:
    browser = desk.browser("ana")
    browser.get("/schedule/take")
    first = browser.send("I take it", team="shop", when="2h")
    browser.get("/schedule/take")
    once = token(browser)
    for _ in range(2):
        browser.get("/schedule/take")
        again = browser.send("I take it", team="shop", when="until 18:00", once=once)
        assert "You are on for shop until Mon 2 Feb 18:00 EST instead of Ben Ode." in again
    assert "You are on for" in first
    assert 2 == len(kept(desk))


def test_what_was_just_taken_goes_back_by_a_button_once_and_whoever_is_on_again_is_told(desk: Desk) -> None:
    browser = desk.browser("ana")
    browser.get("/schedule/take")
    browser.send("I take it", team="shop", when="2h")
    desk.stage.new_texts(BEN)
    assert "Took back: take. Ben Ode is on for shop primary until" in browser.press("Undo: take")
    assert [] == kept(desk)
    assert "Undo" not in browser.html
    assert "Ana Lima took back take: you are on for shop primary until" in " ".join(desk.stage.new_texts(BEN))


def test_a_button_of_a_page_that_is_older_than_the_last_change_takes_nothing_back(desk: Desk) -> None:
    browser, other = desk.browser("ana"), desk.browser("ana")
    browser.get("/schedule/take")
    browser.send("I take it", team="shop", when="2h")
    desk.stage.wait(seconds=5)
    other.get("/schedule/take")
    other.send("I take it", team="shop", when="tomorrow")
    assert "Nothing changed: your last change is another by now." in browser.press("Undo: take")
    assert 2 == len(kept(desk))


def test_after_ten_minutes_no_button_takes_a_shift_back(desk: Desk) -> None:
    browser = desk.browser("ana")
    browser.get("/schedule/take")
    browser.send("I take it", team="shop", when="2h")
    desk.stage.wait(minutes=11)
    assert "Nothing changed: you changed nobody's shift in the last 10 minutes." in browser.press("Undo: take")
    assert 1 == len(kept(desk))
    assert "Undo" not in browser.html


def test_what_was_changed_by_text_goes_back_by_the_button_too_if_it_is_about_shifts(desk: Desk) -> None:
    browser = desk.browser("ana")
    desk.stage.text(ANA, "quiet 30m")
    browser.get("/schedule")
    assert "Undo" not in browser.html
    desk.stage.text(ANA, "take shop 2h")
    browser.get("/schedule")
    assert "Took back: take." in browser.press("Undo: take")
    assert [] == kept(desk)


def test_a_span_can_be_picked_and_what_was_typed_goes_first(desk: Desk) -> None:
    browser = desk.browser("ana")
    browser.get("/schedule/take")
    picked = {"from": "2026-02-03T09:00", "until": "2026-02-03T12:00"}
    text = browser.send("I take it", 200, team="shop", **picked)
    assert "You are on for shop Tue 3 Feb 09:00 to 12:00 EST instead of Ben Ode." in text
    browser.get("/schedule/take")
    assert "until Mon 2 Feb 05:00 EST" in browser.send("I take it", 200, team="shop", when="1h", **picked)


@pytest.mark.parametrize(
    ("when", "question"),
    [
        ("6", "6 what, for example 6h, 6am or 6pm?"),
        ("", "When, for example 2h"),
        ("yesterday <b>", "When, for example 2h"),
        ("1 jan 2019 to 3 jan 2019", "When"),
    ],
)
def test_a_time_that_is_not_clear_is_asked_and_nothing_is_lost(desk: Desk, when: str, question: str) -> None:
    browser = desk.browser("ana")
    browser.get("/schedule/take")
    assert question in browser.send("I take it", 422, team="shop", when=when)
    assert "<b>&#34;" not in browser.html
    assert [] == kept(desk)


def test_nobody_takes_a_shift_of_a_team_that_is_not_theirs(desk: Desk) -> None:
    browser = desk.browser("cid")
    browser.get("/schedule/take")
    browser.send("I take it", 403, team="shop", when="2h")
    assert [] == kept(desk)


def test_whoever_is_off_leaves_it_to_the_next_who_is_told(desk: Desk) -> None:
    text = handing(desk, "ben").press("I am off then")
    assert "You are off for shop primary until Mon 9 Feb 09:00 GMT: Ana Lima is on." in text
    assert "primary now Ana Lima" in text
    assert "You are on for shop primary until Mon 9 Feb 04:00 EST: Ben Ode is off." in desk.stage.page(ANA)


def test_whoever_cannot_be_reached_is_passed_over(desk: Desk) -> None:
    desk.stage.text(ANA, "STOP")
    text = handing(desk, "ben").press("I am off then")
    assert "Nothing changed. Nobody who follows you in primary can be reached" in text
    assert [] == kept(desk)


def test_a_colleague_is_asked_and_their_ok_makes_it_so(desk: Desk) -> None:
    browser = handing(desk, "ben")
    text = browser.press("Ask Ana Lima")
    assert "Asked Ana Lima to take shop primary until Mon 9 Feb 09:00 GMT." in text
    assert "Until Ana Lima says ok it stays yours." in text
    assert [] == kept(desk)
    assert "Ben Ode asks you to take shop primary until Mon 9 Feb 04:00 EST" in desk.stage.page(ANA)
    assert "You are on for shop until Mon 9 Feb 04:00 EST instead of Ben Ode." in desk.stage.text(ANA, "ok")
    assert "primary now Ana Lima" in browser.get("/schedule")


def test_a_colleague_is_asked_once_however_often_it_is_pressed(desk: Desk) -> None:
    browser = handing(desk, "ben")
    where, once = browser.address, token(browser)
    for _ in range(2):
        browser.get(where)
        assert "Asked Ana Lima" in browser.post("/schedule/hand", {**hidden(browser), "once": once, "to": "ana"})
    assert 1 == len(desk.stage.new_texts(ANA))


def test_colleagues_who_are_free_come_first(desk: Desk) -> None:
    browser = handing(desk, "ben")
    text = browser.get(browser.address)
    assert text.index("Dan Oak free then") < text.index("Ana Lima on duty in secondary then")
    assert "Put on" not in text


def test_a_shift_that_is_over_or_made_up_is_not_there(desk: Desk) -> None:
    browser, now = desk.browser("ben"), desk.stage.clock.now()
    for query in (
        f"team=shop&rotation=primary&start={now - 9}&end={now - 3}",
        f"team=shop&rotation=none&start={now}&end={now + 9}",
        f"team=none&rotation=primary&start={now}&end={now + 9}",
        "team=shop&rotation=primary&start=x&end=y",
        f"team=shop&rotation=primary&start={now}&end={'9' * 40}",
    ):
        browser.get(f"/schedule/hand?{query}", 404)
    assert "until Tue 2 Feb 2027 09:00 GMT" in browser.get(
        f"/schedule/hand?team=shop&rotation=primary&start={now}&end={'9' * 13}"
    )


def test_an_admin_puts_somebody_on_sees_before_what_it_comes_to_and_both_are_told(desk: Desk) -> None:
    browser = put_on(desk, when="wed 9am to fri 18:00")
    assert [] == kept(desk)
    text = browser.press("Save")
    told = "shop primary Wed 4 Feb 09:00 to Fri 6 Feb 18:00 GMT"
    assert f"Ana Lima is on for {told} instead of Ben Ode." in text
    desk.stage.tick()
    ben, ana = (" ".join(desk.stage.new_texts(number)) for number in (BEN, ANA))
    assert f"You are on for shop secondary, off for {told}: Dan Oak changed that." in ben
    assert "You are on for shop primary, off for shop secondary Wed 4 Feb 04:00 to Fri 6 Feb 13:00 EST" in ana
    assert "shop primary: Ben Ode until Wed 4 Feb 10:00 CET, then Ana Lima" in desk.stage.text(CID, "who shop")


def test_the_effect_names_whoever_follows_too(desk: Desk) -> None:
    browser = put_on(desk, when="wed 9am to fri 18:00")
    assert "Ana Lima is on for shop primary Wed 4 Feb 09:00 to Fri 6 Feb 18:00 GMT instead of Ben Ode" in browser.html
    assert "Ben Ode is on for shop secondary Wed 4 Feb 09:00 to Fri 6 Feb 18:00 GMT instead of Ana Lima" in browser.html
    assert [] == kept(desk)


def test_every_change_is_kept_with_who_and_what(desk: Desk) -> None:
    text = put_on(desk, when="wed 9am to fri 18:00").press("Save")
    assert "What admins changed in the turns of shop" in text
    assert "Dan Oak: override put: ana for shop primary from 2026-02-04 09:00 to" in text
    assert "primary from 2026-02-04 09:00 to 2026-02-06 18:00 UTC: ben -&gt; ana" in desk.browser("dan").get(
        "/schedule?team=shop"
    ).replace("->", "-&gt;")


def test_a_double_press_of_save_makes_one_override(desk: Desk) -> None:
    browser = put_on(desk, when="wed")
    fields = hidden(browser)
    browser.press("Save")
    assert "That is done already." in browser.post("/schedule/override/put", {**fields})
    assert 1 == len(kept(desk))
    desk.stage.tick()
    assert 1 == sum("Dan Oak changed that" in text for text in desk.stage.new_texts(BEN))


def test_what_comes_to_something_else_by_now_is_shown_again(desk: Desk) -> None:
    browser, other = put_on(desk, when="wed"), put_on(desk, when="wed", engineer="cid")
    other.press("Save")
    text = browser.press("Save")
    assert "Somebody has changed the schedule meanwhile." in text
    assert "Ana Lima is on for shop primary Wed 4 Feb 00:00 to Thu 5 Feb 00:00 GMT instead of Cid Roe" in text
    assert ["cid"] == [one.engineer for one in kept(desk)]
    browser.press("Save")
    assert ["cid", "ana"] == [one.engineer for one in kept(desk)]


def test_nobody_can_be_put_on_and_it_is_called_a_gap(desk: Desk) -> None:
    browser = put_on(desk, when="wed", engineer="-", rotation="")
    assert "<b>Nobody is on duty</b> in 2 of these." in browser.html
    text = browser.press("Save")
    assert "NOBODY is on for shop primary Wed 4 Feb 00:00 to Thu 5 Feb 00:00 GMT instead of Ben Ode." in text
    assert [("", None)] == [(one.rotation, one.engineer) for one in kept(desk)]


def test_what_changes_nothing_is_not_saved(desk: Desk) -> None:
    browser = put_on(desk, when="wed", engineer="ben")
    assert "Nothing changes: it is so already." in browser.html
    assert ">Save<" not in browser.html


def test_an_override_of_somebodys_own_is_removed_and_both_are_told(desk: Desk) -> None:
    desk.stage.text(ANA, "take shop 2h")
    desk.stage.new_texts(BEN)
    browser = desk.browser("dan")
    browser.get("/schedule?team=shop")
    link = re.search(r'href="([^"]*/override/remove\?[^"]*)"', browser.html)
    assert link
    text = browser.get(link[1])
    assert "Ben Ode is on for shop primary until Mon 2 Feb 11:00 GMT instead of Ana Lima" in text
    assert 1 == len(kept(desk))
    browser.press("Remove it")
    assert "shop primary: Ben Ode until Mon 9 Feb" in desk.stage.text(CID, "who shop")
    desk.stage.tick()
    told = "You are on for shop primary, off for shop secondary until Mon 2 Feb 11:00 GMT: Dan Oak changed that."
    assert told in " ".join(desk.stage.new_texts(BEN))
    assert "off for shop primary until Mon 2 Feb 06:00 EST: Dan Oak changed that." in " ".join(
        desk.stage.new_texts(ANA)
    )
    assert "Nothing was changed." in browser.get(link[1])


def test_what_has_passed_of_a_removed_override_stays(desk: Desk) -> None:
    desk.stage.text(ANA, "take shop 4h")
    desk.stage.clock.advance(hours=1)
    browser = desk.browser("dan")
    browser.get("/schedule?team=shop")
    link = re.search(r'href="([^"]*/override/remove\?[^"]*)"', browser.html)
    assert link
    browser.get(link[1])
    browser.press("Remove it")
    assert [HOUR] == [one.end - one.start for one in kept(desk)]


@pytest.mark.parametrize("address", ["/schedule/override", "/schedule/override/remove?id=x"])
def test_an_engineer_sees_no_page_of_admins(desk: Desk, address: str) -> None:
    browser = desk.browser("ben")
    assert "This is for admins." in browser.get(address, 403)
    assert "Put somebody on" not in browser.get("/schedule")


@pytest.mark.parametrize("address", ["/schedule/override", "/schedule/override/put", "/schedule/override/remove"])
def test_an_engineer_does_nothing_that_admins_do(desk: Desk, address: str) -> None:
    desk.stage.text(ANA, "take shop 2h")
    before = kept(desk)
    browser = desk.browser("ben")
    browser.get("/schedule/take")
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', browser.html)
    assert csrf
    now = desk.stage.clock.now()
    fields = {"team": "shop", "rotation": "primary", "engineer": "ben", "when": "2h", "start": str(now)}
    more = {"end": str(now + HOUR), "id": before[0].id, "seen": "x", "csrf_token": csrf[1]}
    browser.post(address, {**fields, **more}, 403)
    assert before == kept(desk)


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("start", "x", 400),
        ("end", "9" * 40, 400),
        ("id", "../roster/current", 400),
        ("csrf_token", "forged", 400),
    ],
)
def test_a_made_up_form_changes_nothing(desk: Desk, field: str, value: str, status: int) -> None:
    put_on(desk, when="wed").send("Save", status, **{field: value})
    assert [] == kept(desk)


@pytest.mark.parametrize("changed", [{"team": "none"}, {"rotation": "none"}, {"engineer": "none"}, {"end": "9" * 13}])
def test_what_is_not_on_the_roster_or_too_far_off_is_refused_in_words(desk: Desk, changed: dict[str, str]) -> None:
    browser = put_on(desk, when="wed")
    assert "Nothing was changed:" in browser.send("Save", 200, **changed)
    assert [] == kept(desk)


def test_a_team_without_turns_has_nothing_to_take(desk: Desk) -> None:
    apply(desk.stage, ROSTER.replace("[primary]", "[ben]").replace("[secondary, dan]", "[dan]"))
    assert "nothing to take over" in desk.browser("ben").get("/schedule/take")


def test_removing_what_changes_nobodys_turn_says_so(desk: Desk) -> None:
    put_on(desk, when="wed").press("Save")
    put_on(desk, when="wed", engineer="cid").press("Save")
    first = kept(desk)[0].id
    browser = desk.browser("dan")
    text = browser.get(f"/schedule/override/remove?id={first}")
    assert "Nobody's turn changes: the turns, or newer overrides, say the same." in text
    assert "The override is removed; nobody's turn changes." in browser.press("Remove it")
    assert ["cid"] == [one.engineer for one in kept(desk)]
