"""A dump of a pager at work is loaded elsewhere: whatever happened meanwhile, its alerts page on and can be closed."""

from pathlib import Path

from bugglio.store.backup import COLLECTIONS, dumped, end, head, load, path_of
from bugglio.store.sqlite import SqliteStore
from tests.browsing import BEN, ROSTER, apply
from tests.clock import Clock
from tests.payloads import event
from tests.stage import ANA, Stage, staged


def opens(stage: Stage, *numbers: int) -> list[int]:
    """Errors come in; the codes of their alerts."""
    return [stage.webhook(event(error={"errorId": f"checkout-{number}"}))["code"] for number in numbers]


def works(stage: Stage, codes: list[int]) -> None:
    """One alert is closed, of another that is taken back, a third asks the next one, a fourth begins."""
    for word in (f"close {codes[0]}", f"close {codes[1]}", "undo"):
        stage.clock.advance(seconds=5)
        stage.text(BEN, word)
    stage.wait(minutes=5, step=60)
    opens(stage, 4)
    apply(stage, ROSTER.replace("Cid Roe", "Cid Rowe"))


def dump_while_it_works(stage: Stage, before: str) -> list[bytes]:
    """The dump of a pager that does all that before this collection is read."""
    codes, lines = opens(stage, 1, 2, 3), [head()]
    for line in dumped(stage.store):
        if COLLECTIONS.index(path_of(line).partition("/")[0]) >= COLLECTIONS.index(before):
            # What follows in this collection was read already: begin again behind what is written.
            works(stage, codes)
            lines += dumped(stage.store, path_of(lines[-1]))
            break
        lines.append(line)
    return [line.encode() for line in (*lines, end(len(lines) - 1))]


def lives(stage: Stage) -> None:
    """What is open asks on and can be closed, and the roster can be changed."""
    stage.use_the_store()
    apply(stage, ROSTER.replace("Ben Ode", "Ben Oder"))
    stage.wait(minutes=16, step=240)
    codes = {alert["code"] for alert in stage.alerts()}
    assert len(codes) == len(stage.alerts()) >= 2
    assert stage.new_texts(ANA)
    for code in codes:
        assert "Closed" in stage.text(BEN, f"close {code}")
    assert [] == stage.alerts()
    assert [] == stage.troubles


def test_whatever_happens_while_it_is_dumped_its_alerts_go_on_elsewhere(tmp_path: Path) -> None:
    for name in COLLECTIONS:
        clock = Clock()
        here, there = (SqliteStore(tmp_path / f"{place}-{name}.db", clock.now) for place in ("here", "there"))
        with staged(here, clock) as stage:
            stage.use_the_store()
            apply(stage, ROSTER)
            lines = dump_while_it_works(stage, name)
        assert 0 < max(load(there, lines))
        with staged(there, clock) as stage:
            lives(stage)
        here.close()
        there.close()
