"""What a digest stands for."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bugglio import wording
from bugglio.alert import Alert
from bugglio.digests import CODES, NAME, PROJECTS, by_project, digested, merged, of_alerts
from bugglio.page import Count, Page
from bugglio.store import checks

NOW = 1_770_022_800_000
EMPTY = Page(kind="digest", to="ana", number="+1", phone="p", created=NOW, count=Count())


def alert(code: int, project: str = "checkout-api", events: int = 1) -> Alert:
    return Alert(mark=f"m{code}", team="shop", code=code, project=project, error_class=f"E{code}", events=events)


def page(code: int, **more: object) -> Page:
    made = Page(kind="page", to="ana", number="+1", phone="p", created=NOW, alert=str(code), code=code)
    return msgspec.structs.replace(made, **more)


def digest(alerts: Sequence[Alert], container: Page = EMPTY) -> Page:
    """These alerts' pages in one."""
    return merged(container, [page(one.code) for one in alerts], {str(one.code): one for one in alerts})


def count_of(one: Page) -> Count:
    assert one.count is not None
    return one.count


def test_it_counts_by_project_and_names_what_happens_most() -> None:
    whole = digest([alert(417), alert(418, "web", 31), alert(419, "web", 2)])

    assert ("418", 418) == (whole.alert, whole.code)
    assert {"web": 2, "checkout-api": 1} == by_project(count_of(whole))
    assert (3, 418, "E418", 31) == (count_of(whole).pages, whole.code, count_of(whole).name, count_of(whole).events)


def test_an_alert_counts_once_however_many_pages_wait_for_it() -> None:
    first = digest([alert(417), alert(418)])
    again = merged(first, [page(417, ordinal=2), page(419)], {"417": alert(417, events=9), "419": alert(419)})

    assert (3, (417, 418, 419), 417) == (count_of(again).pages, count_of(again).codes, again.code)
    assert {"checkout-api": 3} == by_project(count_of(again))


def test_what_two_digests_both_tell_of_counts_once() -> None:
    one = digest([alert(417), alert(418), alert(419)])
    other = digest([alert(418), alert(419)])

    assert count_of(one) == count_of(merged(one, [other], {}))
    assert 3 == count_of(merged(other, [one], {})).pages


def test_a_page_about_no_alert_that_is_known_counts_by_itself() -> None:
    whole = merged(EMPTY, [page(0), page(0), page(417)], {})
    assert (3, {"": 3}) == (count_of(whole).pages, by_project(count_of(whole)))


def test_a_page_that_went_in_is_due_no_more() -> None:
    assert ("digested", None, "d") == (
        *(getattr(digested(page(417, due_at=NOW), "d"), name) for name in ("state", "due_at", "digest")),
    )


def test_however_many_alerts_and_projects_a_document_has_room_for_it_and_the_number_is_true() -> None:
    many = [msgspec.structs.replace(alert(n), project=f"{n % 3_000}" + "ą" * 300) for n in range(100, 15_100)]
    whole = count_of(digest(many))

    assert (15_000, CODES, PROJECTS, 2_000) == (whole.pages, len(whole.codes), len(whole.projects), whole.further)
    assert max(len(one.project) for one in whole.projects) <= NAME
    assert checks.size(msgspec.to_builtins(whole)) < checks.DOCUMENT_BYTES / 2
    assert whole == of_alerts(many)


def test_the_text_says_how_many_projects_are_not_named() -> None:
    held = wording.Held(5_000, {f"project-{n}": 1 for n in range(1_000)}, 417, "TypeError", 31, 4_000)
    text = wording.digest("09:14", held)
    start = "09:14 5000 more: project-0 1, project-1 1, project-10 1, project-100 1, project-101 1, project-102 1"
    assert f"{start} and 4994 more. Top: #417 TypeError x31. Reply list" == text


codes = st.lists(st.integers(100, 130), max_size=12)


@given(st.lists(codes, min_size=1, max_size=5))
def test_in_whatever_order_pages_are_moved_each_alert_counts_once(parts: list[list[int]]) -> None:
    whole = EMPTY
    for part in parts:
        whole = digest([alert(code, f"p{code % 3}") for code in part], whole)

    everything = {code for part in parts for code in part}
    assert len(everything) == count_of(whole).pages == sum(by_project(count_of(whole)).values())
    assert everything == set(count_of(whole).codes)


@pytest.mark.parametrize("size", [1, 7])
def test_a_digest_in_another_keeps_its_projects_in_proportion(size: int) -> None:
    one = digest([alert(100 + n, "web") for n in range(size)])
    other = digest([alert(100 + n, "web") for n in range(10)])
    assert {"web": 10} == by_project(count_of(merged(one, [other], {})))
