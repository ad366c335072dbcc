"""Whom the proxies before bugglio serve: the one rule by which a client's address is believed."""

from collections.abc import Iterable


def client(remote: str, forwarded: Iterable[str], hops: int) -> str:
    """
    The client's address; empty: too few proxies have told it.

    Each proxy that is trusted (`hops` of them) has written one entry at the end of `X-Forwarded-For`, whose lines are
    `forwarded`; what stands before those is the caller's to forge. Without any it is whoever connects (`remote`).
    """
    if hops == 0:
        return remote
    entries = [entry.strip() for line in forwarded for entry in line.split(",")]
    return entries[-hops] if len(entries) >= hops else ""
