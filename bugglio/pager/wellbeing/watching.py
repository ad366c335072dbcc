"""The end of a tick: is the pager itself well? Then the heartbeat says so; else the alarm tells what is wrong."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bugglio import page as pages
from bugglio.health import Vitals, ailments, lost_for_good
from bugglio.pager.kit import Kit
from bugglio.pager.reading import page_in, read_with
from bugglio.pager.wellbeing import vitals
from bugglio.pager.wellbeing.alarms import Alarms
from bugglio.pager.wellbeing.heartbeat import BEAT_AT, Heartbeat
from bugglio.pager.wellbeing.pulse import LAST_RESORT, LAST_RESORT_OF, MOST, PULSE, VAIN, VAIN_SINCE, beat
from bugglio.phone import phone_id
from bugglio.store import Reading

Fields = Mapping[str, Any]


class Watching:
    """Watches the pager."""

    def __init__(self, kit: Kit, heartbeat: Heartbeat) -> None:
        """Keep what it works with."""
        self._kit = kit
        self._alarms = Alarms(kit)
        self._heartbeat = heartbeat

    def end(self, reading: Reading, *, busy: bool, tried: Collection[str]) -> None:
        """
        Leave the mark of a tick, and tell whether all is well.

        `busy`: something was due in it, or may have been, without which nothing is late; `tried` are the ids of texts
        that it has found tried for long. A tick with nothing due reads nothing here. Raises `StoreError`.
        """
        names = list(dict.fromkeys((*(_fields(reading).get(VAIN) or ()), *tried)))[:MOST]
        reading = self._looked(reading, names, busy=busy)
        state, seen = self._seen(reading, names, busy=busy)
        found = ailments(state)
        beats = not found and self._mark_and_beat(reading, seen)
        if not beats:
            beat(self._kit, reading.get(PULSE), reading.at, seen)
        self._alarms.tell(found, reading)
        if beats:
            self._heartbeat.beat()

    def _looked(self, reading: Reading, names: Sequence[str], *, busy: bool) -> Reading:
        """What was read, anew where the tick may have changed it, and with what has to be looked at again."""
        number, texts = self._kit.on_duty, list(map(pages.path, names))
        if busy:
            return self._kit.store.get([*vitals.paths(number), *texts])
        known = _fields(reading).get(LAST_RESORT_OF) == phone_id(number) and LAST_RESORT not in _fields(reading)
        return read_with(self._kit.store, reading, [*([] if known else [vitals.phone_path(number)]), *texts])

    def _seen(self, reading: Reading, names: Collection[str], *, busy: bool) -> tuple[Vitals, Fields]:
        """How the pager is, and what the next ticks are to look at again."""
        late = vitals.late(self._kit.store, reading.at) if busy else (None, None)
        vain = {name: since for name in names if (since := _tried_since(reading, name)) is not None}
        since = min(vain.values(), default=None)
        state = replace(vitals.vitals(reading, late, self._kit.on_duty), tick=reading.at, vain=since)
        lost = _fields(reading).get(LAST_RESORT, reading.at) if lost_for_good(state.last_resort) else None
        last = {LAST_RESORT: lost, LAST_RESORT_OF: phone_id(self._kit.on_duty)}
        return state, {VAIN: list(vain) or None, VAIN_SINCE: since, **last}

    def _mark_and_beat(self, reading: Reading, seen: Fields) -> bool:
        """Whether this minute's heartbeat is ours: the mark of the tick says that it was made."""
        if not self._heartbeat.is_time(_fields(reading), reading.at):
            return False
        return beat(self._kit, reading.get(PULSE), reading.at, {**seen, BEAT_AT: reading.at}, alone=True)


def _fields(reading: Reading) -> Fields:
    pulse = reading.get(PULSE)
    return pulse.fields if pulse is not None else {}


def _tried_since(reading: Reading, name: str) -> int | None:
    """Since when a text is tried that may not have gone out yet; None: it has ended, or was never tried."""
    page = page_in(reading, name)
    return page.attempts[0].at if page is not None and page.open and page.attempts else None
