"""Forms show every part of a roster, and give it back as it was."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from bugglio.admin.shapes import days, names, overrides, rows, rules, settings, steps, texts, turns
from bugglio.admin.shapes.rows import Form, Row, row
from bugglio.roster import Book, Engineer
from bugglio.rosterfile import deciding, stepping, teams, tree_of
from bugglio.rosterfile import turns as reading
from tests.rosterfile.books import NASTY, TEXTS, books


def sent(kind: str, shown: list[Row], **others: str) -> Form:
    """The form as a browser sends it: the rows of a kind, and other fields."""
    form: Form = MultiDict(others)
    for at, one in enumerate(shown):
        for name, values in one.fields.items():
            form.setlist(f"{kind}-{at}-{name}", values)
    return form


@pytest.mark.slow
@given(st.lists(TEXTS, max_size=5))
def test_several_texts_in_a_field_stay_what_they_are(several: list[str]) -> None:
    assert several == texts.split(texts.joined(several))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", []),
        (" staging ,development", ["staging", "development"]),
        ("staging,", ["staging"]),
        (",, a", ["a"]),
        ('"a, b", c', ["a, b", "c"]),
        ('""', [""]),
        ('say "so"', ['say "so"']),
        ('"open', ['"open']),
        ('"a" b', ['"a" b']),
    ],
)
def test_texts_are_separated_by_commas(typed: str, expected: list[str]) -> None:
    assert expected == texts.split(typed)


@pytest.mark.slow
@given(books())
def test_a_book_that_forms_show_and_nobody_changes_stays_as_it_is(book: Book) -> None:
    whole = tree_of(book)
    for team in whole["teams"].values():
        assert team == settings.put(team, settings.filled(MultiDict(settings.shown(team))))
        assert team == steps.with_lists(team, {name: _steps(each, book) for name, each in steps.lists(team).items()})
        assert team.get("rules", []) == rules.put(
            rows.rows_in(sent("rule", rules.shown(team.get("rules", []))), "rule")
        )
        planned = sent("override", overrides.shown(team.get("overrides", [])))
        assert team.get("overrides", []) == overrides.put(rows.rows_in(planned, "override"))
        for rotation in team.get("rotations", {}).values():
            assert rotation == _rotation(rotation)


def _steps(found: Sequence[Any], book: Book) -> list[Any]:
    shown = rows.rows_in(sent("step", steps.shown(found)), "step")
    steps.tidied(shown)
    others = [name for team in book.teams.values() for name in team.rotations]
    return steps.put(shown, names.known(book.engineers, others))


def _rotation(rotation: dict[str, Any]) -> dict[str, Any]:
    fields = turns.shown(rotation)
    form = sent("engineer", fields.engineers)
    form.update(sent("window", fields.windows))
    form.update({"kind": "next" if fields.follows else "turns", "next_of": fields.next_of, "starts": fields.starts})
    form.update({"number": fields.number, "unit": fields.unit, "timezone": fields.timezone})
    back = turns.filled(form)
    turns.tidied(back)
    return turns.put(rotation, back)


def test_forms_show_every_key_that_a_file_may_have() -> None:
    apart = {"projects", "rotations", "overrides", "steps", "rules"}
    assert set(teams.KEYS) == {*settings.KEYS, *apart}
    assert set(reading.KEYS) == set(turns.KEYS)
    assert set(reading.OVERRIDE_KEYS) == set(overrides.KEYS)
    assert set(stepping.KEYS) == set(steps.KEYS)
    assert set(deciding.CONDITIONS) == set(rules.CONDITIONS)


def test_what_no_field_is_about_stays() -> None:
    assert {"x": "1"} == settings.put({"x": "1", "repeat": "2"}, settings.shown({}))
    assert {"x": "1", "next_of": "primary"} == turns.put({"x": "1"}, turns.Turns(follows=True, next_of="primary"))
    assert {"x": "1"} == steps.with_lists({"x": "1"}, {"default": []})


@pytest.mark.parametrize(
    ("button", "expected", "chosen"),
    [
        ("up:step:1", "bac", "b"),
        ("up:step:0", "abc", "a"),
        ("down:step:1", "acb", "b"),
        ("down:step:2", "abc", "c"),
        ("remove:step:1", "ac", "c"),
        ("remove:step:2", "ab", "b"),
        ("remove:step:7", "abc", ""),
        ("up:step:7", "abc", ""),
        ("sing:step:0", "abc", ""),
    ],
)
def test_buttons_move_and_remove_a_row_and_choose_where_to_go_on(button: str, expected: str, chosen: str) -> None:
    found = [row(page=each) for each in "abc"]
    assert rows.pressed(MultiDict({"do": button}), {"step": found})
    assert expected == "".join(one.get("page") for one in found)
    assert chosen == "".join(one.get("page") for one in found if one.chosen)


def test_a_button_adds_an_empty_row_at_the_end() -> None:
    found = [row(page="a")]
    assert rows.pressed(MultiDict({"do": "add:step:0"}), {"step": found})
    assert [("a", False), ("", True)] == [(one.get("page"), one.chosen) for one in found]


@pytest.mark.parametrize("button", ["", "show", "up:rule:0", "up:step:x"])
def test_what_is_no_button_of_a_row_changes_nothing(button: str) -> None:
    assert not rows.pressed(MultiDict({"do": button}), {"step": []})


def test_rows_come_in_the_order_of_their_numbers_and_a_box_that_is_not_ticked_is_not_sent() -> None:
    form: Form = MultiDict(
        [("step-10-page", "b"), ("step-2-page", "a"), ("step-2-call", "true"), ("other-1-page", "c")]
    )
    found = rows.rows_in(form, "step")
    assert [("a", ["true"]), ("b", [])] == [(one.get("page"), one.all("call")) for one in found]


def test_rows_that_say_nothing_are_left_out() -> None:
    found = [row(page="", wait="", again=""), row(page="a", wait=""), Row()]
    steps.tidied(found)
    assert [{"page": ["a"]}] == steps.put(found)


def test_a_weekday_in_two_rows_stays_in_both() -> None:
    fields = turns.Turns(windows=[row(day=["mon"], start="09:00", end="10:00") for _ in range(3)])
    assert ["mon", "mon ", "mon  "] == list(turns.put({}, fields)["hours"])


def test_a_moment_with_seconds_and_one_without_are_the_same() -> None:
    assert "2026-01-05T09:00" == days.moment("2026-01-05T09:00:00") == days.moment("2026-01-05 09:00")
    assert "2026-01-05T09:00:01" == days.moment("2026-01-05T09:00:01")
    assert "2026-01-05T10:00" == days.moment("2026-01-05T10:00")


def test_somebody_is_known_by_a_name_that_nobody_else_has() -> None:
    people = {
        "ana": Engineer("ana", "Ana Lima", "+14155550101"),
        "ben": Engineer("ben", "Ben", "+14155550102"),
        "bob": Engineer("bob", "BEN", "+14155550103"),
        "cy": Engineer("cy", "Primary", "+14155550104"),
    }
    known = names.known(people, ["primary"])
    assert ["ana", "ana", "ben", "Ben", "primary", "zed"] == [
        known(typed) for typed in ("ana", "ANA LIMA", "ben", "Ben", "primary", "zed")
    ]


@pytest.mark.parametrize("text", NASTY)
def test_a_rule_keeps_any_text(text: str) -> None:
    rule = {"if": {"message": [text, "x"], "class": text}, "then": {"steps": "night"}}
    assert [rule] == rules.put(rows.rows_in(sent("rule", rules.shown([rule])), "rule"))
