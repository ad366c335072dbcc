"""The day's budget of texts: counted by the commit that claims a text, and told of when it is nearly used up."""

from bugglio import wording
from bugglio.pager import making
from bugglio.pager.kit import Kit
from bugglio.store import ABSENT, EXISTS, Conflict, Reading, StoreError, Write, Written
from bugglio.throttle import DAY, Budget

PATH = "pulse/budget"
TOLD = "told"
"""Field of it: when the admins were told that little is left. Who tells of a day may write it into the next one's."""


def budget_in(reading: Reading, allowed: int) -> Budget:
    """What is known of the budget; one that was not read counts as unused."""
    found = reading.get(PATH)
    fields = found.fields if found is not None else {}
    return Budget(allowed=allowed, day=int(fields.get("day", 0)), used=int(fields.get("used", 0)))


def counted(reading: Reading) -> Write:
    """
    One more text today. It meets no other writer but the first of a day: all others add to what is there.

    It stands in the commit that claims a text, so a text is counted if it is sent, and once.
    """
    found, today = reading.get(PATH), reading.at // DAY
    if found is None:
        return Write(PATH, ABSENT, put={"v": 1, "day": today}, increment={"used": 1})
    if found.fields.get("day") != today:
        return Write(PATH, found.version, put={"day": today, "used": 1}, delete=(TOLD,))
    return Write(PATH, EXISTS, increment={"used": 1})


def after(reading: Reading, allowed: int, written: Written) -> Budget:
    """The budget as a text that was counted leaves it."""
    return Budget(allowed=allowed, day=reading.at // DAY, used=written.increments.get("used", 1))


def is_untold(reading: Reading) -> bool:
    """Whether the admins have not heard of today's yet, as far as was read."""
    found = reading.get(PATH)
    return found is None or int(found.fields.get(TOLD, 0)) // DAY != reading.at // DAY


def tell(kit: Kit, budget: Budget, now: int) -> None:
    """Tell the admins that little is left, once a day; a tick sends it. Never raises: the texts it is about go on."""
    text = wording.little_left(budget.used, budget.allowed)
    made = making.for_admins(kit.roster(), f"budget {budget.day}", text, now)
    told = Write(PATH, EXISTS, put={TOLD: now})
    try:
        kit.store.commit([told, *(making.new(key, page) for key, page in made)])
    except Conflict:
        # Somebody was first.
        return
    except StoreError as error:
        # The next text tells.
        kit.alarm(error, "telling of the budget")
