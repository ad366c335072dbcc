"""The page of figures: what people did with their phones is what it says."""

import re

import pytest

from bugglio.figures import weeks_until
from bugglio.pager.weekly import path
from bugglio.simulator import Misbehaviour
from tests.browsing import BEN, Desk
from tests.payloads import event

HOUR = 60


def counted(desk: Desk) -> None:
    """Time passes until all that has happened is counted."""
    desk.stage.wait(minutes=HOUR + 21, step=60)


def alarmed(desk: Desk, error: str = "checkout-1", *, ack: float = 3, close: float = 17) -> None:
    """Ben is paged, acknowledges and closes; minutes from one to the next."""
    desk.stage.webhook(event(error={"errorId": error}))
    desk.stage.new_texts(BEN)
    desk.stage.clock.advance(seconds=60 * ack)
    desk.stage.text(BEN, "ack")
    desk.stage.clock.advance(seconds=60 * close)
    desk.stage.text(BEN, "close")


def row(html: str, head: str) -> list[str]:
    """The cells of the first row with this head, from the end of the table's page."""
    found = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", html, re.DOTALL)
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", rest, re.DOTALL) for name, rest in found if name.strip() == head]
    assert cells, (head, [name for name, _ in found])
    return [" ".join(cell.split()) for cell in cells[0]]


def test_an_alert_that_was_answered_and_closed_is_told_with_its_page_and_its_price(desk: Desk) -> None:
    alarmed(desk)
    counted(desk)

    ana = desk.browser("ana")
    said = ana.get("/figures?team=shop")

    assert "Alerts closed 1 Acknowledged half within 3 min, 9 of 10 within 3 min" in said
    assert "Pages delivered 100 % of 1" in said
    assert "Texts 1 for $0.01" in said
    assert "In all weeks: half within 20 min" in said
    assert ["1", "0", "1"] == row(ana.html, "Ben Ode")
    assert ["1", "1"] == row(ana.html, "checkout-api")[:2]


def test_before_anything_is_counted_there_are_sentences_and_no_charts(desk: Desk) -> None:
    ana = desk.browser("ana")

    said = ana.get("/figures")

    assert "Nothing has been counted yet" in said
    assert "For all teams there is nothing to show for these 12 weeks" in said
    assert "<svg" not in ana.html


def test_what_is_missing_is_told_in_a_sentence_in_place_of_its_chart(desk: Desk) -> None:
    desk.stage.webhook(event())
    desk.stage.new_texts(BEN)
    counted(desk)

    said = desk.browser("ana").get("/figures")

    assert "No alert was closed in these weeks." in said
    assert "1 is open now." in said
    assert re.search(r"Pages delivered [\d.]+ % of \d", said)


def test_it_says_until_when_it_is_counted(desk: Desk) -> None:
    alarmed(desk)
    desk.stage.tick()
    desk.stage.tick()

    html = desk.browser("ana")
    html.get("/figures")

    assert re.search(r"Counted until <time", html.html)


def test_only_admins_see_it(desk: Desk) -> None:
    desk.browser("ben").get("/figures", status=403)


def test_another_teams_figures_are_not_this_ones(desk: Desk) -> None:
    alarmed(desk)
    counted(desk)
    ana = desk.browser("ana")

    shop, web = ana.get("/figures?team=shop"), ana.get("/figures?team=web")

    assert "Alerts closed 1" in shop
    assert "For web there is nothing to show" in web


def test_the_form_leads_to_the_weeks_and_the_team_that_were_chosen(desk: Desk) -> None:
    alarmed(desk)
    counted(desk)
    ana = desk.browser("ana")
    ana.get("/figures")

    ana.send(weeks="26", team="shop")

    assert '<option value="26" selected>' in ana.html
    assert "<option selected>shop</option>" in ana.html


@pytest.mark.parametrize("address", ["/figures?weeks=99999&team=none", "/figures?weeks=x", "/figures?team=%00"])
def test_what_cannot_be_chosen_is_not(desk: Desk, address: str) -> None:
    ana = desk.browser("ana")

    ana.get(address)

    assert '<option value="12" selected>' in ana.html


def test_what_a_project_is_called_is_told_as_text(desk: Desk) -> None:
    desk.stage.webhook(event(project={"id": "p-1", "name": "<script>alert(1)</script>"}))
    desk.stage.clock.advance(seconds=60)
    desk.stage.text("+14155550103", "close")
    counted(desk)
    ana = desk.browser("ana")

    ana.get("/figures")

    assert "<script>alert" not in ana.html
    assert "&lt;script&gt;alert" in ana.html


def test_each_chart_has_a_title_words_and_a_table_with_its_numbers(desk: Desk) -> None:
    alarmed(desk)
    counted(desk)
    ana = desk.browser("ana")
    ana.get("/figures")

    charts = re.findall(r'<svg class="chart" role="img" aria-labelledby="(\S+) (\S+)"', ana.html)

    assert 7 == len(charts)
    for title, told in charts:
        assert re.search(rf'<title id="{title}">[^<]+</title><desc id="{told}">[^<]+</desc>', ana.html)
    assert 7 == ana.html.count("<details>") == ana.html.count("<caption>")
    ids = re.findall(r' id="([^"]+)"', ana.html)
    assert len(set(ids)) == len(ids)
    assert "style=" not in ana.html


def test_a_text_that_was_refused_is_no_delivery_and_costs_nothing(desk: Desk) -> None:
    desk.stage.simulator.misbehave(Misbehaviour("refuse", code=21211))
    desk.stage.webhook(event())
    desk.stage.simulator.misbehave(None)
    desk.stage.text(BEN, "close all")
    counted(desk)

    said = desk.browser("ana").get("/figures?team=shop")

    assert re.search(r"Pages delivered 0 % of \d Texts 0 for \$0\.00", said)
    assert "Nobody was paged in these weeks." in said


def test_26_full_weeks_are_one_document_each(desk: Desk) -> None:
    from bugglio.store.counting import CountingStore

    alarmed(desk)
    counted(desk)
    counting = CountingStore(desk.stage.store)
    desk.stage.store = counting
    desk.stage.restart()
    ana = desk.browser("ana")
    counting.settle()

    ana.get("/figures?weeks=26")

    assert 26 + 10 >= counting.settle().reads
    assert path(weeks_until(desk.stage.clock.now(), 1)[0]).startswith("figures/2026-W")
