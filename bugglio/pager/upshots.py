"""What came of telling Bugsnag is kept: on the alerts, in the answer to the text, and as notices of what failed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bugglio import alert as alerts
from bugglio import outbox
from bugglio.alert import Alert, Errand
from bugglio.outbox import Answer
from bugglio.pager import making
from bugglio.pager import refusals as refused
from bugglio.pager.insisting import insisting
from bugglio.pager.keeping import kept
from bugglio.pager.kit import Kit
from bugglio.pager.reading import alert_in
from bugglio.pager.refusals import Refusal
from bugglio.store import Document, Reading, Unreachable, Write


@dataclass(frozen=True)
class Told:
    """An errand that was tried, and what came of it; the alert's document is as it was before that was kept."""

    document: Document
    errand: Errand
    answer: Answer


@dataclass(frozen=True)
class Upshot:
    """The ids of notices, and why there are any."""

    due: tuple[str, ...]
    refusals: tuple[Refusal, ...]


def keep(
    kit: Kit, told: Sequence[Told], now: int, text: Sequence[Write] = (), *, answered: bool = False
) -> tuple[str, ...]:
    """
    Keep what came of tries, and write `text` in the same commit; returns the ids of the notices that follow.

    `answered`: whoever asked is told by the answer. No `generation` grows by it, for it is nobody's change.
    """
    at_hand = [Reading(now, {one.document.path: one.document for one in told})]

    def work(wanted: set[str]) -> Upshot:
        reading = at_hand.pop() if at_hand else kit.store.get([one.document.path for one in told])
        return _once(kit, told, reading, text, wanted, answered=answered)

    try:
        upshot = insisting(kit.store, work)
    except Unreachable:
        # A reply may have been lost after its commit was applied; reading again tells.
        upshot = insisting(kit.store, work)
    refused.report(kit, upshot.refusals)
    return upshot.due


def _once(
    kit: Kit, told: Sequence[Told], reading: Reading, text: Sequence[Write], wanted: set[str], *, answered: bool
) -> Upshot:
    after, refusals = _settled(told, reading)
    wanted.update(after)
    made = refused.notices(kit, refusals, reading.at, answered=answered)
    writes = [*_changes(after, reading), *(making.new(key, page) for key, page in made.items()), *text]
    if writes:
        kit.store.commit(writes)
    return Upshot(tuple(made), tuple(refusals))


def _settled(told: Sequence[Told], reading: Reading) -> tuple[dict[str, Alert], list[Refusal]]:
    """The alerts after all tries, and what failed for good."""
    after: dict[str, Alert] = {}
    refusals: list[Refusal] = []
    for one in told:
        key = one.document.id
        before = after.get(key) or alert_in(reading, key)
        if before is None:
            continue
        settled = outbox.settled(before, one.errand.operation, one.answer, reading.at)
        after[key] = settled.alert
        refusals += [Refusal(key, before, settled.failed)] if settled.failed is not None else []
    return after, refusals


def _changes(after: Mapping[str, Alert], reading: Reading) -> list[Write]:
    made = [write for key, alert in after.items() for write in kept(key, reading.get(alerts.path(key)), alert)]
    return [write for write in made if write.put or write.delete]
