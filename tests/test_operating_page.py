"""What the manual for operators says of the log: its events, queries and figures find what is really written."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bugglio import health, logs
from bugglio.store.sqlite import SqliteStore
from bugglio.trouble import Trouble
from tests.clock import Clock
from tests.gcloud import ROOT, documented
from tests.logbook import labels, logged
from tests.logquery import entry, extracted, fields, fits
from tests.payloads import event
from tests.stage import staged
from tests.unrest import BUGSNAG_TOKEN, other, pair, play

PAGE = ROOT / "docs" / "operating.md"
TEXT = PAGE.read_text()
METRICS = [
    (name, yaml.safe_load(body))
    for body, name in re.findall(
        r"<<'END'\n(.*?)^END\ngcloud logging metrics create (\S+) --config-from-file=metric.yaml$",
        TEXT,
        re.DOTALL | re.MULTILINE,
    )
]
QUERIES = re.findall(r"^```text\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
READS = [command.path[2] for command in documented(PAGE) if command.path[:2] == ("logging", "read")]
TABLE = re.search(r"^\| event \| when \|.*?\n\n", TEXT, re.DOTALL | re.MULTILINE)
ROWS = [row.split(" | ") for row in (TABLE[0] if TABLE else "").splitlines()[2:] if row]
WORDS = {word for row in ROWS for word in re.findall(r"`([a-z-]+)`", row[0])}
RARE = {
    *("alert-triggered", "bugsnag-doubtful", "roster-changed", "log"),
    *("login-asked", "login-done", "login-refused", "press-taken", "turns-changed"),
    *("pager-well", "heartbeat-failed", "self-test-failed", "not-configured"),
}
"""What does not happen in the long story, and has its own test elsewhere."""


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The log of the long story."""
    clock = Clock()
    store = SqliteStore(tmp_path_factory.mktemp("log") / "bugglio.db", clock.now)
    with staged(store, clock, pair(), BUGSNAG_AUTH_TOKEN=BUGSNAG_TOKEN) as stage, logged() as log:
        stage._alarm = Trouble().report  # type: ignore[method-assign]
        stage.restart()
        play(stage)
    store.close()
    return log.lines


def about(query: str, lines: list[dict[str, Any]]) -> str:
    """The query, of an alert and of times that there were."""
    code = next(labels(line)["code"] for line in lines if line["event"] == "page-dropped")
    query = query.replace("417", code)
    return query.replace("2026-02-01T21:00:00Z", "2000").replace("2026-02-02T07:00:00Z", "3000")


def found(query: str, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in lines if fits(entry(line), about(query, lines))]


# The page is read as it is meant to be.


def test_the_page_is_read() -> None:
    assert 6 == len(METRICS)
    assert 7 == len(QUERIES)
    assert [QUERIES[0].strip()] == READS
    assert 30 < len(WORDS)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('jsonPayload.a="x"', True),
        ('jsonPayload.a="y" OR labels.code="417"', True),
        ('jsonPayload.a="x" AND labels.code="418"', False),
        ('jsonPayload.a="x"\nlabels.code="417" OR labels.code="418"', True),
        ('(jsonPayload.a="y" AND jsonPayload.n>1) OR jsonPayload.n<=2', True),
        ('jsonPayload.a=("y" OR "x")', True),
        ('jsonPayload.none!="x"', False),
        ("jsonPayload.none:*", False),
        ("jsonPayload.n:*", True),
        ("jsonPayload.codes=418", True),
        ("jsonPayload.yes=true", True),
        ('jsonPayload.a=~"^[xy]$"', True),
        ("severity>=WARNING", False),
        ("severity>=INFO AND jsonPayload.n=2", True),
    ],
)
def test_queries_are_understood(query: str, expected: bool) -> None:  # noqa: FBT001 - what the query finds
    line = {"severity": "INFO", "time": "2026", "a": "x", "n": 2, "codes": [417, 418], "yes": True}

    assert expected is fits(entry({**line, "logging.googleapis.com/labels": {"code": "417"}}), query)


# Events.


def test_each_event_of_the_log_is_in_the_table_and_the_other_way_round(lines: list[dict[str, Any]]) -> None:
    told = {line["event"] for line in lines}

    assert set() == told - WORDS
    assert WORDS == told | RARE, WORDS ^ (told | RARE)


