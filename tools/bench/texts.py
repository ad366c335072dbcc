"""What people text, and the worst that they could."""

from collections.abc import Iterator

from bugglio.grammar import parse
from tools.bench.means import Means
from tools.bench.table import Bench, Goal, Row
from tools.bench.timing import microseconds


def rows(_: Means) -> Iterator[Row]:
    """What people text; a text has 1,600 characters at most."""
    yield _parsed("ack 417", "ack 417", 100)
    yield _parsed("a snooze with codes and a time", "Snooze #417, 418 until fri 9am please", 200)
    yield _parsed("a slip: akc 417", "akc 417", 500)
    yield _parsed("a page that came back", PAGE, 500)
    yield _parsed("1,600 characters: codes", "ack " + "417 " * 399, 20_000)
    yield _parsed("1,600 characters: a note", "note " + "a 1 " * 398, 20_000)
    yield _parsed("1,600 characters: a time", "snooze " + "2 h " * 398, 20_000)
    yield _parsed("1,600 characters: one word each", "\u00bd " * 800, 20_000)
    yield _parsed("1,600 characters: a slip", "akc " + "\u00e91" * 798, 20_000)
    yield _parsed("1,600 characters: a name", "take " + "\u00e9 " * 797, 20_000)


PAGE = "#417 checkout-api production: TypeError: x is undefined in cart#create. New unhandled error. Reply ack 417"


def _parsed(name: str, text: str, goal: float) -> Row:
    figure, baseline = microseconds(lambda: parse(text)), microseconds(lambda: text.casefold().split())
    return Row(name, figure, "us", baseline, Goal(goal))


BENCH = Bench("the same text in small letters, split at its spaces", rows)
