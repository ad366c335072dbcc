"""How an alert can stand, and its place among others that are open."""

TRIGGERED = "triggered"
ACKNOWLEDGED = "acknowledged"
SNOOZED = "snoozed"
CLOSED = "closed"
QUIET = "quiet"
"""How an alert was closed that closed by itself."""
MANUAL = "manual"
"""The kind of what somebody opened by hand."""

Place = tuple[int, int, int]
"""An alert's place among a team's open ones: its rank, when it was opened, its code."""
RANKS = "!*0hz"
"""
What the ranks begin with in the field `open`: nobody has answered, somebody quiet has yet to be told, the field is of a
version that knew no ranks, a rule holds it, somebody has it. Below `~`, which ends a team's range.
"""
UNANSWERED, IN_QUIET, UNRANKED, HELD, ANSWERED = range(len(RANKS))
STANDS = {
    "unanswered": RANKS[UNANSWERED],
    "quiet": RANKS[IN_QUIET],
    "held": RANKS[HELD],
    "snoozed": "s",
    "acknowledged": RANKS[ANSWERED],
}
"""With what the field `stands` of an open alert begins, by how it stands."""
