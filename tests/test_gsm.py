"""What texts cost, and how any text is made to fit."""

import subprocess
import sys
import unicodedata

import pytest
import regex  # type: ignore[import-untyped] # it ships no types
from hypothesis import example, given
from hypothesis import strategies as st

from bugglio import gsm

GSM_TEXTS = st.text(st.sampled_from(sorted(gsm.GSM)), max_size=700)
ANY_TEXTS = st.text(max_size=80) | st.text(
    st.sampled_from("aé[€😀👍🏽\u200d🇺🇸\u0301\r\n\t½1ж字`\ud800\x1b"), max_size=80
)
WIDTHS = st.integers(-2, 400)
FAMILY = "👨\u200d👩\u200d👧\u200d👦"
"""Eleven units of UCS-2 that people see as one character."""


def test_each_basic_character_costs_one_septet() -> None:
    assert len(gsm.BASIC) == 127  # the 128 of the standard without its escape
    assert len(gsm.BASIC) == gsm.septets("".join(gsm.BASIC))


def test_the_ten_of_the_extension_cost_two() -> None:
    assert gsm.septets("^{}\\[~]|€\f") == 20
    assert gsm.septets("a[0]") == 6


def test_an_empty_text_costs_nothing_and_is_one_segment() -> None:
    assert gsm.septets("") == 0
    assert gsm.segments("") == 1


@pytest.mark.parametrize("character", ["ç", "`", "\t", "\x1b", "“", "É\u0301", "λ", "😀", "\u00a0"])
def test_what_looks_like_gsm_but_is_not(character: str) -> None:
    assert not gsm.is_gsm(f"TypeError {character}")


@pytest.mark.parametrize("character", ["Ç", "Ω", "ß", "ù", "@", "\n", "€", "§", "¿"])
def test_what_does_not_look_like_gsm_but_is(character: str) -> None:
    assert gsm.is_gsm(f"TypeError {character}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 459, 3),
        ("a" * 460, 4),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 159 + "€", 2),
        ("\r\n" * 80, 1),
    ],
)
def test_gsm_segments_hold_160_septets_alone_and_153_in_company(text: str, expected: int) -> None:
    assert expected == gsm.segments(text)


def test_an_escape_and_its_character_stay_in_one_segment() -> None:
    assert gsm.septets("a" * 152 + "€" + "a" * 152) == 306
    assert gsm.segments("a" * 153 + "a" * 153) == 2
    assert gsm.segments("a" * 152 + "€" + "a" * 151) == 2
    assert gsm.segments("a" * 152 + "€" + "a" * 152) == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("é" * 160, 1),
        ("ô" * 70, 1),
        ("ô" * 71, 2),
        ("ô" * 134, 2),
        ("ô" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 67, 3),
        ("ô" + "[" * 69, 1),
        ("ô" + "[" * 70, 2),
        ("\r\n" * 34 + "ô" + "\r\n" * 32 + "a", 2),
    ],
)
def test_one_foreign_character_makes_segments_of_70_units_and_67(text: str, expected: int) -> None:
    assert expected == gsm.segments(text)


def test_what_people_see_as_one_character_is_not_split_between_segments() -> None:
    assert gsm.segments("a" * 56 + FAMILY + "a" * 67) == 2
    assert gsm.segments("a" * 57 + FAMILY + "a" * 55) == 2
    assert gsm.segments("a" * 57 + FAMILY + "a" * 57) == 3


def test_what_the_header_pushes_out_of_the_first_segment_goes_on_together() -> None:
    pushed = "b" + "\u0301" * 65
    assert gsm.segments("ab" + pushed + "cd") == 1
    assert gsm.segments("ab" + pushed + "cde") == 2  # 69 units in the second, as Twilio's calculator has it
    assert gsm.segments("ab" + pushed + "cdef") == 3


