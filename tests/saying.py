"""What people text: every word of the design's table in many ways, and what each is meant to do."""

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from bugglio.roster import HOUR, MINUTE
from bugglio.vocabulary import WORDS

NO_CODE = 999
"""A code that no alert has."""


@dataclass(frozen=True)
class Say:
    """A text, with `{}` where codes go."""

    verb: str
    """What it asks for; empty: nothing that is understood; `near`: what was meant stands in `meant`."""
    form: str
    picks: tuple[int, ...] = ()
    """Which alerts are named, counted from the newest."""
    span: int = 0
    """Snooze: for so long ..."""
    hour: int = 0
    """... or until this hour of the sender's clock ..."""
    more: int = 0
    """... or for so many more events."""
    to: str = ""
    meant: str = ""
    all: bool = False

    @property
    def bare(self) -> bool:
        """Whether it names no alert."""
        return "{}" not in self.form and not self.all


CODED = {
    "ack": ("ack {}", "{} ack", "a {}", "Ack #{}.", "“ack {}”", "ACK {} please", "👍 {}", "ack\u00a0{}\n", "acked {}"),
    "close": ("close {}", "c {}", "{} close", "Close #{}!"),
    "fix": ("fix {}", "{} fix", "Fix: {}"),
    "ignore": ("ignore {}", "{} ignore", "Ignore #{}"),
    "reopen": ("reopen {}", "{} reopen"),
    "escalate": ("escalate {}", "e {}", "{} e"),
    "show": ("show {}", "{}?", "{}"),
    "why": ("why {}",),
    "note": ("note {} rolled back", "{} note rolled back to 1.2, call +14155550102"),
}
JOINED = {"ack": ("{}a", "Ack{}"), "close": ("{}c",), "fix": ("{}f",), "escalate": ("{}e",)}
"""Forms for one code alone."""
BARE = {
    "ack": ("ack", "a", "Ack!", "on it", "Got it.", "mine", "looking", "awake", "👍", "👍🏽", "Acknowledge"),
    "close": ("close", "c", "Close."),
    "fix": ("fix", "FIX"),
    "ignore": ("ignore",),
    "reopen": ("reopen",),
    "escalate": ("escalate", "e"),
    "note": ("note rolled back", "note 77 users, it looks better"),
    "show": ("?",),
    "why": ("why",),
}
LOOKS = ("list", "l", "more", "status", "commands", "who", "shifts", "who's on call?", "List please")
NOTHING = (
    *(
        "hello there",
        "asdf",
        "",
        "  \n",
        "🎉",
        "s",
        "f",
        "👎",
        "close the door",
        "I'll ack it in five minutes",
        "fixed",
    ),
    *("Disliked “#{} checkout-api”", "Questioned “#{} web”", "Removed a like from “#{} web”", "do not close {}"),
    *("{} 👎", "ack or close {}", "snooze {} soonish", "closed {}", "1234567890", "close all {}"),
)
NEAR = {"ack": ("akc {}", "acj {}"), "close": ("clsoe {}", "closse {}"), "escalate": ("esclate {}",)}
DUTY = ("take 2h", "take shop 2h", "off 2h", "cover ben 2h", "swap ana fri", "take shop until 6pm", "off tomorrow")
HUSH = (
    "quiet 30m",
    "quiet 2h",
    "quiet 0",
    "quiet",
    "mute web 2h",
    "mute checkout-api 30m",
    "unmute web",
    "unmute checkout-api",
)
BY_HAND = ("page shop checkout is down", "page web nobody can log in", "page checkout is slow", "page shpo it is down")
ODD = ("pass {} +14155550102", "cover +14155550102 2h", "mute +14155550102 2h", "take +14155550102 2h", "page")
"""Whatever comes of these, no number is told."""

