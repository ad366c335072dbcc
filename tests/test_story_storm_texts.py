"""More is open than anybody can read: answers are true all the same, and cost no more reads than a count does."""

from collections.abc import Iterator

import pytest

from bugglio import alert as alerts
from bugglio.pager.overview import SOME
from bugglio.pager.reports import open_alerts
from bugglio.roster import Engineer, Roster, Step, Team
from bugglio.store import Store, Write
from bugglio.store.counting import CountingStore
from tests.clock import Clock
from tests.payloads import event
from tests.stage import ANA, Stage, staged
from tests.storms import FIRST, flood

MANY = 600
ENOUGH = 120
BEN, CY = "+14155550102", "+14155550103"
PEOPLE = {
    "ana": Engineer("ana", "Ana Lima", ANA),
    "ben": Engineer("ben", "Ben Ode", BEN),
    "cy": Engineer("cy", "Cy Aoki", CY, admin=True),
}
# In the order of ids `web` stands before `web-2`, in that of the field by which they are found behind it.
TEAMS = {
    "shop": Team("shop", (Step(("ben",)),), projects=("checkout-api",)),
    "web": Team("web", (Step(("ana",)),), projects=("web",)),
    "web-2": Team("web-2", (Step(("ana",)),), projects=("cart",)),
}
ROSTER = Roster(PEOPLE, TEAMS, last_resort="cy", version=1)


@pytest.fixture
def counted(store: Store, clock: Clock) -> Iterator[tuple[Stage, CountingStore]]:
    counting = CountingStore(store)
    with staged(counting, clock) as stage:
        yield stage, counting


@pytest.fixture
def teams(store: Store, clock: Clock) -> Iterator[Stage]:
    with staged(store, clock, ROSTER) as stage:
        yield stage


@pytest.fixture
def quick(sqlite: Store, clock: Clock) -> Iterator[Stage]:
    """One team, on one engine."""
    with staged(sqlite, clock) as stage:
        yield stage


def reads(counted: tuple[Stage, CountingStore], text: str) -> int:
    """What an answer costs; the phone was idle before."""
    stage, counting = counted
    stage.clock.advance(minutes=31)
    counting.settle()
    assert stage.text(ANA, text)
    return counting.settle().reads


def test_every_answer_counts_what_is_open_and_reads_little_of_it(counted: tuple[Stage, CountingStore]) -> None:
    stage, _ = counted
    flood(stage, MANY, apart=10, paged=False)

    costs = {text: reads(counted, text) for text in ("list", "status", "who", f"ack {FIRST}", "1599", "hm", "ack")}
    costs |= {"more": reads(counted, "more")}

    assert {} == {text: cost for text, cost in costs.items() if cost > 3 * SOME}


def test_the_numbers_are_those_of_all(stage: Stage) -> None:
    flood(stage, ENOUGH, apart=10, paged=False)

    assert stage.text(ANA, "list").startswith(f"120 open: {FIRST} Error{FIRST} checkout-api x1, just now; ")
    assert "Acked 1100 Error1100 checkout-api. 119 more open: list" == stage.text(ANA, "ack 1100")
    assert "120 open, 119 unanswered: list. On duty: you." == stage.text(ANA, "status")
    assert "#1110 checkout-api: Error1110: it broke" in stage.text(ANA, "1110")
    assert "Closed 1111 Error1111 checkout-api. 119 more open: list" == stage.text(ANA, "close 1111")
    assert "Open: 1000 Error1000, 1001 Error1001 and 117 more." in stage.text(ANA, "hm")


def listed(stage: Stage, number: str = ANA) -> list[int]:
    """The codes of a whole list, text by text."""
    texts = [stage.text(number, "list").partition(": ")[2]]
    while not texts[-1].startswith("No more"):
        assert len(texts) < MANY
        texts.append(stage.text(number, "more"))
        stage.clock.advance(minutes=31)
    lines = [line for text in texts[:-1] for line in text.removesuffix(". Reply more").split("; ")]
    return [int(line.partition(" ")[0]) for line in lines]


