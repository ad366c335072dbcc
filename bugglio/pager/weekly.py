"""The documents in which the weeks' figures are kept."""

from bugglio.figures import Week, packed, unpacked
from bugglio.store import Document, Reading, Write
from bugglio.store.change import change

SUMS = "sums"


def path(week: str) -> str:
    """Where the figures of a week lie."""
    return f"figures/{week}"


def week_in(document: Document | None) -> Week:
    """The figures in a week's document."""
    return unpacked(str(document.fields[SUMS])) if document is not None else Week()


def kept(week: str, sums: Week, reading: Reading) -> Write:
    """The write that keeps a week's figures, on condition that nobody has written them since they were read."""
    return change(path(week), reading.get(path(week)), {"v": 1, SUMS: packed(sums)})
