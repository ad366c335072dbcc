"""What answers say, as whole strings."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bugglio import answers, wording
from bugglio.alert import ACKNOWLEDGED, CLOSED, SNOOZED, TRIGGERED, Alert
from bugglio.answers import Acted, Reader
from bugglio.deeds import Order
from bugglio.gsm import is_gsm, segments
from bugglio.roster import DAY, DEFAULT_TEXT, HOUR, MINUTE, Engineer
from bugglio.standing import Duty

NOW = 1_770_022_800_000
ME = Reader("ana", NOW)
SAID = {
    "project.name": "checkout-api",
    "error.releaseStage": "production",
    "error.exceptionClass": "TypeError",
    "error.message": "cannot read 'id' of undefined",
    "error.context": "cart#create",
}


def order(verb: str) -> Order:
    """What Ana wants done."""
    return Order(verb, Engineer("ana", "Ana Lima", "+14155550101"), NOW)


def alert(code: int = 417, error_class: str = "TypeError", context: str = "cart#create", **more: Any) -> Alert:
    fields = {
        "project": "checkout-api",
        "opened": NOW - 5 * MINUTE,
        "events": 3,
        "said": SAID,
        "why": "New unhandled error",
        "url": "https://app.bugsnag.com/acme/checkout-api/errors/checkout-1?event_id=e-1&i=wh&m=nw",
        "waits_for": ("ana",),
    }
    given = Alert(mark="m", team="default", code=code, error_class=error_class, context=context)
    return msgspec.structs.replace(given, **{**fields, **more})


def acked(by: str = "ben", minutes: int = 12, **more: Any) -> Alert:
    return alert(state=ACKNOWLEDGED, acknowledged_by=by, acknowledged_at=NOW - minutes * MINUTE, waits_for=(), **more)


def closed(by: str | None = "ben", how: str = "by hand", **more: Any) -> Alert:
    fields = {"state": CLOSED, "closed_by": by, "closed_at": NOW - 2 * HOUR, "how": how, "waits_for": ()}
    return alert(**{**fields, **more})


PAY = alert(418, "Timeout", "pay", project="web")
MANY = [PAY, *(alert(500 + n, f"Error{n}", "a#b") for n in range(11))]
LONG = "ActiveRecord::ConnectionTimeoutError"
WORST = [
    alert(900_000 + n, LONG, "Api::V2::OrdersController#create", project="storefront-backend-eu") for n in range(9)
]


@pytest.mark.parametrize(
    ("what", "text"),
    [
        (Acted(order("ack"), [alert()]), "Acked 417 TypeError checkout-api. Nothing else open."),
        (Acted(order("ack"), [alert()], others=2), "Acked 417 TypeError checkout-api. 2 more open: list"),
        (Acted(order("close"), [alert()], others=1), "Closed 417 TypeError checkout-api. 1 more open: list"),
        (
            Acted(order("ack"), [alert(), PAY]),
            "Acked 417 TypeError checkout-api, 418 Timeout web. Nothing else open.",
        ),
        (
            Acted(order("ack"), MANY, others=3),
            "Acked 418 Timeout web, 500 Error0 checkout-api, 501 Error1 checkout-api and 9 more. 3 more open: list",
        ),
        (
            Acted(order("ack"), unchanged=[acked()], others=1),
            "417 TypeError checkout-api was acked by ben 12 min ago. 1 more open: list",
        ),
        (
            Acted(order("ack"), unchanged=[acked("ana", 0)]),
            "417 TypeError checkout-api was acked by you just now. Nothing else open.",
        ),
        (
            Acted(order("ack"), unchanged=[closed()]),
            "417 TypeError checkout-api was closed by ben 2 h ago. Nothing else open.",
        ),
        (
            Acted(order("ack"), unchanged=[closed("Dana Doe", "fixed")]),
            "417 TypeError checkout-api was closed (fixed) by Dana Doe 2 h ago. Nothing else open.",
        ),
        (
            Acted(order("close"), unchanged=[closed(None, "quiet")]),
            "417 TypeError checkout-api was closed (quiet) 2 h ago. Nothing else open.",
        ),
        (
            Acted(order("ack"), [PAY], [acked()], [999], 4),
            (
                "Acked 418 Timeout web. 417 TypeError checkout-api was acked by ben 12 min ago. "
                "999: no such alert. 4 more open: list"
            ),
        ),
        (Acted(order("ack"), unknown=[999]), "999: no such alert. Nothing open."),
        (Acted(order("ack"), unknown=[999, 998], others=1), "999, 998: no such alert. 1 open: list"),
        (Acted(order("ack"), unknown=[*range(100, 107)]), "100, 101, 102 and 4 more: no such alert. Nothing open."),
        (
            Acted(order("ack"), WORST),
            (
                "Acked 900000 ConnectionT... storefront..., 900001 ConnectionT... storefront..., "
                "900002 ConnectionT... storefront... and 6 more. Nothing else open."
            ),
        ),
    ],
)
def test_what_a_text_did(what: Acted, text: str) -> None:
    assert text == answers.acted(what, ME)


def test_what_was_cut_ends_in_dots_alone() -> None:
    assert answers.acted(Acted(order("ack"), WORST[:3]), ME).endswith(" storefront-ba... Nothing else open.")
    assert answers.which(WORST[:3]).endswith(" Api::V2::Orde... Reply a number or all")


def test_three_that_had_been_settled_are_named_and_the_others_counted() -> None:
    text = answers.acted(Acted(order("ack"), unchanged=[acked(code=code) for code in range(417, 422)]), ME)

    assert "2 more had been settled." in text
    assert ["417", "418", "419"] == [word for word in text.split() if word.startswith("4") and word.isdecimal()]


def test_names_are_not_cut_more_than_saves_a_segment() -> None:
    settled = [acked(code=code, error_class="ConnectionTimeoutError", project="storefront") for code in (417, 418, 419)]
    text = answers.acted(Acted(order("ack"), unchanged=settled, others=1), ME)

    assert 2 == segments(text)
    assert text.startswith("417 ConnectionTimeoutError storefront was acked by ben 12 min ago. 418 ConnectionTimeout")


@pytest.mark.parametrize(
    ("then", "text"),
    [
        (NOW, "just now"),
        (NOW + MINUTE, "just now"),
        (None, "just now"),
        (NOW - MINUTE + 1, "just now"),
        (NOW - MINUTE, "1 min ago"),
        (NOW - HOUR + 1, "59 min ago"),
        (NOW - HOUR, "1 h ago"),
        (NOW - DAY + 1, "23 h ago"),
        (NOW - DAY, "1 d ago"),
        (NOW - 400 * DAY, "400 d ago"),
    ],
)
def test_how_long_ago(then: int | None, text: str) -> None:
    assert text == answers.ago(then, NOW)


def test_the_question_which_as_the_design_has_it() -> None:
    assert "Which? 417 TypeError cart#create, 418 Timeout pay. Reply a number or all" == answers.which([alert(), PAY])


def test_the_question_which_names_three_and_counts_the_others() -> None:
    text = "Which? 418 Timeout pay, 500 Error0 a#b, 501 Error1 a#b and 9 more. Reply a number or all"

    assert text == answers.which(MANY)


def test_an_alert_without_context_is_told_by_its_project_and_a_spike_by_being_one() -> None:
    spike = alert(418, "", "", kind="spike", project="web")

    assert "Which? 417 TypeError checkout-api, 418 spike web. Reply a number or all" == answers.which(
        [alert(context=""), spike]
    )


def test_close_all_asks_naming_three() -> None:
    assert "Close all 2: 417 TypeError cart#create, 418 Timeout pay? Reply ok or no" == answers.close_all(
        [alert(), PAY]
    )
    assert (
        "Close all 12: 418 Timeout pay, 500 Error0 a#b, 501 Error1 a#b and 9 more? Reply ok or no"
        == answers.close_all(MANY)
    )


def test_after_a_digest_ok_is_asked_about() -> None:
    assert "Ack all 12? Reply ok, or ack with a number" == answers.ack_all(12)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (LONG, "ConnectionTimeoutError"),
        ("com.acme.billing.deep.InvoiceFailed", "InvoiceFailed"),
        (r"App\Http\Controllers\Billing\Broken", "Broken"),
        ("ActiveRecord::Base", "ActiveRecord::Base"),
        ("AVeryLongClassWithoutAnyNamespace", "AVeryLongClassWithout..."),
        ("Módulo::Ça::ÉtéTrèsTrèsLongue", "ÉtéTrèsTrèsLongue"),
        ("", "error"),
    ],
)
def test_a_class_that_is_too_long_loses_its_namespace_first(name: str, shown: str) -> None:
    assert f"417 {shown} checkout-api" == answers.name(alert(error_class=name))


def test_a_list_names_counts_ages_and_states() -> None:
    seen = [
        alert(),
        msgspec.structs.replace(PAY, opened=NOW - 3 * HOUR, occurrences=31),
        acked("ana", code=419),
        alert(420, state=SNOOZED, opened=NOW),
    ]

    assert (
        (
            "4 open: 417 TypeError checkout-api x3, 5 min; 418 Timeout web x31, 3 h; "
            "419 TypeError checkout-api x3, 5 min, acked by you; 420 TypeError checkout-api x3, just now, snoozed"
        ),
        4,
    ) == answers.listed(seen, ME, "4 open: ")


def test_a_list_is_two_segments_at_most_and_says_how_it_goes_on() -> None:
    text, told = answers.listed(MANY * 5, ME, "60 open: ")

    assert text.startswith("60 open: 418 Timeout web x3, 5 min; ")
    assert text.endswith(". Reply more")
    assert 2 == segments(text)
    assert told == text.count("; ") + 1


def test_a_list_that_just_fits_does_not_say_more() -> None:
    fitting = next(n for n in range(1, 20) if answers.listed(MANY[:n], ME)[1] < n) - 1
    text, told = answers.listed(MANY[:fitting], ME)

    assert (fitting, False) == (told, text.endswith("Reply more"))


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (
            alert(),
            (
                "#417 checkout-api production: TypeError: cannot read 'id' of undefined in cart#create. New unhandled "
                "error. 3 events, opened 5 min ago, waits for you. "
                "https://app.bugsnag.com/acme/checkout-api/errors/checkout-1"
            ),
        ),
        (
            acked(url="", events=1),
            (
                "#417 checkout-api production: TypeError: cannot read 'id' of undefined in cart#create. New unhandled "
                "error. 1 event, opened 5 min ago, acked by ben 12 min ago."
            ),
        ),
        (
            closed("Dana Doe", "fixed", url="", said={}, why=""),
            "#417. 3 events, opened 5 min ago, closed (fixed) by Dana Doe 2 h ago.",
        ),
        (
            alert(state=SNOOZED, waits_for=(), url="", said={}, why="100th event"),
            "#417 100th event. 3 events, opened 5 min ago, snoozed.",
        ),
        (
            alert(waits_for=("ben", "ana"), url="", said={}, why=""),
            "#417. 3 events, opened 5 min ago, waits for ben, you.",
        ),
    ],
)
def test_details(shown: Alert, text: str) -> None:
    assert text == answers.details(shown, DEFAULT_TEXT, ME)


def test_details_take_two_segments_and_keep_state_and_link_whole() -> None:
    link = "https://bugs.test/" + "u" * 99
    long = alert(said=SAID | {"error.message": "x" * 200, "error.context": "c" * 90}, url=link)
    text = answers.details(long, DEFAULT_TEXT, ME)

    assert text.endswith(". 3 events, opened 5 min ago, waits for you. " + link)
    assert 2 == segments(text)


def test_the_link_is_told_once_although_the_teams_text_has_it() -> None:
    text = answers.details(alert(said=SAID | {"error.url": alert().url}), DEFAULT_TEXT + " {error.url}", ME)

    assert 1 == text.count("https://")


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "Nothing changed: not understood. Nothing open. Text ack, close, list, commands."),
        (1, "Nothing changed: not understood. Open: 417 TypeError. Text ack, close, list, commands."),
        (2, "Nothing changed: not understood. Open: 417 TypeError, 418 Timeout. Text ack, close, list, commands."),
        (
            5,
            (
                "Nothing changed: not understood. Open: 417 TypeError, 418 Timeout and 3 more. "
                "Text ack, close, list, commands."
            ),
        ),
    ],
)
def test_not_understood(count: int, text: str) -> None:
    assert (text, min(count, 2)) == answers.not_understood([alert(), *MANY][:count], count)


def waiting(seen: list[Alert]) -> int:
    """How many nobody has answered."""
    return sum(map(answers.is_unanswered, seen))


def test_a_question_about_more_than_all_could_mean_points_to_the_list() -> None:
    text = "Which? 417 TypeError cart#create, 418 Timeout pay and 4998 more. Reply a number or list"
    assert text == answers.which([alert(), PAY], beyond=4_998)


@pytest.mark.parametrize(
    ("seen", "trouble", "on_duty", "text"),
    [
        (
            [],
            "",
            ("ana",),
            "Everything's perfectly all right now. We're fine. We're all fine here, now, thank you. How are you?",
        ),
        ([], "", (), "Nothing open. NOBODY is on duty."),
        ([alert()], "", ("ana",), "1 open, 1 unanswered: list. On duty: you."),
        ([acked(), PAY], "", ("ben", "ana"), "2 open, 1 unanswered: list. On duty: ben, you."),
        ([acked()], "", ("ben",), "1 open, none unanswered: list. On duty: ben."),
        ([], "", ("shop", "ana"), "Nothing open. NOBODY for shop. On duty: you."),
        (
            [],
            "the tick has not come for over 3 minutes",
            ("ana",),
            "Nothing open. On duty: you. Pager: the tick has not come for over 3 minutes.",
        ),
        (
            [alert()],
            "Twilio refuses texts: the account is suspended",
            (),
            "1 open, 1 unanswered: list. NOBODY is on duty. Pager: Twilio refuses texts: the account is suspended.",
        ),
    ],
)
def test_status(seen: list[Alert], trouble: str, on_duty: tuple[str, ...], text: str) -> None:
    uncovered = tuple(name for name in on_duty if name == "shop")
    people = tuple(name for name in on_duty if name != "shop")
    assert text == answers.status(len(seen), waiting(seen), trouble, Duty(people, uncovered), ME)


def test_the_words_of_the_night_are_one_segment() -> None:
    assert 1 == segments(wording.COMMANDS)
    assert 1 == segments(wording.ALL_WELL)


names = st.text(max_size=60)
awkward = st.builds(
    alert,
    st.integers(100, 999_999),
    names,
    names,
    project=names,
    state=st.sampled_from([TRIGGERED, ACKNOWLEDGED, SNOOZED, CLOSED]),
    acknowledged_by=names,
    closed_by=st.none() | names,
    how=st.sampled_from(["by hand", "fixed", "ignored", "quiet"]),
    url=names,
    waits_for=st.lists(names, max_size=3).map(tuple),
)


@given(st.lists(awkward, min_size=1, max_size=12), st.integers(0, 500))
def test_whatever_alerts_are_called_answers_are_gsm_and_short(seen: list[Alert], others: int) -> None:
    half = len(seen) // 2
    acted = answers.acted(Acted(order("ack"), seen[half:], seen[:half][:1], [seen[0].code], others), ME)
    short = [acted, answers.which(seen), answers.close_all(seen), answers.not_understood(seen, len(seen))[0]]
    people = tuple(one.acknowledged_by or "x" for one in seen[:2])
    short.append(answers.status(len(seen), waiting(seen), "", Duty(people), ME))

    assert [] == [text for text in short[1:] if segments(text) > 1]
    assert segments(acted) <= 2
    long = [answers.listed(seen, ME, "12 open: ")[0], answers.details(seen[0], DEFAULT_TEXT, ME)]
    assert [] == [text for text in short + long if not is_gsm(text)]
    assert [] == [text for text in long if segments(text) > 2]


def test_names_that_are_no_gsm_are_measured_as_they_are_sent() -> None:
    did = Acted(
        order("reopen"),
        [alert(error_class=LONG, project="storefront-backend-eu")],
        paged=("Ana Lima", "Ben Ode", "Eve Ng-Łukasiewicz", "Cy"),
    )
    answer = answers.acted(did, ME)

    assert (
        "Reopened 417 ConnectionTimeout... storefront-backen... (paged: Ana Lima, Ben Ode, Eve Ng-Lukasiewicz, Cy) "
        "here only: no BUGSNAG_AUTH_TOKEN. Nothing else open."
    ) == answer
    assert 1 == segments(answer)
