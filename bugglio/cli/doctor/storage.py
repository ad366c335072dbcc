"""Whether the store can be read and written, and whether this machine's clock is right."""

import time

from bugglio.cli.doctor.checks import Check, Checks, good, unknown, wrong
from bugglio.config import Settings
from bugglio.pager.kit import Kit
from bugglio.store import StoreError
from bugglio.store.change import change

PATH = "pulse/doctor"
FAR = 5.0
"""Seconds by which a clock may be off: proofs and pages are judged by the store's time, certificates by ours."""
WRITABLE = (
    "Give the account that runs this roles/datastore.user in Google Cloud; of a file, let its user write it and its"
    " folder, and see whether the disk is full."
)
CLOCK = "Set this machine's clock by the network (timedatectl set-ntp true)."


def of_store(kit: Kit, settings: Settings) -> Checks:
    """Read it, then write to it."""
    before = time.time()
    reading = kit.store.get([PATH])
    after = time.time()
    yield good("store", "it answers")
    yield _written(kit)
    yield _clock(settings, reading.at / 1000, before, after)


def _written(kit: Kit) -> Check:
    try:
        reading = kit.store.get([PATH])
        kit.store.commit([change(PATH, reading.get(PATH), {"v": 1, "at": reading.at})])
    except StoreError as error:
        return wrong("writing to the store", f"it cannot be written: {error}", WRITABLE)
    return good("writing to the store", "it takes what is written")


def _clock(settings: Settings, told: float, before: float, after: float) -> Check:
    """The store's time lies between those at which it was asked, if both clocks are right."""
    if settings.sqlite_path:
        return unknown("clock", "a SQLite file has no time but this machine's")
    off = max(before - told, told - after, 0.0)
    if off > FAR:
        return wrong("clock", f"this machine's clock and the store's are {off:.0f} seconds apart", CLOCK)
    return good("clock", "it agrees with the store's")
