"""Lists of alerts are the same on both engines, whichever field they are found by, and in both directions."""

import pytest

from bugglio import alert as alerts
from bugglio.alert import Alert
from bugglio.document import present
from bugglio.pager.browsing.alerts import LOOKED_AT, SHOWN, Wanted, listed, span
from bugglio.roster import MINUTE
from bugglio.store import ABSENT, Store, Write
from bugglio.store.counting import CountingStore

BEGAN = 1_700_000_000_000
STATES = ("triggered", "acknowledged", "snoozed", "closed")


@pytest.fixture
def kept(store: Store) -> dict[str, Alert]:
    """Alerts of two teams in all states, a minute apart, by their ids."""
    found = {f"{number * 7_919 % 1_000:04d}": made(number) for number in range(160)}
    writes = [Write(alerts.path(key), ABSENT, put=present(alerts.dump(one))) for key, one in found.items()]
    store.commit(writes)
    return found


def made(number: int) -> Alert:
    state, at = STATES[number % 4], BEGAN + number * MINUTE
    return Alert(
        mark=f"m{number}",
        team="shop" if number % 3 else "web",
        state=state,
        code=100 + number,
        opened=at,
        error_class=f"Class{number % 5}",
        acknowledged_by="ana" if state == "acknowledged" else None,
        how=("by hand", "fixed")[number % 8 // 4] if state == "closed" else None,
        closed_at=at + 30 if state == "closed" else None,
    )


WANTED = (
    Wanted(),
    Wanted(team="shop"),
    Wanted(stands="unanswered"),
    Wanted(stands="snoozed"),
    Wanted(team="web", stands="unanswered"),
    Wanted(team="web", stands="snoozed"),
    Wanted(team="shop", stands="acknowledged", since=BEGAN + 20 * MINUTE, until=BEGAN + 90 * MINUTE),
    Wanted(team="shop", stands="unanswered", since=BEGAN + 20 * MINUTE, until=BEGAN + 90 * MINUTE),
    Wanted(stands="unanswered", since=BEGAN + 20 * MINUTE, until=BEGAN + 90 * MINUTE),
    Wanted(since=BEGAN + 20 * MINUTE, until=BEGAN + 90 * MINUTE),
    Wanted(since=BEGAN + 20 * MINUTE, team="shop"),
    Wanted(words=("class3",)),
    Wanted(past=True),
    Wanted(past=True, team="shop"),
    Wanted(past=True, team="shop", stands="fixed"),
    Wanted(past=True, team="shop", since=BEGAN + 20 * MINUTE, until=BEGAN + 90 * MINUTE),
    Wanted(past=True, since=BEGAN + 20 * MINUTE, until=BEGAN + 90 * MINUTE),
    Wanted(past=True, words=("class2",)),
)


def meant(wanted: Wanted, kept: dict[str, Alert]) -> set[str]:
    """What a list has to hold, found without the store."""

    def fits(one: Alert) -> bool:
        at = one.closed_at if wanted.past else one.opened
        return (
            (one.state == "closed") == wanted.past
            and wanted.team in ("", one.team)
            and (wanted.stands in ("", one.how) if wanted.past else wanted.stands in ("", one.stands))
            and wanted.since <= (at or 0) < (wanted.until or BEGAN * 2)
            and all(word in one.error_class.casefold() for word in wanted.words)
        )

    return {key for key, one in kept.items() if fits(one)}


@pytest.mark.parametrize("wanted", WANTED, ids=str)
def test_a_list_holds_what_is_meant_once_in_its_order_and_back_again(
    store: Store, kept: dict[str, Alert], wanted: Wanted
) -> None:
    part = listed(store, wanted)
    parts = [[key for key, _ in part.rows]]
    while part.further is not None:
        part = listed(store, wanted, after=part.further)
        parts.append([key for key, _ in part.rows])
    forwards = [key for some in parts for key in some]
    assert meant(wanted, kept) == set(forwards)
    assert len(forwards) == len(set(forwards))
    assert all(len(some) <= SHOWN for some in parts)
    backwards = [key for key, _ in part.rows]
    while part.back is not None:
        part = listed(store, wanted, before=part.back)
        if part.further is not None and part.rows and part.rows[0][0] in backwards:
            break
        backwards = [*(key for key, _ in part.rows), *backwards]
    assert forwards == backwards
    moments = [wanted.moment(kept[key]) for key in forwards]
    if wanted.past or wanted.stands or wanted.timed:
        assert moments == sorted(moments, reverse=wanted.past)


@pytest.mark.parametrize("wanted", WANTED, ids=str)
def test_no_part_reads_more_than_it_says(sqlite: Store, wanted: Wanted) -> None:
    for number in range(160):
        sqlite.commit([Write(f"alerts/{number}", ABSENT, put=present(alerts.dump(made(number))))])
    counted = CountingStore(sqlite)
    part = listed(counted, wanted)
    assert (LOOKED_AT if wanted.narrows else SHOWN) + 1 >= counted.bill.reads
    assert 1 == counted.bill.calls
    assert len(part.looked_at) <= counted.bill.reads


def test_where_everything_before_is_gone_the_list_begins_anew(store: Store, kept: dict[str, Alert]) -> None:
    wanted = Wanted(stands="unanswered")
    first = store.query("alerts", span(wanted).field, start=span(wanted).start, end=span(wanted).end, limit=1)[0]
    assert listed(store, wanted).rows == listed(store, wanted, before=first).rows
    assert kept
