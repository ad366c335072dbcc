"""One run on one engine: chaos, then calm until everything has settled, then what is left is put down."""

import contextlib
import json
import sqlite3
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bugglio.app import App, Parts
from bugglio.config import read_settings
from bugglio.pager.applying import Applying
from bugglio.store import Store
from tools.faults import evidence
from tools.faults.actors import SCHEDULER, Bugsnag, People, Scheduler
from tools.faults.evidence import Evidence
from tools.faults.fleet import Fleet, fleet
from tools.faults.people import Company, book
from tools.faults.plan import EMULATOR, SKEWS, Moment, Plan
from tools.faults.traps import Traps
from tools.faults.wires import OPEN, Wire, wires
from tools.rig.certificates import certificate
from tools.rig.phones import ON_DUTY, Phones, phones, settings

DATABASE = "bugglio.db"
TICKS = 3
"""So many calls of the tick are under way at all times."""
ANSWERED = 0.4
"""The share of pages that people answer."""
CALM_AT_MOST = 600.0
"""Seconds: the last resort's phone, which got many texts, may get only one each 5 minutes."""
LOOK = 1.0
END = 20.0
"""Seconds for deliveries and texts that are under way when the chaos ends."""


@dataclass(frozen=True)
class Theatre:
    """All that a run is played with."""

    plan: Plan
    folder: Path
    traps: Traps
    fleet: Fleet
    phones: Phones
    store: Store
    ways: Mapping[str, list[Wire]]
    """Each instance's way to Twilio, and to the store where it has one."""
    actors: tuple[Bugsnag, People, Scheduler]


def run(
    plan: Plan,
    folder: Path,
    emulator: str = "",
    say: Callable[[str], None] = print,
    *,
    calm: float = CALM_AT_MOST,
    **more: str,
) -> Evidence:
    """
    Play a plan; `emulator` is the address of Firestore's. What is known then stays in the folder.

    `calm` are the seconds in which all has to settle; `more` are settings of the instances.
    """
    (folder / "plan.json").write_text(json.dumps(asdict(plan), indent=1))
    company = Company(plan.teams)
    with _theatre(plan, company, folder, emulator, more) as theatre:
        began = time.monotonic()
        _chaos(theatre)
        say(f"{plan.engine}: {plan.seconds:g} s of chaos are over, after {time.monotonic() - began:.0f} s")
        calm_since = _calm(theatre, calm)
        say(f"{plan.engine}: settled after {time.monotonic() - began:.0f} s")
        at = theatre.store.get([]).at
        evidence.dump(theatre.store, folder)
        ticks = theatre.actors[2].answers.count(200)
        facts = {"steps": company.steps, "at": at, "calm_since": calm_since, "ticks": ticks}
        evidence.keep(folder, theatre.actors[0].webhooks, facts)
    for n, instance in enumerate(theatre.fleet.instances):
        (folder / f"instance-{n}.log").write_text(instance.said)
    return evidence.read(folder)


@contextmanager
def _theatre(plan: Plan, company: Company, folder: Path, emulator: str, more: Mapping[str, str]) -> Iterator[Theatre]:
    with ExitStack() as stack:
        hall = stack.enter_context(wires())
        there: list[Fleet] = []
        front = hall.lay(lambda: there[0].ports() if there else [])
        public = f"http://127.0.0.1:{front.port}"
        people = stack.enter_context(phones(public, folder / evidence.JOURNAL))
        twilio = int(people.origin.rpartition(":")[2])
        ways = {"twilio": [hall.lay(lambda: [twilio]) for _ in SKEWS[plan.engine]]}
        if plan.engine == EMULATOR:
            ways["store"] = [hall.lay(lambda: [int(emulator.rpartition(":")[2])]) for _ in SKEWS[plan.engine]]
        project = f"faults-{uuid.uuid4().hex[:12]}"
        store = _store(folder, emulator, project)
        stack.callback(store.close)
        _apply(store, company)
        given = partial(_settings, public, ways, folder, project, more)
        traps = Traps(folder / "traps")
        (folder / "traps").mkdir()
        (folder / "certificate.pem").write_text(certificate())
        there.append(stack.enter_context(fleet(folder, given, SKEWS[plan.engine], traps)))
        actors = (
            Bugsnag(front.port, company, plan),
            People(people, company, plan.seed, ANSWERED),
            Scheduler(front.port, public, plan.seed, TICKS),
        )
        yield Theatre(plan, folder, traps, there[0], people, store, ways, actors)


