"""What can be applied, but is hardly meant so."""

import pytest

from bugglio.rosterfile import read

SHOP = """\
engineers:
  ana: {name: Ana Lima, phone: "+14155550101"}
teams:
  shop:
"""
"""Line 5 is the next one."""


def told(lines: str) -> tuple[str, ...]:
    """The warnings of a team's lines; they begin in line 5."""
    return read(SHOP + "\n".join(f"    {line}" for line in lines.split("\n")) + "\n").warnings


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("- {if: {severity: eror}, then: page}", "`eror` is no severity that Bugsnag documents; did you mean `error`?"),
        ("- {if: {severity: [info, fatal]}, then: page}", "`fatal` is no severity that Bugsnag documents."),
        (
            "- {if: {trigger: poweTen}, then: page}",
            "`poweTen` is no trigger that Bugsnag documents; did you mean `powerTen`?",
        ),
    ],
)
def test_names_that_bugsnag_does_not_have(line: str, expected: str) -> None:
    assert (f"line 6: {expected}",) == told(f"rules:\n  {line}")


def test_a_pattern_is_no_name() -> None:
    assert () == told("rules:\n  - {if: {trigger: project*, severity: [error, warning, info]}, then: page}")


def test_rules_after_one_that_fits_every_event() -> None:
    catcher, other = "  - {then: ignore}", "  - {if: {stage: a}, then: page}"
    rules = f"rules:\n{other}\n{catcher}\n{other}\n{catcher}\n{other}"
    assert (
        "line 8: this rule is never asked: the one in line 7 fits every event.",
        "line 9: this rule is never asked: the one in line 7 fits every event.",
        "line 10: this rule is never asked: the one in line 7 fits every event.",
    ) == told(rules)


def test_a_rule_of_an_empty_if_fits_every_event_too() -> None:
    expected = "line 7: this rule is never asked: the one in line 6 fits every event."
    assert (expected,) == told("rules:\n  - {if: {}, then: ignore}\n  - {then: page}")


@pytest.mark.parametrize(
    "step", ["again: 5 minutes", "wait: 1 minute, again: 1 minute", "wait: 2 minutes, again: 1 hour"]
)
def test_a_second_page_that_never_comes(step: str) -> None:
    expected = "line 6: `again` is not before the end of `wait`: nobody is paged a second time in this step."
    assert (expected,) == told(f"steps:\n  - {{page: [ana], {step}}}")


@pytest.mark.parametrize("step", ["again: 0", "wait: 1 minute", "wait: 10 minutes, again: 9 minutes"])
def test_a_step_without_a_doubt(step: str) -> None:
    assert () == told(f"steps:\n  - {{page: [ana], {step}}}")


def test_a_path_that_bugsnag_does_not_send() -> None:
    assert ("line 5: `eror` is nothing that Bugsnag sends; did you mean `error`?",) == told('text: "{eror.message}"')
    assert () == told('text: "{account.name} {user.name} {release.version} {error.metaData.a.b}"')


def test_a_text_that_no_page_has_room_for() -> None:
    fits, too_long = "x" * 132 + "{error.message}", "x" * 137 + "{error.message}"

    assert () == told(f'text: "{fits}"')
    assert ("line 5: this text takes 165 of 160 septets even with short values: pages of it are cut.",) == told(
        f'text: "{too_long}"'
    )
    assert () == told(f'text: "{too_long} {{error.url}}"')


def test_warnings_come_in_the_order_of_lines() -> None:
    text = """\
teams:
  shop:
    text: "{eror.message}"
engineers:
  ana: {name: Ana, phone: "+919812345678"}
"""
    assert (
        "line 3: `eror` is nothing that Bugsnag sends; did you mean `error`?",
        "line 5: texts from India cannot answer a page: ...5678 needs somebody else to acknowledge.",
    ) == read(text).warnings
