"""Which address a caller has, and whether it is in a list."""

from ipaddress import ip_network

import pytest
from werkzeug import Request
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from bugglio.doors.caller import comes_from


def came(address: str, networks: list[str], hops: int = 0, *forwarded: str) -> bool:
    headers = Headers([("X-Forwarded-For", line) for line in forwarded])
    environ = EnvironBuilder(headers=headers).get_environ() | {"REMOTE_ADDR": address}
    return comes_from(Request(environ), [ip_network(each) for each in networks], hops)


@pytest.mark.parametrize(
    ("address", "network", "inside"),
    [
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.8", "192.0.2.7", False),
        ("10.9.8.7", "10.0.0.0/8", True),
        ("11.0.0.0", "10.0.0.0/8", False),
        ("2001:db8::1", "2001:db8::/32", True),
        ("2001:DB8:0:0::1", "2001:db8::1", True),
        ("2001:db9::1", "2001:db8::/32", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),  # how a socket for both families writes it
        ("::ffff:192.0.2.8", "192.0.2.7", False),
        ("::1", "0.0.0.0/0", False),
        ("192.0.2.7", "::/0", False),
        ("", "0.0.0.0/0", False),
        ("unknown", "0.0.0.0/0", False),
        ("192.0.2.7:443", "0.0.0.0/0", False),
        ("192.0.2.07", "0.0.0.0/0", False),
        ("3221225991", "0.0.0.0/0", False),
        ("192.0.2.7", "198.51.100.0/24", False),
    ],
)
def test_an_address_lies_in_a_network_or_it_does_not(address: str, network: str, inside: bool) -> None:  # noqa: FBT001
    assert inside is came(address, [network])
    assert inside is came("169.254.1.1", [network], 1, address)


def test_one_of_several_networks_is_enough() -> None:
    assert came("192.0.2.7", ["10.0.0.0/8", "2001:db8::/32", "192.0.2.0/24"])


def test_without_a_list_everybody_may_come() -> None:
    assert came("", [])
    assert came("unknown", [], 1)


@pytest.mark.parametrize(
    ("hops", "forwarded", "inside"),
    [
        (1, ["192.0.2.7"], True),
        (1, [" 192.0.2.7 "], True),
        (1, ["192.0.2.7,"], False),
        (1, [""], False),
        (1, [], False),
        (1, ["203.0.113.9", "192.0.2.7"], True),  # two headers are one list
        (1, ["192.0.2.7", "203.0.113.9"], False),
        (2, ["192.0.2.7, 203.0.113.9"], True),
        (2, ["192.0.2.7", "203.0.113.9"], True),
        (2, ["192.0.2.7"], False),
        (3, ["192.0.2.7, 203.0.113.8, 203.0.113.9"], True),
        (3, ["192.0.2.7, 192.0.2.7, 203.0.113.8, 203.0.113.9"], True),
        (3, ["192.0.2.7, 198.51.100.1, 203.0.113.8, 203.0.113.9"], False),
    ],
)
def test_the_entry_that_counts_is_so_many_from_the_end(hops: int, forwarded: list[str], inside: bool) -> None:  # noqa: FBT001
    assert inside is came("192.0.2.7", ["192.0.2.7"], hops, *forwarded)


def test_without_trusted_hops_nobody_says_where_he_comes_from() -> None:
    assert came("192.0.2.7", ["192.0.2.7"], 0, "203.0.113.9")
    assert not came("203.0.113.9", ["192.0.2.7"], 0, "192.0.2.7")
