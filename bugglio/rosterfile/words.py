"""Words that no id may be: people text them, and they mean something already."""

from bugglio.vocabulary import WORDS

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WHOLE_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

NOBODY = "nobody"
"""In an override: the rotation names nobody."""

RESERVED = WORDS | {*DAYS, *WHOLE_DAYS, "on-duty", NOBODY}
"""Everything that people can text, what carriers take for themselves, weekdays, and who is nobody in particular."""
