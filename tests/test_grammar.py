"""What people text, and what it is taken for."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bugglio.grammar import CARRIER_HELP, START, STOP, Command, parse, parted, put, resubscribes
from bugglio.grammar.nearness import distance
from bugglio.vocabulary import CARRIERS, FILLERS, FORMS, FREE, PHRASES

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
    # Other pagers' forms: `ack` with an ending, a letter stuck to a code, quotes that were copied along.
    ("acknowledge", ACK),
    ("Acknowledged.", ACK),
    ("acked 417", ACK_417),
    ("acknowledge #417", ACK_417),
    ("1a", Command("ack", (1,))),
    ("1c", Command("close", (1,))),
    ("1 e", Command("escalate", (1,))),
    ("'ack'", ACK),
    ("'c'", Command("close")),
    ("' e '", Command("escalate")),
    ("'12a'", Command("ack", (12,))),
    ("close #1234", Command("close", (1234,))),
    ("e#1234", Command("escalate", (1234,))),
    # What it does to an alert.
    ("fix", Command("fix")),
    ("Fix 417", Command("fix", (417,))),
    ("417 fix pls", Command("fix", (417,))),
    ("417f", Command("fix", (417,))),
    ("F417", Command("fix", (417,))),
    ("f 417 418", Command("fix", (417, 418))),
    ("ignore 417", Command("ignore", (417,))),
    ("417, ignore", Command("ignore", (417,))),
    ("ignore", Command("ignore")),
    ("reopen", Command("reopen")),
    ("Reopen #417", Command("reopen", (417,))),
    ("escalate", Command("escalate")),
    ("E", Command("escalate")),
    ("escalate 417!", Command("escalate", (417,))),
    ("why 417", Command("why", (417,))),
    ("417 why?", Command("why", (417,))),
    ("why?", Command("why")),
    # Snooze: a length, a time, a number of events, with or without codes.
    ("snooze", Command("snooze")),
    ("Snooze 417", Command("snooze", (417,))),
    ("417s", Command("snooze", (417,))),
    ("s 417", Command("snooze", (417,))),
    ("417 snooze", Command("snooze", (417,))),
    ("snooze 2h", Command("snooze", rest="2h")),
    ("snooze 417 2h", Command("snooze", (417,), rest="2h")),
    ("snooze 2h 417", Command("snooze", (417,), rest="2h")),
    ("417 snooze 2h", Command("snooze", (417,), rest="2h")),
    ("417s 2h", Command("snooze", (417,), rest="2h")),
    ("snooze417 2h", Command("snooze", (417,), rest="2h")),
    ("snooze 417: 2 h.", Command("snooze", (417,), rest="2 h")),
    ("snooze 417 - 2h", Command("snooze", (417,), rest="2h")),
    ("snooze 417 2h please 🙏", Command("snooze", (417,), rest="2h")),
    ("snooze 417 for 2 hours, thanks", Command("snooze", (417,), rest="for 2 hours")),
    ("snooze 417 120 min", Command("snooze", (417,), rest="120 min")),
    ("snooze 417, 418 90min", Command("snooze", (417, 418), rest="90min")),
    ("snooze #417/#418 1h30", Command("snooze", (417, 418), rest="1h30")),
    ("snooze\u00a0417\u202f2h", Command("snooze", (417,), rest="2h")),
    ("Snooze 20x", Command("snooze", rest="20x")),
    ("snooze 417 20x", Command("snooze", (417,), rest="20x")),
    ("snooze 200 x 417", Command("snooze", (417,), rest="200 x")),
    ("snooze 417 20 times", Command("snooze", (417,), rest="20 times")),
    ("snooze 9am", Command("snooze", rest="9am")),
    ("snooze until 9am 417", Command("snooze", (417,), rest="until 9am")),
    ("snooze 417 until 18:00", Command("snooze", (417,), rest="until 18:00")),
    ("snooze 417 till tomorrow 9", Command("snooze", (417,), rest="till tomorrow 9")),
    ("snooze 417 fri 9am", Command("snooze", (417,), rest="fri 9am")),
    ("snooze 417 27 Nov", Command("snooze", (417,), rest="27 Nov")),
    ("snooze 417 27 nov 2026", Command("snooze", (417,), rest="27 nov 2026")),
    ("snooze until 1430", Command("snooze", rest="until 1430")),
    ("snooze 1430", Command("snooze", (1430,))),
    ("snooze 9", Command("snooze", rest="9")),
    ("snooze #99", Command("snooze", (99,))),
    # Pass.
    ("pass 417 ben", Command("pass", (417,), rest="ben")),
    ("pass ben 417", Command("pass", (417,), rest="ben")),
    ("417 pass ben", Command("pass", (417,), rest="ben")),
    ("Pass #417 to Ben, thanks", Command("pass", (417,), rest="Ben")),
    ("pass 417 @ben-2", Command("pass", (417,), rest="ben-2")),
    ("pass 417 Ben Ode", Command("pass", (417,), rest="Ben Ode")),
    ("pass 417, 418 may", Command("pass", (417, 418), rest="may")),
    ("pass 417 Zo\u00eb", Command("pass", (417,), rest="Zo\u00eb")),
    ("pass 417", Command("pass", (417,))),
    ("pass ben", Command("pass", rest="ben")),
    ("pass", Command("pass")),
    # A note is all that follows.
    ("note 417 rolled back", Command("note", rest="417 rolled back")),
    ("Note 417: rolled back, see #418", Command("note", rest="417: rolled back, see #418")),
    ("note rolled back", Command("note", rest="rolled back")),
    ("note: rolled back.", Command("note", rest="rolled back.")),
    ("note “It's «fine»”", Command("note", rest="It's «fine»")),
    ("“note 417 it was the cache”", Command("note", rest="417 it was the cache")),
    ("note\n  two  lines\nof it\n", Command("note", rest="two lines of it")),
    ("417 note Rolled Back", Command("note", (417,), rest="Rolled Back")),
    ("#417 note: please ack all", Command("note", (417,), rest="please ack all")),
    ("note 👎 the deploy", Command("note", rest="👎 the deploy")),
    ("note", Command("note")),
    # Who is on duty.
    ("who", Command("who")),
    ("Who?", Command("who")),
    ("who shop", Command("who", rest="shop")),
    ("who is on", Command("who")),
    ("Who's on?", Command("who")),
    ("who\u2019s on", Command("who")),
    ("whos on", Command("who")),
    ("Who is on duty?", Command("who")),
    ("who's on call", Command("who")),
    ("shifts", Command("shifts")),
    ("Shifts please", Command("shifts")),
    ("take 2h", Command("take", rest="2h")),
    ("take shop 2h", Command("take", rest="shop 2h")),
    ("Take 2h shop", Command("take", rest="2h shop")),
    ("take shop until 6pm.", Command("take", rest="shop until 6pm")),
    ("take shop fri 9am to sun", Command("take", rest="shop fri 9am to sun")),
    ("take 14 - 18", Command("take", rest="14 - 18")),
    ("take from 14:00 to 18:00", Command("take", rest="from 14:00 to 18:00")),
    ("take shop", Command("take", rest="shop")),
    ("take", Command("take")),
    ("off", Command("off")),
    ("Off 2h", Command("off", rest="2h")),
    ("off tomorrow", Command("off", rest="tomorrow")),
    ("off shop 2h", Command("off", rest="shop 2h")),
    ("off fri-sun", Command("off", rest="fri-sun")),
    ("off 2", Command("off", rest="2")),
    ("cover ben fri", Command("cover", rest="ben fri")),
    ("swap ben fri", Command("cover", rest="ben fri")),
    ("Cover Ben Ode on Fri", Command("cover", rest="Ben Ode on Fri")),
    ("cover jan fri 9am - 5pm", Command("cover", rest="jan fri 9am - 5pm")),
    ("cover ben", Command("cover", rest="ben")),
    ("quiet", Command("quiet")),
    ("quiet 30m", Command("quiet", rest="30m")),
    ("Quiet 0", Command("quiet", rest="0")),
    ("quiet for half an hour", Command("quiet", rest="for half an hour")),
    ("mute web 2h", Command("mute", rest="web 2h")),
    ("mute Checkout API v2 2h", Command("mute", rest="Checkout API v2 2h")),
    ("unmute web", Command("unmute", rest="web")),
    ("page shop checkout is down", Command("page", rest="shop checkout is down")),
    ("Page shop: 3 of 4 servers are down!", Command("page", rest="shop: 3 of 4 servers are down!")),
    ("page shop 👎", Command("page", rest="shop 👎")),
    # The rest.
    ("undo", Command("undo")),
    ("Undo!", Command("undo")),
    ("test", Command("test")),
    ("ok thanks", Command("ok")),
    ("no thanks", Command("no")),
    ("4️⃣", NOTHING),
    (f"Liked “09:14 unanswered: {PAGE}”", ACK_417),
    (f'liked "{PAGE}"', ACK_417),
    (f"Liked „{PAGE}“", ACK_417),
    (f"Reacted 👍🏽 to “{PAGE}”", ACK_417),
]

NEARLY = [
    # Letters out of order, missing, doubled, wrong.
    ("akc 417", "ack 417"),
    ("Akc 417 please", "ack 417"),
    ("417 akc", "ack 417"),
    ("417akc", "ack 417"),
    ("akc", "ack"),
    ("ac", "ack"),
    ("aack all", "ack all"),
    ("back 417", "ack 417"),
    ("acknowlege 417", "ack 417"),
    ("clsoe 417, 418", "close 417 418"),
    ("colse all", "close all"),
    ("clos", "close"),
    ("fxi 417", "fix 417"),
    ("ingore 417", "ignore 417"),
    ("reopn 417", "reopen 417"),
    ("esclate", "escalate"),
    ("esclat 417", "escalate 417"),
    ("snoze 417 2h", "snooze 417 2h"),
    ("417 snoooze fri 9am", "snooze 417 fri 9am"),
    ("snoze 20x", "snooze 20x"),
    ("pas 417 ben", "pass 417 ben"),
    ("psas ben", "pass ben"),
    ("lsit", "list"),
    ("mroe", "more"),
    ("hsow 417", "show 417"),
    ("wyh 417?", "why 417"),
    ("wh 417", "why 417"),
    ("noet 417  rolled  back", "note 417 rolled back"),
    ("pgae shop checkout is down", "page shop checkout is down"),
    ("shfts", "shifts"),
    ("tkae shop 2h", "take shop 2h"),
    ("of 2h", "off 2h"),
    ("cvoer ben fri", "cover ben fri"),
    ("swpa ben fri", "cover ben fri"),
    ("queit 30m", "quiet 30m"),
    ("mutee web 2h", "mute web 2h"),
    ("unmtue web", "unmute web"),
    ("undp", "undo"),
    ("tets", "test"),
    ("stauts?", "status"),
    ("comands", "commands"),
    ("\u0430ck", "ack"),
    ("ack\u0301 417", "ack 417"),
    # Too little to be sure.
    ("s", "snooze"),
    ("S.", "snooze"),
    ("f", "fix"),
    ("s 2h", "snooze 2h"),
    ("fixed", "fix"),
    ("Fixed 417", "fix 417"),
    ("closed 417", "close 417"),
    ("snoozed 417", "snooze 417"),
    # Another pager's word for all of one service.
    ("100aa", "ack all"),
    ("'100 CC'", "close all"),
]

NEAR_MISSES = [
    "",
    " ",
    "\n",
    "\u00a0",
    "\x00",
    ".",
    "#",
    "!",
    "ack it",
    "can you ack it",
    "I will close the window later",
    "no idea",
    "ok so what is this",
    "back in 5",
    "not sure what this is",
    "not 417 but 418",
    "now what",
    "pager is broken",
    "paged ben",
    "make sure",
    "past ben",
    "fix all",
    "ignore all",
    "snooze all",
    "snooze all 2h",
    "snooze until I wake up",
    "snooze is what I need",
    "why is this happening",
    "who acked this",
    "who 417",
    "shifts fri",
    "take care of it",
    "take it",
    "take it easy",
    "417 take",
    "cover for ben fri",
    "cover me",
    "cover fri",
    "swap fri with ben",
    "mute 2h",
    "off to lunch",
    "2h off",
    "I'm off",
    "quiet in here",
    "pass 417 ben because I am in the car",
    "please note that I am away",
    "417 page shop",
    "undo 417",
    "test 417",
    "417 e 418 a",
    "sotp",
    "stpo",
    "cancle",
    "quit 30m",
    "akc stop",
    "100ee",
    "wh",
    "ko",
    "yse",
    "on",
    f"Loved “{PAGE}”",
    f"Emphasized “{PAGE}”",
    f"Laughed at “{PAGE}”",
    f"Questioned “{PAGE}”",
    f"Removed a thumbs up from “{PAGE}”",
    f"Liked {PAGE}",
    "pass 417 👎 ben",
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
    "I'm on it",
    "on it 417",
    "is it mine",
    "okay",
    "okey",
    "k",
    "y",
    "n",
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
    f"Removed a like from “{PAGE}”",
    f"Reacted 👎 to “{PAGE}”",
    f"Removed 👍 from “{PAGE}”",
    "Liked “Acked 417 TypeError checkout-api. Nothing else open.”",
    "Liked “09:14 12 more: checkout-api 9, web 3. Top: #417 TypeError x31. Reply list”",
    "ack 417\nSent from my phone",
    "\u0430\u0301ck",
    "Ⓐ ⓑ",
    "-- \nAna Lima, On-Call",
    "Your verification code is 417418",
    "I'm driving and will see your message later.",
]


@pytest.mark.parametrize(("text", "meaning"), MEANINGS)
def test_a_text_means(text: str, meaning: Command) -> None:
    assert meaning == parse(text)


@pytest.mark.parametrize(("text", "meant"), NEARLY)
def test_a_word_nearly_right_is_asked_about_and_never_acted_on(text: str, meant: str) -> None:
    assert Command(near=meant) == parse(text)
    assert parse(meant).verb


def test_there_are_hundreds_of_texts_in_these_tables() -> None:
    assert len({text for text, _ in [*MEANINGS, *NEARLY]} | {*NEAR_MISSES}) > 350


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
    assert not CARRIERS & (FORMS.keys() | PHRASES.keys())


@pytest.mark.parametrize("text", ["yes", "YES", " Yes\n", "START", "unstop "])
def test_whoever_had_stopped_gets_texts_again(text: str) -> None:
    assert resubscribes(text)


@pytest.mark.parametrize("text", ["yes!", "ok", "yes please", "restart", ""])
def test_nothing_else_brings_texts_again(text: str) -> None:
    assert not resubscribes(text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_a_near_miss_means_nothing(text: str) -> None:
    assert NOTHING == parse(text)


def test_over_a_hundred_numbers_are_no_list_of_codes() -> None:
    hundred = [*range(100, 200)]
    listed = " ".join(map(str, hundred))

    assert Command("ack", tuple(hundred)) == parse(f"ack {listed}")
    assert NOTHING == parse(f"ack {listed} 200")
    assert Command("snooze", tuple(hundred), rest="2h") == parse(f"snooze {listed} 2h")
    assert NOTHING == parse(f"snooze {listed} 200 2h")
    assert Command("note", rest=f"{listed} 200") == parse(f"note {listed} 200")


@pytest.mark.parametrize(
    ("rest", "name", "time"),
    [
        ("shop 2h", "shop", "2h"),
        ("2h shop", "shop", "2h"),
        ("shop", "shop", ""),
        ("fri 9am to sun", "", "fri 9am to sun"),
        ("Checkout API v2 until 6pm", "Checkout API v2", "until 6pm"),
        ("may fri", "may", "fri"),
        ("Jan 2h", "Jan", "2h"),
        ("may 5 - may 6", "", "may 5 - may 6"),
        ("may 5th", "", "may 5th"),
        ("may", "may", ""),
        ("", "", ""),
    ],
)
def test_a_name_and_a_time_are_told_apart(rest: str, name: str, time: str) -> None:
    assert (name, time) == parted(rest)


def test_a_name_that_is_known_is_no_time() -> None:
    assert ("", "night fri") == parted("night fri")
    assert ("Night", "fri") == parted("Night fri", known={"night"})


@pytest.mark.parametrize(
    ("apart", "one", "other"),
    [
        (0, "ack", "ack"),
        (1, "akc", "ack"),
        (1, "ac", "ack"),
        (1, "aack", "ack"),
        (1, "axk", "ack"),
        (2, "esclat", "escalate"),
        (2, "who", "how"),
        (2, "kca", "ack"),
        (3, "", "ack"),
        (3, "ack", ""),
    ],
)
def test_how_far_words_are_apart(apart: int, one: str, other: str) -> None:
    assert apart == distance(one, other)


UNDERSTOOD = {*FORMS, *FILLERS, "all", *(word for words in PHRASES for word in words.split())}
FREELY = {form for form, word in FORMS.items() if word.takes & FREE}


def words_in(text: str) -> list[str]:
    """Runs of letters, as a reader sees them; written apart from the grammar on purpose."""
    seen = "".join(c for c in text if unicodedata.category(c) != "Cf")
    folded = unicodedata.normalize("NFKC", seen).casefold()
    return [word for word in re.split(r"[\W\d_]+", "".join(c for c in folded if c != "\xad")) if word]


PIECES = st.lists(
    st.sampled_from(
        [
            *(*FORMS, *FILLERS, *STOP, "all", "on", "it", "417", "418", "0", "2h", "fri", "until", "6pm", "20x", "ben"),
            *("👍", "👎", "🏽", "?", "#", ",", " ", " ", " ", "\n", "\u00a0", "\u200b", "x", "ing", "not", "“", "'"),
            *("Liked “#417", "\ufe0f", "\u0301", "é", "٤", "²", "akc", "snoze", "for", "-", ":", "me"),
        ]
    ),
    max_size=9,
).map("".join)
SPACED = st.lists(
    st.sampled_from([*FORMS, *FILLERS, *PHRASES, "all", "417", "#418", "2h", "fri", "until 6pm", "20x", "ben", "akc"]),
    max_size=6,
).map(" ".join)
TEXTS = st.one_of(PIECES, SPACED, st.text(max_size=1_600), st.text(alphabet="ackloseth417 #.👍\n", max_size=20))


@given(TEXTS)
@example("a" * 1_600)
@example("4" * 1_600)
@example("ack " + "417 " * 399)
@example("snooze " + "2h " * 531)
@example("take " + "fri " * 398)
@example("👍" * 1_600)
@example('"' * 1_600)
@example("\ud800 ack")
@example("\x00ack\x00")
@example("ﷺ" * 1_600)
@example("\u0301\u0327" * 800)
@example("½")
def test_nothing_is_done_that_is_not_all_commands(text: str) -> None:
    command = parse(text)

    words = words_in(text)
    if command.verb not in ("", "note", "page", "stop", "start", "carrier"):
        first = next((word for word in words if word not in FILLERS), "")
        assert {*words} <= UNDERSTOOD or first in FREELY or {*words} & {"liked", "to"}
        assert words or "👍" in text or "?" in text or "\uff1f" in text or command.verb == "number"
    assert all(0 < code < 10**9 for code in command.codes)
    assert len(command.codes) <= 100
    assert not (command.verb and command.near)


@given(TEXTS)
def test_a_text_without_a_word_of_the_table_is_no_command(text: str) -> None:
    bare = " ".join(word for word in words_in(text) if word not in UNDERSTOOD | CARRIERS | {"liked", "to"})

    assert "" == parse(bare).verb


ASCII = st.one_of(PIECES, SPACED, st.text(st.characters(max_codepoint=126), max_size=60))


def meaning(text: str) -> tuple[str, tuple[int, ...], bool, str, str]:
    command = parse(text)
    return command.verb, command.codes, command.all, command.rest.casefold(), command.near.casefold()


def is_carriers(text: str) -> bool:
    """Carriers take these words bare, and nothing else."""
    return parse(text).verb in ("stop", "start", "carrier")


@given(ASCII.filter(lambda text: not is_carriers(text)))
@example("note 'a' and 'b'")
@example('"ack 417')
@example("akc  417")
def test_capitals_spaces_and_quotes_do_not_matter(text: str) -> None:
    said = meaning(text)

    assert said == meaning(text.upper())
    assert said == meaning(text.replace(" ", "  "))
    assert said == meaning(text.replace(" ", "\u00a0"))
    assert said == meaning(f"“{text}”")
    assert said == meaning(f" '{text}'\n")


@given(TEXTS)
def test_what_is_put_shortest_is_understood_alike(text: str) -> None:
    command = parse(text)

    if command.verb and not is_carriers(text):
        assert command == parse(put(command))
    if command.near:
        assert command.near == put(parse(command.near))