@given(GSM_TEXTS)
def test_segments_of_a_gsm_text_are_the_fewest_that_keep_pairs_together(text: str) -> None:
    count, rest = 0, text
    while rest:
        used = taken = 0
        while taken < len(rest) and (used := used + gsm.septets(rest[taken])) <= 153:
            taken += 1
        count, rest = count + 1, rest[taken:]
    assert gsm.segments(text) == (1 if gsm.septets(text) <= 160 else count)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "It\u2019s \u201cnull\u201d \u2014 can\u2018t read\u2026 1\u00a0item \u2022 next",
            "It's \"null\" - can't read... 1 item - next",
        ),
        ("\u00abà la\u00bb \u2039x\u203a `code`", "\"à la\" 'x' 'code'"),
        ("1½ of 3, ¼, 2⅞", "1 1/2 of 3, 1/4, 2 7/8"),
        (
            "a \u2260 b \u226e c, c \u2264 d, e \u2192 f, 3\u00d74, 5 \u00b5s, © ™",
            "a != b !< c, c <= d, e -> f, 3x4, 5 us, (C) (TM)",
        ),
        (
            "à é è ù ì ò Ç Ø ø Å å Δ Φ Ω ß Æ É Ä Ö Ñ Ü § ¿ ä ö ñ ü €",
            "à é è ù ì ò Ç Ø ø Å å Δ Φ Ω ß Æ É Ä Ö Ñ Ü § ¿ ä ö ñ ü €",
        ),
        ("façade, naïve, Łódź, œuvre, Đặng", "facade, naive, Lodz, oeuvre, Dang"),
        ("Привет, Ώρα, 日本", "Privet, Ωra, RiBen"),
        ("e\u0301 o\u0302 A\u030a", "é o Å"),
        ("zero\u200bwidth\ufeff so\u00adft \u202eturned", "zerowidth soft turned"),
        ("bell\x07 esc\x1b[31m nul\x00", "bell esc[31m nul"),
        ("\ud800 \ufffd \ue000", "? ? ?"),
    ],
)
def test_a_text_said_in_gsm(text: str, expected: str) -> None:
    assert expected == gsm.to_gsm(text)


@pytest.mark.parametrize(
    "emoji",
    [
        "😀",
        "👍🏽",
        FAMILY,
        "🇺🇸",
        "❤\ufe0f",
        "❤\ufe0f\u200d🔥",
        "🏴\U000e0067\U000e0062\U000e007f",
        "🏳\ufe0f\u200d🌈",
        "⚠\ufe0f",
        "🙂\u200d↔\ufe0f",
    ],
)
def test_an_emoji_is_one_question_mark_however_many_characters_it_is_made_of(emoji: str) -> None:
    assert gsm.to_gsm(f"{emoji} Disk full{emoji}") == "? Disk full?"


def test_two_emoji_are_two_question_marks() -> None:
    assert gsm.to_gsm("🇺🇸🇬🇧😀😀") == "????"


def test_signs_that_have_a_plain_form_are_no_emoji() -> None:
    assert gsm.to_gsm("©\ufe0f ↔\ufe0f ‼ 1\ufe0f\u20e3") == "(C) <-> !! 1"


def test_a_page_is_one_line() -> None:
    assert gsm.to_gsm("one\r\ntwo\nthree\rfour\u2028five\tsix\fseven") == "one two three four five six seven"


def test_a_reply_keeps_its_lines_when_it_says_so() -> None:
    assert gsm.to_gsm("one\r\ntwo\nthree\u2028four\tfive", lines=True) == "one\ntwo\nthree\nfour five"


def test_every_character_of_unicode_becomes_gsm_and_no_emoji_its_name() -> None:
    # Planes 2 and 3 hold only more of the ideographs that plane 0 has; 14 has tags; the others are empty or private.
    for point in (*range(0x20000), *range(0xE0000, 0xE0200)):
        said = gsm.to_gsm(chr(point))
        assert gsm.is_gsm(said), hex(point)
        assert not regex.fullmatch(":[a-z_]+:", said), hex(point)


def test_every_pictograph_is_a_question_mark_or_a_plain_sign() -> None:
    pictographs = regex.findall(
        r"[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{RI}]", "".join(map(chr, range(0x1FFFF)))
    )
    said = {gsm.to_gsm(character) for character in pictographs}
    assert said == {"?", "(C)", "(R)", "(TM)", "!!", "!?", "i", "<->", "-"}


