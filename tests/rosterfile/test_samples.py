"""What a team's pages will look like."""

from bugglio.roster import Book, Team
from bugglio.rosterfile import samples


def sample(**changes: object) -> str:
    """The sample of one team."""
    (line,) = samples(Book(teams={"shop": Team("shop", **changes)}))  # type: ignore[arg-type]  # any field of a team
    return line


def test_the_default_text_with_the_teams_own_project() -> None:
    why = "New unhandled error. Reply ack 417"
    page = f"#417 web production: TypeError: cannot read 'id' of undefined in cart#create. {why}"
    assert f"shop: 1 segment (112 of 160): {page}" == sample(projects=("*", "5f73031fb91aad0014229623", "web"))


def test_a_team_without_a_project_that_has_a_name() -> None:
    assert "#417 checkout-api production: TypeError" in sample(projects=("*", "5f73031fb91aad0014229623"))


def test_a_text_with_an_address_takes_several_segments_and_says_so() -> None:
    line = sample(text="{error.message}: {error.url} " + "and more " * 10)
    assert line.startswith("shop: 2 segments (")
    assert " of 306): #417 cannot read 'id' of undefined: https://app.bugsnag.com/" in line


def test_a_path_that_has_no_sample_says_its_name() -> None:
    assert sample(text="{error.metaData.cart.total} now").startswith("shop: 1 segment (")
    assert "#417 total now. New unhandled error. Reply ack 417" in sample(text="{error.metaData.cart.total} now")


def test_each_team_has_a_line() -> None:
    lines = samples(Book(teams={"shop": Team("shop"), "web": Team("web")}))
    assert ["shop", "web"] == [line.partition(":")[0] for line in lines]
    assert [] == samples(Book())
