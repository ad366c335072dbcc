"""
A folder for `python -m bugglio run` with weeks of a small company's life in it: `python -m tools.demo FOLDER`.

Everything in it was made by bugglio itself, on a clock of its own: errors came in, phones answered, ticks did the rest.
"""

import argparse
import json
import logging
import random
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bugglio import laptop
from bugglio.pager.applying import Applying
from bugglio.rosterfile import read
from bugglio.store.sqlite import SqliteStore
from tests.clock import Clock
from tests.payloads import event
from tests.stage import Stage, staged

ROSTER = """
engineers:
  ana: {name: Ana Lima, phone: "+14155550101", timezone: Europe/London, admin: true}
  ben: {name: Ben Ode, phone: "+14155550102", timezone: Europe/London}
  cleo: {name: Cleo Marsh, phone: "+14155550103", timezone: Europe/London}
  dan: {name: Dan Oak, phone: "+12125550104", timezone: America/New_York}
  eva: {name: Eva Stone, phone: "+12125550105", timezone: America/New_York, admin: true}
  finn: {name: Finn Hall, phone: "+12125550106"}
teams:
  shop:
    timezone: Europe/London
    projects: [checkout-api, payments]
    rotations:
      primary: {engineers: [ana, ben, cleo], starts: 2026-01-05T09:00, turn: 1 week}
      secondary: {next_of: primary}
    steps:
      - {page: [primary], wait: 5 minutes}
      - {page: [secondary, eva], wait: 10 minutes, call: true}
    rules:
      - {if: {stage: [staging, development]}, then: ignore}
      - {if: {severity: [info]}, then: digest}
  web:
    timezone: America/New_York
    projects: ["*"]
    rotations:
      days: {engineers: [dan, finn], starts: 2026-01-05T09:00, turn: 1 week, hours: {mon-fri: "09:00-18:00"}}
      nights: {engineers: [eva, dan], starts: 2026-01-05T18:00, turn: 2 days}
    steps:
      - {page: [days], wait: 5 minutes}
      - {page: [nights], wait: 15 minutes}
"""
ERRORS = (
    ("checkout-api", "TypeError", "cannot read 'id' of undefined", "cart#create"),
    ("checkout-api", "ActiveRecord::StatementTimeout", "canceling statement due to timeout", "orders#index"),
    ("payments", "Stripe::APIConnectionError", "Unexpected error communicating with Stripe", "charge#capture"),
    ("payments", "KeyError", "key not found: :currency", "refund#create"),
    ("storefront", "ChunkLoadError", "Loading chunk 17 failed", "ProductPage"),
    ("storefront", "RangeError", "Maximum call stack size exceeded", "useBasket"),
    ("warehouse", "ConnectionError", "HTTPSConnectionPool: Read timed out", "stock.sync"),
)
STEP = timedelta(minutes=5)


def main(arguments: Sequence[str]) -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(prog="tools.demo", description="Fill a folder for `bugglio run`.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--weeks", type=int, default=6)
    parser.add_argument("--seed", type=int, default=417)
    asked = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    laptop.prepare({}, asked.folder)
    live(asked.folder / "bugglio.db", asked.weeks, random.Random(asked.seed))  # noqa: S311 - make-believe
    print(f"{sys.executable} -m bugglio run --data {asked.folder}")
    return 0


def live(path: Path, weeks: int, chance: random.Random) -> None:
    """Let so many weeks pass, until a minute ago."""
    end = datetime.now(UTC) - timedelta(minutes=1)
    clock = Clock(end - timedelta(weeks=weeks))
    store = SqliteStore(path, clock.now)
    with staged(store, clock, ON_DUTY="+14155550101") as stage:
        stage.use_the_store()
        applying = Applying(stage.works.kit)
        applying.apply(applying.plan(read(ROSTER.encode()).book), "eva")
        stage.works.kit.forget_roster()
        _greet(stage)
        while clock.now() < end.timestamp() * 1000 - STEP.total_seconds() * 1000:
            _five_minutes(stage, clock, chance)
        _at_last(stage, clock)
    store.close()


def _greet(stage: Stage) -> None:
    """Everybody's phone has been heard, but Finn's."""
    people = stage.works.kit.roster().engineers.values()
    for person in people:
        if person.id != "finn":
            stage.text(person.phone, "ok")


def _five_minutes(stage: Stage, clock: Clock, chance: random.Random) -> None:
    at = datetime.fromtimestamp(clock.now() / 1000, UTC)
    busy = 0.02 if at.weekday() < 5 and 8 <= at.hour < 19 else 0.006
    if chance.random() >= busy:
        clock.advance(seconds=STEP.total_seconds())
        stage.tick()
        return
    _happen(stage, clock, chance, chance.choice(ERRORS))


def _happen(stage: Stage, clock: Clock, chance: random.Random, error: tuple[str, str, str, str]) -> None:
    """An error comes in, and whoever was paged for it answers after a while, or somebody after them."""
    code = _deliver(stage, clock, chance, error)
    stage.simulator.settle()
    stage.wait(seconds=chance.choice((40, 90, 140, 200, 360)), step=20)
    stage.simulator.settle()
    holder = next((one for one in stage.alerts() if one["code"] == code), None)
    if holder is None:
        return
    people = stage.works.kit.roster().engineers
    who = people[(holder.get("waits_for") or ["ana"])[0]]
    stage.text(who.phone, f"ack {code}")
    stage.wait(minutes=chance.choice((4, 11, 25, 50)), step=60)
    word = chance.choice(("close", "close", "fix", "fix", "note {} deployed the revert", "snooze {} 2h"))
    stage.text(who.phone, word.format(code) if "{}" in word else f"{word} {code}")
    if "{}" in word:
        stage.wait(minutes=10, step=60)
        stage.text(who.phone, f"close {code}")
    stage.simulator.settle()


def _deliver(stage: Stage, clock: Clock, chance: random.Random, error: tuple[str, str, str, str]) -> int:
    project, kind, message, context = error
    at = datetime.fromtimestamp(clock.now() / 1000, UTC)
    received = f"{at:%Y-%m-%dT%H:%M:%S}.000Z"
    known = f"{project}-{kind}-{chance.randrange(10**6)}"
    told: dict[str, str | int] = {
        "errorId": known,
        "occurrences": chance.randrange(1, 90),
        "exceptionClass": kind,
        "message": message,
        "context": context,
        "receivedAt": received,
    }
    told["url"] = f"https://app.bugsnag.com/harbor/{project}/errors/{known}"
    made = event(error=told, project={"id": f"p-{project}", "name": project})
    answer = stage.webhook(json.loads(json.dumps(made)))
    return int(answer["code"] or 0)


def _at_last(stage: Stage, clock: Clock) -> None:
    """Two alerts are open: somebody has one of them."""
    chance = random.Random(1)  # noqa: S311 - make-believe
    code = _deliver(stage, clock, chance, ERRORS[2])
    stage.wait(seconds=100, step=10)
    held = next(one for one in stage.alerts() if one["code"] == code)
    stage.text(stage.works.kit.roster().engineers[held["waits_for"][0]].phone, f"ack {code}")
    stage.wait(seconds=30, step=10)
    _deliver(stage, clock, chance, ERRORS[0])
    stage.wait(seconds=20, step=10)
    stage.simulator.settle()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
