"""Every kind of text, as whole strings, and what is left out when one grows too long."""

import re
from collections.abc import Mapping

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bugglio import wording
from bugglio.gsm import is_gsm, segments, septets
from bugglio.roster import DEFAULT_TEXT
from bugglio.times import LONGEST_STAMP
from bugglio.wording import Held
from tests.clock import Clock

CART = {
    "project.name": "checkout-api",
    "error.releaseStage": "production",
    "error.exceptionClass": "TypeError",
    "error.message": "cannot read 'id' of undefined",
    "error.context": "cart#create",
}
NEW = "New unhandled error"
URL = "https://app.bugsnag.com/acme/checkout-api/errors/5f73031fb91aad0014229623?event_id=620a14b5009055d6c5fb0000"
WITH_URL = f"{DEFAULT_TEXT} {{error.url}}"
NINE = Clock().now()


def page(why: str = NEW, mark: str = "", template: str = DEFAULT_TEXT, **said: str) -> str:
    """Alert 417's page; `said` changes what the event says, by the last word of its path."""
    changed = {path: said.get(path.rpartition(".")[2], value) for path, value in CART.items()}
    return wording.page(417, template, {**changed, "error.url": said.get("url", "")}, why, mark)


# A page.


def test_a_page_names_code_error_reason_and_what_to_reply() -> None:
    expected = (
        "#417 checkout-api production: TypeError: cannot read 'id' of undefined in cart#create. "
        "New unhandled error. Reply ack 417"
    )
    assert expected == page()


def test_a_second_page_says_so_in_place_of_its_reason() -> None:
    expected = (
        "#417 checkout-api production: TypeError: cannot read 'id' of undefined in cart#create. 2nd page. Reply ack 417"
    )
    assert expected == page(why="", mark="2nd page")


def test_reason_and_mark_stand_side_by_side() -> None:
    assert page(mark="again 09:14").endswith(" in cart#create. New unhandled error, again 09:14. Reply ack 417")


@pytest.mark.parametrize(
    ("missing", "text"),
    [
        (("message",), "checkout-api production: TypeError in cart#create"),
        (("exceptionClass",), "checkout-api production: cannot read 'id' of undefined in cart#create"),
        (("context",), "checkout-api production: TypeError: cannot read 'id' of undefined"),
        (("releaseStage",), "checkout-api: TypeError: cannot read 'id' of undefined in cart#create"),
        (("name",), "production: TypeError: cannot read 'id' of undefined in cart#create"),
        (("name", "releaseStage"), "TypeError: cannot read 'id' of undefined in cart#create"),
        (("name", "releaseStage", "exceptionClass"), "cannot read 'id' of undefined in cart#create"),
        (("exceptionClass", "message"), "checkout-api production in cart#create"),
        (("exceptionClass", "message", "context"), "checkout-api production"),
        (("name", "releaseStage", "exceptionClass", "message"), "cart#create"),
    ],
)
def test_an_empty_part_takes_its_punctuation_along(missing: tuple[str, ...], text: str) -> None:
    assert f"#417 {text}. New unhandled error. Reply ack 417" == page(**dict.fromkeys(missing, ""))


def test_an_event_that_says_nothing_still_has_its_code() -> None:
    nothing = dict.fromkeys(("name", "releaseStage", "exceptionClass", "message", "context"), "")

    assert "#417 Reply ack 417" == page(why="", **nothing)
    assert "#417 100th event. Reply ack 417" == page(why="100th event", **nothing)
    assert "#417 2nd page. Reply ack 417" == page(why="", mark="2nd page", **nothing)