@given(ANY_TEXTS, st.booleans())
@example("\u0338=", False)  # noqa: FBT003
@example("=\u0338 \u200d😀\u200d", True)  # noqa: FBT003
def test_said_in_gsm_it_is_gsm_and_stays_as_it_is(text: str, lines: bool) -> None:  # noqa: FBT001
    said = gsm.to_gsm(text, lines=lines)
    assert gsm.is_gsm(said)
    assert said == gsm.to_gsm(said, lines=lines)
    assert set(said).isdisjoint("\r\f\n" if not lines else "\r\f")


@given(GSM_TEXTS)
def test_gsm_characters_stay_as_they_are(text: str) -> None:
    line = text.translate(dict.fromkeys(map(ord, "\r\n\f")))
    assert line == gsm.to_gsm(line)


@given(ANY_TEXTS)
def test_composed_or_not_a_text_is_said_alike(text: str) -> None:
    assert gsm.to_gsm(unicodedata.normalize("NFD", text)) == gsm.to_gsm(unicodedata.normalize("NFC", text))


def test_a_text_of_gsm_loads_neither_graphemes_nor_transliteration() -> None:
    script = (
        "import sys; from bugglio import gsm; gsm.to_gsm('It\u2019s {é}\u2026 naïve'); gsm.segments('€' * 200);"
        "gsm.segments('ô' * 70); print([name for name in ('regex', 'anyascii') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("TypeError: null", 15, "TypeError: null"),
        ("TypeError: null", 14, "TypeError..."),
        ("TypeError in cart", 15, "TypeError in..."),
        ("TypeError in cart", 16, "TypeError in..."),
        ("cannot read 'id' of x", 16, "cannot read..."),
        ("foo(bar) baz quux", 12, "foo(bar)..."),
        ("!!!!!!!!", 5, "..."),
        ("abcdef", 4, "a..."),
        ("abcdef", 3, "..."),
        ("abcdef", 2, ".."),
        ("abcdef", 0, ""),
        ("abcdef", -7, ""),
        ("ab", 2, "ab"),
        ("", 0, ""),
    ],
)
def test_a_text_cut_to_its_width(text: str, width: int, expected: str) -> None:
    assert expected == gsm.cut(text, width)


def test_a_pair_is_cut_off_whole() -> None:
    assert gsm.cut("a€€€", 6) == "a€..."
    assert gsm.cut("a€€€", 5) == "a..."
    assert gsm.cut("€€", 4) == "€€"
    assert gsm.cut("€€", 3) == "..."


@given(GSM_TEXTS, WIDTHS)
def test_a_cut_text_fits_and_says_that_it_was_cut(text: str, width: int) -> None:
    shorter = gsm.cut(text, width)
    assert gsm.septets(shorter) <= max(width, 0)
    if shorter != text:
        kept = shorter.removesuffix("...")
        assert text.startswith(kept) or width < 3
        assert shorter.endswith("..."[: max(width, 0)])
        assert not kept.endswith((" ", ",", ":")) or width < 3


@given(GSM_TEXTS, WIDTHS)
def test_what_fits_is_not_cut_again(text: str, width: int) -> None:
    shorter = gsm.cut(text, width)
    assert shorter == gsm.cut(shorter, width)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GET https://api.shop.test/cart failed", "GET api.shop.test/cart failed"),
        ("GET HTTP://API.test failed", "GET API.test failed"),
        ('at("http://a.test"),[https://b.test/?u=http://c.test]', 'at("a.test"),[b.test/?u=c.test]'),
        ("urlhttps://a.test", "urla.test"),
        ("hthttp://tps://a.test", "a.test"),
        ("expected https:// or http://", "expected https:// or http://"),
        ("ftp://a.test http:/b", "ftp://a.test http:/b"),
        ("", ""),
    ],
)
def test_addresses_lose_their_scheme(text: str, expected: str) -> None:
    assert expected == gsm.without_scheme(text)


@given(st.lists(st.sampled_from(["http", "https", "://", "ht", "tps", "a", " ", "HTTP"]), max_size=30).map("".join))
def test_no_address_keeps_its_scheme(text: str) -> None:
    assert not regex.search(r"(?i)https?://\S", gsm.without_scheme(text))
