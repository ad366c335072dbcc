"""Once a day the admins hear of events that could not be understood."""

from collections.abc import Sequence

from bugglio.pager import making
from bugglio.pager.kit import Kit
from bugglio.pager.wellbeing.pulse import PULSE
from bugglio.roster import DAY
from bugglio.store import Conflict, Document, Reading, Write
from bugglio.store.change import change

SOME = 100
TOLD = "unrouted_told"
"""Field of the tick's document: when the admins last heard of them."""


def tell(kit: Kit, reading: Reading) -> None:
    """Tell of those that nobody has heard of, if the admins were left alone for a day; by one of ticks that overlap."""
    pulse = reading.get(PULSE)
    told = int(pulse.fields.get(TOLD, 0)) if pulse else 0
    found = kit.store.query("unrouted", "untold", limit=SOME)
    if not found or reading.at - told < DAY:
        return
    made = making.for_admins(kit.roster(), f"unrouted {reading.at // DAY}", _said(found), reading.at)
    fresh = {} if pulse else {"v": 1, "at": reading.at}
    kept = [_told(one) for one in found] + [change(PULSE, pulse, {**fresh, TOLD: reading.at})]
    try:
        kit.store.commit([*kept, *(making.new(key, page) for key, page in made)])
    except Conflict:
        # Another tick was first, or one of them was counted again: the next tick tells.
        return


def _said(found: Sequence[Document]) -> str:
    kinds = ", ".join(sorted({str(one.fields.get("trigger") or "no trigger") for one in found}))
    count = sum(int(one.fields.get("count", 1)) - int(one.fields.get("told", 0)) for one in found)
    return f"{count} Bugsnag event{'s' if count != 1 else ''} paged nobody: not understood ({kinds})"


def _told(one: Document) -> Write:
    return Write(one.path, one.version, put={"told": one.fields.get("count", 1)}, delete=("untold",))