@pytest.mark.parametrize("blank", [" ", "\n", "\t \r\n", "\u200b", "\u00a0", "\u202e\u200b"])
def test_a_part_of_blanks_is_empty(blank: str) -> None:
    assert page(message="") == page(message=blank)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("TypeError: x is undefined", "TypeError: x is undefined"),
        ("TypeError", "TypeError"),
        ("TypeError:", "TypeError"),
        ("caught a TypeError twice", "caught a TypeError twice"),
        ("TypeErrors: x", "TypeError: TypeErrors: x"),
        ("MyTypeError: x", "TypeError: MyTypeError: x"),
        ("typeerror: x", "TypeError: typeerror: x"),
    ],
)
def test_a_class_that_the_message_repeats_is_said_once(message: str, text: str) -> None:
    expected = f"#417 checkout-api production: {text} in cart#create. New unhandled error. Reply ack 417"
    assert expected == page(message=message)


def test_a_class_with_signs_of_patterns_is_found_in_its_message() -> None:
    text = page(exceptionClass="Foo::Bar[*]", message="Foo::Bar[*]: gone")
    assert text.startswith("#417 checkout-api production: Foo::Bar[*]: gone in cart#create. ")


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("see https://example.org/a?b=1", "see example.org/a?b=1"),
        ("HTTP://example.org and https://b.example", "example.org and b.example"),
        ("https://https://example.org", "example.org"),
        ("h\u200bttps://example.org", "example.org"),
        ("https:// nothing", "https:// nothing"),
    ],
)
def test_addresses_in_messages_lose_their_scheme(message: str, text: str) -> None:
    assert f"TypeError: {text} in cart" in page(message=message)


def test_addresses_in_class_and_context_lose_their_scheme_too() -> None:
    text = page(exceptionClass="https://a.example", context="GET https://b.example/c")
    assert "https" not in text
    assert "a.example: " in text
    assert " in GET b.example/c. " in text


def test_lines_and_runs_of_blanks_become_one_blank() -> None:
    assert page(message="one two three") == page(message=" one\n\t two\r\n   three ")


def test_what_is_not_gsm_becomes_the_like_of_it() -> None:
    text = page(message="„Größe“ \u2013 naïve café 🛒 № 5…", exceptionClass="Błąd")
    assert 'Blad: "Größe" - naive café ? No 5... in cart#create. New' in text


@pytest.mark.parametrize("ending", [".", "...", " .", "...."])
def test_there_is_one_full_stop_after_a_message_that_has_its_own(ending: str) -> None:
    stop = "..." if "..." in ending else "."
    assert f": it broke{stop} New unhandled error. Reply ack 417" in page(message=f"it broke{ending}", context="")


def test_a_team_may_say_it_otherwise() -> None:
    template = "{error.device.osName} on {project.name}, {error.app.version} (web team)"
    said = {"error.device.osName": "iOS", "project.name": "shop", "error.app.version": "1.10"}

    assert "#417 iOS on shop, 1.10 (web team). New. Reply ack 417" == wording.page(417, template, said, "New")
    assert "#417 shop (web team). New. Reply ack 417" == wording.page(417, template, {"project.name": "shop"}, "New")


def test_a_team_may_say_the_same_thing_twice_or_nothing_of_the_event() -> None:
    twice = "{project.name}: {project.name}"
    assert "#417 shop: shop. Reply ack 417" == wording.page(417, twice, {"project.name": "shop"}, "")
    assert "#417 It broke. New. Reply ack 417" == wording.page(417, "It broke.", {}, "New")
    assert "#417 New. Reply ack 417" == wording.page(417, "", {}, "New")


def test_the_words_before_an_empty_first_part_go_even_when_they_are_not_gsm() -> None:
    template = "{project.name} → {error.message}"
    assert "#417 gone. Reply ack 417" == wording.page(417, template, {"error.message": "gone"}, "")


def test_the_paths_of_a_teams_text_are_known_once_each() -> None:
    assert ("project.name", "error.url") == wording.paths("{project.name} {error.url} ({project.name}) {not a path}")


# Too long.


def test_the_message_is_cut_first_as_far_as_it_takes() -> None:
    text = page(message="m" * 200)

    assert 160 == septets(text)
    assert re.fullmatch(
        r"#417 checkout-api production: TypeError: m+\.\.\. in cart#create\. New unhandled error\. Reply ack 417", text
    )


