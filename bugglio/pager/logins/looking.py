"""One look at what is kept of a phone, and of the address from which somebody asks for it."""

from dataclasses import dataclass

from bugglio.logins import addresses, lasting, records
from bugglio.logins.addresses import Counts
from bugglio.logins.hashes import fingerprint, of_address
from bugglio.logins.records import Device, Login
from bugglio.pager.logins.caller import Caller
from bugglio.pager.logins.sessions import login_in
from bugglio.store import Reading, Store, Write
from bugglio.store.change import changes


class Crowded(Exception):
    """So much was asked and tried from this address that the hour has to pass first."""


@dataclass(frozen=True)
class Look:
    """What was read."""

    reading: Reading
    phone: str
    """Path of the phone's document ..."""
    shard: str
    """... and of the one where the address is counted."""
    address: str
    """The address's hash."""
    device: Device | None
    """The known browser that asks: its address does not count."""

    @property
    def login(self) -> Login:
        """What is kept of the phone."""
        return login_in(self.reading, self.phone)

    @property
    def at(self) -> int:
        """The store's time."""
        return self.reading.at

    def one_more_ask(self) -> list[Write]:
        """The write that counts it. Raises `Crowded`."""
        return self._counted(addresses.asks_once_more(self._counts, self.address, self.at))

    def one_more_try(self) -> list[Write]:
        """The write that counts it. Raises `Crowded`."""
        return self._counted(addresses.tries_once_more(self._counts, self.address, self.at))

    def kept(self, login: Login) -> list[Write]:
        """What is written where the phone's document is another now."""
        if login == self.login:
            return []
        return changes(self.phone, self.reading.get(self.phone), records.dump(login))

    @property
    def _counts(self) -> Counts:
        found = self.reading.get(self.shard)
        return addresses.load(found.fields if found is not None else None)

    def _counted(self, counts: Counts | None) -> list[Write]:
        if self.device is not None:
            return []
        if counts is None:
            raise Crowded
        return changes(self.shard, self.reading.get(self.shard), addresses.dump(counts))


def look(store: Store, phone: str, key: str, caller: Caller) -> Look:
    """Read what is kept of the phone of this id, known or not, in one round trip."""
    where, address = records.path(phone), of_address(key, addresses.network(caller.address))
    shard = addresses.path(address)
    reading = store.get([where, shard])
    device = lasting.known(login_in(reading, where), fingerprint(caller.device)) if caller.device else None
    return Look(reading, where, shard, address, device)