def _settings(
    public: str, ways: Mapping[str, list[Wire]], folder: Path, project: str, more: Mapping[str, str], instance: int
) -> Mapping[str, str]:
    """What an instance needs to know."""
    store = f"127.0.0.1:{ways['store'][instance].port}" if "store" in ways else str(folder / DATABASE)
    return {
        **settings(public, f"http://127.0.0.1:{ways['twilio'][instance].port}", store),
        **({"GOOGLE_CLOUD_PROJECT": project} if "store" in ways else {}),
        "BUGGLIO_SCHEDULER_ACCOUNT": SCHEDULER,
        "BUGGLIO_SMS_PER_DAY": "1000000",
        **more,
        "FAULTS_TRAPS": str(folder / "traps"),
        "FAULTS_CERTIFICATE": str(folder / "certificate.pem"),
    }


def _store(folder: Path, emulator: str, project: str) -> Store:
    """The store as the harness itself reaches it, past all wires."""
    if not emulator:
        from bugglio.store.sqlite import SqliteStore

        return SqliteStore(folder / DATABASE, timeout=30)
    from bugglio.store.firestore import FirestoreStore
    from tools.rig.clients import firestore_connection

    return FirestoreStore(firestore_connection(emulator, project), timeout=30)


def _apply(store: Store, company: Company) -> None:
    known = read_settings(settings("http://127.0.0.1:1", "http://127.0.0.1:1", "unused"), on_google_cloud=False)
    applying = Applying(App(lambda: known, lambda *_: None, Parts(store=store)).works.kit)
    applying.apply(applying.plan(book(company)), ON_DUTY)


def _chaos(theatre: Theatre) -> None:
    """Everything at once, for as long as is planned."""
    over = threading.Event()
    for actor in theatre.actors:
        actor.start()
    makers = [threading.Thread(target=work, args=(theatre, over)) for work in (_lay_traps, _happen)]
    for maker in makers:
        maker.start()
    over.wait(theatre.plan.seconds)
    over.set()
    for maker in makers:
        maker.join()
    bugsnag, people, _ = theatre.actors
    bugsnag.end(END)
    people.end(END)


def _calm(theatre: Theatre, seconds: float) -> int:
    """All is well; wait until what was under way has settled. The store's time at which the last fault was over."""
    theatre.traps.clear()
    theatre.phones.misbehave(None)
    for wire in (one for ways in theatre.ways.values() for one in ways):
        wire.set(OPEN)
    until = time.monotonic() + seconds
    while theatre.fleet.frozen and time.monotonic() < until:
        time.sleep(LOOK)
    since = theatre.store.get([]).at
    while _unsettled(theatre.store, since) and time.monotonic() < until:
        time.sleep(LOOK)
    theatre.actors[2].rest()
    return since


def _unsettled(store: Store, since: int) -> bool:
    """Whether there is a page of before that is not over."""
    due = store.query("pages", "due_at", limit=evidence.AT_ONCE)
    return any(one.fields["created"] < since and one.fields["state"] in ("waiting", "sending") for one in due)


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
            if over.wait(min(left, 0.2)):
                return
            for end, wire in [one for one in later if one[0] <= time.monotonic()]:
                wire.set(OPEN)
                later.remove((end, wire))
        later += _do(theatre, moment)


def _do(theatre: Theatre, moment: Moment) -> list[tuple[float, Wire]]:
    """Let it happen; a wire and when it is whole again, if one was touched."""
    how: Mapping[str, Any] = moment.how
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
    """Keep everybody from writing."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None, timeout=30)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        connection.execute("ROLLBACK")