def test_then_the_context_goes_and_the_message_has_its_room() -> None:
    text = page(message="m" * 200, context="c" * 60)

    assert 159 == septets(text)
    assert re.fullmatch(
        r"#417 checkout-api production: TypeError: m{60,}\.\.\. New unhandled error\. Reply ack 417", text
    )


def test_the_message_is_never_cut_below_thirty_while_anything_else_can_go() -> None:
    text = page(message="m" * 200, context="c" * 50, name="p" * 20)

    cut = re.search(r"m+\.\.\.", text)
    assert cut is not None
    assert len(cut[0]) >= 30
    assert "ccc" not in text


def test_then_the_reason_goes() -> None:
    text = page(message="m" * 200, name="p" * 75)

    assert 159 == septets(text)
    assert re.fullmatch(rf"#417 {'p' * 75} production: TypeError: m{{27,}}\.\.\. Reply ack 417", text)


def test_then_the_class_is_cut() -> None:
    text = page(message="m" * 200, name="p" * 60, exceptionClass="C" * 100)

    assert 160 == septets(text)
    assert re.fullmatch(rf"#417 {'p' * 60} production: C{{27,}}\.\.\.: m{{27}}\.\.\. Reply ack 417", text)


def test_a_project_that_fills_a_text_by_itself_is_cut() -> None:
    text = page(name="p" * 300)

    assert re.fullmatch(r"#417 p+\.\.\. Reply ack 417", text)
    assert 158 <= septets(text) <= 160


@pytest.mark.parametrize("mark", ["2nd page", "17th page, again 09:14:31 28 Dec, from 09:12"])
@pytest.mark.parametrize("long", ["name", "releaseStage", "exceptionClass", "message", "context"])
def test_the_mark_is_kept_whatever_is_too_long(mark: str, long: str) -> None:
    text = page(mark=mark, **{long: "long words " * 60})

    assert text.endswith(f"{mark}. Reply ack 417")
    assert septets(text) <= 160


def test_a_page_with_the_address_takes_as_many_segments_as_its_necessary_parts_need() -> None:
    text = page(template=WITH_URL, url=URL)

    expected = (
        f"#417 checkout-api production: TypeError: cannot read 'id' of undefined in cart#create {URL}. "
        "New unhandled error. Reply ack 417"
    )
    assert expected == text
    assert 2 == segments(text)


def test_a_page_with_a_short_address_is_cut_rather_than_sent_in_two() -> None:
    text = page(template=WITH_URL, url="https://bugs.example/shop/417", name="checkout-api-of-the-shop")

    expected = (
        "#417 checkout-api-of-the-shop production: TypeError: cannot read 'id' of undefined "
        "https://bugs.example/shop/417. "
        "New unhandled error. Reply ack 417"
    )
    assert expected == text


def test_an_address_is_never_broken() -> None:
    long = f"{URL}&more={'x' * 180}"
    text = page(template=WITH_URL, url=long, message="m" * 500)

    assert f" {long}. " in text
    assert 3 == segments(text)


def test_an_address_that_four_segments_cannot_hold_is_left_out() -> None:
    text = page(template=WITH_URL, url="https://" + "u" * 290, name="p" * 300, releaseStage="s" * 300)

    assert "uuu" not in text
    assert 1 == segments(text)
    assert text.endswith("Reply ack 417")


WORDS = st.text(max_size=400) | st.text("aZ09.:{}[]~€ñ\n ", max_size=400)
MARKS = st.sampled_from(["", "2nd page", "3rd page, again 09:14:31 28 Dec, from 09:12", "came again since acked 09:14"])


@given(
    st.integers(100, 999_999),
    st.fixed_dictionaries(dict.fromkeys(CART, WORDS)),
    WORDS,
    MARKS,
    st.sampled_from(
        [DEFAULT_TEXT, "{error.context}", "{error.message} ~ {project.name}: [{error.exceptionClass}] end"]
    ),
)
@example(100, dict.fromkeys(CART, "€" * 300), "^" * 90, "2nd page", DEFAULT_TEXT)
@example(100, {**dict.fromkeys(CART, ""), "error.message": "..."}, "", "", DEFAULT_TEXT)
def test_any_page_fits_one_gsm_segment_and_keeps_code_mark_and_what_to_reply(
    code: int, said: Mapping[str, str], why: str, mark: str, template: str
) -> None:
    text = wording.page(code, template, said, why, mark)

    assert is_gsm(text)
    assert septets(text) <= 160
    assert text.startswith(f"#{code} ")
    assert text.endswith(f" Reply ack {code}")
    assert mark in text
    assert "\n" not in text


