"""What need not be kept for ever says until when, and Firestore keeps that as a time, by which alone it removes."""

import pytest

from bugglio import fading
from bugglio import page as pages
from bugglio.cli.setup import plan
from bugglio.page import ACCEPTED, DELIVERED, DIGESTED, DROPPED, FAILED, SENDING, SENT, WAITING, Page
from bugglio.pager.rosters import BOOK
from bugglio.roster import DAY
from bugglio.store import ABSENT, Store, Write, checks
from bugglio.store.fields import FADES, QUERIED
from bugglio.store.firestore import FirestoreStore, messages
from tests.payloads import event
from tests.stage import ANA, Stage

NOW = 1_770_022_800_000


@pytest.mark.parametrize("state", [ACCEPTED, SENT, DELIVERED, FAILED, DROPPED, DIGESTED])
def test_a_page_that_has_come_to_its_end_fades_after_90_days(state: str) -> None:
    page = Page(kind="page", to="ana", number=ANA, phone="p", created=NOW, state=state)
    assert NOW + 90 * DAY == pages.dump(page)[FADES]


@pytest.mark.parametrize("state", [WAITING, SENDING])
def test_a_page_that_is_still_to_go_never_does(state: str) -> None:
    page = Page(kind="page", to="ana", number=ANA, phone="p", created=NOW, state=state)
    assert pages.dump(page)[FADES] is None


def test_what_fades_is_read_as_it_was_written(store: Store) -> None:
    (written,) = store.commit([Write("texts/a", ABSENT, put={"v": 1, FADES: NOW})])
    found = store.get(["texts/a"]).documents["texts/a"]
    assert {"v": 1, FADES: NOW} == found.fields

    store.commit([Write("texts/a", written.version, put={FADES: NOW + 1})])
    assert NOW + 1 == store.get(["texts/a"]).documents["texts/a"].fields[FADES]


def test_to_firestore_it_is_a_time(firestore: FirestoreStore) -> None:
    firestore.commit([Write("texts/a", ABSENT, put={"at": NOW, FADES: NOW})])
    there = firestore._connection()
    (answer,) = there.get(messages.get(there.database, checks.split_all(["texts/a"])), 10.0)
    fields = answer.found.fields
    assert "timestamp_value" == fields[FADES].WhichOneof("value_type")
    assert "integer_value" == fields["at"].WhichOneof("value_type")


def test_texts_pages_and_presses_of_a_day_all_say_until_when(stage: Stage) -> None:
    stage.webhook(event())
    stage.new_texts()
    stage.text(ANA, "ack")

    assert FADES == fading.FIELD
    for collection in ("pages", "texts"):
        found = stage.store.query(collection, "created" if collection == "pages" else "at")
        assert found
        assert all(one.fields[FADES] > stage.clock.now() + 89 * DAY for one in found)
    assert FADES not in stage.alerts()[0]
    assert stage.store.get([BOOK]).get(BOOK) is None or FADES not in stage.store.get([BOOK]).documents[BOOK].fields


def test_setup_knows_all_collections_that_fade() -> None:
    assert set(plan.FADING) <= set(QUERIED)
    assert {(FADES, name) for name in plan.FADING} <= set(plan.UNSEARCHED)
