"""
The words that people can text: one table.

The parser, the manual's table, the `commands` text and the ids that nobody may have are made from it.
"""

import re
from dataclasses import dataclass
from enum import Flag, auto

STOP = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
START = frozenset({"start", "unstop"})
CARRIER_HELP = frozenset({"help", "info"})
"""Words that carriers take for themselves; Twilio answers them."""
YES = "yes"
"""To a phone that had stopped, Twilio takes this word as START; to any other it means `ok`."""
CARRIERS = STOP | START | CARRIER_HELP

FILLERS = frozenset({"please", "pls", "plz", "thanks", "thx", "alert", "and", "reply"})
"""Words that change nothing; `reply` is copied from a page along with what it asks for."""


class Takes(Flag):
    """What may stand beside a word."""

    NOTHING = 0
    CODES = auto()
    ALL = auto()
    NAME = auto()
    TIME = auto()
    TEXT = auto()
    """Anything, which runs to the end."""


FREE = Takes.NAME | Takes.TIME | Takes.TEXT
"""What a word takes besides alerts."""


@dataclass(frozen=True)
class Word:
    """One row: a word, what it takes, and what it does."""

    verb: str
    forms: tuple[str, ...]
    """Ways to put it. The first is its name."""
    does: str
    """The manual's sentence."""
    examples: tuple[str, ...]
    takes: Takes = Takes.NOTHING
    needs_code: bool = False
    """Which alert is meant is never guessed."""
    short: tuple[str, ...] = ()
    """Forms that count only beside a code: `417s`."""
    alone: tuple[str, ...] = ()
    """Phrases that mean it when nothing else is said."""
    questions: tuple[str, ...] = ()
    """Other ways to ask for it, no words of its own: an id may be one of theirs."""
    nearly: tuple[str, ...] = ()
    """Words that only ask whether it was meant."""
    night: str = ""
    """How the `commands` text shows it, if it is one of the six words of the night."""