PICKS = st.integers(0, 7)
ONE = st.tuples(PICKS)
SOME = st.one_of(ONE, ONE, st.lists(PICKS, min_size=2, max_size=3, unique=True).map(tuple))
SPANS = st.sampled_from(
    [
        *[("", HOUR, 0, 0), (" 2h", 2 * HOUR, 0, 0), (" 30m", 30 * MINUTE, 0, 0), (" 90 min", 90 * MINUTE, 0, 0)],
        *[(" 3x", 0, 0, 3), (" 2 events", 0, 0, 2), (" until 9am", 0, 9, 0), (" 6pm", 0, 18, 0)],
    ]
)


def _forms(table: dict[str, tuple[str, ...]]) -> st.SearchStrategy[tuple[str, str]]:
    return st.sampled_from([(verb, form) for verb, forms in table.items() for form in forms])


def _snooze(form: str, span: tuple[str, int, int, int], picks: tuple[int, ...]) -> Say:
    words, lasts, hour, more = span
    return Say("snooze", f"{form}{words}", picks, lasts, hour, more)


def _is_nothing(text: str) -> bool:
    """Whether chance has made no word of it."""
    words = "".join(c if c.isalpha() else " " for c in text.casefold()).split()
    odd = any(c.isdigit() or c in "?\uff1f👍" for c in text)
    return not odd and not WORDS.intersection(words) and all(len(word) > 8 or len(word) < 3 for word in words)


coded = st.one_of(
    st.builds(lambda word, picks: Say(word[0], word[1], picks), _forms(CODED), SOME),
    st.builds(lambda word, picks: Say(word[0], word[1], picks), _forms(JOINED), ONE),
    st.builds(_snooze, st.sampled_from(("snooze {}", "Snooze #{}")), SPANS, SOME),
    st.builds(lambda picks: Say("snooze", "{}s", picks, HOUR), ONE),
    st.builds(
        lambda to, picks: Say("pass", f"pass {{}} {to}", picks, to=to),
        st.sampled_from(("ana", "ben", "eve", "cy")),
        ONE,
    ),
)
of_the_newest = coded.map(lambda say: replace(say, picks=(0,)))
bare = st.one_of(
    st.builds(lambda word: Say(*word), _forms(BARE)),
    st.builds(lambda span: _snooze("snooze", span, ()), SPANS),
    st.just(Say("pass", "pass ben", to="ben")),
)
everything = st.sampled_from(
    [Say("ack", "ack all", all=True), Say("ack", "a all", all=True), Say("close", "close all", all=True)]
)
answers = st.one_of(
    st.sampled_from(
        [Say("ok", "ok"), Say("ok", "Yes"), Say("ok", "OK."), Say("no", "no"), Say("all", "All.", all=True)]
    ),
    st.builds(lambda picks: Say("number", "{}", picks), ONE),
)
undo = st.just(Say("undo", "undo"))
looks = st.sampled_from(LOOKS).map(lambda form: Say("look", form))
mutes = st.sampled_from(
    [Say("hush", f"mute {project} {span}") for project in ("web", "checkout-api") for span in ("2h", "30m")]
)
nothing = st.one_of(
    st.builds(lambda form, picks: Say("", form, picks), st.sampled_from(NOTHING), ONE),
    st.text(max_size=60).filter(_is_nothing).map(lambda text: Say("", text.replace("{", "").replace("}", ""))),
    st.builds(lambda word, picks: Say("near", word[1], picks, meant=word[0]), _forms(NEAR), ONE),
)
liked = st.builds(lambda picks: Say("ack", "Liked “#{} checkout-api production: it broke”", picks), ONE)
others = st.one_of(
    st.sampled_from(DUTY).map(lambda form: Say("duty", form)),
    st.sampled_from(HUSH).map(lambda form: Say("hush", form)),
    st.sampled_from(BY_HAND).map(lambda form: Say("page", form)),
    st.builds(lambda form, picks: Say("odd", form, picks), st.sampled_from(ODD), ONE),
    st.just(Say("test", "test")),
)
carriers = st.sampled_from([Say("stop", "STOP"), Say("start", "START"), Say("start", "unstop"), Say("help", "HELP")])
says = st.one_of(coded, coded, bare, bare, everything, answers, answers, undo, looks, nothing, liked, others, carriers)
