"""The page of phones, and the news that keep it up to date."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, render_template

from bugglio.simulator.records import Call, Message
from bugglio.simulator.samples import SAMPLES
from bugglio.simulator.trouble import KINDS
from bugglio.simulator.web import forms
from bugglio.simulator.web.misbehaviours import shown

if TYPE_CHECKING:
    from bugglio.simulator.core import Simulator


class Page:
    """The page as a whole, and what has changed on it."""

    def __init__(self, simulator: "Simulator") -> None:
        self._simulator = simulator

    def page(self) -> str:
        """Answer the page, which works without scripts too."""
        cursor = self._simulator.change
        return render_template(
            "simulator.html",
            cursor=cursor,
            phones=self._threads(),
            samples=_grouped(SAMPLES.values()),
            kinds=_grouped(KINDS.values()),
            active={one.kind: one for one in self._simulator.misbehaviours()},
            activity=[line.for_page() for line in reversed(self._simulator.activity()) if line.change <= cursor],
            sender=self._simulator.sender,
        )

    def news(self) -> Response:
        """Answer what has changed since the cursor, and the cursor for the next time."""
        simulator, since = self._simulator, forms.cursor()
        cursor = simulator.change
        return jsonify(
            cursor=cursor,
            messages=[message.for_page() for message in simulator.messages(since=since)],
            calls=[call.for_page() for call in simulator.calls(since=since)],
            activity=[line.for_page() for line in simulator.activity(since) if line.change <= cursor],
            phones=simulator.phones(),
            misbehaving=[shown(one) for one in simulator.misbehaviours()],
        )

    def _threads(self) -> list[tuple[str, str, list[dict[str, Any]]]]:
        """Number, label, and texts and calls in the order of time, of each phone that is shown or was in touch."""
        phones = self._simulator.phones()
        threads: dict[str, list[dict[str, Any]]] = {number: [] for number in phones}
        records: list[Message | Call] = [*self._simulator.messages(), *self._simulator.calls()]
        for record in sorted(records, key=lambda one: one.created):
            threads.setdefault(_phone(record), []).append(record.for_page())
        return [(number, phones.get(number, ""), thread) for number, thread in threads.items()]


def _phone(record: Message | Call) -> str:
    """The phone at the other end than bugglio's."""
    inbound = isinstance(record, Message) and record.direction == "inbound"
    return record.sender if inbound else record.to


def _grouped(things: Iterable[Any]) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for thing in things:
        groups.setdefault(thing.group, []).append(thing)
    return groups