def test_a_list_goes_through_all_that_is_open_once_with_what_somebody_has_at_its_end(quick: Stage) -> None:
    flood(quick, ENOUGH, apart=10, paged=False)
    quick.text(ANA, "ack 1000 1003 1119")

    codes = listed(quick)

    assert [code for code in range(FIRST, FIRST + ENOUGH) if code not in (1000, 1003, 1119)] == codes[:-3]
    assert [1000, 1003, 1119] == codes[-3:]


def test_what_was_opened_in_one_moment_is_listed_by_its_codes(quick: Stage) -> None:
    flood(quick, ENOUGH, paged=False)
    assert list(range(FIRST, FIRST + ENOUGH)) == listed(quick)


def test_a_list_of_several_teams_is_one_line_of_all_their_alerts(teams: Stage) -> None:
    flood(teams, 40, team="web", apart=1_000, paged=False)
    flood(teams, 40, team="web-2", first=2_000, apart=1_000, paged=False)
    flood(teams, 40, team="shop", first=3_000, apart=1_000, paged=False)

    codes = listed(teams)

    assert [code for n in range(40) for code in (1_000 + n, 2_000 + n)] == codes


def test_an_admin_finds_what_belongs_to_every_team_and_to_one_that_is_gone(teams: Stage) -> None:
    flood(teams, 40, team="gone", apart=1_000, paged=False)
    flood(teams, 35, team="shop", first=2_000, apart=1_000, paged=False)
    flood(teams, 5, team="web", first=3_000, apart=1_000, paged=False)

    assert "80 open, 80 unanswered: list. NOBODY" not in teams.text(CY, "status")
    assert teams.text(CY, "status").startswith("80 open, 80 unanswered: list.")
    assert "Acked 2034 Error2034 checkout-api. 79 more open: list" == teams.text(CY, "ack 2034")
    found = listed(teams, CY)
    assert (80, 80, 2034) == (len(found), len(set(found)), found[-1])


def test_somebody_of_teams_whose_names_begin_alike_has_the_alerts_of_both(teams: Stage) -> None:
    flood(teams, 1, team="web", paged=False)
    flood(teams, 1, team="web-2", first=2_000, paged=False)
    assert teams.text(ANA, "list").startswith("2 open: ")


def test_a_bare_word_asks_about_the_first_and_points_to_the_list(quick: Stage) -> None:
    flood(quick, ENOUGH, apart=10, paged=False)

    text = "Which? 1000 Error1000 checkout-api, 1001 Error1001 checkout-api, 1002 Error1002 checkout-api"
    assert f"{text} and 117 more. Reply a number or list" == quick.text(ANA, "ack")
    assert "Acked 1002 Error1002 checkout-api. 119 more open: list" == quick.text(ANA, "1002")


def test_a_bare_word_means_what_was_texted_last_however_much_is_older(quick: Stage) -> None:
    flood(quick, ENOUGH, apart=10, paged=False)
    quick.clock.advance(minutes=5)
    code = quick.webhook(event())["code"]
    assert f"#{code}" in quick.page()

    assert f"Acked {code} TypeError checkout-api. 120 more open: list" == quick.text(ANA, "ack")


def test_of_two_that_were_texted_together_it_asks_which(quick: Stage) -> None:
    flood(quick, ENOUGH, apart=10, paged=False)
    quick.clock.advance(minutes=5)
    codes = [quick.webhook(event(error={"errorId": f"e-{n}"}))["code"] for n in range(2)]

    assert quick.text(ANA, "ack").startswith(f"Which? {codes[0]} TypeError cart#create, {codes[1]} TypeError")
    assert "Acked" in quick.text(ANA, "all")


def test_all_means_what_was_listed_or_texted_to_this_phone_and_nothing_else(stage: Stage) -> None:
    flood(stage, ENOUGH, apart=10, paged=False)
    stage.clock.advance(minutes=5)
    newest = stage.webhook(event())["code"]
    first = stage.text(ANA, "list")
    told = len(first.partition(": ")[2].split("; ")) + 1

    answer = stage.text(ANA, "ack all")

    assert answer.startswith("Acked 1000 Error1000 checkout-api, ")
    assert answer.endswith(f" and {told - 3} more. {121 - told} more open: list")
    assert f"you acked {newest}" not in answer
    assert "acked by you" in stage.text(ANA, str(newest))


