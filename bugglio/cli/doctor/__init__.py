"""What a working pager needs, what is found of it, and how to mend what is wrong."""

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bugglio.app import Works
from bugglio.cli import common
from bugglio.cli.common import command
from bugglio.cli.doctor import addresses, carrying, people, standing, storage, upstream
from bugglio.cli.doctor.checks import Check, Checks, good, line, wrong
from bugglio.config import ConfigurationError
from bugglio.laptop import NeverRun, Unusable
from bugglio.store import StoreError

__all__ = ["Check", "register"]

Group = Callable[[Works], Checks]
GROUPS: tuple[Group, ...] = (
    lambda works: storage.of_store(works.kit, works.settings),
    lambda works: people.of_roster(works.kit, works.settings),
    lambda works: standing.of_pager(works.kit, works.settings),
    lambda works: addresses.of_addresses(works.settings),
    lambda works: carrying.of_twilio(works.settings, works.kit),
    lambda works: upstream.of_bugsnag(works.settings, works.kit),
)
STORE = "See BUGGLIO_STORE; on Google Cloud, whether the database exists and this account has roles/datastore.user."


def register(commands: Any) -> None:
    """Add the command to the parser."""
    made = command(commands, "doctor", doctor, "check what a working pager needs, and say how to mend it", facts=True)
    said = "check settings, store and doors alone, at the addresses that FILE names: a version without traffic yet"
    made.add_argument("--at", type=Path, metavar="FILE", help=said)


def doctor(asked: Any) -> int:
    """Tell all checks; 1 if something is wrong."""
    found = list(_checks(asked))
    common.say(asked, {"checks": [asdict(one) for one in found]}, [line(one) for one in found])
    return int(any(one.ok is False for one in found))


def _groups(asked: Any) -> Sequence[Group]:
    """All, or what tells of one version."""
    if asked.at is None:
        return GROUPS
    doors = addresses.read(asked.at)
    return (GROUPS[0], lambda works: addresses.of_doors(works.settings, doors))


def _checks(asked: Any) -> Checks:
    groups = _groups(asked)
    try:
        works = common.app(asked).works
    except ConfigurationError as error:
        yield from (wrong("settings", fault, "Set it, or correct it.") for fault in error.faults)
        return
    except NeverRun as error:
        yield wrong("settings", str(error), "Start it once, or name its folder with --data.")
        return
    except Unusable as error:
        yield wrong("settings", str(error), "")
        return
    except StoreError as error:
        yield wrong("store", f"it cannot be reached: {error}", STORE)
        return
    yield good("settings", "whole")
    if works.settings.on_google_cloud or os.environ.get("BUGGLIO_SECRET"):
        yield good("the secret", f"{works.settings.bugglio_secret} can be read")
    for group in groups:
        try:
            yield from group(works)
        except StoreError as error:
            yield wrong("store", f"it cannot be reached: {error}", STORE)
            return
