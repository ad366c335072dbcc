"""One thing that cannot be done must not keep the others from being done."""

from collections.abc import Callable

from bugglio.pager.kit import Deadline, Kit
from bugglio.store import Document


def guarded(kit: Kit, work: Callable[[], object], document: Document, deadline: Deadline) -> object:
    """
    What the work answers; None when it failed, which is told, or when there is no time left for it.

    In both cases what the document stands for stays due.
    """
    if deadline.left <= 0:
        return None
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - see above
        kit.alarm(error, f"tick, {document.path}")
        return None
