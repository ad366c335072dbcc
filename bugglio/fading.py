"""What need not be kept for ever: Google Cloud removes such documents by itself, where `setup` has told it to."""

from bugglio.roster import DAY

FIELD = "fades_at"
"""The moment after which a document may be removed; Firestore keeps it as a time, for it looks at no number."""
LASTS = 90 * DAY


def after(moment: int | None) -> int | None:
    """When what happened at this moment may be forgotten; None: never."""
    return moment + LASTS if moment else None
