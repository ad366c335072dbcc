"""How many texts a phone gets, and when the next one may go."""

from collections.abc import Sequence

import msgspec

BURST = 3
"""So many pages may go one right after another."""
ONE = 1
"""So many calls: a phone that rings cannot ring again."""
REFILL = 60_000
"""One more each so many milliseconds."""
HOUR = 3_600_000
MANY = 15
"""After so many in any 60 minutes ..."""
SPARSE = 300_000
"""... one each so many milliseconds."""


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """The tokens of one phone: when they will all be back, and when the latest pages went."""

    full_at: int = 0
    sent: tuple[int, ...] = ()


def next_token(bucket: Bucket, now: int, *, hourly: bool = True, burst: int = BURST) -> int:
    """When the next text may go: `now`, or a later moment."""
    moment = max(now, bucket.full_at - (burst - 1) * REFILL)
    return max(moment, _hourly(bucket.sent, moment)) if hourly else moment


def take(bucket: Bucket, now: int) -> Bucket:
    """The bucket after a text has gone."""
    return Bucket(full_at=max(bucket.full_at, now) + REFILL, sent=(*bucket.sent, now)[-MANY:])


def _hourly(sent: Sequence[int], moment: int) -> int:
    if len(sent) < MANY or moment - sent[0] >= HOUR:
        return moment
    return min(sent[0] + HOUR, sent[-1] + SPARSE)
