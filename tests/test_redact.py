"""What redaction takes out of a text, what it leaves, and that logs pass through it."""

import io
import logging
import sys
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bugglio.redact import Redaction, guard, redact, short

Write = Callable[[], str]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("to +14155550101 now", "to ...0101 now"),
        ("+14155550101 12 pages", "...0101 12 pages"),
        ("To=%2B14155550101&From=%2b14155550102", "To=...0101&From=...0102"),
        ('{"to": "\\u002b14155550101"}', '{"to": "...0101"}'),
        ("&#43;14155550101", "...0101"),
        ("+44 20 7946 0958", "...0958"),
        ("+1 (415) 555-0101", "...0101"),
        ("+1-415-555-0101", "...0101"),
        ("+45 12 34 56 78", "...5678"),
        ("whatsapp:+491701234567", "whatsapp:...4567"),
        ("14155550101", "...0101"),
        ("+14155550101141555501011415555010", "...5010"),
        ("phones/14155550101|1767225600000", "phones/...0101|...0000"),
        ("alerts_14155550101", "alerts_...0101"),
        ("call 4155550101.", "call ...0101."),
        ("call (415) 555-0101", "call ...0101"),
        ("call 415.555.0101!", "call ...0101!"),
        ("b'14155550101'", "b'...0101'"),
        ("\uff11\uff14\uff11\uff15\uff15\uff15\uff15\uff10\uff11\uff10\uff11", "...\uff10\uff11\uff10\uff11"),
    ],
)
def test_a_phone_number_keeps_its_last_four_digits(text: str, expected: str) -> None:
    assert expected == redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "#417 checkout-api production: 31 events in 5 minutes",
        "5f73031fb91aad0014229623",
        "SM0123456789abcdef0123456789abcdef",
        "2026-01-05T09:00:00.000Z",
        "2026-01-05 09:14:22",
        "104.196.245.109",
        "took 0.0123456789 s",
        "File cart.py, line 1234567, in create",
        "HTTP 503 after 3500 ms",
        "...0101",
    ],
)
def test_what_is_no_phone_number_stays(text: str) -> None:
    assert text == redact(text)


def test_a_secret_is_found_in_every_form_in_which_it_travels() -> None:
    secret = 'p+s/w=d "é" \\x'
    text = f"{secret} ?token=p%2Bs%2Fw%3Dd%20%22%C3%A9%22%20%5Cx p%2Bs%2Fw%3Dd+%22%C3%A9%22+%5Cx {secret!r}"
    json_form = 'p+s/w=d \\"\\u00e9\\" \\\\x'
    assert "*** ?token=*** *** '***' ***" == redact(f"{text} {json_form}", {secret})


def test_a_secret_inside_another_leaves_no_rest() -> None:
    assert "token ***!" == redact("token abc-def!", ["abc", "abc-def"])


def test_an_empty_secret_is_none() -> None:
    assert "nothing to hide" == redact("nothing to hide", [""])


@pytest.mark.parametrize("scheme", ["Basic", "Bearer", "bearer"])
def test_credentials_of_a_header_are_masked_whoevers_they_are(scheme: str) -> None:
    assert f"Authorization: {scheme} *** sent" == redact(f"Authorization: {scheme} QUMwMTIzOjQ1Njc4OQ== sent")


@pytest.mark.parametrize(
    ("number", "expected"), [("+14155550101", "...0101"), ("+1 415-555-01 01", "...0101"), ("", "...")]
)
def test_short(number: str, expected: str) -> None:
    assert expected == short(number)


@pytest.mark.promise("P5")
@given(st.from_regex(r"\A\+[1-9][0-9]{9,14}\Z"), st.sampled_from(["", " ", ",", ":", "'", "=", "/", "|"]))
def test_no_e164_number_gets_through_whatever_stands_around_it(number: str, around: str) -> None:
    found = redact(f"to{around}{number}{around}now")
    assert number[1:] not in found
    assert number[-4:] in found


@pytest.mark.promise("P5")
@given(st.text(), st.text(min_size=1))
def test_no_secret_gets_through_whatever_stands_around_it(text: str, secret: str) -> None:
    masked = redact(text + secret + text, {secret})
    assert secret not in masked or any(char in "*." or char.isdigit() for char in secret)


@given(st.text())
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    assert redact(text) == redact(redact(text))


@pytest.fixture
def written() -> tuple[logging.Logger, Write]:
    """A logger behind a guarded handler, and what has been written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    guard(lambda: {"hunter2"}, [handler])
    logger = logging.getLogger("tests.redact")
    logger.handlers, logger.propagate = [handler], False
    return logger, stream.getvalue


def test_a_log_line_is_redacted_after_its_arguments_are_put_in(written: tuple[logging.Logger, Write]) -> None:
    logger, text = written
    logger.warning("%s to +1415%s", "hunter2", "5550101")
    assert "*** to ...0101\n" == text()


def lookup_that_fails() -> None:
    password, number = "hunter2", "+14155550101"
    try:
        int(f"{password} of {number}")
    except ValueError as cause:
        raise KeyError(password) from cause


def test_an_exception_is_redacted_with_its_causes(written: tuple[logging.Logger, Write]) -> None:
    logger, text = written
    try:
        lookup_that_fails()
    except KeyError:
        logger.exception("failed", stack_info=True)
    assert "'*** of ...0101'" in text()
    assert "KeyError: '***'" in text()
    assert "Stack (most recent call last)" in text()
    assert "hunter2" not in text()


def test_arguments_that_do_not_fit_are_not_printed_raw(
    written: tuple[logging.Logger, Write], capsys: pytest.CaptureFixture[str]
) -> None:
    logger, text = written
    logger.warning("one %d", "hunter2")
    assert "one %d (its arguments do not fit)\n" == text()
    assert "" == capsys.readouterr().err


def test_extra_fields_are_redacted_too() -> None:
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "m", None, None)
    record.to = "+14155550101"
    assert Redaction(lambda: ()).filter(record)
    assert "...0101" == vars(record)["to"]


def test_secrets_are_asked_for_each_record_so_a_renewed_one_is_masked() -> None:
    known: list[str] = []
    handler = logging.StreamHandler(stream := io.StringIO())
    guard(lambda: known, [handler])
    for _ in range(2):
        handler.handle(logging.LogRecord("x", logging.INFO, __file__, 1, "new-token", None, None))
        known.append("new-token")
    assert "new-token\n***\n" == stream.getvalue()


def test_guarding_twice_filters_once() -> None:
    handler = logging.StreamHandler(sys.stderr)
    nothing: Iterable[str] = ()
    guard(lambda: nothing, [handler])
    guard(lambda: nothing, [handler])
    assert 1 == len(handler.filters)