def test_close_all_asks_about_as_many_as_it_closes(quick: Stage) -> None:
    flood(quick, ENOUGH, apart=10, paged=False)
    told = len(quick.text(ANA, "list").partition(": ")[2].split("; "))

    assert quick.text(ANA, "close all").startswith(f"Close all {told}: 1000 Error1000 checkout-api, ")
    assert quick.text(ANA, "ok").endswith(f" and {told - 3} more. {120 - told} more open: list")
    assert quick.text(ANA, "status").startswith(f"{120 - told} open, ")


def test_ok_after_a_digest_asks_about_all_that_it_told_of(quick: Stage) -> None:
    flood(quick, ENOUGH, apart=10)
    quick.tick()
    assert "120 more: checkout-api 120." in quick.page()

    assert "Ack all 120? Reply ok, or ack with a number" == quick.text(ANA, "ok")
    assert quick.text(ANA, "ok").endswith(" and 117 more. Nothing else open.")


def test_a_project_that_only_the_newest_are_of_can_be_muted(teams: Stage) -> None:
    flood(teams, ENOUGH, team="web", apart=10, paged=False)
    flood(teams, 1, team="web", first=9_000, projects=("new-thing",))
    teams.tick()
    assert teams.new_texts()

    assert teams.text(ANA, "mute new-thing 2h").startswith("Muted new-thing until ")


def test_all_that_came_in_a_quiet_is_told_at_its_end(quick: Stage) -> None:
    quick.use_the_store()
    quick.text(ANA, "quiet 30m")
    for number in range(SOME + 5):
        quick.webhook(event(error={"errorId": f"e-{number}"}))
    flood(quick, ENOUGH, apart=10, paged=False)
    assert [] == quick.new_texts()

    answer = quick.text(ANA, "quiet 0")

    assert "35 came meanwhile and are texted to you. 155 open: list" in answer
    quick.tick()
    assert "35 more: checkout-api 35." in quick.page()


def unranked(stage: Stage) -> None:
    """The field by which open alerts are found, as a version of bugglio wrote it that knew no ranks."""
    for one in stage.store.query("alerts", "open", limit=400):
        alert = alerts.load(one.fields)
        stage.store.commit([Write(one.path, one.version, put={"open": f"{alert.team}|{alert.opened:015d}"})])


def test_alerts_of_an_older_version_are_listed_counted_and_answered(stage: Stage) -> None:
    flood(stage, 40, apart=10, paged=False)
    unranked(stage)
    flood(stage, 10, first=2_000, paged=False)

    assert stage.text(ANA, "status").startswith("50 open, ")
    assert [*range(2_000, 2_010), *range(1_000, 1_040)] == listed(stage)
    assert "Acked 1039 Error1039 checkout-api. 49 more open: list" == stage.text(ANA, "ack 1039")


def test_their_next_step_gives_them_their_rank(quick: Stage) -> None:
    flood(quick, 40, apart=10, paged=False)
    unranked(quick)

    quick.clock.advance(minutes=3)
    quick.tick()

    assert quick.text(ANA, "status").startswith("40 open, 40 unanswered: list.")
    assert ["!"] == sorted({one["open"].partition("|")[2][0] for one in quick.alerts()})


@pytest.mark.slow
def test_five_thousand_open_alerts(sqlite: Store, clock: Clock) -> None:
    counting = CountingStore(sqlite)
    with staged(counting, clock) as stage:
        flood(stage, 5_000, apart=20, paged=False)

        costs = {text: reads((stage, counting), text) for text in ("list", "status", "ack 5999", "5998", "ack", "hm")}
        costs |= {"more": reads((stage, counting), "more")}

        assert {} == {text: cost for text, cost in costs.items() if cost > 4 * SOME}
        assert stage.text(ANA, "status").startswith("5000 open, 4998 unanswered: list.")


def test_the_command_line_tells_all_of_them_the_oldest_first(teams: Stage) -> None:
    flood(teams, 2 * ENOUGH, team="web", apart=1_000, paged=False)
    flood(teams, 2 * ENOUGH, team="shop", first=2_000, apart=1_000, paged=False)
    teams.text(ANA, "ack 1000")

    codes = [one["code"] for one in open_alerts(teams.store)]

    assert [code for n in range(2 * ENOUGH) for code in (1_000 + n, 2_000 + n)] == codes
