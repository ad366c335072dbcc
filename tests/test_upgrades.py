"""
A newer version goes on from what an older one left, and an older one beside it destroys nothing of the newer one's.

`tests/recorded/` has what each version left: `python -m tools.record` adds the present one's (decision 0016).
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bugglio.pager.browsing.unanswered import unanswered
from bugglio.store import ABSENT, EXISTS, Store, Write, backup
from bugglio.store.fields import QUERIED
from tests.browsing import Browser
from tests.clock import Clock
from tests.crawling import crawl
from tests.life import go_on, happens
from tests.payloads import event
from tests.recordings import PRESENT, RECORDED, documents, left_at
from tests.stage import ANA, Stage, staged

KEPT_BY_EVERYBODY = {"alerts", "changes", "codes", "engineers", "overrides", "pages", "phones", "projects", "pulse"}


@pytest.fixture
def clock(recorded: Path) -> Clock:
    return Clock(left_at(recorded))


@pytest.fixture(params=RECORDED, ids=lambda file: file.stem)
def recorded(request: pytest.FixtureRequest) -> Path:
    """What a version left."""
    file: Path = request.param
    return file


Planting = Callable[[dict[str, Any]], None]


def _say(**words: object) -> Planting:
    return lambda fields: fields.update(words)


def _put_on_its_timeline(fields: dict[str, Any]) -> None:
    fields["timeline"].append(
        {"at": fields["timeline"][-1]["at"] + 1, "what": "teleported", "how": "a watch", "who": "x"}
    )


def _change_a_rule(fields: dict[str, Any]) -> None:
    fields["book"] = fields["book"].replace('"then":"digest"', '"then":"forward"')


NEWS: dict[str, tuple[str, dict[str, Any], Planting]] = {
    "an alert's state": ("alerts/", {"error_id": "e-12"}, _say(state="parked", kind="cron", how="by magic")),
    "a timeline's entry": ("alerts/", {"error_id": "e-5"}, _put_on_its_timeline),
    "a snooze's end": ("alerts/", {"error_id": "e-6"}, lambda fields: fields["snooze"].update(kind="moon")),
    "what was undone": (
        *("alerts/", {"error_id": "e-5"}),
        _say(undo={"by": "ana", "at": 1770032882500, "verb": "park", "stands": "acknowledged", "was": {"parked": 5}}),
    ),
    "a kind of page that waits": ("pages/", {"state": "waiting", "kind": "page"}, _say(kind="surprise")),
    "a kind and state of a page": (
        "pages/",
        {"state": "delivered", "kind": "page"},
        _say(kind="surprise", state="read"),
    ),
    "a question": ("phones/", {}, _say(asked={"what": "riddle", "at": 1770032882500})),
    "a rule": ("roster/current", {}, _change_a_rule),
    "a closing": ("history/", {}, _say(how="by magic")),
    "a press": ("presses/", {}, _say(verb="park")),
    "an alarm": ("pulse/tick", {}, _say(alarms={"moon": {"since": 5, "told": 5}})),
}
"""What a newer version might say: in which document, known by which fields, and what."""


@pytest.fixture
def heir(recorded: Path, store: Store, clock: Clock) -> Iterator[Stage]:
    """The present version on it."""
    with recorded.open("rb") as lines:
        assert max(backup.load(store, lines)) == len(documents(recorded))
    with staged(store, clock) as stage:
        stage.use_the_store()
        yield stage


def test_what_a_version_left_goes_on(heir: Stage) -> None:
    go_on(heir)


def test_each_admin_page_shows_what_a_version_left(sqlite: Store, clock: Clock, recorded: Path) -> None:
    with recorded.open("rb") as lines, staged(sqlite, clock) as stage:
        list(backup.load(sqlite, lines))
        stage.use_the_store()
        stage.tick()
        browser = Browser(stage)
        browser.log_in("dee")

        seen = list(crawl(stage, browser))

        assert len(seen) > 60
        assert [] == stage.troubles


def test_the_present_version_is_recorded_and_has_documents_of_every_kind() -> None:
    kinds = {path.partition("/")[0] for path in documents(PRESENT)}

    assert set(QUERIED) == kinds


@pytest.mark.parametrize(
    "recorded", [file for file in RECORDED if "-then-" not in file.stem], ids=lambda file: file.stem
)
def test_what_was_recorded_has_alerts_and_pages_in_every_state(recorded: Path) -> None:
    found = documents(recorded)
    states = {
        kind: {one["state"] for path, one in found.items() if path.startswith(kind)} for kind in ("alerts", "pages")
    }

    assert {path.partition("/")[0] for path in found} >= KEPT_BY_EVERYBODY
    assert {"triggered", "acknowledged", "snoozed", "closed"} == states["alerts"]
    assert states["pages"] >= {"waiting", "sending", "accepted", "delivered", "failed", "digested"}
    assert any("held" in one for path, one in found.items() if path.startswith("alerts/"))
    assert any("noted_at" in one for path, one in found.items() if path.startswith("alerts/"))


@pytest.mark.parametrize("recorded", [PRESENT], ids=["present"])
@pytest.mark.usefixtures("recorded")
def test_a_place_in_a_list_that_an_older_version_left_behind_is_not_believed(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock) as stage:
        stage.webhook(event())
        before = stage.store.query("alerts", "stands")[0]
        stage.text(ANA, "close")
        stage.store.commit([Write(before.path, EXISTS, put={"stands": before.fields["stands"]})])
        browser = Browser(stage)
        browser.log_in(stage.roster.last_resort)

        assert "Nothing is open" in browser.get("/")
        assert "Nothing is open" in browser.get("/alerts")
        assert [] == unanswered(stage.store, 10)


@pytest.mark.parametrize("recorded", [PRESENT], ids=["present"])
def test_words_that_only_a_newer_version_knows_stop_nothing(sqlite: Store, clock: Clock, recorded: Path) -> None:
    found = documents(recorded)
    for start, known, plant in NEWS.values():
        plant(
            next(fields for path, fields in found.items() if path.startswith(start) and known.items() <= fields.items())
        )
    sqlite.commit([Write(path, ABSENT, put=fields) for path, fields in found.items()])

    with staged(sqlite, clock) as stage:
        stage.use_the_store()
        browser = Browser(stage)
        browser.log_in("dee")
        assert len(list(crawl(stage, browser))) > 60
        assert happens(stage, 12) != 0
        go_on(stage)