@given(st.fixed_dictionaries(dict.fromkeys(CART, WORDS)), WORDS, MARKS)
def test_any_page_with_an_address_fits_four_segments_and_keeps_the_address(
    said: Mapping[str, str], why: str, mark: str
) -> None:
    text = wording.page(417, WITH_URL, {**said, "error.url": URL}, why, mark)

    assert is_gsm(text)
    assert segments(text) <= 4
    assert mark in text
    assert URL in text or segments(text) == 1


# Digests.


def held(**more: object) -> Held:
    """What the design's own digest stands for."""
    fields = {"pages": 12, "projects": {"web": 3, "checkout-api": 9}, "code": 417, "name": "TypeError", "events": 31}
    return Held(**{**fields, **more})  # type: ignore[arg-type]


def test_a_digest_says_how_many_of_what() -> None:
    assert "09:14 12 more: checkout-api 9, web 3. Top: #417 TypeError x31. Reply list" == wording.digest(
        "09:14", held()
    )


def test_a_digest_of_what_nobody_answered() -> None:
    expected = "09:35 12 unanswered: checkout-api 9, web 3. Top: #417 TypeError x31. Reply list"
    assert expected == wording.digest("09:35", held(), "unanswered")


def test_many_projects_are_counted_as_far_as_they_are_not_named() -> None:
    text = wording.digest("09:14", held(pages=400, projects={f"project-{n:02}": 40 - n for n in range(40)}))

    assert text.startswith("09:14 400 more: project-00 40, project-01 39, project-02 38, ")
    assert re.search(r" and 3\d more\. Top: #417 TypeError x31\. Reply list$", text)
    assert 140 < septets(text) <= 160


def test_long_names_are_cut_in_a_digest() -> None:
    projects = {"p" * 100: 9, "q" * 100: 3}
    expected = f"09:14 12 more: {'p' * 27}... 9, {'q' * 27}... 3. Top: #417 {'T' * 27}... x31. Reply list"
    assert expected == wording.digest("09:14", held(projects=projects, name="T" * 100))


def test_names_of_no_projects_and_classes() -> None:
    expected = "09:14 2 more: no project 2. Top: #417 x2. Reply list"
    assert expected == wording.digest("09:14", held(pages=2, projects={"": 2}, name="", events=2))


@given(
    st.integers(1, 10**6),
    st.dictionaries(WORDS, st.integers(1, 10**6), min_size=1, max_size=60),
    WORDS,
    st.integers(1, 10**15),
    st.sampled_from(["more", "unanswered"]),
)
def test_any_digest_fits_one_gsm_segment(
    pages: int, projects: Mapping[str, int], name: str, events: int, word: str
) -> None:
    text = wording.digest("23:59:59 31 Dec", Held(pages, projects, 999_999, name, events), word)

    assert is_gsm(text)
    assert septets(text) <= 160
    assert text.startswith(f"23:59:59 31 Dec {pages} {word}: ")
    assert text.endswith(f" x{events}. Reply list")


def test_one_alert_alone_is_named_in_full_when_nobody_answers() -> None:
    said = wording.unanswered(417, DEFAULT_TEXT, CART)
    expected = (
        "09:35 unanswered: #417 checkout-api production: TypeError: cannot read 'id' of undefined in cart#create. "
        "Reply ack 417"
    )
    assert expected == wording.unanswered_one("09:35", said)


def test_it_comes_without_the_address_that_its_pages_have() -> None:
    assert "http" not in wording.unanswered(417, WITH_URL, {**CART, "error.url": URL})


