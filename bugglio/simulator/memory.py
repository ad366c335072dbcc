"""What the parts of the simulator share: the account, the clock, and what Twilio remembers, behind one lock."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from bugglio.simulator.records import Records
from bugglio.simulator.trouble import Troubles


@dataclass
class Account:
    """Bugglio's account at Twilio: its name, its secret, its number, and its messaging service or nothing."""

    sid: str
    token: str
    sender: str
    service: str = ""
    spare: str = ""
    """The secondary token: it opens the API too, and signs nothing."""


@dataclass(frozen=True)
class Memory:
    """
    The one state of the simulator.

    `lock` guards records and troubles, may be taken twice by a thread, and is never held while a door is called: the
    door may call back from another thread. `clock` tells milliseconds since 1970.
    """

    account: Account
    clock: Callable[[], int]
    records: Records
    troubles: Troubles = field(default_factory=Troubles)
    lock: threading.RLock = field(default_factory=threading.RLock)
