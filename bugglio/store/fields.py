"""
The collections, and the fields of each that a query may name.

SQLite gives each of these fields an index. Firestore indexes every field of its own accord, in both directions and by
id after it, which is all that a query of the port needs; so there only exemptions are to be declared: every field that
is not named here can do without its index, and a long list (an alert's timeline) must.
"""

from collections.abc import Mapping

QUERIED: Mapping[str, tuple[str, ...]] = {
    "alerts": ("due_at", "open", "closed_at", "stands", "open_since", "past", "error_id"),
    "pages": ("due_at", "waiting", "sid", "created", "whose", "failed", "tally_at"),
    "codes": (),
    "phones": (),
    "roster": (),
    "engineers": (),
    "teams": (),
    "overrides": (),
    "projects": ("seen",),
    "unrouted": ("untold", "alert", "last", "error_id"),
    "texts": ("at", "tally_at"),
    "logins": (),
    "presses": (),
    "history": ("uncounted",),
    "figures": (),
    "changes": ("turns",),
    "pulse": (),
}
FADES = "fades_at"
"""A moment in milliseconds that Firestore keeps as a time: by such a field alone it removes documents."""