def test_each_rare_word_is_in_the_program() -> None:
    source = "".join(path.read_text() for path in sorted((ROOT / "bugglio").rglob("*.py")))

    assert set() == {word for word in RARE if f'"{word}"' not in source and not word.startswith(("alert-", "bugsnag-"))}


def test_each_field_of_the_table_is_one_that_its_lines_have(lines: list[dict[str, Any]]) -> None:
    for row in ROWS:
        words = set(re.findall(r"`([a-z-]+)`", row[0]))
        named = re.findall(r"`([a-z_]+)`", row[2])
        having = {name for line in lines if line["event"] in words for name in line}
        if named and not words <= RARE and "the same" not in row[2]:
            assert set() == set(named) - having, row


def test_each_label_of_the_page_is_one_of_ours() -> None:
    said = TEXT[TEXT.index("stands in its labels:") : TEXT.index("with the trace of its request")]

    assert {*logs.LABELS, "door"} == set(re.findall(r"`([a-z]+)`", said))


# Queries and figures.


@pytest.mark.parametrize("query", [*QUERIES, *READS])
def test_each_query_finds_something_and_not_everything(query: str, lines: list[dict[str, Any]]) -> None:
    assert 0 < len(found(query, lines)) < len(lines)


@pytest.mark.parametrize("query", [*QUERIES, *(str(metric["filter"]) for _, metric in METRICS)])
def test_each_field_of_a_query_is_one_that_lines_have(query: str, lines: list[dict[str, Any]]) -> None:
    assert fields(query)
    for field in fields(query):
        assert any(fits(entry(line), f"{field}:*") for line in lines), field


@pytest.mark.parametrize(("name", "metric"), METRICS, ids=[name for name, _ in METRICS])
def test_each_metric_counts_what_it_says(name: str, metric: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    counted = [entry(line) for line in found(metric["filter"], lines)]
    descriptor, extractors = metric["metricDescriptor"], metric.get("labelExtractors", {})

    assert 0 < len(counted), name
    assert "DELTA" == descriptor["metricKind"]
    assert {label["key"] for label in descriptor.get("labels", [])} == set(extractors)
    for extractor in extractors.values():
        assert any(extracted(one, extractor) for one in counted), extractor
    assert ("valueExtractor" in metric) == (descriptor["valueType"] == "DISTRIBUTION")
    if "valueExtractor" in metric:
        assert all(float(str(extracted(one, metric["valueExtractor"]))) >= 0 for one in counted)


def test_pages_are_told_apart_by_outcome(lines: list[dict[str, Any]]) -> None:
    metric = dict(METRICS)["bugglio-pages"]

    outcomes = {extracted(entry(one), metric["labelExtractors"]["outcome"]) for one in found(metric["filter"], lines)}

    assert {"failed", "dropped", "digested", "put-back"} <= outcomes


# What else it says.


def test_the_alarms_table_has_each_thing_that_may_be_wrong() -> None:
    rows = re.search(r"^\| what \| what it says \|.*?\n\n", TEXT, re.DOTALL | re.MULTILINE)
    assert rows
    kinds = [row.split(" | ")[0].strip("| ") for row in rows[0].splitlines()[2:] if row]

    assert [health.SENDER, health.TICK, health.LAST_RESORT, health.PAGE, health.STEP, health.SELF_TEST] == kinds


def test_a_line_is_as_short_as_the_page_says(tmp_path: Path) -> None:
    clock = Clock()
    store = SqliteStore(tmp_path / "bugglio.db", clock.now)
    with staged(store, clock, pair()) as stage, logged() as log:
        stage.webhook(other(1))
        stage.simulator.settle()
        opened = log.text
        stage.webhook(event("exception", error={"errorId": "checkout-1"}))
        counted = log.text[len(opened) :]
    store.close()

    trace = len(',"logging.googleapis.com/trace":"projects/shop-pager/traces/","logging.googleapis.com/spanId":""') + 48
    assert 8 == len(opened.splitlines())
    assert 4_300 > len(opened) + 8 * trace
    assert 500 > len(counted) + trace
    assert 1 == len(counted.splitlines())