VOCABULARY = (
    Word(
        "ack",
        ("ack", "a", "acknowledge", "acknowledged", "acked"),
        "Acknowledged: no more pages of it, for an hour unless your team says otherwise.",
        ("ack", "a", "ack 417", "417a", "ack 417 418", "ack all", "👍", "on it", "got it", "mine", "looking", "awake"),
        Takes.CODES | Takes.ALL,
        alone=("on it", "got it", "mine", "looking", "awake"),
        night="ack 417",
    ),
    Word(
        "close",
        ("close", "c"),
        "Closed here. `close all` asks first.",
        ("close", "c", "close 417", "417c", "close all"),
        Takes.CODES | Takes.ALL,
        nearly=("closed",),
        night="close 417",
    ),
    Word(
        "fix",
        ("fix",),
        "Closed here, and marked fixed in Bugsnag.",
        ("fix", "fix 417", "417f"),
        Takes.CODES,
        short=("f",),
        nearly=("fixed",),
    ),
    Word(
        "ignore",
        ("ignore",),
        "Closed here, and ignored in Bugsnag: events are only recorded till somebody reopens it. Always with its code.",
        ("ignore 417",),
        Takes.CODES,
        needs_code=True,
        nearly=("ignored",),
    ),
    Word(
        "snooze",
        ("snooze",),
        "Quiet for a span, until a time, or until so many more events, here and in Bugsnag. Alone: for an hour.",
        ("snooze", "snooze 2h", "snooze 9am", "snooze 20x", "snooze 417 until fri 9am", "417s"),
        Takes.CODES | Takes.TIME,
        short=("s",),
        nearly=("snoozed",),
    ),
    Word("reopen", ("reopen",), "Triggered again.", ("reopen", "reopen 417"), Takes.CODES, nearly=("reopened",)),
    Word(
        "escalate",
        ("escalate", "e"),
        "The next step, at once.",
        ("escalate", "e", "417e"),
        Takes.CODES,
        nearly=("escalated",),
    ),
    Word(
        "pass",
        ("pass",),
        "Ben is paged for it instead, and told by whom.",
        ("pass 417 ben",),
        Takes.CODES | Takes.NAME,
        needs_code=True,
    ),
    Word(
        "list",
        ("list", "l"),
        "What is open, the oldest unacknowledged first.",
        ("list", "l"),
        night="list",
    ),
    Word("more", ("more",), "The list goes on.", ("more",)),
    Word(
        "show",
        ("show",),
        "Details, and Bugsnag's link. `?` alone: of the last one.",
        ("417", "show 417", "417?", "?"),
        Takes.CODES,
        night="417 (details)",
    ),
    Word("why", ("why",), "Who was paged when, and why not the others.", ("why 417",), Takes.CODES),
    Word(
        "note",
        ("note",),
        "On its timeline, and a comment in Bugsnag. A number is a code only if you were told of it.",
        ("note 417 rolled back", "note rolled back"),
        Takes.CODES | Takes.TEXT,
    ),
    Word(
        "who",
        ("who",),
        "Who is on duty, per team and rotation, until when, and who is next.",
        ("who", "who shop"),
        Takes.NAME,
        questions=(
            *("who is on", "who's on", "whos on", "who is on duty", "who's on duty", "whos on duty"),
            *("who is on call", "who's on call", "whos on call", "who is oncall", "who's oncall", "whos oncall"),
        ),
    ),
    Word("shifts", ("shifts",), "Your next shifts.", ("shifts",), nearly=("shift",)),
    Word(
        "take",
        ("take",),
        "You are on duty instead, for a span; `take shop 2h` if you have several teams.",
        ("take 2h", "take shop until 6pm"),
        Takes.NAME | Takes.TIME,
    ),
    Word(
        "off",
        ("off",),
        "You are not: the next in the rotation is, and is told. Refused when nobody follows.",
        ("off 2h", "off tomorrow", "off shop 2h"),
        Takes.NAME | Takes.TIME,
    ),
    Word(
        "cover",
        ("cover", "swap"),
        "Asks Ben to take your shift of Friday: `ok` from Ben makes it so, `no` does not. Nothing is given in return.",
        ("cover ben fri", "swap ben fri"),
        Takes.NAME | Takes.TIME,
    ),
    Word(
        "quiet",
        ("quiet",),
        "For at most 2 hours new alerts of your teams count as acknowledged by you. The others are told; what is open "
        "at the end is paged. `quiet 0` ends it.",
        ("quiet 30m", "quiet 0"),
        Takes.TIME,
    ),
    Word(
        "mute",
        ("mute",),
        "Maintenance: alerts of that project are recorded, and page nobody.",
        ("mute web 2h",),
        Takes.NAME | Takes.TIME,
        nearly=("muted",),
    ),
    Word("unmute", ("unmute",), "The maintenance is over.", ("unmute web",), Takes.NAME, nearly=("unmuted",)),
    Word(
        "page",
        ("page",),
        "Opens an alert by hand: the team's steps begin.",
        ("page shop checkout is down",),
        Takes.TEXT,
    ),
    Word(
        "ok",
        ("ok", YES),
        "Yes to what you were asked last, within half an hour. A page counts as asked: acknowledged.",
        ("ok", "yes"),
    ),
    Word("no", ("no",), "No to what you were asked last: all stays as it is.", ("no",)),
    Word("undo", ("undo",), "Takes back your last change of the last 10 minutes, here and in Bugsnag.", ("undo",)),
    Word("test", ("test",), "Pages you through the whole real path, and says how long it took.", ("test",)),
    Word(
        "status",
        ("status",),
        "What is open, who is on duty and how the pager is, in one line.",
        ("status",),
        night="status",
    ),
    Word("commands", ("commands",), "The six words of the night.", ("commands",), night="commands"),
)

BY_VERB = {word.verb: word for word in VOCABULARY}
FORMS = {form: word for word in VOCABULARY for form in (*word.forms, *word.short)}
"""The row of each single word."""
SHORT = frozenset(form for word in VOCABULARY for form in word.short)
NEARLY = {form: word for word in VOCABULARY for form in word.nearly}

_LETTERS = re.compile(r"[a-z]+")


PHRASES = {
    " ".join(_LETTERS.findall(text)): word.verb for word in VOCABULARY for text in (*word.alone, *word.questions)
}
"""Phrases that stand alone, each as its runs of letters with a space between."""

WORDS = frozenset(
    {*FORMS, *FILLERS, *CARRIERS, "all"}
    | {part for word in VOCABULARY for text in word.alone for part in _LETTERS.findall(text)}
)
"""Every word that means something, beside anything: no id may be one."""


def commands() -> str:
    """The six words of the night, as they are texted."""
    return ", ".join(word.night for word in VOCABULARY if word.night)


def manual() -> str:
    """The manual's table (Markdown): what to text, and what happens."""
    head = ["| text | what happens |", "| --- | --- |"]
    return "\n".join([*head, *(f"| {_examples(word)} | {word.does} |" for word in VOCABULARY)])


def _examples(word: Word) -> str:
    return " ".join(f"`{example}`" for example in word.examples)
