"""What a change of the store means, in one line of the log."""

from typing import Any

import msgspec
import pytest

from bugglio import alert as alerts
from bugglio import page as pages
from bugglio.alert import Alert, Entry
from bugglio.chronicle import of_change
from bugglio.delivery import Accepted, Blame, Busy, Failure, Refused, Unknown
from bugglio.document import present
from bugglio.page import Count, Page
from bugglio.roster import MINUTE
from bugglio.store import ABSENT, EXISTS, Document, Version, Write
from bugglio.store.change import change
from bugglio.store.chronicled import happened

NOW = 1_770_022_800_000
OPENED = alerts.note(
    Alert(mark="m", team="shop", code=417, message="cannot read 'id'", waits_for=("ana",), cycle=1),
    Entry(at=NOW, what="opened", detail="New unhandled error"),
)
PAGED = alerts.note(OPENED, Entry(at=NOW, what="page", who="ana", page="p1"))
PAGE = Page(kind="page", to="ana", number="+14155550101", phone="f1", created=NOW, due_at=NOW, alert="a1", code=417)
CLAIMED = pages.claim(PAGE, "t1", NOW + 400, "#417 cannot read 'id'")


def replace(value: Any, **changes: Any) -> Any:
    return msgspec.structs.replace(value, **changes)


def told(before: Any, after: Any) -> tuple[str, str] | None:
    """The word and the sentence for a change of an alert or a page."""
    found = happening(before, after)
    return None if found is None else (found.event, found.sentence)


def happening(before: Any, after: Any) -> Any:
    module, path = (alerts, "alerts/a1") if isinstance(after, Alert) else (pages, "pages/p1")
    fields: Any = None if before is None else present(module.dump(before))
    return of_change(path, fields, present(module.dump(after)))


ACKED = alerts.acknowledge(PAGED, "ben", NOW + 1, 0)
CLOSED = alerts.close(ACKED, "fixed", "Dana Doe", NOW + 2)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, PAGED, ("alert-opened", "Opened for shop; waits for ana.")),
        (CLOSED, alerts.reopened(PAGED, NOW), ("alert-opened", "Opened for shop; waits for ana.")),
        (PAGED, ACKED, ("alert-acknowledged", "Acknowledged by ben.")),
        (PAGED, alerts.snooze(PAGED, "ben", NOW, NOW + 1, None, ""), ("alert-snoozed", "Snoozed.")),
        (ACKED, replace(PAGED, timeline=ACKED.timeline), ("alert-triggered", "Triggered again; waits for ana.")),
        (ACKED, CLOSED, ("alert-closed", "Closed: fixed.")),
        (OPENED, PAGED, ("alert-paged-again", "Paged once more; waits for ana.")),
        (OPENED, replace(PAGED, position=1), ("alert-escalated", "Goes on; waits for ana.")),
        (
            ACKED,
            alerts.note(PAGED, Entry(at=NOW, what="undone", who="ben", detail="ack")),
            ("alert-undone", "A change was taken back; waits for ana."),
        ),
        (PAGED, alerts.lapse(PAGED, NOW), ("alert-changed", "Acknowledgement ran out; waits for ana.")),
        (PAGED, replace(PAGED, events=7, last_event=NOW), None),
        (PAGED, replace(PAGED, generation=7, next_at=NOW), None),
    ],
)
def test_what_happened_to_an_alert(before: Alert | None, after: Alert, expected: tuple[str, str] | None) -> None:
    assert expected == told(before, after)


def test_the_facts_of_an_alert_are_codes_ids_and_figures() -> None:
    assert {
        "alert": "a1",
        "code": 417,
        "team": "shop",
        "engineer": "ana",
        "state": "triggered",
        "what": "opened; page",
        "reason": "",
        "step": 1,
        "events": 0,
    } == happening(None, PAGED).facts


def test_why_nobody_was_paged_is_told() -> None:
    quiet = alerts.hold(OPENED, "rule 2: held until 07:00", NOW + MINUTE, NOW)

    assert "rule 2: held until 07:00" == happening(None, quiet).facts["reason"]


def test_names_that_bugsnag_tells_are_not_taken_for_engineers() -> None:
    assert "" == happening(ACKED, CLOSED).facts["engineer"]


def test_of_a_full_timeline_only_what_is_new_is_told() -> None:
    full = PAGED
    for number in range(alerts.TIMELINE):
        full = alerts.note(full, Entry(at=NOW + number, what="note", who="ana", detail="hello there"))

    found = happening(full, alerts.note(full, Entry(at=NOW + 999, what="passed on", who="ben")))

    assert ("passed on", "ben") == (found.facts["what"], found.facts["engineer"])
    assert "hello" not in str(found)


