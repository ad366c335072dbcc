"""What people text, and what it is taken for."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bugglio.grammar import ALONE, CARRIER_HELP, FILLERS, START, STOP, VERBS, Command, parse, resubscribes

NOTHING = Command()
ACK = Command("ack")
ACK_417 = Command("ack", (417,))
ACK_BOTH = Command("ack", (417, 418))
PAGE = "#417 checkout-api production: TypeError: x is undefined in cart#create. New unhandled error. Reply ack 417"

MEANINGS = [
    # One word, as thumbs and keyboards put it.
    ("ack", ACK),
    ("Ack", ACK),
    ("ACK", ACK),
    ("Ack.", ACK),
    ("ack\n", ACK),
    ("  ack  ", ACK),
    ("ack!!", ACK),
    ("“ack”", ACK),
    ("\u2018Ack\u2019", ACK),
    ("«ack»", ACK),
    ("ack\u00a0", ACK),
    ("ack\u200b", ACK),
    ("\ufeffack", ACK),
    ("a\u00adck", ACK),
    ("\uff41\uff43\uff4b", ACK),
    ("a", ACK),
    ("A", ACK),
    ("ack please", ACK),
    ("Ack, thanks!", ACK),
    # With a code, in either order.
    ("ack 417", ACK_417),
    ("Ack 417", ACK_417),
    ("Ack417", ACK_417),
    ("ack #417.", ACK_417),
    ("ack#417", ACK_417),
    ("417 ack", ACK_417),
    ("417 ack please", ACK_417),
    ("417a", ACK_417),
    ("417A", ACK_417),
    ("#417 a", ACK_417),
    ("a417", ACK_417),
    ("ack\u00a0417", ACK_417),
    ("ack\u202f417", ACK_417),
    ("ack\u2009#\u2060417", ACK_417),
    ("ack\n417\n", ACK_417),
    ("ack\t417", ACK_417),
    ("ack: 417", ACK_417),
    ("ack_417", ACK_417),
    ("ack-417", ACK_417),
    ("ack (417)", ACK_417),
    ("“ack 417”", ACK_417),
    ('"Ack 417."', ACK_417),
    ("Reply ack 417", ACK_417),
    (". Reply ack 417", ACK_417),
    ("please ack alert #417", ACK_417),
    ("ack 417 417", ACK_417),
    ("ack ack 417", ACK_417),
    ("ack \uff14\uff11\uff17", ACK_417),
    ("ack ٤١٧", ACK_417),
    ("ack 123456789", Command("ack", (123_456_789,))),
    # Several codes.
    ("ack 417 418", ACK_BOTH),
    ("ack 417, 418", ACK_BOTH),
    ("ack 417,418.", ACK_BOTH),
    ("ack 417 and 418", ACK_BOTH),
    ("ack 417 & 418", ACK_BOTH),
    ("ack #417/#418", ACK_BOTH),
    ("417 418 a", ACK_BOTH),
    ("Close 418, 417", Command("close", (418, 417))),
    # A thumb.
    ("👍", ACK),
    ("👍🏻", ACK),
    ("👍🏿", ACK),
    ("👍️", ACK),
    ("👍👍🏽", ACK),
    (" 👍\n", ACK),
    ("👍!", ACK),
    ("ack 👍", ACK),
    ("👍 close", Command("close")),
    ("👍 417", ACK_417),
    ("417👍🏾", ACK_417),
    ("👍 all", Command("ack", all=True)),
    # A thumb on the page itself, as phones put it into a text.
    (f"Liked “{PAGE}”", ACK_417),
    (f"Reacted 👍 to “{PAGE}”", ACK_417),
    (f"\u200a\u200b👍🏽\u200b to \u201c\u200a{PAGE}\u200a\u201d\u200a", ACK_417),
    # Words that stand alone.
    ("on it", ACK),
    ("On it!", ACK),
    ("Got it.", ACK),
    ("mine", ACK),
    ("Looking…", ACK),
    ("awake", ACK),
    ("AWAKE!!!", ACK),
    # The other words.
    ("close", Command("close")),
    ("C", Command("close")),
    ("close 417", Command("close", (417,))),
    ("417 close", Command("close", (417,))),
    ("417c", Command("close", (417,))),
    ("list", Command("list")),
    ("List.", Command("list")),
    ("L", Command("list")),
    ("Reply list", Command("list")),
    ("More", Command("more")),
    ("reply more", Command("more")),
    ("417", Command("number", (417,))),
    ("#417", Command("number", (417,))),
    ("417.", Command("number", (417,))),
    ("417 and 418", Command("number", (417, 418))),
    ("show 417", Command("show", (417,))),
    ("Show #417", Command("show", (417,))),
    ("417?", Command("show", (417,))),
    ("417 show", Command("show", (417,))),
    ("show", Command("show")),
    ("?", Command("show")),
    (" ??", Command("show")),
    ("\uff1f", Command("show")),
    ("'?'", Command("show")),
    ("status", Command("status")),
    ("Status?", Command("status")),
    ("Commands", Command("commands")),
    ("ok", Command("ok")),
    ("OK!", Command("ok")),
    ("Yes", Command("ok")),
    ("YES ", Command("ok")),
    ("No.", Command("no")),
    ("all", Command("all", all=True)),
    ("All!", Command("all", all=True)),
    ("ack all", Command("ack", all=True)),
    ("Ack ALL.", Command("ack", all=True)),
    ("all ack", Command("ack", all=True)),
    ("a all", Command("ack", all=True)),
    ("close all", Command("close", all=True)),
]


@pytest.mark.parametrize(("text", "meaning"), MEANINGS)
def test_a_text_means(text: str, meaning: Command) -> None:
    assert meaning == parse(text)


@pytest.mark.parametrize("word", sorted(STOP | START | CARRIER_HELP))
@pytest.mark.parametrize("put", ["{}", " {} ", "{}\n", "\t{}\r\n"])
def test_carriers_have_their_own_words(word: str, put: str) -> None:
    verb = "stop" if word in STOP else "start" if word in START else "carrier"

    for case in (word, word.upper(), word.capitalize()):
        assert Command(verb) == parse(put.format(case))


def test_the_carriers_words_are_those_that_twilio_names() -> None:
    assert {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"} == STOP
    assert {"start", "unstop"} == START
    assert {"help", "info"} == CARRIER_HELP
    assert not (STOP | START | CARRIER_HELP) & (VERBS.keys() | ALONE.keys())


@pytest.mark.parametrize("text", ["yes", "YES", " Yes\n", "START", "unstop "])
def test_whoever_had_stopped_gets_texts_again(text: str) -> None:
    assert resubscribes(text)


@pytest.mark.parametrize("text", ["yes!", "ok", "yes please", "restart", ""])
def test_nothing_else_brings_texts_again(text: str) -> None:
    assert not resubscribes(text)


NEAR_MISSES = [
    "",
    " ",
    "\n",
    "\u00a0",
    "\x00",
    ".",
    "#",
    "!",
    "acknowledge",
    "acked 417",
    "akc",
    "aack",
    "back 417",
    "ack it",
    "ack 417 tomorrow",
    "don't ack 417",
    "do not ack",
    "not ack",
    "can you ack 417?",
    "who acked 417",
    "ack 417 close 418",
    "ack close",
    "ack 0",
    "ack 0417",
    "ack 1234567890",
    "ack 417x",
    "417x",
    "417b",
    "ack all 417",
    "all 417",
    "all all ok",
    "ack everything",
    "list 417",
    "status 417",
    "ok 417",
    "yes ack 417",
    "no ack",
    "close the door",
    "closed",
    "I'm on it",
    "on it 417",
    "is it mine",
    "okay",
    "okey",
    "k",
    "y",
    "n",
    "s",
    "f",
    "417s",
    "417f",
    "e",
    "stop please",
    "STOP.",
    "stop all",
    "cancel 417",
    "end 417",
    "help me",
    "please",
    "thanks",
    "thanks 👍",
    "👍 nice",
    "ack 👎",
    "👎",
    "👍👎",
    "🙂",
    "👎 417 👍",
    "4155550101",
    "+14155550101",
    "hello",
    "Hi! Who is this?",
    PAGE,
    f"“{PAGE}”",
    f"> {PAGE}",
    f"Disliked “{PAGE}”",
    f"Loved “{PAGE}”",
    f"Removed a like from “{PAGE}”",
    f"Reacted 👎 to “{PAGE}”",
    f"Removed 👍 from “{PAGE}”",
    "Liked “Acked 417 TypeError checkout-api. Nothing else open.”",
    "Liked “09:14 12 more: checkout-api 9, web 3. Top: #417 TypeError x31. Reply list”",
    "ack 417\nSent from my phone",
    "\u0430\u0301ck",
    "\u0430ck",
    "ack\u0301",
    "Ⓐ ⓑ",
    "-- \nAna Lima, On-Call",
    "Your verification code is 417418",
    "I'm driving and will see your message later.",
]


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_a_near_miss_means_nothing(text: str) -> None:
    assert NOTHING == parse(text)


def test_over_a_hundred_numbers_are_no_list_of_codes() -> None:
    hundred = [*range(100, 200)]

    assert Command("ack", tuple(hundred)) == parse("ack " + " ".join(map(str, hundred)))
    assert NOTHING == parse("ack " + " ".join(map(str, [*hundred, 200])))


ACTING = {"ack", "close", "ok", "all"}
UNDERSTOOD = {*VERBS, *FILLERS, "all", *(word for words in ALONE for word in words.split())}


def words_in(text: str) -> set[str]:
    """Runs of letters, as a reader sees them; written apart from the grammar on purpose."""
    seen = "".join(c for c in text if unicodedata.category(c) != "Cf")
    folded = unicodedata.normalize("NFKC", seen).casefold()
    return {word for word in re.split(r"[\W\d_]+", "".join(c for c in folded if c != "\xad")) if word}


NEARLY = st.lists(
    st.sampled_from(
        [
            *(
                *VERBS,
                *FILLERS,
                *STOP,
                "all",
                "on",
                "it",
                "417",
                "418",
                "0",
                "👍",
                "👎",
                "🏽",
                "?",
                "#",
                ",",
                " ",
                "\n",
            ),
            *("\n", "\u00a0", "\u200b", "x", "ing", "not", "“", "Liked “#417", "\ufe0f", "\u0301", "é", "٤", "²"),
        ]
    ),
    max_size=8,
).map("".join)


@given(st.one_of(NEARLY, st.text(max_size=1_600), st.text(alphabet="ackloseth417 #.👍\n", max_size=20)))
@example("a" * 1_600)
@example("4" * 1_600)
@example("ack " + "417 " * 399)
@example("👍" * 1_600)
@example("\ud800 ack")
@example("\x00ack\x00")
@example("ﷺ" * 80)
@example("½")
def test_nothing_is_done_that_is_not_all_commands(text: str) -> None:
    command = parse(text)

    if command.verb in ACTING:
        words = words_in(text)
        assert words <= UNDERSTOOD or words & {"liked", "to"}
        assert words or "👍" in text
    assert all(0 < code < 10**9 for code in command.codes)
    assert len(command.codes) <= 100
