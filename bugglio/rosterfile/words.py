"""Words that no id may be: people text them, and they mean something already."""

from bugglio import grammar

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WHOLE_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

NOBODY = "nobody"
"""In an override: the rotation names nobody."""

_COMMANDS = frozenset(
    {
        *("ack", "a", "close", "c", "fix", "f", "ignore", "snooze", "s", "reopen", "escalate", "e", "pass"),
        *("list", "l", "more", "show", "why", "note", "who", "shifts", "take", "off", "cover", "swap"),
        *("quiet", "mute", "unmute", "page", "ok", "yes", "no", "undo", "test", "status", "commands"),
    }
)
_PHRASES = frozenset(word for phrase in grammar.ALONE for word in phrase.split())

RESERVED = frozenset(
    {*_COMMANDS, *_PHRASES, *grammar.VERBS, *grammar.FILLERS}
    | grammar.STOP
    | grammar.START
    | grammar.CARRIER_HELP
    | {*DAYS, *WHOLE_DAYS}
    | {"on-duty", NOBODY, "all", grammar.YES}
)
"""Everything that people can text, what carriers take for themselves, weekdays, and who is nobody in particular."""
