"""A roster of 1,000 engineers and 200 teams."""

import pytest

from bugglio.roster import Book
from bugglio.rosterfile import Faults, differences, read, write
from tests.rosterfile.books import EXAMPLE

SHOP = read(EXAMPLE).book.teams["shop"]


def large() -> str:
    """The file; its teams are the example's."""
    people = [f'  e{at}: {{name: Engineer {at}, phone: "+1{200 + at // 100}55501{at % 100:02}"}}' for at in range(1000)]
    shop = EXAMPLE[EXAMPLE.index("  shop:") :].replace(
        "projects: [checkout-api, 5f73031fb91aad0014229623]", "projects: []"
    )
    teams = [
        shop.replace("shop:", f"team{at}:", 1).replace("ana", f"e{at}").replace("ben", f"e{at + 1}")
        for at in range(200)
    ]
    return "engineers:\n" + "\n".join(people) + "\nteams:\n" + "".join(teams)


@pytest.mark.slow
def test_it_is_read_written_and_compared() -> None:
    text = large()
    book = read(text).book
    assert (1000, 200) == (len(book.engineers), len(book.teams))
    assert 1000 + 200 * 17 == len(differences(Book(), book))
    assert book == read(write(book)).book


@pytest.mark.slow
def test_hundreds_of_faults_are_told_at_once() -> None:
    text = large().replace("engineers: [e", "engineers: [x").replace("page: [secondary", "page: [secondry")

    with pytest.raises(Faults) as caught:
        read(text)

    assert 400 == len(caught.value.faults)
