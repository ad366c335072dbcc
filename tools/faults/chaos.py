"""Everything goes wrong that is planned, while everybody calls."""

import contextlib
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.faults.plan import Moment
from tools.faults.theatre import DATABASE, Theatre
from tools.faults.wires import OPEN, Wire

END = 20.0
"""Seconds for deliveries and texts that are under way when the chaos ends."""
STEP = 0.2


def chaos(theatre: Theatre) -> None:
    """Everything at once, for as long as is planned."""
    over = threading.Event()
    for actor in (theatre.bugsnag, theatre.people, theatre.scheduler):
        actor.start()
    makers = [threading.Thread(target=work, args=(theatre, over)) for work in (_lay_traps, _happen)]
    for maker in makers:
        maker.start()
    over.wait(theatre.plan.seconds)
    over.set()
    for maker in makers:
        maker.join()
    theatre.bugsnag.end(END)
    theatre.people.end(END)


def _lay_traps(theatre: Theatre, over: threading.Event) -> None:
    """One after another, at each step one at a time: those that nobody comes to lie as long as it takes."""
    queue = deque(theatre.plan.traps)
    while queue and not over.wait(theatre.plan.pace):
        for _ in range(len(queue)):
            trap = queue.popleft()
            if not theatre.traps.lies(trap.step):
                theatre.traps.lay(trap)
                break
            queue.append(trap)


def _happen(theatre: Theatre, over: threading.Event) -> None:
    """What is planned for a moment happens then."""
    began, later = time.monotonic(), list[tuple[float, Wire]]()
    for moment in theatre.plan.moments:
        while (left := began + moment.at - time.monotonic()) > 0:
            if over.wait(min(left, STEP)):
                return
            for end, wire in [one for one in later if one[0] <= time.monotonic()]:
                wire.set(OPEN)
                later.remove((end, wire))
        later += _do(theatre, moment)


def _do(theatre: Theatre, moment: Moment) -> list[tuple[float, Wire]]:
    """Let it happen; a wire and when it is whole again, if one was touched."""
    how: Mapping[str, Any] = moment.how
    if moment.what in ("kill", "kill all", "freeze", "wire") and theatre.fleet.sleeps(moment.instance):
        return []
    match moment.what:
        case "kill" | "kill all":
            theatre.fleet.kill(moment.instance, everybody=moment.what == "kill all")
        case "freeze":
            theatre.fleet.freeze(moment.instance, how["seconds"])
        case "mishap":
            theatre.phones.misbehave(**how)
        case "lock":
            threading.Thread(target=_lock, args=(theatre.folder / DATABASE, how["seconds"])).start()
        case "wire":
            wire = theatre.ways[how["to"]][moment.instance]
            wire.set(how["mode"])
            return [(time.monotonic() + how["seconds"], wire)]
    return []


def _lock(file: Path, seconds: float) -> None:
    """Keep everybody from writing, unless somebody does so already: a process that stands still in a commit."""
    with (
        contextlib.suppress(sqlite3.OperationalError),
        contextlib.closing(sqlite3.connect(file, isolation_level=None, timeout=seconds)) as connection,
    ):
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        connection.execute("ROLLBACK")
