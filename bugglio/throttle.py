"""
How many texts a phone gets, how many all phones together get in a day, and when the next one may go.

All figures of it stand here. Times and spans in milliseconds.
"""

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

DAY = 24 * HOUR
TEXTS_A_DAY = 200
"""The budget: so many texts in a day (UTC), unless BUGGLIO_SMS_PER_DAY says otherwise."""
WARNED = 80
"""Per cent of it at which the admins are told."""
DIGEST_EACH = 600_000
"""Once it is used up, each phone gets one text in so many milliseconds: never silence."""


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """The tokens of one phone: when they will all be back, and when the latest pages went."""

    full_at: int = 0
    sent: tuple[int, ...] = ()


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """The texts of one day, counted for all phones together. Days are counted from 1970, in UTC."""

    allowed: int = TEXTS_A_DAY
    day: int = 0
    """The day of which `used` is told."""
    used: int = 0

    def used_by(self, now: int) -> int:
        """How many texts of today have gone."""
        return self.used if self.day == now // DAY else 0

    def is_low(self, now: int) -> bool:
        """Whether so much of it is used that the admins are to know."""
        return 100 * self.used_by(now) >= WARNED * self.allowed

    def is_spent(self, now: int) -> bool:
        """Whether it is used up."""
        return self.used_by(now) >= self.allowed


def next_day(now: int) -> int:
    """When a new budget begins."""
    return (now // DAY + 1) * DAY


def next_token(bucket: Bucket, now: int, *, hourly: bool = True, burst: int = BURST) -> int:
    """When the next text may go by its phone's bucket: `now`, or a later moment."""
    moment = max(now, bucket.full_at - (burst - 1) * REFILL)
    return max(moment, _hourly(bucket.sent, moment)) if hourly else moment


def next_in_budget(bucket: Bucket, now: int, budget: Budget) -> int:
    """When the next text may go by the day's budget: `now`, or a later moment, which is never after the day's end."""
    if not budget.is_spent(now) or not bucket.sent:
        return now
    return max(now, min(bucket.sent[-1] + DIGEST_EACH, next_day(now)))


def take(bucket: Bucket, now: int) -> Bucket:
    """The bucket after a text has gone."""
    return Bucket(full_at=max(bucket.full_at, now) + REFILL, sent=(*bucket.sent, now)[-MANY:])


def went(bucket: Bucket, now: int) -> Bucket:
    """The bucket after a text has gone that takes no token."""
    return Bucket(full_at=bucket.full_at, sent=(*bucket.sent, now)[-MANY:])


def _hourly(sent: Sequence[int], moment: int) -> int:
    if len(sent) < MANY or moment - sent[0] >= HOUR:
        return moment
    return min(sent[0] + HOUR, sent[-1] + SPARSE)
