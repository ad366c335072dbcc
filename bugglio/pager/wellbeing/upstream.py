"""What Bugsnag's API last refused, or did not answer: kept for whoever looks at the pager."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from bugglio.pager.kit import Kit
from bugglio.roster import MINUTE
from bugglio.store import Reading, StoreError
from bugglio.store.change import change
from bugglio.upstream import Done, Outcome

PATH = "pulse/bugsnag"
LASTING = 15 * MINUTE
"""What is tried in vain is tried again sooner than that, so whatever is older is over, or nobody waits for it."""


def note(kit: Kit, outcome: Outcome) -> None:
    """Keep why it was not done, and when. Never raises: nothing depends on it."""
    cause = "" if isinstance(outcome, Done) else getattr(outcome, "cause", "") or getattr(outcome, "reason", "")
    if not cause:
        return
    with suppress(StoreError):
        reading = kit.store.get([PATH])
        kit.store.commit([change(PATH, reading.get(PATH), {"v": 1, "at": reading.at, "cause": cause[:300]})])


def trouble(reading: Reading) -> Mapping[str, Any]:
    """The latest: `at` and `cause`; nothing, if there never was any."""
    found = reading.get(PATH)
    return found.fields if found is not None else {}
