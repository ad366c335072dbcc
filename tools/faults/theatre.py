"""All that a run is played with: servers, phones, a store, wires between them, and who calls."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bugglio.app import App, Parts
from bugglio.config import read_settings
from bugglio.pager.applying import Applying
from bugglio.store import Store
from tools.faults.actors import SCHEDULER, People, Scheduler
from tools.faults.deliveries import Bugsnag
from tools.faults.evidence import JOURNAL
from tools.faults.fleet import Fleet, fleet
from tools.faults.people import Company, book
from tools.faults.plan import EMULATOR, SKEWS, Plan
from tools.faults.traps import DEEDS, Traps
from tools.faults.wires import Wire, Wires, wires
from tools.rig.certificates import certificate
from tools.rig.phones import ON_DUTY, Phones, phones, settings

DATABASE = "bugglio.db"
TICKS = 3
"""So many calls of the tick are under way at all times."""
ANSWERED = 0.4
"""The share of pages that people answer."""
PATIENCE = 30.0
"""Seconds that the harness itself waits for a store."""

Ways = Mapping[str, list[Wire]]


@dataclass(frozen=True)
class Theatre:
    """The stage, and who is on it."""

    plan: Plan
    folder: Path
    traps: Traps
    fleet: Fleet
    phones: Phones
    store: Store
    ways: Ways
    """Each instance's way to Twilio, and to the store where it has one."""
    bugsnag: Bugsnag
    people: People
    scheduler: Scheduler


@contextmanager
def theatre(plan: Plan, company: Company, folder: Path, emulator: str, more: Mapping[str, str]) -> Iterator[Theatre]:
    """
    Everything started, but for those who call; at the end all is gone but what lies in the folder.

    `emulator` is the address of Firestore's; `more` are settings of the instances.
    """
    skews = SKEWS[plan.engine]
    with ExitStack() as stack:
        hall, there = stack.enter_context(wires()), list[Fleet]()
        front = hall.lay(lambda: there[0].ports() if there else [])
        public = f"http://127.0.0.1:{front.port}"
        people = stack.enter_context(phones(public, folder / JOURNAL))
        ways = {"twilio": _lay(hall, people.origin, len(skews))}
        if plan.engine == EMULATOR:
            ways["store"] = _lay(hall, emulator, len(skews))
        project = f"faults-{uuid.uuid4().hex[:12]}"
        store = _store(folder, emulator, project)
        stack.callback(store.close)
        _apply(store, company)
        (folder / "traps").mkdir()
        (folder / DEEDS).touch()
        (folder / "certificate.pem").write_text(certificate())
        traps, given = Traps(folder / "traps"), partial(_settings, public, ways, folder, project, more)
        there.append(stack.enter_context(fleet(folder, given, skews, traps)))
        bugsnag = Bugsnag(front.port, company, plan)
        answering = People(people, company, plan.seed, ANSWERED)
        scheduler = Scheduler(front.port, public, plan.seed, TICKS)
        yield Theatre(plan, folder, traps, there[0], people, store, ways, bugsnag, answering, scheduler)


def _lay(hall: Wires, address: str, number: int) -> list[Wire]:
    """A wire to this address for each instance."""
    port = int(address.rpartition(":")[2])
    return [hall.lay(lambda: [port]) for _ in range(number)]


def _settings(
    public: str, ways: Ways, folder: Path, project: str, more: Mapping[str, str], instance: int
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

        return SqliteStore(folder / DATABASE, timeout=PATIENCE)
    from bugglio.store.firestore import FirestoreStore
    from tools.rig.clients import firestore_connection

    return FirestoreStore(firestore_connection(emulator, project), timeout=PATIENCE)


def _apply(store: Store, company: Company) -> None:
    known = read_settings(settings("http://127.0.0.1:1", "http://127.0.0.1:1", "unused"), on_google_cloud=False)
    applying = Applying(App(lambda: known, lambda *_: None, Parts(store=store)).works.kit)
    applying.apply(applying.plan(book(company)), ON_DUTY)
