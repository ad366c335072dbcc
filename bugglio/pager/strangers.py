"""A text from a phone that is not on the roster: that is how a new deployment is tried."""

import msgspec

from bugglio import phone as phones
from bugglio import wording
from bugglio.pager.incoming import Text
from bugglio.pager.reading import phone_in
from bugglio.roster import DAY
from bugglio.store import Document, Reading, Store, Write
from bugglio.store.change import change

STRANGERS = "pulse/strangers"
ANSWERS = 10
"""A stranger is answered so often a day ..."""
ALL_ANSWERS = 100
"""... and all strangers together so often."""


def answer(store: Store, text: Text, reading: Reading) -> str:
    """Anybody else's phone hears the sentence, so often and no more, and learns nothing else."""
    today = reading.at // DAY
    phone = phone_in(reading, phones.phone_id(text.number))
    mine = phone.answers if phone.day == today else 0
    found = reading.get(STRANGERS)
    all_fields = found.fields if found else {}
    everybody = int(all_fields.get("answers", 0)) if all_fields.get("day") == today else 0
    if mine >= ANSWERS or everybody >= ALL_ANSWERS:
        return _silence(store, found, reading)
    counted = msgspec.structs.replace(phone, day=today, answers=mine + 1)
    total = change(STRANGERS, found, {"v": 1, "day": today, "answers": everybody + 1})
    store.commit([text.phone(reading, counted), total, text.kept(reading.at, "", wording.ALL_WELL)])
    return wording.ALL_WELL


def _silence(store: Store, found: Document | None, reading: Reading) -> str:
    """That the limit was met is kept, once a day."""
    if found is not None and reading.at // DAY != int(found.fields.get("limit_met", 0)) // DAY:
        store.commit([Write(STRANGERS, found.version, put={"limit_met": reading.at})])
    return ""
