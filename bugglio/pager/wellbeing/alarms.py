"""The alarm: that the pager itself is not well goes where no text is needed, once as it begins and again each hour."""

from collections.abc import Mapping, Sequence

import msgspec

from bugglio import journal
from bugglio.health import Ailment, Bulletin, Raised, bulletin
from bugglio.pager.kit import Kit
from bugglio.pager.reports import iso
from bugglio.pager.wellbeing.pulse import PULSE
from bugglio.store import Reading
from bugglio.store.change import change
from bugglio.store.retry import retrying

RAISED = "alarms"
"""Field of the tick's document: what was told, by kind, so that of all instances one tells it."""


class Unwell(Exception):
    """The pager is not well; the text says in what, and the group tells it from what else may be wrong."""

    def __init__(self, ailment: Ailment) -> None:
        super().__init__(f"{ailment.what} (since {iso(ailment.since)})")
        self.group = f"unwell: {ailment.kind}"


class Alarms:
    """Raises alarms."""

    def __init__(self, kit: Kit) -> None:
        """Keep what it works with."""
        self._kit = kit

    def tell(self, found: Sequence[Ailment], reading: Reading, *, whole: bool = True) -> None:
        """
        Tell what is wrong, if it is time, and the log what is well again; the reading has the tick's document.

        `whole`: all that may be wrong was looked at. Raises `StoreError` when it cannot be kept; then nothing is told.
        """
        first = [reading]
        news = retrying(lambda: self._kept(found, first.pop() if first else self._kit.store.get([PULSE]), whole=whole))
        for one in news.tell:
            self._kit.alarm(Unwell(one), f"watch, {one.kind}")
        for kind in news.over:
            journal.tell("pager-well", f"The pager is well again: {kind}.", kind=kind)

    def _kept(self, found: Sequence[Ailment], reading: Reading, *, whole: bool) -> Bulletin:
        pulse = reading.get(PULSE)
        before = _raised(pulse.fields if pulse is not None else {})
        news = bulletin(before, found, reading.at, whole=whole)
        if news.raised != before:
            raised = {kind: msgspec.to_builtins(one) for kind, one in news.raised.items()}
            fresh = {} if pulse is not None else {"v": 1}
            self._kit.store.commit([change(PULSE, pulse, {**fresh, RAISED: raised or None})])
        return news


def _raised(fields: Mapping[str, object]) -> dict[str, Raised]:
    return msgspec.convert(fields.get(RAISED) or {}, dict[str, Raised])