GONE = Failure(30003, "the phone is off or has no service", Blame.PERSON)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, PAGE, ("page-created", "Page to ana: created.")),
        (PAGE, CLAIMED, ("page-claimed", "Page to ana: claimed.")),
        (
            CLAIMED,
            pages.settle(CLAIMED, "t1", Accepted("SM1", "queued"), NOW),
            ("page-accepted", "Page to ana: accepted."),
        ),
        (CLAIMED, pages.report(CLAIMED, "t1", "sent", "SM1", None), ("page-sent", "Page to ana: sent.")),
        (CLAIMED, pages.report(CLAIMED, "t1", "delivered", "SM1", None), ("page-delivered", "Page to ana: delivered.")),
        (
            CLAIMED,
            pages.settle(CLAIMED, "t1", Refused(GONE), NOW),
            ("page-failed", "Page to ana: failed: the phone is off or has no service."),
        ),
        (
            CLAIMED,
            pages.settle(CLAIMED, "t1", Busy(5), NOW),
            ("page-put-back", "Page to ana: put back: Twilio was too busy (429)."),
        ),
        (CLAIMED, pages.settle(CLAIMED, "t1", Unknown("timeout"), NOW), None),
        (PAGE, pages.hold(PAGE, NOW + MINUTE), ("page-held", "Page to ana: held.")),
        (pages.hold(PAGE, NOW + 1), pages.hold(PAGE, NOW + MINUTE), None),
        (PAGE, pages.drop(PAGE, "snoozed meanwhile"), ("page-dropped", "Page to ana: dropped: snoozed meanwhile.")),
        (PAGE, replace(PAGE, state="digested", digest="d1"), ("page-digested", "Page to ana: digested.")),
    ],
)
def test_what_happened_to_a_page(before: Page | None, after: Page, expected: tuple[str, str] | None) -> None:
    assert expected == told(before, after)


def test_the_facts_of_a_page_are_codes_ids_and_figures() -> None:
    assert {
        "page": "p1",
        "alert": "a1",
        "code": 417,
        "codes": None,
        "engineer": "ana",
        "kind": "page",
        "attempt": "t1",
        "sid": None,
        "digest": None,
        "cause": None,
        "twilio_code": None,
        "seconds": 0.4,
        "waits": None,
    } == happening(PAGE, CLAIMED).facts


def test_how_long_a_page_waits_for_its_turn_is_told() -> None:
    assert 60.0 == happening(PAGE, pages.hold(PAGE, NOW + MINUTE)).facts["waits"]
    assert 60.0 == happening(None, pages.hold(PAGE, NOW + MINUTE)).facts["waits"]


def test_a_digest_is_about_all_its_codes_and_a_failure_is_grave() -> None:
    digest = replace(CLAIMED, kind="digest", count=Count(codes=(417, 418)))
    failed = happening(digest, pages.settle(digest, "t1", Refused(GONE), NOW))

    assert ([417, 418], 30003, True) == (failed.facts["codes"], failed.facts["twilio_code"], failed.grave)


def test_nothing_of_a_text_or_an_error_is_told() -> None:
    for found in (happening(None, PAGED), happening(PAGE, CLAIMED), happening(ACKED, CLOSED)):
        for words in ("cannot read", "4155550101", "Dana", "New unhandled"):
            assert words not in str(found)


def test_a_new_roster_is_told_without_what_it_says() -> None:
    found = of_change("changes/00000007", None, {"version": 7, "how": "apply", "who": "ana", "what": ["engineer ben"]})

    assert found is not None
    assert ("roster-changed", {"version": 7, "how": "apply"}) == (found.event, found.facts)


def test_turns_that_an_admin_changed_are_told_with_who_did_it() -> None:
    found = of_change("changes/override-a", None, {"how": "override", "who": "ana", "what": ["Dana"], "turns": "x"})

    assert found is not None
    assert ("turns-changed", {"how": "override", "engineer": "ana"}) == (found.event, found.facts)


def test_other_documents_are_nobodys_business() -> None:
    assert None is of_change("phones/f1", None, {"held": {}})
    assert None is of_change("texts/SM1", None, {"body": "hello there"})


# What a write means.


def test_a_write_means_what_the_document_became() -> None:
    found = Document("alerts/a1", present(alerts.dump(PAGED)), Version(1))

    happening = happened(change("alerts/a1", found, alerts.dump(ACKED)))

    assert happening is not None
    assert ("alert-acknowledged", 417) == (happening.event, happening.facts["code"])


def test_counting_and_marks_mean_nothing() -> None:
    assert None is happened(Write("alerts/a1", EXISTS, increment={"events": 1}))
    assert None is happened(Write("alerts/a1", EXISTS, stamp=("wanted_at",)))


def test_a_new_document_is_told_as_it_was_put() -> None:
    created = happened(Write("pages/p1", ABSENT, put=present(pages.dump(PAGE))))

    assert created is not None
    assert "page-created" == created.event
