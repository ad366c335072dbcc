"""How much one address may ask and try."""

import pytest

from bugglio.logins import addresses
from bugglio.logins.addresses import ASKS, DOCUMENTS, ROOM, TRIES, Counts
from bugglio.logins.hashes import of_address
from bugglio.roster import HOUR

NOW = 1_000_000_000


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", " 192.0.2.1 ", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("2001:db8::1", "2001:db8:0:0:ffff::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("[2001:db8::1]", "2001:db8::1", True),
        ("fe80::1%eth0", "fe80::1", True),
        ("", "no address", True),
        ("", "192.0.2.1, 192.0.2.2", True),
        ("", "192.0.2.1", False),
    ],
)
def test_addresses_are_told_apart(one: str, other: str, same: bool) -> None:  # noqa: FBT001 - what is expected
    assert same is (addresses.network(one) == addresses.network(other))


def test_an_address_asks_and_tries_so_often_in_an_hour_and_others_are_not_concerned() -> None:
    counts: Counts | None = Counts()
    for n in range(ASKS):
        assert counts is not None
        counts = addresses.asks_once_more(counts, "a", NOW + n)
    for n in range(TRIES):
        assert counts is not None
        counts = addresses.tries_once_more(counts, "a", NOW + n)
    assert counts is not None

    assert addresses.asks_once_more(counts, "a", NOW + HOUR - 1) is None
    assert addresses.tries_once_more(counts, "a", NOW + HOUR - 1) is None
    assert addresses.asks_once_more(counts, "b", NOW) is not None
    again = addresses.asks_once_more(counts, "a", NOW + HOUR)
    assert again is not None
    assert [(1, 0)] == [(one.asks, one.tries) for one in again.counts]


def test_strangers_cannot_fill_the_store() -> None:
    counts = Counts()
    for n in range(3 * ROOM):
        counts = addresses.asks_once_more(counts, str(n), NOW + n) or counts

    assert ROOM == len(counts.counts)
    assert str(3 * ROOM - 1) == counts.counts[-1].id
    places = {addresses.path(of_address("key", f"10.0.{n}.1")) for n in range(2_000)}
    assert {f"logins/addresses-{n:02}" for n in range(DOCUMENTS)} == places


def test_counts_are_read_back_as_they_were_kept() -> None:
    counts = addresses.asks_once_more(Counts(), "a", NOW)

    assert counts is not None
    assert counts == addresses.load(addresses.dump(counts))
