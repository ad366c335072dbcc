"""What nobody has answered, anywhere."""

from bugglio import alert as alerts
from bugglio.alert import Alert
from bugglio.store import Store


def unanswered(store: Store, limit: int) -> list[tuple[str, Alert]]:
    """Open alerts of all teams that nobody has answered, with their ids: who waits longest comes first."""
    start, end = alerts.stands_in("unanswered")
    found = store.query("alerts", "stands", start=start, end=end, limit=limit)
    some = [(one.id, alerts.load(one.fields)) for one in found]
    # What an older version closed, which knew no `stands`, still has it.
    return [(key, alert) for key, alert in some if alert.is_open]
