"""Why was nobody paged? By an alert's code, by Bugsnag's error, by words; and what opened nothing lately."""

from bugglio.store import EXISTS, Write
from tests.browsing import BEN, ROSTER, Desk, apply
from tests.payloads import change, event
from tests.sent import follow, other, settle, shown

RULES = ROSTER.replace("    steps:", "    rules:\n      - {if: {stage: [staging]}, then: ignore}\n    steps:", 1)


def test_a_code_tells_the_alerts_story_as_the_command_line_does(desk: Desk) -> None:
    code = desk.stage.webhook(event())["code"]
    settle(desk)
    desk.stage.webhook(event("exception"))
    desk.stage.text(BEN, "snooze 2h")
    browser = desk.browser("ben")

    browser.get("/pages/why")
    browser.send(q=f"#{code}")

    said = shown(browser)
    assert f"#{code} TypeError snoozed" in said
    assert said.index("Opened 09:00") < said.index("Page 09:00 Ben Ode: delivered") < said.index("Counted 09:00")
    assert "2 events since it was opened; further ones page nobody while it is snoozed" in said


def test_a_code_that_names_nothing_says_so(desk: Desk) -> None:
    browser = desk.browser("ana")
    browser.get("/pages/why?q=999")
    assert "No alert has the code 999." in shown(browser)


def test_an_error_is_found_by_its_id_and_by_its_address_in_bugsnag(desk: Desk) -> None:
    desk.stage.webhook(event())
    desk.stage.text(BEN, "close")
    desk.stage.webhook(change("fixed"))
    browser = desk.browser("ana")

    for asked in ("checkout-1", "https://app.bugsnag.com/acme/checkout-api/errors/checkout-1?event_id=e-1"):
        browser.get("/pages/why")
        browser.send(q=asked)
        said = shown(browser)
        assert "TypeError closed checkout-api production" in said
        assert "Events that paged nobody Of this error, by reason" in said
        assert "Fixed in Bugsnag; no alert was open. Nothing: there was nobody to be told of it." in said


def test_what_a_rule_ignores_is_listed_with_the_rule_and_how_often(desk: Desk) -> None:
    apply(desk.stage, RULES)
    for _ in range(3):
        desk.stage.webhook(other(1, releaseStage="staging"))
        desk.stage.clock.advance(minutes=1)
    browser = desk.browser("ana")

    browser.get("/pages/why")

    said = shown(browser)
    assert "The latest events that paged nobody" in said
    assert "04:02 since 04:00 checkout-api Error1 cannot read 'id' of undefined A new error" in said
    assert "Rule 1: ignore. Nothing, if that is meant; otherwise change this rule of the team. Times 3" in said


def test_words_are_looked_for_and_what_was_looked_at_is_said(desk: Desk) -> None:
    apply(desk.stage, RULES)
    for number in range(3):
        desk.stage.webhook(other(number, releaseStage="staging"))
    browser = desk.browser("ana")

    browser.get("/pages/why")
    browser.send(q="checkout-api ERROR2")
    said = shown(browser)
    assert "3 were looked at" in said
    assert "Error2" in said
    assert "Error1" not in said

    browser.send(q="nothing like it")
    assert "What opened an alert is among the open or the past alerts" in shown(browser)
    assert "If it is nowhere here and Bugsnag shows it, it did not reach this pager" in shown(browser)
    assert 'href="/admin/alerts?past=1&amp;words=nothing+like+it"' in browser.html
    assert "https://bugglio.test/bugsnag" in shown(browser)
    assert "token" not in shown(browser)


def test_older_ones_are_a_press_away_and_none_is_told_twice(desk: Desk) -> None:
    apply(desk.stage, RULES)
    for number in range(60):
        desk.stage.webhook(other(number, releaseStage="staging"))
        desk.stage.clock.advance(seconds=1)
    browser = desk.browser("ana")
    browser.get("/pages/why")
    said = [shown(browser)]
    while ">Older</a>" in browser.html:
        said.append(follow(browser, "Older"))
    assert 3 == len(said)
    assert [1] * 60 == [sum(f"Error{number} " in part for part in said) for number in range(60)]
    assert "Newest" in said[-1]

    browser.get("/pages/why?q=error3+checkout")
    assert "50 were looked at" in shown(browser)
    assert "Error3 " in follow(browser, "Look further")


def test_a_project_that_no_team_owns_says_what_to_do(desk: Desk) -> None:
    nobodys = ROSTER.replace('["*"]', "[billing]")
    apply(desk.stage, nobodys)
    desk.stage.webhook(event("comment", project={"id": "p-9", "name": "lonely"}))
    browser = desk.browser("ana")

    browser.get("/pages/why")
    said = shown(browser)
    assert "No team answers for this project: its alerts page the last resort. Give it to a team" in said
    assert 'href="/admin/roster/projects"' in browser.html
    ben = desk.browser("ben")
    ben.get("/pages/why")
    assert "/roster/projects" not in ben.html


def test_an_event_that_is_not_understood_says_so(desk: Desk) -> None:
    desk.stage.webhook(event("aNewKind", error={"errorId": ""}, top={"error": None}))
    browser = desk.browser("ana")
    browser.get("/pages/why")
    assert "Unknown trigger: aNewKind. Report it as a fault of bugglio's" in shown(browser)


def test_a_record_of_an_older_version_lacks_much_and_is_shown(desk: Desk) -> None:
    apply(desk.stage, RULES)
    desk.stage.webhook(other(1, releaseStage="staging"))
    found = desk.stage.store.query("unrouted", "last")[0]
    gone = ("reason", "trigger", "project", "message", "error_class", "first", "count")
    desk.stage.store.commit([Write(found.path, EXISTS, delete=gone)])
    browser = desk.browser("ana")
    browser.get("/pages/why")
    assert "no trigger" in shown(browser)