@given(st.fixed_dictionaries(dict.fromkeys(CART, WORDS)))
def test_one_unanswered_alert_fits_one_gsm_segment_with_the_longest_time(said: Mapping[str, str]) -> None:
    text = wording.unanswered_one("23:59:59 31 Dec no. 99", wording.unanswered(999_999, DEFAULT_TEXT, said))

    assert is_gsm(text)
    assert septets(text) <= 160
    assert text.startswith("23:59:59 31 Dec no. 99 unanswered: #999999 ")
    assert text.endswith(" Reply ack 999999")


# Notices and the rest.


def test_a_notice_says_which_and_what_after_its_time() -> None:
    expected = "09:00 #417 checkout-api TypeError: Fixed in Bugsnag by Dana Doe"
    assert expected == wording.stamped(
        "09:00", wording.news(417, "checkout-api TypeError", "Fixed in Bugsnag by Dana Doe")
    )


def test_a_notice_of_an_alert_without_a_name() -> None:
    assert "#417: Ignored in Bugsnag" == wording.news(417, "", "Ignored in Bugsnag")


def test_a_long_comment_is_cut_at_its_end() -> None:
    text = wording.news(417, "checkout-api TypeError", "Dana Doe in Bugsnag: " + "so it goes, " * 50)

    assert text.startswith("#417 checkout-api TypeError: Dana Doe in Bugsnag: so it goes, so")
    assert text.endswith("...")
    assert 124 < septets(text) <= 131


def test_several_notices_in_one() -> None:
    expected = "2 notices: 417 Fixed in Bugsnag, 418 Ignored in Bugsnag. Reply list"
    assert expected == wording.merged(["417 Fixed in Bugsnag", "418 Ignored in Bugsnag"], 2)


def test_more_notices_than_there_is_room_for() -> None:
    text = wording.merged([f"{n} Fixed in Bugsnag by Dana Doe" for n in range(417, 440)], 600)

    assert text.startswith("600 notices: 417 Fixed in Bugsnag by Dana Doe, 418 Fixed")
    assert text.endswith("... Reply list")


@given(st.lists(WORDS, max_size=9), WORDS, WORDS)
def test_any_notice_fits_one_gsm_segment_with_the_longest_time(briefs: list[str], name: str, what: str) -> None:
    longest = LONGEST_STAMP.strip()
    texts = [wording.merged(briefs, 999_999), wording.news(999_999, name, what), wording.note(what)]

    for text in (wording.stamped(longest, text) for text in texts):
        assert is_gsm(text)
        assert septets(text) <= 160
    assert texts[0].endswith(" Reply list")
    assert texts[1].startswith("#999999")


def test_the_text_that_needs_no_store() -> None:
    expected = (
        "bugglio cannot reach its store. checkout-api production: TypeError: x is undefined. "
        "Look in Bugsnag; this was not stored"
    )
    assert expected == wording.not_stored("checkout-api production: TypeError: x is undefined.")


@given(WORDS)
def test_the_text_that_needs_no_store_fits_one_gsm_segment(what: str) -> None:
    text = wording.not_stored(what)

    assert is_gsm(text)
    assert septets(text) <= 160
    assert text.startswith("bugglio cannot reach its store")
    assert text.endswith(" Look in Bugsnag; this was not stored")


def test_the_name_of_an_alert_leaves_out_what_it_does_not_know() -> None:
    assert "checkout-api TypeError" == wording.name_of("checkout-api", "TypeError")
    assert "web spike" == wording.name_of("web", "", "spike")
    assert "TypeError" == wording.name_of("", "TypeError")
    assert not wording.name_of("", "")


def test_the_sentence_is_whole() -> None:
    sentence = "Everything's perfectly all right now. We're fine. We're all fine here, now, thank you. How are you?"
    assert sentence == wording.ALL_WELL
    assert 1 == segments(sentence)


def test_the_words_of_the_night_fit_one_segment() -> None:
    assert 1 == segments(wording.COMMANDS)
    assert is_gsm(wording.COMMANDS)
